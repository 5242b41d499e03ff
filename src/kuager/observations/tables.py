"""Rows of a case that are no series, as Parquet. Disposable: everything here can be decoded again from the evidence.

``_<name>.parquet`` holds the rows of all objects, each with the sha256 of its object. Measurements can be many, so each
object's lie in a file of their own, ``_measurements/<sha256>.parquet``, written batch by batch; and beside them the
verdicts on them, ``_verdicts/<sha256>.parquet``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.evidence.durable import TEMPORARY, make_folder, replace, sync_folder
from kuager.model.notes import Note
from kuager.model.tables import MEASUREMENTS, TABLES
from kuager.model.verdicts import CLASSIFIED

Table = Any
_ROWS_AT_ONCE = 10_000
_REMARKS = b"remarks"
"""The key of the metadata of a file that holds, as JSON, how its object was read."""
OBJECT = pa.field("object", pa.string(), nullable=False)

ANSWERS = pa.schema(
    [
        pa.field("object", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("day", pa.int64(), nullable=False),
        pa.field("present", pa.int64(), nullable=False),
        pa.field("expected", pa.int64(), nullable=False),
        pa.field("series", pa.int64(), nullable=False),
    ]
)
"""How much an object says of a day: values present and values that a whole day would have, or rows of both; and how
many series the whole object has."""


class TableStore:
    """The tables below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rebuild(self, parts: Iterable[tuple[str, str, Table]]) -> None:
        """Replace all tables but those of measurements by these: the name, the object's sha256 and the rows of each."""
        by_name: dict[str, list[Table]] = {}
        for name, digest, rows in parts:
            whole = rows.append_column(OBJECT, pa.repeat(pa.scalar(digest), rows.num_rows))
            by_name.setdefault(name, []).append(whole)
        for name in TABLES:
            path = self._path(name)
            if name in by_name:
                _write(path, pa.concat_tables(by_name[name]))
            else:
                path.unlink(missing_ok=True)

    def read(self, name: str) -> Table:
        """The rows of all objects; none when there is no such table."""
        path = self._path(name)
        return pq.read_table(path) if path.exists() else TABLES[name].append(OBJECT).empty_table()

    def write_measurements(self, digest: str, batches: Iterable[Any]) -> None:
        """Keep the measurements of one object, batch by batch; the file appears whole or not at all."""
        _write_batches(self._folder / "_measurements", digest, MEASUREMENTS, batches)

    def has_measurements(self, digest: str) -> bool:
        """Whether the measurements of an object were kept."""
        return (self._folder / "_measurements" / f"{digest}.parquet").exists()

    def measurements(self, digest: str) -> Iterator[Any]:
        """The measurements of one object in batches."""
        with pq.ParquetFile(self._folder / "_measurements" / f"{digest}.parquet") as file:
            yield from file.iter_batches()

    def keep_measurements_of(self, digests: frozenset[str]) -> None:
        """Remove the measurements of all other objects."""
        for path in (self._folder / "_measurements").glob("*.parquet"):
            if path.stem not in digests:
                path.unlink()

    def write_verdicts(self, digest: str, batches: Iterable[Any], remarks: Callable[[], Sequence[Note]]) -> None:
        """Keep the verdicts on the measurements of one object, batch by batch; whole or not at all.

        Args:
            digest: of the object.
            batches: of ``model.verdicts.CLASSIFIED``.
            remarks: how it was read; asked for after the last batch.
        """
        _write_batches(self._folder / "_verdicts", digest, CLASSIFIED, batches, remarks)

    def verdict_remarks(self, digest: str) -> tuple[Note, ...]:
        """How the measurements of one object were read when they were judged."""
        kept = pq.read_metadata(self._verdicts(digest)).metadata or {}
        return msgspec.json.decode(kept.get(_REMARKS, b"[]"), type=tuple[Note, ...])

    def verdicts(self, digest: str, columns: Sequence[str]) -> Table:
        """Some columns of the verdicts on the measurements of one object."""
        return pq.read_table(self._verdicts(digest), columns=list(columns))

    def verdicts_hash(self, digest: str) -> str:
        """The identity of the verdicts on one object, by its rows; empty where they cannot be read or are not there."""
        rows = hashlib.sha256()
        try:
            table = pq.read_table(self._verdicts(digest), schema=CLASSIFIED)
        except (pa.ArrowException, OSError):
            return ""
        for batch in table.combine_chunks().to_batches(_ROWS_AT_ONCE):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, CLASSIFIED) as stream:
                stream.write_batch(batch)
            rows.update(sink.getvalue())
        rows.update((table.schema.metadata or {}).get(_REMARKS, b""))
        return rows.hexdigest()

    def keep_verdicts_of(self, digests: frozenset[str]) -> None:
        """Remove the verdicts on all other objects."""
        for path in (self._folder / "_verdicts").glob("*.parquet"):
            if path.stem not in digests:
                path.unlink()

    def write_answers(self, rows: Table) -> None:
        """Keep how much each object says of each day."""
        _write(self._folder / "_answers.parquet", rows)

    def answers(self) -> Table:
        """How much each object says of each day."""
        path = self._folder / "_answers.parquet"
        return pq.read_table(path) if path.exists() else ANSWERS.empty_table()

    def hashes(self) -> dict[str, str]:
        """The identity of each table that there is by its name: a SHA-256 over its rows."""
        found = {}
        for name in sorted(TABLES):
            if self._path(name).exists():
                digest = hashlib.sha256(name.encode())
                for batch in self.read(name).to_batches(_ROWS_AT_ONCE):
                    for row in batch.to_pylist():
                        digest.update(b"\n" + repr(row).encode())
                found[name] = digest.hexdigest()
        return found

    def _path(self, name: str) -> Path:
        return self._folder / f"_{name}.parquet"

    def _verdicts(self, digest: str) -> Path:
        return self._folder / "_verdicts" / f"{digest}.parquet"


def _write_batches(
    folder: Path,
    digest: str,
    schema: Any,
    batches: Iterable[Any],
    remarks: Callable[[], Sequence[Note]] = tuple,
) -> None:
    make_folder(folder)
    temporary = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
            if told := tuple(remarks()):
                writer.add_key_value_metadata({_REMARKS: msgspec.json.encode(told)})
        temporary.replace(folder / f"{digest}.parquet")
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(folder)


def _write(path: Path, rows: Table) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", version="2.6")
    replace(path, sink.getvalue().to_pybytes())
