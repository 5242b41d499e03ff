"""Counts so small that zero is ordinary: long silences are found, short ones are not; rounding is no noise."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detection.drawn import DAY, HOUR, MINUTE, START, beat, between, rhythm, told

from kuager.detection.sparse import counts_per_sample, quantum
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

MIDDLE = START + 25 * DAY + 7 * HOUR


def counts(times: Times, mean: float, seed: int) -> Values:
    """Poisson counts, float64 [n]."""
    return np.random.default_rng(seed).poisson(mean, times.size).astype(np.float64)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mean", [0.5, 1.0, 2.0, 5.0])
def test_a_long_silence_is_found_and_a_short_one_is_not(mean: float, seed: int) -> None:
    times = beat(50, HOUR)
    values = counts(times, mean, seed)
    assert told(times, values, HOUR, SignalKind.COUNT) == []
    short = values.copy()
    short[between(times, MIDDLE, MIDDLE + max(1, int(2 / mean)) * HOUR)] = 0.0
    if mean <= 2.0:
        assert told(times, short, HOUR, SignalKind.COUNT) == []
    hours = int(40 / mean)
    values[between(times, MIDDLE, MIDDLE + hours * HOUR)] = 0.0
    (event,) = told(times, values, HOUR, SignalKind.COUNT)
    assert event.end is not None
    assert event.start.best <= MIDDLE <= event.start.best + max(6.0, 8 / mean) * HOUR
    assert MIDDLE + hours * HOUR <= event.end.best + HOUR
    assert event.end.best <= MIDDLE + (hours + max(6.0, 8 / mean)) * HOUR
    assert event.depth > 0.95


@pytest.mark.parametrize(
    ("kind", "values", "mean"),
    [
        (SignalKind.COUNT, [0, 1, 0, 2, 3, 0, 0, 2], 1.0),
        (SignalKind.INDEX, [0, 1, 0, 2, 3, 0, 0, 2], None),  # an index counts nothing
        (SignalKind.COUNT, [0, 1, 0, 2.5, 3, 0, 0, 2], None),
        (SignalKind.COUNT, [0, 1, 0, -2, 3, 0, 0, 2], None),
        (SignalKind.COUNT, [40, 41, 40, 0, 43, 40, 41, 42], None),
        (SignalKind.COUNT, [4, 4, 4, 4, 4, 5, 4, 4], None),  # Poisson's would be zero now and then
        (SignalKind.COUNT, [0, np.nan, 2, np.nan, 1], 1.0),
        (SignalKind.COUNT, [np.nan, np.nan], None),
        (SignalKind.COUNT, [1], None),
    ],
)  # fmt: skip
def test_what_is_a_sparse_count(kind: SignalKind, values: list[float], mean: float | None) -> None:
    assert counts_per_sample(np.array(values, dtype=np.float64), kind) == mean


def test_the_smallest_step_between_values() -> None:
    assert quantum(np.array([1.0, 3.0, np.nan, 7.0])) == 2.0
    assert quantum(np.array([0.1, 0.25, 0.4])) == pytest.approx(0.15)
    assert quantum(np.array([1.0, 2.0, 3.0, 2.0, 2.5])) == 1.0
    assert quantum(np.array([5.0, 5.0, np.nan])) == 0.0
    assert quantum(np.r_[np.full(90, 5.0), np.zeros(10)]) == 0.0
    assert quantum(np.r_[np.tile([2.0, 1.0], 45), np.zeros(10)]) == 1.0
    assert quantum(np.full(4, np.nan)) == 0.0
    assert quantum(np.linspace(0.0, 1.0, 400) ** 2) == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_whole_numbers_up_to_ten_have_no_event_and_a_cut_has(seed: int) -> None:
    times = beat(30, 30 * MINUTE)
    values = np.clip(np.round(rhythm(times, noise=0.08, swing=0.1, level=8.0, seed=seed)), 0, 10)
    assert told(times, values, 30 * MINUTE, SignalKind.PROBING) == []
    values[between(times, MIDDLE, MIDDLE + 4 * HOUR)] = 0.0
    (event,) = told(times, values, 30 * MINUTE, SignalKind.PROBING)
    assert event.end is not None
    assert (event.start.best, event.end.best) == (MIDDLE, MIDDLE + 4 * HOUR)


@pytest.mark.parametrize("seed", range(4))
def test_per_cent_of_the_largest_value(seed: int) -> None:
    times = beat(30, HOUR)
    values = rhythm(times, noise=0.03, seed=seed)
    values = np.round(100 * values / values.max())
    assert told(times, values, HOUR, SignalKind.INDEX) == []
    values[between(times, MIDDLE, MIDDLE + 5 * HOUR)] = 3.0
    (event,) = told(times, values, HOUR, SignalKind.INDEX)
    assert event.end is not None
    assert (event.start.best, event.end.best) == (MIDDLE, MIDDLE + 5 * HOUR)
