"""The envelope in which every answer of IODA's API v2 comes, and which of the answers it is.

``{"type": "signals", "requestParameters": {…}, "error": null, "data": …}``: ``type`` says what ``data`` holds. An error
comes with HTTP 400, or with 200 and no data. Source: the API's own code (InetIntel/ioda-api).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import msgspec

from kuager.codecs import json_text
from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.codes import place_code
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal, text_of
from kuager.errors import CodecError, message

Kind = TypeVar("Kind")


class Holds(Enum):
    """What an answer holds, by the beginning of its type."""

    SIGNALS = "signals"
    ENTITIES = "entities"
    ALERTS = "outages.alerts"
    EVENTS = "outages.events"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error.

    Attributes:
        holds: what its data are.
        data: the data, not read yet.
        window: from when until when was asked, in seconds since the epoch; None if the answer does not say.
        country: two letters of the country that was asked about; empty if the answer does not say.
        error: what IODA says went wrong although it sent data; empty if nothing.
    """

    holds: Holds
    data: msgspec.Raw
    window: tuple[int, int] | None
    country: str
    error: str


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    start: int | str | None = msgspec.field(name="from", default=None)
    until: int | str | None = None
    related_to: str | None = None
    entity_type: str | None = None
    entity_code: str | int | None = None


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    data: msgspec.Raw
    type: str = Holds.SIGNALS.value
    error: str | None = None
    request_parameters: _Request | list[Any] | None = None


def read_envelope(data: bytes) -> Answer:
    """The answer in these bytes.

    Raises:
        CodecError: not JSON, cut off, not an answer that Kuager reads, or IODA's own error.
    """
    text = text_of(data)
    envelope = json_text.read_whole(text, _Envelope, not_an_answer)
    holds = next((one for one in Holds if envelope.type.startswith(one.value)), None)
    data_as_text = bytes(envelope.data).strip()
    if envelope.error and data_as_text in {b"null", b"[]"}:
        raise refusal(
            message("IODA answered with an error instead of data: “{answer}” (in {file})."),
            remedy=message("Correct the request, or ask again later."),
            answer=excerpt(envelope.error, 200),
        )
    if holds is None or data_as_text == b"null":
        raise refusal(
            message("The answer of IODA in {file} is of the type “{type}” and holds nothing that Kuager reads."),
            remedy=message("Ask for /signals/raw, /entities/query, /outages/alerts or /outages/events and add that."),
            type=excerpt(envelope.type),
        )
    request = envelope.request_parameters if isinstance(envelope.request_parameters, _Request) else _Request()
    return Answer(holds, envelope.data, _window(request), _country(request), envelope.error or "")


def read_data(answer: Answer, kind: type[Kind]) -> Kind:
    """The data of an answer in their type.

    Raises:
        CodecError: they have another shape.
    """
    return json_text.read_part(answer.data, kind, not_an_answer)


def not_an_answer(detail: str) -> CodecError:
    """The error for JSON that is no answer of IODA."""
    return refusal(
        message("The content of {file} is not an answer of IODA's API that Kuager knows."),
        meaning=message("The reader of JSON says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )


def _window(request: _Request) -> tuple[int, int] | None:
    try:
        start, until = int(request.start or ""), int(request.until or "")
    except ValueError:
        return None
    return (start, until) if EARLIEST_S <= start < until < LATEST_S else None


def _country(request: _Request) -> str:
    """Of ``relatedTo=country/KZ``, or of a country that was asked about itself."""
    written = (request.related_to or "").removeprefix("country/")
    if request.entity_type == "country" and request.entity_code is not None:
        written = str(request.entity_code)
    code = place_code(written)
    return code if code is not None and len(code) == 2 else ""
