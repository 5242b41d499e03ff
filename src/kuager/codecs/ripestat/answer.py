"""The envelope of RIPEstat's answers, typed, before anything is made of what it holds.

``{"messages": [["warning", "…"]], "data_call_name": "country-asns", "data_call_status": "supported", "status": "ok",
"status_code": 200, "time": "2026-08-15T23:19:21.510462", "data": {…}}``. Times are written without a zone and are UTC;
where a number is asked for instead, it counts seconds since the epoch. ``data_call_status`` begins with ``supported``
and may go on (``supported - connecting to ursa``). Source: RIPEstat's manual of its Data API, the page on its use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from kuager.codecs import json_text
from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.codes import place_code
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal, text_of
from kuager.errors import CodecError, message
from kuager.model.notes import Note

SOURCE_ID = "ripestat"

Kind = TypeVar("Kind")
Moment = str | int | float
"""A time as RIPEstat writes it: ISO 8601, or seconds since the epoch."""

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NUMBERS = re.compile(r"[0-9A-Fa-f.:]{3,}")
_OF_AN_ADDRESS = re.compile(r"[0-9]\.[0-9]+\.[0-9]|:.*:")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?[.:]?")
_MESSAGES_TOLD = 10
_FIRST_ERROR_STATUS = 400


class _Envelope(msgspec.Struct, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    status: str | None = None
    status_code: int | None = None
    data_call_name: str | None = None
    data_call_status: str | None = None
    messages: list[Any] | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that holds data.

    Attributes:
        call: which of RIPEstat's data calls it answers; empty if it does not say.
        data: what it says, not read yet.
        until_s: RIPEstat's clock when it answered, in seconds since the epoch: nothing in it can be later.
        remarks: RIPEstat's own warnings, for the reader.
    """

    call: str
    data: msgspec.Raw
    until_s: int
    remarks: tuple[Note, ...]


def read_answer(data: bytes) -> Answer:
    """The answer in these bytes.

    Raises:
        CodecError: not JSON, cut off, no envelope of RIPEstat, or RIPEstat's own error.
    """
    text = text_of(data)
    envelope = json_text.read_whole(text, _Envelope, not_an_answer, ends=("}",))
    empty = bytes(envelope.data).strip() == b"null"
    if envelope.status is None and empty:
        raise not_an_answer("no status and no data")
    if envelope.status != "ok" or empty or (envelope.status_code or 0) >= _FIRST_ERROR_STATUS:
        raise refusal(
            message("RIPEstat answered with the status “{status}” instead of data: “{answer}” (in {file})."),
            remedy=message("Correct the request, or ask again later."),
            status=sayable(envelope.status or "", 30),
            answer=next(_said(envelope), "no reason given"),
        )
    answered = milliseconds(envelope.time)
    until_s = LATEST_S if answered is None else answered // 1000
    return Answer(envelope.data_call_name or "", envelope.data, until_s, tuple(_remarks(envelope)))


def read_part(part: msgspec.Raw, kind: type[Kind]) -> Kind:
    """One part of an answer in its type.

    Raises:
        CodecError: it has another shape.
    """
    return json_text.read_part(part, kind, not_an_answer)


def read_rows(rows: list[msgspec.Raw], kind: type[Kind]) -> Iterator[Kind | None]:
    """Rows one by one, each in its type; None for one of another shape, which spoils no other."""
    return json_text.read_each(rows, kind)


def milliseconds(written: Moment | None) -> int | None:
    """Milliseconds since the epoch; None where no time between 1970 and 2099 is written. Without a zone it is UTC."""
    seconds: int | float
    if written is None:
        return None
    if isinstance(written, str):
        if not _TIME.fullmatch(written):
            return None
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    else:
        seconds = written
    return round(seconds * 1000) if EARLIEST_S <= seconds < LATEST_S else None


def country_of(resource: list[str] | str | None, place: str) -> str:
    """The code of the country that an answer is about: what it says itself, else the place given beside it.

    Raises:
        CodecError: neither is a country.
    """
    named = [place] if resource is None else [resource] if isinstance(resource, str) else resource
    code = place_code(named[0]) if len(named) == 1 else None
    if code is None or len(code) != 2:
        raise refusal(
            message("The answer of RIPEstat in {file} is of “{resource}”, which is not one country."),
            remedy=message("Ask for one country by its two letters, such as kz."),
            resource=sayable(", ".join(named)),
        )
    return code


def sayable(text: str, limit: int = 60) -> str:
    """An answer's own words as they may be shown: short, and without what could be the address of whoever asked."""
    return excerpt(_NUMBERS.sub(_without_address, text[: 2 * limit]), limit)


def not_an_answer(detail: str) -> CodecError:
    """The error for JSON that is no answer of RIPEstat."""
    return refusal(
        message("The content of {file} is not an answer of RIPEstat that Kuager knows."),
        meaning=message("The reader of JSON says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )


def _remarks(envelope: _Envelope) -> Iterator[Note]:
    for answer in dict.fromkeys(_said(envelope)):
        yield Note(message("RIPEstat says of its answer: “{answer}”."), {"answer": answer})
    status = envelope.data_call_status or ""
    if status and not status.startswith("supported"):
        yield Note(
            message("RIPEstat calls this kind of answer “{status}”: it may change or end without notice."),
            {"status": sayable(status)},
        )


def _said(envelope: _Envelope) -> Iterator[str]:
    """RIPEstat's own words, one message after the other."""
    for one in (envelope.messages or [])[:_MESSAGES_TOLD]:
        words = one[-1] if isinstance(one, list) and one else one
        if isinstance(words, str) and words.strip():
            yield sayable(words, 200)


def _without_address(found: re.Match[str]) -> str:
    written = found.group()
    return "…" if _OF_AN_ADDRESS.search(written) and not _CLOCK.fullmatch(written) else written
