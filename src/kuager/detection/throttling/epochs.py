"""When the way to the servers changed for good: a lasting step of the round-trip time.

Speeds of a TCP connection fall with the round-trip time, so runs over another route or to another server are compared
among themselves alone. One step is looked for at a time, the one that parts the ranks of round-trip times best; a
median of the parts that differs by a fifth or more, over days and many runs on both sides, is a change for good. What
comes back within days is none: that is congestion, and judged as such. A step at which speeds change by far more than
the distance explains parts nothing: else a throttle that begins with a new route would be the ordinary state of it.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask, median
from kuager.detection.throttling.expected import expected
from kuager.detection.throttling.otherwise import explained_by_distance
from kuager.detection.throttling.runs import Codes, Runs
from kuager.detection.throttling.scan import LITTLE
from kuager.model.series import Times, Values

LEAST_STEP = 1.2
LEAST_DAYS = 3
LEAST_RUNS = 20
LEAST_CONTRAST = 4.5
MOST_STEPS = 3


def epochs(runs: Runs, zone: str) -> Codes:
    """The same number for runs between two lasting changes, int64 [n], counted from 0; one number without any."""
    every: Mask = np.ones(runs.times.size, dtype=np.bool_)
    learnt = expected(runs.times, runs.rtts, runs.groups, every, zone)
    known = np.flatnonzero(np.isfinite(learnt.scores))
    steps = _steps(runs.times[known], learnt.scores[known], learnt.residual[known], MOST_STEPS)
    speeds = expected(runs.times, runs.speeds, runs.groups, every, zone).residual
    found = [one for one in steps if _explains(runs.times, learnt.residual, speeds, one, steps)]
    return np.searchsorted(np.array(sorted(found), dtype=np.int64), runs.times, side="right").astype(np.int64)


def _steps(times: Times, scores: Values, residual: Values, most: int) -> list[int]:
    """The times of the first runs after each lasting change."""
    if most == 0 or times.size < 2 * LEAST_RUNS:
        return []
    at, contrast = _best_step(times, scores)
    if contrast < LEAST_CONTRAST:
        return []
    change = abs(float(np.median(residual[at:]) - np.median(residual[:at])))
    if change < np.log(LEAST_STEP):
        return []
    before = _steps(times[:at], scores[:at], residual[:at], most - 1)
    return [*before, int(times[at]), *_steps(times[at:], scores[at:], residual[at:], most - 1)]


def _best_step(times: Times, scores: Values) -> tuple[int, float]:
    """Where the means on both sides differ most, and by how many scales; pairs of runs of a day count as dependent."""
    count = np.arange(1, times.size)
    sums = np.cumsum(scores)
    rest = times.size - count
    apart = np.abs(sums[:-1] / count - (sums[-1] - sums[:-1]) / rest)
    a_day = times.size * DAY_S / max(DAY_S, int(times[-1] - times[0]))
    inflated = 1.0 + a_day * (LITTLE.day + 2.0 * LITTLE.near)
    contrast = apart / np.sqrt(inflated * (1.0 / count + 1.0 / rest))
    enough = (count >= LEAST_RUNS) & (rest >= LEAST_RUNS)
    enough &= (times[1:] - times[0] >= LEAST_DAYS * DAY_S) & (times[-1] - times[1:] >= LEAST_DAYS * DAY_S)
    contrast = np.where(enough, contrast, 0.0)
    at = int(np.argmax(contrast))
    return at + 1, float(contrast[at])


def _explains(times: Times, delays: Values, speeds: Values, at: int, steps: list[int]) -> bool:
    """Whether the change of the round-trip time explains that of the speeds, from the step before to the step after."""
    since = max((one for one in steps if one < at), default=int(times[0]))
    until = min((one for one in steps if one > at), default=int(times[-1]) + 1)
    before, after = (times >= since) & (times < at), (times >= at) & (times < until)
    longer = abs(median(delays[after]) - median(delays[before]))
    slower = abs(median(speeds[after]) - median(speeds[before]))
    return bool(np.exp(slower) <= explained_by_distance(float(np.exp(longer))))
