"""Times and durations in words: UTC first, the clocks of the place beside it, 24 hours, months by name.

Babel writes dates; durations are ours, because CLDR as shipped has no Kazakh unit patterns and rounds 133 hours to
"6 days".
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, get_timezone_location

from kuager.accountability.moments import UNKNOWN
from kuager.errors import message
from kuager.model.time import Instant, local, parse_utc

if TYPE_CHECKING:
    from kuager.publications.language import Translation

_NO_BREAK = "\u00a0"
NOTHING = "–"
"""Stands in a cell that has nothing to say."""


def day(when: date, locale: Locale) -> str:
    """``8 January 2026``."""
    return str(format_date(when, "long", locale=locale)).replace(" ", _NO_BREAK)


def short_day(when: date, locale: Locale) -> str:
    """``8 Jan``."""
    return str(format_skeleton("MMMd", when, locale=locale)).replace(" ", _NO_BREAK)


def days(first: date, last: date, locale: Locale) -> str:
    """``8–27 Jan 2026``, or the one day."""
    if first == last:
        return day(first, locale)
    return str(format_interval(first, last, "yMMMMd", locale=locale)).replace(" ", _NO_BREAK)


def utc(moment: datetime, locale: Locale) -> str:
    """``8 January 2026, 16:30 UTC``."""
    at = moment.astimezone(UTC)
    return f"{day(at.date(), locale)}, {at:%H:%M}{_NO_BREAK}UTC"


def short_utc(moment: datetime, locale: Locale) -> str:
    """``8 Jan 2026, 16:30 UTC``, for tables."""
    at = moment.astimezone(UTC)
    when = str(format_skeleton("yMMMd", at.date(), locale=locale)).replace(" ", _NO_BREAK)
    return f"{when}, {at:%H:%M}{_NO_BREAK}UTC"


def short_moment(moment: datetime, locale: Locale) -> str:
    """``8 Jan, 16:30``, in UTC where the reader is told so elsewhere."""
    at = moment.astimezone(UTC)
    return f"{short_day(at.date(), locale)}, {at:%H:%M}"


def interval(bounds: Instant, translation: Translation) -> str:
    """A moment that lies between two measurements."""
    earliest, latest = (short_utc(moment, translation.locale) for moment in (bounds.earliest, bounds.latest))
    if earliest == latest:
        return earliest
    return translation.gettext(message("between {earliest} and {latest}"), earliest=earliest, latest=latest)


def stated(text: str, zone: str, translation: Translation) -> str:
    """A time as precise as a document gives it: RFC 3339, a local day ``2022-01-04``, a month, a year, or none."""
    if len(text) <= len("2022"):
        return text or NOTHING
    if text == UNKNOWN:
        return translation.gettext(message("not known"))
    if len(text) == len("2022-01"):
        return str(format_skeleton("yMMMM", date.fromisoformat(f"{text}-01"), locale=translation.locale))
    if len(text) == len("2022-01-04"):
        return day(date.fromisoformat(text), translation.locale)
    return both(parse_utc(text), zone, translation)


def city(zone: str, locale: Locale) -> str:
    """The city that names a tz database zone: ``Tehran``; empty for UTC."""
    return "" if zone == "UTC" else str(get_timezone_location(zone, locale=locale, return_city=True))


def here(moment: datetime, zone: str, locale: Locale) -> str:
    """The time on the clocks of a zone, with its day where that differs from the day in UTC: ``9 Jan, 00:30``."""
    there = local(moment, zone)
    same_day = there.date() == moment.astimezone(UTC).date()
    return f"{there:%H:%M}" if same_day else f"{short_day(there.date(), locale)}, {there:%H:%M}"


def both(moment: datetime, zone: str, translation: Translation) -> str:
    """UTC first, local time beside it: ``8 January 2026, 16:30 UTC (20:00 Tehran)``."""
    locale = translation.locale
    if zone == "UTC":
        return utc(moment, locale)
    return translation.gettext(
        message("{utc} ({local} {city})"),
        utc=utc(moment, locale),
        local=here(moment, zone, locale),
        city=city(zone, locale),
    )


def duration(length: timedelta, translation: Translation) -> str:
    """``18 days 10 h 30 min``: days, hours and minutes without the parts that are zero, never rounded up."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        translation.ngettext("{n} day", "{n} days", days) if days else "",
        translation.ngettext("{n} h", "{n} h", hours) if hours else "",
        translation.ngettext("{n} min", "{n} min", rest) if rest or minutes == 0 else "",
    ]
    return " ".join(part.replace(" ", _NO_BREAK) for part in parts if part)


def roughly(length: timedelta, translation: Translation) -> str:
    """A duration as one says it aloud: ``15 hours``, ``18 days``; the largest whole unit, rounded."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 90:
        return translation.ngettext("{n} minute", "{n} minutes", minutes)
    if minutes < 48 * 60:
        return translation.ngettext("{n} hour", "{n} hours", round(minutes / 60))
    return translation.ngettext("{n} day", "{n} days", round(minutes / 1440))
