"""Which events belong together, and whether together they are an episode.

Every event of a signal that falls is a candidate core. What all groups say of its interval gives its probability
(``weigh``); the surest cores take the events that belong to them, and what some hours of service part is one episode.
An event joins a core and not what joined it, so that overlapping events do not chain weeks together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.detection import Edge
from kuager.episodes.agreement import WELL, Core, agreement, is_coarse, joins
from kuager.episodes.findings import TRUSTED, Examined, Sighting
from kuager.episodes.voices import Place, could_have
from kuager.episodes.weigh import Candidate, fitted
from kuager.model.words import Access

DEEP = 0.6
"""A loss of activity that no holiday explains."""
HALF = 0.5
"""Nor does one so large that three kinds of activity show together."""
ONE_ACCESS = 0.5
"""Of such a loss this share shows where mobile and fixed access are measured together and one of them alone is lost."""
DEEP_FOR_NETWORKS = 0.1
"""A loss of networks that is more than the comings and goings of routes and probes."""
LONGEST_RESTORATION_S = 12 * 3_600
"""Service that comes back for no longer than this has not come back for good."""
STOPS_WITH_OTHERS_S = 24 * 3_600
"""Sources publish with delays of hours; a series that ends within a day of the last one ends with it."""
ALONE = 0.9
"""What one signal alone must reach, in probability, where no other could have spoken."""
TOO_OFTEN = 15.0
"""Dips of its own in 30 days with which a group can be heard about others' losses only."""
AGREED = 0.5
"""A group whose members split counts for the larger part of those that could have seen it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """The events of one thing that may have happened at one place.

    ``end`` is None while at least one of them lasts at the end of its data. ``faint`` are events of the same time that
    began or ended elsewhere, and rises that came with it; they tell what a signal showed, move no edge and corroborate
    nothing. ``groups`` saw it, ``against`` could have seen it and did not. ``probability`` is that
    something was lost, 0 to 1.
    """

    sightings: tuple[Sighting, ...]
    faint: tuple[Sighting, ...]
    start: Edge
    end: Edge | None
    horizon: int
    groups: frozenset[str]
    against: frozenset[str]
    probability: float

    @property
    def first(self) -> int:
        """Seconds since the epoch."""
        return self.start.best

    @property
    def last(self) -> int:
        """The best end, or the end of all data while ongoing."""
        return self.end.best if self.end is not None else self.horizon

    @property
    def core(self) -> Core:
        """Its interval, with the deepest loss that anyone saw in it."""
        deepest = max(one.finding.depth for one in self.sightings)
        return Core(self.first, self.last, deepest, _access(self.sightings))


def candidates(place: Place) -> list[Candidate]:
    """Every event that could be the core of an episode, in order of time.

    Left out is what no weight could lift: an improbable event at a time at which no other group shows any, and the dips
    of a group that dips alone every other day.
    """
    falling = [one for one in place.sightings if not one.examined.rises and one.end > one.start]
    return [
        Candidate.of(place, one)
        for one in falling
        if place.dips_alone(one.group) <= TOO_OFTEN
        and (one.finding.probability >= TRUSTED or any(_beside(one, o) for o in place.overlapping(one.start, one.end)))
    ]


def _beside(one: Sighting, other: Sighting) -> bool:
    return other.group != one.group and not other.examined.rises


def clusters(examined: Sequence[Examined]) -> list[Cluster]:
    """Every candidate with the events that belong to it, in order of time; no event leads two of them."""
    place = Place(tuple(examined))
    taken: set[int] = set()
    found = []
    for candidate in sorted(candidates(place), key=_precedence):
        if id(candidate.anchor) in taken:
            continue
        cluster = _cluster(place, _members(place, candidate), candidate.probability())
        taken.update(id(sighting) for sighting in cluster.sightings)
        found.append(cluster)
    return sorted(found, key=lambda cluster: (cluster.first, cluster.last))


def episode_clusters(examined: Sequence[Examined]) -> list[Cluster]:
    """The clusters that are episodes; two that only some hours part are one, with a restoration between them."""
    place = Place(tuple(examined))
    taken: set[int] = set()
    found: list[Cluster] = []
    for candidate in sorted(candidates(place), key=_precedence):
        if id(candidate.anchor) in taken or candidate.probability_without_rises() < fitted().threshold:
            continue
        members = _members(place, candidate)
        if any(id(one) in taken for one in members) and not _holds_together(candidate):
            continue
        cluster = _cluster(place, members, candidate.probability())
        if is_episode(cluster, candidate):
            taken.update(id(sighting) for sighting in cluster.sightings)
            found.append(cluster)
    return _joined(place, sorted(found, key=lambda cluster: (cluster.first, cluster.last)))


def _holds_together(candidate: Candidate) -> bool:
    """Whether another group bears out most of a core that would stretch what surer ones have settled already."""
    return any(voice.agreement * voice.share >= AGREED for voice in candidate.others)


def is_episode(cluster: Cluster, candidate: Candidate) -> bool:
    """Whether a sure enough cluster is more than one signal's dip or a day off.

    When two groups saw it, one must be of networks that lost more than they often do, or two must have lost more than
    on any holiday, or three half: what people do falls together on holidays, and no simulated world has all of those.
    Where mobile or fixed access is measured apart and lost so much, half of that is enough in a group that measures
    both together. One group alone must be very sure of a deep loss, and no other may have been able to see it.
    """
    if len(cluster.groups) > 1:
        agreeing = [one for one in cluster.sightings if one.group in cluster.groups]
        apart = any(one.examined.series.access is not Access.MIXED and one.finding.depth >= DEEP for one in agreeing)
        together = DEEP * ONE_ACCESS if apart else DEEP
        deep = {
            one.group
            for one in agreeing
            if one.finding.depth >= (together if one.examined.series.access is Access.MIXED else DEEP)
        }
        networks = any(o.examined.looks_at_networks and o.finding.depth >= DEEP_FOR_NETWORKS for o in agreeing)
        halved = {one.group for one in agreeing if one.finding.depth >= HALF}
        return networks or len(deep) > 1 or len(halved) > 2
    sure = any(one.finding.probability >= ALONE and one.finding.depth >= DEEP for one in cluster.sightings)
    return bool(cluster.groups) and sure and not any(voice.missed for voice in candidate.others)


def _precedence(candidate: Candidate) -> tuple[float, float, int, int, tuple[str, str, str, str]]:
    """The surest first; of equally sure ones that on which most groups agree, then the longest, then the earliest."""
    probability = round(candidate.probability_without_rises(), 2)
    agreed = round(sum(voice.strength for voice in candidate.others), 2)
    core = candidate.core
    return (-probability, -agreed, -core.length_s, core.start, candidate.anchor.examined.series.key)


def _members(place: Place, candidate: Candidate) -> list[Sighting]:
    core = candidate.core
    return [
        one
        for one in place.overlapping(core.start, core.end)
        if not one.examined.rises and (one is candidate.anchor or joins(one, core))
    ]


def _joined(place: Place, found: Sequence[Cluster]) -> list[Cluster]:
    joined: list[Cluster] = []
    for cluster in found:
        if joined and cluster.first - joined[-1].last <= LONGEST_RESTORATION_S:
            before = joined.pop()
            both = {id(one): one for one in (*before.sightings, *cluster.sightings)}
            sightings = sorted(both.values(), key=lambda one: (one.start, one.examined.series.key))
            joined.append(_cluster(place, sightings, max(before.probability, cluster.probability)))
        else:
            joined.append(cluster)
    return joined


def _cluster(place: Place, sightings: Sequence[Sighting], probability: float) -> Cluster:
    placing = _placing(sightings)
    start = _best_resolved(placing, earliest=True)
    end = None if _lasts(placing, place.horizon) else _best_resolved(placing, earliest=False)
    last = end.best if end is not None else place.horizon
    core = Core(start.best, last, max(one.finding.depth for one in sightings), _access(sightings))
    mine = {id(sighting) for sighting in sightings}
    faint = tuple(
        one
        for one in place.overlapping(start.best, last)
        if id(one) not in mine and not (is_coarse(one.examined.series.step_s, core) and agreement((one,), core) < WELL)
    )
    groups, against = _sides(place, sightings, faint, core)
    return Cluster(tuple(sightings), faint, start, end, place.horizon, groups, against, probability)


def _placing(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The events that place the edges: trusted ones if there are any, and none whose samples are longer than those."""
    trusted = [one for one in sightings if one.finding.probability >= TRUSTED] or list(sightings)
    finest = min(trusted, key=lambda one: one.examined.series.step_s)
    shortest = max(finest.examined.series.step_s, finest.end - finest.start)
    return [one for one in trusted if one.examined.series.step_s <= shortest]


def _sides(
    place: Place, sightings: Sequence[Sighting], faint: Sequence[Sighting], core: Core
) -> tuple[frozenset[str], frozenset[str]]:
    """The groups most of whose able members saw it, and those most of whose able members did not."""
    saw = {id(one.examined): one.group for one in sightings}
    touched = {id(one.examined) for one in faint}
    missed: list[tuple[str, bool]] = [
        (one.signal.independence, one.is_routing)
        for one in place.examined
        if id(one) not in saw and id(one) not in touched and could_have(one, (), core)
    ]
    groups, against = set(), set()
    for group in {*saw.values(), *(name for name, _ in missed)}:
        for_it = sum(name == group for name in saw.values())
        silent_on_it = sum(name == group for name, _ in missed)
        if for_it and for_it >= AGREED * (for_it + silent_on_it):
            groups.add(group)
        elif any(name == group and not routing for name, routing in missed):
            against.add(group)
    return frozenset(groups), frozenset(against)


def _access(sightings: Sequence[Sighting]) -> Access:
    """The kind of access that all of them are about, mixed when they differ."""
    kinds = {one.examined.series.access for one in sightings}
    return kinds.pop() if len(kinds) == 1 else Access.MIXED


def _lasts(sightings: Sequence[Sighting], horizon: int) -> bool:
    """Whether it goes on at the end of all data.

    A series that stops inside its event says so only when it stops with the others: a sensor that fell silent long
    before cannot keep an episode open that others saw end. Where no end was seen at all, it is open.
    """
    unseen = [s for s in sightings if s.finding.end is None]
    return len(unseen) == len(sightings) or any(s.end >= horizon - STOPS_WITH_OTHERS_S for s in unseen)


def _best_resolved(sightings: Sequence[Sighting], *, earliest: bool) -> Edge:
    """The outermost edge, quoted from the best resolved signal among those whose edges are compatible with it.

    Best resolved is the narrowest, then the finest step, then the highest contrast: hourly data must not decide the
    minute of an onset that half-hourly data show, unless theirs is earlier beyond doubt, nor may data of a minute that
    were missing for hours beforehand.
    """
    edges = [(s.finding.start if earliest else s.finding.end, s) for s in sightings]
    known = [(edge, s) for edge, s in edges if edge is not None]
    outermost = (min if earliest else max)(known, key=lambda pair: pair[0].best)[0]
    compatible = [
        (edge, s) for edge, s in known if edge.earliest <= outermost.latest and outermost.earliest <= edge.latest
    ]
    return min(compatible, key=lambda pair: _blur(*pair))[0]


def _blur(edge: Edge, sighting: Sighting) -> tuple[int, int, float]:
    """How badly an edge is resolved."""
    return edge.latest - edge.earliest, sighting.examined.series.step_s, -sighting.finding.features.contrast
