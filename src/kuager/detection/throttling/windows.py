"""Hours of slowness that come back at the same local clock: every evening for an hour, while somebody streams.

A window of an hour holds one or two speed tests, and no day alone shows anything. Hours in which runs are slow are
windows of that day, however weak, and ``detection/recurrence.py`` says whether more of them gather at one clock time
than chance gives. Where runs are few or differ much, the windows of days drown, and all runs of that hour of the clock
together may still lie lower than chance gives at any of 24 hours. The lesser of the two chances is doubled, for two
ways were tried. What is ordinary follows round waves of a day (``expected.py``), so it does not learn the window.

Daily congestion gathers at one clock time, too. It is told by its round edges (the hours before and after are slow as
well), by round-trip times that rise with it, and by days: a queue depends on load, an order on the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import NormalDist

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask, median
from kuager.detection.recurrence import LEAST_DAYS, MOST_CHANCE, ClockWindows, Verdict, Window, clock_windows
from kuager.detection.throttling.epochs import epochs
from kuager.detection.throttling.expected import Expected, expected, wall_clock
from kuager.detection.throttling.finding import LEAST_RUNS, Otherwise, Sign, Throttled
from kuager.detection.throttling.otherwise import RISEN, SURE, sorted_out
from kuager.detection.throttling.runs import Runs
from kuager.detection.throttling.scan import contrast_of
from kuager.detection.throttling.sizes import plateau, slower

CELL_S = 3_600
HOURS = 24
SLOW_SCALES = -1.5
"""The mean score of the runs of a slow hour, times the root of their number, is at most this."""
SHOULDER_S = 2 * CELL_S
ROUND = 0.5
"""The hours beside a window of congestion have lost at least this part of what it lost, in logarithms."""
SHARP = 0.3
MAY_HAVE_RISEN = 1.645
"""A round-trip time that chance lifts as far once in twenty times may have risen."""
LEAST_CONTRAST = 3.0
LEAST_SLOWER = 1.5
LEAST_SHOULDER = 5
STRAY = 0.05
FEW = 0.25
"""So large a share of the days is what a window reaches to on the clock: chance makes an hour slow on fewer."""


@dataclass(frozen=True, slots=True)
class SlowWindows:
    """Slow hours at one clock time: when they come back, and what was measured in those of the days that were hit."""

    clock: ClockWindows
    found: Throttled


def slow_windows(runs: Runs, zone: str) -> tuple[SlowWindows, ...]:
    """The clock times at which slowness recurs, the least accidental first.

    Args:
        runs: of one place or network.
        zone: tz database name of the place's clocks.
    """
    if runs.times.size < 3 * LEAST_RUNS:
        return ()
    every: Mask = np.ones(runs.times.size, dtype=np.bool_)
    groups = runs.parted(epochs(runs, zone))
    learnt = expected(runs.times, runs.speeds, groups, every, zone)
    runs, groups = runs.only(np.isfinite(learnt.scores)), groups[np.isfinite(learnt.scores)]
    if runs.times.size < 3 * LEAST_RUNS:
        return ()
    every = np.ones(runs.times.size, dtype=np.bool_)
    learnt = expected(runs.times, runs.speeds, groups, every, zone)
    delays = expected(runs.times, runs.rtts, groups, every, zone)
    windows, observed = _slow_hours(runs, learnt)
    found = clock_windows(windows, observed, zone, CELL_S)
    judged = (_either_way(runs, learnt, one, zone) for one in found)
    clocks = _merged((_trimmed(one) for one in judged if one.verdict is Verdict.RECURS), windows)
    told = (_told(runs, learnt, delays, windows, one) for one in clocks)
    return tuple(one for one in told if one is not None)


def _slow_hours(runs: Runs, learnt: Expected) -> tuple[list[Window], list[tuple[int, int]]]:
    """Slow hours, those that follow each other as one window, and all hours with runs."""
    hours, firsts, counts = np.unique(runs.times // CELL_S, return_index=True, return_counts=True)
    scales = np.add.reduceat(learnt.scores, firsts) / np.sqrt(counts)
    windows: list[Window] = []
    for hour, scale in zip(hours.tolist(), scales.tolist(), strict=True):
        if scale > SLOW_SCALES:
            continue
        start, end = hour * CELL_S, (hour + 1) * CELL_S
        if windows and windows[-1].end == start:
            windows[-1] = Window(windows[-1].start, end, max(windows[-1].probability, -scale))
        else:
            windows.append(Window(start, end, -scale))
    return windows, [(hour * CELL_S, (hour + 1) * CELL_S) for hour in hours.tolist()]


def _either_way(runs: Runs, learnt: Expected, clock: ClockWindows, zone: str) -> ClockWindows:
    """A clock time with the chance of the better of two ways, and the verdict that follows from it."""
    here: Mask = wall_clock(runs.times, zone) % DAY_S // CELL_S == clock.start_clock // CELL_S
    if clock.verdict is Verdict.CANNOT_TELL or here.all() or not here.any():
        return clock
    scales = -contrast_of(runs.times, learnt.scores, here, ~here, CELL_S)
    chance = min(1.0, 2.0 * min(clock.chance, HOURS * (1.0 - NormalDist().cdf(scales))))
    return replace(clock, chance=chance, verdict=Verdict.RECURS if chance <= MOST_CHANCE else Verdict.CHANCE)


def _trimmed(clock: ClockWindows) -> ClockWindows:
    """Without stray hits at either end: only the stretch of days on which hits are no matter of chance.

    Within the stretch a day is hit with a share of its own, outside of it as often as chance makes an hour slow. Of all
    stretches from a hit to a hit the likeliest is taken; an end must be twenty times as likely to be moved for it.
    """
    if len(clock.hit) <= LEAST_DAYS:
        return clock
    dates = np.array([one.toordinal() for one in clock.hit])
    before = np.searchsorted(np.array([one.toordinal() for one in clock.not_hit]), dates)
    order = np.arange(dates.size)
    struck = order[np.newaxis, :] - order[:, np.newaxis] + 1
    missed = before[np.newaxis, :] - before[:, np.newaxis]
    cells = clock.tolerance_s // CELL_S + 1
    chance = 1.0 - (1.0 - NormalDist().cdf(SLOW_SCALES)) ** cells
    share = np.clip(struck / np.maximum(struck + missed, 1), 1e-9, 1.0 - 1e-9)
    fits = struck * np.log(share) + missed * np.log1p(-share)
    fits += (dates.size - struck) * np.log(chance) + (missed[0, -1] - missed) * np.log1p(-chance)
    fits += np.log(STRAY) * ((order[:, np.newaxis] > 0).astype(int) + (order[np.newaxis, :] < dates.size - 1))
    first, last = np.unravel_index(int(np.where(struck >= LEAST_DAYS, fits, -np.inf).argmax()), fits.shape)
    hit = clock.hit[first : last + 1]
    return replace(
        clock,
        members=clock.members[first : last + 1],
        hit=hit,
        not_hit=tuple(one for one in clock.not_hit if hit[0] < one < hit[-1]),
        not_observable=tuple(one for one in clock.not_observable if hit[0] < one < hit[-1]),
    )


def _merged(clocks: Iterable[ClockWindows], windows: Sequence[Window]) -> list[ClockWindows]:
    """Clock times that overlap or touch are one: on days on which few measured, an hour of it begins it."""
    merged: list[ClockWindows] = []
    for one in sorted(clocks, key=lambda one: one.start_clock):
        joined = one
        while (other := next((each for each in merged if _belong_together(each, joined, windows)), None)) is not None:
            merged.remove(other)
            joined = _joined(*_in_order(other, joined, windows))
        merged.append(joined)
    return sorted(merged, key=lambda one: one.chance)


def _belong_together(one: ClockWindows, other: ClockWindows, windows: Sequence[Window]) -> bool:
    """Whether they touch on the clock, on mostly the same days, and leave some of the day free."""
    early, late = _in_order(one, other, windows)
    if not _reaches(early, late, windows) or _length_of_both(early, late) >= DAY_S:
        return False
    shared = (min(one.hit[-1], other.hit[-1]) - max(one.hit[0], other.hit[0])).days + 1
    return 2 * shared > min((each.hit[-1] - each.hit[0]).days + 1 for each in (one, other))


def _joined(early: ClockWindows, late: ClockWindows) -> ClockWindows:
    """The two as one, with the dates on which it begins: what follows after midnight is of the day before."""
    back = timedelta(days=int(late.start_clock < early.start_clock))
    hit = {*early.hit, *(day - back for day in late.hit)}
    missed = {*early.not_hit, *(day - back for day in late.not_hit)} - hit
    unseen = {*early.not_observable, *(day - back for day in late.not_observable)} - missed - hit
    return replace(
        early if early.chance <= late.chance else late,
        members=tuple(sorted({*early.members, *late.members})),
        start_clock=early.start_clock,
        end_clock=(early.start_clock + _length_of_both(early, late)) % DAY_S,
        hit=tuple(sorted(hit)),
        not_hit=tuple(sorted(missed)),
        not_observable=tuple(sorted(unseen)),
    )


def _in_order(one: ClockWindows, other: ClockWindows, windows: Sequence[Window]) -> tuple[ClockWindows, ClockWindows]:
    return (one, other) if _reaches(one, other, windows) else (other, one)


def _reaches(one: ClockWindows, other: ClockWindows, windows: Sequence[Window]) -> bool:
    """Whether the other begins on the clock while the one lasts, or as it ends, on as few days as a quarter."""
    lasted = [end - windows[index].start for index in one.members if (end := windows[index].end) is not None]
    longest = int(np.quantile(lasted, 1.0 - FEW)) if lasted else CELL_S
    return (other.start_clock - one.start_clock) % DAY_S <= max(_length(one), one.start_spread_s + CELL_S, longest)


def _length_of_both(early: ClockWindows, late: ClockWindows) -> int:
    return max(_length(early), (late.start_clock - early.start_clock) % DAY_S + _length(late))


def _length(clock: ClockWindows) -> int:
    """Seconds that its windows last on the clock; where they end at no common time, the hour that begins them."""
    return CELL_S if clock.end_clock is None else (clock.end_clock - clock.start_clock) % DAY_S or CELL_S


def _told(
    runs: Runs, learnt: Expected, delays: Expected, windows: Sequence[Window], clock: ClockWindows
) -> SlowWindows | None:
    """What the windows of one clock time have in common; None where they rest on too little."""
    members = [windows[index] for index in clock.members]
    inside, beside = _within(runs, members, 0), _within(runs, members, SHOULDER_S)
    beside &= ~inside
    outside: Mask = ~inside & ~beside
    slow = np.flatnonzero(inside & (learnt.residual < 0))
    if slow.size < LEAST_RUNS or np.count_nonzero(outside) < LEAST_RUNS:
        return None
    contrast = -contrast_of(runs.times, learnt.scores, inside, outside, CELL_S)
    factor, low, high = slower(learnt.residual, inside, outside, runs.times // CELL_S)
    if contrast < LEAST_CONTRAST or factor < LEAST_SLOWER:
        return None
    logs = np.log(runs.speeds)
    usual = 1.4826 * median(np.abs(logs[outside] - median(logs[outside])))
    ceiling = plateau(logs[inside], usual)
    standing = _standing(runs, learnt, delays, (inside, beside, outside), ceiling is not None)
    still_open, against, spoken_for = sorted_out(standing)
    first, last = int(slow[0]), int(slow[-1])
    ongoing = last == runs.times.size - 1
    found = Throttled(
        sign=Sign.THROUGHPUT,
        first=int(runs.times[first]),
        last=int(runs.times[last if ongoing else last + 1]),
        first_earliest=int(runs.times[max(0, first - 1)]),
        last_earliest=int(runs.times[last]),
        ongoing=ongoing,
        slower=factor,
        slower_low=low,
        slower_high=high,
        runs=int(slow.size),
        baseline_runs=int(np.count_nonzero(outside)),
        probability=1.0 - clock.chance,
        plateau=ceiling,
        otherwise=still_open,
        unlikely=against,
        speaks_for=spoken_for,
        contrast=contrast,
    )
    return SlowWindows(clock, found)


def _standing(
    runs: Runs, learnt: Expected, delays: Expected, masks: tuple[Mask, Mask, Mask], ceiling: bool
) -> dict[Otherwise, bool]:
    """Congestion by the edges of the windows and by their round-trip times."""
    inside, beside, outside = masks
    standing = {Otherwise.LOSS_OF_USERS: False, Otherwise.FAR_SERVER: False}
    known = np.isfinite(delays.scores)
    fell = median(learnt.residual[outside]) - median(learnt.residual[inside])
    nearby = median(learnt.residual[outside]) - median(learnt.residual[beside])
    enough = np.count_nonzero(beside) >= LEAST_SHOULDER
    if np.count_nonzero(inside & known) >= LEAST_RUNS and np.count_nonzero(outside & known) >= LEAST_RUNS:
        ratio = float(np.exp(median(delays.residual[inside]) - median(delays.residual[outside])))
        scales = contrast_of(runs.times, delays.scores, inside & known, outside & known, CELL_S)
        if ratio >= RISEN and scales >= SURE and not ceiling:
            standing[Otherwise.CONGESTION] = True
        elif enough and nearby <= SHARP * fell and (ratio < RISEN or scales < MAY_HAVE_RISEN):
            standing[Otherwise.CONGESTION] = False
    if enough and nearby >= ROUND * fell and not ceiling:
        standing[Otherwise.CONGESTION] = True
    return standing


def _within(runs: Runs, members: Sequence[Window], around_s: int) -> Mask:
    """Runs inside of windows, and so long before and after, bool [n]."""
    found: Mask = np.zeros(runs.times.size, dtype=np.bool_)
    for one in members:
        end = one.start + CELL_S if one.end is None else one.end
        found |= (runs.times >= one.start - around_s) & (runs.times < end + around_s)
    return found
