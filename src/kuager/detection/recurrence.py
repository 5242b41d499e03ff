"""Windows that come back at the same local clock time: curfews, exam mornings, hours of service in a long cut.

The clock time and the tolerance are those that chance gives least often (``chance.py`` states the null hypothesis), and
the bound is multiplied by the number of tolerances and of stretches of days that were tried: it holds whatever was
chosen. Clocks are those of a tz database zone at each date. All times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

import numpy as np

from kuager.detection.against_dates import Association, against_dates
from kuager.detection.chance import chance_of
from kuager.detection.grid import DAY_S
from kuager.detection.habits import SharpHabit, sharp_habits
from kuager.detection.local_days import Measured, date_of, epoch_of, wall_times
from kuager.model.series import Times, Values

__all__ = [
    "Association",
    "ClockWindows",
    "SharpHabit",
    "Verdict",
    "Window",
    "against_dates",
    "clock_windows",
    "sharp_habits",
]

MOST_CHANCE = 0.01
"""Chance must not give as much more often than this."""
LEAST_DAYS = 3
"""Fewer days than this tell nothing of a habit, however well their clock times agree."""
TOLERANCES_S = (0, 300, 900, 1_800)
"""How far apart the starts of different days may lie; beside these the step of the series itself is tried."""
COARSEST_STEP_S = 3_600
"""A series of coarser samples knows no clock time."""
LONGEST_PAUSE_S = 15 * DAY_S
"""What comes back after a longer pause (a weekly habit that skips a week still fits) is another affair."""
MOST_ENDS = 2 / 3
"""The share of the windows that must end at one clock time for that to be called theirs."""
MOST_DAYS = 0.8
"""The share of the measured days of its weekdays that a habit of certain weekdays must have hit."""


class Verdict(StrEnum):
    """What can be said of windows at one clock time."""

    RECURS = "recurs"
    CHANCE = "chance"
    CANNOT_TELL = "cannot-tell"
    """Too few days."""


@dataclass(frozen=True, slots=True)
class Window:
    """An interval of loss or of service; ``end`` is None while it lasts, ``probability`` that it was one at all."""

    start: int
    end: int | None
    probability: float


@dataclass(frozen=True, slots=True)
class ClockWindows:
    """The windows that share a local clock time, and what to think of it.

    Attributes:
        members: indices of the windows given, one for each day hit, in order of time.
        zone: of the clock times.
        start_clock: seconds after local midnight, the middle one of the members.
        start_spread_s: from the earliest to the latest of them on the clock.
        end_clock: the same of the ends; None when they do not end at one clock time.
        end_spread_s: of those that end there.
        tolerance_s: within which the starts lie, the best of those tried.
        step_s: between the samples: no clock time is finer.
        hit: local dates from the first to the last day hit on which a member began.
        not_hit: dates between on which that time was measured and no window began.
        not_observable: dates between on which it was not measured, or something else was already going on.
        weekdays: 0 (Monday) to 6 when those days of the week alone were hit, and nearly always; else empty.
        tried: the windows among which these were found.
        chance: the probability, at most, that chance gathers as many days at any clock time.
        verdict: what follows.
    """

    members: tuple[int, ...]
    zone: str
    start_clock: int
    start_spread_s: int
    end_clock: int | None
    end_spread_s: int | None
    tolerance_s: int
    step_s: int
    hit: tuple[date, ...]
    not_hit: tuple[date, ...]
    not_observable: tuple[date, ...]
    weekdays: tuple[int, ...]
    tried: int
    chance: float
    verdict: Verdict


def clock_windows(
    windows: Sequence[Window], observed: Sequence[tuple[int, int]], zone: str, step_s: int
) -> tuple[ClockWindows, ...]:
    """The clock times at which windows come back, the least accidental first within each stretch of days.

    Args:
        windows: in any order; one that lasts longer than a day belongs to no clock time, and hides others meanwhile.
        observed: half-open intervals in which windows could have been seen, in any order.
        zone: tz database name of the clocks of the place.
        step_s: seconds between the samples that the starts were read from.

    Returns:
        every clock time at which windows recur; of a stretch of days without any, its best clock time with the verdict
        that it is chance or that nobody can tell. Empty without windows, and for steps longer than an hour.
    """
    order = sorted(
        (index for index, one in enumerate(windows) if one.end is None or one.end - one.start <= DAY_S),
        key=lambda index: (windows[index].start, index),
    )
    if step_s > COARSEST_STEP_S or not order:
        return ()
    stretches = _stretches(windows, order)
    tests = sum(len(one) >= LEAST_DAYS for one in stretches)
    search = _Search(windows, Measured.of(observed), zone, step_s, max(1, tests))
    return tuple(found for indices in stretches for found in search.exhaust(indices))


def _stretches(windows: Sequence[Window], order: Sequence[int]) -> list[list[int]]:
    """Indices in order of time, parted where nothing happened for long."""
    parts = [[order[0]]]
    for before, after in pairwise(order):
        if windows[after].start - windows[before].start > LONGEST_PAUSE_S:
            parts.append([])
        parts[-1].append(after)
    return parts


@dataclass(frozen=True, slots=True)
class _Arc:
    """Windows whose starts lie within ``tolerance_s`` after ``clock``, one for each local day."""

    clock: int
    tolerance_s: int
    members: tuple[int, ...]
    taken: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Search:
    """What stays the same while clock times are looked for."""

    windows: Sequence[Window]
    measured: Measured
    zone: str
    step_s: int
    tests: int

    def exhaust(self, indices: Sequence[int]) -> list[ClockWindows]:
        """All recurring clock times of one stretch of days, or the best one that does not recur."""
        left = list(indices)
        found: list[ClockWindows] = []
        while left:
            arc, chance = self._best(left)
            verdict = _verdict(len(arc.members), chance)
            if verdict is not Verdict.RECURS and found:
                break
            found.append(self._described(arc, left, chance, verdict))
            if verdict is not Verdict.RECURS:
                break
            left = [index for index in left if index not in arc.taken]
        return found

    def _best(self, indices: Sequence[int]) -> tuple[_Arc, float]:
        """The arc that chance gives least often, and how often at most it gives the like."""
        wall = wall_times([self.windows[index].start for index in indices], self.zone)
        room = self._measured_of_their_days(wall)
        widths: dict[int, int] = {}
        for tolerance in sorted({*TOLERANCES_S, self.step_s}):
            widths.setdefault(tolerance // self.step_s + 1, tolerance)
        judged = []
        for samples, tolerance in widths.items():
            arc = self._fullest(indices, wall, tolerance)
            shares = np.minimum(1.0, samples * self.step_s / np.maximum(room, self.step_s))
            judged.append((len(widths) * self.tests * chance_of(len(arc.members), shares), tolerance, arc))
        chance, _, arc = min(judged, key=lambda one: (one[0], one[1]))
        return arc, min(1.0, chance)

    def _fullest(self, indices: Sequence[int], wall: Times, tolerance: int) -> _Arc:
        """The arc of one width that holds windows of the most days; of equals the tightest, then the earliest."""

        def rank(clock: int) -> tuple[int, int, int]:
            days, late = np.divmod(wall - clock, DAY_S)
            inside = late <= tolerance
            return -np.unique(days[inside]).size, int(late[inside].max()), clock

        clock = min(np.unique(wall % DAY_S).tolist(), key=rank)
        days, late = np.divmod(wall - clock, DAY_S)
        inside = np.flatnonzero(late <= tolerance)
        chosen: dict[int, int] = {}
        for position in sorted(inside.tolist(), key=lambda at: (-self.windows[indices[at]].probability, at)):
            chosen.setdefault(int(days[position]), indices[position])
        members = tuple(chosen[day] for day in sorted(chosen))
        return _Arc(clock, tolerance, members, frozenset(indices[at] for at in inside.tolist()))

    def _measured_of_their_days(self, wall: Times) -> Values:
        """Seconds measured of the local day of each start, float64 [n]."""
        days = wall // DAY_S
        lengths = {
            day: self.measured.between(epoch_of(day, 0, self.zone), epoch_of(day + 1, 0, self.zone))
            for day in np.unique(days).tolist()
        }
        return np.array([lengths[day] for day in days.tolist()], dtype=np.float64)

    def _described(self, arc: _Arc, tried: Sequence[int], chance: float, verdict: Verdict) -> ClockWindows:
        members = [self.windows[index] for index in arc.members]
        wall = wall_times([one.start for one in members], self.zone)
        days = (wall - arc.clock) // DAY_S
        late = np.sort((wall - arc.clock) % DAY_S)
        end_clock, end_spread = self._ends(members)
        hit, not_hit, not_observable = self._days(arc, days)
        return ClockWindows(
            members=arc.members,
            zone=self.zone,
            start_clock=int(arc.clock + late[(late.size - 1) // 2]) % DAY_S,
            start_spread_s=int(late[-1] - late[0]),
            end_clock=end_clock,
            end_spread_s=end_spread,
            tolerance_s=arc.tolerance_s,
            step_s=self.step_s,
            hit=hit,
            not_hit=not_hit,
            not_observable=not_observable,
            weekdays=_weekdays(hit, not_hit),
            tried=len(tried),
            chance=chance,
            verdict=verdict,
        )

    def _ends(self, members: Sequence[Window]) -> tuple[int | None, int | None]:
        """The clock time at which most of them end, and the spread of those."""
        ends = wall_times([one.end for one in members if one.end is not None], self.zone) % DAY_S
        if not ends.size:
            return None, None
        tolerance = max(self.step_s, TOLERANCES_S[-1])
        late = (ends[np.newaxis, :] - ends[:, np.newaxis]) % DAY_S
        inside = late <= tolerance
        first = int(inside.sum(axis=1).argmax())
        together = np.sort(late[first][inside[first]])
        if together.size < MOST_ENDS * len(members):
            return None, None
        return int(ends[first] + together[(together.size - 1) // 2]) % DAY_S, int(together[-1] - together[0])

    def _days(self, arc: _Arc, days: Times) -> tuple[tuple[date, ...], tuple[date, ...], tuple[date, ...]]:
        """Dates hit, not hit, and not observable, from the first to the last day hit."""
        lasted = [one.end - one.start for index in arc.members if (one := self.windows[index]).end is not None]
        length = max(self.step_s, int(np.median(lasted)) if lasted else self.step_s)
        struck = set(days.tolist())
        missed: list[date] = []
        unseen: list[date] = []
        for day in range(int(days[0]), int(days[-1]) + 1):
            if day in struck:
                continue
            begins = epoch_of(day, arc.clock, self.zone)
            until = begins + arc.tolerance_s
            busy = any(one.start <= until and (one.end is None or one.end > begins) for one in self.windows)
            seen = self.measured.between(begins, begins + length) >= length / 2
            (missed if seen and not busy else unseen).append(date_of(day))
        return tuple(date_of(day) for day in sorted(struck)), tuple(missed), tuple(unseen)


def _verdict(days: int, chance: float) -> Verdict:
    if days < LEAST_DAYS:
        return Verdict.CANNOT_TELL
    return Verdict.RECURS if chance <= MOST_CHANCE else Verdict.CHANCE


def _weekdays(hit: Sequence[date], not_hit: Sequence[date]) -> tuple[int, ...]:
    """The days of the week that explain the days hit; empty when every day does or none do."""
    struck = sorted({one.weekday() for one in hit})
    spared = [one for one in not_hit if one.weekday() in struck]
    elsewhere = len(not_hit) - len(spared)
    twice = len(hit) >= MOST_DAYS * 2 * len(struck)
    if elsewhere < 2 or not twice or len(hit) < MOST_DAYS * (len(hit) + len(spared)):
        return ()
    return tuple(struck)
