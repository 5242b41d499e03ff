"""What the fields of a row hold, read off the annotations of its class: for loading, for the form, for the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from kuager.accountability.rows.row import KIND, Holds, Row


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field: ``choices`` are the words that it may have, ``several`` whether it is a list, ``numeric`` a number."""

    name: str
    holds: Holds | None
    required: bool
    several: bool
    choices: tuple[str, ...] = ()
    numeric: bool = False
    truth: bool = False

    def values(self, row: Row) -> Iterator[Any]:
        """What a row has there: nothing, one value, or several."""
        value = getattr(row, self.name)
        if self.several:
            yield from value
        elif value is not None and value not in ("", {}):
            yield value


@cache
def fields(kind: type[Row]) -> tuple[FieldOf, ...]:
    """The fields of a class of rows: what every row has first, then its own."""
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)  # noqa: S101 - a Row is a Struct
    return tuple(_field(one) for one in described.fields)


def texts(value: Any) -> Iterator[str]:
    """Every text in the value of a field, however deep."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from texts(one)
        case list() | tuple():
            for one in value:
                yield from texts(one)
        case msgspec.Struct():
            yield from texts(msgspec.to_builtins(value))


def _field(one: msgspec.inspect.Field) -> FieldOf:
    found, several = one.type, False
    if isinstance(found, msgspec.inspect.VarTupleType):
        found, several = found.item_type, True
    holds = None
    if isinstance(found, msgspec.inspect.Metadata):
        holds = Holds((found.extra or {})[KIND])
        found = found.type
    choices: tuple[str, ...] = ()
    members = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
    for member in members:
        if isinstance(member, msgspec.inspect.EnumType) and issubclass(member.cls, StrEnum):
            choices = tuple(choice.value for choice in member.cls)
    return FieldOf(
        name=one.name,
        holds=holds,
        required=one.required,
        several=several,
        choices=choices,
        numeric=any(isinstance(member, msgspec.inspect.FloatType | msgspec.inspect.IntType) for member in members),
        truth=isinstance(found, msgspec.inspect.BoolType),
    )
