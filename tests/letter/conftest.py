"""The founding case, derived and shown once for all rows: Kazakhstan in January 2022, its signals simulated."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.loading import decode
from kuager.accountability.operators import Card
from kuager.accountability.registers import Registers
from kuager.case.demonstration import build_founding_case
from kuager.case.detecting import detect_case
from kuager.case.publishing import safe_views
from kuager.detection import detect
from kuager.episodes.assemble import episodes_at
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.model.episodes import Episode
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.publications.dossiers import dossier_of
from kuager.publications.pictures import File
from kuager.publications.site import addresses
from kuager.publications.site.conduct import conduct_pages
from kuager.publications.site.pages import site_files
from kuager.publications.view import CaseView
from kuager.sources.registry import signal

RECEIVED = datetime(2026, 11, 24, tzinfo=UTC)
"""When rows written for a test came: no day in them lies later."""
OPERATORS = ("kazakhtelecom", "kcell", "beeline-kz", "tele2-altel")
"""The four that the letter names."""
WINDOW = datetime(2022, 1, 2, tzinfo=UTC), datetime(2022, 1, 14, tzinfo=UTC)


def january(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 1, day, hour, minute, tzinfo=UTC)


def derived(series: Sequence[Series]) -> tuple[Episode, ...]:
    """The episodes of drawn series of the country, without a case and without documents."""
    known = [(signal(one.signal), one) for one in series]
    examined = [Examined(of, one, detect(one.times, one.values, one.step_s, of.kind)) for of, one in known]
    start, end = (to_epoch(moment) for moment in WINDOW)
    return episodes_at("KZ", examined, Circumstances((start, end), 1, False, (), (), (), {"KZ": ("ab",)}))


def with_rows(view: CaseView, rows: str) -> CaseView:
    """A case with more rows, as a file of registers has them; one with a known id takes the place of the older one."""
    return replace(view, registers=view.registers.with_later(decode(rows.encode(), RECEIVED)))


def without(view: CaseView, *registers: str) -> CaseView:
    """A case without some of its registers."""
    return replace(
        view,
        registers=Registers({name: rows for name, rows in view.registers.rows.items() if name not in registers}),
    )


def conduct_page(view: CaseView, path: str) -> html.HtmlElement:
    """One of the pages about conduct."""
    return html.fromstring(conduct_pages(view)[path])


def words(element: html.HtmlElement) -> str:
    """What is read, with single spaces."""
    return " ".join(element.text_content().split())


def section(page: html.HtmlElement, heading: str) -> html.HtmlElement:
    """The part of a page below a heading, by the heading's id."""
    (found,) = page.xpath(f"//*[@id='{heading}']/ancestor::section[1]")
    return found


@pytest.fixture(scope="session")
def founding(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CaseView]:
    """What is shown of the case, by language."""
    case = build_founding_case(tmp_path_factory.mktemp("letter") / "kz")
    return safe_views(case, detect_case(case), None)


@pytest.fixture(scope="session")
def episode(founding: dict[str, CaseView]) -> Episode:
    """Its one episode."""
    (view,) = founding["en"].episodes
    return view.episode


@pytest.fixture(scope="session")
def view(founding: dict[str, CaseView]) -> CaseView:
    """What is shown in English."""
    return founding["en"]


@pytest.fixture(scope="session")
def dossier(view: CaseView) -> Dossier:
    """All that is known of the conduct around it."""
    return dossier_of(view)


@pytest.fixture(scope="session")
def account(dossier: Dossier) -> Account:
    """The one episode held to account."""
    (found,) = dossier.accounts
    return found


@pytest.fixture(scope="session")
def files(founding: dict[str, CaseView]) -> dict[str, File]:
    """Every page of it, by path."""
    return site_files(founding)


@pytest.fixture(scope="session")
def pages(files: dict[str, File], founding: dict[str, CaseView], episode: Episode) -> dict[str, html.HtmlElement]:
    """The page of that episode, by language."""
    return {code: html.fromstring(files[addresses.episode(code, episode.id)]) for code in founding}


@pytest.fixture(scope="session")
def held(files: dict[str, File], episode: Episode) -> html.HtmlElement:
    """The page that holds it to account, in English."""
    return html.fromstring(files[addresses.account("en", episode.id)])


@pytest.fixture(scope="session")
def timeline(shared_data: Path) -> dict[str, dict[str, str]]:
    """The rows of the documentary table, by id."""
    with (shared_data / "facts" / "timeline.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def cards(account: Account) -> dict[str, Card]:
    """The cards of the four operators, by id."""
    found = {one.operator.id: one for one in account.operators}
    assert set(found) >= set(OPERATORS)
    return {name: found[name] for name in OPERATORS}


@pytest.fixture(scope="session")
def operator_pages(files: dict[str, File], cards: dict[str, Card]) -> dict[str, html.HtmlElement]:
    """The page of each, by id."""
    return {name: html.fromstring(files[addresses.operator("en", name)]) for name in cards}
