"""What the explanations of an episode are tested on: its events, what else was measured, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kuager.episodes.cause import Timing
from kuager.episodes.findings import FAINT, TRUSTED, Examined, Sighting
from kuager.episodes.fuse import Cluster
from kuager.episodes.kinds import kinds_of
from kuager.episodes.phases import Piece
from kuager.model.documents import Acknowledgement, Explained
from kuager.model.episodes import Kinds, Reading
from kuager.model.networks import facts
from kuager.model.notes import Note
from kuager.model.words import Explanation

HOUR_S = 3_600
TOGETHER_S = 2 * HOUR_S
"""What falls no further apart fell together."""
CLEAR_DEPTH = 0.2
"""A loss elsewhere that is worth comparing with."""
MOST_OF_IT = 0.5
"""Who measured at least so much of the episode can be compared with it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A finding, and what it weighs for (positive) or against (negative) each explanation that it bears on."""

    note: Note
    weights: Mapping[Explanation, int]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that would have told more of some explanations, and was not measured."""

    note: Note
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """An episode with all that was measured around it.

    Attributes:
        place: its code.
        cluster: its events.
        examined: every series of the place.
        everywhere: every series of the case, also those of other places.
        pieces: its phases.
        timing: None where it cannot be judged.
        acknowledged: who has acknowledged it.
        explained: the causes other than an order that documents give for that place and time.
        shown: what each signal says of the episode; none where its parts tell of it.
    """

    place: str
    cluster: Cluster
    examined: Sequence[Examined]
    everywhere: Sequence[Examined]
    pieces: Sequence[Piece]
    timing: Timing | None
    acknowledged: Sequence[Acknowledgement]
    explained: Sequence[Explained] = ()
    shown: Sequence[Reading] = ()

    @cached_property
    def kinds(self) -> Kinds:
        """Who saw it."""
        return kinds_of(self.shown, self.cluster)

    @property
    def first(self) -> int:
        """Seconds since the epoch."""
        return self.cluster.first

    @property
    def last(self) -> int:
        """The same."""
        return self.cluster.last

    @property
    def length_s(self) -> int:
        """Seconds, so far while it lasts."""
        return self.last - self.first

    @property
    def deepest(self) -> float:
        """The greatest share that any signal lost."""
        return max(one.finding.depth for one in self.cluster.sightings)

    @property
    def network_depth(self) -> float:
        """The greatest share that any signal that looks at networks lost."""
        seen = (one.finding.depth for one in self.cluster.sightings if one.examined.looks_at_networks)
        return max(seen, default=0.0)

    @cached_property
    def kin(self) -> Sequence[Examined]:
        """Series of other places of the same country: parts of a country, siblings and networks of a region."""
        country = country_of(self.place)
        others = [one for one in self.everywhere if one.series.place != self.place and not one.rises]
        return [one for one in others if country and country_of(one.series.place) == country]

    @cached_property
    def abroad(self) -> Sequence[Examined]:
        """Series of other countries."""
        country = country_of(self.place)
        others = [one for one in self.everywhere if not one.rises]
        return [one for one in others if country and country_of(one.series.place) not in {country, ""}]

    def could_tell(self, one: Examined) -> bool:
        """Whether a series measured enough of the episode to be compared with it."""
        return one.coverage(self.first, self.last) >= MOST_OF_IT and one.could_have_seen(self.first, self.last)

    def fell(self, one: Examined) -> Iterator[Sighting]:
        """The clear losses of a series that began with the episode or during it."""
        for finding in one.detection.findings:
            seen = Sighting(one, finding)
            clear = finding.probability >= TRUSTED and finding.depth >= CLEAR_DEPTH
            if clear and finding.start.best >= self.first - TOGETHER_S and finding.start.best < self.last:
                yield seen

    def fell_with_it(self, one: Examined) -> bool:
        """Whether a series began to fall when the episode began."""
        return any(abs(seen.finding.start.best - self.first) <= TOGETHER_S for seen in self.fell(one))

    def stayed(self, one: Examined) -> bool:
        """Whether a series could tell and shows not even a faint loss during the episode."""
        found = (Sighting(one, finding) for finding in one.detection.findings if finding.probability >= FAINT)
        touched = any(seen.finding.start.best < self.last and seen.end > self.first for seen in found)
        return self.could_tell(one) and not touched


def country_of(place: str) -> str:
    """The country of a place, region or network; empty where nobody knows."""
    if place.startswith("AS") and place[2:].isdigit():
        known = facts(int(place[2:]))
        return known[0].country if known else ""
    return place.partition("-")[0]
