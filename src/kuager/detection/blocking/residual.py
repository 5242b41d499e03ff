"""Stretches of blocking beside wider cuts of the place: what a cut explains, and what goes on after it.

While a whole place is cut off nothing can be reached, so a target that fails inside a cut tells nothing of its own.
What began with a cut and outlasts it is *residual* blocking; often nobody could measure inside the cut, and then it
may have begun anywhere in it. All times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kuager.detection.blocking.counts import Counts
from kuager.detection.blocking.finding import BlockedStretch
from kuager.detection.grid import DAY_S

AROUND_S = 2 * DAY_S
"""What began so long before or after a cut began around it; counts of days are no finer."""
GOES_ON_S = DAY_S
"""What was seen blocked so long after the end of a cut goes on: the end itself is not known to the hour."""


class Explained(StrEnum):
    """How far a cut of the place explains a stretch of blocking."""

    WHOLLY = "wholly"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut of the whole place; ``end`` is None while it lasts."""

    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Residual:
    """Blocking that began inside or around a cut and goes on after it.

    Attributes:
        stretch: with ``residual`` set.
        cut: the wider one.
        cut_days, cut_days_without: days that the cut touched, and those of them without usable measurements of the
            target. Where there are such days it may have begun at any time of them, and may be older than the cut.
    """

    stretch: BlockedStretch
    cut: Cut
    cut_days: int
    cut_days_without: int


def residual(stretches: Sequence[BlockedStretch], counts: Counts, cuts: Sequence[Cut]) -> tuple[Residual, ...]:
    """The stretches of a target that outlast a cut inside or around which they began, each with its latest such cut."""
    found = []
    for stretch in stretches:
        outlasted = [cut for cut in cuts if _began_around(stretch, cut) and _outlasts(stretch, cut)]
        if outlasted:
            cut = max(outlasted, key=lambda one: one.start)
            days, without = _days(counts, cut)
            found.append(Residual(replace(stretch, residual=True), cut, days, without))
    return tuple(found)


def inside(stretch: BlockedStretch, cuts: Sequence[Cut]) -> Explained:
    """How far cuts of the place explain a stretch.

    Only the time counts in which the target certainly was blocked: from the latest possible beginning to the last
    measurement that showed it.
    """
    start, last = stretch.first_seen.latest, _last_blocked(stretch)
    start, last = min(start, last), max(start, last)
    covered, until = 0, start
    touched = False
    for cut in sorted(cuts, key=lambda one: one.start):
        end = last if cut.end is None else min(cut.end, last)
        begin = max(cut.start, until)
        if cut.start <= last and (cut.end is None or cut.end >= start):
            touched = True
        if end > begin:
            covered += end - begin
            until = end
    if not touched:
        return Explained.NOT
    return Explained.WHOLLY if covered >= last - start else Explained.PARTLY


def _last_blocked(stretch: BlockedStretch) -> int:
    """The last time at which it certainly was blocked."""
    if stretch.last_seen is not None:
        return stretch.last_seen.earliest
    return stretch.first_seen.latest if stretch.last_measured is None else stretch.last_measured


def _began_around(stretch: BlockedStretch, cut: Cut) -> bool:
    """Whether it may have begun inside or around the cut; what lasted when measuring began is known to be older."""
    if stretch.already and stretch.first_seen.earliest < cut.start:
        return False
    after = cut.end is not None and stretch.first_seen.earliest > cut.end + AROUND_S
    return not after and stretch.first_seen.latest >= cut.start - AROUND_S


def _outlasts(stretch: BlockedStretch, cut: Cut) -> bool:
    return cut.end is not None and _last_blocked(stretch) >= cut.end + GOES_ON_S


def _days(counts: Counts, cut: Cut) -> tuple[int, int]:
    """Days that a cut touched, and how many of them have no usable measurement."""
    end = cut.start if cut.end is None else cut.end
    first, last = cut.start // DAY_S, max(cut.start, end - 1) // DAY_S
    measured = int(((counts.days >= first) & (counts.days <= last)).sum())
    return last - first + 1, last - first + 1 - measured
