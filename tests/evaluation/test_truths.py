"""What is to be found in one series: pieces, curfews, and whether anybody could have seen it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from tests.evaluation.drawn import START, at

from kuager.evaluation.losses import curfew
from kuager.evaluation.plans import Disturbance, MissingWindow, Restoration, SeriesPlan
from kuager.evaluation.shapes import DAY_S
from kuager.evaluation.simulator import simulate
from kuager.evaluation.truths import Wanted, restoration_windows, to_find
from kuager.model.words import SignalKind

PLAN = SeriesPlan("sim.traffic", "XA", SignalKind.TRAFFIC, step_s=900)


def wanted(*losses: Disturbance, plan: SeriesPlan = PLAN, missing: tuple[int, int] | None = None) -> tuple[Wanted, ...]:
    gaps = (MissingWindow(*missing),) if missing else ()
    drawn = simulate([plan], losses, gaps, START, START + 30 * DAY_S, 3)
    return to_find(drawn.series[0], drawn.truth, drawn.noises[0])


def cut(remaining: float, before: float = 0.0) -> Disturbance:
    back = Restoration(at(11), at(11, 4), remaining)
    return Disturbance(at(10), at(12), before, restorations=(back,))


@pytest.mark.parametrize(
    ("remaining", "before", "pieces"), [(0.65, 0.0, 2), (0.55, 0.0, 1), (0.8, 0.4, 2), (0.6, 0.2, 1)]
)
def test_a_restoration_of_more_than_six_tenths_of_the_loss_cuts_it(
    remaining: float, before: float, pieces: int
) -> None:
    found = wanted(cut(remaining, before))
    assert len(found) == pieces
    assert all(one.piece == (pieces == 2) for one in found)
    assert restoration_windows(found) == (((at(11), at(11, 4)),) if pieces == 2 else ())
    assert (found[0].start, found[-1].end) == (at(10), at(12))


def test_a_restoration_of_everything_cuts_it_too() -> None:
    assert [one.interval for one in wanted(cut(1.0))] == [(at(10), at(11)), (at(11, 4), at(12))]


def test_curfew_windows_are_told_from_pieces() -> None:
    windows = curfew(date(2020, 9, 24), date(2020, 9, 27), time(23), time(5), "Asia/Almaty", Disturbance(0, 1, 0.05))
    found = wanted(*windows)
    assert len(found) == 4
    assert all(one.curfew and not one.piece for one in found)
    assert restoration_windows(found) == ()
    assert not any(one.curfew for one in wanted(*windows[:2]))


def test_two_cuts_a_day_apart_are_no_pieces() -> None:
    assert not any(one.piece for one in wanted(Disturbance(at(10), at(10, 3)), Disturbance(at(11, 9), at(12))))


def test_what_cannot_be_seen() -> None:
    long = Disturbance(at(10), at(11), 0.2)
    assert wanted(long)[0].visible
    assert wanted(long)[0].samples == 96
    assert not wanted(replace(long, remaining=0.96))[0].visible  # too shallow
    assert not wanted(Disturbance(at(10) + 60, at(10) + 960))[0].visible  # no whole sample
    assert not wanted(long, missing=(at(10), at(10, 14)))[0].visible  # mostly not measured
    sparse = replace(PLAN, signal="sim.count", kind=SignalKind.COUNT, level=0.5)
    hidden = wanted(Disturbance(at(10), at(10, 2), 0.0), plan=sparse)[0]
    assert not hidden.visible
    assert 0 < hidden.snr < 5


def test_edges_outside_of_the_data() -> None:
    before, after = wanted(Disturbance(at(-1), at(1)), Disturbance(at(28), at(40)))
    assert (before.begins, before.ends, after.begins, after.ends) == (False, True, True, False)
