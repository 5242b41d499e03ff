"""From estimates and published claims to a range of cost: never one number, and both ends name who gives them.

Only amounts that count the shutdown itself, in US dollars, are counted. Damage by riots, the loss of one company, other
currencies and withdrawn figures stand apart with the reason; nothing is converted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.accountability.cost import METHODS, Estimate, MethodStatus
from kuager.accountability.rows.documents import Claim, Counts
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.model.notes import Note

CURRENCY = "USD"
"""The currency of the range: that of all methods and of most claims."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An end of a range: an amount in US dollars, null where nothing bounds it, and a method or claim by its id."""

    usd: float | None
    by: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Two ends that are not the same."""

    low: Bound
    high: Bound


@dataclass(frozen=True, slots=True)
class Apart:
    """A claim that is not counted, and why."""

    claim: Claim
    reason: Note


@dataclass(frozen=True, slots=True)
class CostRange:
    """What an episode may have cost.

    Attributes:
        whole: over all that counts; null where fewer than two amounts are known, for one number is no range.
        computed: over the methods computed here.
        published: over the claims.
        estimates: every method, also those that gave nothing.
        claims: those that are counted.
        apart: those that are not.
        notes: what the range is, and what it is not.
    """

    whole: Spread | None
    computed: Spread | None
    published: Spread | None
    estimates: tuple[Estimate, ...]
    claims: tuple[Claim, ...]
    apart: tuple[Apart, ...]
    notes: tuple[Note, ...]


def total(estimates: Sequence[Estimate], claims: Sequence[Claim]) -> CostRange:
    """The range over computed methods and published claims of the same episode."""
    apart = [(one, _reason(one)) for one in claims if one.amount is not None]
    counted = tuple(one for one, reason in apart if reason is None)
    computed = [
        bound
        for one in estimates
        if one.usd is not None and one.status is MethodStatus.COMPUTED
        for bound in (Bound(one.usd.low, one.method), Bound(one.usd.high, one.method))
    ]
    published = [Bound(one.amount, one.id) for one in counted]
    whole = _spread([*computed, *published])
    return CostRange(
        whole=whole,
        computed=_spread(computed),
        published=_spread(published),
        estimates=tuple(estimates),
        claims=counted,
        apart=tuple(Apart(one, reason) for one, reason in apart if reason is not None),
        notes=_notes(whole, [*computed, *published]),
    )


_NOT_COUNTED = {
    Counts.RIOT: message("It counts damage by riots, which is no cost of the shutdown."),
    Counts.COMPANY: message("It counts the loss of one company, which is a part of the whole."),
    Counts.NOTHING: message("It does not say what it counts."),
}


def _reason(claim: Claim) -> Note | None:
    """Why a claim is not counted; None when it is."""
    named = METHODS.get(claim.method)
    if claim.counts in _NOT_COUNTED:
        return Note(_NOT_COUNTED[claim.counts], {})
    if claim.status is Status.WITHDRAWN:
        return Note(message("It was withdrawn."), {})
    if named is not None and named.status is MethodStatus.WITHDRAWN:
        return Note(message("Its method was withdrawn: {method}."), {"method": named.name})
    if not claim.sources:
        return Note(message("It cites nothing."), {})
    if claim.currency != CURRENCY:
        template = message("It is in another currency ({currency}), and nothing is converted.")
        return Note(template, {"currency": claim.currency or "?"})
    return None


def _spread(bounds: Sequence[Bound]) -> Spread | None:
    """The ends of all bounds, the first of those that are the same; None where they are all one amount."""
    amounts = {one.usd for one in bounds}
    if len(amounts) < 2 or amounts == {None}:
        return None
    low = min((one for one in bounds if one.usd is not None), key=lambda one: one.usd or 0.0)
    return Spread(low, max(bounds, key=lambda one: float("inf") if one.usd is None else one.usd))


def _notes(whole: Spread | None, bounds: Sequence[Bound]) -> tuple[Note, ...]:
    if whole is not None:
        said = [Note(message("A range over methods that disagree: no one number of it is the cost."), {})]
        if whole.high.usd is None:
            said.append(Note(message("It lasts: nothing bounds the range from above yet."), {}))
        return tuple(said)
    if bounds:
        return (Note(message("Only one amount is known, by {by}: it is no range."), {"by": bounds[0].by}),)
    return (Note(message("No amount is known that counts the shutdown: that is not a cost of zero."), {}),)
