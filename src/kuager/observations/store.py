"""Series of a case as Parquet, one file per signal. Disposable: everything here can be decoded again from the evidence.

Later files win over earlier ones where both have a value for the same moment of the same series, because sources revise
and complete what they published; how often that happened is counted and said. A relative series of another window is
another series: windows are never spliced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from kuager.errors import CaseDamaged, message
from kuager.evidence.durable import replace
from kuager.evidence.objects import sha256
from kuager.model.schemas import OBSERVATIONS
from kuager.model.series import Series
from kuager.model.words import Access, Scale

_KEY = ("place", "access", "scale", "window", "step_s", "unit")


@dataclass(frozen=True, slots=True)
class Merged:
    """What happened when files were laid over each other."""

    values: int
    revised: int


class ObservationStore:
    """The tables below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rebuild(self, decoded: Iterable[tuple[str, Series]]) -> Merged:
        """Replace all tables by the series of all objects, given in the order in which they were received.

        Args:
            decoded: pairs of the sealed object's sha256 and a series in it.
        """
        by_signal: dict[str, dict[tuple[object, ...], list[tuple[str, Series]]]] = {}
        for digest, series in decoded:
            key = (series.place, series.access, series.scale, series.window, series.step_s, series.unit)
            by_signal.setdefault(series.signal, {}).setdefault(key, []).append((digest, series))
        values = revised = 0
        for signal, parts in by_signal.items():
            tables = []
            for same in parts.values():
                table, changed = _merge(same)
                tables.append(table)
                values += table.num_rows
                revised += changed
            whole = pa.concat_tables(tables).sort_by([(name, "ascending") for name in (*_KEY, "time")])
            sink = pa.BufferOutputStream()
            pq.write_table(whole, sink, compression="zstd", version="2.6")
            replace(self._path(signal), sink.getvalue().to_pybytes())
        for stale in set(self.signals()) - set(by_signal):
            self._path(stale).unlink()
        return Merged(values, revised)

    def signals(self) -> list[str]:
        """The signals that have a table, in order."""
        return sorted(path.stem for path in self._folder.glob("*.parquet") if not path.stem.startswith("_"))

    def series(self) -> Iterator[tuple[Series, tuple[str, ...]]]:
        """Every series, ordered by signal and key, with the sha256 of the objects it comes from."""
        for signal in self.signals():
            table = self._read(signal)
            keys = table.select(list(_KEY)).group_by(list(_KEY), use_threads=False).aggregate([]).to_pylist()
            for key in keys:
                yield _series(signal, key, table)

    def table_hash(self, signal: str) -> str:
        """The identity of a table: SHA-256 over its name and its rows as CSV in canonical order, not over its file.

        Empty where it cannot be read.
        """
        sink = pa.BufferOutputStream()
        try:
            csv.write_csv(pq.read_table(self._path(signal), schema=OBSERVATIONS), sink)
        except (pa.ArrowException, OSError):
            return ""  # unreadable, so no table that anything was derived from
        return sha256(signal.encode() + b"\n" + sink.getvalue().to_pybytes())

    def _read(self, signal: str) -> pa.Table:
        try:
            return pq.read_table(self._path(signal), schema=OBSERVATIONS)
        except (pa.ArrowException, OSError) as error:
            raise CaseDamaged(
                message("The table of {signal} cannot be read."),
                remedy=message("Run kuager detect: tables are decoded again from the sealed files."),
                signal=signal,
            ) from error

    def _path(self, signal: str) -> Path:
        return self._folder / f"{signal}.parquet"


def _merge(same: Sequence[tuple[str, Series]]) -> tuple[pa.Table, int]:
    """Files of one series laid over each other in order; and how many values a later file changed."""
    first = same[0][1]
    times = np.unique(np.concatenate([series.times for _, series in same]))
    values = np.full(times.shape, np.nan)
    origin = np.full(times.shape, -1, dtype=np.int64)
    revised = 0
    for index, (_, series) in enumerate(same):
        at = np.searchsorted(times, series.times)
        given = np.isfinite(series.values)
        before = values[at]
        revised += int(np.count_nonzero(given & np.isfinite(before) & (before != series.values)))
        take = given | (origin[at] < 0)
        values[at[take]] = series.values[take]
        origin[at[take]] = index
    objects = pa.DictionaryArray.from_arrays(
        pa.array(origin, pa.int32()), pa.array([digest for digest, _ in same], pa.string())
    ).cast(pa.string())
    size = times.size
    columns = {
        "place": pa.repeat(first.place, size),
        "access": pa.repeat(first.access.value, size),
        "scale": pa.repeat(first.scale.value, size),
        "window": pa.repeat(first.window, size),
        "step_s": pa.repeat(pa.scalar(first.step_s, pa.int32()), size),
        "unit": pa.repeat(first.unit, size),
        "time": pa.array(times.astype("datetime64[s]")).cast(OBSERVATIONS.field("time").type),
        "value": pa.array(values, pa.float64(), from_pandas=True),
        "object": objects,
    }
    return pa.table(columns, schema=OBSERVATIONS), revised


def _series(signal: str, key: dict[str, object], table: pa.Table) -> tuple[Series, tuple[str, ...]]:
    mask = None
    for name, value in key.items():
        same = pc.equal(table[name], pa.scalar(value, table.schema.field(name).type))
        mask = same if mask is None else pc.and_(mask, same)
    rows = table.filter(mask)
    series = Series(
        signal=signal,
        place=str(key["place"]),
        access=Access(str(key["access"])),
        scale=Scale(str(key["scale"])),
        window=str(key["window"]),
        step_s=int(str(key["step_s"])),
        times=rows["time"].cast(pa.int64()).to_numpy() // 1000,
        values=rows["value"].to_numpy(),
        unit=str(key["unit"]),
    )
    return series, tuple(sorted(set(rows["object"].to_pylist())))
