"""When a target was blocked: stretches of days whose share of blocked measurements rose above what is always flagged.

A hidden Markov model over days (``states``, ``posterior``): sparse counts, that err together within a day, decide
between ordinary levels and blocked shares; how often blocking begins and ends is the prior on the number of changes.
A stretch is a run of measured days on each of which blocking is more probable than not. A change inside a hole in the
data may lie anywhere in the hole, and the bounds of the edge say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kuager.detection.blocking.base_rates import BaseRate
from kuager.detection.blocking.counts import Counts
from kuager.detection.blocking.finding import BlockedStretch, Bounds
from kuager.detection.blocking.posterior import later, posterior
from kuager.detection.blocking.states import States, evidence, states
from kuager.detection.order import runs
from kuager.model.series import Values

PROBABLE = 0.5
"""A day counts as blocked above this; a stretch whose best day does not reach it is not named."""
SURE = 0.95
"""An edge lies between the last day that is surely on one side and the first that is surely on the other."""
TELLS_DAYS = 14
"""What was measured longer ago says nothing of now."""
TELLS_NOW = 0.8
NORMAL_QUANTILE = 1.96
LEAST, MOST = 0.0001, 0.9999
"""No probability is told below or above these, as elsewhere in detection."""


class Now(StrEnum):
    """What can be said of a target at the end of the time that was looked at."""

    BLOCKED = "blocked"
    OK = "ok"
    NOT_OBSERVABLE = "not-observable"
    """Not measured for long, or the measurements do not decide."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The state of a target at the end.

    Attributes:
        state: what can be said.
        probability: that it is blocked then, 0 to 1; None without any measurement.
        days_without: since the last measured day.
    """

    state: Now
    probability: float | None
    days_without: int


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Counts with the probabilities of their days, and the states these are of."""

    counts: Counts
    among: States
    probability: Values
    """float64 [n, s]."""
    blocked: Values
    """float64 [n], that the target was blocked on the day."""


def stretches(counts: Counts, base: BaseRate) -> tuple[BlockedStretch, ...]:
    """The stretches of days in which a target was blocked, in order of time.

    Args:
        counts: of one (network, target, method), or of a test in a country.
        base: what is ordinary for the test there.

    Returns:
        each with the probability of its best day. Targets that were blocked all the time are told from tests that are
        always flagged by the base rate alone: where it rests on few pairs, neither is sure.
    """
    if counts.empty:
        return ()
    judged = _judge(counts, base)
    return tuple(_stretch(judged, first, last, base) for first, last in runs(judged.blocked > PROBABLE))


def latest(counts: Counts, base: BaseRate) -> Latest:
    """What can be said of the target on the last day that was looked at."""
    if counts.empty:
        return Latest(Now.NOT_OBSERVABLE, None, 0)
    judged = _judge(counts, base)
    since = counts.until - int(counts.days[-1])
    now = later(judged.probability[-1], since, judged.among)
    chance = _told(float(now[judged.among.blocked].sum()))
    if since > TELLS_DAYS or 1.0 - TELLS_NOW < chance < TELLS_NOW:
        return Latest(Now.NOT_OBSERVABLE, chance, since)
    return Latest(Now.BLOCKED if chance >= TELLS_NOW else Now.OK, chance, since)


def _judge(counts: Counts, base: BaseRate) -> _Judged:
    among = states(base)
    probability = posterior(evidence(counts.blocked, counts.total, among), counts.days, among)
    return _Judged(counts, among, probability, probability[:, among.blocked].sum(axis=1))


def _stretch(judged: _Judged, first: int, last: int, base: BaseRate) -> BlockedStretch:
    """Of the measured days ``first`` to ``last``, half-open."""
    counts = judged.counts
    blocked, total = counts.blocked[first:last], counts.total[first:last]
    ongoing = last == counts.days.size
    ends = counts.until + 1 if ongoing else int(counts.days[last - 1]) + 1
    share = float(blocked.sum() / total.sum())
    low, high = _interval(share, total, base.correlation)
    level = judged.probability[first:last] @ judged.among.level
    return BlockedStretch(
        first_seen=_onset(judged, first, last, share),
        last_seen=None if ongoing else _end(judged, first, last, share),
        share=share,
        share_low=low,
        share_high=high,
        base=float(level.mean()),
        probability=_told(float(judged.blocked[first:last].max())),
        measurements=round(float(total.sum())),
        blocked=round(float(blocked.sum())),
        days_measured=last - first,
        days_without=ends - int(counts.days[first]) - (last - first),
        already=first == 0,
        last_measured=int(counts.last[last - 1]),
    )


def _onset(judged: _Judged, first: int, last: int, share: float) -> Bounds:
    """Between the last measurement of the last day surely ordinary and the first of the first day surely blocked.

    A day that is surely one of the two by its majority alone may hold the change itself: then it lies inside.
    """
    counts = judged.counts
    sure = _surest(judged.blocked, range(first, last))
    earliest = int(counts.first[first])
    clear = _clear(judged.blocked, range(first - 1, -1, -1))
    if clear is not None:
        earliest = int((counts.first if _holds_blocked(judged, clear) else counts.last)[clear])
    latest_at = int((counts.last if _holds_ordinary(judged, sure, share) else counts.first)[sure])
    best = int(counts.first[first])
    return Bounds(min(earliest, best), best, max(latest_at, best))


def _end(judged: _Judged, first: int, last: int, share: float) -> Bounds:
    """The mirror image of ``_onset``."""
    counts = judged.counts
    sure = _surest(judged.blocked, range(last - 1, first - 1, -1))
    clear = _clear(judged.blocked, range(last, counts.days.size))
    best = int(counts.last[last - 1])
    latest_at = int(counts.last[-1])
    if clear is not None:
        latest_at = int((counts.last if _holds_blocked(judged, clear) else counts.first)[clear])
    earliest = int((counts.first if _holds_ordinary(judged, sure, share) else counts.last)[sure])
    return Bounds(min(earliest, best), best, max(latest_at, best))


def _surest(blocked: Values, days: range) -> int:
    """The first of these days that is surely blocked, or the surest of them."""
    for day in days:
        if blocked[day] >= SURE:
            return day
    return max(days, key=lambda day: float(blocked[day]))


def _clear(blocked: Values, days: range) -> int | None:
    """The first of these days that is surely not blocked; where none is, the last of them, None without any."""
    for day in days:
        if blocked[day] <= 1.0 - SURE:
            return day
    return days[-1] if len(days) else None


def _holds_blocked(judged: _Judged, day: int) -> bool:
    """Whether a day on the ordinary side holds more blocked measurements than its ordinary level explains."""
    level = float(judged.probability[day] @ judged.among.level)
    return bool(judged.counts.blocked[day] > level * judged.counts.total[day] + 0.5)


def _holds_ordinary(judged: _Judged, day: int, share: float) -> bool:
    """Whether a day on the blocked side holds less than half of the share of its stretch."""
    return bool(judged.counts.blocked[day] < 0.5 * share * judged.counts.total[day])


def _interval(share: float, total: Values, correlation: float) -> tuple[float, float]:
    """Wilson's 95 per cent interval, of as many independent measurements as the correlated ones are worth."""
    worth = float(np.sum(total / (1.0 + np.maximum(total - 1.0, 0.0) * correlation)))
    square = NORMAL_QUANTILE * NORMAL_QUANTILE / worth
    middle = (share + 0.5 * square) / (1.0 + square)
    reach = NORMAL_QUANTILE * float(np.sqrt(share * (1.0 - share) / worth + square / (4.0 * worth))) / (1.0 + square)
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


def _told(probability: float) -> float:
    return round(min(MOST, max(LEAST, probability)), 4)
