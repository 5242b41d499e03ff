"""The table of what was asked and what came: sources by days, and the reasons for what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kuager.errors import message
from kuager.model.collected import DayCovered
from kuager.model.notes import Note
from kuager.model.time import from_epoch
from kuager.model.words import DayStatus
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.licences import terms
from kuager.sources.registry import SOURCES

DAY_SHAPE = {DayStatus.COMPLETE: "●", DayStatus.PARTIAL: "◐", DayStatus.ABSENT: "○"}

_MOST_REMARKS = 6

DAY_WORD = {
    DayStatus.COMPLETE: message("complete"),
    DayStatus.PARTIAL: message("partial"),
    DayStatus.ABSENT: message("absent"),
}


@dataclass(frozen=True, slots=True)
class CollectedRow:
    """A source: a sign and a word for each day, why days are not complete, and how its answers were read."""

    source: str
    licence: str
    days: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]


def day_heads(covered: Sequence[DayCovered], translation: Translation) -> tuple[str, ...]:
    """The days of the table in order, each as a short date."""
    days = sorted({one.day for one in covered})
    return tuple(clock.short_day(from_epoch(day).date(), translation.locale) for day in days)


def rows(
    covered: Sequence[DayCovered], remarks: Mapping[str, Sequence[Note]], translation: Translation
) -> tuple[CollectedRow, ...]:
    """A row per source, in the order of the table."""
    by_source = groupby(covered, key=lambda one: one.source)
    return tuple(_row(source, list(days), remarks.get(source, ()), translation) for source, days in by_source)


def told(remarks: Sequence[Note], translation: Translation) -> tuple[str, ...]:
    """The first remarks on how answers were read, and how many more there are."""
    more = len(remarks) - _MOST_REMARKS
    said = tuple(translation.note(one) for one in remarks[:_MOST_REMARKS])
    return (*said, translation.gettext(message("More such remarks: {count}."), count=more)) if more > 0 else said


def reasons(days: Sequence[DayCovered], translation: Translation) -> Iterator[str]:
    """Each reason once for each stretch of days for which it holds."""
    for reason, stretch in groupby(days, key=lambda one: one.reason):
        if reason is None:
            continue
        same = list(stretch)
        first, last = (clock.day(from_epoch(one.day).date(), translation.locale) for one in (same[0], same[-1]))
        why = translation.note(reason)
        if first == last:
            yield translation.gettext(message("{day}: {reason}"), day=first, reason=why)
        else:
            yield translation.gettext(message("{first} to {last}: {reason}"), first=first, last=last, reason=why)


def collected_csv(covered: Sequence[DayCovered]) -> bytes:
    """The whole table for programs, a row per source and day, with reasons in English."""
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n")
    written.writerow(("source", "day", "status", "reason"))
    for one in covered:
        reason = one.reason.template.format(**one.reason.facts) if one.reason else ""
        written.writerow((one.source, f"{from_epoch(one.day):%Y-%m-%d}", one.status.value, reason))
    return text.getvalue().encode()


def _row(source: str, days: Sequence[DayCovered], remarks: Sequence[Note], translation: Translation) -> CollectedRow:
    known = SOURCES[source]
    return CollectedRow(
        source=translation.gettext(known.name),
        licence=terms(known, translation),
        days=tuple((DAY_SHAPE[one.status], translation.gettext(DAY_WORD[one.status])) for one in days),
        reasons=tuple(reasons(days, translation)),
        remarks=told(remarks, translation),
    )
