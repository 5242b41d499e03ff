"""Cuts that come back by the clock become one episode, and hours of service that do are named.

A curfew is one decision and many cuts. Where the clusters of a place begin at the same local clock time on more days
than chance would give (``detection/recurrence.py``), they are the windows of one episode: each keeps its own phases,
and what lies between them is restoration. A long cut with hours of service stays what it is, and keeps its id; when
its windows of service recur, that is said. When its cuts recur and take no more than two thirds of its time, it is
curfews that lie close together, and is called so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from kuager.detection.recurrence import ClockWindows, Verdict, Window, clock_windows
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.episodes.phases import Piece, phases
from kuager.episodes.stances import reading
from kuager.errors import UsageError
from kuager.model.episodes import Reading, Recurrence
from kuager.model.places import find, zones
from kuager.model.time import clock_time, from_epoch
from kuager.model.words import Access, EpisodeKind, PhaseKind, Stance, State

LONG_S, MOST_CUT = 2 * 86_400, 2 / 3
"""What lasts longer, and is cut for a larger share of its time, is one long cut with hours of service in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """One episode to be.

    Attributes:
        cluster: all its events, from the first start to the last end.
        windows: the clusters that it is made of, in order of time; itself alone when it is one cut.
        pieces: its phases.
        recurrence: what comes back by the clock, if anything does.
        twin: the one other day on which a cut began at that clock time: too few to speak of a habit.
    """

    cluster: Cluster
    windows: tuple[Cluster, ...]
    pieces: tuple[Piece, ...]
    recurrence: Recurrence | None = None
    twin: datetime | None = None

    @property
    def recurs(self) -> bool:
        """Whether it is cuts that come back, and not service within a cut."""
        return self.recurrence is not None and self.recurrence.of is not PhaseKind.RESTORATION

    def kind(self, otherwise: EpisodeKind) -> EpisodeKind:
        """What the episode is called."""
        return EpisodeKind.RECURRING if self.recurs else otherwise


def strands(place: str, found: Sequence[Cluster], examined: Sequence[Examined]) -> tuple[Strand, ...]:
    """The episodes that the clusters of one place make, in order of time.

    Args:
        place: its code; decides the clock.
        found: the clusters that are episodes, of all the time that was measured.
        examined: every series of the place.
    """
    if not found:
        return ()
    clock = _Clock.of(found, zone_of(place, from_epoch(found[0].first)))
    pieces = [phases(cluster, examined) for cluster in found]
    cuts = [cut for index, cluster in enumerate(found) for cut in _cuts(index, cluster, pieces[index])]
    made: list[Strand] = []
    taken: set[int] = set()
    twins: dict[int, datetime] = {}
    for one in clock.windows([window for _, window in cuts]):
        owners = list(dict.fromkeys(cuts[member][0] for member in one.members))
        if one.verdict is Verdict.RECURS and not taken.intersection(owners):
            made.append(_joined([found[owner] for owner in owners], [pieces[owner] for owner in owners], one))
            taken.update(owners)
        elif one.verdict is Verdict.CANNOT_TELL and len(owners) > 1:
            first, second = (from_epoch(cuts[member][1].start) for member in one.members)
            twins |= {owners[0]: second, owners[1]: first}
    made += [
        replace(_single(cluster, pieces[index], clock), twin=twins.get(index))
        for index, cluster in enumerate(found)
        if index not in taken
    ]
    return tuple(sorted(made, key=lambda strand: (strand.cluster.first, strand.cluster.last)))


def zone_of(place: str, moment: datetime) -> str:
    """The tz database name of the principal clocks of a place at a date.

    A region that is not in the register has those of its country, and what is no place at all has UTC.
    """
    for code in dict.fromkeys((place, place.partition("-")[0])):
        try:
            return zones(find(code), moment.date())[0]
        except UsageError:
            continue
    return "UTC"


def measured_by(found: Sequence[Cluster]) -> tuple[tuple[int, int], ...]:
    """The half-open intervals measured by any series that saw any of the clusters, in no order."""
    witnesses = {id(sighting.examined): sighting.examined for cluster in found for sighting in cluster.sightings}
    return tuple(
        (stretch.start, stretch.end)
        for one in witnesses.values()
        for stretch in one.stretches
        if stretch.state is not State.NOT_OBSERVABLE
    )


def readings(strand: Strand, shown: Sequence[Examined], window: tuple[int, int]) -> tuple[Reading, ...]:
    """What each series says of an episode.

    Of cuts that come back each signal is asked about every window by itself: the hours between are nobody's dissent.
    """
    return tuple(_reading(one, strand, window) for one in shown)


def _reading(one: Examined, strand: Strand, window: tuple[int, int]) -> Reading:
    whole = reading(one, strand.cluster, window)
    if len(strand.windows) < 2:
        return whole
    votes = Counter(reading(one, part, window).stance for part in strand.windows)
    agrees, disagrees, silent = votes[Stance.AGREES], votes[Stance.DISAGREES], votes[Stance.SILENT]
    if not agrees + disagrees + silent:
        stance = Stance.NOT_MEASURING
    elif agrees and agrees >= disagrees:
        stance = Stance.AGREES
    else:
        stance = Stance.DISAGREES if disagrees >= silent else Stance.SILENT
    return msgspec.structs.replace(whole, stance=stance)


@dataclass(frozen=True, slots=True)
class _Clock:
    """On which clocks, from which samples and in which time windows of a place are compared."""

    zone: str
    step_s: int
    observed: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, found: Sequence[Cluster], zone: str) -> _Clock:
        """From the series that saw the clusters."""
        step_s = min(sighting.examined.series.step_s for cluster in found for sighting in cluster.sightings)
        return cls(zone, step_s, measured_by(found))

    def windows(self, windows: Sequence[Window]) -> tuple[ClockWindows, ...]:
        """What comes back by the clock among windows, and what may."""
        return clock_windows(windows, self.observed, self.zone, self.step_s)


def _cuts(index: int, cluster: Cluster, pieces: Sequence[Piece]) -> list[tuple[int, Window]]:
    """The cuts of a cluster as windows, each with the cluster's index; a long cut with hours of service is one."""
    runs = _runs_of_loss(pieces)
    if not runs:  # what only just begins has no phases yet
        return []
    length = cluster.last - cluster.first
    if length > LONG_S and sum(last - first for first, last in runs) > MOST_CUT * length:
        runs = [(cluster.first, cluster.last)]
    ends = [last for _, last in runs[:-1]] + [runs[-1][1] if cluster.end is not None else None]
    return [(index, Window(first, end, cluster.probability)) for (first, _), end in zip(runs, ends, strict=True)]


def _joined(windows: Sequence[Cluster], parts: Sequence[Sequence[Piece]], clock: ClockWindows) -> Strand:
    """The clusters that hold the cuts of one clock time as one episode."""
    last = windows[-1]
    half = len(windows) / 2
    saw = Counter(group for one in windows for group in one.groups)
    missed = Counter(group for one in windows for group in one.against)
    groups = frozenset(group for group, count in saw.items() if count >= half)
    together = replace(
        windows[0],
        sightings=tuple(sighting for one in windows for sighting in one.sightings),
        faint=tuple(sighting for one in windows for sighting in one.faint),
        end=last.end,
        horizon=last.horizon,
        groups=groups,
        against=frozenset(group for group, count in missed.items() if count > half) - groups,
        probability=max(one.probability for one in windows),
    )
    pieces: list[Piece] = []
    for one, part in zip(windows, parts, strict=True):
        if pieces:
            blur = min(sighting.examined.series.step_s for sighting in one.sightings)
            pieces.append(Piece(PhaseKind.RESTORATION, Access.MIXED, pieces[-1].end, one.first, blur))
        pieces += part
    return Strand(together, tuple(windows), tuple(pieces), _recurrence(clock, _commonest_loss(pieces)))


def _single(cluster: Cluster, pieces: tuple[Piece, ...], clock: _Clock) -> Strand:
    """One cluster, with the service that comes back within it."""
    service = [Window(one.start, one.end, cluster.probability) for one in pieces if one.kind is PhaseKind.RESTORATION]
    sure = [one for one in clock.windows(service) if one.verdict is Verdict.RECURS]
    if not sure:
        return Strand(cluster, (cluster,), pieces)
    most = max(sure, key=lambda one: len(one.hit))
    return Strand(cluster, (cluster,), pieces, _recurrence(most, PhaseKind.RESTORATION))


def _runs_of_loss(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """What lies between restorations, as half-open intervals."""
    found: list[tuple[int, int]] = []
    for piece in pieces:
        if piece.kind is PhaseKind.RESTORATION:
            continue
        if found and found[-1][1] == piece.start:
            found[-1] = found[-1][0], piece.end
        else:
            found.append((piece.start, piece.end))
    return found


def _commonest_loss(pieces: Sequence[Piece]) -> PhaseKind:
    """The kind of loss that takes the most time; of equals the first to come."""
    lasted: Counter[PhaseKind] = Counter()
    for piece in pieces:
        if piece.kind is not PhaseKind.RESTORATION:
            lasted[piece.kind] += piece.end - piece.start
    return lasted.most_common(1)[0][0]


def _recurrence(found: ClockWindows, of: PhaseKind) -> Recurrence:
    return Recurrence(
        of=of,
        zone=found.zone,
        start_clock=clock_time(found.start_clock),
        start_spread_s=found.start_spread_s,
        end_clock=clock_time(found.end_clock) if found.end_clock is not None else None,
        end_spread_s=found.end_spread_s,
        tolerance_s=found.tolerance_s,
        step_s=found.step_s,
        hit=found.hit,
        not_hit=found.not_hit,
        not_observable=found.not_observable,
        weekdays=found.weekdays,
        windows=found.tried,
        chance=found.chance,
    )
