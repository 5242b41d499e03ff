"""A measurement scientist's own series, as one long Parquet table: ``series, kind, time, value`` and ``controls``.

One row per sample, in any order. ``series`` is a name, ``kind`` what it counts (a word of ``SignalKind``), ``time`` a
timestamp (UTC; one without a zone is taken for UTC, and that is said), ``value`` a number or null where nothing was
measured.
A time that comes twice with one value is one sample; with two values nothing is known of it, and it is missing.
``controls`` may hold names of series of the same file, separated by commas, that should move with it; any row of a
series may say so. The file may be far larger than one wants to hold as strings, so it is read batch by batch into plain
arrays of 20 bytes a row; no more of it than a batch is held besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kuager.codecs.text import excerpt, refusal
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

NEEDED = ("series", "kind", "time", "value")
ROWS_AT_ONCE = 1 << 18
BYTES_AT_ONCE = 1 << 20
KINDS = frozenset(SignalKind)
_BEGINS = b"PAR1"
_WITHOUT_ZONE = Note(message("The times have no zone and are taken for UTC."), {})
_TICKS_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class OwnSeries:
    """One series of the table.

    Attributes:
        name: as written.
        kind: what it counts.
        times: int64 [n], seconds since the epoch, strictly increasing.
        values: float64 [n], NaN where missing.
        controls: names of series that should move with it, as written.
        remarks: what was made of its rows.
    """

    name: str
    kind: SignalKind
    times: Times
    values: Values
    controls: tuple[str, ...]
    remarks: tuple[Note, ...] = ()


class SeriesOfTable(Sequence[OwnSeries]):
    """The series of a table, in the order of their names' first rows; each is made when it is asked for.

    A hundred thousand of them would take as much memory as their numbers.

    Attributes:
        names: theirs, in their order.
        remarks: what was made of the table as a whole.
    """

    def __init__(self, table: _Table, bounds: npt.NDArray[np.int64]) -> None:
        self.names: tuple[str, ...] = tuple(table.names)
        self.remarks: tuple[Note, ...] = (_WITHOUT_ZONE,) if table.without_zone else ()
        self._table = table
        self._bounds = bounds

    def __len__(self) -> int:
        return len(self.names)

    @property
    def has_controls(self) -> bool:
        """Whether any series names controls."""
        return bool(self._table.controls)

    def holds(self, name: str) -> bool:
        """Whether there is a series of this name."""
        return name in self._table.names

    def __getitem__(self, index: Any) -> Any:
        """One series; its times and values are views."""
        table, rows = self._table, slice(int(self._bounds[index]), int(self._bounds[index + 1]))
        controls = (one.strip() for one in table.controls.get(index, "").split(","))
        return OwnSeries(
            self.names[index],
            SignalKind(table.kinds[index]),
            table.times[rows],
            table.values[rows],
            tuple(one for one in controls if one),
            tuple(table.remarks.get(index, ())),
        )


def decode(source: Any) -> SeriesOfTable:
    """The series of a table.

    Args:
        source: an Arrow stream of the file's bytes that can be sought in, such as a ``BufferReader``.

    Raises:
        CodecError: the bytes are no such table, or a series has no name, no time or two kinds.
    """
    if source.read(len(_BEGINS)) != _BEGINS:
        raise refusal(
            message("{file} is no whole Parquet file."),
            meaning=message("It does not begin like one."),
            remedy=message("A Parquet file is wanted. A CSV file goes into a case: kuager add CASE FILE --as series."),
        )
    try:
        schema = pq.read_schema(source)
        texts = [
            name for name in ("series", "kind", "controls") if schema.names.count(name) == 1 and _is_text(schema, name)
        ]
        file = pq.ParquetFile(source, read_dictionary=texts, buffer_size=BYTES_AT_ONCE, pre_buffer=False)
        rows = file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged() from error
    columns = [*NEEDED, *(["controls"] if "controls" in schema.names else [])]
    for name in columns:
        if name not in schema.names:
            raise refusal(
                message("The column “{column}” is missing in {file}."),
                remedy=message("It needs the columns series, kind, time and value; controls may be there too."),
                column=name,
            )
        if schema.names.count(name) > 1:
            raise refusal(message("{file} has more than one column “{column}”."), column=name)
    try:
        table = _Table(rows)
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns):
            table.take(batch)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise _damaged() from error
    if table.held != rows:
        raise _damaged()
    return table.series()


def _damaged() -> CodecError:
    return refusal(message("{file} is no whole Parquet file."), remedy=message("Write it again, and to its end."))


def _is_text(schema: Any, name: str) -> bool:
    kind = schema.field(name).type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class _Table:
    """The rows read so far as plain arrays."""

    def __init__(self, rows: int) -> None:
        self.names: dict[str, int] = {}
        self.kinds: dict[int, str] = {}
        self.controls: dict[int, str] = {}
        self.remarks: dict[int, list[Note]] = {}
        self.without_zone = False
        self.held = 0
        self.codes: Codes = np.empty(rows, dtype=np.int32)
        self.times: Times = np.empty(rows, dtype=np.int64)
        self.values: Values = np.empty(rows)

    def take(self, batch: Any) -> None:
        """Add the rows of a batch."""
        here = slice(self.held, self.held + batch.num_rows)
        columns = {name: batch.column(name) for name in batch.schema.names}
        words, codes = _words(columns["series"], "series")
        kind_words, kind_codes = _words(columns["kind"], "kind")
        known = np.zeros(len(words), dtype=np.int32)
        for one in _first_seen(codes, len(words)):  # a dictionary may hold words of no row
            known[one] = self.names.setdefault(words[one], len(self.names))
        self.codes[here] = known[codes]
        self.times[here] = _seconds(columns["time"])
        self.without_zone = columns["time"].type.tz is None
        self.values[here] = _numbers(columns["value"])
        for code, kind in _pairs(self.codes[here], kind_codes).tolist():
            self._says(code, kind_words[kind])
        if "controls" in columns and columns["controls"].null_count < batch.num_rows:
            text, text_codes = _words(_filled(columns["controls"]), "controls")
            for code, one in _pairs(self.codes[here], text_codes).tolist():
                if text[one]:
                    self.controls.setdefault(code, text[one])
        self.held += batch.num_rows

    def _says(self, code: int, kind: str) -> None:
        """Note the kind of a series.

        Raises:
            CodecError: there is no such kind, or it has another one.
        """
        first = self.kinds.setdefault(code, kind)
        if first == kind and kind in KINDS:
            return
        name = excerpt(next(word for word, known in self.names.items() if known == code))
        if kind not in KINDS:
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

    def series(self) -> SeriesOfTable:
        """The rows as series, brought into order where they are not."""
        codes, times = self.codes, self.times
        ordered = bool(np.all((codes[1:] > codes[:-1]) | (codes[1:] == codes[:-1]) & (times[1:] >= times[:-1])))
        if not ordered:
            order = np.lexsort((times, codes))
            for column in (self.codes, self.times, self.values):
                column[:] = column[order]
        again = (codes[1:] == codes[:-1]) & (times[1:] == times[:-1])
        if again.any():
            self._once(again)
        bounds = np.searchsorted(self.codes, np.arange(len(self.names) + 1, dtype=np.int32))
        return SeriesOfTable(self, bounds)

    def _once(self, again: npt.NDArray[np.bool_]) -> None:
        """Make one row of those of one series and time, bool [n - 1] where a row has the time of the one before it.

        Null and infinite are missing, which contradicts no value.
        """
        first = np.flatnonzero(np.concatenate(([True], ~again)))
        values = np.where(np.isinf(self.values), np.nan, self.values)
        least, most = np.fmin.reduceat(values, first), np.fmax.reduceat(values, first)
        conflicting = least < most
        rows = np.diff(first, append=self.codes.size)
        self.codes, self.times = self.codes[first], self.times[first]
        self.values = np.where(conflicting, np.nan, least)
        for template, count in (
            (message("Rows left out that only repeat another: {count}."), np.where(conflicting, 0, rows - 1)),
            (message("Times given with several values, taken as missing: {count}."), conflicting),
        ):
            every = np.bincount(self.codes, weights=count, minlength=len(self.names))
            for code in np.flatnonzero(every).tolist():
                self.remarks.setdefault(code, []).append(Note(template, {"count": str(int(every[code]))}))


def _first_seen(codes: Codes, words: int) -> list[int]:
    """The different codes in the order of their first rows."""
    first = np.full(words, codes.size, dtype=np.int64)
    first[codes[::-1]] = np.arange(codes.size - 1, -1, -1)
    order = np.argsort(first, kind="stable")
    return [int(one) for one in order[first[order] < codes.size]]


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
    if len(coded) and not 0 <= pc.min(coded.indices).as_py() <= pc.max(coded.indices).as_py() < len(coded.dictionary):
        raise refusal(message("{file} is no whole Parquet file."), remedy=message("Write it again, and to its end."))
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
