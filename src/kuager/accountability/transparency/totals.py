"""What a log of demands adds up to in a period. Pure: the same demands give the same numbers.

A demand belongs to the period in which it was received. One with a gag on its existence is in no number. One with a gag
on its content is received and ``gagged``, and in no other number: what became of it may not be told. So those received
are the sum of the four decisions and of those gagged; the other numbers are of demands whose content may be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kuager.accountability.demands import Decision, Demand, DemandKind, Gag
from kuager.accountability.moments import interval, is_known

RECEIVED, GAGGED = "received", "gagged"
_DECISIONS = (Decision.COMPLIED, Decision.PARTLY, Decision.REFUSED, Decision.PENDING)
PARTS = (*(one.value for one in _DECISIONS), GAGGED)
"""Numbers that sum up to those received."""
OTHERS = ("executed", "ended", "challenged")
NUMBERS = (RECEIVED, *PARTS, *OTHERS)
"""Every number of a report, in order."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included, by the clocks of ``zone`` (tz database)."""

    first: date
    last: date
    zone: str

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Its first moment and the one after its last, half-open."""
        zone = ZoneInfo(self.zone)
        start, end = (
            datetime(day.year, day.month, day.day, tzinfo=zone) for day in (self.first, self.last + timedelta(days=1))
        )
        return start, end

    def holds(self, written: str, place: str) -> bool:
        """Whether a time falls into it; a day by the middle of it, by the clocks of a place."""
        start, end = self.bounds
        return is_known(written) and start <= interval(written, place).best < end

    def is_before(self, written: str, place: str) -> bool:
        """Whether a time lies before it."""
        return is_known(written) and interval(written, place).best < self.bounds[0]


@dataclass(frozen=True, slots=True)
class Row:
    """Demands of one authority, on one legal basis, of one kind; or those of which no more may be told.

    ``gag_basis`` names the law that forbids to tell more; authority, basis and kind are then empty.
    """

    authority: str
    legal_basis: str
    kind: DemandKind | None
    gag_basis: str | None
    places: tuple[str, ...]
    services: tuple[str, ...]
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """A period counted.

    Attributes:
        totals: each of ``NUMBERS``.
        rows: a row each of what may be told apart; they sum up to the totals.
        carried_over: received before, and executed or ended within.
        told: the demands of which more than a number may be told, in order.
        untold: how many have a gag on their existence; for the officer only, never published.
        outside: how many were received in no time of this period; for the officer only.
    """

    totals: Mapping[str, int]
    rows: tuple[Row, ...]
    carried_over: int
    told: tuple[Demand, ...]
    untold: int
    outside: int


def counted(demands: Sequence[Demand], period: Period, place: str) -> Counted:
    """The numbers of a period.

    Args:
        demands: all of the log.
        period: which ones count.
        place: by whose clocks days are.
    """
    hidden = [one for one in demands if one.gag is Gag.EXISTENCE]
    open_ones = [one for one in demands if one.gag is not Gag.EXISTENCE]
    within = [one for one in open_ones if period.holds(one.received, place)]
    groups: dict[tuple[str, str, DemandKind | None, str | None], list[Demand]] = {}
    for one in within:
        gagged = one.gag is Gag.CONTENT
        key = ("", "", None, one.gag_basis) if gagged else (one.authority, one.legal_basis, one.kind, None)
        groups.setdefault(key, []).append(one)
    rows = tuple(
        Row(
            authority,
            basis,
            kind,
            gag_basis,
            () if gag_basis is not None else _names(one.places for one in members),
            () if gag_basis is not None else _names(one.services for one in members),
            _numbers(members),
        )
        for (authority, basis, kind, gag_basis), members in sorted(groups.items(), key=_in_order)
    )
    carried = [
        one
        for one in open_ones
        if period.is_before(one.received, place)
        and (period.holds(one.executed, place) or period.holds(one.ended, place))
    ]
    return Counted(
        totals=_numbers(within),
        rows=rows,
        carried_over=len(carried),
        told=tuple(one for one in within if one.gag is Gag.NONE),
        untold=sum(period.holds(one.received, place) for one in hidden),
        outside=len(demands) - len(within) - sum(period.holds(one.received, place) for one in hidden),
    )


def _numbers(demands: Sequence[Demand]) -> dict[str, int]:
    told = [one for one in demands if one.gag is Gag.NONE]
    found = {RECEIVED: len(demands), GAGGED: len(demands) - len(told)}
    found |= {decision.value: sum(one.decision is decision for one in told) for decision in _DECISIONS}
    found |= {name: sum(bool(getattr(one, name)) for one in told) for name in OTHERS}
    return {name: found[name] for name in NUMBERS}


def _names(every: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in every for name in names}))


def _in_order(group: tuple[tuple[str, str, DemandKind | None, str | None], object]) -> tuple[bool, str, str, str]:
    authority, basis, kind, gag_basis = group[0]
    return gag_basis is not None, authority, basis, (kind.value if kind is not None else gag_basis or "")
