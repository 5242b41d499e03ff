"""What becomes public of notices, on pages: every fact, both clocks, what was moved, what was measured beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from lxml import html
from tests.case.two_signals import BACK, CUT, series, small_case

from kuager.accountability.notices import NoticeHistory, NoticeVersion
from kuager.accountability.rows.disclosure import Effect, Notice, NoticeFact, NoticeState, Reason, Withheld
from kuager.accountability.rows.row import Answer, Status
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.publishing import safe_views
from kuager.model.time import format_utc
from kuager.model.words import Access
from kuager.publications.dossiers import dossier_of
from kuager.publications.language import translator
from kuager.publications.safety.gate import made_safe
from kuager.publications.safety.rules import Rules
from kuager.publications.site.home import render_home
from kuager.publications.site.notices import notice_pages
from kuager.publications.view import CaseView
from kuager.publications.wording.notices import LONGEST_BASIC, LONGEST_OTHER, sentence, text_message

LAW = "Law on Communications, article 41-1"
FIRST = Notice(
    id="kcell-cut",
    text={"en": "Kcell: no service.", "ru": "Kcell: связи нет.", "kk": "Kcell: байланыс жоқ."},
    operator="kcell",
    state=NoticeState.IDENTIFIED,
    effect=Effect.CUT,
    start=format_utc(CUT),
    networks=("AS29355",),
    access=Access.MOBILE,
    places=("KZ",),
    services=("all",),
    reason=Reason.ORDER,
    withheld=(Withheld(fact=NoticeFact.AUTHORITY, basis=LAW),),
    not_known=(NoticeFact.REMEDY,),
)
SECOND = msgspec.structs.replace(FIRST, version=2, start=format_utc(CUT - timedelta(hours=1)))
THIRD = msgspec.structs.replace(SECOND, version=3, state=NoticeState.RESOLVED, end=format_utc(BACK))
SAID = [CUT + timedelta(minutes=minutes) for minutes in (20, 90, 40 * 60)]


def spoken(view: CaseView, *notices: Notice) -> CaseView:
    """A case in which an operator said these versions of one notice."""
    versions = zip(notices, SAID, strict=False)
    history = NoticeHistory(tuple(NoticeVersion(one, known, "ab" * 32) for one, known in versions))
    return replace(view, notices=(history,), about=replace(view.about, spoken=True))


def words(page: bytes) -> str:
    return " ".join(html.fromstring(page.decode()).text_content().split())


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> CaseView:
    """A small case with an episode, and nobody who speaks."""
    case = small_case(tmp_path_factory.mktemp("spoken") / "kz")
    add_bytes(case, series((CUT, BACK)), "series.csv", "series", None)
    return safe_views(case, detect_case(case), None)["en"]


def test_a_case_in_which_nobody_speaks_has_no_such_page(view: CaseView) -> None:
    assert notice_pages(view) == {}


def test_every_fact_is_told_not_known_or_withheld(view: CaseView) -> None:
    page = notice_pages(spoken(view, FIRST))["en/status/index.html"]
    told = html.fromstring(page.decode())
    rows = {dt.text: dt.getnext().text for dt in told.xpath("//dl[contains(@class, 'told')]//dt")}
    assert rows == {
        "Networks": "AS29355",
        "Access": "mobile",
        "Places": "Kazakhstan",
        "Services": "everything that goes over the network",
        "Start": rows["Start"],
        "Reason": "a demand of an authority",
        "Legal basis": "withheld: no legal basis named",
        "Authority": f"withheld: legal basis {LAW}",
        "Whom to turn to": "withheld: no legal basis named",
        "Remedy": "not known",
    }
    assert rows["Start"].replace("\u00a0", " ").startswith("12 January 2022, 06:00 UTC")


def test_an_edit_of_the_past_is_told_with_both_clocks(view: CaseView) -> None:
    page = words(notice_pages(spoken(view, FIRST, SECOND, THIRD))["en/notice/kcell-cut/index.html"])
    moved = "Until 12 January 2022, 07:30 UTC its start had been told as 12 January 2022, 06:00 UTC (12:00 Almaty)"
    assert moved in page
    assert "since then as 12 January 2022, 05:00 UTC (11:00 Almaty)" in page
    assert "First said on 12 January 2022, 06:20 UTC (12:20 Almaty), 20 min after the start that it named." in page
    assert "Version 3, said" in page
    assert "Version 1, said 12 January 2022, 06:20 UTC" in page


def test_an_episode_at_that_time_and_place_stands_beside_it(view: CaseView) -> None:
    said = spoken(view, FIRST)
    page = html.fromstring(notice_pages(said)["en/notice/kcell-cut/index.html"].decode())
    (shown,) = view.episodes
    assert page.xpath("//section[@aria-labelledby='measured']//a/@href") == [
        f"../../episode/{shown.episode.id}/index.html"
    ]
    later = msgspec.structs.replace(FIRST, start="2022-01-18T10:00:00Z")
    page = html.fromstring(notice_pages(spoken(view, later))["en/notice/kcell-cut/index.html"].decode())
    assert page.xpath("//section[@aria-labelledby='measured']//a") == []


def test_what_is_taken_back_stays_with_its_reason(view: CaseView) -> None:
    back = msgspec.structs.replace(SECOND, status=Status.WITHDRAWN, doubt={"en": "It was a drill."})
    page = words(notice_pages(spoken(view, FIRST, back))["en/status/index.html"])
    assert "Taken back" in page
    assert "It was a drill." in page
    assert "Going on" not in page


def test_a_withheld_network_takes_its_notice_along(view: CaseView) -> None:
    safe = made_safe(spoken(view, FIRST, SECOND), Rules(withheld=frozenset({"AS29355"})))
    assert safe.notices == ()
    assert "notices" not in safe.registers.rows


def test_what_was_said_within_the_delay_is_not_told_yet(view: CaseView) -> None:
    said = spoken(view, FIRST, SECOND, THIRD)
    safe = made_safe(said, Rules(delay_hours=1), SAID[1])
    assert [one.newest.version for one in safe.notices] == [1]
    (row,) = safe.registers.rows["notices"]
    assert row == FIRST


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_text_message_fits_and_says_what_and_since_when(view: CaseView, language: str) -> None:
    long = msgspec.structs.replace(FIRST, places=("KZ-75", "KZ-71", "KZ-59"), contact="help@operator.example, 9090")
    for one in (FIRST, SECOND, THIRD, long):
        message = text_message(one, view.operators, translator(language))
        assert len(message) <= (LONGEST_BASIC if message.isascii() else LONGEST_OTHER)
        assert message.startswith("Kcell")
        assert "12.01" in message
        assert "\u00a0" not in message


def test_a_sentence_says_of_the_past_that_it_is_over(view: CaseView) -> None:
    said = sentence(THIRD, view.operators, translator("en")).replace("\u00a0", " ")
    assert said.startswith("Kcell: there was no service from 12 January 2022, 05:00 UTC (11:00 Almaty) to 13 January")
    unknown = msgspec.structs.replace(FIRST, start="")
    assert sentence(unknown, view.operators, translator("en")).startswith("Kcell: no service. Places: Kazakhstan.")


def test_a_notice_is_among_the_statements_of_its_operator(view: CaseView) -> None:
    dossier = dossier_of(spoken(view, FIRST))
    (account,) = dossier.accounts
    (card,) = [one for one in account.operators if one.operator.id == "kcell"]
    assert card.silence.words is not None
    assert card.silence.words.statement == "kcell-cut-said"
    assert card.silence.words.least <= timedelta(minutes=20) <= card.silence.words.most
    assert card.silence.notice is None  # a page of status tells whoever looks; it is no notice to users
    assert card.answer("P08").answer is Answer.PARTIAL
    (whole,) = dossier_of(spoken(view, FIRST, SECOND, THIRD)).accounts
    (card,) = [one for one in whole.operators if one.operator.id == "kcell"]
    assert card.answer("P08").answer is Answer.YES


def test_what_goes_on_is_told_on_the_first_page(view: CaseView) -> None:
    def told(shown: CaseView) -> list[str]:
        return list(html.fromstring(render_home(shown)).xpath("//section[@aria-labelledby='notices']//a/@href"))

    assert told(view) == []
    assert told(spoken(view, FIRST)) == ["notice/kcell-cut/index.html"]
    assert told(spoken(view, FIRST, SECOND, THIRD)) == []
