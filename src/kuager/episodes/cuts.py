"""Blocking beside wider cuts: nothing that a cut explains counts twice, and what outlasts it is called residual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuager.detection.grid import DAY_S
from kuager.episodes.sightings import Seen, Sightings
from kuager.model.episodes import Episode
from kuager.model.services import Blocking, Slowing
from kuager.model.time import to_epoch
from kuager.model.words import Access, PhaseKind

FOREVER = 2**62
"""The end of what lasted when the data end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a finding outside of all cuts, seconds since the epoch.

    ``earliest``, ``best`` and ``latest`` are of its start; ``end`` is ``FOREVER`` while it lasts. ``residual``: it
    goes on after a cut. ``already``: it lasted when the measurements began.
    """

    kind: PhaseKind
    row: Blocking | Slowing
    earliest: int
    best: int
    latest: int
    end: int
    residual: bool = False
    already: bool = False

    @property
    def at_clock_times(self) -> bool:
        """Whether it is of hours that come back, and not of all the time between its start and its end."""
        return isinstance(self.row, Slowing) and self.row.windows is not None


Cut = tuple[int, int]


def cuts(place: str, network: str, episodes: Iterable[Episode], found: Sightings) -> list[Cut]:
    """When a place or a network was cut off, or let only a few services through, in order and apart from each other."""
    spans = [
        (to_epoch(phase.start), FOREVER if phase.end is None else to_epoch(phase.end))
        for episode in episodes
        if episode.place in (place, network)
        for phase in episode.phases
        if phase.kind is PhaseKind.BLACKOUT and phase.access is Access.MIXED and phase.is_of_everything
    ]
    spans += [
        (_midnight(to_epoch(one.start)), _midnight(to_epoch(one.end)) + DAY_S)
        for one in found.whitelisted
        if one.network == network
    ]
    joined: list[Cut] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def pieces(one: Seen, among: Sequence[Cut]) -> list[Piece]:
    """A stretch of blocking without the time of any cut; parts in which it was not seen blocked are left out."""
    row = one.row
    bounds = to_epoch(row.first_seen.earliest), to_epoch(row.first_seen.best), to_epoch(row.first_seen.latest)
    found = []
    for start, end in _outside(bounds[1], FOREVER if one.end is None else one.end, among):
        inside = one.times[(one.times >= start) & (one.times <= end)]
        if not inside.size:
            continue
        before = max((cut[1] for cut in among if cut[1] <= start), default=-1)
        residual = bounds[0] < before
        if start > bounds[1]:
            first = int(inside[0])
            found.append(Piece(PhaseKind.BLOCKING, row, start, first, first, end, residual=True))
        else:
            earliest = max(bounds[0], before)
            already = row.already and not residual
            found.append(
                Piece(PhaseKind.BLOCKING, row, earliest, bounds[1], bounds[2], end, residual=residual, already=already)
            )
    return found


def slow_pieces(row: Slowing, among: Sequence[Cut]) -> list[Piece]:
    """A stretch of slowness without the time of any cut: nothing is slow that does not work."""
    start, end = to_epoch(row.start.best), FOREVER if row.end is None else to_epoch(row.end.best)
    last_slow = FOREVER if row.end is None else to_epoch(row.end.earliest)
    found = []
    for first, last in _outside(start, end, among):
        if first > last_slow:  # what was measured after the cut was ordinary again
            continue
        earliest = first if first > start else to_epoch(row.start.earliest)
        found.append(Piece(PhaseKind.THROTTLING, row, earliest, first, first, last, residual=first > start))
    return found


def _outside(start: int, end: int, among: Sequence[Cut]) -> list[Cut]:
    left, parts = start, []
    for first, last in among:
        if last <= left or first >= end:
            continue
        if first > left:
            parts.append((left, first))
        left = max(left, last)
    if left < end or (left == end == start):
        parts.append((left, end))
    return parts


def _midnight(moment: int) -> int:
    return moment - moment % DAY_S
