"""Countries and regions beside their parts: episodes get a scope, and parts that fall at once an episode of the whole.

An episode that signals of the whole place bear out keeps its edges, its level and its probability; its parts add which
of them were hit, and every contradiction is named. Where the whole has no episode of that time, the parts make one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import LONGEST_RESTORATION_S
from kuager.episodes.parts import parts_of
from kuager.episodes.rolled import rolled_up
from kuager.episodes.rollup import fitted
from kuager.episodes.scope import Divided, divide, division, hit_between
from kuager.episodes.scope_notes import contradictions, longer_than_the_whole, reasons_of, unknowns_of, without_answered
from kuager.episodes.spells import Spell, spells
from kuager.episodes.standing import telling
from kuager.model.episodes import Episode, Phase
from kuager.model.notes import Note
from kuager.model.operators import Operator
from kuager.model.scope import Scope
from kuager.model.time import from_epoch, to_epoch


def with_parts(
    episodes: Sequence[Episode],
    by_place: Mapping[str, Sequence[Examined]],
    places: Sequence[str],
    around: Circumstances,
    among: Sequence[Operator] | None = None,
) -> list[Episode]:
    """The episodes with what their parts tell, and those that only the parts tell of, in no order.

    Args:
        episodes: of all places, as their own signals tell them.
        by_place: everything examined, by code of the place.
        places: those that the case is about.
        around: the case.
        among: all operators known; those of the package when left out.
    """
    day = from_epoch(around.window[0]).date()
    found: list[Episode] = []
    for place in _wholes(by_place, places):
        own = [one for one in episodes if one.place == place]
        views = _views(place, by_place, day, among)
        found += [_with_scope(one, views, around) for one in own]
        found += _from_parts(place, own, views, by_place.get(place, ()), around)
    told = {one.place for one in found}
    return [*found, *(one for one in episodes if one.place not in told)]


def _wholes(by_place: Mapping[str, Sequence[Examined]], places: Sequence[str]) -> list[str]:
    """The places of the case, and every region between them and a part."""
    between = {
        code[:index]
        for code in by_place
        for index, letter in enumerate(code)
        if letter == "-" and any(code[:index].startswith(f"{place}-") for place in places)
    }
    return sorted({*places, *between})


def _views(
    place: str,
    by_place: Mapping[str, Sequence[Examined]],
    day: date,
    among: Sequence[Operator] | None,
) -> list[Divided]:
    """The divisions of a place of which something can be said."""
    views = []
    for parts in parts_of(place, by_place, day, among):
        series = [one for part in parts.parts if part.measured for one in telling(by_place[part.place])]
        if series:
            window = min(one.stretches[0].start for one in series), max(one.end_of_data for one in series)
            views.append(divide(parts, by_place, window, fitted()))
    return [view for view in views if view.pieces]


def _with_scope(episode: Episode, views: Sequence[Divided], around: Circumstances) -> Episode:
    """The episode with what its parts say of its time; as it was when they say nothing."""
    start = to_epoch(episode.start)
    end = to_epoch(episode.end) if episode.end is not None else _horizon(views, start)
    found = [one for view in views if (one := division(view, start, end)) is not None]
    if not found:
        return episode
    scope = Scope(False, views[0].fitted.correlation, views[0].fitted.depth_error, tuple(found))
    behind = {part.place for view in views for part in view.measured}
    return msgspec.structs.replace(
        episode,
        phases=tuple(_placed(phase, episode.place, views, end) for phase in episode.phases),
        reasons=(*episode.reasons, *contradictions(episode, scope), *_longer(episode, views), *reasons_of(scope)),
        unknowns=(*without_answered(episode.unknowns, scope), *unknowns_of(scope)),
        inputs=tuple(sorted({*episode.inputs, *(one for code in behind for one in around.inputs.get(code, ()))})),
        scope=scope,
    )


def _placed(phase: Phase, place: str, views: Sequence[Divided], horizon: int) -> Phase:
    end = to_epoch(phase.end) if phase.end is not None else horizon
    hit = dict.fromkeys(code for view in views for code in hit_between(view, to_epoch(phase.start), end))
    return msgspec.structs.replace(phase, places=(place, *hit))


def _longer(episode: Episode, views: Sequence[Divided]) -> Iterator[Note]:
    """Losses of the parts that began long before the episode or ended long after it."""
    for view in views:
        for spell in spells(view):
            if not _touch(episode, spell):
                continue
            early = to_epoch(episode.start) - spell.first > LONGEST_RESTORATION_S
            late = episode.end is not None and spell.last - to_epoch(episode.end) > LONGEST_RESTORATION_S
            if early or late:
                ended = from_epoch(spell.last) if spell.end is not None else None
                yield longer_than_the_whole(from_epoch(spell.first), ended)


def _from_parts(
    place: str,
    own: Sequence[Episode],
    views: Sequence[Divided],
    examined: Sequence[Examined],
    around: Circumstances,
) -> Iterator[Episode]:
    """Episodes of times at which the whole has none; networks are asked first, then regions."""
    start, end = around.window
    told: list[Episode] = list(own)
    for view in views:
        for spell in spells(view):
            inside = spell.first < end and spell.last > start
            if inside and not any(_touch(one, spell) for one in told):
                told.append(rolled_up(place, spell, view, views, examined, around))
                yield told[-1]


def _touch(episode: Episode, spell: Spell) -> bool:
    ended = episode.end is not None and to_epoch(episode.end) <= spell.first
    return to_epoch(episode.start) < spell.last and not ended


def _horizon(views: Sequence[Divided], start: int) -> int:
    return max((view.pieces[-1].end for view in views), default=start)
