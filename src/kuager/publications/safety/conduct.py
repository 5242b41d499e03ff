"""What may be shown of the registers: nothing private, no row about or naming a withheld place, none too new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote

import msgspec

from kuager.accountability.annotated import fields, texts
from kuager.accountability.citing import Citation
from kuager.accountability.moments import is_known, known_interval
from kuager.accountability.notices import NoticeHistory, NoticeVersion
from kuager.accountability.registers import Registers, name_of
from kuager.accountability.rows.disclosure import Notice
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.row import Holds, Row
from kuager.model.notes import Note
from kuager.publications.safety.withheld import Withheld

_ROWS = "documents"
"""The fact of a sentence that lists rows."""
_ROLE = "role"
"""Taken out of a row where it is withheld; the row stays."""
_SEEN = "seen"
"""When we saw a document."""


def rows(
    registers: Registers, withheld: Withheld, until: datetime | None, told: Iterable[NoticeHistory] = ()
) -> Registers:
    """The rows that may be shown, their private fields empty; of notices those ``told``, as they were said last."""
    gone = {one.id for one in withheld.gone}
    kept: dict[str, tuple[Row, ...]] = {}
    for name, every in registers.rows.items():
        shown = tuple(_shown(row, withheld) for row in every if _may_be_shown(row, withheld, gone, until))
        if shown and name != name_of(Notice):
            kept[name] = shown
    if newest := tuple(one.newest for one in told):
        kept[name_of(Notice)] = newest
    return Registers(kept)


def notices(every: Iterable[NoticeHistory], withheld: Withheld, until: datetime | None) -> tuple[NoticeHistory, ...]:
    """Notices with the versions that may be shown; none of one that was ever about a withheld place or operator.

    Under a delay a version is shown when it is old enough itself, whatever it speaks of.
    """
    gone = {one.id for one in withheld.gone}
    found = []
    for one in every:
        if all(_may_be_shown(version.notice, withheld, gone, None) for version in one.versions):
            shown = tuple(
                NoticeVersion(msgspec.structs.replace(version.notice, private=""), version.known, version.object)
                for version in one.versions
                if until is None or (version.known < until and not _tells_later(version.notice, until))
            )
            found += [NoticeHistory(shown)] if shown else []
    return tuple(found)


def citations(record: Iterable[Citation], withheld: Withheld, until: datetime | None) -> tuple[Citation, ...]:
    """The rows of the documentary record that may be cited."""
    return tuple(
        one
        for one in record
        if not withheld.named_in(one.id, one.by, one.group, *one.says.values(), *map(_as_read, one.links))
        and not _is_later(one.published, until)
    )


def without_rows(note: Note, untold: frozenset[str]) -> Note | None:
    """A sentence that names other rows only; None where it is about none but those that are not told."""
    if _ROWS not in note.facts:
        return note
    left = [one for one in note.facts[_ROWS].split(", ") if one not in untold]
    return Note(note.template, {**note.facts, _ROWS: ", ".join(left)}) if left else None


def _shown(row: Row, withheld: Withheld) -> Row:
    """A row without what is private, and without a role that is withheld."""
    row = msgspec.structs.replace(row, private="")
    if isinstance(row, Judgement) and withheld.named_in(row.role):
        return msgspec.structs.replace(row, role="")
    return row


def _may_be_shown(row: Row, withheld: Withheld, gone: set[str], until: datetime | None) -> bool:
    if _tells_later(row, until):
        return False
    for field in fields(type(row)):
        values = list(field.values(row)) if field.holds is not Holds.PRIVATE and field.name != _ROLE else []
        if field.holds is Holds.PLACE and withheld.any_of(values):
            return False
        if gone.intersection(value for value in values if isinstance(value, str)):
            return False
        if withheld.named_in(*(_as_read(text) for value in values for text in texts(value))):
            return False
    return True


def _as_read(text: str) -> str:
    """As a person reads it: names in links are written in per cent."""
    return unquote(text)


def _tells_later(row: Row, until: datetime | None) -> bool:
    """Whether a row is about a later time, or tells of one: when it ended, what was decided.

    When we saw a document says nothing of when it was published, and stands for it only where nobody knows that.
    """
    about = getattr(row, row.about, "")
    told = [about]
    for field in fields(type(row)):
        if field.holds is Holds.TIME and (field.name != _SEEN or not is_known(about)):
            told += field.values(row)
    return any(_is_later(one, until) for one in told)


def _is_later(written: str, until: datetime | None) -> bool:
    when = known_interval(written) if until is not None else None
    return when is not None and until is not None and when.earliest >= until
