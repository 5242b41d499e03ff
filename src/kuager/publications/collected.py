"""The table of what was asked and what came: sources by days, and the reasons for what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kuager.errors import message
from kuager.model.collected import DayCovered
from kuager.model.time import from_epoch
from kuager.model.words import DayStatus
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.licences import terms
from kuager.sources.registry import SOURCES

DAY_SHAPE = {DayStatus.COMPLETE: "●", DayStatus.PARTIAL: "◐", DayStatus.ABSENT: "○"}

DAY_WORD = {
    DayStatus.COMPLETE: message("complete"),
    DayStatus.PARTIAL: message("partial"),
    DayStatus.ABSENT: message("absent"),
}


@dataclass(frozen=True, slots=True)
class CollectedRow:
    """A source: a sign and a word for each day, and the sentences that say why days are not complete."""

    source: str
    licence: str
    days: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]


def day_heads(covered: Sequence[DayCovered], translation: Translation) -> tuple[str, ...]:
    """The days of the table in order, each as a short date."""
    days = sorted({one.day for one in covered})
    return tuple(clock.short_day(from_epoch(day).date(), translation.locale) for day in days)


def rows(covered: Sequence[DayCovered], translation: Translation) -> tuple[CollectedRow, ...]:
    """A row per source, in the order of the table."""
    return tuple(_row(source, list(days), translation) for source, days in groupby(covered, key=lambda one: one.source))


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


def _row(source: str, days: Sequence[DayCovered], translation: Translation) -> CollectedRow:
    known = SOURCES[source]
    return CollectedRow(
        source=translation.gettext(known.name),
        licence=terms(known, translation),
        days=tuple((DAY_SHAPE[one.status], translation.gettext(DAY_WORD[one.status])) for one in days),
        reasons=tuple(reasons(days, translation)),
    )
