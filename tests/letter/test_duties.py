"""L24 to L30, and L33: what operators owed: cards, owners, challenges, canaries, notices; and how it was done."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from tests.letter.conftest import OPERATORS, conduct_page, with_rows, without, words

from kuager.accountability.dossier import Dossier
from kuager.accountability.notice import Grade
from kuager.accountability.operators import Card
from kuager.accountability.ownership import group_of
from kuager.accountability.rows.conduct import Canary, Named, Ownership, StatementKind
from kuager.accountability.rows.documents import Channel
from kuager.accountability.rows.row import Answer
from kuager.case.closed import CLOSED
from kuager.case.demonstration import SETTINGS
from kuager.case.folder import new_case
from kuager.case.registers import add_row_bytes, registers_of
from kuager.model.episodes import Episode
from kuager.publications.dossiers import dossier_of
from kuager.publications.site import addresses
from kuager.publications.view import CaseView

CLOUDFLARE, RIPE = "T015", "T017"
CARD = [f"P{number:02}" for number in range(1, 14)]
CANARY = """
[[documents]]
id = "canary-page"
text = "A page made for this test."
kind = "statement"
by = "Kcell, for this test"
published = "2021-12-01"
seen = "2026-11-23"
source_class = ["company"]

[[canaries]]
id = "canary"
text = "No secret order came, says a page made for this test."
sources = ["canary-page"]
operator = "kcell"
at = "2021-12-01"
due = "{due}"
"""
NOTICE = """
[[documents]]
id = "message"
text = "A text message made for this test."
kind = "notice"
by = "Kcell, for this test"
published = "2022-01-06"
seen = "2026-11-23"
source_class = ["company"]
channel = "sms"

[[statements]]
id = "notice"
text = "Service is limited, says a text message made for this test."
sources = ["message"]
kind = "notice"
operator = "kcell"
at = "2022-01-06T12:00:00Z"
channel = "sms"
places = ["KZ"]
"""


@pytest.mark.parametrize("operator", OPERATORS)
def test_l24_every_question_of_a_card_is_answered_or_unknown(
    operator: str, cards: dict[str, Card], dossier: Dossier, operator_pages: dict[str, html.HtmlElement]
) -> None:
    """L24: policy, diligence, remedy: the same questions for every operator, each with its address and its day."""
    card, page = cards[operator], operator_pages[operator]
    for check in CARD:
        found = card.answer(check)
        (row,) = page.xpath(f"//tr[@id='{check}']")
        (word,) = row.xpath(".//*[contains(@class, 'stance')]")
        assert words(word)[2:] in {"yes", "in part", "no", "unknown"}
        if found.answer is Answer.UNKNOWN:
            continue
        citations = dossier.library.of(found.sources)
        assert any(one.links for one in citations)
        assert row.xpath(".//a[@href]")
        days = [one.seen for one in citations] + [one.on for one in card.searches if check in one.checks]
        assert found.judgement is not None or any(days)
    assert any(card.answer(check).answer is not Answer.UNKNOWN for check in CARD)


@pytest.mark.parametrize("operator", ["kcell", "tele2-altel"])
def test_l25_the_group_above_an_operator_is_shown(
    operator: str,
    cards: dict[str, Card],
    dossier: Dossier,
    episode: Episode,
    operator_pages: dict[str, html.HtmlElement],
) -> None:
    """L25: who owns whom, up to the state."""
    card = cards[operator]
    assert "kazakhtelecom" in {one.name for one in card.owners}
    assert any(one.state for one in card.owners)
    group = group_of(operator, episode.start.date(), dossier.registers.of(Ownership))
    assert group is not None
    assert "kazakhtelecom" in (group.name, *group.through)
    (facts,) = operator_pages[operator].xpath("//dl[@class='facts'][1]/div[dt='Owned by']/dd")
    assert "Kazakhtelecom" in words(facts)


def test_l25_the_group_is_shown_where_operators_are_compared(held: html.HtmlElement) -> None:
    """L25: also on the page that holds the episode to account."""
    for name in ("Kcell", "Tele2/Altel"):
        (row,) = held.xpath(f"//section[.//h2[@id='compared']]//tr[th='{name}'][.//td[@data-label='Owned by']]")
        (cell,) = row.xpath("./td[@data-label='Owned by']")
        assert "Kazakhtelecom" in words(cell)


@pytest.mark.parametrize("operator", OPERATORS)
def test_l26_where_nothing_was_found_it_says_when_it_was_looked_for(
    operator: str, cards: dict[str, Card], operator_pages: dict[str, html.HtmlElement]
) -> None:
    """L26: who challenged an order or laid a demand open, and where none is known, on which day it was looked for."""
    found = cards[operator].answer("P04")
    assert found.answer is not Answer.YES
    (row,) = operator_pages[operator].xpath("//tr[@id='P04']")
    assert words(row).count("None was found; searched on 23 November 2026.") == 1


def test_l26_an_empty_log_is_no_blank_page(view: CaseView) -> None:
    """L26: the log itself, where it has no row, says that none was found and on which day it was searched."""
    page = conduct_page(without(view, "challenges"), addresses.register("en", "challenges"))
    assert "None found." in words(page)
    searches = page.xpath("//section[.//h2[@id='searched']]//li")
    assert searches
    assert all("23 November 2026" in words(one) for one in searches)


def test_l27_a_canary_that_did_not_come_raises_a_notice(view: CaseView) -> None:
    """L27: statements that no secret order came, and a notice when the next is missed (rows made for this)."""
    told = with_rows(view, CANARY.format(due="2022-02-01"))
    (found,) = dossier_of(told).missed_canaries
    assert (found.operator, found.last) == ("kcell", "canary")
    notice = "The next canary of kcell was due by"
    assert notice in words(conduct_page(told, addresses.operator("en", "kcell")))
    assert notice in words(conduct_page(told, addresses.conduct("en")))
    assert dossier_of(with_rows(view, CANARY.format(due="2999-01-01"))).missed_canaries == ()


def test_l27_a_sealed_record_opens_to_its_hash(tmp_path: Path) -> None:
    """L27: what may not be told yet is committed to, and opens later to that very hash (a case made for this)."""
    confidence = "handed over by somebody inside"
    case = new_case(tmp_path / "kz", SETTINGS)
    private = CANARY.format(due="2022-02-01").replace(
        'operator = "kcell"', f'operator = "kcell"\nprivate = "{confidence}"'
    )
    added = add_row_bytes(case, private.encode(), "canary.toml")
    (row,) = registers_of(case).of(Canary)
    (closed,) = (case.path / "evidence" / CLOSED).iterdir()
    assert row.private == f"sha256:{hashlib.sha256(closed.read_bytes()).hexdigest()}" == f"sha256:{closed.name}"
    for digest in added.digests:
        assert confidence.encode() not in case.objects.get(digest)
    assert read_disclosure(closed.read_bytes())[1:] == ["private", confidence]
    assert row.private.removeprefix("sha256:").encode() in case.objects.get(added.digests[-1])


@pytest.mark.parametrize("operator", OPERATORS)
def test_l28_nobody_was_told_before(
    operator: str, cards: dict[str, Card], operator_pages: dict[str, html.HtmlElement]
) -> None:
    """L28: from the measured beginning to the first notice, or that none was found."""
    card = cards[operator]
    assert card.silence.notice is None
    (facts,) = operator_pages[operator].xpath("//dl[@class='facts']/div[dt='Notice']/dd")
    assert words(facts) == "none found"
    assert card.answer("P05").answer is Answer.NO


def test_l28_the_question_of_the_state_says_once_that_none_was_found(held: html.HtmlElement) -> None:
    """L28: of all four together it is no, with the day of the search."""
    (row,) = held.xpath("//tr[@id='K11']")
    assert words(row.xpath(".//*[contains(@class, 'stance')]")[0]) == "○ no"
    assert words(row).count("None was found; searched on 23 November 2026.") == 1


def test_l28_a_notice_has_its_lag(view: CaseView, episode: Episode) -> None:
    """L28: and where there was one, it is told how long after (a row made for this, added to the case)."""
    (account,) = dossier_of(with_rows(view, NOTICE)).accounts
    lag = next(one for one in account.operators if one.operator.id == "kcell").silence.notice
    assert lag is not None
    assert lag.statement == "notice"
    assert timedelta() < lag.least <= lag.most
    page = words(conduct_page(with_rows(view, NOTICE), addresses.operator("en", "kcell")))
    assert "after it began" in page


@pytest.mark.parametrize(
    ("operator", "named"), [("beeline-kz", frozenset()), ("kcell", frozenset({Named.LAW, Named.SERVICES}))]
)
def test_l29_what_a_statement_names_of_six_things(
    operator: str, named: frozenset[Named], cards: dict[str, Card], operator_pages: dict[str, html.HtmlElement]
) -> None:
    """L29: of a statement, which of law, body, end, place, services and contact it names."""
    answers = [one for one in cards[operator].statements if one.statement.kind is StatementKind.ANSWER]
    assert answers
    for said in answers:
        assert said.named == (len(named), 6)
        assert set(said.statement.names) == named
    assert f"It names {len(named)} of 6 things that users need." in words(operator_pages[operator])


@pytest.mark.parametrize("operator", ["beeline-kz", "kcell"])
def test_l30_a_reply_on_twitter_is_no_notice(
    operator: str, cards: dict[str, Card], operator_pages: dict[str, html.HtmlElement]
) -> None:
    """L30: by its channel a statement is a notice, public, or an answer to whoever asked."""
    card = cards[operator]
    replies = [one for one in card.statements if one.statement.channel is Channel.SOCIAL_REPLY]
    assert replies
    assert {one.grade for one in replies} == {Grade.ANSWER}
    assert card.silence.words is not None
    assert card.silence.notice is None
    assert "no notice: an answer to whoever asked" in words(operator_pages[operator])


def test_l33_a_conflict_over_routing_is_shown(
    founding: dict[str, CaseView], pages: dict[str, html.HtmlElement]
) -> None:
    """L33: a mechanism has its doubt, and of sources that disagree both are shown, each with the other's word."""
    assert set(pages) == {"en", "ru", "kk"}
    for language, page in pages.items():
        (view,) = founding[language].episodes
        shown = {row: rows for row in (CLOUDFLARE, RIPE) if len(rows := _rows(page, row)) == 1}
        assert set(shown) == {CLOUDFLARE, RIPE}
        for row, of_whom, of_the_other in ((CLOUDFLARE, "Cloudflare", "RIPE NCC"), (RIPE, "RIPE NCC", "Cloudflare")):
            (document,) = (one for one in view.documents if one.source.startswith(row))
            (item,) = shown[row]
            (doubt,) = item.xpath(".//*[@class='doubt']")
            assert of_whom in document.text
            assert document.text in item.text_content()
            assert document.doubt in doubt.text_content()
            assert of_the_other in doubt.text_content()
            assert "BGP" in doubt.text_content()
        assert {one.source.partition(" ")[0] for one in view.published_onsets} >= {CLOUDFLARE, RIPE}


def _rows(page: html.HtmlElement, row: str) -> list[html.HtmlElement]:
    """The entries of a document in the list of what documents say."""
    items = page.xpath("//*[contains(concat(' ', @class, ' '), ' documents ')]/li")
    return [one for one in items if any(link.text_content().startswith(row) for link in one.xpath(".//a"))]


def read_disclosure(text: bytes) -> list[str]:
    padded = text + b"=" * (-len(text) % 4)
    found: list[str] = json.loads(base64.urlsafe_b64decode(padded))
    return found
