"""Which events belong together, and whether together they are an episode.

Evidence is fused event by event, not sample by sample: summed likelihoods let one glitching source outvote all others.
Two events belong together when they overlap in time. Signals of one independence group count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.detection import Edge
from kuager.episodes.findings import Examined, Sighting

DEEP = 0.6
"""A loss of activity that no holiday explains."""
LONGEST_RESTORATION_S = 12 * 3_600
"""Service that comes back for no longer than this has not come back for good."""
STOPS_WITH_OTHERS_S = 24 * 3_600
"""Sources publish with delays of hours; a series that ends within a day of the last one ends with it."""
ALONE = 0.9
"""What one signal alone must reach, in probability, where no other could have spoken."""


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """Overlapping events at one place. ``end`` is None while at least one of them lasts at the end of its data.

    ``faint`` are improbable events of the same time; they tell what a signal showed, and corroborate nothing.
    """

    sightings: tuple[Sighting, ...]
    faint: tuple[Sighting, ...]
    start: Edge
    end: Edge | None
    horizon: int

    @property
    def first(self) -> int:
        """Seconds since the epoch."""
        return self.start.best

    @property
    def last(self) -> int:
        """The best end, or the end of all data while ongoing."""
        return self.end.best if self.end is not None else self.horizon

    @property
    def groups(self) -> frozenset[str]:
        """The independence groups that saw it."""
        return frozenset(sighting.group for sighting in self.sightings)


def clusters(examined: Sequence[Examined]) -> list[Cluster]:
    """Group the trusted events of one place by overlap in time, in order of time."""
    sightings = sorted(
        (Sighting(one, finding) for one in examined for finding in one.trusted),
        key=lambda sighting: (sighting.finding.start.best, sighting.examined.series.key),
    )
    horizon = max((one.end_of_data for one in examined), default=0)
    found: list[Cluster] = []
    together: list[Sighting] = []
    reach = 0
    for sighting in sightings:
        if together and sighting.finding.start.best > reach:
            found.append(_cluster(together, examined, horizon))
            together = []
        reach = max(reach, sighting.end) if together else sighting.end
        together.append(sighting)
    if together:
        found.append(_cluster(together, examined, horizon))
    return found


def episode_clusters(examined: Sequence[Examined]) -> list[Cluster]:
    """The clusters that are episodes; two that only some hours part are one, with a restoration between them."""
    joined: list[Cluster] = []
    for cluster in clusters(examined):
        if not is_episode(cluster, examined):
            continue
        if joined and cluster.first - joined[-1].last <= LONGEST_RESTORATION_S:
            together = [*joined.pop().sightings, *cluster.sightings]
            joined.append(_cluster(together, examined, cluster.horizon))
        else:
            joined.append(cluster)
    return joined


def is_episode(cluster: Cluster, examined: Sequence[Examined]) -> bool:
    """Whether a cluster is more than one signal's dip or a day off.

    It is when two independent kinds of signal saw it and either one of them looks at networks or the loss is
    deeper than a holiday's; or when one signal alone is very sure of a deep loss and no other could have seen it, where
    routing that stays up does not count: it stays up in many blackouts.
    """
    if len(cluster.groups) > 1:
        if any(sighting.examined.looks_at_networks for sighting in cluster.sightings):
            return True
        return len({s.group for s in cluster.sightings if s.finding.depth >= DEEP}) > 1
    sure = any(s.finding.probability >= ALONE and s.finding.depth >= DEEP for s in cluster.sightings)
    others = [one for one in examined if one.signal.independence not in cluster.groups and not one.is_routing]
    return sure and not any(one.could_have_seen(cluster.first, cluster.last) for one in others)


def fused_probability(cluster: Cluster, dissenters: int) -> float:
    """The probability that something happened, 0 to 1.

    Each independent group is wrong with its event's own probability, which counts failures of whole sources in;
    groups are wrong independently of each other. Each group that could have seen it and did not halves the odds.
    """
    wrong = 1.0
    for group in cluster.groups:
        best = max(s.finding.probability for s in cluster.sightings if s.group == group)
        wrong *= 1.0 - best
    odds = (1.0 - wrong) / max(wrong, 1e-6) * 0.5**dissenters
    return round(min(0.9999, odds / (1.0 + odds)), 4)


def _cluster(sightings: list[Sighting], examined: Sequence[Examined], horizon: int) -> Cluster:
    start = _best_resolved(sightings, earliest=True)
    end = None if _lasts(sightings, horizon) else _best_resolved(sightings, earliest=False)
    last = end.best if end is not None else horizon
    faint = tuple(
        sighting
        for one in examined
        for finding in one.faint
        if finding.start.best < last and (sighting := Sighting(one, finding)).end > start.best
    )
    return Cluster(tuple(sightings), faint, start, end, horizon)


def _lasts(sightings: Sequence[Sighting], horizon: int) -> bool:
    """Whether it goes on at the end of all data.

    A series that stops inside its event says so only when it stops with the others: a sensor that fell silent long
    before cannot keep an episode open that others saw end. Where no end was seen at all, it is open.
    """
    unseen = [s for s in sightings if s.finding.end is None]
    return len(unseen) == len(sightings) or any(s.end >= horizon - STOPS_WITH_OTHERS_S for s in unseen)


def _best_resolved(sightings: Sequence[Sighting], *, earliest: bool) -> Edge:
    """The outermost edge, quoted from the best resolved signal among those whose edges are compatible with it.

    Best resolved is the finest step, then the highest contrast: hourly data must not decide the minute of an onset
    that half-hourly data show, unless theirs is earlier beyond doubt.
    """
    edges = [(s.finding.start if earliest else s.finding.end, s) for s in sightings]
    known = [(edge, s) for edge, s in edges if edge is not None]
    outermost = (min if earliest else max)(known, key=lambda pair: pair[0].best)[0]
    compatible = [
        (edge, s) for edge, s in known if edge.earliest <= outermost.latest and outermost.earliest <= edge.latest
    ]
    return min(compatible, key=lambda pair: (pair[1].examined.series.step_s, -pair[1].finding.features.contrast))[0]
