"""How much a healthy series strays from its expectation: quickly from sample to sample, and slowly over hours.

Slow straying (a warm day, a match on television) is followed: the expectation is corrected by what the hours around
show. Within a loss, and in a gap, nothing shows it; there the correction fades towards nothing and its spread is added
to the noise, as for an Ornstein-Uhlenbeck process seen at both edges only. So a cut of minutes is judged by the noise
of minutes and one of days by that of days. Scales are 1.4826 times the median absolute deviation, the quick one in six
parts of the day (nights of a traffic series are noisier than its noons).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection.compiled import Loop, part
from kuager.detection.ordinary import LOW, UNKNOWN, Marks, put, select
from kuager.model.series import Values
from kuager.model.words import SignalKind

MAD_TO_SIGMA = 1.4826
AROUND = 3
"""Blocks on either side whose median is the slow straying; the block itself has no voice in what it is judged by."""
LEAST_RUSH, RUSH = 0.3, 4.0
"""A block is far above its expectation when it exceeds it by so large a share and by so many scales."""
MEMORY = 6.0
"""Blocks in which what is known of the slow straying falls to 1/e."""
PARTS = 6
LEAST_PER_PART, MOST_PER_PART = 30, 250
"""Samples of a part of the day that its scale is measured from, taken evenly."""
Counts = npt.NDArray[np.int64]

WIDEST = 9.0
LEAST_SIGMA = 0.012
"""Below this a loss of a fiftieth would count as evidence."""

FLOOR: dict[SignalKind, float] = {
    SignalKind.BGP: 0.012,
    SignalKind.PROBING: 0.012,
    SignalKind.TELESCOPE: 0.04,
    SignalKind.TRAFFIC: 0.02,
    SignalKind.USERS: 0.04,
    SignalKind.RTT: 0.05,
    SignalKind.THROUGHPUT: 0.05,
    SignalKind.INDEX: 0.03,
    SignalKind.COUNT: 0.05,
}
"""The smallest relative scale that a kind of signal is believed to have: a calm month does not make the ordinary
half-per-cent dips of BGP, the maintenance of a prober or one city of an index into news."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """What noise hides.

    Attributes:
        sigma: float64 [blocks], scale of the ratio of one sample.
        tempering: float64 [blocks], >= 1, how many samples say together what one alone would say.
        quick: relative scale from sample to sample.
        slow: relative scale over hours.
        lasting: how many blocks stray together.
    """

    sigma: Values
    tempering: Values
    quick: float
    slow: float
    lasting: float


@part
def wander(ratio: Values, marks: Marks, slow: float, around: Values, freed: Values) -> None:
    """The slow straying, and how little is known of it.

    Args:
        ratio: float64 [blocks], value over expectation.
        marks: int8 [blocks].
        slow: scale of the ratio; blocks far above it are a scan or a rush, after which nothing has fallen.
        around: float64 [blocks], filled with the factor by which the expectation is to be corrected.
        freed: float64 [blocks], filled with the share (0 to 1) of the slow variance that the surroundings leave open.
    """
    size = ratio.size
    most = 1.0 + max(LEAST_RUSH, RUSH * slow)
    heard = np.full(size + 2 * AROUND, math.inf)  # what has no voice is beyond all others
    for index in range(size):
        if marks[index] != LOW and marks[index] != UNKNOWN and ratio[index] <= most:
            heard[index + AROUND] = ratio[index]
    buffer = np.empty(2 * AROUND)
    for index in range(size):
        around[index] = math.nan
        freed[index] = 0.0
        if marks[index] != LOW and marks[index] != UNKNOWN:
            around[index] = middle_beside(heard, index + AROUND, buffer)
    before = -1
    for index in range(size + 1):
        if index < size and math.isnan(around[index]):
            continue
        for between in range(before + 1, index):
            left = math.exp(-(between - before) / MEMORY) if before >= 0 else 0.0
            right = math.exp(-(index - between) / MEMORY) if index < size else 0.0
            both = left * right
            total = 0.0
            if before >= 0:
                total += (around[before] - 1.0) * (left - right * both) / (1.0 - both * both)
            if index < size:
                total += (around[index] - 1.0) * (right - left * both) / (1.0 - both * both)
            around[between] = 1.0 + total
            freed[between] = (1.0 - left * left) * (1.0 - right * right) / (1.0 - both * both)
        before = index


@part
def middle_beside(heard: Values, index: int, buffer: Values) -> float:
    """The median of the finite values among three on either side of an index, NaN where there are none."""
    low, middle, high = in_order(heard[index - 3], heard[index - 2], heard[index - 1])
    lowest, between, highest = in_order(heard[index + 1], heard[index + 2], heard[index + 3])
    if max(high, highest) < math.inf:  # as nearly always; the middle two of two ordered threes need no further sorting
        third = min(high, highest, max(middle, lowest), max(low, between))
        fourth = min(max(middle, between), max(high, lowest), max(low, highest))
        return 0.5 * (third + fourth)
    present = 0
    for other in range(index - AROUND, index + AROUND + 1):
        if other != index and heard[other] < math.inf:
            put(buffer, present, heard[other])
            present += 1
    return 0.5 * (buffer[(present - 1) // 2] + buffer[present // 2]) if present else math.nan


@part
def in_order(one: float, two: float, three: float) -> tuple[float, float, float]:
    """Three numbers from the lowest to the highest."""
    less, more = min(one, two), max(one, two)
    return min(less, three), max(less, min(more, three)), max(more, three)


@part
def block_noise(ratio: Values, marks: Marks, buffer: Values) -> tuple[float, float]:
    """Scale of the blocks' ratios about 1, and the number of neighbouring blocks that stray together (>= 1)."""
    present = 0
    for index in range(ratio.size):
        if marks[index] != LOW and marks[index] != UNKNOWN:
            buffer[present] = abs(ratio[index] - 1.0)
            present += 1
    if present < 8:
        return 1.0, 1.0
    scale = MAD_TO_SIGMA * select(buffer, present, (present - 1) // 2)
    if not scale < WIDEST:  # where hardly anything is to be expected, ratios know no bounds
        scale = WIDEST
    return scale, together(ratio, marks, max(scale, 1e-9))


@part
def together(ratio: Values, marks: Marks, scale: float) -> float:
    """From the correlation of neighbours, (1 + r) / (1 - r) of a first-order autoregression, 1 to 24."""
    product, square, pairs = 0.0, 0.0, 0
    last = math.nan
    for index in range(ratio.size):
        one = math.nan
        if marks[index] != LOW and marks[index] != UNKNOWN:
            one = min(3.0, max(-3.0, (ratio[index] - 1.0) / scale))
        if not math.isnan(one) and not math.isnan(last):
            product += one * last
            square += 0.5 * (one * one + last * last)
            pairs += 1
        last = one
    if pairs < 8 or square == 0.0:
        return 1.0
    shared = min(0.92, max(0.0, product / square))
    return (1.0 + shared) / (1.0 - shared)


@Loop
def noise_of_samples(
    ratio: Values,
    samples_before: int,
    per_block: float,
    marks: Marks,
    expected: Values,
    freed: Values,
    first_second: int,
    block_s: int,
    slow: float,
    together: float,
    floor: float,
    rounding: float,
    sigma: Values,
    tempering: Values,
) -> float:
    """Fill ``sigma`` and ``tempering`` [blocks] from the quick straying of samples and the slow one of blocks.

    Args:
        ratio: float64 [n], value over expectation.
        samples_before: samples of the first block that lie before the series.
        per_block: samples of a block.
        marks: int8 [blocks].
        expected: float64 [blocks].
        freed: float64 [blocks], share of the slow variance that the surroundings leave open.
        first_second: second of the day at which the first block begins.
        block_s: seconds of a block.
        slow: scale of the blocks.
        together: how many blocks stray together.
        floor: smallest scale that is believed.
        rounding: half a step of the rounding, in units of the values; negative where the values are reciprocals.
        sigma: float64 [blocks], filled.
        tempering: float64 [blocks], filled.

    Returns:
        The quick scale, the median of those of the parts of the day.
    """
    parts = np.empty(marks.size, dtype=np.int8)
    second = first_second % 86_400
    for block in range(marks.size):
        parts[block] = second // (86_400 // PARTS)
        second += block_s
        if second >= 86_400:
            second %= 86_400
    scales = np.empty(PARTS)
    shared = part_scales(ratio, samples_before, per_block, marks, parts, scales)
    for block in range(marks.size):
        quick = scales[parts[block]] * scales[parts[block]]
        wandering = max(0.0, slow * slow - 1.57 * quick / per_block) * freed[block]
        one = expected[block]
        rounded = rounding / one if rounding >= 0.0 and one > 0.0 else -rounding * one
        plain = quick + wandering
        variance = max(floor * floor, plain + rounded * rounded)
        sigma[block] = math.sqrt(variance)
        tempering[block] = max(1.0, (quick * shared + per_block * together * wandering) / variance)
    return 0.5 * (select(scales, PARTS, (PARTS - 1) // 2) + select(scales, PARTS, PARTS // 2))


@part
def part_scales(
    ratio: Values, samples_before: int, per_block: float, marks: Marks, part_of_block: Marks, scales: Values
) -> float:
    """Fill ``scales`` [parts] with the quick scale of each part of the day; return how samples of an hour err together.

    Parts with too few samples get the scale of all.
    """
    size = ratio.size
    buffer = np.empty((PARTS, MOST_PER_PART))
    held = np.zeros(PARTS, dtype=np.int64)
    stride = max(1, size // (PARTS * MOST_PER_PART) + 1)
    if stride > 1 and per_block > 1 and stride % 2 == 0:
        stride += 1  # not always the same minute of the hour
    for index in range(0, size, stride):
        block = int((index + samples_before) / per_block + 1e-9)
        if marks[block] == LOW or marks[block] == UNKNOWN or math.isnan(ratio[index]):
            continue
        part = part_of_block[block]
        if held[part] < MOST_PER_PART:
            buffer[part, held[part]] = abs(ratio[index] - 1.0)
            held[part] += 1
    whole = scale_of_all(buffer, held) if held.min() < LEAST_PER_PART else 1.0
    for part in range(PARTS):
        count = held[part]
        enough = count >= LEAST_PER_PART
        scales[part] = MAD_TO_SIGMA * select(buffer[part], count, (count - 1) // 2) if enough else whole
    return hourly_tempering(ratio, samples_before, per_block, marks, part_of_block, scales)


@part
def scale_of_all(buffer: Values, held: Counts) -> float:
    """The quick scale of all parts of the day together, 1 where hardly anything was measured.

    Args:
        buffer: float64 [parts, MOST_PER_PART], absolute deviations.
        held: int64 [parts], how many of them there are.
    """
    every = np.empty(PARTS * MOST_PER_PART)
    total = 0
    for row in range(PARTS):
        for one in range(held[row]):
            every[total] = buffer[row, one]
            total += 1
    return MAD_TO_SIGMA * select(every, total, (total - 1) // 2) if total >= 8 else 1.0


@part
def hourly_tempering(
    ratio: Values,
    samples_before: int,
    per_block: float,
    marks: Marks,
    part_of_block: Marks,
    scales: Values,
) -> float:
    """Variance of the sums of neighbouring pairs over that of independent ones, >= 1; the pairs are taken evenly."""
    product, square, pairs = 0.0, 0.0, 0
    stride = max(1, ratio.size // 1_500)
    for index in range(1, ratio.size, stride):
        block = int((index + samples_before) / per_block + 1e-9)
        if marks[block] == LOW or marks[block] == UNKNOWN:
            continue
        scale = max(scales[part_of_block[block]], 1e-9)
        one, other = (ratio[index] - 1.0) / scale, (ratio[index - 1] - 1.0) / scale
        if not math.isnan(one) and not math.isnan(other):
            one, other = min(3.0, max(-3.0, one)), min(3.0, max(-3.0, other))
            product += one * other
            square += 0.5 * (one * one + other * other)
            pairs += 1
    if pairs < 8 or square == 0.0:
        return 1.0
    shared = min(0.92, max(0.0, product / square))
    return (1.0 + shared) / (1.0 - shared)
