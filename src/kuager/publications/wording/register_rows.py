"""Rows of any register as a page shows them: the same for all, from what the schema says of each field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kuager.accountability.annotated import FieldOf, fields
from kuager.accountability.citing import Citation, independent
from kuager.accountability.dossier import Dossier
from kuager.accountability.moments import is_known
from kuager.accountability.questions import CHECKS
from kuager.accountability.rows.row import Answer, Holds, Row
from kuager.errors import message
from kuager.model.operators import Operator
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.site import addresses
from kuager.publications.wording.conduct_words import STATUS, WORDS
from kuager.publications.wording.field_words import FIELD_NAME
from kuager.publications.wording.parts import place_name

APART = frozenset(
    {
        "id",
        "text",
        "sources",
        "doubt",
        "status",
        "private",
        "provisions",
        "name",
        "most_words",
        "quote_language",
        "withheld",
        "signed",
        "signature",
    }
)
"""Fields that every row has, and those that are laid out apart."""
_PARTIES = frozenset({"owned", "owner", "subject"})
"""Fields that hold an operator's id or another name."""


@dataclass(frozen=True, slots=True)
class Told:
    """Words with the language in which they are, where it is not the page's; empty where it is."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation: who, when, where to find it, and whether its bytes are sealed. ``page`` is below ``public/``."""

    id: str
    by: str
    when: str
    page: str
    link: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """A field: its name and what it holds; ``links`` instead where it holds links, ``code`` where it is a hash."""

    name: str
    value: str = ""
    links: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of a register."""

    id: str
    when: str
    text: Told
    doubt: Told | None
    status: str
    details: tuple[Detail, ...]
    cited: tuple[Cited, ...]
    independent: str


@dataclass(frozen=True)
class Speaker:
    """Tells the values of rows in one language.

    ``operators`` are all that are known, ``dossier`` holds what can be cited; places have their names of a day ``on``.
    """

    translation: Translation
    operators: tuple[Operator, ...]
    dossier: Dossier
    on: date

    def rows(self, register: str) -> tuple[RegisterRow, ...]:
        """The rows of a register, in the order of time."""
        every = self.dossier.registers.rows.get(register, ())
        ordered = sorted(every, key=lambda row: (_sortable(row), row.id))
        return tuple(self.row(row) for row in ordered)

    def row(self, row: Row) -> RegisterRow:
        """One row."""
        return RegisterRow(
            id=row.id,
            when=self.moment(getattr(row, row.about, "")),
            text=self.told(row.text),
            doubt=self.told(row.doubt) if row.doubt else None,
            status=self.translation.gettext(STATUS[self.dossier.standing(row)]),
            details=tuple(self._details(row)),
            cited=self.cited(row.sources),
            independent=self.sources(self.dossier.library.of(row.sources)),
        )

    def told(self, words: Mapping[str, str]) -> Told:
        """Words in the reader's language, or in one in which they are."""
        code = self.translation.code
        if code in words:
            return Told(words[code])
        language = "en" if "en" in words else next(iter(words), "")
        return Told(words.get(language, ""), language or "und")

    def cited(self, sources: Iterable[str]) -> tuple[Cited, ...]:
        """The citations of what is in the case."""
        return tuple(self._cited(one) for one in self.dossier.library.of(sources))

    def sources(self, citations: Iterable[Citation]) -> str:
        """How many independent sources there are; empty for none."""
        count = independent(citations)
        return self.translation.ngettext("{n} independent source", "{n} independent sources", count) if count else ""

    def moment(self, written: str) -> str:
        """A time as precise as it was written; empty where none was given."""
        return clock.stated(written, "UTC", self.translation) if written else ""

    def operator(self, name: str) -> str:
        """An operator's name by its id, or the words that stand instead."""
        found = next((one for one in self.operators if one.id == name), None)
        return found.called(self.translation.code) if found is not None else name

    def place(self, code: str) -> str:
        """The name of a place."""
        return place_name(code, self.on, self.translation)

    def word(self, value: StrEnum) -> str:
        """The word of a member of a closed set."""
        return self.translation.gettext(WORDS[type(value)][value])

    def _cited(self, one: Citation) -> Cited:
        known = {row.id for row in self.dossier.registers.rows.get("documents", ())}
        page = addresses.register(self.translation.code, "documents") if one.id in known else ""
        when = self.moment(one.published) if is_known(one.published) else ""
        return Cited(one.id, one.by, when, page, one.links[0] if one.links else "", bool(one.object))

    def _details(self, row: Row) -> Iterator[Detail]:
        for field in fields(type(row)):
            values = [] if field.name in APART or field.name == row.about else list(field.values(row))
            if not values or (field.name == "shown" and values == [Answer.UNKNOWN]):
                continue
            if values == [False] and field.name != "holds":  # that somebody does not hold a claim is what it says
                continue
            name = self.translation.gettext(FIELD_NAME[field.name])
            if field.holds is Holds.LINK:
                yield Detail(name, links=tuple(values))
            elif field.name == "object":
                yield Detail(name, code=values[0])
            else:
                yield Detail(name, ", ".join(self._value(field, one) for one in values))

    def _value(self, field: FieldOf, value: Any) -> str:
        tells: dict[Holds | None, Callable[[str], str]] = {
            Holds.TIME: self.moment,
            Holds.TIME_TO_COME: self.moment,
            Holds.OPERATOR: self.operator,
            Holds.PLACE: self.place,
            Holds.CHECK: lambda name: self.told(CHECKS[name].question).text,
        }
        if field.holds in tells:
            return tells[field.holds](value)
        match value:
            case dict():
                return self.told(value).text
            case bool():
                return self.translation.gettext(message("yes") if value else message("no"))
            case StrEnum():
                return self.word(value)
            case int() | float():
                return self.translation.number(value)
        return self.operator(str(value)) if field.name in _PARTIES else str(value)


def _sortable(row: Row) -> str:
    written = str(getattr(row, row.about, ""))
    return written if is_known(written) else "9"
