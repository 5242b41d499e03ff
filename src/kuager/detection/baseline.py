"""What a series would have shown if nothing had happened: level x time of day x day of the week.

A separable multiplicative season is estimated from medians over the samples that are not (yet) thought to be part of
an outage, in a few rounds. The first round has no such mask and therefore takes, for each time of day, an upper
quantile over three months: it stands on the good days even when most days of the window are bad ones, which a running
median does not. After that the level is a running median of half a month, so that lasting changes of level are
followed and a month-long blackout is not.

To repair the past before judging the present is the idea of IODA's in-painting (watchtower's ``MovingStat`` filter);
its limit, that outages longer than the in-painted length are lost, is what the first round removes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection.grid import DAY_S, Grid
from kuager.detection.order import Mask, block_medians, bridge, quantile_of_rows, running_median
from kuager.model.series import Values

Indices = npt.NDArray[np.int64]

FIRST_ROUND_QUANTILE = 0.75
FIRST_ROUND_DAYS = 91
LEVEL_BLOCK_S = 3 * 3_600
LEVEL_DAYS = 7.5
DAY_SMOOTHING_S, WEEK_SMOOTHING_S = 3_600, 2 * 3_600

SHAPE_DAYS = 3.0
"""Fewer normal days than this give no time-of-day shape: the season is then taken as flat."""
WEEKS = 3
"""Fewer normal weeks than this give no weekly shape."""


def first_expectation(grid: Grid, usable: Mask) -> Values:
    """For each sample an upper quantile over the same time of day in three months around it, float64 [n].

    At the ends of the series the three months are shifted inwards, not cut: the last days of a long outage must not be
    judged by that outage alone. NaN throughout when no sample is usable.
    """
    days = _Cycle.of(grid, DAY_S)
    table = days.table(np.where(usable, grid.values, np.nan))
    width = min(table.shape[0], max(1, FIRST_ROUND_DAYS * DAY_S // max(DAY_S, grid.step_s)))
    expected = np.empty_like(table)
    for day in range(table.shape[0]):
        first = min(max(0, day - width // 2), table.shape[0] - width)
        expected[day] = quantile_of_rows(table[first : first + width], FIRST_ROUND_QUANTILE)
    return bridge(expected[days.turns, days.slots])


def refit(grid: Grid, normal: Mask, habitual: Mask, before: Values) -> Values:
    """The separable season and the level fitted to the samples marked normal, float64 [n].

    Args:
        grid: the series.
        normal: bool [n], samples to learn level and time of day from.
        habitual: bool [n], samples to learn the week from; brief dips belong to it, for what is low in most weeks at
            the same hour is a habit and no outage.
        before: the expectation so far, whose course over the days is the first guess of the level.
    """
    if not normal.any():
        return before
    block = max(1, DAY_S // grid.step_s)
    first_guess = _spread(block_medians(before, block), block, before.size)
    season = _season(grid, normal, habitual, first_guess)
    season = _season(grid, normal, habitual, _level(grid, normal, season))
    return season * _level(grid, normal, season)


@dataclass(frozen=True, slots=True, eq=False)
class _Cycle:
    """Where each sample lies in a cycle of days or weeks: ``turns`` and ``slots`` are int64 [n]."""

    turns: Indices
    slots: Indices
    length: int

    @classmethod
    def of(cls, grid: Grid, cycle_s: int) -> _Cycle:
        times = grid.times
        turns = times // cycle_s
        return cls(turns - turns[0], times % cycle_s // grid.step_s, -(-cycle_s // grid.step_s))

    def table(self, values: Values) -> Values:
        """The values as float64 [turns, length], NaN where there is none."""
        laid = np.full((int(self.turns[-1]) + 1, self.length), np.nan)
        laid[self.turns, self.slots] = values
        return laid


def _season(grid: Grid, normal: Mask, habitual: Mask, level: Values) -> Values:
    """Time of day x day of the week, float64 [n], about 1."""
    ratio = np.full(level.shape, np.nan)
    np.divide(grid.values, level, out=ratio, where=(normal | habitual) & (level > 0))
    day = _shape(grid, np.where(normal, ratio, np.nan), DAY_S, SHAPE_DAYS, DAY_SMOOTHING_S)
    week = np.where(habitual, ratio / day, np.nan)
    return day * _shape(grid, week, 7 * DAY_S, WEEKS, WEEK_SMOOTHING_S)


def _shape(grid: Grid, ratio: Values, cycle_s: int, least: float, smoothing_s: int) -> Values:
    """The smoothed median of ``ratio`` over all turns of a cycle, float64 [n]; 1 with too few turns."""
    cycle = _Cycle.of(grid, cycle_s)
    if cycle.length < 2 or np.count_nonzero(np.isfinite(ratio)) < least * cycle.length:
        return np.ones_like(ratio)
    table = cycle.table(ratio)
    turns = np.count_nonzero(np.isfinite(table), axis=0)
    shape = bridge(np.where(turns >= min(least, table.shape[0] - 1), quantile_of_rows(table, 0.5), np.nan))
    reach = min(cycle.length // 4, smoothing_s // grid.step_s // 2)
    if reach:
        around = np.concatenate((shape[-reach:], shape, shape[:reach]))
        shape = np.convolve(around, np.full(2 * reach + 1, 1.0 / (2 * reach + 1)), mode="valid")
    if not np.isfinite(shape).all() or float(shape.min()) <= 0:
        return np.ones_like(ratio)
    return shape[cycle.slots]


def _level(grid: Grid, normal: Mask, season: Values) -> Values:
    """The running level of the deseasonalised normal samples, float64 [n]."""
    flat = np.full(season.shape, np.nan)
    np.divide(grid.values, season, out=flat, where=normal & (season > 0))
    block = max(1, LEVEL_BLOCK_S // grid.step_s)
    reach = max(1, round(LEVEL_DAYS * DAY_S / (block * grid.step_s)))
    return _spread(running_median(block_medians(flat, block), reach), block, season.size)


def _spread(blocks: Values, size: int, samples: int) -> Values:
    """Values of blocks laid on samples, with straight lines between the blocks' centres."""
    centres = np.arange(blocks.size) * size + (size - 1) / 2
    return np.interp(np.arange(samples), centres, bridge(blocks))
