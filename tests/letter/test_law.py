"""L18 to L23: the questions of the law, assemblies, science, reasons given, how far it went, whether all came back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import html
from tests.case.kazakh_measurements import NETWORKS, SERVER, START, web
from tests.letter.conftest import january, section, without, words

from kuager.accountability.answering import Speaks
from kuager.accountability.citing import Citation
from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.proportionality import Reach, Severity, proportionality
from kuager.accountability.registers import Registers
from kuager.accountability.rows.conduct import Statement
from kuager.accountability.rows.documents import Document
from kuager.accountability.rows.people import Field
from kuager.accountability.rows.row import Answer
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import new_case
from kuager.case.publishing import safe_views
from kuager.case.settings import Settings
from kuager.model.episodes import Episode
from kuager.publications.dossiers import dossier_of
from kuager.publications.records.conduct_files import account_path, conduct_files
from kuager.publications.view import CaseView

CHECKS = [f"K{number:02}" for number in range(1, 17)]
MEASURED = {"K07", "K09"}
"""Answered by the measurements alone: no document is cited."""
DAYS = 20
TIMEOUT = "generic_timeout_error"
UNIVERSITY, DOWN, OPEN = "university.example.org", "library.example.org", "zakon.kz"


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> dict[str, str]:
    """The answers of the table of facts, by check."""
    with (shared_data / "facts" / "checklist.csv").open(newline="", encoding="utf-8") as file:
        return {row["check_id"]: row["kz2022_answer"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("check", CHECKS)
def test_l18_questions_have_the_answers_of_the_facts(check: str, account: Account, expected: dict[str, str]) -> None:
    """L18: sixteen questions of the law, of which unknown is an answer."""
    answer, _, stress = expected[check].partition("-")
    found = account.answer(check)
    assert found.answer == answer
    if stress:  # a yes that speaks against: it overlaps, it fails
        assert found.speaks is Speaks.AGAINST
    if found.answer is Answer.UNKNOWN:
        assert found.speaks is Speaks.NEITHER


@pytest.mark.parametrize("check", CHECKS)
def test_l18_without_its_evidence_an_answer_is_unknown(check: str, view: CaseView, account: Account) -> None:
    """L18: and what an answer rests on taken out of the case, it is unknown, and never no."""
    before = account.answer(check)
    if check in MEASURED:
        assert not before.sources
        return
    assert bool(before.sources) is (before.answer is not Answer.UNKNOWN)
    (after,) = dossier_of(without_sources(view, before.sources)).accounts
    assert after.answer(check).answer is Answer.UNKNOWN


def test_l18_of_a_case_without_documents_only_what_is_measured_is_answered(view: CaseView) -> None:
    """L18: with no document at all the measurements alone answer."""
    bare = replace(without(view, "documents"), record=())
    (account,) = dossier_of(bare).accounts
    assert {one.check.id for one in account.answers if one.answer is not Answer.UNKNOWN} == MEASURED


def test_l19_overlap_with_assemblies_has_its_chance(
    view: CaseView, account: Account, dossier: Dossier, episode: Episode, held: html.HtmlElement
) -> None:
    """L19: whether it fell together with assemblies, and how often chance alone does that."""
    found = account.overlap
    assert found is not None
    assert found.assemblies
    assert 0 < found.p_value <= 1
    assert found.permutations >= found.days_in_window == (view.about.window[1] - view.about.window[0]).days
    record = json.loads(conduct_files(dossier)[account_path(episode.id)])
    assert record["assemblies"] == {"ids": list(found.assemblies), "p_value": found.p_value}
    (row,) = held.xpath("//tr[@id='K10']")
    assert f"p = {found.p_value:.3f}" in words(row)


def test_l19_without_a_list_nothing_is_said(view: CaseView) -> None:
    """L19: of a case that lists no assemblies it cannot be told."""
    (account,) = dossier_of(without(view, "assemblies")).accounts
    assert account.overlap is None
    assert account.answer("K10").answer is Answer.UNKNOWN


@pytest.fixture(scope="module")
def learning(tmp_path_factory: pytest.TempPathFactory) -> CaseView:
    """A small case with a list of sites of science: one is kept away here from the tenth day, one answers nobody."""
    case = new_case(
        tmp_path_factory.mktemp("learning") / "kz",
        Settings("", ("KZ",), START, START + timedelta(days=DAYS), ("en",)),
    )
    listed = "url,category_code\n" + "".join(f"https://{site}/,CULTR\n" for site in (UNIVERSITY, DOWN))
    add_bytes(case, listed.encode(), "science.csv", "site-list", "KZ")
    add_bytes(case, "\n".join(map(json.dumps, _blocked_and_down())).encode(), "ooni.jsonl", "ooni", None)
    return safe_views(case, detect_case(case), None)["en"]


def test_l20_science_has_its_own_list_and_the_proof_of_blocking(learning: CaseView) -> None:
    """L20: whether universities, libraries and journals could be reached, by the proof that any site needs.

    A small case made for this: the founding case holds no measurement of such a site.
    """
    (account,) = dossier_of(learning).accounts
    card = next(one for one in account.harms if one.field is Field.EDUCATION)
    assert {one.service for one in card.measured} == {UNIVERSITY}
    others = [one for one in account.harms if one.field is not Field.EDUCATION]
    assert not any(one.measured for one in others)


def test_l20_of_science_in_january_2022_nothing_is_said(account: Account, held: html.HtmlElement) -> None:
    """L20: where nothing was measured the card says none, and where was looked."""
    card = next(one for one in account.harms if one.field is Field.EDUCATION)
    assert not card.has_evidence
    assert card.searched
    harms = section(held, "harms")
    assert all(words_of(one.text) in words(harms) for one in card.searched)


def test_l21_every_reason_given_has_its_day_speaker_and_address(
    dossier: Dossier, account: Account, held: html.HtmlElement
) -> None:
    """L21: the reasons that were given, in groups, each with who gave it, when, and where to read it."""
    reasons = [one for one in dossier.registers.of(Statement) if one.aims]
    assert len(reasons) >= 3
    for one in reasons:
        assert one.operator or one.who
        assert one.at != "unknown"
        assert any(citation.links for citation in dossier.library.of(one.sources))
        (shown,) = held.xpath(f"//li[@id='row-{one.id}']")
        assert words(shown.xpath("./p[@class='when']")[0]) not in ("", "–")
        assert shown.xpath(".//strong")
        assert shown.xpath(".//*[@class='cites']//a[@href]")
    assert account.answer("K05").answer is Answer.YES


def test_l22_wide_and_without_an_end_is_the_highest_class(account: Account, held: html.HtmlElement) -> None:
    """L22: how far it went, in parts: where, what, how long, until when, and the class that follows from them."""
    found = account.proportionality
    assert (found.places, found.services, found.end) == (Reach.WHOLE, Reach.WHOLE, Answer.NO)
    assert found.severity is Severity.HIGHEST
    parts = [words(one) for one in held.xpath("//dl[@class='facts']//dt")]
    assert parts == ["Where", "What", "How long", "Until when", "Taken together"]


def test_l22_any_part_that_is_narrow_is_a_lower_class(episode: Episode) -> None:
    """L22: a part of the country, or an end that was announced, and it is lower; unknown, and there is none."""
    region = msgspec.structs.replace(episode, place="kz-almaty-city")
    assert proportionality(region, Answer.NO).severity is Severity.HIGH
    assert proportionality(episode, Answer.YES).severity is Severity.HIGH
    assert proportionality(region, Answer.YES).severity is Severity.LIMITED
    assert proportionality(episode, Answer.UNKNOWN).severity is Severity.CANNOT_TELL


def test_l23_what_stayed_away_after_the_return_is_listed(account: Account, held: html.HtmlElement) -> None:
    """L23: whether service came back at once and whole: what was still kept away after the end."""
    found = account.restoration
    assert found.end is not None
    assert found.end.date() == january(11, 0).date()
    assert found.complete is Answer.NO
    (left,) = [one for one in found.residual if one.service == "orda.kz"]
    assert left.seen.earliest > found.end
    assert left.seen.best.date() == january(13, 0).date()
    after = words(section(held, "after"))
    assert "orda.kz was still kept away on 13 January 2022, after it had ended." in after


def without_sources(view: CaseView, sources: tuple[str, ...]) -> CaseView:
    """A case without the documents, and without the rows of its record, that have these ids."""

    def kept(row: Document | Citation) -> bool:
        return row.id not in sources

    documents = tuple(filter(kept, view.registers.of(Document)))
    return replace(
        view,
        registers=Registers({**view.registers.rows, "documents": documents}),
        record=tuple(filter(kept, view.record)),
    )


def words_of(prose: dict[str, str]) -> str:
    return " ".join(prose["en"].split())


def _blocked_and_down() -> Iterator[dict[str, Any]]:
    gone = {
        "tcp_connect": {f"{SERVER}:443": {"status": False, "failure": TIMEOUT}},
        "http_request": {"failure": TIMEOUT},
    }
    for number in range(4 * DAYS):
        moment, late = START + timedelta(hours=6 * number), number >= 2 * DAYS
        for nth, network in enumerate(NETWORKS):
            key = 100 * number + 10 * nth
            yield dict(web(moment, network, UNIVERSITY, key, blocked=late))
            yield dict(web(moment, network, OPEN, key + 1, blocked=False))
            broken: dict[str, Any] = dict(web(moment, network, DOWN, key + 2, blocked=late))
            if late:
                keys = broken["test_keys"]
                broken |= {"test_keys": keys | {"control": keys["control"] | gone, "blocking": None}}
            yield broken
