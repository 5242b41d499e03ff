"""A failing sensor is not a shutdown."""

from __future__ import annotations

import numpy as np
import pytest

from kuager.detection.gate import (
    LEAST_COUNTRIES,
    failing_everywhere,
    fallen_alike,
    frozen_together,
    own_falls,
    stuck,
)
from kuager.detection.grid import Grid
from kuager.model.series import Values


def drawn(seed: int = 3, level: float = 1000.0, scale: float = 1.0, size: int = 480) -> Values:
    return level + scale * np.random.default_rng(seed).standard_normal(size)


def frozen(values: Values) -> list[int]:
    return [int(index) for index in np.flatnonzero(stuck(Grid(0, 1800, values)))]


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
    zeros[100:400] = 0.0
    assert not stuck(Grid(0, 1800, zeros)).any(), "also when most of the series is cut"
    coarse = np.repeat(np.random.default_rng(3).integers(10, 14, 60), 30).astype(float)
    coarse[::2] = np.random.default_rng(4).integers(10, 12, coarse.size // 2)
    assert not stuck(Grid(0, 1800, coarse)).any()


def test_a_source_whose_countries_always_waver_together_fails_when_it_falls_further() -> None:
    wavering = 1.0 + 0.1 * np.random.default_rng(5).standard_normal(400)
    ratios = wavering * (1.0 + 0.02 * np.random.default_rng(6).standard_normal((20, 400)))
    ratios[:, 100:105] = 0.3
    failing = failing_everywhere(ratios)
    assert failing is not None
    assert np.flatnonzero(wavering < 0.93).size > 60  # as many days would be lost with a fixed threshold
    assert np.flatnonzero(failing).tolist() == list(range(100, 105))


def test_a_country_far_below_what_a_failure_left_keeps_its_samples() -> None:
    ratios = 0.4 * (1.0 + 0.05 * np.random.default_rng(7).standard_normal((20, 50)))
    ratios[:, :20] = 1.0
    ratios[3, 30:40] = 0.02
    failing = failing_everywhere(ratios)
    assert failing is not None
    own = own_falls(ratios, failing)
    assert {int(row) for row in np.flatnonzero(own.any(axis=1))} == {3}
    assert np.flatnonzero(own[3]).tolist() == list(range(30, 40))


def test_when_nothing_is_left_no_country_can_be_told_from_the_others() -> None:
    ratios = np.ones((20, 50))
    ratios[:, 30:40] = 0.05
    ratios[3, 30:40] = 0.0
    failing = failing_everywhere(ratios)
    assert failing is not None
    assert failing[30:40].all()
    assert not own_falls(ratios, failing).any()


@pytest.mark.parametrize("countries", [3, 9])
def test_few_countries_that_lose_the_same_share_show_a_failing_source(countries: int) -> None:
    ratios = 1.0 + 0.01 * np.random.default_rng(8).standard_normal((countries, 200))
    ratios[:, 50:60] *= 0.6
    assert np.flatnonzero(fallen_alike(ratios)).tolist() == list(range(50, 60))


@pytest.mark.parametrize("left", [(0.6, 0.6, 0.9), (0.3, 0.5, 0.7), (0.02, 0.02, 0.02), (0.6, 0.6, np.nan)])
def test_other_losses_in_few_countries_may_be_theirs(left: tuple[float, float, float]) -> None:
    ratios = 1.0 + 0.01 * np.random.default_rng(8).standard_normal((3, 200))
    ratios[:, 50:60] = np.array(left)[:, np.newaxis]
    assert not fallen_alike(ratios).any()


def test_two_countries_that_lose_the_same_share_show_nothing() -> None:
    assert not fallen_alike(np.repeat([[1.0] * 20 + [0.5] * 5], 2, axis=0)).any()


@pytest.mark.parametrize("count", [1.0, 12.0, 253.0])
def test_a_network_whose_count_never_changes_is_not_stuck(count: float) -> None:
    assert frozen(np.full(480, count)) == []


def test_a_network_that_loses_one_block_for_good_is_not_stuck() -> None:
    assert frozen(np.repeat([12.0, 11.0], 240)) == []


def test_a_count_that_flickers_between_two_neighbours_is_not_stuck() -> None:
    flickering = np.full(480, 253.0)
    flickering[:100:2] = flickering[160::2] = 252.0  # it never repeats, and moves by its smallest step
    assert frozen(flickering) == []


def test_an_index_in_tens_that_stands_at_a_hundred_is_not_stuck() -> None:
    index = np.full(480, 100.0)
    index[::37] = 90.0
    index[200:230] = np.random.default_rng(9).integers(0, 10, 30) * 10.0
    assert frozen(index) == []


def test_a_fine_series_at_its_ceiling_is_not_stuck() -> None:
    share = 100.0 - np.abs(drawn(level=0.0, scale=5.0))
    share[100:200] = share[300:340] = 100.0
    assert frozen(share) == []


def test_a_count_of_many_networks_that_stops_moving_is_stuck_even_after_a_cut() -> None:
    count = np.round(drawn(level=40_000.0, scale=60.0))
    count[100:160] = count[100]
    count[300:400] = 0.0
    assert frozen(count) == list(range(101, 160))


def test_a_sensor_that_freezes_for_three_days_of_ten_twice_is_stuck() -> None:
    values = drawn()
    values[20:164] = values[20]
    values[250:394] = values[250]
    assert frozen(values) == [*range(21, 164), *range(251, 394)]


@pytest.mark.parametrize("rounded", [False, True])
def test_a_sensor_that_gives_its_last_hours_again_is_stuck(rounded: bool) -> None:
    values = drawn(level=40_000.0, scale=300.0, size=2_000)
    values[612:660] = np.tile(values[600:612], 4)
    if rounded:
        values[:] = np.round(values)
    assert frozen(values) == list(range(612, 660))


def test_a_series_without_noise_is_not_stuck_for_being_the_same_every_day() -> None:
    times = np.arange(960)
    assert frozen(1000.0 + 100.0 * np.sin(2 * np.pi * (times % 48) / 48)) == []
    assert frozen(1000.0 + 100.0 * np.sin(2 * np.pi * (times % 24) / 24)) == []


def test_series_of_one_source_that_repeat_at_once_are_stuck_after_a_few_samples() -> None:
    values = [drawn(seed) for seed in range(4)]
    for one in values:
        one[200:206] = one[200]
    values[3][300:306] = values[3][300]  # one alone proves nothing in six samples
    together = frozen_together([Grid(0, 300, one) for one in values])
    assert np.flatnonzero(together).tolist() == list(range(201, 206))


def test_coarse_series_and_cuts_are_no_witnesses_of_a_frozen_source() -> None:
    coarse = [np.full(480, float(count)) for count in (3, 4, 5)]
    assert not frozen_together([Grid(0, 300, one) for one in (*coarse, drawn(1), drawn(2))]).any()
    cut = [drawn(seed) for seed in range(4)]
    for one in cut:
        one[200:260] = 0.0
    assert not frozen_together([Grid(0, 300, one) for one in cut]).any()
    for one in cut:
        one[100:400] = 0.0
    assert not frozen_together([Grid(0, 300, one) for one in cut]).any(), "also when most of all series is cut"
