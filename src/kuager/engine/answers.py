"""Answers in the same types from every engine, whatever its own types are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

MOMENT = pa.timestamp("us", "UTC")


def same_types(answer: Any) -> Any:
    """An Arrow table with columns of strings, int64, float64, booleans and times in UTC (microseconds); nulls stay.

    A time without a zone is taken for UTC, in which both engines reckon.

    Raises:
        TypeError: the question asked for a column of another type.
    """
    columns = [column.cast(_same(column.type)) for column in answer.columns]
    return pa.table(dict(zip(answer.column_names, columns, strict=True)))


def _same(kind: Any) -> Any:
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return MOMENT
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_boolean(kind):
        return kind
    raise TypeError(f"an answer has no columns of {kind}")
