"""The parts of an episode: throttling, blackout, partial, restoration, from the states of its signals over time.

Between two changes of state of any signal that saw the episode nothing changes; each such piece gets one word, and
equal neighbours are joined. Routing takes no part in the choice of the word unless it is alone: routes stay announced
in many blackouts. Series of mobile or fixed access alone speak for that access only. A series of which little is known
of ordinary days does not by itself turn what all others call down into something less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from kuager.detection import Stretch
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.model.words import Access, PhaseKind, SignalKind, State

SLOWED = frozenset({SignalKind.TRAFFIC, SignalKind.THROUGHPUT})
BRIEF_GAP_SAMPLES = 3
FOLLOWS_HOURS_S = 3_600
CAME_BACK = 0.5
"""A series that has less than this share of its deepest loss left has seen service come back."""
SPARED = 0.3
"""An access that loses less than this share of what the other one loses goes on."""
MOST_LOST = 0.5
"""In a blackout every signal has lost at least this share."""
KNOWN_S = 14 * 86_400
"""A series that measured less than this outside the episode cannot well say what is ordinary at an hour of the week."""
ENOUGH_OTHERS = 2
"""So many others that are down are not contradicted by a single one of which too little is known."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an episode in seconds since the epoch; ``blur_s`` is the half-width of its start."""

    kind: PhaseKind
    access: Access
    start: int
    end: int
    blur_s: int


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one series says at a time."""

    examined: Examined
    state: State
    depth: float


def phases(cluster: Cluster, examined: Sequence[Examined]) -> tuple[Piece, ...]:
    """The phases of a cluster in order, touching, from its start to its end or to the end of all data.

    Args:
        cluster: the events of the episode.
        examined: every series of the place, also those that saw nothing.
    """
    witnesses = _witnesses(cluster)
    deepest = _deepest(cluster)
    falling = [one for one in examined if not one.rises]
    unsure = {id(one) for one in witnesses if _measured_outside_s(one, cluster) < KNOWN_S}
    named: list[Piece] = []
    fell = False
    for start, end in pairwise(_changes(witnesses, cluster.first, cluster.last)):
        voices = _without_lone_doubt(_voices(witnesses, start), unsure)
        if voices and 2 * len(voices) >= len(witnesses):
            back = fell and _came_back(voices, deepest)
            fell = fell or _most_lost(voices, deepest)
            kind, access = _name(voices, _voices(falling, start), cut_before=_cut(named), back=back)
        else:  # too few were measuring to tell: the phase before goes on, for nothing says that it ended
            kind, access = (named[-1].kind, named[-1].access) if named else (PhaseKind.PARTIAL, Access.MIXED)
        named.append(Piece(kind, access, start, end, _blur(witnesses, start)))
    finest = min(one.series.step_s for one in witnesses)
    return tuple(_joined(_without_slivers(_joined(named), finest)))


def _stretch_at(one: Examined, moment: int) -> Stretch | None:
    """What a series says at a moment. A gap of a few samples keeps the word before it, a longer one has none."""
    begun = [index for index, stretch in enumerate(one.stretches) if stretch.start <= moment]
    if not begun or moment >= one.end_of_data:
        return None
    stretch = one.stretches[begun[-1]]
    if stretch.state is not State.NOT_OBSERVABLE:
        return stretch
    brief = stretch.end - stretch.start <= BRIEF_GAP_SAMPLES * one.series.step_s
    return one.stretches[begun[-1] - 1] if brief and begun[-1] > 0 else None


def _witnesses(cluster: Cluster) -> list[Examined]:
    """The series that saw the episode and can follow its hours; routing is left out unless nothing else did.

    A day's count shows no window of service of three hours, so that it has no say in whether there was one.
    """
    seen = list({id(s.examined): s.examined for s in cluster.sightings}.values())
    telling = [one for one in seen if not one.is_routing] or seen
    finest = min(one.series.step_s for one in telling)
    return [one for one in telling if one.series.step_s <= max(FOLLOWS_HOURS_S, 2 * finest)]


def _measured_outside_s(one: Examined, cluster: Cluster) -> int:
    """How long a series measured outside the episode, in seconds."""
    first, last = one.indices(cluster.first, cluster.last)
    observed = one.detection.observed
    return int(observed.sum() - observed[first:last].sum()) * one.series.step_s


def _without_lone_doubt(voices: Sequence[_Voice], unsure: Set[int]) -> list[_Voice]:
    """The voices without one that is ill known and alone is not down; one that alone is down keeps its say."""
    down = [voice for voice in voices if voice.state is State.DOWN]
    others = [voice for voice in voices if voice.state is not State.DOWN]
    lone = len(others) == 1 and id(others[0].examined) in unsure
    return down if lone and len(down) >= ENOUGH_OTHERS else list(voices)


def _deepest(cluster: Cluster) -> dict[int, float]:
    """What each series that saw the episode lost at most, by identity."""
    found: dict[int, float] = {}
    for one in cluster.sightings:
        found[id(one.examined)] = max(found.get(id(one.examined), 0.0), one.finding.depth)
    return found


def _most_lost(voices: Sequence[_Voice], deepest: Mapping[int, float]) -> bool:
    """Whether most series have lost most of what they lose in the episode."""
    lost = sum(voice.depth > CAME_BACK * deepest[id(voice.examined)] for voice in voices)
    return 2 * lost > len(voices)


def _came_back(voices: Sequence[_Voice], deepest: Mapping[int, float]) -> bool:
    """Whether most of what most series lose in the episode is back, and none of those for all access is down."""
    general = [voice for voice in voices if not voice.examined.is_for_part_of_the_access] or list(voices)
    return not _most_lost(general, deepest) and not any(voice.state is State.DOWN for voice in general)


def _voices(series: Sequence[Examined], moment: int) -> list[_Voice]:
    found = ((one, _stretch_at(one, moment)) for one in series)
    return [_Voice(one, stretch.state, stretch.depth or 0.0) for one, stretch in found if stretch is not None]


def _changes(witnesses: Sequence[Examined], first: int, last: int) -> list[int]:
    """The moments at which any witness changes its state, with both ends."""
    inside = {stretch.start for one in witnesses for stretch in one.stretches if first < stretch.start < last}
    return sorted({first, last} | inside)


def _cut(named: Sequence[Piece]) -> bool:
    """Whether there has been a blackout, from which things can come back."""
    return any(piece.kind is PhaseKind.BLACKOUT for piece in named)


def _name(
    voices: Sequence[_Voice], everyone: Sequence[_Voice], *, cut_before: bool, back: bool
) -> tuple[PhaseKind, Access]:
    """The word for a piece, and the access that it is about; ``everyone`` speaks, also who saw nothing."""
    hurt = [voice for voice in voices if voice.state is not State.NORMAL]
    slowed = all(v.state is State.DEGRADED and v.examined.signal.kind in SLOWED for v in hurt)
    networks_answer = any(v.examined.looks_at_networks and v.state is State.NORMAL for v in everyone)
    if back:
        return PhaseKind.RESTORATION, _without(_common_access([v for v in voices if v.state is State.DOWN]))
    if hurt and slowed and networks_answer and not cut_before:
        return PhaseKind.THROTTLING, _common_access(hurt)
    general = [voice for voice in voices if not voice.examined.is_for_part_of_the_access] or list(voices)
    down = [voice for voice in general if voice.state is State.DOWN]
    spared = _spared(everyone)
    if down and spared is not Access.MIXED:  # fixed goes on while mobile is cut, or the other way round
        return PhaseKind.PARTIAL, _without(spared)
    if general and min(voice.depth for voice in general) >= MOST_LOST and 2 * len(down) >= len(general):
        return PhaseKind.BLACKOUT, Access.MIXED
    if not hurt or (cut_before and not down):  # service, also after a loss that was no blackout
        return PhaseKind.RESTORATION, _without(_common_access([v for v in voices if v.state is State.DOWN]))
    return PhaseKind.PARTIAL, _common_access(hurt)


def _spared(everyone: Sequence[_Voice]) -> Access:
    """The kind of access that is measured apart and goes on while the other is hit; mixed when none or both are."""
    apart = [voice for voice in everyone if voice.examined.is_for_part_of_the_access]
    deepest = max((voice.depth for voice in apart), default=0.0)
    hit = (voice for voice in apart if voice.state is not State.NORMAL and voice.depth > SPARED * deepest)
    hurt = {voice.examined.series.access for voice in hit}
    fine = {voice.examined.series.access for voice in apart} - hurt
    return fine.pop() if len(fine) == 1 else Access.MIXED


def _common_access(voices: Sequence[_Voice]) -> Access:
    """The access that all of them are about, mixed when they differ."""
    kinds = {voice.examined.series.access for voice in voices}
    return kinds.pop() if len(kinds) == 1 else Access.MIXED


def _without(access: Access) -> Access:
    """The other kind of access."""
    return {Access.MOBILE: Access.FIXED, Access.FIXED: Access.MOBILE, Access.MIXED: Access.MIXED}[access]


def _blur(witnesses: Sequence[Examined], moment: int) -> int:
    """The coarsest step of the series that change at a moment: a change lies between the samples on its two sides."""
    steps = [one.series.step_s for one in witnesses if any(s.start == moment for s in one.stretches)]
    return max(steps) if steps else min(one.series.step_s for one in witnesses)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Equal neighbours made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and (joined[-1].kind, joined[-1].access) == (piece.kind, piece.access):
            joined[-1] = replace(joined[-1], end=piece.end)
        else:
            joined.append(piece)
    return joined


def _without_slivers(pieces: Sequence[Piece], finest_s: int) -> list[Piece]:
    """Pieces of a single sample of the finest series are edges of their neighbours, not phases of their own."""
    kept: list[Piece] = []
    for piece in pieces:
        if piece.end - piece.start <= finest_s and kept:
            kept[-1] = replace(kept[-1], end=piece.end)
        elif piece.end - piece.start <= finest_s and len(pieces) > 1:
            continue
        else:
            start = kept[-1].end if kept else pieces[0].start
            kept.append(replace(piece, start=start))
    return kept
