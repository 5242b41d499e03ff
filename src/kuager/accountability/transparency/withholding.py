"""Numbers that the law forbids to tell, and those from which they could be worked out.

Those received are the sum of their parts (the four decisions, and those gagged). So with one part withheld the others
are withheld, too, and with those received all of them. And with any number withheld there are no rows: their sums, and
how many they are, would tell what the totals do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.accountability.transparency.totals import GAGGED, NUMBERS, PARTS, RECEIVED, Counted, Row
from kuager.errors import UsageError, message


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a report: told, or withheld with the law; ``follows`` where it would give another one away."""

    value: int | None
    basis: str = ""
    follows: bool = False


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row as it may be told."""

    row: Row
    numbers: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Told:
    """What a report may tell: the totals, the rows that sum up to them, and what is carried over from before."""

    totals: Mapping[str, Number]
    rows: tuple[ToldRow, ...]
    carried_over: int


def checked(withheld: Mapping[str, str]) -> dict[str, str]:
    """The numbers that are withheld, each with its law.

    Raises:
        UsageError: there is no such number, or no law is named.
    """
    for name, basis in withheld.items():
        if name not in NUMBERS:
            raise UsageError(
                message("A report has no number “{name}”."),
                remedy=message("Its numbers are: {numbers}."),
                name=name,
                numbers=", ".join(NUMBERS),
            )
        if not basis.strip():
            raise UsageError(
                message("It is not said by which law the number “{name}” is withheld."),
                meaning=message("A number that is left out without a law is not withheld, it is hidden."),
                remedy=message('Name law and article: --withhold {name}="Law …, article …".'),
                name=name,
            )
    return {name: basis.strip() for name, basis in withheld.items()}


def told(counted: Counted, withheld: Mapping[str, str]) -> Told:
    """What may be told of a period.

    Args:
        counted: the numbers.
        withheld: by the name of each number that the law forbids to tell the law, checked.
    """
    gone = _with_what_gives_them_away(withheld)
    rows = () if gone else counted.rows
    return Told(
        totals=_numbers(counted.totals, gone),
        rows=tuple(ToldRow(row, _of_row(row)) for row in rows),
        carried_over=counted.carried_over,
    )


def _of_row(row: Row) -> dict[str, Number]:
    """The numbers of a row; of a gagged one only how many there are."""
    if row.gag_basis is None:
        return _numbers(row.numbers, {})
    return _numbers(
        row.numbers, {name: Number(None, row.gag_basis) for name in NUMBERS if name not in (RECEIVED, GAGGED)}
    )


def _with_what_gives_them_away(withheld: Mapping[str, str]) -> dict[str, Number]:
    gone = {name: Number(None, basis) for name, basis in withheld.items()}
    for name in (RECEIVED, *PARTS):
        if name in withheld:
            for part in PARTS:
                gone.setdefault(part, Number(None, withheld[name], follows=True))
    return gone


def _numbers(numbers: Mapping[str, int], gone: Mapping[str, Number]) -> dict[str, Number]:
    return {name: gone.get(name) or Number(value) for name, value in numbers.items()}
