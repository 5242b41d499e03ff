"""From a path through levels of loss to pieces: where each loss begins and ends, and what it looks like.

A run of loss loses its prelude and aftermath (stretches at its ends that lose little of its depth), and is cut where
most comes back in between: a restoration parts two losses, a change of depth does not.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kuager.detection.compiled import Loop, part
from kuager.detection.decode import LEVELS, Path, gain, walk
from kuager.detection.ordinary import select
from kuager.model.series import Values

Pieces = npt.NDArray[np.int64]

PRELUDE_SHARE, AFTERMATH_SHARE = 1 / 3, 1 / 4
"""Stretches at an event's ends that lose less than these shares of its depth are a prelude or an aftermath of it.
An end is claimed later than a start: while a quarter of the loss is there it is not over."""
RESTORED_SHARE = 0.4
"""What loses less than this share of the depth between two losses is a restoration."""
LEAST_SCATTER = 0.1
"""A loss is never so even that a tenth of it coming back would be news."""
LEAST_DEPTH = 0.05
"""A loss of less than a twentieth is no event, however long it lasts and however quiet the series is."""

EVIDENCE, DEPTH, DEEPEST, STEADY, SHARP_START, SHARP_END, REBOUND, MEASURED, BEFORE, SCATTER = range(10)
"""Columns of what is measured of a piece."""
MEASURES = 10


@Loop
def cut(path: Path, ratio: Values, restored: Path, quick: float, pieces: Pieces) -> int:
    """What :func:`cut_into` does, for the samples of a series."""
    return cut_into(path, ratio, restored, quick, pieces)


@part
def cut_into(path: Path, ratio: Values, restored: Path, quick: float, pieces: Pieces) -> int:
    """Fill ``pieces`` [k, 2] with half-open indices of losses; return how many there are (no more than fit).

    Args:
        path: int8 [n], levels of loss.
        ratio: float64 [n], value over expectation.
        restored: int8 [n], zero on entry; filled with levels of what is left of the loss, 0 where all of it is.
        quick: relative scale of the noise from sample to sample.
        pieces: int64 [k, 2].
    """
    size, found, index = path.size, 0, 0
    before = np.empty(size)
    while index < size and found < pieces.shape[0]:
        if path[index] == 0:
            index += 1
            continue
        first = index
        most = 0.0
        while index < size and path[index] > 0:
            lasts = index > first and path[index - 1] == path[index]
            lasts = lasts or (index + 1 < size and path[index + 1] == path[index])
            if lasts or most == 0.0:
                most = max(most, 1.0 - LEVELS[path[index]])
            before[index] = most
            index += 1
        last = index
        most = 0.0
        for one in range(last - 1, first - 1, -1):  # a loss counts from here on if it is not lesser than both sides
            lasts = (one > first and path[one - 1] == path[one]) or (one + 1 < last and path[one + 1] == path[one])
            if lasts or most == 0.0:
                most = max(most, 1.0 - LEVELS[path[one]])
            before[one] = min(before[one], most)
        one = first
        while one < last:
            begin = one
            while one < last and 1.0 - LEVELS[path[one]] > RESTORED_SHARE * before[one]:
                one += 1
            if one > begin:
                found = refine(path, ratio, begin, one, quick, restored, pieces, found)
            while one < last and 1.0 - LEVELS[path[one]] <= RESTORED_SHARE * before[one]:
                one += 1
    return found


@part
def refine(
    path: Path, ratio: Values, first: int, last: int, quick: float, restored: Path, pieces: Pieces, found: int
) -> int:
    """Take prelude and aftermath off one loss, cut it at its restorations, and note what is left."""
    total, weighted = 0.0, 0.0
    for one in range(first, last):
        if not math.isnan(ratio[one]):
            loss = 1.0 - LEVELS[path[one]]
            total += loss * loss
            weighted += loss * loss * loss
    if total == 0.0:
        return found
    depth = weighted / total  # so that a long faint tail does not make the loss before it faint
    while first < last and 1.0 - LEVELS[path[first]] < PRELUDE_SHARE * depth:
        first += 1
    while last > first and 1.0 - LEVELS[path[last - 1]] < AFTERMATH_SHARE * depth:
        last -= 1
    restorations(ratio, first, last, quick, restored)
    begin = first
    one = first
    while one < last and found < pieces.shape[0]:
        if LEVELS[restored[one]] > RESTORED_SHARE:
            one += 1
            continue
        back = one
        while one < last and LEVELS[restored[one]] <= RESTORED_SHARE:
            one += 1
        if one < last and back > begin:
            found = keep(ratio, begin, back, pieces, found)
            begin = one
    if found < pieces.shape[0]:
        found = keep(ratio, begin, last, pieces, found)
    return found


@part
def restorations(ratio: Values, first: int, last: int, quick: float, restored: Path) -> None:
    """Find in one loss where most of it comes back: a restoration is a loss of the loss, and found like one.

    What is left of the loss is judged by the quick noise alone, for within a loss nobody asks how ordinary the day was.
    """
    if last - first < 3:
        return
    some = np.empty(last - first)
    present = 0
    for index in range(first, last):
        if not math.isnan(ratio[index]):
            some[present] = ratio[index]
            present += 1
    if present < 3:
        return
    left = select(some, present, (present - 1) // 2)
    depth = 1.0 - left
    if depth < LEAST_DEPTH:
        return
    sigma, tempering = np.empty(1), np.empty(1)
    sigma[0] = max(LEAST_SCATTER, 1.5 * quick / depth)
    tempering[0] = 1.0
    for index in range(first, last):
        some[index - first] = 1.0 - max(0.0, ratio[index] - left) / depth
    walk(some, some, 0, last - first, False, 0, float(last - first + 1), sigma, tempering, False, restored[first:last])


@part
def keep(ratio: Values, first: int, last: int, pieces: Pieces, found: int) -> int:
    """Note a piece from its first to its last measured sample; nothing measured is no piece."""
    while first < last and math.isnan(ratio[first]):
        first += 1
    while last > first and math.isnan(ratio[last - 1]):
        last -= 1
    if last > first:
        pieces[found, 0], pieces[found, 1] = first, last
        return found + 1
    return found


@Loop
def measure(
    ratio: Values,
    expected: Values,
    path: Path,
    pieces: Pieces,
    samples_before: int,
    per_block: float,
    sigma: Values,
    tempering: Values,
    counts: bool,
    measures: Values,
) -> None:
    """Fill ``measures`` [k, MEASURES] for each of ``pieces`` [k, 2]; the columns are named above.

    They are: evidence in nats; median share lost (of counts the share of all); the share lost in the worst tenth;
    how much of the piece loses more than half of its depth; share of the depth lost within three samples of the start
    and of the end; level of the samples after it less that before it; share of its samples that were measured; level of
    the samples before it; scale of the noise there.
    """
    longest = 1
    for row in range(pieces.shape[0]):
        longest = max(longest, pieces[row, 1] - pieces[row, 0])
    buffer = np.empty(longest)
    for row in range(pieces.shape[0]):
        first, last = pieces[row, 0], pieces[row, 1]
        evidence, present, shown, wanted = 0.0, 0, 0.0, 0.0
        for index in range(first, last):
            if not math.isnan(ratio[index]):
                block = int((index + samples_before) / per_block + 1e-9)
                level = max(1, path[index])
                evidence += max(
                    -25.0, gain(ratio[index], expected[index], level, sigma[block], tempering[block], counts)
                )
                buffer[present] = ratio[index]
                present += 1
                shown += ratio[index] * expected[index]
                wanted += expected[index]
        low = select(buffer, present, (present - 1) // 2)
        left = shown / wanted if counts else 0.5 * (low + select(buffer, present, present // 2))
        depth = min(1.0, max(0.0, 1.0 - left))
        worst = 1.0 - select(buffer, present, (present - 1) // 10)
        steady = 0
        for one in range(present):
            if 1.0 - buffer[one] > 0.5 * depth:
                steady += 1
        before = beside(ratio, first - 1, -1)
        after = beside(ratio, last, 1)
        block = int((max(0, first - 1) + samples_before) / per_block + 1e-9)
        measures[row, EVIDENCE] = evidence
        measures[row, DEPTH] = depth
        measures[row, DEEPEST] = worst
        measures[row, STEADY] = steady / present
        measures[row, SHARP_START] = fall(ratio, first - 1, -1, first, 1, last - first, depth)
        measures[row, SHARP_END] = fall(ratio, last, 1, last - 1, -1, last - first, depth)
        measures[row, REBOUND] = after - before
        measures[row, MEASURED] = present / (last - first)
        measures[row, BEFORE] = before
        measures[row, SCATTER] = sigma[block]


@part
def beside(ratio: Values, start: int, step: int) -> float:
    """The mean of up to six measured samples beside a piece, looked for among twenty-four; 1 where there are none."""
    total, found, index = 0.0, 0, start
    while 0 <= index < ratio.size and found < 6 and abs(index - start) < 24:
        if not math.isnan(ratio[index]):
            total += ratio[index]
            found += 1
        index += step
    return total / found if found else 1.0


@part
def fall(ratio: Values, outside: int, away: int, inside: int, inward: int, length: int, depth: float) -> float:
    """The share of the depth that is lost from two samples outside an edge to three inside, 0 to 1.5; -1 unknown."""
    above, count = 0.0, 0
    for step in range(2):
        index = outside + step * away
        if 0 <= index < ratio.size and not math.isnan(ratio[index]):
            above += ratio[index]
            count += 1
    lowest, seen = 9.0, 0
    for step in range(min(3, length)):
        index = inside + step * inward
        if not math.isnan(ratio[index]):
            lowest = min(lowest, ratio[index])
            seen += 1
    if count == 0 or seen == 0 or depth <= 0.0:
        return -1.0
    return min(1.5, max(0.0, (above / count - lowest) / depth))
