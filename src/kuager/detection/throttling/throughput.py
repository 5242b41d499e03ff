"""Slow stretches in the runs of speed tests of a place or network.

Each run is compared with what is ordinary for its network, access, hour and weekday (``expected.py``); the stretch that
stands out most is looked for (``scan.py``), set aside, and what is ordinary learnt again without it, until nothing
stands out. A stretch rests on three slow runs from two hours or more. Its size, ceiling and other explanations are
measured on its runs (``sizes.py``, ``otherwise.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask, median
from kuager.detection.throttling.certainty import THROUGHPUT_CERTAINTY, probability
from kuager.detection.throttling.epochs import epochs
from kuager.detection.throttling.expected import Expected, expected
from kuager.detection.throttling.finding import LEAST_RUNS, Otherwise, Sign, Throttled
from kuager.detection.throttling.measured import measured
from kuager.detection.throttling.otherwise import weighed
from kuager.detection.throttling.runs import Codes, Runs
from kuager.detection.throttling.scan import sharpest
from kuager.detection.throttling.sizes import plateau, slower
from kuager.model.series import Times, Values

CELL_S = 3_600
LEAST_CONTRAST = 3.0
"""What stands out less is not looked at."""
LEAST_SLOWER = 1.25
"""A stretch that is slower by less is a matter of degree, and called nothing."""
MOST_STRETCHES = 8
LONGEST_SINCE_START_S = 10 * DAY_S
"""A slow stretch from the first run on that lasts longer may as well be the ordinary state before a better one."""
TOGETHER_S = 6 * 3_600
"""Slow stretches between which less time passes without an ordinary run are one."""


def throttled(runs: Runs, zone: str = "UTC", elsewhere: Runs | None = None) -> tuple[Throttled, ...]:
    """The slow stretches that are a verdict of throttling, in order of time; arguments as of ``slow_stretches``."""
    return tuple(one for one in slow_stretches(runs, zone, elsewhere) if one.is_verdict)


def slow_stretches(runs: Runs, zone: str = "UTC", elsewhere: Runs | None = None) -> tuple[Throttled, ...]:
    """Every slow stretch, also those that are hardly probable or have another explanation, in order of time.

    Args:
        runs: of one place or network.
        zone: tz database name of the place's clocks.
        elsewhere: runs of other places to the same servers: slow at the same time, it is the service.
    """
    if runs.times.size < 3 * LEAST_RUNS:
        return ()
    runs = runs.only(np.isfinite(expected(runs.times, runs.speeds, runs.groups, _all(runs), zone).residual))
    if runs.times.size < 3 * LEAST_RUNS:
        return ()
    groups, ordinary = runs.parted(epochs(runs, zone)), _all(runs)
    found: list[tuple[int, int, float]] = []
    learnt = expected(runs.times, runs.speeds, groups, ordinary, zone)
    for _ in range(MOST_STRETCHES):
        left = np.flatnonzero(ordinary & np.isfinite(learnt.scores))
        slow = sharpest(runs.times[left], learnt.scores[left], CELL_S)
        if slow is None or slow.contrast < LEAST_CONTRAST:
            break
        ordinary[left[slow.first : slow.last]] = False
        found.append((int(left[slow.first]), int(left[slow.last - 1]) + 1, slow.contrast))
        learnt = _relearnt(runs, groups, learnt, ordinary, zone)
    delays = expected(runs.times, runs.rtts, groups, ordinary, zone)
    loaded = expected(runs.times, runs.loaded_rtts, groups, ordinary, zone)
    stretches = [_trimmed(learnt, ordinary, one) for one in _joined(runs, learnt, found)]
    away = None if elsewhere is None else _Elsewhere.of(elsewhere, zone)
    told = (_told(runs, learnt, (delays, loaded), ordinary, one, away, zone) for one in stretches)
    return tuple(one for one in told if one is not None)


@dataclass(frozen=True, slots=True, eq=False)
class _Elsewhere:
    """Runs of other places beside what was expected of them."""

    times: Times
    scores: Values

    @classmethod
    def of(cls, runs: Runs, zone: str) -> _Elsewhere:
        return cls(runs.times, expected(runs.times, runs.speeds, runs.groups, _all(runs), zone).scores)

    def scales(self, first: int, last: int) -> float | None:
        """How many scales slower they were from one time to another; runs of one hour count as one."""
        known = np.isfinite(self.scores)
        here = known & (self.times >= first) & (self.times <= last)
        hours = np.unique(self.times[here] // CELL_S).size
        if hours < LEAST_RUNS or np.count_nonzero(known & ~here) < LEAST_RUNS:
            return None
        return float(np.mean(self.scores[known & ~here]) - np.mean(self.scores[here])) * float(np.sqrt(hours))


def _all(runs: Runs) -> Mask:
    return np.ones(runs.times.size, dtype=np.bool_)


def _relearnt(runs: Runs, groups: Codes, before: Expected, ordinary: Mask, zone: str) -> Expected:
    """What is ordinary without some runs; the old answer where too few are left of a group."""
    again = expected(runs.times, runs.speeds, groups, ordinary, zone)
    lost = ~np.isfinite(again.residual)
    return Expected(
        np.where(lost, before.residual, again.residual),
        np.where(lost, before.scores, again.scores),
        again.spread,
        again.rhythm,
    )


def _joined(runs: Runs, learnt: Expected, found: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Stretches of which one holds the other, or that follow each other without an ordinary run, as slow, become one.

    Of two that are not as slow and overlap, the weaker is left out: it would blur when the stronger began and ended.
    """
    apart: list[tuple[int, int, float]] = []
    for first, last, contrast in sorted(found, key=lambda one: -one[2]):
        over = [one for one in apart if first < one[1] and one[0] < last]
        if all(_as_slow(learnt, (first, last), one[:2]) for one in over):
            apart = [one for one in apart if one not in over]
            every = [(first, last, contrast), *over]
            apart.append((min(one[0] for one in every), max(one[1] for one in every), max(one[2] for one in every)))
    joined: list[tuple[int, int, float]] = []
    for first, last, contrast in sorted(apart):
        if joined:
            start, end, stronger = joined[-1]
            soon = runs.times[first] - runs.times[end - 1] <= TOGETHER_S
            follows = soon and not (learnt.scores[end:first] > 0).any()
            if follows and _as_slow(learnt, (start, end), (first, last)):
                joined[-1] = (start, last, max(contrast, stronger))
                continue
        joined.append((first, last, contrast))
    return joined


def _as_slow(learnt: Expected, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the lesser of two losses is at least half of the greater, in logs; shared runs are of the shorter."""
    shorter, longer = sorted((one, other), key=lambda each: each[1] - each[0])
    own = np.ones(longer[1] - longer[0], dtype=np.bool_)
    own[max(0, shorter[0] - longer[0]) : max(0, shorter[1] - longer[0])] = False
    if not own.any():
        return True
    lost = [-median(learnt.residual[slice(*shorter)]), -median(learnt.residual[slice(*longer)][own])]
    return min(lost) >= max(lost) / 2.0


def _trimmed(learnt: Expected, ordinary: Mask, stretch: tuple[int, int, float]) -> tuple[int, int, float, Mask]:
    """Without the runs at either end that were not slow, and which of all runs are the slow ones of it, bool [n].

    A run is slow when it lost at least half of what the middle run of the stretch lost, in logarithms: a run or two
    that are very slow make no others slow.
    """
    first, last, contrast = stretch
    usual, low = median(learnt.residual[ordinary]), median(learnt.residual[first:last])
    slow: Mask = np.zeros(learnt.residual.size, dtype=np.bool_)
    slow[first:last] = learnt.residual[first:last] <= min(usual, (usual + low) / 2.0)
    named = np.flatnonzero(slow)
    return (int(named[0]), int(named[-1]) + 1, contrast, slow) if named.size else (first, first, contrast, slow)


def _told(
    runs: Runs,
    learnt: Expected,
    delays: tuple[Expected, Expected],
    ordinary: Mask,
    stretch: tuple[int, int, float, Mask],
    away: _Elsewhere | None,
    zone: str,
) -> Throttled | None:
    """A stretch as a finding; None where it rests on too little or cannot be told from a change for the better."""
    first, last, contrast, slow = stretch
    times, inside = runs.times, np.zeros(runs.times.size, dtype=np.bool_)
    known = np.isfinite(learnt.residual)
    inside[first:last] = known[first:last]
    outside = ordinary & known & ~inside
    if np.count_nonzero(slow) < LEAST_RUNS or np.unique(times[slow] // CELL_S).size < 2:
        return None
    if first == 0 and times[last - 1] - times[0] > LONGEST_SINCE_START_S:
        return None
    factor, low, high = slower(learnt.residual, inside, outside, times // CELL_S)
    if factor < LEAST_SLOWER:
        return None
    ceiling = plateau(np.log(runs.speeds[inside]), _spread(np.log(runs.speeds[outside])))
    shown = replace(measured(runs, learnt, *delays, inside, outside, zone), ceiling=ceiling is not None)
    if away is not None:
        shown = replace(shown, elsewhere_scales=away.scales(int(times[first]), int(times[last - 1])))
    still_open, against, spoken_for = weighed(shown)
    everybody = Otherwise.PROBES in against
    ongoing = last == times.size
    return Throttled(
        sign=Sign.THROUGHPUT,
        first=int(times[first]),
        last=int(times[last - 1] if ongoing else times[last]),
        first_earliest=int(times[max(0, first - 1)]),
        last_earliest=int(times[last - 1]),
        ongoing=ongoing,
        slower=factor,
        slower_low=low,
        slower_high=high,
        runs=int(np.count_nonzero(slow)),
        baseline_runs=int(np.count_nonzero(outside)),
        probability=probability(THROUGHPUT_CERTAINTY, contrast, factor, everybody=everybody),
        plateau=ceiling,
        otherwise=still_open,
        unlikely=against,
        speaks_for=spoken_for,
        contrast=contrast,
    )


def _spread(logs: Values) -> float:
    return 1.4826 * float(np.median(np.abs(logs - np.median(logs))))
