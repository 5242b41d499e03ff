"""Times as documents give them: to the minute, the day, the month or the year, or not at all.

A text is RFC 3339 in UTC (``2022-01-05T10:30:00Z``), a local day (``2022-01-04``), a month (``2022-01``) or a year
(``2022``) of the clocks of a place, or ``unknown``. As an interval it is never narrower than what was written.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kuager.errors import UsageError
from kuager.model.places import find, zones
from kuager.model.time import Instant

UNKNOWN = "unknown"
_YEAR = re.compile(r"(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_MONTH = timedelta(days=31)


def is_known(written: str) -> bool:
    """Whether a time was given at all."""
    return written not in ("", UNKNOWN)


def interval(written: str, place: str = "", precision: timedelta = timedelta()) -> Instant:
    """What was written as an interval; of a day, month or year ``best`` is only the middle and no claim.

    Args:
        written: a time that is known.
        place: whose clocks a day is of; UTC when left out or not in the register of places.
        precision: how far off a time may be, to either side; of a day what goes beyond its half.

    Raises:
        ValueError: it is no such text, or a time that is not in UTC.
    """
    if year := _YEAR.fullmatch(written):
        first = date(int(year[1]), 1, 1)
        return _between(_midnight(first, place), _midnight(date(first.year + 1, 1, 1), place))
    if month := _MONTH.fullmatch(written):
        first = date(int(month[1]), int(month[2]), 1)
        return _between(_midnight(first, place), _midnight((first + _LONGEST_MONTH).replace(day=1), place))
    if _DAY.fullmatch(written):
        day = date.fromisoformat(written)
        midnight, next_midnight = _midnight(day, place), _midnight(day + timedelta(days=1), place)
        beyond = max(precision - (next_midnight - midnight) / 2, timedelta())
        return _between(midnight - beyond, next_midnight + beyond)
    best = datetime.fromisoformat(written)
    if best.utcoffset() != timedelta():
        raise ValueError(f"{written} is not in UTC")
    return Instant(best - precision, best, best + precision)


def known_interval(written: str, place: str = "") -> Instant | None:
    """As :func:`interval`; None where no time was given."""
    return interval(written, place) if is_known(written) else None


def _midnight(day: date, place: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(_zone(place, day))).astimezone(UTC)


def _zone(place: str, day: date) -> str:
    if not place:
        return "UTC"
    try:
        return zones(find(place), day)[0]
    except UsageError:
        return _zone(place.partition("-")[0] if "-" in place else "", day)


def _between(earliest: datetime, latest: datetime) -> Instant:
    return Instant(earliest, earliest + (latest - earliest) / 2, latest)
