"""Scores of detection against truth: the evaluation protocol of this project, as pure functions.

Intervals are half open pairs ``(start, end)`` in seconds, those of one list belonging to one series. A true and a found
interval match one to one, when their intersection is at least half of their union (IoU 0.5); one long alarm over
three outages therefore finds at most one of them, and three alarms within one outage are two too many. Scores per
sample, and above all point-adjusted ones, are not offered: they flatter a detector that touches every outage once.
Since events are rare, precision depends on how rare they are: false alarms per series-month are given beside it. What
cannot be computed, such as the precision of a detector that found nothing, is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.evaluation.shapes import MONTH_S

Interval = tuple[float, float]
Numbers = npt.NDArray[np.float64]

LEAST_CHANCE = 1e-4
"""What detection says at least and, from 1, at most."""


@dataclass(frozen=True, slots=True)
class Match:
    """One true and one found interval, by their positions in the two lists, and how well they overlap."""

    truth: int
    found: int
    iou: float


@dataclass(frozen=True, slots=True)
class Scored:
    """What is compared for one series: its true events, those found, and for how many seconds it was watched."""

    truth: tuple[Interval, ...]
    found: tuple[Interval, ...]
    watched_s: float


@dataclass(frozen=True, slots=True)
class EdgeErrors:
    """How far found edges lie from true ones, in seconds, over all matches.

    ``bias`` is the median of found minus true: positive when found late. ``p50`` and ``p90`` are percentiles of the
    absolute error.
    """

    bias: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class EventScores:
    """Scores over many series.

    Attributes:
        true: how many true events there were.
        found: how many were found.
        matched: how many of both are pairs.
        precision: matched / found.
        recall: matched / true.
        f1: harmonic mean of both, 2 matched / (true + found).
        false_alarms_per_month: found events that touch no true event, per series and 30 days watched.
        onset: errors of the starts of matched events.
        end: errors of their ends.
    """

    true: int
    found: int
    matched: int
    precision: float
    recall: float
    f1: float
    false_alarms_per_month: float
    onset: EdgeErrors
    end: EdgeErrors


def iou(first: Interval, second: Interval) -> float:
    """Length of the intersection divided by that of the union; 0 for intervals apart or both empty."""
    intersection = max(0.0, min(first[1], second[1]) - max(first[0], second[0]))
    union = (first[1] - first[0]) + (second[1] - second[0]) - intersection
    return intersection / union if union > 0 else 0.0


def match_events(truth: Sequence[Interval], found: Sequence[Interval], least_iou: float = 0.5) -> tuple[Match, ...]:
    """Pair true and found intervals one to one, best overlap first; pairs below ``least_iou`` are none.

    When the intervals of each list do not overlap each other and ``least_iou`` is above 0.5, no interval has two
    candidates, and this is the best assignment; at 0.5 itself only exact ties could do better.
    """
    candidates = [
        Match(row, column, overlap)
        for row, true_interval in enumerate(truth)
        for column, found_interval in enumerate(found)
        if (overlap := iou(true_interval, found_interval)) >= least_iou and overlap > 0
    ]
    taken_truth: set[int] = set()
    taken_found: set[int] = set()
    matches = []
    for candidate in sorted(candidates, key=lambda match: (-match.iou, match.truth, match.found)):
        if candidate.truth not in taken_truth and candidate.found not in taken_found:
            taken_truth.add(candidate.truth)
            taken_found.add(candidate.found)
            matches.append(candidate)
    return tuple(sorted(matches, key=lambda match: match.truth))


def untouched(truth: Sequence[Interval], found: Sequence[Interval]) -> int:
    """How many found intervals overlap no true one at all: the false alarms."""
    return sum(all(iou(alarm, event) == 0 for event in truth) for alarm in found)


def score_events(cases: Sequence[Scored], least_iou: float = 0.5) -> EventScores:
    """Scores of many series together, each event counted once; see ``EventScores`` for the definitions."""
    pairs = [
        (case.truth[match.truth], case.found[match.found])
        for case in cases
        for match in match_events(case.truth, case.found, least_iou)
    ]
    true = sum(len(case.truth) for case in cases)
    found = sum(len(case.found) for case in cases)
    months = sum(case.watched_s for case in cases) / MONTH_S
    return EventScores(
        true=true,
        found=found,
        matched=len(pairs),
        precision=_ratio(len(pairs), found),
        recall=_ratio(len(pairs), true),
        f1=_ratio(2 * len(pairs), true + found),
        false_alarms_per_month=_ratio(sum(untouched(case.truth, case.found) for case in cases), months),
        onset=edge_errors([alarm[0] - event[0] for event, alarm in pairs]),
        end=edge_errors([alarm[1] - event[1] for event, alarm in pairs]),
    )


def edge_errors(found_minus_true: Sequence[float]) -> EdgeErrors:
    """Bias and percentiles (linear interpolation) of the errors of edges, in seconds; NaN without any."""
    if not found_minus_true:
        return EdgeErrors(np.nan, np.nan, np.nan)
    errors = np.asarray(found_minus_true, dtype=np.float64)
    p50, p90 = np.percentile(np.abs(errors), (50, 90))
    return EdgeErrors(float(np.median(errors)), float(p50), float(p90))


def brier(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> float:
    """Mean squared difference of probabilities and outcomes (0 or 1): 0 is perfect, 1 perfectly wrong.

    Source: Brier, "Verification of forecasts expressed in terms of probability", 1950, in the form for two outcomes.

    Raises:
        ValueError: the two differ in length, or something lies outside 0 to 1.
    """
    forecast, happened = _forecasts(probabilities, outcomes)
    return float(np.mean((forecast - happened) ** 2)) if forecast.size else np.nan


def log_loss(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> float:
    """Mean negative log-likelihood in nats; a forecast nearer to 0 or 1 than ``LEAST_CHANCE`` counts as that.

    Raises:
        ValueError: the two differ in length, or something lies outside 0 to 1.
    """
    forecast, happened = _forecasts(probabilities, outcomes)
    if not forecast.size:
        return np.nan
    chance = np.clip(forecast, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return float(-np.mean(np.where(happened == 1, np.log(chance), np.log1p(-chance))))


def calibration_error(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike, bins: int = 10) -> float:
    """Expected calibration error, ECE: how far probabilities lie from frequencies, 0 to 1.

    Forecasts are put into bins of equal width, the last one closed; the error is the mean over bins of the distance
    between mean probability and share of events, weighted by the number of forecasts.

    Raises:
        ValueError: the two differ in length, or something lies outside 0 to 1.
    """
    forecast, happened = _forecasts(probabilities, outcomes)
    if not forecast.size:
        return np.nan
    where = np.minimum((forecast * bins).astype(np.int64), bins - 1)
    surplus = np.bincount(where, weights=forecast - happened, minlength=bins)
    return float(np.sum(np.abs(surplus)) / forecast.size)


def _forecasts(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    forecast = np.asarray(probabilities, dtype=np.float64)
    happened = np.asarray(outcomes, dtype=np.float64)
    if forecast.shape != happened.shape or forecast.ndim != 1:
        raise ValueError("as many outcomes as probabilities are needed")
    if not (np.all((forecast >= 0) & (forecast <= 1)) and np.all((happened == 0) | (happened == 1))):
        raise ValueError("a probability lies between 0 and 1, an outcome is 0 or 1")
    return forecast, happened


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
