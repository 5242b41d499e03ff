"""Cuts on the days of dated happenings: the p-value is what all permutations say, and uniform when nothing is there."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.detection.recurrence import Association, against_dates
from kuager.model.series import Values

FIRST = date(2018, 3, 5)  # a Monday
QUARTER = 84


def days_of(numbers: npt.NDArray[np.int64] | list[int]) -> list[date]:
    return [FIRST + timedelta(days=int(number)) for number in numbers]


def drawn(seed: int, *, on_dated: float, otherwise: float, dated: int = 15) -> Association:
    """A quarter of a year with a tenth of the days not observed, and hits by chance with two probabilities."""
    generator = np.random.default_rng(seed)
    chosen = generator.permutation(QUARTER)[:dated]
    likely = np.full(QUARTER, otherwise)
    likely[chosen] = on_dated
    scores = (generator.random(QUARTER) < likely).astype(np.float64)
    scores[generator.random(QUARTER) < 0.1] = np.nan
    return against_dates(FIRST, scores, days_of(chosen))


def test_every_evening_of_a_stream_and_no_other() -> None:
    streams = [3, 9, 15, 24, 32, 41, 47, 62]
    scores = np.zeros(QUARTER)
    scores[streams] = 1.0
    scores[[24, 60]] = np.nan  # one dated day and one other could not be observed
    found = against_dates(FIRST, scores, days_of(streams))
    assert (found.dated, found.others, found.left_out) == (7, 75, (1, 1))
    assert (found.on_dated, found.on_others) == (1.0, 0.0)
    assert found.p_value == found.smallest < 1e-5
    assert found.expected < 1.5
    assert found.seed is None


def test_hits_are_found_on_their_dates_and_hardly_ever_elsewhere() -> None:
    power = np.mean([drawn(seed, on_dated=0.7, otherwise=0.05).p_value <= 0.01 for seed in range(100)])
    errors = np.mean([drawn(seed, on_dated=0.2, otherwise=0.2).p_value <= 0.05 for seed in range(400)])
    assert power >= 0.95
    assert errors <= 0.05


def test_under_the_null_hypothesis_p_values_are_uniform() -> None:
    p_values = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        lost = generator.gamma(2.0, 1.0, QUARTER)
        p_values.append(against_dates(FIRST, lost, days_of(generator.permutation(QUARTER)[:20])).p_value)
    ordered = np.sort(p_values)
    distance = np.abs(ordered - (np.arange(ordered.size) + 0.5) / ordered.size).max()
    assert distance * np.sqrt(ordered.size) < 1.63  # Kolmogorov and Smirnov, 1 per cent


def test_drawn_permutations_are_stated_and_the_same_each_time() -> None:
    generator = np.random.default_rng(5)
    lost = generator.gamma(2.0, 1.0, QUARTER)
    streams = days_of(generator.permutation(QUARTER)[:20])
    one, other = (against_dates(FIRST, lost, streams) for _ in range(2))
    assert one == other
    assert (one.permutations, one.seed) == (10_000, 2018)
    assert one.p_value * 10_000 == pytest.approx(round(one.p_value * 10_000))


def by_hand(scores: Values, dated: list[int]) -> float:
    """The share of all permutations within weekdays that give as much, by going through them."""
    sums = []
    for weekday in range(3):
        members = range(weekday, scores.size, 7)
        count = sum(day in dated for day in members)
        sums.append([float(sum(order[:count])) for order in permutations(scores[list(members)].tolist())])
    statistic = float(scores[dated].sum())
    reached = [sum(parts) >= statistic - 1e-9 for parts in product(*sums)]
    return sum(reached) / len(reached)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_few_days_give_what_going_through_all_permutations_gives(seed: int, graded: bool) -> None:
    generator = np.random.default_rng(seed)
    scores = generator.random(28) if graded else (generator.random(28) < 0.4).astype(np.float64)
    scores[np.arange(28) % 7 > 2] = np.nan  # three weekdays are left, of four days each
    dated = [int(day) for day in generator.permutation(28)[:6] if day % 7 <= 2]
    found = against_dates(FIRST, scores, days_of(dated))
    if dated:
        assert found.p_value == pytest.approx(by_hand(scores, dated))
        assert found.seed is None


def test_weekends_explain_nothing() -> None:
    saturdays = [5, 12, 19, 33, 40, 61, 68, 75]
    scores = (np.arange(QUARTER) % 7 == 5).astype(np.float64)  # every Saturday is hit, with and without happenings
    found = against_dates(FIRST, scores, days_of(saturdays))
    assert found.on_dated == 1.0
    assert found.on_others < 0.1
    assert found.p_value == 1.0


def test_a_season_of_both_explains_nothing() -> None:
    errors = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        busy = np.repeat([0.5, 0.02, 0.02], 56)
        scores = (generator.random(168) < busy).astype(np.float64)
        errors.append(against_dates(FIRST, scores, days_of(generator.permutation(56)[:12])).p_value <= 0.05)
    assert np.mean(errors) <= 0.05


def test_too_few_dates_cannot_give_a_small_p_value_and_say_so() -> None:
    scores = np.zeros(QUARTER)
    scores[3] = 1.0
    found = against_dates(FIRST, scores, days_of([3]))
    assert found.smallest > 0.05
    nothing = against_dates(FIRST, np.full(QUARTER, np.nan), days_of([3]))
    assert (nothing.p_value, nothing.dated, nothing.left_out) == (1.0, 0, (1, 83))
    assert against_dates(FIRST, np.empty(0), days_of([3])).p_value == 1.0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(-100, 100))
def test_whole_weeks_and_the_order_of_dates_change_nothing(seed: int, weeks: int) -> None:
    generator = np.random.default_rng(seed)
    scores = (generator.random(QUARTER) < 0.3).astype(np.float64)
    scores[generator.random(QUARTER) < 0.1] = np.nan
    streams = days_of(generator.permutation(QUARTER)[:10])
    shift = timedelta(weeks=weeks)
    found = against_dates(FIRST, scores, streams)
    assert found == against_dates(FIRST + shift, scores, [day + shift for day in reversed([*streams, *streams])])
    assert 0.0 < found.smallest <= found.p_value <= 1.0
    assert found.dated + found.others + sum(found.left_out) == QUARTER
