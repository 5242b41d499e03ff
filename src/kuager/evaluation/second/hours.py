"""The local clock of a place and the curves by which people live on it.

Measured: web search from Iran falls to .19 of its day's maximum between 4 and 6 local time, is back at .74 by 9, and
has two tops (14 and 22); hourly flows seen by Cloudflare fall to .28 in France and .33 in Canada with one top in the
evening; Mozilla's cities fall to .16 and rise within three hours. Fridays in Iran rise an hour later (.29 against .46
of the scale at 8) and reach the same evening. So a day is no fixed shape: people get up and go to bed
at times that move from day to day, and later when they are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from kuager.model.series import Values

DAYS = 30
MINUTES = DAYS * 1440
_LOCAL_DAYS = DAYS + 3
"""Local days that a month of UTC days can touch, and one to spare on either side."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Local time at the middle of each sample.

    Attributes:
        step_s: seconds between samples.
        days: float64 [n], days since the local midnight that begins day 0; whole at midnight.
        free: bool [days], weekends and holidays.
        shift_h: float64 [days], hours by which people are late on that day.
    """

    step_s: int
    days: Values
    free: np.ndarray[tuple[int], np.dtype[np.bool_]]
    shift_h: Values

    @property
    def count(self) -> int:
        """How many samples there are."""
        return self.days.size

    def gradual(self, by_day: Values, from_h: float = 12.0) -> Values:
        """A value per day as one per sample: right at ``from_h`` of each day and gliding between."""
        result: Values = np.interp(self.days - from_h / 24, np.arange(by_day.size), by_day)
        return result

    def of_day(self, by_day: Values, begins_h: float = 0.0) -> Values:
        """A value per day as one per sample, constant through days that begin at ``begins_h``."""
        index = np.clip(np.floor(self.days - begins_h / 24).astype(np.int64), 0, by_day.size - 1)
        result: Values = by_day[index]
        return result

    def hour(self, late: float = 0.0) -> Values:
        """The hour as people live it, 0 to 24: that of the clock less what they are late on that day."""
        lived: Values = (self.days * 24 - self.gradual(self.shift_h) - late) % 24
        return lived


def minute_of(zone: str, begin: int, day: int, hour: float) -> int:
    """Minutes from ``begin`` to an hour on the local clock, ``day`` days after the local date of ``begin``."""
    there = ZoneInfo(zone)
    on = datetime.fromtimestamp(begin, there).date() + timedelta(days=day)
    moment = datetime.combine(on, datetime.min.time(), there) + timedelta(minutes=round(hour * 60))
    return round((moment.astimezone(UTC).timestamp() - begin) / 60)


def first_day(zone: str, begin: int) -> date:
    """The local date of day 0: the day before the one on which the month begins there."""
    return datetime.fromtimestamp(begin, ZoneInfo(zone)).date() - timedelta(days=1)


def free_days(zone: str, begin: int, weekend: tuple[int, ...], holidays: tuple[int, ...]) -> Values:
    """Float64 [days], 1 on weekends and on the holidays named by their number, else 0."""
    start = first_day(zone, begin)
    weekdays = [(start + timedelta(days=day)).weekday() for day in range(_LOCAL_DAYS)]
    return np.array([float(weekday in weekend or day in holidays) for day, weekday in enumerate(weekdays)])


def clock(zone: str, begin: int, step_s: int, free: Values, shift_h: Values) -> Clock:
    """The clock of a month of samples that begins at ``begin``; changes to summer time are those of the zone."""
    there = ZoneInfo(zone)
    middles = begin + step_s * (np.arange(DAYS * 86400 // step_s) + 0.5)
    hours = np.arange(begin, begin + DAYS * 86400 + 1, 3600)
    offsets = []
    for moment in hours.tolist():
        offset = datetime.fromtimestamp(moment, there).utcoffset() or timedelta()
        offsets.append(offset.total_seconds())
    local = middles + np.array(offsets)[np.searchsorted(hours, middles, side="right") - 1]
    epoch = (first_day(zone, begin) - date(1970, 1, 1)).days
    return Clock(step_s, local / 86400 - epoch, free > 0, shift_h)


def spell(hour: Values, start: float, end: float, rise: float, fall: float) -> Values:
    """About 1 from one hour to another and 0 outside, with edges that take about four times ``rise`` and ``fall``.

    ``end`` may lie beyond 24. The edges are logistic: the times at which many people do the same thing.
    """
    shape = np.zeros_like(hour)
    for turn in (-24.0, 0.0, 24.0):
        shape += _logistic((hour + turn - start) / rise) - _logistic((hour + turn - end) / fall)
    result: Values = np.clip(shape, 0.0, 1.0)
    return result


def bump(hour: Values, centre: float, width: float) -> Values:
    """A rounded top of height 1 at an hour, periodic over the day."""
    away = np.abs((hour - centre + 12) % 24 - 12)
    result: Values = np.exp(-0.5 * (away / width) ** 2)
    return result


def _logistic(argument: Values) -> Values:
    result: Values = 0.5 * (1 + np.tanh(argument / 2))
    return result
