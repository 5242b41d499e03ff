"""What others found about the same time and place, shown as theirs: who says it, when, in which words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuager.errors import message
from kuager.model.opinions import Opinion
from kuager.model.time import format_utc
from kuager.model.words import OpinionKind
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.sources import registry
from kuager.sources.registry import SOURCES

MOST_SHOWN = 40
"""More rows than this would bury the page; all of them stand in the file beside it."""

_KIND = {
    OpinionKind.RECORD: message("record of a shutdown"),
    OpinionKind.ANNOTATION: message("annotation"),
    OpinionKind.EVENT: message("event"),
    OpinionKind.ANOMALY: message("anomaly"),
    OpinionKind.ALERT: message("alert"),
}
"""In the order of how much somebody thought about it: people's findings first, single alerts last."""

_COLUMNS = ("source", "kind", "place", "signal", "start", "end", "statement", "cause", "score", "link", "id")


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """One finding as a reader sees it; ``statement``, ``cause`` and ``link`` are the observer's own."""

    source: str
    kind: str
    place: str
    when: str
    statement: str
    cause: str
    link: str


def opinion_rows(opinions: Sequence[Opinion], translation: Translation) -> tuple[OpinionRow, ...]:
    """The rows of the page: by kind, then by time; at most ``MOST_SHOWN``."""
    order = list(_KIND)
    chosen = sorted(opinions, key=lambda one: (order.index(one.kind), one.start))[:MOST_SHOWN]
    return tuple(_row(one, translation) for one in chosen)


def opinions_csv(opinions: Sequence[Opinion]) -> bytes:
    """Every finding, a row each, with the licence of whose it is."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow((*_COLUMNS, "licence", "non_commercial"))
    for one in opinions:
        source = SOURCES[one.source]
        rows.writerow(
            (
                one.source,
                one.kind.value,
                one.place,
                one.signal,
                format_utc(one.start),
                format_utc(one.end) if one.end is not None else "",
                one.statement,
                one.cause,
                "" if one.score is None else f"{one.score:.6g}",
                one.link,
                one.id,
                source.licence,
                str(source.non_commercial).lower(),
            )
        )
    return text.getvalue().encode()


def _row(one: Opinion, translation: Translation) -> OpinionRow:
    kind = translation.gettext(_KIND[one.kind])
    if one.signal:
        signal = translation.gettext(registry.signal(one.signal).name)
        kind = translation.gettext(message("{kind} ({signal})"), kind=kind, signal=signal)
    return OpinionRow(
        source=translation.gettext(SOURCES[one.source].name),
        kind=kind,
        place=one.place,
        when=_when(one, translation),
        statement=one.statement,
        cause=one.cause,
        link=one.link if one.link.startswith(("https://", "http://")) else "",
    )


def _when(one: Opinion, translation: Translation) -> str:
    by_days = one.kind is OpinionKind.RECORD  # registers that people keep have days, and no hours that could be shown
    if by_days and one.end is not None:
        return clock.days(one.start.date(), (one.end - timedelta(seconds=1)).date(), translation.locale)
    start = clock.day(one.start.date(), translation.locale) if by_days else _moment(one.start, translation)
    if one.end is None:
        return translation.gettext(message("from {start}; no end given"), start=start)
    if one.end == one.start:
        return start
    return translation.gettext(message("{start} to {end}"), start=start, end=_moment(one.end, translation))


def _moment(moment: datetime, translation: Translation) -> str:
    return clock.short_utc(moment, translation.locale)
