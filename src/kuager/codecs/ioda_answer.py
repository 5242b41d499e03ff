"""The shape of IODA's API v2 answers to ``signals/raw``, typed, before anything is made of it.

``{"type": "signals", "requestParameters": {…}, "error": null, "data": [[series, …], …]}``: ``data`` holds a list per
entity. A series has one number or null per sample; loss and delay of probes have a list of aggregates per sample:
``[{"agg_values": {"loss_pct": 0.02, "probe_count": 1200}}]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.text import FETCH_AGAIN, cut_off, excerpt, refusal, text_of
from kuager.errors import CodecError, message
from kuager.model.series import Values

_AGGREGATES = {"ping-slash24-loss": "loss_pct", "ping-slash24-latency": "median"}
"""Sources whose samples are lists, and what the name of the wanted aggregate contains."""


class UnknownShapeError(ValueError):
    """The values of a series are lists of which Kuager does not know how to take one number."""


class AnswerSeries(msgspec.Struct, frozen=True, rename="camel"):
    """One series as IODA writes it; times in seconds since the epoch, UTC. ``values`` wait to be read by source."""

    entity_type: str
    entity_code: str | int
    datasource: str
    values: msgspec.Raw
    start: int = msgspec.field(name="from")
    until: int | None = None
    step: int | float | None = None
    native_step: int | float | None = None
    entity_name: str = ""
    subtype: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that holds data.

    Attributes:
        entities: the series of each entity.
        window: from when until when was asked, in seconds since the epoch; None if the answer does not say.
        error: what IODA says went wrong although it sent data; empty if nothing.
    """

    entities: list[list[AnswerSeries]]
    window: tuple[int, int] | None
    error: str


class _Request(msgspec.Struct, frozen=True):
    start: int | str | None = msgspec.field(name="from", default=None)
    until: int | str | None = None


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    data: msgspec.Raw
    type: str = "signals"
    error: str | None = None
    request_parameters: _Request | list[Any] | None = None


class _Aggregate(msgspec.Struct, frozen=True):
    agg_values: dict[str, float | None] | None = None


def read_answer(data: bytes) -> Answer:
    """The answer in these bytes.

    Raises:
        CodecError: not JSON, cut off, not an answer to ``signals/raw``, or IODA's own error.
    """
    text = text_of(data)
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
        _refuse_error(envelope)
        entities = msgspec.json.decode(envelope.data, type=list[list[AnswerSeries]])
    except msgspec.ValidationError as error:
        raise _not_an_answer(str(error)) from error
    except msgspec.DecodeError as error:
        if not text.rstrip().endswith(("}", "]")):
            raise cut_off(text.rstrip().count("\n") + 1) from error
        raise _not_an_answer(str(error)) from error
    except RecursionError as error:
        raise _not_an_answer("nested too deeply") from error
    return Answer(entities, _window(envelope), envelope.error or "")


def values_of(series: AnswerSeries) -> Values:
    """float64 [n], one value per sample, NaN where IODA has null or an empty list.

    Raises:
        UnknownShapeError: the samples are lists from which no single number can be taken.
        CodecError: a sample is neither a number nor null nor a list.
    """
    wanted = _AGGREGATES.get(series.datasource)
    if wanted is not None:
        return _aggregated(series, wanted)
    try:
        return _floats(msgspec.json.decode(series.values, type=list[float | None]))
    except msgspec.DecodeError as error:
        if _holds_lists(series.values):
            raise UnknownShapeError from error
        raise _not_an_answer(str(error)) from error


def _holds_lists(values: msgspec.Raw) -> bool:
    try:
        samples = msgspec.json.decode(values, type=list[list[Any] | dict[str, Any] | float | None])
    except (msgspec.DecodeError, RecursionError):
        return False
    return any(isinstance(sample, list | dict) for sample in samples)


def _aggregated(series: AnswerSeries, wanted: str) -> Values:
    try:
        samples = msgspec.json.decode(series.values, type=list[list[_Aggregate] | None])
    except msgspec.DecodeError as error:
        raise UnknownShapeError from error
    return _floats([_one_number(sample, wanted) for sample in samples])


def _one_number(sample: list[_Aggregate] | None, wanted: str) -> float | None:
    if not sample:
        return None
    if len(sample) > 1:
        raise UnknownShapeError
    aggregates = sample[0].agg_values
    if not aggregates:
        return None
    found = [value for name, value in aggregates.items() if wanted in name]
    if len(found) != 1:
        raise UnknownShapeError
    return found[0]


def _floats(samples: list[float | None]) -> Values:
    return np.array([np.nan if sample is None else sample for sample in samples], dtype=np.float64)


def _refuse_error(envelope: _Envelope) -> None:
    nothing = bytes(envelope.data).strip() in {b"null", b"[]"}
    if envelope.error and nothing:
        raise refusal(
            message("IODA answered with an error instead of data: “{answer}” (in {file})."),
            remedy=message("Correct the request, or ask again later."),
            answer=excerpt(envelope.error, 200),
        )
    if not envelope.type.startswith("signals") or bytes(envelope.data).strip() == b"null":
        raise refusal(
            message("The answer of IODA in {file} is of the type “{type}” and holds no signals."),
            remedy=message("Ask for /signals/raw and add that answer."),
            type=excerpt(envelope.type),
        )


def _window(envelope: _Envelope) -> tuple[int, int] | None:
    request = envelope.request_parameters
    if not isinstance(request, _Request):
        return None
    try:
        start, until = int(request.start or ""), int(request.until or "")
    except ValueError:
        return None
    return (start, until) if EARLIEST_S <= start < until < LATEST_S else None


def _not_an_answer(detail: str) -> CodecError:
    return refusal(
        message("The content of {file} is not an answer of IODA's API to /signals/raw."),
        meaning=message("The reader of JSON says: {detail}."),
        remedy=FETCH_AGAIN,
        detail=excerpt(detail, 160),
    )
