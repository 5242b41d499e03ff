"""Blocking beside wider cuts: nothing that a cut explains counts twice, and what outlasts it is called residual.

While a place is cut off nothing can be reached, so a service that fails inside a cut tells nothing of its own. Where
nobody could measure inside the cut, what goes on after it may have begun anywhere in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.episodes.sightings import Seen
from kuager.model.episodes import Episode
from kuager.model.services import Blocking, Slowing, Whitelisting
from kuager.model.time import to_epoch
from kuager.model.words import Access, PhaseKind

FOREVER = 2**62
"""The end of what lasted when the data end."""
GOES_ON_S = DAY_S
"""What was seen blocked so long after the end of a cut goes on: the end itself is not known to the hour."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a finding outside of all cuts, seconds since the epoch.

    ``earliest``, ``best`` and ``latest`` are of its start; ``end`` is ``FOREVER`` while it lasts. ``residual``: it
    goes on after a cut. ``already``: it lasted when the measurements began. ``cut_days`` are the days that the cut
    before a residual part touched, and ``cut_days_without`` those of them without measurements of the service.
    """

    kind: PhaseKind
    row: Blocking | Slowing
    earliest: int
    best: int
    latest: int
    end: int
    residual: bool = False
    already: bool = False
    cut_days: int = 0
    cut_days_without: int = 0

    @property
    def at_clock_times(self) -> bool:
        """Whether it is of hours that come back, and not of all the time between its start and its end."""
        return isinstance(self.row, Slowing) and self.row.windows is not None


Cut = tuple[int, int]


def cuts(place: str, network: str, episodes: Iterable[Episode]) -> list[Cut]:
    """When a place or a network was cut off, in order and apart from each other."""
    spans = [
        (to_epoch(phase.start), FOREVER if phase.end is None else to_epoch(phase.end))
        for episode in episodes
        if episode.place in (place, network)
        for phase in episode.phases
        if phase.kind is PhaseKind.BLACKOUT and phase.access is Access.MIXED and phase.is_of_everything
    ]
    joined: list[Cut] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def permitted_only(one: Seen, whitelisted: Iterable[Whitelisting]) -> bool:
    """Whether it was seen blocked only while its network let a few services through: then it is one of the rest.

    A day at either end counts with them: one on which that began or ended at noon is none of their days.
    What was blocked before or afterwards, too, is blocked for its own sake, and all of that time.
    """
    return any(
        row.network == one.row.network
        and _midnight(to_epoch(row.start)) - GOES_ON_S <= one.times[0]
        and one.times[-1] < _midnight(to_epoch(row.end)) + DAY_S + GOES_ON_S
        for row in whitelisted
        if one.times.size
    )


def pieces(one: Seen, among: Sequence[Cut]) -> list[Piece]:
    """A stretch of blocking without the time of any cut.

    Parts in which it was not seen blocked are left out, and those after a cut that ended with it.
    """
    row = one.row
    bounds = to_epoch(row.first_seen.earliest), to_epoch(row.first_seen.best), to_epoch(row.first_seen.latest)
    found = []
    for start, end in _outside(bounds[1], FOREVER if one.end is None else one.end, among):
        inside = one.times[(one.times >= start) & (one.times <= end)]
        if not inside.size:
            continue
        cut = max((cut for cut in among if cut[1] <= start), default=None)
        if cut is None or bounds[0] >= cut[1]:
            found.append(Piece(PhaseKind.BLOCKING, row, *bounds, end, already=row.already))
        elif inside[-1] >= cut[1] + GOES_ON_S:
            first = int(inside[0])
            starts = (start, first, first) if start > bounds[1] else (cut[1], bounds[1], bounds[2])
            days, without = _days(one, cut)
            found.append(
                Piece(PhaseKind.BLOCKING, row, *starts, end, residual=True, cut_days=days, cut_days_without=without)
            )
    return found


def _days(one: Seen, cut: Cut) -> tuple[int, int]:
    """Days that a cut touched, and how many of them have no measurement of the service that could tell."""
    first, last = cut[0] // DAY_S, max(cut[0], cut[1] - 1) // DAY_S
    days = np.unique(one.measured // DAY_S)
    return last - first + 1, last - first + 1 - int(np.count_nonzero((days >= first) & (days <= last)))


def slow_pieces(row: Slowing, among: Sequence[Cut]) -> list[Piece]:
    """A stretch of slowness without the time of any cut: nothing is slow that does not work.

    What was slow at its last run before a cut was so until the cut: nobody saw it ordinary in between.
    """
    start, end = to_epoch(row.start.best), FOREVER if row.end is None else to_epoch(row.end.best)
    last_slow = FOREVER if row.end is None else to_epoch(row.end.earliest)
    if row.end is not None:
        end = next((first for first, _ in among if end <= first <= to_epoch(row.end.latest)), end)
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
