"""How much memory and time ``kuager detect-series`` takes beside the size of its input.

Run from the root of the repository: ``python benchmarks/series_memory.py [share]``, where the share (1 without it)
scales both inputs down. One is a single series of ten million minutes, the other 100,000 series of sixty hours. Each is
written, and judged three times, each in a process of its own: what threads hold at the same moment varies by a fifth,
so that the medians are shown. What the process takes before it opens the file (the interpreter, libraries,
loops as machine code) is not counted; the rest is compared with the input as plain arrays: 8 bytes of time, 8 of value
and 4 of series code in each row.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.case.own_series import EventsOfFile
from kuager.detection import detect
from kuager.model.words import SignalKind

ROWS_B = 20
TIMES = 3
POINTS, SERIES, EACH = 10_000_000, 100_000, 60


def main(share: float) -> None:
    """Print a line for each input. A child's peak begins with its parent's, which must be less than it loads."""
    print("| input | rows | input, MB | before, MB | peak growth, MB | growth / input | CPU seconds |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, series, each, step_s in (
            ("one long series", 1, int(POINTS * share), 60),
            ("many short series", int(SERIES * share), EACH, 3_600),
        ):
            file = Path(folder) / "in.parquet"
            _child("write", file, series, each, step_s)
            judged = [tuple(float(word) for word in _child("judge", file).split()) for _ in range(TIMES)]
            before, growth, seconds = (median(column) for column in zip(*judged, strict=True))
            size = series * each * ROWS_B / 1e6
            cells = (f"{name}", f"{series * each}", f"{size:.0f}", f"{before:.0f}", f"{growth:.0f}")
            print("| " + " | ".join((*cells, f"{growth / size:.2f}", f"{seconds:.1f}")) + " |", flush=True)


def _child(*words: object) -> str:
    command = [sys.executable, __file__, *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _write(file: Path, series: int, each: int, step_s: int) -> None:

    generator = np.random.default_rng(1)
    at_once = max(1, min(series, 1_000_000 // each))
    sink: Any = None
    for first in range(0, series, at_once):
        some = range(first, min(series, first + at_once))
        times = 1_640_995_200 + step_s * np.arange(each, dtype=np.int64)
        season = 1.0 + 0.4 * np.sin(2 * np.pi * times / 86_400)
        names = pa.array([f"series {one}" for one in some]).take(pa.array(np.repeat(np.arange(len(some)), each)))
        rows = {
            "series": names,
            "kind": pa.array(["traffic"]).take(pa.array(np.zeros(len(names), dtype=np.int64))),
            "time": pa.array(np.tile(times, len(some)), pa.timestamp("s", "UTC")),
            "value": np.tile(1_000.0 * season, len(some)) * generator.normal(1.0, 0.02, len(names)),
        }
        table = pa.table(rows)
        sink = sink or pq.ParquetWriter(file, table.schema)
        sink.write_table(table, row_group_size=1_000_000)
    if sink is not None:
        sink.close()


def _judge(file: Path) -> None:

    times = 1_640_995_200 + 60 * np.arange(150_000, dtype=np.int64)
    values = np.random.default_rng(2).normal(1_000.0, 20.0, times.size)
    values[100_000:100_500] = 0.0
    for _ in range(6):  # more than is interpreted, and with an event in it, so that every loop is machine code
        detect(times, values, 60, SignalKind.TRAFFIC)
    del times, values
    before, begun = _peak(), time.process_time()
    events = EventsOfFile(file)
    for _ in events.detect():
        pass
    events.write(file.with_name("out.parquet"))
    print(before, _peak() - before, time.process_time() - begun)


def _peak() -> float:
    """In MB; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024 / 1e6


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", file, series, each, step_s]:
            _write(Path(file), int(series), int(each), int(step_s))
        case ["judge", file]:
            _judge(Path(file))
        case [share]:
            main(float(share))
        case _:
            main(1.0)
