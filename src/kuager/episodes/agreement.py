"""How well what one series shows agrees with an interval that another one proposes.

Two events agree by the length of their intersection over that of their union. A sample that is longer than the interval
cannot be asked so: a day's count of people overlaps any hour of the day. It agrees as far as the hours that it lost,
which are its depth times its length, are those that the interval would have cost it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.episodes.findings import Sighting
from kuager.model.words import Access

JOINS = 0.4
"""An event that lies mostly outside the core belongs to it when intersection over union is at least this."""
WELL = 0.25
"""What agrees less than this has seen something else."""
SAMPLES_OF_DOUBT = 2
"""Edges this many of the coarser samples apart are half in agreement."""
PART_SEEN_IN_ALL = 0.25
"""What all of a place's access together must show at least of a loss of mobile or of fixed access."""


@dataclass(frozen=True, slots=True)
class Core:
    """An interval in seconds since the epoch in which a share ``depth`` of one kind of access may have been lost."""

    start: int
    end: int
    depth: float
    access: Access

    @classmethod
    def of(cls, anchor: Sighting) -> Core:
        """The interval of one event."""
        return cls(anchor.start, anchor.end, anchor.finding.depth, anchor.examined.series.access)

    @property
    def length_s(self) -> int:
        """Seconds."""
        return max(1, self.end - self.start)


def is_coarse(step_s: int, core: Core) -> bool:
    """Whether the samples of a series are too long to show the interval as one of its own."""
    return step_s > core.length_s


def agreement(pieces: Sequence[Sighting], core: Core) -> float:
    """How well the events of ONE series agree with an interval, 0 to 1.

    Args:
        pieces: its events that overlap the interval, in order of time; none gives 0.
        core: the interval.
    """
    if not pieces:
        return 0.0
    length = sum(one.end - one.start for one in pieces)
    if is_coarse(pieces[0].examined.series.step_s, core):
        lost = sum((one.end - one.start) * one.finding.depth for one in pieces)
        wanted = core.length_s * core.depth
        return min(lost, wanted) / max(lost, wanted, 1e-9)
    common = shared(pieces, core.start, core.end)
    return common / max(1, length + core.length_s - common)


def shared(pieces: Sequence[Sighting], start: int, end: int) -> int:
    """Seconds of an interval that lie within the events of one series."""
    return sum(max(0, min(one.end, end) - max(one.start, start)) for one in pieces)


def joins(sighting: Sighting, core: Core) -> bool:
    """Whether an event belongs to what happened in a core: most of it lies inside, or both are about the same time."""
    if is_coarse(sighting.examined.series.step_s, core):
        return agreement((sighting,), core) >= WELL
    common = shared((sighting,), core.start, core.end)
    return 2 * common >= max(1, sighting.end - sighting.start) or agreement((sighting,), core) >= JOINS


def edges_agree(sighting: Sighting, core: Core, step_s: int) -> float:
    """How close both edges of an event lie to those of a core that was seen in samples of ``step_s``, 0 to 1."""
    doubt = SAMPLES_OF_DOUBT * max(step_s, sighting.examined.series.step_s)
    apart = (abs(sighting.start - core.start), abs(sighting.end - core.end))
    return sum(1.0 / (1.0 + seconds / doubt) for seconds in apart) / len(apart)


def part_expected(core: Core, access: Access) -> float:
    """The share of a core's depth that series of some access must at least show, 0 when they need not show it at all.

    Mobile access that goes on refutes no loss of fixed access, and says little of one of all access together; all
    together must show a part of what either loses.
    """
    apart = (Access.MOBILE, Access.FIXED)
    if core.access == access or (core.access not in apart and access not in apart):
        return 0.5
    return PART_SEEN_IN_ALL if access not in apart else 0.0
