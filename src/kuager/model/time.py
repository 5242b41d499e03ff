"""Times: UTC inside, intervals instead of false precision, local time by the tz database at the date.

Arrays of times are int64 seconds since 1970-01-01T00:00:00Z; single times are timezone-aware ``datetime`` in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from kuager.errors import UsageError, message


class Instant(msgspec.Struct, frozen=True, order=True):
    """A moment that is known only to lie between ``earliest`` and ``latest``; ``best`` is the one to quote."""

    earliest: datetime
    best: datetime
    latest: datetime

    def __post_init__(self) -> None:
        if not self.earliest <= self.best <= self.latest:
            raise ValueError("an instant needs earliest <= best <= latest")

    @property
    def uncertainty(self) -> timedelta:
        """Half the width of the interval, rounded up to whole seconds."""
        return timedelta(seconds=-(-int((self.latest - self.earliest).total_seconds()) // 2))


def from_epoch(seconds: int | float) -> datetime:
    """A UTC datetime from seconds since the epoch, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC)


def to_epoch(moment: datetime) -> int:
    """Whole seconds since the epoch of an aware datetime."""
    return int(moment.timestamp())


def clock_time(seconds: int) -> str:
    """``19:05`` of seconds after midnight."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def format_utc(moment: datetime) -> str:
    """RFC 3339 in UTC with a ``Z``, to the second: ``2022-01-05T10:30:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_utc(text: str, *, end_of_day: bool = False) -> datetime:
    """A date or an RFC 3339 time as a UTC datetime.

    A bare date is its midnight, or with ``end_of_day`` the midnight that ends it. A time without a zone is refused:
    local times written down without their zone are the commonest way to be wrong by hours.

    Raises:
        UsageError: the text is neither.
    """
    try:
        return _utc(text, end_of_day=end_of_day)
    except (ValueError, OverflowError) as error:
        raise _not_a_time(text) from error


def _utc(text: str, *, end_of_day: bool) -> datetime:
    moment = datetime.fromisoformat(text)
    if len(text) <= len("2022-01-05"):
        return moment.replace(tzinfo=UTC) + timedelta(days=1 if end_of_day else 0)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)


def _not_a_time(text: str) -> UsageError:
    return UsageError(
        message("“{text}” is not a date or a time with its zone."),
        remedy=message("Write a date such as 2022-01-05, or a time such as 2022-01-05T10:30Z."),
        text=text,
    )


def local(moment: datetime, zone: str) -> datetime:
    """The moment on the clocks of ``zone`` (a tz database name) under the rules in force at that date."""
    return moment.astimezone(ZoneInfo(zone))
