"""L1 and L2: promises held against episodes, and an order, or that none is known, behind every episode."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from tests.letter.conftest import conduct_page, with_rows, words

from kuager.accountability.dossier import Dossier
from kuager.accountability.rows.conduct import OrderState
from kuager.model.episodes import Episode
from kuager.publications.dossiers import dossier_of
from kuager.publications.records.conduct_files import BREACHES, ORDERS, conduct_files, register_path
from kuager.publications.site import addresses
from kuager.publications.view import CaseView

PROMISED = """
[[documents]]
id = "promise-page"
text = "A page made for this test."
kind = "statement"
by = "Somebody who promised"
published = "{day}"
seen = "2026-11-23"
source_class = ["ngo"]

[[pledges]]
id = "promise"
text = "A promise made for this test: to keep people connected."
sources = ["promise-page"]
who = "Somebody who promised"
at = "{day}"
places = ["KZ"]
"""


@pytest.mark.parametrize(
    ("day", "broken"), [("2021-06-01", 1), ("2022-01-20", 0)], ids=["promised before", "promised after"]
)
def test_l01_a_promise_is_held_against_the_episodes_after_it(
    day: str, broken: int, view: CaseView, episode: Episode
) -> None:
    """L1: promises are kept with their day, and an episode that begins while one stands is told.

    The founding case holds no promise; one is added here.
    """
    promised = with_rows(view, PROMISED.format(day=day))
    dossier = dossier_of(promised)
    assert [(one.pledge, one.episode, one.possible) for one in dossier.breaches] == [
        ("promise", episode.id, False)
    ] * broken
    files = conduct_files(dossier)
    assert [(one["pledge"], one["episode"]) for one in json.loads(files[BREACHES])["breaches"]] == [
        ("promise", episode.id)
    ] * broken
    (kept,) = json.loads(files[register_path("pledges", "json")])["rows"]
    assert (kept["id"], kept["at"], kept["sources"]) == ("promise", day, ["promise-page"])
    told = "Somebody who promised had promised to keep people connected"
    assert (told in words(conduct_page(promised, addresses.conduct("en")))) is bool(broken)


def test_l02_every_episode_has_an_order_of_some_state(view: CaseView, dossier: Dossier, episode: Episode) -> None:
    """L2: orders have a state, and an episode behind which none was found has one of unknown state, never a blank."""
    rows = orders_listed(dossier)
    assert {row["episode"] for row in rows} == {episode.id}
    assert {row["state"] for row in rows} <= {one.value for one in OrderState}
    none_found = replace(view, registers=type(view.registers)({}))
    (row,) = orders_listed(dossier_of(none_found))
    assert (row["episode"], row["state"], row["order"]) == (episode.id, "unknown", "")
    page = conduct_page(none_found, addresses.account("en", episode.id))
    assert "unknown: no order was found" in words(page)


def test_l02_an_order_that_is_known_stands_with_its_state(dossier: Dossier, episode: Episode) -> None:
    """L2: of January 2022 one is known by what an operator said, and nobody has published its text."""
    (row,) = orders_listed(dossier)
    assert (row["state"], row["body"], row["law"]) == ("issued", "", "kz-communications-41-1")
    assert row["public"] == "unknown"


def orders_listed(dossier: Dossier) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(conduct_files(dossier)[ORDERS].decode("utf-8-sig"))))
