"""Days on which a network let only a few services through, told from verdicts on many targets.

A day counts when at least ``SHARE`` of its measured targets were blocked while others worked. A list of sites that are
always blocked looks the same, and so does a day on which only such sites were tested: therefore most of what was
blocked must have worked on the same network at another time. Verdicts that arrive are traffic: it was no blackout.

The probability is reckoned from the counts alone, with no calibration. Targets are counted and not measurements, as
those of one target fail together. It is that of two things at once: most services were kept away (a beta distribution
of their share, uniform beforehand); and so many did not go on working by accident, had all failed alike at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.model.series import Times, Values

SHARE = 0.8
"""Of the targets of a day that are blocked."""
LEAST_TARGETS = 5
"""Fewer targets say nothing of a day."""
LEAST_BLOCKED, LEAST_WORKING = 8, 2
"""Targets of the whole stretch."""
LEAST_DAYS = 2
MOST_DAYS_APART = 3
"""Days between two that count, on which too little was measured."""
WORKED_ELSEWHEN = 0.5
"""So much of what was blocked must have worked before or after."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """A stretch of days on which few services worked.

    Attributes:
        first, last: int seconds since the epoch, of the first and the last measurement.
        days: that count.
        measurements: usable ones.
        measured: targets.
        blocked: numbers of the targets that were blocked.
        working: numbers of the targets that worked whenever they were measured.
        probability: that it is one, 0 to 1.
    """

    first: int
    last: int
    days: int
    measurements: int
    measured: int
    blocked: tuple[int, ...]
    working: tuple[int, ...]
    probability: float


def permitted(times: Times, targets: Times, blocked: Values, usable: Mask) -> tuple[Permitted, ...]:
    """The stretches of one network, in order of time.

    Args:
        times: int64 [n], seconds since the epoch.
        targets: int64 [n], the same number for the same target.
        blocked: float64 [n], the probability that the target was blocked.
        usable: bool [n], False where the measurement cannot tell.
    """
    kept = np.flatnonzero(usable & np.isfinite(blocked))
    if kept.size == 0:
        return ()
    kept = kept[np.argsort(times[kept], kind="stable")]
    at, whom, mass = times[kept], targets[kept], blocked[kept]
    cells, where = np.unique(np.stack((at // DAY_S, whom), axis=1), axis=0, return_inverse=True)
    amount = np.bincount(where.reshape(-1))
    closed = np.bincount(where.reshape(-1), weights=mass) / amount > 0.5
    found = []
    for first, last in _stretches(cells[:, 0], closed):
        inside = (cells[:, 0] >= first) & (cells[:, 0] <= last)
        one = _told(cells[:, 1], closed, inside, int(amount[inside].sum()))
        if one is not None:
            span = at[(at // DAY_S >= first) & (at // DAY_S <= last)]
            days = int(np.unique(cells[inside, 0]).size)
            found.append(Permitted(int(span[0]), int(span[-1]), days, *one))
    return tuple(found)


def _stretches(days: Times, closed: Mask) -> list[tuple[int, int]]:
    """First and last day of runs of days that count, with none between them that speaks against it."""
    runs: list[tuple[int, int, int]] = []
    broken = True
    for day in np.unique(days):
        states = closed[days == day]
        if states.size < LEAST_TARGETS:
            continue
        if not SHARE <= states.mean() < 1.0:
            broken = True
            continue
        if runs and not broken and day - runs[-1][1] <= MOST_DAYS_APART:
            runs[-1] = (runs[-1][0], int(day), runs[-1][2] + 1)
        else:
            runs.append((int(day), int(day), 1))
        broken = False
    return [(first, last) for first, last, count in runs if count >= LEAST_DAYS]


def _told(
    whom: Times, closed: Mask, inside: Mask, measurements: int
) -> tuple[int, int, tuple[int, ...], tuple[int, ...], float] | None:
    """Measurements, targets measured, blocked, and working, and the probability; None where it is no such stretch."""
    here = np.unique(whom[inside])
    shut = np.unique(whom[inside & closed])
    working = np.setdiff1d(here, shut)
    often = [int(one) for one in working if np.count_nonzero(whom[inside] == one) >= LEAST_DAYS]
    worked = np.intersect1d(shut, whom[~inside & ~closed]).size
    if shut.size < LEAST_BLOCKED or len(often) < LEAST_WORKING or worked < WORKED_ELSEWHEN * shut.size:
        return None
    days = np.array([np.count_nonzero(whom[inside] == one) for one in here])
    accident = _by_accident(days[days >= LEAST_DAYS], float(closed[inside].mean()), len(often))
    sure = _most(int(shut.size), int(here.size)) * (1.0 - accident)
    return measurements, int(here.size), tuple(shut.tolist()), tuple(often), round(sure, 4)


def _most(shut: int, of: int) -> float:
    """P(share > 1/2) where ``shut`` of ``of`` were blocked: of Beta(shut + 1, of - shut + 1), in binomial terms."""
    return sum(comb(of + 1, k) for k in range(shut + 1)) / 2.0 ** (of + 1)


def _by_accident(days: Times, rate: float, working: int) -> float:
    """P(at least ``working`` targets are open on all of their days), each day blocked at one rate for all.

    The tail of a Poisson binomial law, a factor for each target.
    """
    law = np.ones(1)
    for always in ((1.0 - rate) ** days).tolist():
        law = np.convolve(law, (1.0 - always, always))
    return float(law[working:].sum())
