"""What a run should have shown: the level of its network and access, and the daily and weekly rhythm of all.

The rhythm is round: a few waves of a day, more of them where there are more runs, and a step for weekends. So it holds
the congestion of every evening and not a window of one hour, which no people's rhythm has. It is fitted to logarithms
by least squares in which what lies far off counts less (Huber's weights), each wave drawn towards nothing as far as it
may be noise.

A run is judged by its rank among the ordinary ones of its kind, turned into the value that a standard normal variable
has at that rank (van der Waerden's scores): subscribers differ by a factor of a hundred, and no speed, however odd,
weighs more than the lowest or the highest.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.local_days import wall_times
from kuager.detection.order import Mask, median
from kuager.detection.throttling.runs import Codes
from kuager.model.series import Times, Values

LEAST_OF_GROUP = 8
"""Of fewer ordinary runs nobody knows what is ordinary."""
WAVES = ((60, 1), (300, 2), (1_500, 3))
"""So many runs allow for so many waves of a day."""
_PRIOR_RUNS = 15.0
"""As many runs without any rhythm are added."""
_HUBER, _ROUNDS = 1.5, 6
MAD_TO_SIGMA = 1.4826
_LEAST_SPREAD = 0.02
_RANKS = 4_096
_SATURDAY, _FIRST_WEEKDAY = 5, 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Runs beside what was expected of them.

    Attributes:
        residual: float64 [n], logarithm of value over expected value, NaN where nothing is known to compare with.
        scores: float64 [n], the same as a standard normal variable, negative for low values; NaN likewise.
        spread: the usual size of a residual, 1.4826 times the median of sizes.
        rhythm: float64 [n], logarithm of the factor by which time of day and weekday change the level.
    """

    residual: Values
    scores: Values
    spread: float
    rhythm: Values


def expected(times: Times, values: Values, groups: Codes, ordinary: Mask, zone: str) -> Expected:
    """Compare positive values with the ordinary ones of their group, at their time of day.

    Args:
        times: int64 [n], seconds since the epoch.
        values: float64 [n], NaN where missing.
        groups: int64 [n], counted from 0; values of different groups are not compared.
        ordinary: bool [n], the runs to learn from.
        zone: tz database name of the place's clocks.
    """
    logs = np.log(np.where(values > 0, values, np.nan))
    learnt = ordinary & np.isfinite(logs)
    residual = logs - _levels(logs, groups, learnt)
    learnt &= np.isfinite(residual)
    rhythm = _rhythm(wall_clock(times, zone), residual, learnt)
    residual = residual - rhythm
    residual = residual - _levels(residual, groups, learnt)
    spread = MAD_TO_SIGMA * median(np.abs(residual[learnt])) if learnt.any() else float("nan")
    return Expected(residual, _normal_scores(residual, groups, learnt), max(_LEAST_SPREAD, spread), rhythm)


def wall_clock(times: Times, zone: str) -> Times:
    """Seconds since 1970-01-01T00:00 on the clocks of a zone, int64 [n]; offsets are looked up once an hour."""
    hours, where = np.unique(times // 3_600, return_inverse=True)
    offsets = wall_times((hours * 3_600).tolist(), zone) - hours * 3_600
    return np.asarray(times + offsets[where], dtype=np.int64)


def is_weekend(wall: Times) -> Mask:
    """Whether a wall time is on a Saturday or Sunday, bool [n]."""
    weekend: Mask = (wall // DAY_S + _FIRST_WEEKDAY) % 7 >= _SATURDAY
    return weekend


def _levels(logs: Values, groups: Codes, learnt: Mask) -> Values:
    """The median of each run's group, float64 [n], NaN for groups of too few."""
    levels = np.full(logs.size, np.nan)
    for group in np.unique(groups):
        own = groups == group
        if np.count_nonzero(own & learnt) >= LEAST_OF_GROUP:
            levels[own] = np.median(logs[own & learnt])
    return levels


def _rhythm(wall: Times, residual: Values, learnt: Mask) -> Values:
    """The daily waves and the step of weekends, float64 [n], zero where too little is there to learn from."""
    count = int(np.count_nonzero(learnt))
    waves = max((number for least, number in WAVES if count >= least), default=0)
    if waves == 0:
        return np.zeros(residual.size)
    angles = 2.0 * np.pi * (wall % DAY_S) / DAY_S
    columns = [part(number * angles) for number in range(1, waves + 1) for part in (np.cos, np.sin)]
    design = np.stack([*columns, is_weekend(wall).astype(np.float64), np.ones(wall.size)], axis=1)
    known, target = design[learnt], residual[learnt]
    drawn = np.diag([_PRIOR_RUNS] * (design.shape[1] - 1) + [0.0])
    weights, found = np.ones(target.size), np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        weighted = known * weights[:, np.newaxis]
        found = np.linalg.solve(weighted.T @ known + drawn, weighted.T @ target)
        off = np.abs(target - known @ found)
        scale = max(_LEAST_SPREAD, MAD_TO_SIGMA * float(np.median(off)))
        weights = np.minimum(1.0, _HUBER * scale / np.maximum(off, 1e-12))
    return np.asarray(design @ found)


def _normal_scores(residual: Values, groups: Codes, learnt: Mask) -> Values:
    """Ranks among ordinary runs as normal values, float64 [n].

    Residuals of each group are first divided by its own spread, drawn towards that of all as far as it is known from
    few.
    """
    if not learnt.any():
        return np.full(residual.size, np.nan)
    every = max(_LEAST_SPREAD, MAD_TO_SIGMA * median(np.abs(residual[learnt])))
    standard = np.full(residual.size, np.nan)
    for group in np.unique(groups[np.isfinite(residual)]):
        own = groups == group
        sizes = np.abs(residual[own & learnt])
        spread = (sizes.size * MAD_TO_SIGMA * median(sizes) + 20 * every) / (sizes.size + 20)
        standard[own] = residual[own] / max(_LEAST_SPREAD, spread)
    ordered = np.sort(standard[learnt])
    below = np.searchsorted(ordered, standard, side="left") + np.searchsorted(ordered, standard, side="right")
    shares = (below / 2.0 + 0.5) / (ordered.size + 1.0)
    grid = (np.arange(_RANKS) + 0.5) / _RANKS
    scores = np.interp(shares, grid, _NORMAL)
    return np.where(np.isfinite(standard), scores, np.nan)


_NORMAL = np.array([NormalDist().inv_cdf((rank + 0.5) / _RANKS) for rank in range(_RANKS)])
