"""What a series would have shown if nothing had happened: level x time of day x day of the week.

A separable multiplicative season is estimated from medians over the samples that are not (yet) thought to be part of
an outage, in a few rounds. The first round has no such mask and therefore takes, for each time of day, an upper
quantile over six weeks: it stands on the good days even when most days of the window are bad ones, which a running
median does not. After that the level is a running median of half a month, so that lasting changes of level are
followed and a month-long blackout is not.

To repair the past before judging the present is the idea of IODA's in-painting (watchtower's ``MovingStat`` filter);
its limit, that outages longer than the in-painted length are lost, is what the first round removes.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.grid import DAY_S, Grid
from kuager.detection.order import Mask, block_medians, bridge, quantile_of_rows, running_median
from kuager.model.series import Values

FIRST_ROUND_QUANTILE = 0.75
FIRST_ROUND_DAYS = 43
LEVEL_BLOCK_S = 3 * 3_600
LEVEL_DAYS = 7.5
DAY_SMOOTHING_S, WEEK_SMOOTHING_S = 3_600, 2 * 3_600

SHAPE_DAYS = 3.0
"""Fewer normal days than this give no time-of-day shape: the season is then taken as flat."""
WEEKS = 3
"""Fewer normal weeks than this give no weekly shape."""


def first_expectation(grid: Grid, usable: Mask) -> Values:
    """For each sample an upper quantile over the same time of day in six weeks around it, float64 [n].

    At the ends of the series the six weeks are shifted inwards, not cut: the last days of a long outage must not be
    judged by that outage alone. NaN throughout when no sample is usable.
    """
    per_day = grid.samples_per_day
    table = _by_cycle(np.where(usable, grid.values, np.nan), per_day)
    days = table.shape[0]
    width = min(days, max(1, FIRST_ROUND_DAYS * DAY_S // (grid.step_s * per_day)))
    expected = np.empty_like(table)
    for day in range(days):
        first = min(max(0, day - width // 2), days - width)
        expected[day] = quantile_of_rows(table[first : first + width], FIRST_ROUND_QUANTILE)
    return bridge(expected.ravel()[: grid.values.size])


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


def _season(grid: Grid, normal: Mask, habitual: Mask, level: Values) -> Values:
    """Time of day x day of the week, float64 [n], about 1."""
    ratio = np.full(level.shape, np.nan)
    np.divide(grid.values, level, out=ratio, where=(normal | habitual) & (level > 0))
    day = _cycle(grid, np.where(normal, ratio, np.nan), grid.samples_per_day, SHAPE_DAYS, DAY_SMOOTHING_S)
    week = np.where(habitual, ratio / day, np.nan)
    return day * _cycle(grid, week, 7 * grid.samples_per_day, WEEKS, WEEK_SMOOTHING_S)


def _cycle(grid: Grid, ratio: Values, length: int, least: float, smoothing_s: int) -> Values:
    """The smoothed median of ``ratio`` over all turns of a cycle of ``length`` samples; 1 with too few turns."""
    present = np.isfinite(ratio)
    if length < 2 or np.count_nonzero(present) < least * length:
        return np.ones_like(ratio)
    phase = int(grid.start // grid.step_s % length)
    table = _by_cycle(ratio, length, phase)
    turns = np.count_nonzero(np.isfinite(table), axis=0)
    shape = bridge(np.where(turns >= min(least, table.shape[0] - 1), quantile_of_rows(table, 0.5), np.nan))
    reach = min(length // 4, smoothing_s // grid.step_s // 2)
    if reach:
        around = np.concatenate((shape[-reach:], shape, shape[:reach]))
        shape = np.convolve(around, np.full(2 * reach + 1, 1.0 / (2 * reach + 1)), mode="valid")
    if not np.isfinite(shape).all() or float(shape.min()) <= 0:
        return np.ones_like(ratio)
    return shape[(phase + np.arange(ratio.size)) % length]


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


def _by_cycle(values: Values, length: int, phase: int = 0) -> Values:
    """float64 [turns, length]; ``phase`` is the place of the first value in its turn."""
    turns = -(-(values.size + phase) // length)
    table = np.full(turns * length, np.nan)
    table[phase : phase + values.size] = values
    return table.reshape(turns, length)
