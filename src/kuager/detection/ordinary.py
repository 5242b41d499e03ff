"""What a series shows when nothing happens: level x time of day x day of the week, learnt from blocks.

Two rounds. The first must not be fooled by long outages: for each time of day it takes an upper quantile over three
months, which stands on the good days even when most days are bad ones, and marks what lies far below as lost. The
second learns from the rest: medians for the time of day and the day of the week, and a running median of half a month
for the level, so that lasting changes of level are followed and a month-long blackout is not.

What lies low for long without a sharp edge is drift, not loss: cuts are sharp. To repair the past before judging the
present is the idea of IODA's in-painting (watchtower's ``MovingStat`` filter); its limit, that outages longer than the
in-painted length are lost, is what the first round removes.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kuager.detection.compiled import part
from kuager.model.series import Values

Marks = npt.NDArray[np.int8]

UNKNOWN, NORMAL, LOW, SHIFTED = -1, 0, 1, 2
"""Marks of a block: nothing measured, learnt from, set aside, and learnt from though it lies lower for good."""

SEASON_DAYS, CHUNK_DAYS = 91, 30
"""Seasons are learnt over three months around each month, for people's days change over a year."""
FIRST_QUANTILE = 0.75
FEW_DAYS = 14
"""In so short a series even a short outage is most of the days: there the highest day counts as the good one."""
DRIFT_DAYS = 3
LEAST_AT_FIRST = 0.3
"""What data begin with and then leave for good by a rise is a new level even where it is more than the double."""
LEAST_DAYS, LEAST_WEEKS = 3, 3
"""Fewer normal days or weeks than this give no season of the day or of the week."""


@part
def select(buffer: Values, count: int, rank: int) -> float:
    """The value of that rank among the first ``count``, which are put in another order (Hoare's quickselect)."""
    low, high = 0, count - 1
    while low < high:
        pivot = buffer[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while buffer[left] < pivot:
                left += 1
            while buffer[right] > pivot:
                right -= 1
            if left <= right:
                buffer[left], buffer[right] = buffer[right], buffer[left]
                left += 1
                right -= 1
        if rank <= right:
            high = right
        elif rank >= left:
            low = left
        else:
            break
    return float(buffer[rank])


@part
def put(ordered: Values, held: int, value: float) -> None:
    """Put a value in its place among the first ``held``, which are in order."""
    place = held
    while place > 0 and ordered[place - 1] > value:
        ordered[place] = ordered[place - 1]
        place -= 1
    ordered[place] = value


@part
def first_guess(blocks: Values, slots: int, per_day: int, expected: Values) -> None:
    """Fill ``expected`` with the upper quantile of each time of day over three months around each month."""
    days = -(-blocks.size // per_day)
    buffer = np.empty(min(days, SEASON_DAYS + 1))
    shape = np.empty(slots)
    for chunk in range(0, days, CHUNK_DAYS):
        width = min(days, SEASON_DAYS)
        begin = min(max(0, chunk + CHUNK_DAYS // 2 - width // 2), days - width)
        for slot in range(slots):
            present = 0
            for day in range(begin, begin + width):
                index = day * per_day + slot
                if index < blocks.size and not math.isnan(blocks[index]):
                    buffer[present] = blocks[index]
                    present += 1
            rank = int(FIRST_QUANTILE * (present - 1)) if days >= FEW_DAYS else present - 1
            shape[slot] = select(buffer, present, rank) if present else math.nan
        close(shape)
        for day in range(chunk, min(days, chunk + CHUNK_DAYS)):
            for slot in range(min(per_day, blocks.size - day * per_day)):
                expected[day * per_day + slot] = shape[slot]


@part
def close(cycle: Values) -> None:
    """Fill the gaps of a cycle by straight lines between their neighbours, around its end; all NaN stays."""
    size = cycle.size
    first = -1
    for slot in range(size):
        if not math.isnan(cycle[slot]):
            first = slot
            break
    if first < 0:
        return
    before, value = first, cycle[first]
    for step in range(1, size + 1):
        slot = first + step if first + step < size else first + step - size
        if not math.isnan(cycle[slot]):
            gap = first + step - before
            for between in range(1, gap):
                cycle[(before + between) % size] = value + (cycle[slot] - value) * between / gap
            before, value = first + step, cycle[slot]


@part
def mark(blocks: Values, expected: Values, least_dip: float, per_day: int, marks: Marks, buffer: Values) -> None:
    """Mark blocks that lie far below the expectation, measured by the spread of those above it.

    The spread is that between two upper quantiles, higher ones where few days are there.
    """
    few = blocks.size < FEW_DAYS * per_day
    present = 0
    for index in range(blocks.size):
        marks[index] = UNKNOWN
        if not math.isnan(blocks[index]) and expected[index] > 0:
            buffer[present] = blocks[index] / expected[index]
            present += 1
            marks[index] = NORMAL
    if present == 0:
        return
    rank = int((0.9 if few else 0.75) * (present - 1))
    middle = select(buffer, present, rank)
    higher = int((0.975 if few else 0.9) * (present - 1)) - rank
    upper = select(buffer[rank:], present - rank, higher)  # what is higher lies behind by now
    # in standard deviations of a Gaussian the quantiles lie 1.960 and 1.282, or 1.282 and 0.674, above its centre
    spread = (upper - middle) / (0.678 if few else 0.607)
    centre = middle - (1.282 if few else 0.674) * spread
    least = min(centre * (1.0 - least_dip), max(centre - 3.0 * spread, 0.5 * centre))
    for index in range(blocks.size):
        if marks[index] == NORMAL and blocks[index] < least * expected[index]:
            marks[index] = LOW


@part
def forgive(blocks: Values, expected: Values, per_day: int, lasting: int, least_left: float, marks: Marks) -> None:
    """Take back marks: what is low for days without any sharp edge is drift, a lasting step is a new level.

    Args:
        blocks: float64 [blocks].
        expected: float64 [blocks].
        per_day: blocks of a day.
        lasting: number of blocks after which a moderate loss that reaches an end of the data is a new level.
        least_left: the share that drift and new levels must have left.
        marks: int8 [blocks], changed in place.
    """
    buffer = np.empty(blocks.size)
    around = max(3, per_day // 2)
    pause = per_day // 8  # some hours of most days that are not marked do not end what lasts for days
    first = 0
    while first < blocks.size:
        if marks[first] != LOW:
            first += 1
            continue
        last, present, normal = first, 0, 0
        end = first
        while last < blocks.size and (marks[last] == LOW or marks[last] == UNKNOWN or normal < pause):
            if marks[last] == LOW:
                buffer[present] = blocks[last] / expected[last]
                present += 1
                end = last + 1
                normal = 0
            elif marks[last] != UNKNOWN:
                normal += 1
            last += 1
        if last < blocks.size or normal > 0:
            last = end
        left = select(buffer, present, (present - 1) // 2)
        start_edge = sharpness(blocks, expected, marks, first - 1, -1, first, 1, around)
        end_edge = sharpness(blocks, expected, marks, last, 1, end - 1, -1, around)
        touches = first <= pause or last == blocks.size
        mark_as = LOW
        begun_low = first <= pause and last < blocks.size
        if touches and present >= lasting and left > (LEAST_AT_FIRST if begun_low else least_left):
            mark_as = SHIFTED
        elif present >= DRIFT_DAYS * per_day and left > least_left and max(start_edge, end_edge) < 0.3 * (1.0 - left):
            mark_as = NORMAL
        for index in range(first, end):
            if marks[index] == LOW:
                marks[index] = mark_as
        first = last


@part
def sharpness(
    blocks: Values, expected: Values, marks: Marks, outside: int, away: int, inside: int, inward: int, around: int
) -> float:
    """The share lost from the ``around`` blocks before an edge to those after it; 0 at an end of the data."""
    before, after, found = 0.0, 0.0, 0
    index = outside
    while 0 <= index < blocks.size and found < around and abs(index - outside) < 4 * around:
        if marks[index] != UNKNOWN:
            before += blocks[index] / expected[index]
            found += 1
        index += away
    if found == 0:
        return 0.0
    before /= found
    found = 0
    index = inside
    while 0 <= index < blocks.size and found < around and abs(index - inside) < 4 * around:
        if marks[index] == LOW:
            after += blocks[index] / expected[index]
            found += 1
        index += inward
    return before - after / found if found else 0.0
