"""Rows of registers from TOML, or from JSON of the same shape: one reader and one set of checks for all registers.

    language = "en"                 # of sentences that are written without their language; may be left out

    [[statements]]
    id = "kcell-2022-01-04"
    operator = "kcell"
    …

What is refused is refused whole, with the register, the row and the field: nothing of such a file is kept.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from kuager.accountability.annotated import fields
from kuager.accountability.checking import check_row
from kuager.accountability.registers import REGISTERS, Registers, which_one
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.row import Holds, Row
from kuager.codecs.text import excerpt, refusal, text_of
from kuager.errors import UsageError, message
from kuager.model.places import find
from kuager.model.time import format_utc

LARGEST_FILE = 8 * 2**20
_LONGEST_LINE = 20_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_REMEDY = message("`kuager form {register}` prints the form of this register.")


def decode(data: bytes, received: datetime) -> Registers:
    """The rows of one file.

    Args:
        data: its bytes.
        received: when it came; no date may lie later, but those that may lie in the future.

    Raises:
        CodecError: it is too large, is no TOML or JSON, or a row is not as its register wants it.
    """
    tables = parsed(data)
    language = language_of(tables)
    found: dict[str, tuple[Row, ...]] = {}
    seen: set[str] = set()
    for register, raw in tables.items():
        found[register] = tuple(
            _row(register, one, place, language, received) for place, one in enumerate(_rows(register, raw), start=1)
        )
        for row in found[register]:
            if row.id in seen:
                raise refusal(message("Two rows of {file} have the id “{id}”."), id=row.id)
            seen.add(row.id)
    if not seen:
        raise refusal(message("There is no row of any register in {file}."), remedy=_REMEDY, register="orders")
    return Registers(found)


def parsed(data: bytes) -> dict[str, Any]:
    """The tables of a file as they are written, days and times as texts; nothing is checked but that it is one.

    Raises:
        CodecError: it is too large, or neither TOML nor JSON.
    """
    if len(data) > LARGEST_FILE:
        raise refusal(
            message("A file of rows has at most 8 MiB; {file} is larger."),
            meaning=message("Rows are typed by people: a file of that size is something else."),
            remedy=message("Add a document with --as document, and a table of measurements with --as series."),
        )
    text = text_of(data)
    try:
        found = json.loads(text, object_pairs_hook=_once) if text.lstrip().startswith("{") else _toml(text)
    except (ValueError, RecursionError) as error:
        raise refusal(
            message("The text of {file} is neither TOML nor JSON: {what}."),
            remedy=message('A text with a quotation mark in it stands between three of them: """…""".'),
            what=excerpt(str(error), 160),
        ) from error
    if not isinstance(found, dict):
        raise refusal(message("There is no row of any register in {file}."), remedy=_REMEDY, register="orders")
    return {key: _plain(value) for key, value in found.items()}


def language_of(tables: dict[str, Any]) -> str:
    """The language of sentences that are written without theirs, taken out of the tables of a file; English in doubt.

    Raises:
        CodecError: what stands there is no language.
    """
    language = tables.pop("language", "en")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise refusal(message("What {file} gives as its language is none: write “en”, “ru” or “kk”."))
    return language


def unknown_operators(registers: Registers, known: Collection[str]) -> dict[str, str]:
    """Ids of operators that nobody knows, each with the id of a row that names it.

    What a judgement is about is an operator, or a place.
    """
    named = [
        (value, row.id)
        for row in registers
        for field in fields(type(row))
        if field.holds is Holds.OPERATOR
        for value in field.values(row)
    ]
    named += [(row.subject, row.id) for row in registers.of(Judgement) if not _is_place(row.subject)]
    return {value: row for value, row in named if value not in known}


def _is_place(code: str) -> bool:
    try:
        find(code)
    except UsageError:
        return False
    return True


def _rows(register: str, raw: Any) -> list[Any]:
    if register not in REGISTERS:
        remedy, facts = which_one(register)
        raise refusal(message("“{name}” in {file} is no register."), remedy=remedy, name=excerpt(register), **facts)
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise refusal(
            message("What {file} calls “{name}” is no list of rows."),
            remedy=message("Begin each row with a line [[{name}]]."),
            name=register,
        )
    return raw


def _toml(text: str) -> dict[str, Any]:
    """TOML as a person types it: reading one very long line takes very long."""
    if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
        raise ValueError("a line is too long")
    return tomllib.loads(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A table of JSON, which may say each thing once: of two, one would be sealed and not read."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one table")
    return found


def _row(register: str, raw: dict[str, Any], place: int, language: str, received: datetime) -> Row:
    kind = REGISTERS[register]
    called = raw.get("id")
    name = excerpt(called) if isinstance(called, str) and called.strip() else str(place)
    said = dict(raw)
    for field in fields(kind):
        if field.holds is Holds.PROSE and isinstance(said.get(field.name), str):
            said[field.name] = {language: said[field.name]} if said[field.name] else {}
        if field.holds not in {Holds.TIME, Holds.TIME_TO_COME}:
            continue
        if type(said.get(field.name)) is int:
            said[field.name] = str(said[field.name])  # a year needs no quotation marks
        if field.required and not said.get(field.name):
            raise refusal(
                message("In {file} the row “{row}” of {register} has no date: `{field}` is missing."),
                meaning=message("A document or an act without a date cannot be held against what was measured."),
                remedy=message("Write a day (2022-01-04), a month, a year, a time in UTC (…T16:00:00Z) or “unknown”."),
                row=name,
                register=register,
                field=field.name,
            )
    try:
        row = msgspec.convert(said, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise refusal(
            message("In {file} the row “{row}” of {register} cannot be read: {what}."),
            remedy=_REMEDY,
            row=name,
            register=register,
            what=excerpt(str(error), 160),
        ) from error
    check_row(register, row, received + timedelta(days=1))
    return row


def _plain(value: Any) -> Any:
    """Days and times as TOML has them become the texts that the registers hold."""
    match value:
        case datetime():
            return format_utc(value) if value.tzinfo is not None else value.isoformat()
        case date():
            return value.isoformat()
        case list():
            return [_plain(one) for one in value]
        case dict():
            return {key: _plain(one) for key, one in value.items()}
    return value
