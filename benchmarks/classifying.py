"""How fast OONI's measurements are classified, beside plain unpacking of the same file, and in how much memory.

Run from the root of the repository: ``python -m benchmarks.classifying [--megabytes 60]``. The file is made as in
``ooni_reading.py`` beside this one, of the real measurements below ``KUAGER_DATA`` (or ``../shared/data``), which may
hold OONI's lists of fingerprints, too. Everything is timed: reading, scores, fingerprints, the verdict, the rows and
their sentences; not the writing of Parquet. The readings alternate; figures are medians of three runs of CPU time on
one core. Ordinary lines are lines of at most 20 kB, held in memory already unpacked.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.ooni_reading import RUNS, made_up, make, pieces, recorded, unpack

from kuager.case.classified import classify_file, lists_folder
from kuager.codecs import fingerprints as registers
from kuager.codecs.ooni.records import Records
from kuager.codecs.ooni.scoring import score
from kuager.codecs.piece import Lines
from kuager.detection.verdicts.doubts import PAGE_MARKS
from kuager.detection.verdicts.measurements import classified
from kuager.detection.verdicts.ooni import judge

LONGEST_ORDINARY = 20_000
ORDINARY = 5_000


def main() -> None:
    """Make the files, time all parts, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=60, help="size of the compressed file")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.memory_of:
        drain(classify_file(given.memory_of, lists()))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; lists of fingerprints: {bool(lists())}\n")
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.jsonl.gz", Path(folder) / "large.jsonl.gz"
        records = recorded() or made_up()
        make(small, records, given.megabytes * 250_000)
        unpacked, count, median = make(large, records, given.megabytes * 1_000_000)
        print(f"{count} lines, median {median} bytes, mean {unpacked // count}\n")
        of_file(large, unpacked, count)
        of_parts(large)
        for path in (small, large):
            print(f"peak memory, {path.stat().st_size / 1e6:.0f} MB compressed: {memory_of(path):.0f} MiB")


def lists() -> Path | None:
    """The folder with OONI's lists of fingerprints, if there is one."""
    folder = Path(os.environ.get("KUAGER_DATA", "../shared/data")) / "ooni" / "fingerprints"
    return lists_folder(folder if folder.is_dir() else None)


def of_file(path: Path, unpacked: int, count: int) -> None:
    """Print the speeds of unpacking and of classifying a compressed file."""
    plain, ours = alternately(lambda: unpack(path), lambda: drain(classify_file(path, lists())))
    print("| compressed file | seconds | MB/s unpacked | records/s |\n|---|---|---|---|")
    for name, seconds in (("plain unpacking (isal)", plain), ("classifying", ours)):
        print(f"| {name} | {seconds:.2f} | {unpacked / seconds / 1e6:.0f} | {count / seconds:.0f} |")
    print(f"\nclassifying runs at {100 * plain / ours:.0f} % of plain unpacking\n")


def of_parts(path: Path) -> None:
    """Print what ordinary lines take, in all and by part."""
    lines = [bytes(line) for line in Lines(pieces(path)) if len(line) <= LONGEST_ORDINARY][:ORDINARY]
    data = b"\n".join(lines)
    marks = {mark: str(kind) for mark, kind in PAGE_MARKS.items()}
    folder = lists()
    tables = sorted(folder.glob("*.csv")) if folder else []
    register = registers.read([table.read_bytes() for table in tables], marks)
    reader = Records()
    (whole,) = alternately(lambda: drain(classified([data], register)))
    (reading,) = alternately(lambda: drain(reader.read(line) for line in lines))
    read = [reader.read(line) for line in lines]
    (scoring,) = alternately(lambda: drain(score(record, register) for record in read))
    scored = [score(record, register) for record in read]
    (judging,) = alternately(lambda: drain(judge(one, of, of.pages) for one, of in zip(read, scored, strict=True)))
    print(f"| ordinary lines, mean {len(data) // len(lines)} bytes | microseconds | records/s |\n|---|---|---|")
    for name, seconds in (
        ("all of it", whole),
        ("reading", reading),
        ("scores and fingerprints", scoring),
        ("verdicts", judging),
    ):
        print(f"| {name} | {seconds / len(lines) * 1e6:.0f} | {len(lines) / seconds:.0f} |")
    print()


def alternately(*works: Callable[[], None]) -> list[float]:
    """The median seconds of CPU that each takes."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, taken in zip(works, times, strict=True):
            began = time.process_time()
            work()
            taken.append(time.process_time() - began)
    return [statistics.median(taken) for taken in times]


def drain(values: Iterable[object]) -> None:
    """Take all and forget them."""
    for _ in values:
        pass


def memory_of(path: Path) -> float:
    """The largest memory of a process that classifies the file, in MiB."""
    command = [sys.executable, "-m", "benchmarks.classifying", "--memory-of", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
