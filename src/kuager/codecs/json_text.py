"""JSON that a source sent, read in one type; what does not fit is refused in that source's own words.

A refusal says what the reader of JSON found and never quotes the text: it may hold what must not be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from kuager.codecs.text import cut_off
from kuager.errors import CodecError

Kind = TypeVar("Kind")
Refuse = Callable[[str], CodecError]


def read_whole(text: str, kind: type[Kind], refuse: Refuse, ends: tuple[str, ...] = ("}", "]")) -> Kind:
    """A whole answer in its type.

    Args:
        text: of the answer.
        kind: the type, a ``msgspec.Struct`` or a union of types.
        refuse: the error for a text of another shape, from what is wrong with it.
        ends: what an answer that is whole ends with.

    Raises:
        CodecError: not JSON, cut off, nested too deeply, or of another shape.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise refuse(str(error)) from error
    except msgspec.DecodeError as error:
        if text.lstrip().startswith(("{", "[")) and not text.rstrip().endswith(ends):  # else it never was JSON
            raise cut_off(text.rstrip().count("\n") + 1) from error
        raise refuse(str(error)) from error
    except RecursionError as error:
        raise refuse("nested too deeply") from error


def read_part(part: msgspec.Raw | bytes, kind: type[Kind], refuse: Refuse) -> Kind:
    """A part of an answer in its type.

    Raises:
        CodecError: it has another shape.
    """
    try:
        return msgspec.json.decode(part, type=kind)
    except msgspec.DecodeError as error:
        raise refuse(str(error)) from error
    except RecursionError as error:
        raise refuse("nested too deeply") from error


def read_each(parts: Iterable[msgspec.Raw | bytes], kind: type[Kind]) -> Iterator[Kind | None]:
    """Parts one by one, each in its type; None for one of another shape, which spoils no other."""
    decoder = msgspec.json.Decoder(kind)
    for part in parts:
        try:
            yield decoder.decode(part)
        except (msgspec.DecodeError, ValueError, RecursionError):
            yield None
