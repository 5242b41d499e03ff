"""The columns of a series file, read from CSV or from Parquet and checked cell by cell, before any grouping.

In messages about Parquet, which has no lines, the first row counts as line 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.codecs.cells import (
    between_seconds,
    not_a_time,
    numbers,
    refuse_implausible,
    refuse_impossible,
    zoned_times,
)
from kuager.codecs.text import FETCH_AGAIN, LOOKS_CUT_OFF, Lines, Strings, excerpt, read_table, refusal
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.schemas import SERIES_FILE
from kuager.model.series import Times, Values

PARQUET_MAGIC = b"PAR1"
"""The first and the last four bytes of every Parquet file."""

_REQUIRED = tuple(name for name in SERIES_FILE.names if name != "access")
_SMALLEST_PARQUET = 12
_TICKS_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of a series file, in its order.

    Attributes:
        times: int64 [n], seconds since the epoch.
        place, signal, access: Arrow strings [n], as written; access is empty where the file has none.
        values: float64 [n], NaN where missing, never negative or infinite.
        lines: int64 [n].
        remarks: what a reader should know of how the columns were read.
    """

    times: Times
    place: Strings
    signal: Strings
    access: Strings
    values: Values
    lines: Lines
    remarks: tuple[Note, ...]


def read(data: bytes) -> Columns:
    """The columns of a series file; Parquet is told from CSV by its first four bytes.

    Raises:
        CodecError: the bytes are neither, lack a column, or have a cell that cannot be read.
    """
    return _from_parquet(data) if data.startswith(PARQUET_MAGIC) else _from_csv(data)


def _from_csv(data: bytes) -> Columns:
    table = read_table(data)
    remarks = list(_check_names(table.columns))
    zoned = zoned_times(table.columns["time"], table.lines)
    if zoned.zones > 1:
        remarks.append(
            Note(
                message("The times name {count} different zones; each was converted to UTC."),
                {"count": str(zoned.zones)},
            )
        )
    if table.ends_open:
        remarks.append(
            Note(
                message("The last line has no line break; if the file was cut off there, its last cell may be too."), {}
            )
        )
    return Columns(
        times=zoned.times,
        place=table.columns["place"],
        signal=table.columns["signal"],
        access=table.columns.get("access", _empty_text(len(table.lines))),
        values=numbers(table.columns["value"], table.lines),
        lines=table.lines,
        remarks=tuple(remarks),
    )


def _from_parquet(data: bytes) -> Columns:
    table = _parquet_table(data)
    remarks = tuple(_check_names(table.column_names))
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return Columns(
        times=_parquet_times(table["time"], lines),
        place=_parquet_text(table["place"], "place"),
        signal=_parquet_text(table["signal"], "signal"),
        access=_parquet_text(table["access"], "access") if "access" in table.column_names else _empty_text(len(lines)),
        values=_parquet_values(table["value"], lines),
        lines=lines,
        remarks=remarks,
    )


def _parquet_table(data: bytes) -> Any:
    if len(data) < _SMALLEST_PARQUET or not data.endswith(PARQUET_MAGIC):
        raise refusal(
            message("The Parquet file given as {file} does not end as Parquet ends."),
            meaning=LOOKS_CUT_OFF,
            remedy=FETCH_AGAIN,
        )
    try:
        table = pq.read_table(pa.BufferReader(data))
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refusal(
            message("The Parquet file given as {file} is damaged."),
            remedy=FETCH_AGAIN,
        ) from error
    if table.num_rows == 0:
        raise refusal(message("There are columns in {file} but no row in them."), remedy=FETCH_AGAIN)
    return table


def _parquet_times(column: Any, lines: Lines) -> Times:
    if _is_text(column.type):
        return zoned_times(_one_array(column.cast(pa.string()).fill_null("")), lines).times
    if not pa.types.is_timestamp(column.type) or column.type.tz is None:
        raise refusal(
            message("The column “time” of {file} has the type {type}, not a time with a zone."),
            remedy=message("Write it as a timestamp in UTC, in Parquet's words “isAdjustedToUTC”."),
            type=str(column.type),
        )
    if column.null_count:
        raise not_a_time("", int(lines[np.argmax(column.is_null().to_numpy())]))
    ticks: Times = column.cast(pa.int64()).to_numpy()
    ticks_per_second = _TICKS_PER_SECOND[column.type.unit]
    times = ticks // ticks_per_second
    refuse_implausible(times, lines)
    between = ticks % ticks_per_second != 0
    if between.any():
        index = int(np.argmax(between))
        raise between_seconds(str(column[index].cast(pa.string()).as_py()), int(lines[index]))
    return times


def _parquet_text(column: Any, name: str) -> Strings:
    if not _is_text(column.type):
        raise _wrong_type(name, column.type)
    return _one_array(column.cast(pa.string()).fill_null(""))


def _parquet_values(column: Any, lines: Lines) -> Values:
    kind = column.type
    if _is_text(kind):
        return numbers(_one_array(column.cast(pa.string()).fill_null("")), lines)
    if pa.types.is_null(kind):
        return np.full(len(lines), np.nan)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise _wrong_type("value", kind)
    values: Values = column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    refuse_impossible(values, lines)
    return values


def _wrong_type(name: str, kind: Any) -> CodecError:
    return refusal(
        message("The column “{column}” of {file} has the type {type}, which cannot be read."),
        remedy=message("Write place and signal as text and value as a number."),
        column=name,
        type=str(kind),
    )


def _is_text(kind: Any) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _one_array(column: Any) -> Strings:
    return pa.concat_arrays(column.chunks)


def _empty_text(count: int) -> Strings:
    return pa.repeat("", count)


def _check_names(names: Iterable[str]) -> Iterator[Note]:
    """Refuse missing or doubled columns; remark on those that nobody reads."""
    listed = list(names)
    missing = [name for name in _REQUIRED if name not in listed]
    if missing or len(set(listed)) < len(listed):
        raise refusal(
            message("The columns of {file} are {columns}; a series file has {required} and may have access."),
            remedy=message("Name the columns so, each once; add IODA's dashboard export with --as ioda-export."),
            columns=excerpt(", ".join(listed), 120),
            required=", ".join(_REQUIRED),
        )
    for name in listed:
        if name not in SERIES_FILE.names:
            yield Note(message("The column “{column}” is not known and was skipped."), {"column": excerpt(name)})
