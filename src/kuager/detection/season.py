"""The second round: season and level from blocks that are not set aside."""

from __future__ import annotations

import math

import numpy as np

from kuager.detection.compiled import part, square
from kuager.detection.ordinary import (
    CHUNK_DAYS,
    LEAST_DAYS,
    LEAST_WEEKS,
    LOW,
    SEASON_DAYS,
    UNKNOWN,
    Marks,
    close,
    put,
    select,
)
from kuager.model.series import Values

LONGEST_HABIT_DAYS = 2.5
PLAIN = 8.0
"""A weekday whose shape varies by so many times its noise is taken as it is."""


@part
def running_level(flat: Values, usable: Marks, per_day: int, level_days: float, level: Values) -> None:
    """Fill ``level`` with the running median of ``flat`` over the usable blocks, bridged by straight lines.

    Blocks are first taken together in pieces of a quarter of a day (or one block), each by its median.
    """
    size = max(1, per_day // 4)
    pieces = -(-flat.size // size)
    reach = max(3, int(level_days * per_day / size))
    middles = np.empty(pieces)
    buffer = np.empty(size)
    for piece in range(pieces):
        present = 0
        for index in range(piece * size, min(flat.size, (piece + 1) * size)):
            if usable[index] != LOW and usable[index] != UNKNOWN:
                put(buffer, present, flat[index])
                present += 1
        middles[piece] = buffer[(present - 1) // 2] if present else math.nan
    run = np.empty(pieces)
    running_middle(middles, reach, run)
    bridge(run)
    for index in range(flat.size):
        position = (index + 0.5) / size - 0.5
        before = min(int(position), pieces - 1)
        after = min(before + 1, pieces - 1)
        share = min(max(0.0, position - before), 1.0)
        level[index] = run[before] + (run[after] - run[before]) * share


@part
def running_middle(middles: Values, reach: int, run: Values) -> None:
    """Fill ``run`` with the median of the known ``middles`` within ``reach``; the window is kept in order."""
    pieces = middles.size
    window = np.empty(2 * reach + 2)
    held = 0
    for piece in range(-reach, pieces):
        entering, leaving = piece + reach, piece - reach - 1
        enters = entering < pieces and not math.isnan(middles[entering])
        place = held  # the place that is free, at the end or where one leaves
        if leaving >= 0 and not math.isnan(middles[leaving]):
            place = 0
            for one in range(held):  # sooner done than halving, for no branch is guessed wrong
                place += window[one] < middles[leaving]
            held -= 1
            last = held if not enters else place
            while place < last or (enters and place < held and window[place + 1] < middles[entering]):
                window[place] = window[place + 1]
                place += 1
        if enters:
            while place > 0 and window[place - 1] > middles[entering]:
                window[place] = window[place - 1]
                place -= 1
            window[place] = middles[entering]
            held += 1
        if piece >= 0:
            run[piece] = 0.5 * (window[(held - 1) // 2] + window[held // 2]) if held else math.nan


@part
def bridge(values: Values) -> None:
    """Fill gaps by straight lines between their neighbours and level beyond the ends; all NaN stays."""
    last = -1
    for index in range(values.size):
        if not math.isnan(values[index]):
            if last < 0:
                for between in range(index):
                    values[between] = values[index]
            else:
                for between in range(last + 1, index):
                    values[between] = values[last] + (values[index] - values[last]) * (between - last) / (index - last)
            last = index
    if last >= 0:
        for between in range(last + 1, values.size):
            values[between] = values[last]


@part
def seasons(ratio: Values, usable: Marks, slots: int, has_weeks: bool, season: Values) -> None:
    """Fill ``season`` (about 1) with the time of day and the day of the week, month by month.

    Args:
        ratio: float64 [blocks], value over level.
        usable: int8 [blocks], marks.
        slots: blocks of a cycle of a day; 1 gives no time of day.
        has_weeks: whether seven cycles make a week.
        season: float64 [blocks], filled.
    """
    days = -(-ratio.size // slots)
    width = min(days, SEASON_DAYS)
    buffer = np.empty(width + 1)
    brief = np.zeros(ratio.size, dtype=np.int8)
    if has_weeks:
        mark_brief(usable, int(LONGEST_HABIT_DAYS * slots), brief)
    shape, week, smooth = np.empty(slots), np.empty(7 * slots), np.empty(slots)
    for chunk in range(0, days, CHUNK_DAYS):
        begin = min(max(0, chunk + CHUNK_DAYS // 2 - width // 2), days - width)
        shape[:] = math.nan
        for slot in range(slots):
            present = 0
            for day in range(begin, begin + width):
                index = day * slots + slot
                if index < ratio.size and usable[index] != LOW and usable[index] != UNKNOWN:
                    buffer[present] = ratio[index]
                    present += 1
            if present >= LEAST_DAYS:
                shape[slot] = select(buffer, present, (present - 1) // 2)
        close(shape)
        usual = not math.isnan(shape[0])
        for slot in range(slots):
            usual = usual and shape[slot] > 0.0
        if not usual:
            shape[:] = 1.0
        week[:] = 1.0
        if has_weeks:
            weekly(ratio, usable, brief, slots, begin, width, shape, week, smooth, buffer)
        for day in range(chunk, min(days, chunk + CHUNK_DAYS)):
            weekday = day % 7 * slots
            for slot in range(min(slots, ratio.size - day * slots)):
                season[day * slots + slot] = shape[slot] * week[weekday + slot]


@part
def mark_brief(usable: Marks, longest: int, brief: Marks) -> None:
    """Mark what was set aside in runs of at most ``longest`` blocks: a weekend off is one, a blackout is not."""
    first = 0
    for index in range(usable.size + 1):
        if index < usable.size and (usable[index] == LOW or usable[index] == UNKNOWN):
            continue
        if index - first <= longest:
            for inside in range(first, index):
                if usable[inside] == LOW:
                    brief[inside] = 1
        first = index + 1


@part
def weekly(
    ratio: Values,
    usable: Marks,
    brief: Marks,
    slots: int,
    begin: int,
    width: int,
    shape: Values,
    week: Values,
    smooth: Values,
    buffer: Values,
) -> None:
    """Fill ``week`` [7 x slots] with what each weekday differs by, shrunk towards 1 by how sure that is.

    What is briefly low at the same hour of most weeks is a habit of that weekday and no outage, and is learnt from too;
    but not where most weekdays, or many days of the others, are low at that hour: those are cuts by the clock.
    """
    most_days_low = np.zeros(slots, dtype=np.int8)
    end = min(ratio.size, (begin + width) * slots)
    days_low(usable, brief, slots, begin, end, most_days_low)
    for weekday in range(7):
        base = weekday * slots
        first = (begin + (weekday - begin) % 7) * slots
        scatter, cells, turns = 0.0, 0, 0
        for slot in range(slots):
            habits = most_days_low[slot] <= 3
            present = gather(ratio, usable, brief, habits, first + slot, end, 7 * slots, shape[slot], buffer)
            week[base + slot] = math.nan
            if present >= LEAST_WEEKS:
                middle = select(buffer, present, present // 2)
                for one in range(present):
                    buffer[one] = abs(buffer[one] - middle)
                scatter += select(buffer, present, (present - 1) // 2)
                week[base + slot] = middle
                cells += 1
                turns += present
        if 2 * cells < slots:
            week[base : base + slots] = 1.0
            continue
        close(week[base : base + slots])
        spread = 1.4826 * scatter / cells
        shrink(week[base : base + slots], smooth, spread * spread * cells / turns)


@part
def gather(
    ratio: Values,
    usable: Marks,
    brief: Marks,
    habits: bool,
    first: int,
    end: int,
    step: int,
    usual: float,
    buffer: Values,
) -> int:
    """Put into ``buffer`` the blocks of an hour of a weekday that may be learnt from, over the usual of that hour."""
    present, index = 0, first
    while index < end:
        if usable[index] != UNKNOWN and (usable[index] != LOW or (habits and brief[index] == 1)):
            buffer[present] = ratio[index] / usual
            present += 1
        index += step
    return present


@part
def days_low(usable: Marks, brief: Marks, slots: int, begin: int, end: int, most_days_low: Marks) -> None:
    """Count for each hour the weekdays that are mostly low then; all seven where many other days are low too."""
    for slot in range(slots):
        others_low, others = 0, 0
        for weekday in range(7):
            low, present = 0, 0
            index = (begin + (weekday - begin) % 7) * slots + slot
            while index < end:
                if brief[index] == 1 or (usable[index] != LOW and usable[index] != UNKNOWN):
                    low += brief[index]
                    present += 1
                index += 7 * slots
            if 2 * low > present:
                most_days_low[slot] += 1
            else:
                others_low += low
                others += present
        if 5 * others_low > others:
            most_days_low[slot] = 7


@part
def shrink(week: Values, smooth: Values, noise: float) -> None:
    """Draw one weekday towards its mean, and that towards 1, as far as noise goes; smooth it where noise is much of it.

    The noise of a median is 1.57 times that of a mean.
    """
    slots = week.size
    mean, variance = 0.0, 0.0
    for slot in range(slots):
        mean += week[slot] / slots
    for slot in range(slots):
        variance += square(week[slot] - mean) / slots
    reach = 2 if slots >= 12 and variance < PLAIN * 1.57 * noise else 0
    for slot in range(slots):
        total = 0.0
        for near in range(slot - reach, slot + reach + 1):
            total += week[near + slots if near < 0 else near - slots if near >= slots else near]
        smooth[slot] = total / (2 * reach + 1)
    mean, variance = 0.0, 0.0
    for slot in range(slots):
        mean += smooth[slot] / slots
    for slot in range(slots):
        variance += square(smooth[slot] - mean) / slots
    own = 1.57 * noise * (2.0 / (2 * reach + 1) if reach else 1.0)  # neighbours err together
    kept = max(0.0, 1.0 - own / variance) if variance > 0 else 0.0
    whole = 1.57 * noise
    kept_mean = max(0.0, 1.0 - whole / square(mean - 1.0)) if mean != 1.0 else 0.0
    for slot in range(slots):
        week[slot] = 1.0 + kept_mean * (mean - 1.0) + kept * (smooth[slot] - mean)
        if not week[slot] > 0.05:
            week[slot] = 0.05
