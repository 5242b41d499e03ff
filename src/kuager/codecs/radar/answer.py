"""The shape of answers of Cloudflare Radar's API, typed, before anything is made of it.

``{"success": true, "errors": [], "result": {…}}``. The result of a time series holds ``meta`` and, under one name per
series, ``{"timestamps": ["2022-01-05T00:00:00Z", …], "values": ["0.67", …]}``: values are texts. Times are RFC 3339 in
UTC. Source: Cloudflare's published clients (the types of ``resources/radar``).
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from kuager.codecs import json_text
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal
from kuager.errors import CodecError, message

Kind = TypeVar("Kind")

_SECRET = re.compile(r"[A-Za-z0-9_+/=-]{24,}")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![\w:])")


class Serie(msgspec.Struct, frozen=True):
    """One series: as many values as timestamps."""

    timestamps: list[str]
    values: list[str | float | None]


class Annotation(msgspec.Struct, frozen=True, rename="camel"):
    """What Cloudflare notes about the data of an answer; it has no end while it lasts.

    Older answers say ``startTime`` and ``endTime`` where newer ones say ``startDate`` and ``endDate``.
    """

    start_date: str | None = None
    end_date: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    data_source: str | None = None
    description: str | None = None
    event_type: str | None = None
    is_instantaneous: bool | None = None


class Confidence(msgspec.Struct, frozen=True):
    """How far Cloudflare trusts the data: 1 to 3 are low, 5 is without known problems, null is not said."""

    level: int | None = None
    annotations: list[Annotation] | None = None


class DateRange(msgspec.Struct, frozen=True, rename="camel"):
    """The window asked for, as Cloudflare adjusted it."""

    start_time: str
    end_time: str


class Unit(msgspec.Struct, frozen=True):
    """What values count."""

    value: str | None = None


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    """What an answer says of its series; ``last_updated`` is how far Cloudflare had counted."""

    agg_interval: str | None = None
    normalization: str | None = None
    date_range: list[DateRange] | None = None
    last_updated: str | None = None
    confidence_info: Confidence | None = None
    units: list[Unit] | None = None


class _Error(msgspec.Struct, frozen=True):
    code: int | str | None = None
    message: str | None = None


class _Envelope(msgspec.Struct, frozen=True):
    result: dict[str, msgspec.Raw] | None = None
    success: bool = True
    errors: list[_Error | str] | None = None


def read_result(text: str) -> dict[str, msgspec.Raw]:
    """The parts of the answer's result, not read yet.

    Raises:
        CodecError: not JSON, cut off, not an answer of Radar, or Cloudflare's own error.
    """
    envelope = json_text.read_whole(text, _Envelope, not_an_answer, ends=("}",))
    if not envelope.success or (envelope.result is None and envelope.errors):
        raise refusal(
            message("Cloudflare Radar answered with an error instead of data: “{answer}” (in {file})."),
            meaning=message("The token may lack the permission to read Radar, or the request was not allowed."),
            remedy=message("Check the token and the request, or ask again later."),
            answer=_sayable(envelope.errors or []),
        )
    if envelope.result is None:
        raise not_an_answer("no result")
    return envelope.result


def read_part(part: msgspec.Raw, kind: type[Kind]) -> Kind:
    """One part of a result in its type.

    Raises:
        CodecError: it has another shape.
    """
    return json_text.read_part(part, kind, not_an_answer)


def not_an_answer(detail: str) -> CodecError:
    """The error for JSON that is no answer of Radar."""
    return refusal(
        message("The content of {file} is not an answer of Cloudflare Radar that Kuager knows."),
        meaning=message("The reader of JSON says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )


def _sayable(errors: list[Any]) -> str:
    """The source's own words, without what could be a token or the address of whoever asked."""
    said = "; ".join((one if isinstance(one, str) else one.message or f"code {one.code}") for one in errors[:5])
    return excerpt(_ADDRESS.sub("…", _SECRET.sub("…", said)) or "no reason given", 200)
