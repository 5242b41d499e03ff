"""The shape of answers of OONI's API, typed, before anything is made of them.

An aggregation has ``result``, a list of measurements ``results`` and ``metadata``, a single measurement its own fields
(``measurement_uid``). Whatever went wrong may come with HTTP 200, as ``{"error": …}``, ``{"msg": …}`` or ``{"detail":
…}`` without any of the others. Source: the API's own code (ooni/backend, ``oonimeasurements``).
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from kuager.codecs import json_text
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal
from kuager.errors import CodecError, message

Kind = TypeVar("Kind")

_REPORT = re.compile(r"\b[0-9]{8}T[0-9]{6}Z_\w+")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![\w:])")
_LONG = re.compile(r"[A-Za-z0-9_+/=-]{24,}")


ABSENT = msgspec.Raw(b"")
"""In place of a member that the answer does not have."""


class Metadata(msgspec.Struct, frozen=True):
    """Where in a list a page stands; ``next_url`` is null on the last one, and nothing else says so."""

    next_url: str | None = None


class Envelope(msgspec.Struct, frozen=True):
    """The members by which answers are told apart."""

    result: msgspec.Raw = ABSENT
    results: msgspec.Raw = ABSENT
    metadata: msgspec.Raw = ABSENT
    measurement_uid: msgspec.Raw = ABSENT
    raw_measurement: msgspec.Raw = ABSENT
    test_keys: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
    msg: msgspec.Raw = ABSENT
    detail: msgspec.Raw = ABSENT

    @property
    def holds_data(self) -> bool:
        """Whether it has any of the members that data have."""
        members = (self.result, self.results, self.measurement_uid, self.test_keys)
        return any(bytes(member) not in {b"", b"null"} for member in members)

    @property
    def complaint(self) -> str | None:
        """The source's own words when it answered with an error; None when it did not."""
        for said in (self.error, self.msg, self.detail):
            if bytes(said):
                return _sayable(bytes(said))
        return None


def read_envelope(text: str) -> Envelope:
    """The answer, its parts not read yet.

    Raises:
        CodecError: not JSON, cut off, or no object.
    """
    return json_text.read_whole(text, Envelope, not_an_answer)


def read_part(part: bytes | msgspec.Raw, kind: type[Kind]) -> Kind:
    """One part of an answer in its type.

    Raises:
        CodecError: it has another shape.
    """
    found = read_if(part, kind)
    if found is None:
        raise not_an_answer("a part of it has another shape")
    return found


def read_if(part: bytes | msgspec.Raw, kind: type[Kind]) -> Kind | None:
    """One part in its type; None if it has another shape. The reason is not kept, for it could quote the part."""
    try:
        return msgspec.json.decode(part, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def refused_by_ooni(complaint: str) -> CodecError:
    """The error for an answer in which OONI says that it gives none."""
    return refusal(
        message("OONI answered with an error instead of data: “{answer}” (in {file})."),
        meaning=message("The request was not allowed, or its quota was used up."),
        remedy=message("Check the request, or ask again later."),
        answer=complaint,
    )


def not_an_answer(detail: str) -> CodecError:
    """The error for content that is no answer of OONI's API."""
    return refusal(
        message("The content of {file} is not an answer of OONI's API that Kuager knows."),
        meaning=message("The reader of JSON says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )


def _sayable(said: bytes) -> str:
    """The source's words without what leads to a report or to whoever asked."""
    words = read_if(said, str) or said.decode("utf-8", "replace")
    for hidden in (_REPORT, _ADDRESS, _LONG):
        words = hidden.sub("…", words[:1000])
    return excerpt(words, 200) or "no reason given"
