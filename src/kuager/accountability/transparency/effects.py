"""Demands laid against what was measured on the same networks and places: what was executed, and what was seen of it.

Only demands of which more than a number may be told are laid out. An effect that no such demand explains may have one
that may not be told; it is never said that there was none. Where nothing measured there, nothing is said of an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kuager.accountability.demands import Demand
from kuager.accountability.moments import known_interval
from kuager.accountability.notices import NoticeHistory, said_after
from kuager.accountability.transparency.totals import Period
from kuager.model.episodes import Episode
from kuager.model.time import Instant
from kuager.model.words import PartState

Seen = Callable[[Sequence[str], datetime, datetime], bool]
"""Whether anything measured one of these places within a time."""
_NEAR = timedelta(hours=6)
"""An effect that begins so long before or after a demand was executed may still be its."""


class Effect(StrEnum):
    """What was seen of a demand."""

    MEASURED = "measured"
    NOT_SEEN = "not-seen"
    """Something measured there at that time, and no episode was found."""
    NOT_OBSERVABLE = "not-observable"
    NOT_EXECUTED = "not-executed"
    UNDATED = "undated"
    """Executed at a time that is not known, so that nothing can be held beside it."""


@dataclass(frozen=True, slots=True)
class DemandEffect:
    """A demand, what was seen of it, in which episodes, and which notices speak of that time."""

    demand: Demand
    effect: Effect
    episodes: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """An episode on the operator's networks that no demand of the report explains."""

    episode: str
    start: Instant
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """How long after the start that it named a notice was first said: at least, at most; null where it named none."""

    notice: str
    after: tuple[timedelta, timedelta] | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A period compared."""

    demands: tuple[DemandEffect, ...]
    unexplained: tuple[Unexplained, ...]
    notices: tuple[NoticeGiven, ...]


def compared(
    demands: Iterable[Demand],
    episodes: Iterable[Episode],
    notices: Sequence[NoticeHistory],
    networks: Sequence[str],
    period: Period,
    place: str,
    seen: Seen,
) -> Compared:
    """What was demanded, said and measured in a period.

    Args:
        demands: those of which more than a number may be told.
        episodes: that stand.
        notices: of the operator.
        networks: of the operator, as codes.
        period: of the report.
        place: the country of the operator; days are by its clocks.
        seen: what was measured.
    """
    start, end = period.bounds
    near = [one for one in episodes if one.start < end and (one.end or end) > start]
    rows = tuple(_effect(one, near, notices, networks, place, seen) for one in demands)
    explained = {name for row in rows for name in row.episodes}
    own = [one for one in near if _touches(one, networks, ())]
    return Compared(
        demands=rows,
        unexplained=tuple(
            Unexplained(
                one.id,
                Instant(one.start_earliest, one.start, one.start_latest),
                _speaking(notices, one.start, one.end or end),
            )
            for one in own
            if one.id not in explained
        ),
        notices=tuple(
            NoticeGiven(one.id, said_after(one.versions[0])) for one in notices if start <= one.first_known < end
        ),
    )


def _effect(
    demand: Demand,
    episodes: Iterable[Episode],
    notices: Sequence[NoticeHistory],
    networks: Sequence[str],
    place: str,
    seen: Seen,
) -> DemandEffect:
    began = known_interval(demand.executed, place)
    if began is None:
        return DemandEffect(demand, Effect.UNDATED if demand.executed else Effect.NOT_EXECUTED, (), ())
    ended = known_interval(demand.ended, place)
    first = began.earliest - _NEAR
    last = (ended.latest if ended is not None else began.latest) + _NEAR
    codes = demand.networks or networks
    found = tuple(
        one.id
        for one in episodes
        if one.start < last and (one.end or last) > first and _touches(one, codes, demand.places or (place,))
    )
    said = _speaking(notices, began.earliest, ended.latest if ended is not None else began.latest)
    if found:
        return DemandEffect(demand, Effect.MEASURED, found, said)
    observable = seen([*codes, *demand.places], began.earliest, ended.latest if ended is not None else last)
    return DemandEffect(demand, Effect.NOT_SEEN if observable else Effect.NOT_OBSERVABLE, (), said)


def _touches(episode: Episode, networks: Sequence[str], places: Sequence[str]) -> bool:
    """Whether an episode is of one of these networks or places, or has one among the parts that it hit."""
    wanted = {*networks, *places}
    hit = {
        part.place
        for division in (episode.scope.divisions if episode.scope is not None else ())
        for part in division.parts
        if part.since is not None and part.state is not PartState.UNKNOWN
    }
    return episode.place in wanted or bool(hit & wanted)


def _speaking(notices: Sequence[NoticeHistory], start: datetime, end: datetime) -> tuple[str, ...]:
    """The notices that speak of a time."""
    found = []
    for one in notices:
        began, over = known_interval(one.newest.start), known_interval(one.newest.end)
        first = began.earliest if began is not None else one.first_known
        last = over.latest if over is not None else max(one.last_known, first)
        if first < end + _NEAR and last > start - _NEAR and not one.withdrawn:
            found.append(one.id)
    return tuple(found)
