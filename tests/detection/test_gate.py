"""A failing sensor is not a shutdown."""

from __future__ import annotations

import numpy as np

from kuager.detection.gate import LEAST_COUNTRIES, failing_everywhere, stuck
from kuager.detection.grid import Grid


def test_a_source_that_falls_in_unrelated_countries_at_once_has_failed() -> None:
    ratios = np.ones((30, 100))
    ratios[:, 40:50] = 0.5
    ratios[3, 70:80] = 0.1  # one country's own outage
    failing = failing_everywhere(ratios)
    assert failing is not None
    assert np.flatnonzero(failing).tolist() == list(range(40, 50))


def test_with_few_countries_nobody_can_know() -> None:
    assert failing_everywhere(np.full((LEAST_COUNTRIES - 1, 10), 0.1)) is None


def test_times_without_values_are_not_called_failed() -> None:
    assert not np.any(failing_everywhere(np.full((20, 10), np.nan)))


def test_a_number_repeated_for_half_a_day_is_a_stuck_sensor() -> None:
    values = 1000.0 + np.random.default_rng(3).standard_normal(480)
    values[100:160] = values[100]
    frozen = stuck(Grid(0, 1800, values))
    assert np.flatnonzero(frozen).tolist() == list(range(101, 160))


def test_zeros_and_series_that_often_repeat_are_not_stuck() -> None:
    zeros = 1000.0 + np.random.default_rng(3).standard_normal(480)
    zeros[100:200] = 0.0
    assert not stuck(Grid(0, 1800, zeros)).any()
    coarse = np.repeat(np.random.default_rng(3).integers(10, 14, 60), 30).astype(float)
    coarse[::2] = np.random.default_rng(4).integers(10, 12, coarse.size // 2)
    assert not stuck(Grid(0, 1800, coarse)).any()
