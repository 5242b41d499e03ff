"""Whole measurements of OONI, one after the other, each with its results in the class of its test.

Records of ten years differ: one that does not fit is read a second time part by part, and parts that do not fit are
left out, as deep down as they can be told apart (one header of a page, one answer of a lookup). What makes a record
none at all is that it is no JSON object.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Any, Union, cast, get_args, get_origin

import msgspec

from kuager.codecs.ooni.record import Record
from kuager.codecs.ooni.record_tests import KINDS

_LEFT_OUT = object()
_NULL = msgspec.Raw(b"null")
_MOST_PARTS = 100_000


class Records:
    """Reads records; most files hold one test only, so the last one is the best guess.

    Attributes:
        odd: records of which some parts were of another type than OONI's and were left out.
    """

    def __init__(self) -> None:
        self.odd = 0
        self._kind: type[msgspec.Struct] | None = None

    def read(self, line: memoryview | bytes) -> Record:
        """The record in a line; one without ``test_name`` is none.

        Raises:
            ValueError: it is not a JSON object (``msgspec.DecodeError`` is one, too).
            RecursionError: it is nested too deeply.
        """
        try:
            found = _decoder(self._kind).decode(line)
            kind = KINDS.get(found.test_name or "")
            if kind is not self._kind:
                self._kind = kind
                found = _decoder(kind).decode(line)
            if kind is None and found.test_keys == _NULL:
                found.test_keys = None
        except msgspec.ValidationError:
            return self._part_by_part(line)
        return found

    def _part_by_part(self, line: memoryview | bytes) -> Record:
        envelope = _fitting(_kept(None), line)
        kind = KINDS.get(envelope.test_name or "")
        self.odd += 1
        return envelope if kind is None else _fitting(_kept(kind), line)


@cache
def _kept(kind: type[msgspec.Struct] | None) -> type[Record]:
    """The class of a record whose results are of a kind."""
    name, results = ("Unread", msgspec.Raw) if kind is None else (kind.__name__, kind | None)
    fields = [("test_keys", results, None)]
    return cast("type[Record]", msgspec.defstruct(f"{name}Record", fields, bases=(Record,), gc=False))


@cache
def _decoder(kind: type[msgspec.Struct] | None) -> msgspec.json.Decoder[Record]:
    return msgspec.json.Decoder(_kept(kind))


def _fitting(kind: type[Record], data: memoryview | bytes) -> Record:
    found = _part(kind, data)
    if not isinstance(found, Record):
        raise msgspec.ValidationError("not an object")
    return found


def _part(kind: Any, data: memoryview | bytes | msgspec.Raw) -> Any:
    """The value in its type, without those parts of it that do not fit; ``_LEFT_OUT`` where nothing does."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError:
        pass
    for one in _choices(kind):
        found = _of_parts(one, data)
        if found is not _LEFT_OUT:
            return found
    return _LEFT_OUT


def _of_parts(kind: Any, data: memoryview | bytes | msgspec.Raw) -> Any:
    origin = get_origin(kind)
    try:
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return _object(kind, msgspec.json.decode(data, type=dict[str, msgspec.Raw]))
        if origin is list:
            parts = msgspec.json.decode(data, type=list[msgspec.Raw])
            read = (_part(get_args(kind)[0], one) for one in parts[:_MOST_PARTS])
            return [one for one in read if one is not _LEFT_OUT]
        if origin is dict:
            members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
            found = {name: _part(get_args(kind)[1], one) for name, one in members.items()}
            return {name: one for name, one in found.items() if one is not _LEFT_OUT}
    except msgspec.ValidationError:
        pass
    return _LEFT_OUT


def _object(kind: type[msgspec.Struct], members: dict[str, msgspec.Raw]) -> msgspec.Struct:
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name in members:
            value = _part(field.type, members[field.encode_name])
            if value is not _LEFT_OUT:
                values[field.name] = value
    return kind(**values)


def _choices(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
