"""A series in blocks of an hour: what the season and the level are learnt from.

A median of an hour is robust against single odd samples and twelve times less than samples of five minutes. Steps of an
hour and longer are blocks themselves. Counts so small that zero is ordinary have no useful median: of them the mean is
taken, over blocks long enough to hold some.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kuager.detection.compiled import Loop, part
from kuager.detection.grid import DAY_S, Grid
from kuager.detection.ordinary import put
from kuager.model.series import Values

HOUR_S = 3_600


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Consecutive blocks of one series.

    Attributes:
        values: float64 [blocks], what is typical of each, NaN where nothing was measured.
        start: seconds since the epoch at which the first block begins; blocks of a whole hour begin at full hours.
        length_s: seconds of a block.
        slots: how many blocks make a day; 1 where a block is a day or does not divide it.
    """

    values: Values
    start: int
    length_s: int
    slots: int

    @property
    def per_day(self) -> int:
        """Blocks of a day, at least one."""
        return max(1, DAY_S // self.length_s)


def in_blocks(grid: Grid, *, counts_per_sample: float | None) -> Blocks:
    """The series in blocks.

    Args:
        grid: the series; samples that are not to be learnt from are NaN.
        counts_per_sample: for sparse counts their ordinary number, which decides the length of a block; else None.
    """
    length = max(HOUR_S, grid.step_s)
    if counts_per_sample is not None:
        length = _holding_enough(counts_per_sample, grid.step_s)
    start = grid.start // length * length if length % grid.step_s == 0 else grid.start
    if length == grid.step_s:
        start = grid.start
    last = grid.start + (grid.values.size - 1) * grid.step_s
    values = np.empty((last - start) // length + 1)
    most = min(grid.values.size, length // grid.step_s + 2)
    lay(grid.values, grid.start, grid.step_s, start, length, counts_per_sample is not None, values, np.empty(most))
    return Blocks(values, start, length, DAY_S // length if DAY_S % length == 0 else 1)


def _holding_enough(per_sample: float, step_s: int) -> int:
    """The shortest of some lengths that divide a day and hold six counts; a day where none does."""
    for length in (HOUR_S, 2 * HOUR_S, 3 * HOUR_S, 4 * HOUR_S, 6 * HOUR_S, 8 * HOUR_S, 12 * HOUR_S):
        if length >= step_s and per_sample * length / step_s >= 6:
            return length
    return max(DAY_S, step_s)


@Loop
def lay(
    values: Values, start: int, step_s: int, block_start: int, block_s: int, mean: bool, blocks: Values, buffer: Values
) -> None:
    """Fill ``blocks`` with the mean of the finite samples that begin in each, or with a median.

    The median is that of the medians of three neighbours each (Tukey's ninther carried on): nearly as good, and quick.
    """
    first = 0
    for block in range(blocks.size):
        last = min(values.size, -(-(block_start + (block + 1) * block_s - start) // step_s))
        held = 0 if mean else medians_of_three(values, first, last, buffer)
        if held > 0:
            blocks[block] = 0.5 * (buffer[(held - 1) // 2] + buffer[held // 2])
        else:
            present, total = 0, 0.0
            for index in range(first, last):
                if not math.isnan(values[index]):
                    total += values[index]
                    present += 1
            blocks[block] = total / present if present else math.nan
        first = max(first, last)


@part
def medians_of_three(values: Values, first: int, last: int, buffer: Values) -> int:
    """Fill ``buffer``, in order, with the medians of three known neighbours each; return how many there are."""
    held, waiting = 0, 0
    one, two = 0.0, 0.0
    for index in range(first, last):
        value = values[index]
        if math.isnan(value):
            continue
        if waiting == 0:
            one = value
            waiting = 1
        elif waiting == 1:
            two = value
            waiting = 2
        else:
            waiting = 0
            middle = max(min(one, two), min(max(one, two), value))
            put(buffer, held, middle)
            held += 1
    return held
