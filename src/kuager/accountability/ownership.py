"""Who owned an operator on a day: from owner to owner, up to those of whom no owner is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kuager.accountability.moments import UNKNOWN, interval, known_interval
from kuager.accountability.rows.conduct import Ownership
from kuager.accountability.rows.row import Status

_MAJORITY = 50.0
"""Per cent; whoever owns more decides alone."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner of an operator, directly or through others.

    Attributes:
        name: an operator's id or a name.
        share: per cent of what stands directly below it; null where it is not known.
        state: whether this is the state.
        sources: what the rows of the whole chain cite, each once.
        through: the chain from the operator up to what it owns directly.
        unproven: whether a row of the chain is not supported, or its dates do not tell whether it held on that day.
    """

    name: str
    share: float | None
    state: bool
    sources: tuple[str, ...]
    through: tuple[str, ...]
    unproven: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The top company above an operator and below the state; the operator itself where only the state owns it."""

    name: str
    sources: tuple[str, ...]
    through: tuple[str, ...]
    unproven: bool


def owners_of(operator: str, on: date, rows: Sequence[Ownership]) -> tuple[Owner, ...]:
    """All owners of an operator on a day, the nearest first; one that owns it in two ways stands there twice.

    Empty where nobody says who owns it: that is not known, and not that nobody does.
    """
    found = list(_above((operator,), (), False, on, rows))
    return tuple(sorted(found, key=lambda one: (len(one.through), one.through, -(one.share or 0.0), one.name)))


def group_of(operator: str, on: date, rows: Sequence[Ownership]) -> Group | None:
    """The company group of an operator on a day, by majorities; None where no row tells of an owner.

    The way up goes on to an owner of more than half, and to the only owner known where its share is not; it ends where
    there is none, and below the state.
    """
    if not owners_of(operator, on, rows):
        return None
    group = Group(operator, (), (), False)
    while (owner := _deciding(group.name, on, rows)) is not None and owner.name not in {*group.through, group.name}:
        group = Group(
            name=owner.name,
            sources=tuple(dict.fromkeys((*group.sources, *owner.sources))),
            through=(*group.through, group.name),
            unproven=group.unproven or owner.unproven,
        )
    return group


def _above(
    chain: tuple[str, ...], sources: tuple[str, ...], unproven: bool, on: date, rows: Sequence[Ownership]
) -> Iterator[Owner]:
    for row, doubtful in _held(chain[-1], on, rows):
        if row.owner in chain:  # companies may own each other in a ring
            continue
        cited = tuple(dict.fromkeys((*sources, *row.sources)))
        yield Owner(row.owner, row.share, row.state, cited, chain, unproven or doubtful)
        yield from _above((*chain, row.owner), cited, unproven or doubtful, on, rows)


def _deciding(owned: str, on: date, rows: Sequence[Ownership]) -> Owner | None:
    """The company that decides over another; None where it is the state, nobody, or not known."""
    direct = [one for one in owners_of(owned, on, rows) if one.through == (owned,)]
    deciding = [one for one in direct if one.share is not None and one.share > _MAJORITY]
    if not deciding and len(direct) == 1 and direct[0].share is None:
        deciding = direct
    return deciding[0] if len(deciding) == 1 and not deciding[0].state else None


def _held(owned: str, on: date, rows: Sequence[Ownership]) -> Iterator[tuple[Ownership, bool]]:
    """The rows about the owners of a company that held on a day, or may have, and whether there is a doubt."""
    day = interval(on.isoformat())
    for row in rows:
        if row.owned != owned or row.status is Status.WITHDRAWN:
            continue
        since, until = known_interval(row.since), known_interval(row.until)
        if (since is not None and since.earliest >= day.latest) or (until is not None and until.latest <= day.earliest):
            continue
        begun = since is None or since.latest <= day.latest
        not_over = row.until != UNKNOWN if until is None else until.earliest >= day.earliest
        yield row, row.status is not Status.SUPPORTED or not (begun and not_over)
