"""What engines cost beside plain calls: seconds to start, and seconds for each file over doing it in one process.

Run from the root of the repository: ``python benchmarks/engines.py [--files 200] [--runs 3] [--standalone ADDRESS]``.
Each file holds a few rows, so that hardly anything but the engine's own work is timed; all read the same files with the
same function. A cluster of two workers is started by the engine (``local-cluster``); one that runs already is timed too
when its address is given (its workers need the root of the repository in PYTHONPATH). Starting is timed from the call
to the first outcome of a single file, once for each engine in a process of its own; the rest are medians of wall-clock
time, each run into an empty folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kuager.case.many import LOCAL, LOCAL_CLUSTER, engine_named
from kuager.engine.engine import FileFunction, Input
from kuager.engine.output import make
from kuager.model.notes import Note

PLAIN = "plain calls"
SCHEMA = pa.schema([pa.field("number", pa.int64(), nullable=False)])


def copied(file: Path) -> Iterator[Any | Note]:
    """The rows of a file as they are."""
    yield from pq.ParquetFile(file).iter_batches()


def version() -> str:
    """Of this function."""
    return "1"


def main() -> None:
    """Time every engine in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--standalone", help="the address of a cluster that runs already: spark://HOST:PORT")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        measure(given.only, given.files, given.runs)
        return
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.2f}, {given.files} files, {given.runs} runs\n")
    print("| engine | start, s | all files, s | ms a file | ratio |\n|---|---|---|---|---|", flush=True)
    plain = 0.0
    for name in filter(None, (PLAIN, LOCAL, LOCAL_CLUSTER, given.standalone)):
        command = [sys.executable, "-m", "benchmarks.engines", "--only", name, "--files", str(given.files)]
        command += ["--runs", str(given.runs)]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        start, middle = (float(word) for word in printed.split())
        plain = plain or middle
        each = 1_000 * middle / given.files
        print(f"| {name} | {start:.1f} | {middle:.2f} | {each:.1f} | {middle / plain:.2f} |", flush=True)


def measure(name: str, files: int, runs: int) -> None:
    """Print the seconds until the first outcome, and the median of those that all files take."""
    from benchmarks import engines  # noqa: PLC0415 - what other processes are to find must not stand in __main__

    function = FileFunction("copied", engines.version, {}, SCHEMA, engines.copied)
    with tempfile.TemporaryDirectory() as folder:
        inputs = _written(Path(folder) / "in", files)
        outputs = [Path(folder) / f"out{number}" for number in range(runs + 1)]
        for output in outputs:
            output.mkdir()
        if name == PLAIN:
            times = [_plain(function, some, output) for some, output in _tasks(inputs, outputs)]
        else:
            times = _engine(name, function, _tasks(inputs, outputs))
    print(times[0], statistics.median(times[1:]))


def _tasks(inputs: list[Input], outputs: list[Path]) -> list[tuple[list[Input], Path]]:
    return [(inputs[:1], outputs[0])] + [(inputs, output) for output in outputs[1:]]


def _plain(function: FileFunction, inputs: list[Input], outputs: Path) -> float:
    began = time.perf_counter()
    for one in inputs:
        make(function, one, outputs)
    return time.perf_counter() - began


def _engine(name: str, function: FileFunction, tasks: list[tuple[list[Input], Path]]) -> list[float]:
    times = []
    began = time.perf_counter()
    with engine_named(name) as engine:
        for inputs, outputs in tasks:
            done = sum(one.refused is None for one in engine.map_files(function, inputs, outputs))
            if done != len(inputs):
                raise RuntimeError(f"{name} did {done} of {len(inputs)} files")
            times.append(time.perf_counter() - began)
            began = time.perf_counter()
    return times


def _written(folder: Path, count: int) -> list[Input]:
    folder.mkdir()
    for number in range(count):
        pq.write_table(pa.table({"number": [number] * 10}, SCHEMA), folder / f"{number}.parquet")
    return [Input(f"{number}.parquet", folder / f"{number}.parquet") for number in range(count)]


if __name__ == "__main__":
    main()
