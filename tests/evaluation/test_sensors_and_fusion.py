"""Sources that fail for all places at once, and episodes against what happened at a place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.drawn import START, WANTED, at

from kuager.evaluation.fused import corroborable, fused_row, happenings, judge_places
from kuager.evaluation.fused_cases import PARTS, cases
from kuager.evaluation.judged import Origin, examined_alone, judge
from kuager.evaluation.mistakes import of_places
from kuager.evaluation.plans import Disturbance, FailureManner, Reach, SensorFailure, SeriesPlan, Simulation
from kuager.evaluation.sensors import MANNERS, failing_worlds
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.simulator import simulate
from kuager.evaluation.tally import score
from kuager.evaluation.together import examined_together
from kuager.model.words import Access, SignalKind

ORIGIN = Origin("made", 1, 0)
KINDS = (SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC)


def test_failing_worlds_fail_everywhere_in_every_manner() -> None:
    worlds = list(failing_worlds(6, 3))
    for manner, world in zip(MANNERS, worlds, strict=True):
        assert len(world.series) >= 12
        assert {series.signal for series in world.series} == {world.series[0].signal}
        failures = [one for one in world.artefacts if isinstance(one, SensorFailure)]
        assert {one.manner for one in failures} == {manner}
        if manner is FailureManner.FREEZES:
            for series in world.series:
                inside = (series.times >= failures[0].start) & (series.times < failures[0].end)
                assert len(set(series.values[inside][np.isfinite(series.values[inside])])) <= 1


def test_the_gate_removes_what_the_source_did() -> None:
    world = next(failing_worlds(6, 1))
    alone = score("", list(judge(world, [examined_alone(one) for one in world.series], ORIGIN)))
    gated = score("", list(judge(world, examined_together(world.series), ORIGIN)))
    assert alone.false_alarms >= 12
    assert gated.false_alarms <= 2


def test_cases_have_six_series_in_each_part_and_single_accesses() -> None:
    drawn = list(cases(3, 24))
    for case in drawn:
        assert len(case.series) == 6 * len(PARTS)
        assert {series.place for series in case.series} == set(PARTS)
    mobile_only = [
        event
        for case in drawn
        for event in case.truth
        if event.access is Access.MOBILE
        and not any(
            other.access is Access.FIXED and other.place == event.place and other.start == event.start
            for other in case.truth
        )
    ]
    assert mobile_only


def made(*losses: Disturbance, parts: tuple[str, ...] = PARTS[:2]) -> Simulation:
    plans = [SeriesPlan(f"sim.{kind}", part, kind, step_s=1_800) for part in parts for kind in KINDS]
    plans += [
        SeriesPlan("sim.traffic", part, SignalKind.TRAFFIC, access, step_s=1_800)
        for part in parts
        for access in (Access.MOBILE, Access.FIXED)
    ]
    return simulate(plans, losses, (), START, START + 30 * DAY_S, 4)


def test_episodes_scope_and_access_against_the_truth() -> None:
    one_part = Disturbance(at(8), at(9), 0.03, reach=Reach(places=PARTS[:1]))
    both = Disturbance(at(20), at(21, 12), 0.03)
    simulation = made(one_part, both)
    detections = [examined_alone(one) for one in simulation.series]
    places = list(judge_places(simulation, detections, list(judge(simulation, detections, ORIGIN)), ORIGIN))
    row = fused_row("made", places)
    assert (row.places, row.true, row.found, row.matched) == (2, 3, 3, 3)
    assert (row.access_right, row.access_of) == (3, 3)
    assert (row.scope_right, row.scope_of) == (2, 2)
    assert row.false_episodes == 0
    assert list(of_places(places)) == []
    deaf = [replace(place, happened=()) for place in places]
    assert fused_row("made", deaf).false_episodes == 3
    assert [one.why for one in of_places(deaf)] == ["nothing happened at that time"] * 3
    single = [replace(place, happened=tuple(replace(one, kinds=1) for one in place.happened)) for place in places]
    left = fused_row("made", [corroborable(place) for place in single])
    assert (left.true, left.found, left.false_episodes) == (0, 0, 0)
    assert fused_row("made", [corroborable(place) for place in places]) == row
    blind = [replace(place, found=(), accesses=()) for place in places]
    assert fused_row("made", blind).recall == 0
    assert {one.why for one in of_places(blind)} == {"no episode overlaps it"}


SEEN = replace(WANTED, end=10 * HOUR_S, samples=20)


@pytest.mark.parametrize(
    ("mobile", "fixed", "access"),
    [(0.9, 0.9, Access.MIXED), (0.9, 0.1, Access.MOBILE), (0.0, 0.9, Access.FIXED), (0.0, 0.0, Access.MIXED)],
)
def test_what_happened_names_the_access_that_was_hit(mobile: float, fixed: float, access: Access) -> None:
    wanted = [
        ("probing", Access.MIXED, [SEEN]),
        ("traffic", Access.MOBILE, [replace(SEEN, depth=mobile)] if mobile else []),
        ("traffic", Access.FIXED, [replace(SEEN, depth=fixed)] if fixed else []),
    ]
    (happened,) = happenings(wanted)
    assert (happened.interval, happened.access, happened.windows) == ((0, 10 * HOUR_S), access, ())
    assert happened.kinds == (2 if mobile or fixed else 1)


def test_pauses_of_hours_are_windows_and_longer_ones_part() -> None:
    later = replace(SEEN, start=14 * HOUR_S, end=20 * HOUR_S)
    much_later = replace(SEEN, start=40 * HOUR_S, end=50 * HOUR_S)
    hidden = replace(SEEN, start=60 * HOUR_S, end=70 * HOUR_S, snr=1.0)
    first, second = happenings([("probing", Access.MIXED, [SEEN, later, much_later, hidden])])
    assert (first.interval, first.windows) == ((0, 20 * HOUR_S), ((10 * HOUR_S, 14 * HOUR_S),))
    assert second.interval == much_later.interval
