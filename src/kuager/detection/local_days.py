"""Days and clocks of a place: times laid on its local calendar, and how much of an interval was measured.

Wall time is seconds since 1970-01-01T00:00 on the clocks of a zone, so that its whole days are local dates; where
clocks are put forward or back (tz database) it jumps, and the days before and after keep their clock times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.model.series import Times, Values
from kuager.model.time import from_epoch, local

_FIRST_DAY = date(1970, 1, 1)


def date_of(day: int) -> date:
    """The local date of a whole day of wall time."""
    return _FIRST_DAY + timedelta(days=day)


def wall_times(moments: Sequence[int], zone: str) -> Times:
    """Wall time of each moment in seconds since the epoch, int64 [n]."""
    offsets = (local(from_epoch(moment), zone).utcoffset() or timedelta() for moment in moments)
    return np.array(
        [moment + int(offset.total_seconds()) for moment, offset in zip(moments, offsets, strict=True)], dtype=np.int64
    )


def epoch_of(day: int, clock: int, zone: str) -> int:
    """Seconds since the epoch at which the clocks of a day show ``clock`` seconds after midnight, 0 to 86399.

    Of an hour that is shown twice the first one; of one that is skipped, as if the clocks had not been put forward.
    """
    shown = datetime.combine(date_of(day), time(), ZoneInfo(zone)) + timedelta(seconds=clock)
    return int(shown.timestamp())


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The time that was measured: disjoint half-open intervals in order.

    ``knots`` int64 [n] are their ends in turn, ``sums`` float64 [n] the seconds measured before each.
    """

    knots: Times
    sums: Values

    @classmethod
    def of(cls, intervals: Sequence[tuple[int, int]]) -> Measured:
        """From half-open intervals in any order, which may overlap."""
        joined: list[list[int]] = []
        for start, end in sorted(intervals):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        knots = np.array(joined, dtype=np.int64).reshape(-1)
        lengths = np.diff(knots, prepend=knots[:1])
        lengths[::2] = 0  # what lies between two intervals was not measured
        return cls(knots, np.cumsum(lengths).astype(np.float64))

    def between(self, start: int, end: int) -> float:
        """Seconds measured from ``start`` to ``end``."""
        if not self.knots.size:
            return 0.0
        before = np.interp([start, end], self.knots, self.sums)
        return float(before[1] - before[0])


def first_and_last_day(start: int, end: int, zone: str) -> tuple[int, int]:
    """The first and the last local day that a half-open interval touches."""
    first, last = (wall_times([start, max(start, end - 1)], zone) // DAY_S).tolist()
    return first, last
