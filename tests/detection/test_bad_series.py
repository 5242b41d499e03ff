"""Series as people have them: any step, times that jitter, holes, typing errors in years, values beyond reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection.drawn import DAY, HOUR, MINUTE, START, beat, between, rhythm, told

from kuager.detection import detect, stretches
from kuager.detection.grid import DAY_S, LEAST_CELLS, MOST_EMPTY, to_grid, usual_step
from kuager.model.series import Times
from kuager.model.words import SignalKind, State

STEPS = [MINUTE, 5 * MINUTE, 7 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, DAY]


@pytest.mark.parametrize("step_s", STEPS)
def test_a_cut_is_found_at_any_step(step_s: int) -> None:
    times = beat(14 if step_s == MINUTE else 90 if step_s == DAY else 30, step_s)
    values = rhythm(times)
    assert told(times, values, step_s) == []
    first = times.size * 3 // 5
    last = first + max(3, 6 * HOUR // step_s)
    values[first:last] *= 0.03
    (event,) = told(times, values, step_s)
    assert event.end is not None
    assert (event.start.best, event.end.best) == (times[first], times[last])


def found_near(times: Times, step_s: int, within_s: int) -> None:
    """A cut of six hours is the one event, and its edges are right to some seconds."""
    values = rhythm(times)
    assert told(times, values, step_s) == []
    begin = START + 20 * DAY + 5 * HOUR
    values[between(times, begin, begin + 6 * HOUR)] *= 0.03
    (event,) = told(times, values, step_s)
    assert abs(event.start.best - begin) <= within_s
    assert event.end is not None
    assert abs(event.end.best - begin - 6 * HOUR) <= within_s


@pytest.mark.parametrize("jitter_s", [1, 20, 120])
def test_times_that_jitter_are_regular_still(jitter_s: int) -> None:
    exact = beat(30, 5 * MINUTE)
    times = exact + np.random.default_rng(1).integers(0, jitter_s + 1, exact.size)
    assert usual_step(times) == 5 * MINUTE
    assert np.isfinite(to_grid(times, rhythm(exact), 5 * MINUTE).values).all()
    found_near(times, 5 * MINUTE, 10 * MINUTE)


def test_irregular_times_are_laid_on_a_step_of_their_own() -> None:
    between_s = np.random.default_rng(2).integers(2 * MINUTE, 14 * MINUTE, 5_400)
    times = START + np.cumsum(between_s).astype(np.int64)
    step_s = usual_step(times)
    assert DAY_S % step_s == 0
    assert 5 * MINUTE <= step_s <= 10 * MINUTE
    found_near(times, step_s, 30 * MINUTE)


@pytest.mark.parametrize(("every", "hours"), [(DAY, 4), (7 * DAY, 30)])
def test_regular_holes_are_not_observable_and_no_events(every: int, hours: int) -> None:
    whole = beat(40, 30 * MINUTE)
    times = whole[(whole - START) % every >= hours * HOUR]
    found = detect(times, rhythm(times), 30 * MINUTE, SignalKind.TRAFFIC)
    assert [one for one in found.findings if one.probability >= 0.5] == []
    silent = [one for one in stretches(found) if one.state is State.NOT_OBSERVABLE]
    assert {one.end - one.start for one in silent} == {hours * HOUR}
    found_near(times, 30 * MINUTE, 30 * MINUTE)


def test_infinite_values_are_missing_values() -> None:
    times = beat(30, 30 * MINUTE)
    values = rhythm(times)
    odd = values.copy()
    odd[300:340], odd[500:505] = np.inf, -np.inf
    missing = np.where(np.isfinite(odd), odd, np.nan)
    found, other = (detect(times, one, 30 * MINUTE, SignalKind.TRAFFIC) for one in (odd, missing))
    assert found.findings == other.findings == ()
    assert not found.observed[300:340].any()
    assert np.array_equal(found.expected, other.expected)


def test_a_typing_error_in_a_year_does_not_fill_the_memory() -> None:
    times = np.append(beat(10, MINUTE), START + 4_000 * 365 * DAY)
    grid = to_grid(times, np.ones(times.size), MINUTE)
    assert grid.values.size <= 2 * max(LEAST_CELLS, MOST_EMPTY * times.size)
    assert detect(times, rhythm(times), MINUTE, SignalKind.TRAFFIC).findings == ()


@pytest.mark.parametrize("values", [0.0, np.nan, -5.0])
def test_what_is_never_above_zero_is_not_observable(values: float) -> None:
    times = beat(20, HOUR)
    found = detect(times, np.full(times.size, values), HOUR, SignalKind.COUNT)
    assert found.findings == ()
    assert not found.observed.any()
    assert {one.state for one in stretches(found)} == {State.NOT_OBSERVABLE}


@pytest.mark.parametrize("kind", [SignalKind.TRAFFIC, SignalKind.COUNT, SignalKind.BGP])
@pytest.mark.parametrize("level", [5.0, 500.0])
@pytest.mark.parametrize("left", [0.0, 0.4])
def test_a_constant_series_is_normal_and_its_cut_is_not(kind: SignalKind, level: float, left: float) -> None:
    times = beat(20, HOUR)
    values = np.full(times.size, level)
    assert told(times, values, HOUR, kind) == []
    values[300:310] *= left
    (event,) = told(times, values, HOUR, kind)
    assert (event.first, event.last) == (300, 310)
    assert event.depth == pytest.approx(1.0 - left)


@pytest.mark.parametrize(
    ("times", "step_s"),
    [([], DAY), ([5], DAY), ([0, 60], 60), ([0, 60, 120, 600], 60), ([0, 290, 610, 880, 1_210], 300), ([0, 4, 9], 60)],
)
def test_the_usual_step(times: list[int], step_s: int) -> None:
    assert usual_step(np.array(times, dtype=np.int64)) == step_s


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4_000_000), st.floats()), max_size=80, unique_by=lambda row: row[0]),
    st.sampled_from(list(SignalKind)),
)
def test_anything_is_judged_or_left(rows: list[tuple[int, float]], kind: SignalKind) -> None:
    rows.sort()
    times = np.array([START + time for time, _ in rows], dtype=np.int64)
    values = np.array([value for _, value in rows], dtype=np.float64)
    for rises in (False, True):
        with np.errstate(over="ignore"):
            found = detect(times, values, usual_step(times), kind, rises=rises)
        assert all(0.0 <= one.depth <= 1.0 and 0.0 < one.probability < 1.0 for one in found.findings)
