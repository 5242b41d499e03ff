"""Laws with their versions and what changed, and the instruments behind the questions, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kuager.accountability.laws import Change, ChangeKind, differences, ordered
from kuager.accountability.questions import INSTRUMENTS
from kuager.accountability.rows.law import LawVersion
from kuager.errors import message
from kuager.publications.wording.register_rows import RegisterRow, Speaker

_CHANGED = {
    ChangeKind.ADDED: message("added"),
    ChangeKind.REMOVED: message("removed"),
    ChangeKind.CHANGED: message("changed"),
    ChangeKind.SAME: message("the same"),
    ChangeKind.UNREAD: message("cannot be told: its wording was not read in one of the two versions"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A paragraph: what became of it, and its words, each piece with ``+``, ``-`` or ``=``."""

    paragraph: str
    kind: str
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions that follow each other."""

    title: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class LawPart:
    """A law with its versions, the oldest first."""

    name: str
    versions: tuple[RegisterRow, ...]
    changes: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """An instrument; ``unread`` where its wording was not read."""

    name: str
    citation: str
    date: str
    test: str
    source: str
    unread: bool


def law_parts(speaker: Speaker) -> tuple[LawPart, ...]:
    """Every law of the case."""
    versions = speaker.dossier.registers.of(LawVersion)
    return tuple(_law(name, versions, speaker) for name in dict.fromkeys(one.law for one in versions))


def instrument_rows(speaker: Speaker) -> tuple[InstrumentRow, ...]:
    """Every instrument."""
    return tuple(
        InstrumentRow(
            name=speaker.told(one.body).text,
            citation=speaker.told(one.citation).text,
            date=one.date,
            test=speaker.told(one.test).text,
            source=one.source,
            unread=one.unread,
        )
        for one in INSTRUMENTS.values()
    )


def _law(name: str, versions: tuple[LawVersion, ...], speaker: Speaker) -> LawPart:
    found = ordered(versions, name)
    return LawPart(
        name=next((speaker.told(one.name).text for one in reversed(found) if one.name), name),
        versions=tuple(speaker.row(one) for one in found),
        changes=tuple(_compared(before, after, speaker) for before, after in pairwise(found)),
    )


def _compared(before: LawVersion, after: LawVersion, speaker: Speaker) -> Comparison:
    return Comparison(
        title=speaker.translation.gettext(
            message("From {before} to {after}"), before=speaker.moment(before.since), after=speaker.moment(after.since)
        ),
        rows=tuple(_change(one, speaker) for one in differences(before, after, speaker.translation.code)),
    )


def _change(one: Change, speaker: Speaker) -> ChangeRow:
    pieces = tuple((operation.value, text) for operation, text in one.pieces)
    if not pieces and (text := one.after or one.before):
        pieces = (("=", text),)
    return ChangeRow(one.paragraph, speaker.translation.gettext(_CHANGED[one.kind]), pieces)
