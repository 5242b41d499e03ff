"""The checks that every row passes before anything is made of it, whatever its register."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from babel.numbers import list_currencies

from kuager.accountability.annotated import FieldOf, fields, texts
from kuager.accountability.causal import unfounded
from kuager.accountability.moments import UNKNOWN, interval, is_known
from kuager.accountability.questions import CHECKS
from kuager.accountability.registers import REGISTERS
from kuager.accountability.rows.documents import Document, Search
from kuager.accountability.rows.row import Holds, Row
from kuager.codecs.text import excerpt, refusal
from kuager.errors import CodecError, UsageError, message
from kuager.model.places import find
from kuager.model.time import format_utc

LONGEST_TEXT = 4000
_TOO_MUCH = 1e15
_DEGREES = {"latitude": 90.0, "longitude": 180.0}
_ID = re.compile(r"[A-Za-z0-9]+([-._][A-Za-z0-9]+)*")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows, beyond the text in which they stand."""
_EARLIEST, _LATEST = datetime(1500, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""Later ones are beyond what clocks of other zones can show."""
_OBJECT = re.compile(r"sha256:[0-9a-f]{64}")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PAIRS = (("begins", "ends"), ("at", "until"), ("since", "until"), ("filed", "decided"), ("stated_start", "stated_end"))
_IN_ORDER = message("Change the two dates, or leave out the one that is not known.")


def check_row(register: str, row: Row, latest: datetime) -> None:
    """Refuse a row that contradicts itself or cannot be looked up.

    Args:
        register: its name.
        row: as its class read it.
        latest: no date that is past may lie later.

    Raises:
        CodecError: naming the register, the row and the field.
    """
    if len(row.id) > 100 or not _ID.fullmatch(row.id):
        raise _wrong(register, row, "id", row.id, message("An id is letters and digits, joined by hyphens or dots."))
    if not row.text:
        raise _wrong(register, row, "text", "", message("Every row says something, in one language at least."))
    if row.must_cite and not row.sources:
        raise refusal(
            message("In {file} the row “{row}” of {register} cites nothing."),
            meaning=message("No sentence about anybody's conduct is published without what it rests on."),
            remedy=message("Add the document first (--as document) and name its id in `sources`."),
            row=row.id,
            register=register,
        )
    for field in fields(type(row)):
        for value in field.values(row):
            _check_texts(register, row, field, value)
            _check_value(register, row, field, value, latest)
    _check_order(register, row)
    if word := unfounded(row):
        raise refusal(
            message("In {file} the row “{row}” of {register} says “{word}”, and no test stands behind it."),
            meaning=message("What followed after something need not have come of it."),
            remedy=message("Say what happened and when, or enter it in `claims` as the claim of whoever says so."),
            row=row.id,
            register=register,
            word=word,
        )
    if isinstance(row, Document):
        _check_document(register, row)
    if isinstance(row, Search) and row.register not in REGISTERS:
        meaning = message("The registers are: {registers}.")
        raise _wrong(register, row, "register", row.register, meaning, registers=", ".join(REGISTERS))


def _check_texts(register: str, row: Row, field: FieldOf, value: Any) -> None:
    """Refuse what no page could show; what is private is not repeated."""
    for text in texts(value):
        shown = "…" if field.holds is Holds.PRIVATE else text
        if len(text) > LONGEST_TEXT:
            raise _wrong(register, row, field.name, shown, message("A text has at most 4000 signs."))
        if any(_is_unprintable(sign) for sign in text):
            meaning = message("It holds signs that are not text: control signs, or such as turn what follows around.")
            raise _wrong(register, row, field.name, shown, meaning)


def _is_unprintable(sign: str) -> bool:
    """Control signs but for ends of lines and tabulators, halves of signs, what is no sign, what turns the rest."""
    if sign in "\t\n\r":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNING or ord(sign) & 0xFFFE == 0xFFFE


def _check_value(register: str, row: Row, field: FieldOf, value: Any, latest: datetime) -> None:
    match field.holds:
        case Holds.TIME | Holds.TIME_TO_COME:
            _check_time(register, row, field, value, latest)
        case Holds.PROSE:
            for language, text in value.items():
                if not _LANGUAGE.fullmatch(language) or not text.strip():
                    meaning = message("It is text of at most 4000 signs by language, such as en, ru or kk.")
                    raise _wrong(register, row, field.name, f"{language}: {text}", meaning)
        case Holds.PLACE:
            try:
                find(value)
            except UsageError as error:
                meaning = message("It is a country, a region or a network, such as KZ, KZ-75 or AS9198.")
                raise _wrong(register, row, field.name, value, meaning) from error
        case Holds.LINK if not _LINK.fullmatch(value):
            raise _wrong(register, row, field.name, value, message("A link begins with http:// or https://."))
        case Holds.CHECK if value not in CHECKS:
            raise _wrong(register, row, field.name, value, message("The checks are listed in docs/how-to.md."))
        case None:
            _check_number(register, row, field, value)


def _check_number(register: str, row: Row, field: FieldOf, value: Any) -> None:
    if field.name == "currency" and value not in list_currencies():
        raise _wrong(register, row, field.name, value, message("It is three letters of ISO 4217, such as KZT."))
    if most := _DEGREES.get(field.name):
        if not -most <= value <= most:
            raise _wrong(register, row, field.name, str(value), message("It is in degrees, south and west below zero."))
    elif field.numeric and not 0 <= value < _TOO_MUCH:
        raise _wrong(register, row, field.name, str(value), message("It is a number, not less than zero."))


def _check_time(register: str, row: Row, field: FieldOf, value: str, latest: datetime) -> None:
    if value == UNKNOWN:
        return
    try:
        when = interval(value, _place(row))
    except (ValueError, OverflowError) as error:
        meaning = message("A time is a day (2022-01-04), a month, a year, a time in UTC (…T16:00:00Z) or “unknown”.")
        raise _wrong(register, row, field.name, value, meaning) from error
    if when.earliest < _EARLIEST or when.latest > _LATEST:
        raise _wrong(register, row, field.name, value, message("It is a year of four digits, from 1500 on."))
    if field.holds is Holds.TIME and when.earliest > latest:
        raise refusal(
            message("In {file} the row “{row}” of {register} has a date in the future: {field} is {value}."),
            meaning=message("Nobody can have seen what had not happened yet on {latest}."),
            remedy=message("Look at the year and at the order of day and month."),
            row=row.id,
            register=register,
            field=field.name,
            value=value,
            latest=format_utc(latest)[:10],
        )


def _check_order(register: str, row: Row) -> None:
    for first, last in _PAIRS:
        begins, ends = getattr(row, first, ""), getattr(row, last, "")
        if not (isinstance(begins, str) and isinstance(ends, str) and is_known(begins) and is_known(ends)):
            continue
        start, end = interval(begins, _place(row)), interval(ends, _place(row))
        if end.latest <= start.earliest and end.best < start.best:
            raise refusal(
                message("In {file} the row “{row}” of {register} ends ({ends}) before it begins ({begins})."),
                remedy=_IN_ORDER,
                row=row.id,
                register=register,
                begins=begins,
                ends=ends,
            )


def _check_document(register: str, row: Document) -> None:
    if row.object and not _OBJECT.fullmatch(row.object):
        meaning = message("It is sha256: and 64 digits; `kuager add … --as document` fills it in.")
        raise _wrong(register, row, "object", row.object, meaning)
    words = len(row.quote.split())
    if words > row.most_words:
        meaning = message("It has {words} words; of this document at most {most} may be quoted.")
        raise _wrong(register, row, "quote", row.quote, meaning, words=words, most=row.most_words)
    if row.quote and not _LANGUAGE.fullmatch(row.quote_language):
        meaning = message("A quotation needs its language, such as ru.")
        raise _wrong(register, row, "quote_language", row.quote_language, meaning)
    if not is_known(row.seen):
        raise _wrong(register, row, "seen", row.seen, message("Whoever enters a document knows when they saw it."))
    if is_known(row.published) and interval(row.seen).latest < interval(row.published).earliest:
        meaning = message("Nobody can see a document before it is published ({published}).")
        raise _wrong(register, row, "seen", row.seen, meaning, published=row.published)


def _place(row: Row) -> str:
    """On whose clocks a day of a row is meant."""
    return next(iter(_places(row)), "")


def _places(row: Row) -> Iterator[str]:
    for field in fields(type(row)):
        if field.holds is Holds.PLACE:
            yield from field.values(row)


def _wrong(register: str, row: Row, field: str, value: str, meaning: str, **facts: object) -> CodecError:
    return refusal(
        message("In {file} the row “{row}” of {register} cannot have “{value}” as its `{field}`."),
        meaning=meaning,
        remedy=message("`kuager form {register}` prints the form of this register."),
        row=excerpt(row.id),
        register=register,
        field=field,
        value=excerpt(value),
        **facts,
    )
