"""L31 and L32: whether there is a process of remedy, and what was offered against the hours lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
from lxml import html
from tests.letter.conftest import conduct_page, with_rows, words

from kuager.accountability.dossier import Account
from kuager.accountability.offers import DAYS_OF_A_FEE
from kuager.accountability.operators import Card, Loss
from kuager.accountability.range import Range
from kuager.accountability.rows.row import Answer
from kuager.model.episodes import Episode
from kuager.model.words import Access
from kuager.publications.dossiers import dossier_of
from kuager.publications.site import addresses
from kuager.publications.view import CaseView

REMEDY_PROCESS = """
[[documents]]
id = "terms"
text = "Terms made for this test."
kind = "policy"
by = "Kcell, for this test"
published = "2021-12-01"
seen = "2026-11-23"
source_class = ["company"]

[[judgements]]
id = "no-process"
text = "The terms name nobody to turn to, for this test."
sources = ["terms"]
check = "G15"
subject = "kcell"
answer = "no"
role = "lawyer"
on = "2026-11-23"
clause = "section 9, complaints"
"""


def test_l31_whether_there_is_a_process_of_remedy(
    cards: dict[str, Card], operator_pages: dict[str, html.HtmlElement]
) -> None:
    """L31: whether people harmed can seek a remedy, held against the Guiding Principles; unknown without evidence."""
    for operator, card in cards.items():
        assert card.answer("G15").answer in Answer
        (row,) = operator_pages[operator].xpath("//tr[@id='G15']")
        assert "Guiding Principles" in words(row)


def test_l31_an_answer_has_its_clause(view: CaseView) -> None:
    """L31: whoever judged it names the clause, and it is shown beside the answer (a row made for this)."""
    told = with_rows(view, REMEDY_PROCESS)
    page = conduct_page(told, addresses.operator("en", "kcell"))
    (row,) = page.xpath("//tr[@id='G15']")
    assert words(row.xpath(".//*[contains(@class, 'stance')]")[0]) == "○ no"
    assert "section 9, complaints" in words(row)
    (link,) = row.xpath(".//a[@href]")
    assert link.get("href").endswith("register/documents/index.html#row-terms")


def test_l32_what_was_offered_against_the_hours_lost(cards: dict[str, Card]) -> None:
    """L32: hours lost times the fee against what was offered, as an interval."""
    (loss,) = [one for one in cards["beeline-kz"].losses if one.access is Access.FIXED]
    (offer,) = [one for one in loss.offers if one.percent is not None]
    assert (offer.percent, DAYS_OF_A_FEE) == (20, 30)
    (weighed,) = [one for one in loss.shortfall.each if one.offer == offer.id]
    assert weighed.days == Range.exactly(6)
    assert loss.lost.high is not None
    assert loss.lost.low < loss.lost.best < loss.lost.high
    assert loss.shortfall.lost.days == loss.lost.times(1 / 24)


def test_l32_the_interval_comes_of_the_uncertain_end(view: CaseView, episode: Episode) -> None:
    """L32: the less certain the end, the wider the interval."""
    assert episode.end is not None
    later = msgspec.structs.replace(episode, end_latest=episode.end + timedelta(hours=6))
    shown = replace(view.episodes[0], episode=later)
    (wide,) = dossier_of(replace(view, episodes=(shown,))).accounts
    (narrow,) = dossier_of(view).accounts
    assert _fixed(wide).lost.high is not None
    assert _fixed(narrow).lost.high is not None
    assert _fixed(wide).lost.high > _fixed(narrow).lost.high  # type: ignore[operator]
    assert _fixed(wide).lost.low == _fixed(narrow).lost.low


def _fixed(account: Account) -> Loss:
    card = next(one for one in account.operators if one.operator.id == "beeline-kz")
    return next(one for one in card.losses if one.access is Access.FIXED)
