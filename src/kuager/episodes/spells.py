"""When a place was losing service, by its parts: the times over which the interval of its share lost excludes nothing.

One part alone makes no event of a place, unless it is at least half of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kuager.detection import Edge
from kuager.episodes.findings import FAINT, TRUSTED
from kuager.episodes.fuse import LONGEST_RESTORATION_S
from kuager.episodes.phases import Piece as Stage
from kuager.episodes.rollup import HIGH_LOSS, LEAST_COVERED
from kuager.episodes.scope import Divided, Piece, only_access
from kuager.episodes.standing import telling
from kuager.model.words import Access, PhaseKind, State

LEAST_PARTS = 2
LOST = frozenset({State.DOWN, State.DEGRADED})


@dataclass(frozen=True, slots=True)
class Spell:
    """A loss of a place by its parts. ``end`` is None while it lasts, ``last`` is then the end of all data."""

    start: Edge
    end: Edge | None
    last: int

    @property
    def first(self) -> int:
        """Seconds since the epoch."""
        return self.start.best


def spells(divided: Divided) -> tuple[Spell, ...]:
    """The losses of a place in order of time; two that only some hours part are one."""
    found: list[tuple[int, int]] = []
    for index, piece in enumerate(divided.pieces):
        if not _is_loss(piece):
            continue
        if found and piece.start - divided.pieces[found[-1][1]].end <= LONGEST_RESTORATION_S:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return tuple(_spell(divided, first, last) for first, last in found)


def stages(divided: Divided, start: int, end: int) -> tuple[Stage, ...]:
    """The parts of a spell: blackout while the place is down, restoration after it, and partial losses.

    Where nothing is measured the stage before goes on, and what is no longer than a sample is no stage of its own.
    """
    blur = finest_step(divided)
    named: list[Stage] = []
    for piece in divided.between(start, end):
        if named and 1.0 - piece.share.unknown < LEAST_COVERED:
            named[-1] = replace(named[-1], end=piece.end)
            continue
        kind, access = _word(divided, piece, cut_before=any(one.kind is PhaseKind.BLACKOUT for one in named))
        if named and (named[-1].kind, named[-1].access) == (kind, access):
            named[-1] = replace(named[-1], end=piece.end)
        else:
            named.append(Stage(kind, access, piece.start, piece.end, blur))
    return _without_slivers(named, blur)


def finest_step(divided: Divided) -> int:
    """Seconds between samples of the best resolved series of any part."""
    steps = [one.series.step_s for series in divided.examined.values() for one in telling(series)]
    return min(steps, default=1)


def _is_loss(piece: Piece) -> bool:
    if piece.share.verdict not in LOST:
        return False
    hit = sum(one.probability is not None and one.probability >= TRUSTED for one in piece.standings)
    return hit >= LEAST_PARTS or piece.share.low >= HIGH_LOSS


def _spell(divided: Divided, first: int, last: int) -> Spell:
    pieces = divided.pieces
    start, end = pieces[first].start, pieces[last].end
    after = last + 1
    while after < len(pieces) and 1.0 - pieces[after].share.unknown < LEAST_COVERED:
        after += 1
    horizon = pieces[-1].end
    if after == len(pieces):  # nothing that was measured says that it is over
        return Spell(_edge(divided, start, rising=False), None, horizon)
    seen = _edge(divided, end, rising=True)
    return Spell(_edge(divided, start, rising=False), replace(seen, latest=max(seen.latest, pieces[after].start)), end)


def _edge(divided: Divided, moment: int, *, rising: bool) -> Edge:
    """The interval of a change: that of the events of parts that begin or end then, or a sample on either side."""
    found = [
        edge
        for series in divided.examined.values()
        for one in telling(series)
        for event in one.detection.findings
        if event.probability >= FAINT
        and (edge := event.end if rising else event.start) is not None
        and edge.best == moment
    ]
    step = finest_step(divided)
    if not found:
        return Edge(moment - step, moment, moment + step)
    return Edge(min(edge.earliest for edge in found), moment, max(edge.latest for edge in found))


def _word(divided: Divided, piece: Piece, *, cut_before: bool) -> tuple[PhaseKind, Access]:
    if piece.share.verdict is State.DOWN:
        return PhaseKind.BLACKOUT, Access.MIXED
    if _is_loss(piece):
        return PhaseKind.PARTIAL, only_access(divided, piece)
    return (PhaseKind.RESTORATION if cut_before else PhaseKind.PARTIAL), Access.MIXED


def _without_slivers(named: Sequence[Stage], finest_s: int) -> tuple[Stage, ...]:
    kept: list[Stage] = []
    for stage in named:
        if kept and (
            stage.end - stage.start <= finest_s or (kept[-1].kind, kept[-1].access) == (stage.kind, stage.access)
        ):
            kept[-1] = replace(kept[-1], end=stage.end)
        else:
            kept.append(stage)
    return tuple(kept)
