"""From what was blocked and slowed to phases: inside an episode that they overlap, or as episodes of their own.

One service on several networks is one phase with those networks; services of which the beginnings can be one moment
are one phase with several services. What lies inside a cut is the cut (``cuts``). A single source is level ``signal``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import msgspec

from kuager.episodes.alone import alone
from kuager.episodes.assemble import letters
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.cuts import FOREVER, Piece, cuts, permitted_only, pieces, slow_pieces
from kuager.episodes.groups import groups_of, with_groups
from kuager.episodes.service_notes import about_cuts, about_permitted, reasons, unknowns
from kuager.episodes.sightings import Seen, Sightings, tellable
from kuager.model.episodes import Episode, Phase
from kuager.model.services import Blocking, Slowing, Whitelisting
from kuager.model.time import from_epoch, to_epoch
from kuager.model.words import Access, EpisodeKind, PhaseKind

SERVICE_KINDS = frozenset({EpisodeKind.BLOCKING, EpisodeKind.THROTTLING})
"""Kinds of episodes that are of single services or networks, not of access as a whole."""


@dataclass(frozen=True, slots=True)
class Together:
    """What began together: a phase, and the pieces or the stretch behind it."""

    phase: Phase
    pieces: tuple[Piece, ...] = ()
    whitelisted: Whitelisting | None = None

    @property
    def end(self) -> int:
        """Seconds since the epoch; ``FOREVER`` while it lasts."""
        return FOREVER if self.phase.end is None else to_epoch(self.phase.end)


def with_services(episodes: Sequence[Episode], found: Mapping[str, Sightings], around: Circumstances) -> list[Episode]:
    """The episodes with the phases of single services, and those that services have of their own.

    Args:
        episodes: of access as a whole, with provisional ids.
        found: by place, what was measured of services there.
        around: the case.
    """
    made = list(episodes)
    for place, everything in found.items():
        told = tellable(everything, around.window)
        groups, inside = _grouped(place, told, episodes)
        permitted = [one for one in told.blocked if permitted_only(one, told.whitelisted)]
        homes = [_home(one, place, episodes) for one in groups]
        for index, episode in enumerate(made):
            own = [one for one, home in zip(groups, homes, strict=True) if home is not None and home.id == episode.id]
            hidden = [one for one in inside if _overlaps(one, episode)] if episode.place == place else []
            if own or hidden:
                made[index] = _extended(episode, own, len(hidden), told)
        for one in (one for one, home in zip(groups, homes, strict=True) if home is None):
            made.append(_of_its_own(place, one, told, made, around))
        unexplained = [one for one in told.blocked if one not in inside and one not in permitted]
        made = with_groups(made, place, groups_of(told, unexplained, around.window[1]))
    return made


def _grouped(place: str, found: Sightings, episodes: Sequence[Episode]) -> tuple[list[Together], list[Seen]]:
    """What began together, in order of time, and the findings that lie wholly inside a cut."""
    kept: list[Piece] = []
    inside = []
    for one in found.blocked:
        if permitted_only(one, found.whitelisted):
            continue
        parts = pieces(one, cuts(place, one.row.network, episodes))
        kept += parts
        inside += [] if parts else [one]
    for slow in found.slowed:
        kept += slow_pieces(slow, cuts(place, slow.network, episodes))
    groups = [_phase(place, group) for group in _together(_joined(kept))]
    groups += [_whitelist(place, one) for one in found.whitelisted]
    return sorted(groups, key=lambda one: (one.phase.start, one.phase.kind.value, one.phase.services)), inside


@dataclass(slots=True)
class _Unit:
    """Pieces of one service that overlap, on one network or several, with the bounds of the earliest start."""

    pieces: list[Piece]

    @property
    def first(self) -> Piece:
        return min(self.pieces, key=lambda one: (one.best, one.latest))

    @property
    def end(self) -> int:
        return max(one.end for one in self.pieces)


def _joined(kept: Iterable[Piece]) -> list[_Unit]:
    units: dict[tuple[str, str, bool, bool], list[_Unit]] = {}
    for piece in sorted(kept, key=lambda one: (one.best, one.row.network)):
        same = units.setdefault((piece.kind.value, piece.row.service, piece.residual, piece.at_clock_times), [])
        open_ones = [unit for unit in same if unit.end >= piece.best]
        if open_ones:
            open_ones[0].pieces.append(piece)
        else:
            same.append(_Unit([piece]))
    return [unit for same in units.values() for unit in same]


def _together(units: Sequence[_Unit]) -> Iterator[list[Piece]]:
    """Units that can have begun at one moment: all of their starts may lie at a common point."""
    kinds: dict[tuple[str, bool, bool, bool], list[_Unit]] = {}
    for unit in units:
        one = unit.first
        kinds.setdefault((one.kind.value, one.residual, one.at_clock_times, one.already), []).append(unit)
    for (*_, already), alike in kinds.items():
        waiting = sorted(alike, key=lambda unit: (unit.first.latest, unit.first.row.service))
        while waiting:
            point = waiting[0].first.latest
            chosen = [unit for unit in waiting if already or unit.first.earliest <= point]
            waiting = [unit for unit in waiting if unit not in chosen]
            yield [piece for unit in chosen for piece in unit.pieces]


def _phase(place: str, group: Sequence[Piece]) -> Together:
    first, end = min(group, key=lambda one: (one.best, one.latest)), max(one.end for one in group)
    start, latest = first.best, max(first.best, min(one.latest for one in group))
    phase = Phase(
        kind=group[0].kind,
        start=from_epoch(start),
        end=None if end == FOREVER else from_epoch(end),
        access=Access.MIXED,
        places=(place,),
        uncertainty_s=-(-(latest - first.earliest) // 2),
        networks=tuple(sorted({one.row.network for one in group} - {""})),
        services=tuple(sorted({one.row.service for one in group} - {""})),
    )
    return Together(phase, tuple(group))


def _whitelist(place: str, one: Whitelisting) -> Together:
    phase = Phase(PhaseKind.WHITELIST, one.start, one.end, Access.MIXED, (place,), 43_200, (one.network,), one.working)
    return Together(phase, (), one)


def _home(one: Together, place: str, episodes: Sequence[Episode]) -> Episode | None:
    """The episode of that place with which it shares most time; touching is enough."""
    start = to_epoch(one.phase.start)
    shares = []
    for episode in episodes:
        if episode.place == place:
            last = FOREVER if episode.end is None else to_epoch(episode.end)
            common = min(one.end, last) - max(start - _slack(one), to_epoch(episode.start))
            shares += [(common, episode)] if common >= 0 else []
    return max(shares, key=lambda pair: pair[0])[1] if shares else None


def _slack(one: Together) -> int:
    """How much earlier than quoted it may have begun, where it goes on after a cut."""
    return max((piece.best - piece.earliest for piece in one.pieces if piece.residual), default=0)


def _overlaps(one: Seen, episode: Episode) -> bool:
    begins = to_epoch(one.row.first_seen.best)
    return (one.end is None or one.end >= to_epoch(episode.start)) and (
        episode.end is None or begins <= to_epoch(episode.end)
    )


def _extended(episode: Episode, own: Sequence[Together], inside: int, found: Sightings) -> Episode:
    """An episode with phases of services after those of everything."""
    blocked, slowed = _rows(own)
    listed = tuple(one.whitelisted for one in own if one.whitelisted is not None)
    return msgspec.structs.replace(
        episode,
        phases=(*episode.phases, *(one.phase for one in own)),
        blocked=blocked,
        slowed=slowed,
        whitelisted=listed,
        reasons=(
            *episode.reasons,
            *about_cuts(own_pieces(own), inside),
            *about_permitted(blocked, found.whitelisted),
        ),
        unknowns=(*episode.unknowns, *unknowns(blocked, slowed, found, whitelisted=bool(listed))),
        inputs=tuple(sorted({*episode.inputs, *found.objects})),
    )


def _of_its_own(
    place: str, one: Together, found: Sightings, others: Sequence[Episode], around: Circumstances
) -> Episode:
    blocked, slowed = _rows([one])
    made = alone(place, one.phase, one.pieces, one.whitelisted, found, around)
    return msgspec.structs.replace(
        made,
        id=_free_id(place, one.phase, others),
        blocked=blocked,
        slowed=slowed,
        whitelisted=() if one.whitelisted is None else (one.whitelisted,),
        reasons=(
            *reasons(blocked, slowed, one.whitelisted),
            *made.reasons,
            *about_cuts(one.pieces, 0),
            *about_permitted(blocked, found.whitelisted),
        ),
        unknowns=(*made.unknowns, *unknowns(blocked, slowed, found, whitelisted=one.whitelisted is not None)),
        inputs=tuple(sorted({*around.inputs.get(place, ()), *found.objects})),
    )


def own_pieces(groups: Iterable[Together]) -> tuple[Piece, ...]:
    """All pieces behind some phases."""
    return tuple(piece for one in groups for piece in one.pieces)


def _rows(groups: Iterable[Together]) -> tuple[tuple[Blocking, ...], tuple[Slowing, ...]]:
    """The rows behind some phases, each once, those with parts after a cut as residual."""
    blocked: dict[tuple[str, ...], Blocking] = {}
    slowed: list[Slowing] = []
    for piece in own_pieces(groups):
        row = piece.row
        if isinstance(row, Slowing):
            slowed += [] if row in slowed else [row]
            continue
        key = (row.service, row.network, row.source, row.layer, str(row.first_seen.best))
        before = blocked.get(key, row)
        blocked[key] = msgspec.structs.replace(row, residual=piece.residual or before.residual)
    order = sorted(blocked.values(), key=lambda one: (one.service, one.network, one.first_seen.best, one.layer))
    return tuple(order), tuple(sorted(slowed, key=lambda one: (one.start.best, one.service, one.network)))


def _free_id(place: str, phase: Phase, others: Sequence[Episode]) -> str:
    day, taken = f"{place.lower()}-{phase.start:%Y-%m-%d}", {one.id for one in others}
    return next(name for number in count() if (name := f"{day}-{letters(number)}") not in taken)
