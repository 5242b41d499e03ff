"""A measurement scientist's own series, as one long Parquet table: ``series, kind, time, value`` and ``controls``.

One row per sample, in any order. ``series`` is a name, ``kind`` what it counts (a word of ``SignalKind``), ``time`` a
timestamp (UTC; one without a zone is taken for UTC), ``value`` a number or null where nothing was measured.
``controls`` may hold names of series of the same file, separated by commas, that should move with it; any row of a
series may say so. The file may be far larger than one wants to hold as strings, so it is read batch by batch into plain
arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.codecs.text import excerpt, refusal
from kuager.errors import message
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

NEEDED = ("series", "kind", "time", "value")
ROWS_AT_ONCE = 1 << 20
_TICKS_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class OwnSeries:
    """One series of the table.

    Attributes:
        name: as written.
        kind: what it counts.
        times: int64 [n], seconds since the epoch, in order; the same time may come twice.
        values: float64 [n], NaN where missing.
        controls: names of series that should move with it, as written.
    """

    name: str
    kind: SignalKind
    times: Times
    values: Values
    controls: tuple[str, ...]


def decode(buffer: Any) -> list[OwnSeries]:
    """The series of a table, in the order of their names' first rows; values are views of one array.

    Args:
        buffer: an Arrow buffer of the file's bytes, such as a memory map.

    Raises:
        CodecError: the bytes are no such table, or a series has no name, no time or two kinds.
    """
    try:
        schema = pq.read_schema(pa.BufferReader(buffer))
        texts = [
            name for name in ("series", "kind", "controls") if name in schema.names and _is_text(schema.field(name))
        ]
        file = pq.ParquetFile(pa.BufferReader(buffer), read_dictionary=texts)
        present = set(schema.names)
        rows = file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refusal(
            message("{file} is no whole Parquet file."), remedy=message("Write it again, and to its end.")
        ) from error
    for name in NEEDED:
        if name not in present:
            raise refusal(
                message("The column “{column}” is missing in {file}."),
                remedy=message("It needs the columns series, kind, time and value; controls may be there too."),
                column=name,
            )
    table = _Table(rows)
    try:
        for batch in file.iter_batches(
            ROWS_AT_ONCE, columns=[*NEEDED, *(["controls"] if "controls" in present else [])]
        ):
            table.take(batch)
    except (pa.ArrowException, OSError) as error:
        raise refusal(
            message("{file} is no whole Parquet file."), remedy=message("Write it again, and to its end.")
        ) from error
    return list(table.series())


def _is_text(field: Any) -> bool:
    return bool(pa.types.is_string(field.type) or pa.types.is_large_string(field.type))


class _Table:
    """The rows read so far as plain arrays."""

    def __init__(self, rows: int) -> None:
        self.names: dict[str, int] = {}
        self.kinds: dict[int, str] = {}
        self.controls: dict[int, str] = {}
        self._codes: Codes = np.empty(rows, dtype=np.int32)
        self._times: Times = np.empty(rows, dtype=np.int64)
        self._values: Values = np.empty(rows)
        self._held = 0

    def take(self, batch: Any) -> None:
        """Add the rows of a batch."""
        here = slice(self._held, self._held + batch.num_rows)
        columns = {name: batch.column(name) for name in batch.schema.names}
        words, codes = _words(columns["series"], "series")
        kind_words, kind_codes = _words(columns["kind"], "kind")
        known = np.array([self.names.setdefault(word, len(self.names)) for word in words], dtype=np.int32)
        self._codes[here] = known[codes]
        self._times[here] = _seconds(columns["time"])
        self._values[here] = _numbers(columns["value"])
        for code, kind in {(int(one), int(two)) for one, two in _pairs(self._codes[here], kind_codes)}:
            self._says(code, kind_words[kind])
        if "controls" in columns and columns["controls"].null_count < batch.num_rows:
            text, text_codes = _words(_filled(columns["controls"]), "controls")
            for code, one in _pairs(self._codes[here], text_codes):
                if text[one]:
                    self.controls.setdefault(int(code), text[one])
        self._held += batch.num_rows

    def _says(self, code: int, kind: str) -> None:
        """Note the kind of a series.

        Raises:
            CodecError: there is no such kind, or it has another one.
        """
        first = self.kinds.setdefault(code, kind)
        if first == kind and kind in set(SignalKind):
            return
        name = excerpt(next(word for word, known in self.names.items() if known == code))
        if kind not in set(SignalKind):
            raise refusal(
                message("“{kind}” of the series “{series}” in {file} is no kind of series."),
                remedy=message("A kind is one of: {kinds}."),
                kind=excerpt(kind),
                series=name,
                kinds=", ".join(SignalKind),
            )
        raise refusal(
            message("The series “{series}” in {file} has two kinds: {one} and {other}."),
            remedy=message("Give the two different names."),
            series=name,
            one=first,
            other=kind,
        )

    def series(self) -> Iterator[OwnSeries]:
        """The rows as series, brought into order where they are not."""
        codes, times = self._codes, self._times
        ordered = bool(np.all((codes[1:] > codes[:-1]) | (codes[1:] == codes[:-1]) & (times[1:] >= times[:-1])))
        if not ordered:
            order = np.lexsort((times, codes))
            for column in (self._codes, self._times, self._values):
                column[:] = column[order]
        bounds = np.searchsorted(self._codes, np.arange(len(self.names) + 1, dtype=np.int32))
        for code, name in enumerate(self.names):
            rows = slice(int(bounds[code]), int(bounds[code + 1]))
            controls = (one.strip() for one in self.controls.get(code, "").split(","))
            yield OwnSeries(
                name,
                SignalKind(self.kinds[code]),
                self._times[rows],
                self._values[rows],
                tuple(one for one in controls if one),
            )


def _pairs(one: Codes, other: Codes) -> npt.NDArray[np.int32]:
    """The different pairs of two arrays of codes, int32 [pairs, 2]."""
    changes = np.flatnonzero((one[1:] != one[:-1]) | (other[1:] != other[:-1])) + 1
    where = np.concatenate(([0], changes)) if one.size else changes
    return np.unique(np.column_stack((one[where], other[where])), axis=0)


def _filled(column: Any) -> Any:
    """A column of text with nothing where it has null."""
    plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    return plain.fill_null("") if pa.types.is_string(plain.type) or pa.types.is_large_string(plain.type) else plain


def _words(column: Any, name: str) -> tuple[list[str], Codes]:
    """A column of text as its different words and int32 [n] codes."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise refusal(message("The column “{column}” in {file} holds no text."), column=name)
    if column.null_count:
        raise refusal(
            message("{count} rows of {file} have nothing in the column “{column}”."),
            remedy=message("Every row needs a series, a kind and a time; only values and controls may be missing."),
            count=column.null_count,
            column=name,
        )
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return coded.dictionary.to_pylist(), np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int32)


def _seconds(column: Any) -> Times:
    kind = column.type
    if not pa.types.is_timestamp(kind):
        raise refusal(
            message("The column “{column}” in {file} holds no timestamps."),
            remedy=message("Write it as timestamps in UTC."),
            column="time",
        )
    if column.null_count:
        raise refusal(
            message("{count} rows of {file} have nothing in the column “{column}”."),
            remedy=message("Every row needs a series, a kind and a time; only values and controls may be missing."),
            count=column.null_count,
            column="time",
        )
    ticks: Times = column.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return ticks // _TICKS_PER_SECOND[kind.unit]


def _numbers(column: Any) -> Values:
    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise refusal(message("The column “{column}” in {file} holds no numbers."), column="value")
    values: Values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return values
