"""The series in IODA's API v2 answers to ``signals/raw``, typed, before anything is made of them.

``data`` holds a list per entity. A series has one number or null per sample; loss and delay of probes have a list of
aggregates per sample: ``[{"agg_values": {"loss_pct": 0.02, "probe_count": 1200}}]``, the loss as a share of 1.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from kuager.codecs.ioda.envelope import Answer, not_an_answer, read_data
from kuager.codecs.ioda.places import Named, country_of
from kuager.model.series import Values

_LOSS = "ping-slash24-loss"
_AGGREGATES = {_LOSS: "loss_pct", "ping-slash24-latency": "median"}
"""Sources whose samples are lists, and what the name of the wanted aggregate contains."""

_ROUNDING = 1e-6


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
    entity_name: str | None = None
    entity_fqid: str | None = None
    subtype: str | None = None

    @property
    def named(self) -> Named:
        """Whose series it is."""
        return Named(
            self.entity_type, str(self.entity_code), self.entity_name or "", country_of(self.entity_fqid or "")
        )


class _Aggregate(msgspec.Struct, frozen=True):
    agg_values: dict[str, float | None] | None = None


def series_of(answer: Answer) -> list[AnswerSeries]:
    """Every series of an answer, in its order.

    Raises:
        CodecError: the data have another shape.
    """
    return [given for entity in read_data(answer, list[list[AnswerSeries]]) for given in entity]


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
        raise not_an_answer(str(error)) from error


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
    values = _floats([_one_number(sample, wanted) for sample in samples])
    if series.datasource == _LOSS and np.nanmax(values, initial=0.0) > 1.0 + _ROUNDING:
        raise UnknownShapeError
    return values


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
