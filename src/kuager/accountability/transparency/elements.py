"""A report laid against indicator F10 of Ranking Digital Rights: which of its fields serves each of the eight elements.

The words of the elements are ours (``questions.CHECKS``). An element is told, withheld with a law, or missing; that a
field is there says nothing of how clear it is, which is for people to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kuager.accountability.moments import known_interval
from kuager.accountability.notices import NoticeHistory
from kuager.accountability.questions import ELEMENTS
from kuager.accountability.rows.disclosure import Policy
from kuager.accountability.transparency.totals import Period
from kuager.accountability.transparency.withholding import Number, Told

OF_POLICY = ("F10.1", "F10.2", "F10.3", "F10.4", "F10.5")
"""What an operator answers in words, by rows of the register of policies."""


class Serves(StrEnum):
    """Whether a report tells what an element asks for."""

    TOLD = "told"
    WITHHELD = "withheld"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Element:
    """An element: the ``field`` of the report that serves it, and the rows of policies that answer it."""

    id: str
    field: str
    serves: Serves
    basis: str = ""
    policies: tuple[Policy, ...] = ()
    notices: tuple[str, ...] = ()


def elements(
    told: Told, policies: Iterable[Policy], notices: Sequence[NoticeHistory], period: Period
) -> tuple[Element, ...]:
    """The eight elements, in order.

    Args:
        told: the numbers that may be told.
        policies: of the operator, those that count.
        notices: of the operator.
        period: of the report; a policy counts that was in force in it.
    """
    in_force = [one for one in policies if _in_force(one, period)]
    start, end = period.bounds
    said = tuple(one.id for one in notices if start <= one.first_known < end)
    found = {}
    for name in ELEMENTS:
        rows = tuple(one for one in in_force if one.element == name)
        if name in OF_POLICY:
            serving = Serves.TOLD if rows else Serves.MISSING
            found[name] = Element(
                name, "policies", serving, policies=rows, notices=said if name == OF_POLICY[-1] else ()
            )
    found["F10.6"] = _of_number("F10.6", "totals.received", told.totals["received"])
    found["F10.8"] = _of_number("F10.8", "totals.complied", told.totals["complied"])
    found["F10.7"] = _authorities(told)
    return tuple(found[name] for name in ELEMENTS)


def _authorities(told: Told) -> Element:
    """The authorities stand in the rows; where the law withholds them all, it says so."""
    received = told.totals["received"]
    if received.value == 0 or any(one.row.gag_basis is None for one in told.rows):
        return Element("F10.7", "rows.authority", Serves.TOLD)
    laws = [one.row.gag_basis or "" for one in told.rows] + [one.basis for one in told.totals.values() if one.basis]
    return Element("F10.7", "rows.authority", Serves.WITHHELD, laws[0])


def _of_number(name: str, field: str, number: Number) -> Element:
    return Element(name, field, Serves.TOLD if number.value is not None else Serves.WITHHELD, number.basis)


def _in_force(one: Policy, period: Period) -> bool:
    start, end = period.bounds
    since, until = known_interval(one.since), known_interval(one.until)
    return (since is None or since.earliest < end) and (until is None or until.latest >= start)
