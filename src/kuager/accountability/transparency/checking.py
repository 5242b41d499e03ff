"""Reading a published report again, whoever made it: its sums are worked out from its rows and never believed.

The form is that of ``FORMAT``; docs/operators.md describes it. A number is ``{"value": 3}`` or ``{"withheld": law}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from kuager.accountability.questions import ELEMENTS
from kuager.accountability.transparency.totals import GAGGED, NUMBERS, PARTS, RECEIVED
from kuager.codecs.text import excerpt, refusal
from kuager.errors import message
from kuager.model.notes import Note

FORMAT = "kuager-transparency-report/1"
LARGEST = 4 * 2**20


class PublishedNumber(msgspec.Struct, frozen=True):
    """A number: its value, or the law by which it is withheld."""

    value: int | None = None
    withheld: str = ""
    follows: bool = False


class PublishedRow(msgspec.Struct, frozen=True):
    """A row; ``withheld`` is the law by which no more than the number of a row may be told."""

    numbers: dict[str, PublishedNumber]
    authority: str = ""
    legal_basis: str = ""
    kind: str = ""
    places: list[str] = []
    services: list[str] = []
    withheld: str = ""


class PublishedElement(msgspec.Struct, frozen=True):
    """An element of indicator F10 and how the report serves it."""

    element: str
    serves: str
    field: str = ""
    withheld: str = ""


class PublishedPeriod(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """The first and the last day, both included."""

    first: str
    last: str


class Published(msgspec.Struct, frozen=True):
    """As much of a report as is checked."""

    format: str
    operator: str
    period: PublishedPeriod
    totals: dict[str, PublishedNumber]
    rows: list[PublishedRow]
    f10: list[PublishedElement]
    carried_over: int = 0
    compared: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it holds, and what it is; null where the report does not tell it."""

    holds: bool | None
    note: Note


def read(data: bytes) -> Published:
    """A published report.

    Raises:
        CodecError: it is too large, or not of the form.
    """
    if len(data) > LARGEST:
        raise refusal(message("{file} is larger than any report."))
    try:
        found = msgspec.json.decode(data, type=Published)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refusal(
            message("{file} is no transparency report of the form that is checked: {what}."),
            remedy=message("docs/operators.md describes the form."),
            what=excerpt(str(error), 160),
        ) from error
    if found.format != FORMAT:
        raise refusal(
            message("{file} is a report of another form: {form}."),
            remedy=message("docs/operators.md describes the form."),
            form=excerpt(found.format),
        )
    return found


def findings(report: Published) -> Iterator[Finding]:
    """Everything that is looked at, in order."""
    yield from _shape(report)
    yield from _sums(report)
    yield from _laws(report)
    named = [one.element for one in report.f10]
    yield Finding(
        named == list(ELEMENTS),
        Note(message("Each of the eight elements of indicator F10 is there once."), {}),
    )
    missing = [one.element for one in report.f10 if one.serves not in ("told", "withheld")]
    nothing = message("The report tells what each element asks for, or by which law it may not.")
    gaps = message("The report does not tell what these elements ask for: {elements}.")
    if missing:
        yield Finding(None, Note(gaps, {"elements": ", ".join(missing)}))
    else:
        yield Finding(True, Note(nothing, {}))


def _shape(report: Published) -> Iterator[Finding]:
    absent = [name for name in NUMBERS if name not in report.totals]
    yield Finding(not absent, Note(message("Every number is there, told or withheld."), {}))
    negative = [
        one.value
        for numbers in (report.totals, *(row.numbers for row in report.rows))
        for one in numbers.values()
        if one.value is not None and one.value < 0
    ]
    yield Finding(not negative, Note(message("No number is less than zero."), {}))
    yield Finding(
        report.period.first <= report.period.last,
        Note(message("The period ends after it begins."), {}),
    )


def _sums(report: Published) -> Iterator[Finding]:
    totals = {name: one.value for name, one in report.totals.items()}
    parts = [totals.get(name) for name in PARTS]
    known = [one for one in parts if one is not None]
    whole = totals.get(RECEIVED)
    if whole is not None and len(known) == len(parts):
        yield Finding(
            sum(known) == whole,
            Note(message("Those received are those complied with, in part, refused, pending and gagged."), {}),
        )
    for name in NUMBERS:
        told = [row.numbers.get(name, PublishedNumber()).value for row in report.rows if _counts(row, name)]
        total = totals.get(name)
        if report.rows and total is not None:
            yield Finding(
                None not in told and sum(one or 0 for one in told) == total,
                Note(message("The rows sum up to the total: {number}."), {"number": name}),
            )


def _counts(row: PublishedRow, name: str) -> bool:
    """Of a gagged row only how many there are is told, and only that counts."""
    return not row.withheld or name in (RECEIVED, GAGGED)


def _laws(report: Published) -> Iterator[Finding]:
    unnamed = [
        name
        for numbers in (report.totals, *(row.numbers for row in report.rows))
        for name, one in numbers.items()
        if one.value is None and not one.withheld.strip()
    ]
    yield Finding(not unnamed, Note(message("Whatever is withheld names the law that forbids to tell it."), {}))
    hidden = [name for name in PARTS if (one := report.totals.get(name)) is not None and one.value is None]
    given_away = len(hidden) == 1 and report.totals.get(RECEIVED, PublishedNumber()).value is not None
    yield Finding(not given_away, Note(message("Nothing that is withheld can be worked out from the totals."), {}))
