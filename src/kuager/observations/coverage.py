"""When each signal measured and when not, as intervals: the first thing to know before calling anything normal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.evidence.durable import replace
from kuager.model.schemas import COVERAGE
from kuager.model.series import Series

FILE = "_coverage.parquet"
"""No signal has such a name, for names begin with a letter or a digit."""

MEASURING, NOT_MEASURING = "measuring", "not-measuring"


@dataclass(frozen=True, slots=True)
class Interval:
    """Half-open seconds since the epoch."""

    start: int
    end: int
    measuring: bool


def intervals(series: Series) -> tuple[Interval, ...]:
    """The whole time of a series cut where it begins and ceases to have values.

    A sample covers its step. A hole between samples longer than a step is time not measured, like a missing value.
    """
    if series.times.size == 0:
        return ()
    present = np.isfinite(series.values)
    starts = series.times
    ends = np.minimum(starts + series.step_s, np.append(starts[1:], starts[-1] + series.step_s))
    edges: list[tuple[int, int, bool]] = []
    for start, end, measured in zip(starts.tolist(), ends.tolist(), present.tolist(), strict=True):
        if edges and start > edges[-1][1]:
            edges.append((edges[-1][1], start, False))
        edges.append((start, end, measured))
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(edges)) if a[2] != b[2]), len(edges)]
    return tuple(Interval(edges[a][0], edges[b - 1][1], edges[a][2]) for a, b in pairwise(cuts))


def write(path: Path, every: Iterable[Series]) -> None:
    """The coverage of all series as one Parquet table."""
    rows = [
        {
            "signal": series.signal,
            "place": series.place,
            "access": series.access.value,
            "window": series.window,
            "start": one.start,
            "end": one.end,
            "status": MEASURING if one.measuring else NOT_MEASURING,
        }
        for series in every
        for one in intervals(series)
    ]
    columns = {name: [row[name] for row in rows] for name in COVERAGE.names}
    table = pa.table(
        {
            name: pa.array(columns[name], pa.timestamp("s", tz="UTC")).cast(field.type)
            if pa.types.is_timestamp(field.type)
            else pa.array(columns[name], field.type)
            for name, field in zip(COVERAGE.names, COVERAGE, strict=True)
        },
        schema=COVERAGE,
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", version="2.6")
    replace(path, sink.getvalue().to_pybytes())
