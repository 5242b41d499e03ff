"""The stretch of time whose runs are slower than all others by more than chance gives: a scan over all stretches.

Runs are gathered in cells of equal length (an hour for speed tests, a day for handshakes), and every stretch from one
cell to another is compared with everything outside. Runs are not independent: one person tests thrice in a row, and an
evening is bad for all. How much runs of one hour, one day and neighbouring days have in common is measured on the
runs outside of the stretch that stands out, as the mean product of pairs of scores, drawn towards a little where pairs
are few; the variance of a stretch is that of its runs plus that of its pairs (a random-effects model: Laird and Ware,
Biometrics 1982). Without it, one tester in a bad hour is a throttle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.detection.throttling.finding import LEAST_RUNS
from kuager.model.series import Times, Values

MOST_CELLS = 1_000
"""More cells than this are gathered into longer ones: the work grows with their square."""
LONGEST_SILENCE_S = 3 * DAY_S
"""Over a longer time without runs nobody knows whether a stretch goes on."""
MOST_OF_ALL = 0.6
"""What holds a larger share of the runs is the ordinary state, and the rest is fast."""
LEAST_CELLS = 2
NEAR_DAYS = 3
MUCH_SLOWER = 4.5
"""A part of a stretch stands out from the rest of it when it lies so many scales below."""
_MOST_NESTED = 2
_ROWS_AT_ONCE = 64
_LITTLE = (0.10, 0.03, 0.015)
"""Mean products of pairs in one cell, within a day, and within three, before anything is known."""
_PRIOR_PAIRS = (30.0, 150.0, 600.0)


@dataclass(frozen=True, slots=True)
class Dependence:
    """Mean product of the scores of two runs of one cell, of less than a day apart, and of less than three days."""

    cell: float
    day: float
    near: float


LITTLE = Dependence(*_LITTLE)


@dataclass(frozen=True, slots=True)
class Slow:
    """A stretch that stands out: runs ``first`` to ``last`` (half-open), and how many scales it lies off.

    ``contrast`` is positive for scores below the others.
    """

    first: int
    last: int
    contrast: float


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Runs by cell: int64 [m] each but ``sums``, float64 [m]; ``bounds`` int64 [m + 1] are indices of runs.

    ``of_day`` and ``of_near`` are the index of the first cell less than a day, and less than three days, before each.
    """

    bounds: Times
    starts: Times
    counts: Times
    sums: Values
    squares: Values
    of_day: Times
    of_near: Times


def slowest(times: Times, scores: Values, cell_s: int) -> Slow | None:
    """The stretch that lies furthest below the rest; None where there is too little to compare.

    Args:
        times: int64 [n], seconds since the epoch, in order.
        scores: float64 [n], standard normal when nothing happens.
        cell_s: seconds of a cell; a stretch has at least two.
    """
    cells = _cells(times, scores, cell_s)
    if cells.counts.size < 2 * LEAST_CELLS or times.size < 3 * LEAST_RUNS:
        return None
    glance = _best(cells, LITTLE)
    if glance is None:
        return None
    outside = np.ones(times.size, dtype=np.bool_)
    outside[glance.first : glance.last] = False
    return _best(cells, dependence(times, scores, outside, cell_s))


def sharpest(times: Times, scores: Values, cell_s: int) -> Slow | None:
    """As ``slowest``, but of a stretch that holds a much slower one the latter: the rest is looked at by itself."""
    found = slowest(times, scores, cell_s)
    for _ in range(_MOST_NESTED):
        if found is None:
            break
        first, last = found.first, found.last
        inner = slowest(times[first:last], scores[first:last], cell_s)
        if inner is None or inner.contrast < MUCH_SLOWER:
            break
        found = Slow(first + inner.first, first + inner.last, max(found.contrast, inner.contrast))
    return found


def contrast_of(times: Times, scores: Values, inside: Mask, outside: Mask, cell_s: int) -> float:
    """How many scales some runs (bool [n]) lie above others, positive for higher scores; both of one run or more."""
    shared = dependence(times, scores, outside, cell_s)
    cells = _cells(times[inside], scores[inside], cell_s)
    before = np.concatenate(([0], np.cumsum(cells.counts)))
    behind, of_day, of_near = before[:-1], before[cells.of_day], before[cells.of_near]
    own = float(np.sum(cells.counts * (cells.counts - 1))) * shared.cell
    pairs = 2.0 * float(np.sum(cells.counts * ((behind - of_day) * shared.day + (of_day - of_near) * shared.near)))
    count = int(before[-1])
    apart = float(np.mean(scores[inside]) - np.mean(scores[outside]))
    return apart / float(np.sqrt((count + own + pairs) / count**2 + 1.0 / np.count_nonzero(outside)))


def dependence(times: Times, scores: Values, chosen: Mask, cell_s: int) -> Dependence:
    """What runs have in common, measured on some of them (bool [n]); never below nothing."""
    cells = _cells(times[chosen], scores[chosen] - float(np.mean(scores[chosen])), cell_s)
    before = np.concatenate(([0.0], np.cumsum(cells.sums)))
    counted = np.concatenate(([0], np.cumsum(cells.counts)))
    index = np.arange(cells.counts.size)
    parts = (
        (float(np.sum(cells.sums**2 - cells.squares)) / 2.0, float(np.sum(cells.counts * (cells.counts - 1))) / 2.0),
        *(
            (
                float(np.sum(cells.sums * (before[until] - before[since]))),
                float(np.sum(cells.counts * (counted[until] - counted[since]))),
            )
            for since, until in ((cells.of_day, index), (cells.of_near, cells.of_day))
        ),
    )
    means = [
        max(0.0, (products + prior * little) / (pairs + prior))
        for (products, pairs), prior, little in zip(parts, _PRIOR_PAIRS, _LITTLE, strict=True)
    ]
    return Dependence(*means)


def _cells(times: Times, scores: Values, cell_s: int) -> _Cells:
    if times.size == 0:
        nothing = np.empty(0, dtype=np.int64)
        return _Cells(np.zeros(1, dtype=np.int64), nothing, nothing, np.empty(0), np.empty(0), nothing, nothing)
    while np.unique(times // cell_s).size > MOST_CELLS:
        cell_s *= 2
    named, firsts, counts = np.unique(times // cell_s, return_index=True, return_counts=True)
    starts = named * cell_s
    return _Cells(
        bounds=np.append(firsts, times.size),
        starts=starts,
        counts=counts,
        sums=np.add.reduceat(scores, firsts),
        squares=np.add.reduceat(scores**2, firsts),
        of_day=np.minimum(np.searchsorted(starts, starts - DAY_S, side="right"), np.arange(starts.size)),
        of_near=np.minimum(np.searchsorted(starts, starts - NEAR_DAYS * DAY_S, side="right"), np.arange(starts.size)),
    )


def _best(cells: _Cells, shared: Dependence) -> Slow | None:
    """The stretch with the largest contrast; of equals the earliest and shortest."""
    best: Slow | None = None
    for some in range(0, cells.counts.size - LEAST_CELLS + 1, _ROWS_AT_ONCE):
        firsts = np.arange(some, min(some + _ROWS_AT_ONCE, cells.counts.size - LEAST_CELLS + 1))
        contrast = _contrasts(cells, shared, firsts)
        row, column = np.unravel_index(int(np.argmax(contrast)), contrast.shape)
        found = float(contrast[row, column])
        if np.isfinite(found) and (best is None or found > best.contrast):
            first, last = int(firsts[row]), int(firsts[0] + column) + 1
            best = Slow(int(cells.bounds[first]), int(cells.bounds[last]), found)
    return best


def _contrasts(cells: _Cells, shared: Dependence, firsts: Times) -> Values:
    """Contrast of the stretches from each of some cells to each cell after the first of them, -inf where none is.

    Returns float64 [len(firsts), m - firsts[0]].
    """
    start = int(firsts[0])
    every, total = int(cells.counts.sum()), float(cells.sums.sum())
    before = np.concatenate(([0], np.cumsum(cells.counts)))
    sums = np.concatenate(([0.0], np.cumsum(cells.sums)))
    own = np.concatenate(([0.0], np.cumsum(cells.counts * (cells.counts - 1) * shared.cell)))
    since = before[firsts][:, np.newaxis]
    columns = slice(start, cells.counts.size)
    behind, of_day, of_near = before[columns], before[cells.of_day[columns]], before[cells.of_near[columns]]
    # counts grow, so the later of two cells is the one before which more runs lie
    within_day, within_near = np.maximum(since, of_day), np.maximum(since, of_near)
    pairs = (behind - within_day) * shared.day + (within_day - within_near) * shared.near
    later = np.arange(start, cells.counts.size) >= firsts[:, np.newaxis]
    shared_pairs = np.cumsum(np.where(later, 2.0 * cells.counts[columns] * pairs, 0.0), axis=1)
    counts = before[start + 1 :] - since
    inside = sums[start + 1 :] - sums[firsts][:, np.newaxis]
    others = every - counts
    silences = np.cumsum(np.diff(cells.starts, prepend=cells.starts[:1]) > LONGEST_SILENCE_S)
    judged = np.arange(start, cells.counts.size) >= firsts[:, np.newaxis] + LEAST_CELLS - 1
    judged &= (counts >= LEAST_RUNS) & (counts <= MOST_OF_ALL * every) & (others >= LEAST_RUNS)
    judged &= silences[columns] == silences[firsts][:, np.newaxis]
    held, left = np.maximum(counts, 1), np.maximum(others, 1)
    variance = held + own[start + 1 :] - own[firsts][:, np.newaxis] + shared_pairs
    apart = (total - inside) / left - inside / held
    spread = np.sqrt(np.maximum(variance, 1.0) / held**2 + 1.0 / left)
    return np.where(judged, apart / spread, -np.inf)
