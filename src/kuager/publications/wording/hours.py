"""Hours of the local day in words: by which clock something came back, on how many days, and how long it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from kuager.errors import message
from kuager.model.episodes import Recurrence
from kuager.model.services import ClockTimes, Slowing
from kuager.publications import clock
from kuager.publications.language import Translation


def common_hours(slowed: Sequence[Slowing]) -> ClockTimes | None:
    """The hours that all rows have in common, with the days on which any network was hit; None where they differ."""
    hours = [one.windows for one in slowed if one.windows is not None]
    if not hours or len(hours) < len(slowed) or len({(one.zone, one.start_clock, one.end_clock) for one in hours}) > 1:
        return None
    hit = {day for one in hours for day in one.hit}
    missed = {day for one in hours for day in one.not_hit} - hit
    unseen = {day for one in hours for day in one.not_observable} - missed - hit
    return msgspec.structs.replace(
        hours[0],
        hit=tuple(sorted(hit)),
        not_hit=tuple(sorted(missed)),
        not_observable=tuple(sorted(unseen)),
        weekdays=hours[0].weekdays if len({one.weekdays for one in hours}) == 1 else (),
    )


def time_of_hours(hours: ClockTimes, translation: Translation) -> str:
    """How long it was slow of the days that were hit: ``3 h on 29 days``; the days alone where no end is known."""
    if hours.end_clock is None:
        return clock.duration(timedelta(days=len(hours.hit)), translation)
    start, end = (datetime.combine(date.min, time.fromisoformat(one)) for one in (hours.start_clock, hours.end_clock))
    length = clock.duration((end - start) % timedelta(days=1) or timedelta(days=1), translation)
    return translation.ngettext("{length} on {n} day", "{length} on {n} days", len(hours.hit), length=length)


def by_the_clock(found: Recurrence | ClockTimes, translation: Translation) -> str:
    """On how many days something came back, and at what time of the local day, as a clause."""
    facts = {
        "hit": translation.number(len(found.hit)),
        "start": found.start_clock,
        "end": found.end_clock,
        "city": clock.city(found.zone, translation.locale) or "UTC",
    }
    if found.end_clock is None:
        clause = translation.ngettext(
            "about {start} {city} time on {hit} of {n} day measured",
            "about {start} {city} time on {hit} of {n} days measured",
            found.measured,
            **facts,
        )
    else:
        clause = translation.ngettext(
            "about {start} to {end} {city} time on {hit} of {n} day measured",
            "about {start} to {end} {city} time on {hit} of {n} days measured",
            found.measured,
            **facts,
        )
    if not found.weekdays:
        return clause
    names = translation.locale.days["stand-alone"]["abbreviated"]
    listed = ", ".join(names[day] for day in found.weekdays)
    return translation.gettext(message("{clause} ({weekdays} only)"), clause=clause, weekdays=listed)
