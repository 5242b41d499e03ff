"""L44: operators beside each other, asked the same, so that they and civil society can speak with one voice."""

from __future__ import annotations

import csv
import io

import pytest
from lxml import html
from tests.letter.conftest import OPERATORS, section, with_rows, without, words

from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.peers import Asked, State, peers
from kuager.accountability.questions import Subject, checks_of
from kuager.accountability.rows.people import Offer
from kuager.publications.dossiers import dossier_of
from kuager.publications.records.fields import table_schema
from kuager.publications.records.peer_files import peer_files, peers_path
from kuager.publications.view import CaseView

ROWS = """
language = "en"

[[documents]]
id = "spoke"
kind = "statement"
by = "Kcell"
published = 2022-01-10
seen = 2022-01-11
source_class = ["company"]
text = "A statement of Kcell."

[[statements]]
id = "kcell-against"
text = "Kcell said that it opposes shutdowns."
sources = ["spoke"]
kind = "denouncement"
operator = "kcell"
channel = "website"
at = 2022-01-10

[[searches]]
id = "no-denouncement-beeline"
text = "No denouncement was found on its site."
register = "statements"
on = 2026-11-20
operators = ["beeline-kz"]
checks = ["P11"]
"""


def test_l44_the_same_questions_and_dates_for_all_four(
    account: Account, dossier: Dossier, held: html.HtmlElement
) -> None:
    """L44: ten dates and every question, for each of the four that the letter names; none has a blank."""
    found = {one.operator: one for one in peers(account, dossier)}
    assert set(OPERATORS) <= set(found)
    questions = [one.id for one in checks_of(Subject.OPERATOR)]
    for name in OPERATORS:
        assert [one.asked for one in found[name].findings] == list(Asked)
        assert [one.check.id for one in found[name].answers] == questions
    tables = section(held, "compared").xpath(".//table[contains(@class, 'compared')]")
    rows = [[words(one) for one in table.xpath(".//tbody/tr/th")] for table in tables]
    assert all(one == rows[0] for one in rows)
    assert len(rows[0]) == len(Asked) + len(questions)
    for cell in section(held, "compared").xpath(".//table[contains(@class, 'compared')]//td"):
        assert words(cell)


def test_l44_measured_loss_has_bounds_and_says_of_what_it_was_measured(held: html.HtmlElement) -> None:
    """L44: the loss is an interval, and says whether it is that of the operator's own networks."""
    (row, *_) = section(held, "compared").xpath(".//tr[th='Service first measured as lost'][td]")
    for cell in row.xpath("./td"):
        assert "measured overall" in words(cell) or "on its networks" in words(cell)


def test_l44_what_was_not_found_names_the_day_of_the_search_and_what_nobody_looked_for_is_unknown(
    view: CaseView,
) -> None:
    """L44: found, none found with a day, unknown: three different answers (rows made for this)."""
    told = dossier_of(with_rows(view, ROWS))
    found = {one.operator: one.on(Asked.DENOUNCEMENT) for one in peers(told.accounts[0], told)}
    assert (found["kcell"].state, found["kcell"].row) == (State.FOUND, "kcell-against")
    assert found["beeline-kz"].state is State.NONE_FOUND
    assert "2026-11-20" in found["beeline-kz"].searched


def test_l44_what_a_ministry_ordered_of_all_is_no_offer_of_one(account: Account, dossier: Dossier) -> None:
    """L44: an offer stands with whoever made it."""
    by_id = {one.id: one for one in dossier.registers.of(Offer)}
    found = [(one.operator, one.on(Asked.OFFER).row) for one in peers(account, dossier)]
    assert any(row for _, row in found)
    assert all(by_id[row].operator == operator for operator, row in found if row)


def test_l44_without_a_search_it_is_unknown(view: CaseView) -> None:
    """L44: missing is never “none”."""
    told = dossier_of(without(view, "searches"))
    for one in peers(told.accounts[0], told):
        for finding in one.findings:
            assert finding.state is not State.NONE_FOUND


@pytest.mark.parametrize("column", ["answer", "question", "operator"])
def test_l44_the_table_for_programs_has_the_same_rows_for_every_operator(dossier: Dossier, column: str) -> None:
    """L44: ``peers.csv``: no operator has a row that another lacks, no cell of an answer is empty, each column told."""
    (path,) = peer_files(dossier)
    assert path == peers_path(dossier.accounts[0].episode.id)
    rows = list(csv.DictReader(io.StringIO(peer_files(dossier)[path].decode())))
    asked = {name: [row["question"] for row in rows if row["operator"] == name] for name in OPERATORS}
    assert len({tuple(one) for one in asked.values()}) == 1
    assert all(row[column] for row in rows)
    assert {row["notice"] for row in rows} == {"simulated signals"}
    assert all(one["description"] for one in table_schema(path, list(rows[0]))["fields"])
