"""The rounds in which expectation and losses of a series of blocks are learnt from each other, as one loop.

First guess, marks, then twice: level, season, level, and the best path through levels of loss, whose losses are set
aside the next time. See :mod:`kuager.detection.ordinary` and :mod:`kuager.detection.season` for the steps.
"""

from __future__ import annotations

import math

import numpy as np

from kuager.detection.compiled import Loop, part, square
from kuager.detection.decode import decoded
from kuager.detection.noise import block_noise, wander
from kuager.detection.ordinary import LOW, NORMAL, SHIFTED, UNKNOWN, Marks, first_guess, forgive, mark, select
from kuager.detection.pieces import cut_into
from kuager.detection.season import running_level, seasons
from kuager.model.series import Values

ROUNDS = 2
LEAST_DIP = 0.1
LASTING_DAYS = 10.0
LEAST_LEFT = 0.5
"""A step that leaves half, reaches an end of the data and has lasted ten days is taken for a new level, and said to be:
networks move to other prefixes, probers change their lists. Anything deeper stays an event without an end."""
LEVEL_DAYS = 7.5
WILDEST = 0.95
"""The share of blocks of sparse counts from which their dispersion is learnt; the wildest are left out."""


@Loop
def learn_blocks(
    blocks: Values,
    slots: int,
    per_day: int,
    has_weeks: bool,
    floor: float,
    counted: float,
    expected: Values,
    marks: Marks,
    shifted: Marks,
    freed: Values,
) -> tuple[float, float, float]:
    """Learn what is ordinary from blocks.

    Args:
        blocks: float64 [blocks], NaN where nothing was measured.
        slots: blocks of a cycle of a day, 1 where there is none.
        per_day: blocks of a day, at least 1.
        has_weeks: whether seven cycles make a week.
        floor: smallest relative scale that is believed.
        counted: samples of a block of sparse counts, 0 where the values are none.
        expected: float64 [blocks], filled; the slow straying is in it, but for sparse counts.
        marks: int8 [blocks], filled.
        shifted: int8 [blocks], zero on entry; 1 where the level lies lower for good.
        freed: float64 [blocks], filled with how little is known of the slow straying, 0 to 1.

    Returns:
        Relative scale of the blocks, how many of them stray together, and for sparse counts their dispersion.
    """
    size = blocks.size
    cycle = per_day if slots > 1 else 1
    lasting = max(3, int(LASTING_DAYS * per_day))
    buffer, ratio, level = np.empty(size), np.empty(size), np.empty(size)
    season, scale, temper = np.empty(size), np.empty(size), np.empty(size)
    path, restored = np.zeros(size, dtype=np.int8), np.zeros(size, dtype=np.int8)
    pieces = np.empty((size // 2 + 1, 2), dtype=np.int64)
    slow, together, wild = 1.0, 1.0, 1.0
    first_guess(blocks, slots, slots, expected)
    mark(blocks, expected, max(LEAST_DIP, 4.0 * floor), per_day, marks, buffer)
    for index in range(size):
        season[index] = expected[index]
    for _ in range(ROUNDS):
        forgive(blocks, expected, cycle, lasting, LEAST_LEFT, marks)
        note_shifts(marks, shifted)
        expect(blocks, marks, slots, cycle, has_weeks, season, level, expected, ratio)
        slow, together = block_noise(ratio, marks, buffer)
        shared = max(1.0, together * square(slow / max(floor, slow)))
        if counted > 0.0:
            wild = dispersion(blocks, expected, marks, counted, buffer)
        for index in range(size):
            scale[index] = max(floor, slow)
            temper[index] = shared if counted == 0.0 else wild
            path[index] = 0
            restored[index] = 0
            marks[index] = NORMAL if not math.isnan(ratio[index]) else UNKNOWN
            buffer[index] = expected[index] * counted
        decoded(ratio, buffer, 0, 1.0, scale, temper, counted > 0.0, path)
        for row in range(cut_into(path, ratio, restored, slow, pieces)):
            for index in range(pieces[row, 0], pieces[row, 1]):
                marks[index] = LOW if marks[index] == NORMAL else marks[index]
    forgive(blocks, expected, cycle, lasting, LEAST_LEFT, marks)
    note_shifts(marks, shifted)
    if counted > 0.0:
        return slow, together, dispersion(blocks, expected, marks, counted, buffer)
    divide(blocks, expected, ratio)
    wander(ratio, marks, slow, level, freed)
    for index in range(size):
        expected[index] *= level[index]
    return slow, together, 1.0


@part
def expect(
    blocks: Values,
    marks: Marks,
    slots: int,
    cycle: int,
    has_weeks: bool,
    season: Values,
    level: Values,
    expected: Values,
    ratio: Values,
) -> None:
    """Level, season, level, each with the last known of the others taken out; and what follows from them.

    Args:
        blocks: float64 [blocks], NaN where nothing was measured.
        marks: int8 [blocks].
        slots: blocks of a cycle of a day, 1 where there is none.
        cycle: blocks of a day, 1 where there is no cycle.
        has_weeks: whether seven cycles make a week.
        season: float64 [blocks], a first guess of it on entry.
        level: float64 [blocks], filled.
        expected: float64 [blocks], filled with season times level.
        ratio: float64 [blocks], filled with value over expectation.
    """
    divide(blocks, season, ratio)
    running_level(ratio, marks, cycle, LEVEL_DAYS, level)
    divide(blocks, level, ratio)
    seasons(ratio, marks, slots, has_weeks, season)
    divide(blocks, season, ratio)
    running_level(ratio, marks, cycle, LEVEL_DAYS, level)
    for index in range(blocks.size):
        expected[index] = season[index] * level[index]
    divide(blocks, expected, ratio)


@part
def divide(values: Values, by: Values, share: Values) -> None:
    """Fill ``share`` with ``values / by``, NaN where nothing can be divided by."""
    for index in range(values.size):
        share[index] = values[index] / by[index] if by[index] > 0.0 else math.nan


@part
def note_shifts(marks: Marks, shifted: Marks) -> None:
    """Note blocks of a new level, and those of which nothing is known between two of them."""
    last = -1
    for index in range(marks.size):
        if marks[index] == SHIFTED or shifted[index] == 1:
            if last >= 0:
                for between in range(last + 1, index):
                    shifted[between] = 1
            shifted[index] = 1
            last = index
        elif marks[index] != UNKNOWN:
            last = -1


@part
def dispersion(blocks: Values, expected: Values, marks: Marks, samples: float, buffer: Values) -> float:
    """Variance of the counts of blocks over what Poisson's would be, at least 1; the wildest twentieth left out.

    Args:
        blocks: float64 [blocks], means per sample.
        expected: float64 [blocks], expected means per sample.
        marks: int8 [blocks].
        samples: of a block.
        buffer: float64 [blocks], for use.
    """
    present = 0
    for index in range(blocks.size):
        if marks[index] != LOW and marks[index] != UNKNOWN and expected[index] > 0.0:
            buffer[present] = square(blocks[index] - expected[index]) / expected[index] * samples
            present += 1
    if present < 8:
        return 1.0
    kept = max(1, int(WILDEST * present))
    most = select(buffer, present, kept - 1)
    total, count = 0.0, 0
    for index in range(present):
        if buffer[index] <= most and count < kept:
            total += buffer[index]
            count += 1
    return max(1.0, total / count / 0.8)
