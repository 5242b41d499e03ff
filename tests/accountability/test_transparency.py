"""Reports on demands: totals equal the log, and no arithmetic over what is told gives what is withheld."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from kuager.accountability.demands import Decision, Demand, DemandKind, Gag
from kuager.accountability.questions import ELEMENTS
from kuager.accountability.rows.disclosure import Policy
from kuager.accountability.transparency.checking import findings, read
from kuager.accountability.transparency.effects import Effect, compared
from kuager.accountability.transparency.elements import Serves, elements
from kuager.accountability.transparency.report import report
from kuager.accountability.transparency.totals import NUMBERS, OTHERS, PARTS, RECEIVED, Period, counted
from kuager.accountability.transparency.withholding import Told, checked, told
from kuager.errors import CodecError, UsageError
from kuager.model.operators import package_operators
from kuager.publications.transparency.record import report_json

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), "Asia/Almaty")
LAW = "Law on Communications, article 41-1"
DEMAND = Demand(id="d-1", authority="Prosecutor General", kind=DemandKind.CUT, received="2026-03-01T09:00:00Z")

days = some.dates(date(2025, 6, 1), date(2027, 6, 30)).map(str)
demands = some.lists(
    some.builds(
        Demand,
        id=some.uuids().map(str),
        authority=some.sampled_from(["Prosecutor General", "Committee", "Ministry"]),
        legal_basis=some.sampled_from(["", LAW, "Law on emergencies"]),
        kind=some.sampled_from(DemandKind),
        received=days,
        executed=some.one_of(some.just(""), days),
        ended=some.one_of(some.just(""), days),
        decision=some.sampled_from(Decision),
        challenged=some.one_of(some.just(""), days),
        gag=some.sampled_from(Gag),
        gag_basis=some.just("Law on secrets"),
    ),
    max_size=25,
)
withheld_names = some.sets(some.sampled_from(NUMBERS)).map(lambda names: dict.fromkeys(names, LAW))


@given(demands)
def test_totals_equal_the_log(log: list[Demand]) -> None:
    found = counted(log, YEAR, "KZ")
    mine = [one for one in log if one.received.startswith("2026") and one.gag is not Gag.EXISTENCE]
    assert found.totals[RECEIVED] == len(mine)
    assert found.totals[RECEIVED] == sum(found.totals[name] for name in PARTS)
    decided = Counter(one.decision for one in mine if one.gag is Gag.NONE)
    assert {decision: found.totals[decision.value] for decision in Decision} == {
        decision: decided[decision] for decision in Decision
    }
    for name in OTHERS:
        assert found.totals[name] == sum(bool(getattr(one, name)) for one in mine if one.gag is Gag.NONE)
    for name in NUMBERS:
        assert found.totals[name] == sum(row.numbers[name] for row in found.rows)
    assert found.totals[RECEIVED] + found.untold + found.outside == len(log)


@given(demands, withheld_names)
def test_nothing_withheld_can_be_worked_out(log: list[Demand], withheld: dict[str, str]) -> None:
    """Every cell that is not told is an unknown; no sum fixes one of those that the law forbids to tell."""
    shown = told(counted(log, YEAR, "KZ"), withheld)
    cells, equations = unknowns(shown)
    forbidden = [place for place, (_, name) in enumerate(cells) if name in withheld]
    if not equations:
        return
    matrix = np.array(equations, dtype=float)
    for place in forbidden:
        alone = np.zeros(len(cells))
        alone[place] = 1.0
        determined = np.linalg.matrix_rank(np.vstack([matrix, alone])) == np.linalg.matrix_rank(matrix)
        assert not determined, cells[place]


def unknowns(shown: Told) -> tuple[list[tuple[int, str]], list[list[float]]]:
    """The cells that are not told, by row (-1 for totals) and name, and the sums that hold among them."""
    columns = [(-1, shown.totals), *((place, row.numbers) for place, row in enumerate(shown.rows))]
    cells = [(place, name) for place, numbers in columns for name in NUMBERS if numbers[name].value is None]
    gagged = {place for place, row in enumerate(shown.rows) if row.row.gag_basis is not None}
    cells = [(place, name) for place, name in cells if place not in gagged or name in (RECEIVED, "gagged")]
    at = {cell: place for place, cell in enumerate(cells)}
    equations = []
    sums = [([(place, RECEIVED)], [(place, part) for part in PARTS]) for place, _ in columns if place not in gagged]
    sums += [([(-1, name)], [(place, name) for place in range(len(shown.rows))]) for name in NUMBERS if shown.rows]
    for whole, parts in sums:
        involved = [cell for cell in (*whole, *parts) if cell in at]
        if involved:
            line = [0.0] * len(cells)
            for cell in involved:
                line[at[cell]] += 1.0 if cell in whole else -1.0
            equations.append(line)
    return cells, equations


def test_a_gagged_demand_is_counted_and_nothing_more() -> None:
    gagged = msgspec.structs.replace(
        DEMAND, id="d-2", gag=Gag.CONTENT, gag_basis=LAW, decision=Decision.COMPLIED, executed="2026-03-02"
    )
    found = told(counted([DEMAND, gagged], YEAR, "KZ"), {})
    assert (found.totals["received"].value, found.totals["gagged"].value) == (2, 1)
    assert (found.totals["complied"].value, found.totals["executed"].value) == (0, 0)
    (row,) = [one for one in found.rows if one.row.gag_basis]
    assert (row.row.authority, row.row.kind, row.row.places) == ("", None, ())
    assert row.numbers["complied"].value is None
    assert row.numbers["complied"].basis == LAW


def test_a_demand_that_may_not_exist_is_in_no_number() -> None:
    secret = msgspec.structs.replace(DEMAND, id="d-2", gag=Gag.EXISTENCE, gag_basis=LAW)
    found = counted([DEMAND, secret], YEAR, "KZ")
    assert told(found, {}) == told(counted([DEMAND], YEAR, "KZ"), {})
    assert found.untold == 1


def test_what_would_give_a_number_away_is_withheld_with_it() -> None:
    found = told(counted([DEMAND], YEAR, "KZ"), {"complied": LAW})
    assert found.totals["received"].value == 1
    assert (found.totals["complied"].value, found.totals["complied"].follows) == (None, False)
    assert (found.totals["refused"].value, found.totals["refused"].follows) == (None, True)
    assert told(counted([DEMAND], YEAR, "KZ"), {"received": LAW}).rows == ()


def test_received_in_one_year_and_executed_in_the_next_is_carried_over() -> None:
    late = msgspec.structs.replace(DEMAND, received="2025-12-30", executed="2026-01-02")
    found = counted([late], YEAR, "KZ")
    assert (found.totals["received"], found.carried_over) == (0, 1)


@pytest.mark.parametrize("withheld", [{"colour": LAW}, {"received": " "}])
def test_a_number_is_withheld_by_name_and_by_a_law(withheld: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        checked(withheld)


def published(*log: Demand, withheld: dict[str, str] | None = None) -> bytes:
    """A report of these demands as it is published."""
    (kcell,) = [one for one in package_operators() if one.id == "kcell"]
    known = datetime(2027, 1, 2, tzinfo=UTC)
    return report_json(report(kcell, YEAR, known, log, withheld or {}, [], (), [], lambda *_: False))


@given(demands, withheld_names)
def test_every_report_that_is_made_passes_the_check(log: list[Demand], withheld: dict[str, str]) -> None:
    found = list(findings(read(published(*log, withheld=withheld))))
    assert [one.note.template for one in found if one.holds is False] == []


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (b'"received": {\n   "value": 2', b'"received": {\n   "value": 3', "Those received are"),
        (b'"refused": {\n   "value": 0', b'"refused": {\n   "value": -1', "No number is less than zero."),
        (b'"element": "F10.8"', b'"element": "F10.7"', "Each of the eight elements"),
        (b'"to": "2026-12-31"', b'"to": "2025-12-31"', "The period ends after it begins."),
    ],
)
def test_a_report_that_does_not_add_up_is_found_out(before: bytes, after: bytes, what: str) -> None:
    made = published(DEMAND, msgspec.structs.replace(DEMAND, id="d-2"))
    assert before in made
    wrong = [one.note.template for one in findings(read(made.replace(before, after, 1))) if one.holds is False]
    assert any(template.startswith(what) for template in wrong), wrong


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format": "other/1"}', b"[" * 5000, b"\xff\xfe"])
def test_what_is_no_report_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(CodecError):
        read(data)


def test_the_elements_of_f10_map_to_fields() -> None:
    policy = Policy(id="p", text={"en": "We tell users."}, operator="kcell", element="F10.5", since="2020")
    found = {one.id: one for one in elements(told(counted([DEMAND], YEAR, "KZ"), {}), [policy], (), YEAR)}
    assert tuple(found) == ELEMENTS
    assert found["F10.5"].serves is Serves.TOLD
    assert found["F10.1"].serves is Serves.MISSING
    assert {found[name].serves for name in ("F10.6", "F10.7", "F10.8")} == {Serves.TOLD}
    hidden = elements(told(counted([DEMAND], YEAR, "KZ"), {"received": LAW}), [], (), YEAR)
    assert {one.id: (one.serves, one.basis) for one in hidden}["F10.6"] == (Serves.WITHHELD, LAW)


def test_where_nothing_measured_no_effect_is_denied() -> None:
    executed = msgspec.structs.replace(DEMAND, executed="2026-03-01T10:00:00Z", networks=("AS29355",))

    def effect(*, seen: bool) -> Effect:
        def looked(_places: object, _start: datetime, _end: datetime) -> bool:
            return seen

        (row,) = compared([executed], [], (), ["AS29355"], YEAR, "KZ", looked).demands
        return row.effect

    assert effect(seen=False) is Effect.NOT_OBSERVABLE
    assert effect(seen=True) is Effect.NOT_SEEN
    (idle,) = compared([DEMAND], [], (), ["AS29355"], YEAR, "KZ", lambda *_: True).demands
    assert idle.effect is Effect.NOT_EXECUTED
    undated = msgspec.structs.replace(DEMAND, executed="unknown")
    (row,) = compared([undated], [], (), ["AS29355"], YEAR, "KZ", lambda *_: True).demands
    assert row.effect is Effect.UNDATED
