"""Scores against examples worked by hand, and what must always hold of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.evaluation.scores import (
    Interval,
    Match,
    Scored,
    brier,
    calibration_error,
    edge_errors,
    iou,
    match_events,
    score_events,
    untouched,
)
from kuager.evaluation.shapes import MONTH_S

intervals = st.tuples(st.integers(0, 1_000), st.integers(1, 200)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))


@st.composite
def apart(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Intervals of one series: in order, none touching another."""
    bounds = sorted(draw(st.sets(st.integers(0, 10_000), min_size=2, max_size=20)))
    return tuple(zip(bounds[::2], bounds[1::2], strict=False))


def test_iou_by_hand() -> None:
    assert iou((0, 10), (5, 15)) == pytest.approx(5 / 15)
    assert iou((0, 10), (0, 10)) == 1
    assert iou((0, 10), (10, 20)) == 0
    assert iou((0, 10), (2, 4)) == pytest.approx(0.2)
    assert iou((3, 3), (3, 3)) == 0


@given(intervals, intervals)
def test_iou_is_symmetric_and_bounded(first: Interval, second: Interval) -> None:
    assert iou(first, second) == iou(second, first)
    assert 0 <= iou(first, second) <= 1
    assert (iou(first, second) == 1) == (first == second)


def test_matching_is_one_to_one_and_takes_the_best_overlap() -> None:
    truth = [(0, 10), (20, 30), (40, 50)]
    found = [(0, 6), (1, 10), (18, 52), (60, 70)]
    assert match_events(truth, found) == (Match(0, 1, 0.9),)
    assert match_events(truth, found, least_iou=0.2) == (Match(0, 1, 0.9), Match(1, 2, 10 / 34))
    assert untouched(truth, found) == 1


def test_overlap_of_exactly_half_matches() -> None:
    assert match_events([(0, 10)], [(0, 5)]) == (Match(0, 0, 0.5),)
    assert match_events([(0, 10)], [(0, 4)]) == ()
    assert match_events([(0, 10)], [(20, 30)], least_iou=0.0) == ()


@given(apart(), apart())
def test_no_interval_is_matched_twice(truth: tuple[Interval, ...], found: tuple[Interval, ...]) -> None:
    matches = match_events(truth, found)
    assert len({match.truth for match in matches}) == len({match.found for match in matches}) == len(matches)
    assert all(match.iou == iou(truth[match.truth], found[match.found]) >= 0.5 for match in matches)


def test_scores_by_hand() -> None:
    cases = [
        Scored(truth=((0, 100), (200, 300)), found=((10, 100), (250, 400), (900, 950)), watched_s=MONTH_S),
        Scored(truth=(), found=((5, 6),), watched_s=MONTH_S),
        Scored(truth=((0, 100),), found=((0, 90),), watched_s=2 * MONTH_S),
    ]
    scores = score_events(cases)
    assert (scores.true, scores.found, scores.matched) == (3, 5, 2)
    assert scores.precision == pytest.approx(2 / 5)
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.f1 == pytest.approx(2 * 0.4 * (2 / 3) / (0.4 + 2 / 3))
    assert scores.false_alarms_per_month == pytest.approx(2 / 4)  # (250, 400) touches an event: late, not false
    assert (scores.onset.bias, scores.onset.p50, scores.onset.p90) == pytest.approx((5, 5, 9))
    assert (scores.end.bias, scores.end.p50, scores.end.p90) == pytest.approx((-5, 5, 9))


@given(st.lists(apart(), min_size=1, max_size=4))
def test_perfect_detection(truths: list[tuple[Interval, ...]]) -> None:
    scores = score_events([Scored(truth, truth, MONTH_S) for truth in truths])
    assert scores.precision == scores.recall == scores.f1 == 1
    assert scores.false_alarms_per_month == 0
    assert (scores.onset.p90, scores.end.p90) == (0, 0)


@given(apart(), apart())
def test_scores_are_bounded_and_swap_with_their_sides(truth: tuple[Interval, ...], found: tuple[Interval, ...]) -> None:
    forward = score_events([Scored(truth, found, MONTH_S)])
    backward = score_events([Scored(found, truth, MONTH_S)])
    assert 0 <= forward.f1 <= 1
    assert forward.precision == backward.recall
    assert forward.f1 == backward.f1


def test_what_cannot_be_computed_is_nan() -> None:
    nothing_found = score_events([Scored(((0, 10),), (), MONTH_S)])
    assert math.isnan(nothing_found.precision)
    assert (nothing_found.recall, nothing_found.f1) == (0, 0)
    assert math.isnan(nothing_found.onset.p50)
    assert math.isnan(score_events([]).false_alarms_per_month)
    assert math.isnan(brier([], []))
    assert math.isnan(calibration_error([], []))


def test_edge_errors_keep_their_sign_in_the_bias() -> None:
    errors = edge_errors([-600, 0, 0, 300])
    assert (errors.bias, errors.p50) == (0, 150)
    assert errors.p90 == pytest.approx(510)


def test_brier_and_calibration_by_hand() -> None:
    assert brier([0.9, 0.2, 0.5], [1, 0, 1]) == pytest.approx((0.01 + 0.04 + 0.25) / 3)
    # one bin with mean 0.85 and frequency 0.5, one with 0.1 and 0
    assert calibration_error([0.82, 0.88, 0.1, 0.1], [1, 0, 0, 0]) == pytest.approx(0.5 * 0.35 + 0.5 * 0.1)
    assert calibration_error([1.0, 1.0, 0.0], [1, 1, 0]) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_brier_and_calibration_are_bounded(forecasts: list[tuple[float, bool]]) -> None:
    probabilities = [probability for probability, _ in forecasts]
    outcomes = [happened for _, happened in forecasts]
    assert 0 <= brier(probabilities, outcomes) <= 1
    assert 0 <= calibration_error(probabilities, outcomes) <= 1
    assert brier(outcomes, outcomes) == calibration_error(outcomes, outcomes) == 0
    assert brier([not outcome for outcome in outcomes], outcomes) == 1


@pytest.mark.parametrize(("probabilities", "outcomes"), [([0.5], [1, 0]), ([1.2], [1]), ([0.5], [0.5])])
def test_forecasts_that_are_none_are_refused(probabilities: list[float], outcomes: list[float]) -> None:
    with pytest.raises(ValueError, match="outcome"):
        brier(probabilities, outcomes)
