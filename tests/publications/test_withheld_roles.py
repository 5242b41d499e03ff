"""Roles of people that are withheld: the judgement stays, and nothing says whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kuager.accountability.loading import decode
from kuager.publications.records.files import record_files
from kuager.publications.safety.gate import made_safe
from kuager.publications.safety.rules import Rules
from kuager.publications.site.conduct import conduct_pages
from kuager.publications.view import CaseView, EpisodeView

ROWS = """
[[documents]]
id = "paper"
text = "A paper."
kind = "notice"
by = "Somebody"
published = 2022-01-06
seen = 2022-01-07
source_class = ["company"]

[[judgements]]
id = "judged"
text = "It named no end."
sources = ["paper"]
check = "K08"
subject = "KZ"
answer = "no"
role = "editor of a newspaper"
on = 2022-01-20

[[statements]]
id = "said"
text = "The editors of the newspapers were warned."
sources = ["paper"]
kind = "answer"
who = "Somebody"
at = 2022-01-06

[[statements]]
id = "told"
text = "An editor of a newspaper was told to be silent."
sources = ["paper"]
kind = "answer"
who = "Somebody"
at = 2022-01-06
"""


@pytest.fixture
def judged(simulated_view: EpisodeView) -> CaseView:
    rows = decode(ROWS.encode(), datetime(2022, 2, 1, tzinfo=UTC))
    return CaseView(simulated_view.about, (simulated_view,), places=("KZ",), registers=rows)


def test_a_judgement_stays_without_its_role(judged: CaseView) -> None:
    safe = made_safe(judged, Rules(withheld_roles=frozenset({"editor of a newspaper"})))
    pages = b"".join(conduct_pages(safe).values())
    assert b"judged by: role withheld" in pages
    assert b"It named no end." in pages
    records = record_files({"en": safe})
    told = b"".join(data for data in records.values() if isinstance(data, bytes))
    assert b"editor of a newspaper" not in pages + told


def test_a_row_that_names_the_role_is_left_out(judged: CaseView) -> None:
    safe = made_safe(judged, Rules(withheld_roles=frozenset({"editor of a newspaper"})))
    assert [row.id for row in safe.registers.rows["statements"]] == ["said"]


def test_without_the_rule_it_is_told(judged: CaseView) -> None:
    pages = b"".join(conduct_pages(made_safe(replace(judged), Rules())).values())
    assert b"judged by: editor of a newspaper" in pages
