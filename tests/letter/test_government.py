"""L34 to L39: secure connections, days since the last, who acted together, feeds, laws, no mark without its parts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from lxml import html
from tests.accountability.measured import episode as drawn_episode
from tests.case.kazakh_measurements import NETWORKS, START, web
from tests.detection.verdicts.records import failed_fetch, handshake, judged
from tests.letter.conftest import RECEIVED, with_rows, words
from tests.publications.feeds.validators import faults

from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.history import days_since_last
from kuager.accountability.laws import ChangeKind, differences, ordered
from kuager.accountability.loading import decode
from kuager.accountability.moments import interval
from kuager.accountability.questions import ELEMENTS, Subject, checks_of
from kuager.accountability.rows.conduct import Coordination
from kuager.accountability.rows.law import Challenge, LawVersion
from kuager.accountability.rows.row import Answer, Status
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import new_case
from kuager.case.publishing import safe_views
from kuager.case.settings import Settings
from kuager.errors import CodecError
from kuager.model.episodes import Episode
from kuager.model.state_roots import state_roots
from kuager.model.verdicts import Layer, VerdictKind
from kuager.model.words import Level
from kuager.publications.dossiers import dossier_of
from kuager.publications.feeds.files import feed_files
from kuager.publications.pictures import File
from kuager.publications.records.conduct_files import account_path, conduct_files
from kuager.publications.site import addresses
from kuager.publications.site.pages import site_files
from kuager.publications.view import CaseView

UNKNOWN = "ssl_unknown_authority"
DAYS = 20


def shown_certificate(issuer: str) -> dict[str, Any]:
    """Not a certificate but enough of one: the issuer's name in its bytes."""
    der = b"\x30\x82" + issuer.encode() + b"\x00"
    return {"peer_certificates": [{"format": "base64", "data": base64.b64encode(der).decode()}]}


@pytest.fixture(scope="module")
def intercepted(tmp_path_factory: pytest.TempPathFactory) -> CaseView:
    """A small case in which a root of the state is shown for a site from the tenth day on."""
    case = new_case(
        tmp_path_factory.mktemp("intercepted") / "kz",
        Settings("", ("KZ",), START, START + timedelta(days=DAYS), ("en",)),
    )
    add_bytes(case, "\n".join(map(json.dumps, _intercepted())).encode(), "ooni.jsonl", "ooni", None)
    return safe_views(case, detect_case(case), None)["en"]


def _intercepted() -> Iterator[dict[str, Any]]:
    for number in range(4 * DAYS):
        moment, late = START + timedelta(hours=6 * number), number >= 2 * DAYS
        for nth, network in enumerate(NETWORKS):
            key = 100 * number + 10 * nth
            yield dict(web(moment, network, "zakon.kz", key, blocked=False))
            record: dict[str, Any] = dict(web(moment, network, "mail.example.org", key + 1, blocked=late))
            if late:
                keys = record["test_keys"]
                tried = [
                    one | {"failure": UNKNOWN} | shown_certificate("Qaznet Trust Network")
                    for one in keys["tls_handshakes"]
                ]
                asked = [one | {"failure": UNKNOWN} for one in keys["requests"]]
                changed = {"tls_handshakes": tried, "requests": asked, "http_experiment_failure": UNKNOWN}
                record |= {"test_keys": keys | changed}
            yield record


def page_of(view: CaseView) -> str:
    (one,) = view.episodes
    page = site_files({"en": view})[addresses.episode("en", one.episode.id)]
    assert isinstance(page, bytes)
    return page.decode()


@pytest.mark.parametrize("root", sorted({one.common_name for one in state_roots()}))
def test_l34_a_certificate_of_the_state_is_raised(root: str) -> None:
    """L34: whoever reads along in encrypted connections is noticed, even where no control answered."""
    tried = [handshake(UNKNOWN, **shown_certificate(root))]
    found = judged(failed_fetch(UNKNOWN, tls_handshakes=tried, control=None, control_failure="eof_error"))
    assert (found.verdict.kind, found.verdict.layer, found.method) == (
        VerdictKind.BLOCKED,
        Layer.TLS,
        "tls.interception",
    )
    assert "reads along" in found.verdict.reasons[0].template
    other = [handshake(UNKNOWN, **shown_certificate("Kaspersky Anti-Virus"))]
    assert judged(failed_fetch(UNKNOWN, tls_handshakes=other)).method == ""


def test_l34_the_page_says_whose_certificate_it_was(intercepted: CaseView) -> None:
    """L34: and the page of the episode says so (a small case made for this)."""
    (one,) = intercepted.episodes
    assert {(row.service, row.methods) for row in one.episode.blocked} == {("mail.example.org", ("tls.interception",))}
    assert "somebody else’s certificate" in page_of(intercepted)


def test_l34_is_called_not_secure(intercepted: CaseView) -> None:
    """L34: it is called not secure, which is another thing than not reachable."""
    assert "not secure" in page_of(intercepted)


def test_l37_four_feeds_are_valid(founding: dict[str, CaseView]) -> None:
    """L37: people are told in CAP, Atom, JSON Feed and iCalendar."""
    files = feed_files(founding)
    for language in founding:
        assert {f"feeds/{language}/episodes.{kind}" for kind in ("atom", "json", "ics")} <= set(files)
    assert alert(files)
    assert faults(files) == []


@pytest.mark.parametrize(
    ("feed", "what"),
    [
        ("feeds/en/episodes.atom", "<updated>.*?</updated>"),
        ("feeds/en/episodes.json", r'"id": ?"[^"]*",?'),
        ("feeds/en/episodes.ics", "DTSTAMP:.*?\r\n"),
        ("feeds/en/episodes.ics", "UID:.*?\r\n"),
        ("cap", "<status>.*?</status>"),
    ],
    ids=["atom", "json-feed", "ics-dtstamp", "ics-uid", "cap"],
)
def test_l37_a_feed_without_what_it_must_have_is_refused(feed: str, what: str, founding: dict[str, CaseView]) -> None:
    """L37: and the validators are not content with everything."""
    files = feed_files(founding)
    path = alert(files) if feed == "cap" else feed
    damaged, count = re.subn(what, "", files[path].decode())
    assert count
    assert faults({path: damaged.encode()})


def alert(files: dict[str, bytes]) -> str:
    """The path of the one message of CAP."""
    (path,) = (one for one in files if one.startswith("feeds/cap/"))
    return path


PARTIES = """
[[documents]]
id = "met-page"
text = "A page made for this test."
kind = "article"
by = "A paper"
published = "2022-01-04"
seen = "2026-11-23"
source_class = ["media"]
urls = ["https://example.org/met"]

[[coordination]]
id = "met"
text = "A ministry and two operators met, says a page made for this test."
sources = [{sources}]
at = "2022-01-04"
parties = ["A ministry"]
operators = ["kcell", "beeline-kz"]
places = ["KZ"]
"""
VERSIONS = ("2014", "2022", "2024")
ARTICLE = "kz-communications-41-1"
LATER = datetime(2022, 6, 1, tzinfo=UTC)
ON = datetime(2022, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("level", [one for one in Level if one is not Level.CONFIRMED])
def test_l35_what_is_not_confirmed_resets_nothing(level: Level, episode: Episode, dossier: Dossier) -> None:
    """L35: days since the last episode, which only a confirmed one sets back.

    A pure function: to the episode of the founding case a later one is added.
    """
    assert episode.level is Level.CONFIRMED
    before = days_since_last([episode], dossier.history, ON)
    assert before.episode == episode.id
    assert before.least == (ON - (episode.end_latest or ON)).days > 100
    doubtful = drawn_episode("kz-2022-06-01-a", LATER, LATER + timedelta(hours=5), level=level)
    assert days_since_last([episode, doubtful], dossier.history, ON) == before


def test_l35_a_confirmed_one_resets_it(episode: Episode, dossier: Dossier) -> None:
    """L35: and one that is confirmed does."""
    sure = drawn_episode("kz-2022-06-01-a", LATER, LATER + timedelta(hours=5))
    after = days_since_last([episode, sure], dossier.history, ON)
    assert (after.episode, after.least) == (sure.id, 29)


def test_l35_the_counter_is_shown(files: dict[str, File], dossier: Dossier, episode: Episode) -> None:
    """L35: the first page about conduct counts, from the episode of the case."""
    assert dossier.since_last.episode == episode.id
    assert "without a confirmed episode" in words(html.fromstring(files[addresses.conduct("en")]))


def test_l36_an_entry_needs_a_source(view: CaseView) -> None:
    """L36: traces of how a state and operators acted together, none without a source that anyone can look up."""
    with pytest.raises(CodecError):
        decode(PARTIES.format(sources="").encode(), RECEIVED)
    told = dossier_of(with_rows(view, PARTIES.format(sources='"met-page"')))
    missing = dossier_of(with_rows(view, PARTIES.format(sources='"not-in-this-case"')))
    assert acted_together(told) == {"kcell": Answer.YES, "beeline-kz": Answer.YES}
    assert acted_together(missing) == {}
    (row,) = [one for one in missing.registers.of(Coordination) if one.id == "met"]
    assert (told.standing(row), missing.standing(row)) == (Status.UNPROVEN, Status.UNPROVEN)
    (row,) = [one for one in told.registers.of(Coordination) if one.id == "met"]
    assert told.standing(row) is Status.SUPPORTED


def test_l36_every_entry_shows_where_to_look_it_up(dossier: Dossier, files: dict[str, File]) -> None:
    """L36: those of the case stand on a page of their own, each with its source."""
    rows = dossier.registers.of(Coordination)
    assert rows
    page = html.fromstring(files[addresses.register("en", "coordination")])
    for row in rows:
        assert any(one.links for one in dossier.library.of(row.sources))
        (shown,) = page.xpath(f"//li[@id='row-{row.id}']")
        assert shown.xpath(".//*[@class='cites']//a[@href]")


def test_l38_versions_of_the_article_are_compared(dossier: Dossier, files: dict[str, File]) -> None:
    """L38: the wording of a law over time, and what changed from version to version."""
    versions = ordered(dossier.registers.of(LawVersion), ARTICLE)
    years = [interval(one.since).best.year for one in versions]
    assert years == sorted(years)
    assert {str(year) for year in years} >= set(VERSIONS)
    part = html.fromstring(files[addresses.law("en")]).xpath("//section[.//h2[starts-with(@id,'law-')]]")[0]
    compared = part.xpath(".//h3")
    assert len(compared) == len(versions) - 1
    for heading, (before, after) in zip(compared, pairwise(versions), strict=True):
        (table,) = heading.xpath("./following-sibling::table[1]")
        changes = differences(before, after)
        assert [words(one) for one in table.xpath(".//tbody//th")] == [one.paragraph for one in changes]


def test_l38_what_changed_is_told_where_it_is_known(dossier: Dossier) -> None:
    """L38: of some paragraph it can be told; of one whose wording was not read it is said that it cannot."""
    versions = ordered(dossier.registers.of(LawVersion), ARTICLE)
    kinds = {change.kind for before, after in pairwise(versions) for change in differences(before, after)}
    assert kinds - {ChangeKind.UNREAD}


def test_l38_the_case_before_the_constitutional_court_is_listed(dossier: Dossier, files: dict[str, File]) -> None:
    """L38: and who asked a court to strike it down."""
    (row,) = [one for one in dossier.registers.of(Challenge) if "Constitutional Court" in one.body]
    assert interval(row.filed).best.year == 2025
    (shown,) = html.fromstring(files[addresses.law("en")]).xpath(f"//li[@id='row-{row.id}']")
    assert "Constitutional Court" in words(shown)


def test_l39_no_grade_without_its_parts(
    dossier: Dossier, account: Account, episode: Episode, held: html.HtmlElement, files: dict[str, File]
) -> None:
    """L39: what the sixteen questions come to, with every answer, and no one mark instead of them."""
    checks = [one.id for one in checks_of(Subject.STATE)]
    assert [words(one) for one in held.xpath("//section[.//h2[@id='tests']]//tr/th/span[@class='local']")] == checks
    record = json.loads(conduct_files(dossier)[account_path(episode.id)])
    assert [one["check"] for one in record["answers"]] == checks
    assert not {"grade", "score", "rank"} & set(record)
    assert set(record["proportionality"]) == {"places", "services", "end_announced", "class"}
    for card, told in zip(account.operators, record["operators"], strict=True):
        low, high = told["f10"]
        assert (low, high) == (card.scorecard.low, card.scorecard.high)
        assert [one["check"] for one in told["elements"]] == list(ELEMENTS)
        page = html.fromstring(files[addresses.operator("en", card.operator.id)])
        assert [name for name in ELEMENTS if page.xpath(f"//tr[@id='{name}']")] == list(ELEMENTS)


def acted_together(dossier: Dossier) -> dict[str, Answer]:
    """Of whom it is known that they acted with other operators."""
    (account,) = dossier.accounts
    found = {card.operator.id: card.answer("P12").answer for card in account.operators}
    return {name: answer for name, answer in found.items() if answer is Answer.YES}
