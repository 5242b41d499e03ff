"""Nothing later than a moment: the last hours endanger those who were online in them.

What began later is left out; what lasted longer goes on, for nothing is said of its end. How deep, how surely and at
which level an episode was seen was derived from all of its data, the later ones among them, and stays: it tells no
hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from kuager.model.episodes import Episode, Event, Phase, Reading, Recurrence, Span
from kuager.model.history import Version
from kuager.model.notes import Note
from kuager.model.scope import Division, Scope
from kuager.model.series import Series
from kuager.model.services import Blocking, ClockTimes, GroupBlocking, Slowing, Whitelisting
from kuager.model.time import Instant, from_epoch, parse_utc, to_epoch

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")
_DAY = timedelta(days=1)


def episode(one: Episode, until: datetime) -> Episode | None:
    """An episode as far as it is told; None where it began later."""
    if one.start >= until:
        return None
    lasted = one.end is None or one.end > until
    return msgspec.structs.replace(
        one,
        start_latest=min(one.start_latest, until),
        end=None if lasted else one.end,
        end_earliest=None if lasted else one.end_earliest,
        end_latest=None if lasted or one.end_latest is None else min(one.end_latest, until),
        ongoing=lasted,
        phases=tuple(_phase(phase, until) for phase in one.phases if phase.start < until),
        signals=tuple(reading(signal, until) for signal in one.signals),
        reasons=notes(one.reasons, until),
        unknowns=notes(one.unknowns, until),
        scope=_scope(one.scope, until) if one.scope is not None else None,
        recurrence=one.recurrence if one.recurrence is None or _comes_back(one.recurrence, until) else None,
        blocked=tuple(_blocked(row, until) for row in one.blocked if row.first_seen.best < until),
        slowed=tuple(_slowed(row, until) for row in one.slowed if row.start.best < until),
        whitelisted=tuple(_permitted(row, until) for row in one.whitelisted if row.start < until),
        groups=tuple(_group(row, until) for row in one.groups if row.first_seen.best < until),
    )


def reading(one: Reading, until: datetime) -> Reading:
    """What a signal says up to then."""
    return msgspec.structs.replace(
        one,
        start=one.start if one.start is not None and one.start < until else None,
        end=one.end if one.end is not None and one.end <= until else None,
        spans=tuple(_span(span, until) for span in one.spans if span.start < until),
    )


def events(found: Iterable[Event], until: datetime) -> tuple[Event, ...]:
    """Events that began before then."""
    return tuple(
        msgspec.structs.replace(one, start=_instant(one.start, until), end=_ended(one.end, until))
        for one in found
        if one.start.best < until
    )


def version(one: Version, until: datetime) -> Version | None:
    """A version of an episode as far as it is told; None where the episode began later."""
    if one.start >= until:
        return None
    told = episode(one.episode, until) if one.episode is not None else None
    end = one.end if one.end is not None and one.end <= until else None
    return msgspec.structs.replace(one, end=end, episode=told)


def samples(series: Series, until: datetime) -> int:
    """How many samples of a series ended by then."""
    return int((series.times + series.step_s <= to_epoch(until)).sum())


def day_is_over(day: int, until: datetime) -> bool:
    """Whether a day, by its midnight in seconds since the epoch, had ended by then."""
    return from_epoch(day) + _DAY <= until


def notes(told: Iterable[Note], until: datetime) -> tuple[Note, ...]:
    """Sentences that name no later time."""
    return tuple(one for one in told if is_before(one, until))


def is_before(note: Note, until: datetime) -> bool:
    """Whether a sentence names no later time or day."""
    return all(parse_utc(found) <= until for fact in note.facts.values() for found in _TIME.findall(fact))


def _phase(one: Phase, until: datetime) -> Phase:
    return msgspec.structs.replace(one, end=one.end if one.end is not None and one.end <= until else None)


def _span(one: Span, until: datetime) -> Span:
    return msgspec.structs.replace(one, end=min(one.end, until))


def _instant(one: Instant, until: datetime) -> Instant:
    return Instant(one.earliest, one.best, min(one.latest, until)) if one.latest > until else one


def _ended(one: Instant | None, until: datetime) -> Instant | None:
    return None if one is None or one.best > until else _instant(one, until)


def _blocked(one: Blocking, until: datetime) -> Blocking:
    return msgspec.structs.replace(
        one,
        first_seen=_instant(one.first_seen, until),
        last_seen=_ended(one.last_seen, until),
        last_measured=min(one.last_measured, until),
    )


def _slowed(one: Slowing, until: datetime) -> Slowing:
    windows = one.windows
    return msgspec.structs.replace(
        one,
        start=_instant(one.start, until),
        end=_ended(one.end, until),
        steps=tuple(step for step in one.steps if step.start < until),
        windows=windows if windows is None or _comes_back(windows, until) else None,
    )


def _permitted(one: Whitelisting, until: datetime) -> Whitelisting:
    return msgspec.structs.replace(one, end=min(one.end, until))


def _group(one: GroupBlocking, until: datetime) -> GroupBlocking:
    days = tuple(
        msgspec.structs.replace(row, last=min(row.last, until.date())) for row in one.days if row.first <= until.date()
    )
    first, last = _instant(one.first_seen, until), _ended(one.last_seen, until)
    return msgspec.structs.replace(one, first_seen=first, last_seen=last, days=days)


def _comes_back(one: Recurrence | ClockTimes, until: datetime) -> bool:
    """Whether all days of which hours that come back speak were over."""
    return all(day < until.date() for days in (one.hit, one.not_hit, one.not_observable) for day in days)


def _scope(one: Scope, until: datetime) -> Scope | None:
    divisions = tuple(left for division in one.divisions if (left := _division(division, until)) is not None)
    return msgspec.structs.replace(one, divisions=divisions) if divisions else None


def _division(one: Division, until: datetime) -> Division | None:
    """A division as far as it is told; None where the time at which most was lost came later."""
    if one.worst.start >= until:
        return None
    parts = []
    for part in one.parts:
        if part.since is not None and part.since >= until:
            continue  # what became of it is not told, and "not hit" would be untrue
        latest = part.since_latest
        parts.append(
            msgspec.structs.replace(
                part,
                since_latest=min(latest, until) if latest is not None else None,
                until=part.until if part.until is not None and part.until <= until else None,
            )
        )
    course = [msgspec.structs.replace(row, end=min(row.end, until)) for row in one.course if row.start < until]
    return msgspec.structs.replace(
        one,
        worst=msgspec.structs.replace(one.worst, end=min(one.worst.end, until)),
        onsets=one.onsets if one.onsets is None or one.onsets.last <= until else None,
        course=tuple(course),
        parts=tuple(parts),
    )
