"""Events in one series: found where they are, not where they are not, and nothing said of what was not measured."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection import drawn
from tests.detection.drawn import DAY, START, beat

from kuager.detection import could_have_seen, detect, stretches
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind, State


def rhythm(days: int, step_s: int, swing: float = 0.4, noise: float = 0.02, seed: int = 7) -> tuple[Times, Values]:
    """A series with a daily rhythm and a little noise."""
    times = beat(days, step_s)
    return times, drawn.rhythm(times, noise, swing, seed=seed)


@pytest.mark.parametrize("kind", [SignalKind.TRAFFIC, SignalKind.PROBING, SignalKind.TELESCOPE])
def test_a_month_of_rhythm_has_no_event(kind: SignalKind) -> None:
    times, values = rhythm(30, 1800)
    assert detect(times, values, 1800, kind).findings == ()


@pytest.mark.parametrize("hours", [1, 5, 30, 24 * 12])
def test_a_cut_is_found_to_the_sample(hours: int) -> None:
    times, values = rhythm(30, 1800)
    first = 15 * 48 + 7
    last = first + 2 * hours
    values[first:last] *= 0.05
    (event,) = detect(times, values, 1800, SignalKind.TRAFFIC).findings
    assert event.start.best == times[first]
    assert event.start.earliest == times[first - 1]
    assert event.end is not None
    assert event.end.best == times[last]
    assert event.depth == pytest.approx(0.95, abs=0.03)
    assert event.probability > 0.9


def test_an_outage_longer_than_half_of_the_window_is_not_taken_for_normal() -> None:
    times, values = rhythm(30, 1800)
    values[8 * 48 : 27 * 48] *= 0.03
    (event,) = detect(times, values, 1800, SignalKind.PROBING).findings
    assert event.start.best == times[8 * 48]
    assert event.end is not None
    assert event.end.best == times[27 * 48]


def test_an_outage_at_the_end_of_the_data_has_no_end() -> None:
    times, values = rhythm(30, 1800)
    values[-20:] *= 0.05
    (event,) = detect(times, values, 1800, SignalKind.TRAFFIC).findings
    assert event.end is None


def test_a_sensor_that_falls_silent_is_neither_down_nor_normal() -> None:
    times, values = rhythm(30, 1800)
    values[700:900] = np.nan
    found = detect(times, values, 1800, SignalKind.TELESCOPE)
    assert found.findings == ()
    silent = [one for one in stretches(found) if one.state is State.NOT_OBSERVABLE]
    assert [(one.start, one.end) for one in silent] == [(int(times[700]), int(times[900]))]
    assert not could_have_seen(found, 700, 900)
    assert could_have_seen(found, 500, 600)


def test_the_onset_of_an_event_beside_a_gap_is_as_uncertain_as_the_gap() -> None:
    times, values = rhythm(30, 1800)
    values[700:720] = np.nan
    values[720:760] *= 0.05
    (event,) = detect(times, values, 1800, SignalKind.TRAFFIC).findings
    assert event.start.earliest == times[699]
    assert event.start.best == times[720]


def test_a_lasting_moderate_loss_is_a_change_of_level_and_said_to_be_one() -> None:
    times, values = rhythm(40, 1800)
    values[20 * 48 :] *= 0.7
    found = detect(times, values, 1800, SignalKind.TRAFFIC)
    assert found.findings == ()
    assert [abs(first - 20 * 48) <= 2 for first, _ in found.shifts] == [True]


def test_a_weekend_of_its_own_shape_is_no_event() -> None:
    times, values = rhythm(42, 1800)
    weekend = ((times // DAY + 3) % 7) >= 5
    values[weekend & ((times % DAY) < DAY // 2)] *= 0.6
    assert detect(times, values, 1800, SignalKind.TRAFFIC).findings == ()


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_series_too_short_for_a_season_yield_nothing_and_do_not_fail(count: int) -> None:
    times = START + 1800 * np.arange(count, dtype=np.int64)
    assert detect(times, np.full(count, 50.0), 1800, SignalKind.BGP).findings == ()


def test_all_missing_and_all_zero() -> None:
    times = START + 1800 * np.arange(500, dtype=np.int64)
    assert detect(times, np.full(500, np.nan), 1800, SignalKind.BGP).findings == ()
    assert detect(times, np.zeros(500), 1800, SignalKind.BGP).findings == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([600, 1800, 3600, DAY]), st.sampled_from(list(SignalKind)))
def test_whatever_comes_the_states_tile_the_series(seed: int, step_s: int, kind: SignalKind) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(2, 400))
    times = START + step_s * np.cumsum(generator.integers(1, 4, size)).astype(np.int64)
    values = generator.gamma(0.5, 100.0, size)
    values[generator.random(size) < 0.2] = np.nan
    found = detect(times, values, step_s, kind)
    pieces = stretches(found)
    assert pieces[0].start == times[0]
    assert pieces[-1].end == times[-1] + step_s
    assert all(one.end == other.start for one, other in pairwise(pieces))
    assert all(0.0 <= event.depth <= 1.0 and 0.0 < event.probability < 1.0 for event in found.findings)


def test_the_same_series_gives_the_same_answer() -> None:
    times, values = rhythm(30, 1800)
    values[400:450] *= 0.3
    one, other = (detect(times, values, 1800, SignalKind.TRAFFIC) for _ in range(2))
    assert one.findings == other.findings
    assert np.array_equal(one.expected, other.expected)
