"""Leaving out what happened lately: of an episode that goes on, only what was so at a moment is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from kuager.model.episodes import Episode, Event, Phase, Reading
from kuager.model.scope import Division, Part
from kuager.model.time import Instant, to_epoch
from kuager.model.words import PartState
from kuager.publications.view import Trace


def episode_until(episode: Episode, until: datetime) -> Episode | None:
    """An episode as far as a moment; None when it had not begun. One that was going on then has no end."""
    if episode.start >= until:
        return None
    ended = episode.end is not None and episode.end <= until
    scope = episode.scope
    return msgspec.structs.replace(
        episode,
        end=episode.end if ended else None,
        end_earliest=episode.end_earliest if ended else None,
        end_latest=episode.end_latest if ended else None,
        ongoing=not ended,
        phases=tuple(_phase(one, until) for one in episode.phases if one.start < until),
        signals=tuple(_reading(one, until) for one in episode.signals),
        blocked=tuple(
            msgspec.structs.replace(
                one, last_seen=_before(one.last_seen, until), last_measured=min(one.last_measured, until)
            )
            for one in episode.blocked
            if one.first_seen.best < until
        ),
        slowed=tuple(
            msgspec.structs.replace(one, end=_before(one.end, until))
            for one in episode.slowed
            if one.start.best < until
        ),
        whitelisted=tuple(one for one in episode.whitelisted if one.end <= until),
        groups=tuple(
            msgspec.structs.replace(
                one,
                last_seen=_before(one.last_seen, until),
                days=tuple(day for day in one.days if day.last < until.date()),
            )
            for one in episode.groups
            if one.first_seen.latest < until
        ),
        scope=msgspec.structs.replace(scope, divisions=tuple(_division(one, until) for one in scope.divisions))
        if scope is not None
        else None,
    )


def event_until(event: Event, until: datetime) -> Event | None:
    """An event as far as a moment; None when it had not begun."""
    if event.start.best >= until:
        return None
    return msgspec.structs.replace(event, end=_before(event.end, until))


def trace_until(trace: Trace, until: datetime) -> Trace:
    """A series without the samples that end later."""
    series = trace.series
    kept = series.times + series.step_s <= to_epoch(until)
    cut = replace(series, times=series.times[kept], values=series.values[kept])
    return Trace(cut, trace.expected[kept] if trace.expected is not None else None)


def reading_until(reading: Reading, until: datetime) -> Reading:
    """What a signal said as far as a moment."""
    return _reading(reading, until)


def _before(moment: Instant | None, until: datetime) -> Instant | None:
    return moment if moment is not None and moment.latest <= until else None


def _phase(phase: Phase, until: datetime) -> Phase:
    return msgspec.structs.replace(phase, end=phase.end if phase.end is not None and phase.end <= until else None)


def _reading(reading: Reading, until: datetime) -> Reading:
    return msgspec.structs.replace(
        reading,
        start=reading.start if reading.start is not None and reading.start < until else None,
        end=reading.end if reading.end is not None and reading.end <= until else None,
        spans=tuple(
            msgspec.structs.replace(span, end=min(span.end, until)) for span in reading.spans if span.start < until
        ),
    )


def _division(division: Division, until: datetime) -> Division:
    return msgspec.structs.replace(
        division,
        parts=tuple(_part(one, until) for one in division.parts),
        course=tuple(
            msgspec.structs.replace(one, end=min(one.end, until)) for one in division.course if one.start < until
        ),
    )


def _part(part: Part, until: datetime) -> Part:
    """A part that fell later is one of which nothing is said yet."""
    if part.since is not None and part.since >= until:
        return msgspec.structs.replace(
            part,
            state=PartState.UNKNOWN,
            since=None,
            since_earliest=None,
            since_latest=None,
            until=None,
            depth=None,
            probability=None,
        )
    return msgspec.structs.replace(part, until=part.until if part.until is not None and part.until <= until else None)
