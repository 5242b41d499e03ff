"""The founding case as drawn: the documented times are in the values, and every series says that it is simulated."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from kuager.evaluation.founding import RESTORATION_WINDOWS, TELESCOPE_SILENT, january_2022
from kuager.evaluation.plans import Simulation, TrueEvent
from kuager.model.series import Series
from kuager.model.time import to_epoch
from kuager.model.words import Access
from kuager.sources import registry


@pytest.fixture(scope="module")
def drawn() -> Simulation:
    return january_2022()


def find(drawn: Simulation, signal: str, access: Access = Access.MIXED) -> tuple[Series, TrueEvent]:
    (series,) = (series for series in drawn.series if (series.signal, series.access) == (signal, access))
    (event,) = drawn.truth_of(series)
    return series, event


def january(day: int, hour: int, minute: int = 0) -> int:
    return to_epoch(datetime(2022, 1, day, hour, minute, tzinfo=UTC))


def of_normal(series: Series, start: int, end: int) -> float:
    """Mean of a stretch as a share of the same hours two weeks before."""
    two_weeks = 14 * 86_400
    now = series.values[(series.times >= start) & (series.times < end)]
    before = series.values[(series.times >= start - two_weeks) & (series.times < end - two_weeks)]
    return float(np.nanmean(now) / np.nanmean(before))


def test_five_small_series_that_say_they_are_simulated(drawn: Simulation) -> None:
    assert len(drawn.series) == 5
    assert sum(series.times.size for series in drawn.series) < 20_000
    assert all(registry.signal(series.signal).simulated for series in drawn.series)
    assert {series.place for series in drawn.series} == {"KZ"}


def test_onsets_stay_apart_and_the_return_is_one(drawn: Simulation) -> None:
    onsets = {
        (signal, access): find(drawn, signal, access)[1].start
        for signal, access in {(series.signal, series.access) for series in drawn.series}
    }
    assert onsets == {
        ("sim.traffic", Access.MIXED): january(5, 10, 30),
        ("sim.probing", Access.MIXED): january(5, 10, 45),
        ("sim.telescope", Access.MIXED): january(5, 11),
        ("sim.bgp", Access.MIXED): january(5, 11, 15),
        ("sim.traffic", Access.MOBILE): january(4, 14, 30),
    }
    assert {event.end for event in drawn.truth} == {january(11, 2, 15)}


def test_depths_during_the_cut(drawn: Simulation) -> None:
    night = (january(6, 0), january(6, 10))
    assert of_normal(find(drawn, "sim.traffic")[0], *night) == pytest.approx(0.02, abs=0.01)
    assert 0.05 <= of_normal(find(drawn, "sim.probing")[0], *night) <= 0.25
    assert of_normal(find(drawn, "sim.telescope")[0], *night) == pytest.approx(0.05, abs=0.02)
    bgp = find(drawn, "sim.bgp")[0]
    assert np.nanmin(bgp.values) > 0.9 * np.nanmedian(bgp.values)
    assert of_normal(bgp, *night) == pytest.approx(0.96, abs=0.01)


def test_mobile_is_reduced_first_then_cut_and_never_restored_before_the_end(drawn: Simulation) -> None:
    mobile, _ = find(drawn, "sim.traffic", Access.MOBILE)
    assert 0.4 < of_normal(mobile, january(4, 14, 30), january(4, 16)) < 0.7
    assert 0.3 < of_normal(mobile, january(4, 16), january(5, 10, 30)) < 0.55
    for start, end in RESTORATION_WINDOWS:
        assert of_normal(mobile, to_epoch(start), to_epoch(end)) < 0.05
    assert of_normal(mobile, january(12, 0), january(14, 0)) > 0.85


@pytest.mark.parametrize("signal", ["sim.traffic", "sim.probing"])
def test_windows_bring_most_of_it_back(drawn: Simulation, signal: str) -> None:
    series, event = find(drawn, signal)
    assert event.restorations == tuple((to_epoch(start), to_epoch(end)) for start, end in RESTORATION_WINDOWS)
    for start, end in event.restorations:
        assert 0.6 < of_normal(series, start, end) < 0.98
        assert of_normal(series, end, end + 3_600) < 0.3


def test_windows_can_be_given(drawn: Simulation) -> None:
    window = (datetime(2022, 1, 6, 10, tzinfo=UTC), datetime(2022, 1, 6, 15, tzinfo=UTC))
    series, event = find(january_2022(windows=(window,)), "sim.traffic")
    assert event.restorations == ((january(6, 10), january(6, 15)),)
    assert of_normal(series, january(7, 2, 30), january(7, 6)) < 0.05


def test_the_telescope_is_silent_for_hours_and_nothing_else_is(drawn: Simulation) -> None:
    start, end = (to_epoch(moment) for moment in TELESCOPE_SILENT)
    for series in drawn.series:
        silent = np.isnan(series.values)
        expected = (series.times >= start) & (series.times < end) & (series.signal == "sim.telescope")
        assert np.array_equal(silent, expected)


def test_nothing_else_happens_in_the_weeks_before_and_after(drawn: Simulation) -> None:
    traffic, _ = find(drawn, "sim.traffic")
    assert of_normal(traffic, january(3, 0), january(4, 0)) > 0.75  # a day off, not an outage
    assert of_normal(traffic, january(12, 0), january(19, 0)) > 0.85


def test_another_seed_is_another_noise_around_the_same_times() -> None:
    first, second = january_2022(seed=1), january_2022(seed=2)
    assert [(event.key, event.start, event.end) for event in first.truth] == [
        (event.key, event.start, event.end) for event in second.truth
    ]
    assert first.series[0].values.tobytes() != second.series[0].values.tobytes()
