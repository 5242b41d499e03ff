"""What was measured of single services at a place, and what of it may be told.

Nothing is told of a service on a network by fewer than ``LEAST_MEASUREMENTS`` measurements or ``LEAST_DAYS`` days: so
few may be one person's, and say little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kuager.detection.grid import DAY_S
from kuager.episodes.findings import TRUSTED
from kuager.model.notes import Note
from kuager.model.series import Times
from kuager.model.services import Blocking, Slowing, Whitelisting
from kuager.model.time import to_epoch

LEAST_MEASUREMENTS, LEAST_DAYS = 5, 2
"""The floor below which no network and no service is named."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A service blocked on a network.

    Attributes:
        row: what was found.
        times: int64, rising: when it was measured and blocked, in seconds since the epoch, while it lasted.
        measured: int64, rising: when it was measured so that it could be told, ever.
        blocked: int64, rising: when it was blocked, ever.
    """

    row: Blocking
    times: Times
    measured: Times
    blocked: Times

    @property
    def end(self) -> int | None:
        """When it was last seen, seconds since the epoch; None while it lasted."""
        return None if self.row.last_seen is None else to_epoch(self.row.last_seen.best)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A site of a group on a network that was measured, whatever came of it.

    ``days`` are int64 days since the epoch, rising: those with measurements that can tell, ``measurements`` in all.
    """

    source: str
    network: str
    service: str
    group: str
    days: Times
    measurements: int


@dataclass(frozen=True, slots=True)
class Sightings:
    """What was measured of single services at one place.

    Attributes:
        blocked, slowed, whitelisted: what was found.
        measured: the sites of groups that were measured, and ``listed`` the sites of each group that lists of the
            place name, whether anybody measured them or not.
        withheld: findings that are too few to be named.
        left_out: lists that were not used, for they hold flagged measurements only.
        not_judged: how many measurements say nothing, and the most frequent reasons.
        objects: sha256 of the sealed objects behind all of it.
    """

    blocked: tuple[Seen, ...] = ()
    slowed: tuple[Slowing, ...] = ()
    whitelisted: tuple[Whitelisting, ...] = ()
    measured: tuple[Measured, ...] = ()
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    withheld: int = 0
    left_out: int = 0
    not_judged: tuple[Note, ...] = ()
    objects: tuple[str, ...] = ()


def tellable(found: Sightings, window: tuple[int, int]) -> Sightings:
    """What is probable, lies in the window and is above the floor; how much was withheld is counted.

    A site that was measured less often than that counts in its group as not measured, whoever measured it.

    Args:
        found: everything.
        window: of the case, seconds since the epoch, half-open.
    """
    probable = [one for one in found.blocked if one.row.probability >= TRUSTED and _touches(one, window)]
    slow = [one for one in found.slowed if one.probability >= TRUSTED and to_epoch(one.start.best) < window[1]]
    slow = [one for one in slow if one.end is None or to_epoch(one.end.best) > window[0]]
    told = [one for one in probable if _enough(one.row.measurements, one.row.days_measured) and _bears(one)]
    slowed = [one for one in slow if _enough(one.runs, one.days_measured)]
    listed = [one for one in found.whitelisted if _enough(one.measurements, one.days)]
    listed = [
        one
        for one in listed
        if one.probability >= TRUSTED and to_epoch(one.start) < window[1] and to_epoch(one.end) >= window[0]
    ]
    withheld = len(probable) - len(told) + len(slow) - len(slowed)
    measured = [one for one in found.measured if _enough(one.measurements, one.days.size)]
    return replace(
        found,
        blocked=tuple(told),
        slowed=tuple(slowed),
        whitelisted=tuple(listed),
        measured=tuple(measured),
        withheld=withheld,
    )


def by_service(rows: Sequence[Seen]) -> dict[str, list[Seen]]:
    """Findings by service, in order of service."""
    found: dict[str, list[Seen]] = {}
    for one in sorted(rows, key=lambda one: one.row.service):
        found.setdefault(one.row.service, []).append(one)
    return found


def _enough(measurements: int, days: int) -> bool:
    return measurements >= LEAST_MEASUREMENTS and days >= LEAST_DAYS


def _bears(one: Seen) -> bool:
    """Whether blocked measurements were made on two days at least: one bad day makes no episode."""
    return len(set((one.times // DAY_S).tolist())) >= LEAST_DAYS


def _touches(one: Seen, window: tuple[int, int]) -> bool:
    begins, ends = to_epoch(one.row.first_seen.best), one.end
    return begins < window[1] and (to_epoch(one.row.last_measured) if ends is None else ends) >= window[0]
