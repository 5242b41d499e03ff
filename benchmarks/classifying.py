"""How fast OONI's measurements are classified, beside plain unpacking of the same file, and in how much memory.

Run from the root of the repository: ``python -m benchmarks.classifying [--megabytes 60]``. The file is made as in
``ooni_reading.py`` beside this one, of the real measurements below ``KUAGER_DATA`` (or ``../shared/data``), which may
hold OONI's lists of fingerprints, too. Everything is timed: reading, scores, fingerprints, the verdict, the rows and
their sentences; not the writing of Parquet. What is compared takes turns; figures are medians of five runs of CPU time
on one core. Lines by size are held in memory already unpacked, up to 2,000 of a size; ordinary are those of at most
20 kB.
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
from itertools import islice
from pathlib import Path

import msgspec
from benchmarks.ooni_reading import made_up, make, pieces, recorded, unpack

from kuager.case.classified import classify_file, lists_folder
from kuager.codecs import fingerprints as registers
from kuager.codecs.fingerprints import Fingerprints
from kuager.codecs.ooni.record import Record, Web
from kuager.codecs.ooni.records import Records
from kuager.codecs.ooni.scoring import score
from kuager.codecs.piece import Lines
from kuager.detection.verdicts.doubts import PAGE_MARKS
from kuager.detection.verdicts.judged import Judged
from kuager.detection.verdicts.measurements import classified
from kuager.detection.verdicts.ooni import judge

RUNS = 5
MOST = 2_000
SIZES = (("ordinary lines", 0, 20_000), ("lines of 8 to 22 kB", 8_000, 22_000), ("all lines", 0, sys.maxsize))


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
        for path in (small, large):  # first, for a process inherits the peak of the one that starts it
            print(f"peak memory, {path.stat().st_size / 1e6:.0f} MB compressed: {memory_of(path):.0f} MiB")
        of_file(large, unpacked, count)
        register = fingerprints()
        for title, least, most in SIZES:
            chosen = (bytes(line) for line in Lines(pieces(large)) if least <= len(line) <= most)
            of_parts(title, list(islice(chosen, MOST)), register)


def lists() -> Path | None:
    """The folder with OONI's lists of fingerprints, if there is one."""
    folder = Path(os.environ.get("KUAGER_DATA", "../shared/data")) / "ooni" / "fingerprints"
    return lists_folder(folder if folder.is_dir() else None)


def fingerprints() -> Fingerprints:
    """OONI's fingerprints, or none, with the marks of pages."""
    folder = lists()
    tables = sorted(folder.glob("*.csv")) if folder else []
    return registers.read(
        [table.read_bytes() for table in tables], {mark: str(kind) for mark, kind in PAGE_MARKS.items()}
    )


def of_file(path: Path, unpacked: int, count: int) -> None:
    """Print the speeds of unpacking and of classifying a compressed file."""
    plain, ours = alternately(lambda: unpack(path), lambda: drain(classify_file(path, lists())))
    print("\n| compressed file | seconds | MB/s unpacked | records/s |\n|---|---|---|---|")
    for name, seconds in (("plain unpacking (isal)", plain), ("classifying", ours)):
        print(f"| {name} | {seconds:.2f} | {unpacked / seconds / 1e6:.0f} | {count / seconds:.0f} |")
    print(f"\nclassifying runs at {100 * plain / ours:.0f} % of plain unpacking\n")


def of_parts(title: str, lines: list[bytes], register: Fingerprints) -> None:
    """Print what unpacked lines take, in all and by part, and the least that two of the parts cannot do without.

    A part is what all up to it takes more than all before it: alone, with every record at hand, it would seem quicker.
    """
    reader, walk = Records(), msgspec.json.Decoder(msgspec.Raw).decode
    data = b"\n".join(lines)
    read = map(results, map(reader.read, lines))
    found_in = [(keys.queries, [one.response for one in keys.requests or ()]) for keys in read]
    whole, to_verdicts, to_scores, reading, walking, searching = alternately(
        lambda: drain(classified([data], register)),
        lambda: drain(judged(reader.read(line), register) for line in lines),
        lambda: drain(score(reader.read(line), register) for line in lines),
        lambda: drain(reader.read(line) for line in lines),
        lambda: drain(walk(line) for line in lines),
        lambda: drain(register.find(*one) for one in found_in),
    )
    print(f"| {title}, mean {len(data) // len(lines)} bytes | microseconds | records/s |\n|---|---|---|")
    for name, seconds in (
        ("all of it", whole),
        ("reading", reading),
        ("… where merely walking over the JSON takes", walking),
        ("scores and fingerprints", to_scores - reading),
        ("… where merely looking for fingerprints takes", searching),
        ("verdicts", to_verdicts - to_scores),
        ("rows, tables and the rest", whole - to_verdicts),
    ):
        print(f"| {name} | {seconds / len(lines) * 1e6:.0f} | {len(lines) / seconds:.0f} |")
    print()


def judged(record: Record, register: Fingerprints) -> Judged:
    """The verdict on a record."""
    scored = score(record, register)
    return judge(record, scored, scored.pages)


def results(record: Record) -> Web:
    """What the test found; all records of this file are of web_connectivity."""
    return record.test_keys if isinstance(record.test_keys, Web) else Web()


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
