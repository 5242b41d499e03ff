"""A season that is switched off and on is no habit of people; everything round is left as it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.detection.habits import SharpHabit, usual_change, without_habits
from kuager.detection.order import quantile_of_rows
from kuager.detection.recurrence import sharp_habits
from kuager.model.series import Values

DAY = 86_400


def month(seed: int, step_s: int, noise: float = 0.03, days: int = 30) -> Values:
    """Thirty days of people: float64 [days, slots], a morning steeper than the evening, and noise."""
    hours = np.arange(DAY // step_s) * step_s / 3_600
    rhythm = 1 + 0.4 * np.sin(2 * np.pi * (hours - 9) / 24) + 0.1 * np.sin(4 * np.pi * (hours - 4) / 24)
    return rhythm * (1 + noise * np.random.default_rng(seed).standard_normal((days, hours.size)))


def habits_of(table: Values, step_s: int) -> tuple[SharpHabit, ...]:
    shape = quantile_of_rows(table, 0.5)
    return sharp_habits(shape, usual_change(shape, step_s), step_s)


@pytest.mark.parametrize("step_s", [300, 900, 1800, 3600])
@pytest.mark.parametrize("noise", [0.01, 0.1])
def test_people_have_no_sharp_habits(step_s: int, noise: float) -> None:
    assert [seed for seed in range(40) if habits_of(month(seed, step_s, noise), step_s)] == []


@pytest.mark.parametrize("step_s", [300, 1800, 3600])
@pytest.mark.parametrize("share", [0.6, 0.8, 1.0])
@pytest.mark.parametrize("hours", [1, 3, 8])
def test_a_cut_at_the_same_hour_of_most_days_is_found_to_the_slot(step_s: int, share: float, hours: int) -> None:
    for seed in range(8):
        table = month(seed, step_s)
        generator = np.random.default_rng(seed)
        first = int(generator.integers(24)) * 3600 // step_s
        slots = np.arange(first, first + hours * 3600 // step_s) % table.shape[1]
        for day in generator.permutation(30)[: round(30 * share)]:
            table[day, slots] *= 0.1
        (one,) = habits_of(table, step_s)
        assert (one.first, one.last) == (first, first + slots.size)
        assert one.depth == pytest.approx(0.9, abs=0.1)


def test_shallow_cuts_show_in_fine_samples() -> None:
    seen = 0
    for seed in range(20):
        table = month(seed, 300)
        table[:, 60:96] *= 0.7
        seen += [(one.first, one.last) for one in habits_of(table, 300)] == [(60, 96)]
    assert seen >= 19


@pytest.mark.parametrize("fall_s", [1800, 3600])
def test_a_rest_that_comes_and_goes_slowly_is_a_habit(fall_s: int) -> None:
    slots = np.arange(288) * 300
    depth = np.clip(np.minimum(slots - 46_800, 61_200 - slots) / fall_s, 0.0, 1.0)
    assert habits_of(month(3, 300) * (1 - 0.6 * depth), 300) == ()


def test_one_sharp_edge_alone_is_a_habit() -> None:
    slots = np.arange(288)
    slow_return = np.where(slots >= 150, np.clip(1 - (slots - 150) / 60, 0.0, 1.0), 0.0)
    assert habits_of(month(3, 300) * (1 - 0.6 * slow_return), 300) == ()


def test_without_them_the_shape_is_what_it_would_have_been() -> None:
    table = month(3, 1800)
    whole = quantile_of_rows(table, 0.5)
    table[:25, 44:52] *= 0.05  # past the end of the day
    table[:25, 0:4] *= 0.05
    shape = quantile_of_rows(table, 0.5)
    (one,) = sharp_habits(shape, usual_change(shape, 1800), 1800)
    assert (one.first, one.last) == (44, 52)
    mended = without_habits(shape, (one,), 1800)
    assert mended == pytest.approx(whole, rel=0.15)
    outside = np.r_[4:44]
    assert np.array_equal(mended[outside], shape[outside])


def test_nothing_can_be_said_of_nothing() -> None:
    for shape in (np.full(48, np.nan), np.zeros(48), np.ones(48), np.ones(2)):
        assert sharp_habits(shape, usual_change(shape, 1800), 1800) == ()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 47), st.floats(0.01, 1000.0))
def test_turning_the_day_or_another_unit_changes_nothing_else(seed: int, turn: int, unit: float) -> None:
    generator = np.random.default_rng(seed)
    shape = quantile_of_rows(month(seed, 1800), 0.5)
    first = int(generator.integers(30))
    shape[first : first + 6] *= generator.random()
    turned = np.roll(shape, turn) * unit
    found = sharp_habits(shape, usual_change(shape, 1800), 1800)
    again = sharp_habits(turned, usual_change(turned, 1800), 1800)
    assert {(one.first + turn) % 48 for one in found} == {one.first % 48 for one in again}
    assert sorted(one.depth for one in found) == pytest.approx(sorted(one.depth for one in again))
