"""What each independence group at a place says of an interval: saw it, missed it though it could have, or nothing.

Signals of one group fail together and are heard as one voice, which is as strong as the share of its members that saw
it among those that could have: one blocked service is not the fall of all services of its owner. Routes stay announced
in many blackouts, so that routing that stays up refutes nothing but other routing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kuager.episodes.agreement import WELL, Core, agreement, edges_agree, part_expected, shared
from kuager.episodes.findings import FAINT, Examined, Sighting
from kuager.model.series import Times

MONTH_S = 30 * 86_400
LEAST_MONTHS = 0.5
LONELY = 0.1
"""A dip that agrees less than this with those of every other group was the group's own."""
FRACTIONS_OF_DEPTH = (1.0, 0.5, 0.25)
"""Of the loss that a series must show: the smaller the fraction that it could have seen, the more its calm says."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One independence group on one interval.

    Attributes:
        group: its name.
        best: the event of the member that agrees best; None when no member saw it.
        agreement: how well, 0 to 1.
        edges: how close its edges are, 0 to 1.
        saw: how many members saw it.
        missed: how many could have seen it and were normal for most of it.
        power: how small a part of the loss those that missed it would have seen, 0 to 1; 0 when none missed it.
        coverage: the share of the interval that the best member measured.
        dips_alone: how often the group dips at this place while no other does, per 30 days, not counting this time.
    """

    group: str
    best: Sighting | None
    agreement: float
    edges: float
    saw: int
    missed: int
    power: float
    coverage: float
    dips_alone: float

    @property
    def share(self) -> float:
        """The share of the members able to speak that saw it, 0 to 1."""
        return self.saw / max(1, self.saw + self.missed)

    @property
    def strength(self) -> float:
        """How much this voice counts beside others, 0 to 1."""
        return self.share * self.agreement * self.best.finding.probability if self.best else 0.0

    @property
    def depth(self) -> float:
        """The share lost, 0 to 1."""
        return self.best.finding.depth if self.best else 0.0

    @property
    def log_odds(self) -> float:
        """Of its best event."""
        chance = self.best.finding.probability if self.best else 0.5
        return math.log(chance / (1.0 - chance))


@dataclass(frozen=True, eq=False)
class Place:
    """Everything examined at one place, and what fusion asks of it again and again."""

    examined: tuple[Examined, ...]

    @cached_property
    def sightings(self) -> tuple[Sighting, ...]:
        """Every event of at least faint probability, in order of time."""
        every = (Sighting(one, f) for one in self.examined for f in one.detection.findings if f.probability >= FAINT)
        return tuple(sorted(every, key=lambda one: (one.start, one.examined.series.key)))

    @cached_property
    def horizon(self) -> int:
        """The end of all data, seconds since the epoch."""
        return max((one.end_of_data for one in self.examined), default=0)

    @cached_property
    def _bounds(self) -> tuple[Times, Times]:
        starts = np.array([one.start for one in self.sightings], dtype=np.int64)
        return starts, np.array([one.end for one in self.sightings], dtype=np.int64)

    def overlapping(self, start: int, end: int) -> list[Sighting]:
        """The events that overlap an interval, in order of time."""
        starts, ends = self._bounds
        return [self.sightings[index] for index in np.flatnonzero((starts < end) & (ends > start)).tolist()]

    @cached_property
    def lonely(self) -> dict[int, float]:
        """The events that no other group shares though one could have, by identity, each with its probability."""
        return {id(one): one.finding.probability for one in self.sightings if self._is_lonely(one)}

    def _is_lonely(self, one: Sighting) -> bool:
        core = Core.of(one)
        others = [other for other in self.overlapping(one.start, one.end) if other.group != one.group]
        if any(agreement((other,), core) >= LONELY for other in others):
            return False
        silent = (other for other in self.examined if other.signal.independence != one.group and not other.is_routing)
        return any(could_have(other, (), core) for other in silent)

    @cached_property
    def _dips(self) -> dict[str, tuple[float, float]]:
        """For each group how many dips of its own, weighted by probability, in how many 30 days of its members."""
        dips: dict[str, float] = defaultdict(float)
        months: dict[str, float] = defaultdict(float)
        for sighting in self.sightings:
            dips[sighting.group] += self.lonely.get(id(sighting), 0.0)
        for one in self.examined:
            seconds = float(one.detection.observed.sum()) * one.detection.grid.step_s
            months[one.signal.independence] += seconds / MONTH_S
        return {group: (dips[group], months[group]) for group in months}

    def dips_alone(self, group: str, here: Sequence[Sighting] = ()) -> float:
        """How often a group dips alone, per member and 30 days, not counting the events ``here``."""
        dips, months = self._dips[group]
        counted = sum(self.lonely.get(id(one), 0.0) for one in here if one.group == group)
        return max(0.0, dips - counted) / max(LEAST_MONTHS, months)


def voices(place: Place, core: Core) -> tuple[list[Voice], list[Voice]]:
    """What falling and what rising groups say of an interval, each in order of their names."""
    events: dict[int, list[Sighting]] = defaultdict(list)
    for sighting in place.overlapping(core.start, core.end):
        events[id(sighting.examined)].append(sighting)
    members: dict[tuple[bool, str], list[Examined]] = defaultdict(list)
    for one in place.examined:
        members[(one.rises, one.signal.independence)].append(one)
    heard: tuple[list[Voice], list[Voice]] = ([], [])
    finest = min((one.detection.grid.step_s for one in place.examined), default=1)
    for (rises, group), series in sorted(members.items()):
        found = [(one, events.get(id(one), [])) for one in series]
        heard[rises].append(_voice(place, core, group, found, finest))
    return heard


def _voice(
    place: Place, core: Core, group: str, members: Sequence[tuple[Examined, list[Sighting]]], finest_s: int
) -> Voice:
    """The voice of one group; each member comes with its events that overlap the interval."""
    often = place.dips_alone(group, [piece for _, pieces in members for piece in pieces])
    fits = [(agreement(pieces, core), one, pieces) for one, pieces in members]
    saw = [fit for fit in fits if fit[0] >= WELL]
    missed = [
        one
        for fit, one, pieces in fits
        if fit < WELL and (bool(saw) or not one.is_routing) and could_have(one, pieces, core)
    ]
    powers = [power(one, core) for one in missed]
    if not saw:
        return Voice(group, None, 0.0, 0.0, 0, len(missed), max(powers, default=0.0), 0.0, often)
    fit, one, pieces = max(saw, key=lambda found: found[0] * max(piece.finding.probability for piece in found[2]))
    best = max(pieces, key=lambda piece: (piece.finding.probability, piece.end - piece.start))
    return Voice(
        group=group,
        best=best,
        agreement=fit,
        edges=edges_agree(best, core, finest_s),
        saw=len(saw),
        missed=len(missed),
        power=max(powers, default=0.0),
        coverage=one.coverage(core.start, core.end),
        dips_alone=often,
    )


def could_have(one: Examined, pieces: Sequence[Sighting], core: Core) -> bool:
    """Whether a series could have seen an interval's loss; one that was low for half of it saw nothing new begin."""
    if one.rises or 2 * shared(pieces, core.start, core.end) >= core.length_s:
        return False
    expected = part_expected(core, one.series.access) * core.depth
    return expected > 0 and one.could_have_seen(core.start, core.end, expected)


def power(one: Examined, core: Core) -> float:
    """How small a fraction of the loss that it must show a series could have seen, 0 to 1."""
    expected = part_expected(core, one.series.access) * core.depth
    seen = [one.could_have_seen(core.start, core.end, expected * fraction) for fraction in FRACTIONS_OF_DEPTH]
    return sum(seen) / len(seen)
