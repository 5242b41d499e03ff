"""How long customers went without service: the hours that measured phases tell of, and those of people.

Hours without service are those of a blackout, a partial loss and of permitted services only; hours of bad service are
those of throttling and blocking without them. Both are ranges, from what is certain to what is possible at the edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuager.accountability.range import Range
from kuager.accountability.stretches import Stretches, common, hours, less, union
from kuager.errors import message
from kuager.model.episodes import Episode, Phase
from kuager.model.notes import Note
from kuager.model.words import Access, PartsKind, PartState, PhaseKind

LOSSES = frozenset({PhaseKind.BLACKOUT, PhaseKind.PARTIAL, PhaseKind.WHITELIST})
"""Phases in which service counts as lost, in whole."""
_EITHER = frozenset({Access.MIXED, Access.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Told:
    """Stretches that are certain, the best known, and possible; each holds the one before."""

    certain: Stretches
    best: Stretches
    possible: Stretches

    def less(self, other: _Told) -> _Told:
        """What is left when another is taken away; less is certain the more of that is possible."""
        return _Told(
            less(self.certain, other.possible), less(self.best, other.best), less(self.possible, other.certain)
        )

    def together(self, other: _Told) -> _Told:
        """What either tells."""
        return _Told(
            union((*self.certain, *other.certain)),
            union((*self.best, *other.best)),
            union((*self.possible, *other.possible)),
        )

    def within(self, other: _Told) -> _Told:
        """What both tell."""
        return _Told(
            common(self.certain, other.certain), common(self.best, other.best), common(self.possible, other.possible)
        )


@dataclass(frozen=True, slots=True)
class PersonHours:
    """Hours times people. ``coverage`` is the share of networks or subscribers measured, 0 to 1, null if not known."""

    amount: Range
    coverage: float | None
    formula: Note


def hours_lost(
    episode: Episode, access: Access, networks: frozenset[str] = frozenset(), horizon: datetime | None = None
) -> Range:
    """The hours without service within an episode, each counted once.

    A restoration of the other kind of access gives nothing back: what was before it goes on. Phases of single networks
    count where one of those asked for is among them; where none is asked for they are possible only.

    Args:
        episode: measured.
        access: of the customers. Mixed or unknown: from the lesser of both kinds of access to the greater; the best is
            then the lesser.
        networks: of the customers, as AS numbers. What their own measured onsets and ends do not show is not certain.
        horizon: until when the data reach, for an episode that lasts; without it ``high`` is null while it lasts.
    """
    if access in _EITHER:
        mobile, fixed = (hours_lost(episode, one, networks, horizon) for one in (Access.MOBILE, Access.FIXED))
        return _either(mobile, fixed)
    return _range(_lost(episode, access, networks, horizon), episode, horizon)


def hours_degraded(
    episode: Episode, access: Access, networks: frozenset[str] = frozenset(), horizon: datetime | None = None
) -> Range:
    """The hours of throttling and blocking within an episode that are not hours without service; else as that."""
    if access in _EITHER:
        mobile, fixed = (hours_degraded(episode, one, networks, horizon) for one in (Access.MOBILE, Access.FIXED))
        return _either(mobile, fixed)
    kinds = frozenset({PhaseKind.THROTTLING, PhaseKind.BLOCKING})
    bad = _of_everything(episode, kinds, access, horizon).together(_of_some(episode, kinds, access, networks, horizon))
    lost = _lost(episode, access, networks, horizon)
    return _range(bad.within(_window(episode, horizon)).less(lost), episode, horizon)


def person_hours(lost: Range, people: Range, coverage: float | None = None) -> PersonHours:
    """Hours lost times the people who lost them.

    Args:
        lost: hours.
        people: how many.
        coverage: what share of the networks or subscribers was measured, 0 to 1; it is said beside the product, which
            is not raised by it.

    Raises:
        ValueError: a coverage that is no share.
    """
    if coverage is not None and not 0 <= coverage <= 1:
        raise ValueError("a coverage lies between 0 and 1")
    formula = Note(message("hours lost × people who lost them, end by end; parts not measured are not added"), {})
    return PersonHours(lost * people, coverage, formula)


def _either(one: Range, other: Range) -> Range:
    high = None if one.high is None or other.high is None else max(one.high, other.high)
    return Range(min(one.low, other.low), min(one.best, other.best), high)


def _range(told: _Told, episode: Episode, horizon: datetime | None) -> Range:
    lasts = episode.end is None and horizon is None
    return Range(hours(told.certain), hours(told.best), None if lasts else hours(told.possible))


def _lost(episode: Episode, access: Access, networks: frozenset[str], horizon: datetime | None) -> _Told:
    found = _of_everything(episode, LOSSES, access, horizon)
    found = found.together(_of_some(episode, LOSSES, access, networks, horizon)).within(_window(episode, horizon))
    seen = _seen_on(episode, networks, _last(episode, horizon))
    return found if seen is None else _Told(common(found.certain, seen), found.best, found.possible)


def _window(episode: Episode, horizon: datetime | None) -> _Told:
    """The time of the episode itself."""
    end = _last(episode, horizon) if episode.end is None else episode.end
    return _Told(
        union([(episode.start_latest, episode.end_earliest or end)]),
        union([(episode.start, end)]),
        union([(episode.start_earliest, episode.end_latest or end)]),
    )


def _last(episode: Episode, horizon: datetime | None) -> datetime:
    """The end of what can be counted: of the episode, of the data, or the last moment that the episode tells of."""
    if episode.end is not None:
        return episode.end_latest or episode.end
    if horizon is not None:
        return horizon
    told = [moment for phase in episode.phases for moment in (phase.start, phase.end) if moment is not None]
    spans = [span.end for reading in episode.signals for span in reading.spans]
    return max([episode.start_latest, *told, *spans])


def _of_everything(episode: Episode, kinds: frozenset[PhaseKind], access: Access, horizon: datetime | None) -> _Told:
    """What phases of everything tell, without what was given back to this kind of access."""
    phases = sorted((one for one in episode.phases if one.is_of_everything), key=lambda one: one.start)
    last = _last(episode, horizon)
    pieces = [(start, end) for kind, start, end in _held(phases, access, last) if kind in kinds]
    back = [(one.start, one.end or last) for one in phases if one.kind is PhaseKind.RESTORATION and _is_of(one, access)]
    blurs: dict[datetime, timedelta] = {}
    for one in phases:
        blurs[one.start] = max(_blur(one), blurs.get(one.start, timedelta()))
    for one in phases:
        if one.end is not None:
            blurs.setdefault(one.end, _blur(one))
    return _widened(less(union(pieces), union(back)), episode, blurs, last)


def _held(phases: list[Phase], access: Access, last: datetime) -> Iterator[tuple[PhaseKind, datetime, datetime]]:
    """The phases of one kind of access; what it was in goes on through restorations of the other kind."""
    kind, until = PhaseKind.RESTORATION, last
    for phase in phases:
        end = phase.end or last
        if _is_of(phase, access):
            kind, until = phase.kind, end
        elif phase.kind is PhaseKind.RESTORATION and phase.start <= until:
            until = max(until, end)
        else:
            continue
        yield kind, phase.start, end


def _of_some(
    episode: Episode, kinds: frozenset[PhaseKind], access: Access, networks: frozenset[str], horizon: datetime | None
) -> _Told:
    """What phases of single networks or services tell; of nobody's networks they tell what is possible only."""
    found, last = _Told((), (), ()), _last(episode, horizon)
    for phase in episode.phases:
        if phase.is_of_everything or phase.kind not in kinds or not _is_of(phase, access):
            continue
        if phase.networks and networks and not networks & set(phase.networks):
            continue
        end = phase.end or last
        told = _widened(union([(phase.start, end)]), episode, {phase.start: _blur(phase), end: _blur(phase)}, last)
        if phase.networks and not networks:
            told = _Told((), (), told.possible)
        found = found.together(told)
    return found


def _widened(runs: Stretches, episode: Episode, blurs: Mapping[datetime, timedelta], last: datetime) -> _Told:
    """Runs with their edges; at its own edges the episode knows best, and where the data end nothing ended."""
    certain, possible = [], []
    for start, end in runs:
        before, after = blurs.get(start, timedelta()), blurs.get(end, timedelta())
        first = (start - before, start + before)
        if start == episode.start:
            first = (episode.start_earliest, episode.start_latest)
        ended = (end - after, end + after)
        if end == episode.end:
            ended = (episode.end_earliest or end, episode.end_latest or end)
        elif episode.end is None and end >= last:
            ended = (end, end)
        certain.append((first[1], ended[0]))
        possible.append((first[0], ended[1]))
    return _Told(union(certain), runs, union(possible))


def _seen_on(episode: Episode, networks: frozenset[str], last: datetime) -> Stretches | None:
    """When networks were themselves measured as lost, at least; None where none of them could be told of."""
    parts = [
        part
        for division in (episode.scope.divisions if episode.scope is not None else ())
        if division.kind is PartsKind.NETWORKS
        for part in division.parts
        if part.place in networks and part.state is not PartState.UNKNOWN
    ]
    if not parts:
        return None
    return union(
        (part.since_latest or part.since, part.until or last)
        for part in parts
        if part.state is PartState.HIT and part.since is not None
    )


def _is_of(phase: Phase, access: Access) -> bool:
    return phase.access is access or phase.access in _EITHER


def _blur(phase: Phase) -> timedelta:
    return timedelta(seconds=phase.uncertainty_s)
