"""How fast a log grows, in memory and on disk, beside pymerkle, and how much memory that takes.

Run from the root of the repository: ``python benchmarks/log.py`` (needs pymerkle, in the ``benchmarks`` extra); with
``--quick`` everything is tried with little. Entries have 100 bytes. Ours and pymerkle's trees take turns in one
process: a round appends entries and computes the root, which must be the same; pymerkle gets them one by one, and once
more at once, which is how it is fastest. Everything is timed as the machine is found and once more beside processes
that keep every core busy; figures are medians of the rounds, in wall time. Memory is what a process of its own grew by
at most while it appended entries from a generator to a log on disk.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree

from kuager.evidence.log.growth import Growth
from kuager.evidence.log.writer import LogWriter

ORIGIN = "log.example/benchmark"
ENTRY_BYTES = 100

Times = tuple[float, float]
"""By wall time, and by CPU time."""


def main() -> None:
    """Print all tables."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--quick", action="store_true", help="try everything with little")
    options.add_argument("--grow", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.grow is not None:
        print(*grown(given.grow))
        return
    ours, theirs, durable, rounds = (2_560, 1_000, 10_000, 2) if given.quick else (128_000, 5_000, 1_000_000, 5)
    print(f"- {os.cpu_count()} cores; Python {platform.python_version()}; load average at the start: {load()}\n")
    print("| entries, from a generator | peak growth of memory, MB | entries/s |\n|---|---|---|")
    for power in range(3, 5) if given.quick else range(4, 8):
        command = [sys.executable, __file__, "--grow", str(10**power)]
        peak, rate = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        print(f"| {10**power} | {float(peak):.1f} | {float(rate):.0f} |", flush=True)
    print("\n| machine | what | rounds | wall | CPU | goal |\n|---|---|---|---|---|---|")
    tell_speed("as found", ours, theirs, durable, rounds)
    with kept_busy():
        tell_speed("busy", ours, theirs, durable, rounds)
    print(f"\n- load average at the end: {load()}")


def tell_speed(machine: str, ours: int, theirs: int, durable: int, rounds: int) -> None:
    """The rows of one state of the machine."""
    own, single, batch = in_turns(ours, theirs, rounds)
    written = medians([seconds_to_write(durable) for _ in range(rounds // 2)])
    one, signing = milliseconds_to_add(10 * rounds)
    for what, (wall, cpu), goal, digits in (
        ("batch append and root, entries/s", own, "400000", 0),
        ("the same by pymerkle one by one, entries/s", single, "", 0),
        ("the same by pymerkle at once, entries/s", batch, "", 0),
        ("ours / pymerkle one by one", (own[0] / single[0], own[1] / single[1]), "10", 1),
        ("ours / pymerkle at once", (own[0] / batch[0], own[1] / batch[1]), "10", 1),
        (f"{durable} entries durable with tiles and bundles, s", written, "3.0", 2),
        ("append of one entry, durable, ms", one, "15", 1),
        ("signing the head, durable, ms", signing, "", 1),
    ):
        print(f"| {machine} | {what} | {rounds} | {wall:.{digits}f} | {cpu:.{digits}f} | {goal} |", flush=True)


def in_turns(ours: int, theirs: int, rounds: int) -> tuple[Times, Times, Times]:
    """Entries a second: ours, pymerkle's one by one, and pymerkle's at once."""
    entries = list(entries_of(ours))
    some = entries[:theirs]
    own, single, batch = [], [], []
    for _ in range(rounds):
        single.append(timed(partial(one_by_one, some)))
        batch.append(timed(partial(at_once, some)))
        own.append(timed(partial(whole, entries)))
        if len({whole(some), one_by_one(some), at_once(some)}) != 1:
            raise SystemExit("the roots differ")
    return rates(ours, own), rates(theirs, single), rates(theirs, batch)


def rates(count: int, times: list[Times]) -> Times:
    """Entries a second."""
    wall, cpu = medians(times)
    return count / wall, count / cpu


def medians(times: list[Times]) -> Times:
    """Of wall time and of CPU time."""
    return median(wall for wall, _ in times), median(cpu for _, cpu in times)


def one_by_one(entries: list[bytes]) -> bytes:
    """The root by pymerkle."""
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return bytes(tree.get_root())


def at_once(entries: list[bytes]) -> bytes:
    """The root by pymerkle, which takes them at once."""
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(entries)
    return bytes(tree.get_root())


def whole(entries: list[bytes]) -> bytes:
    """Grow a tree, make all of its files and let them go; the root."""
    growth = Growth()
    for _ in growth.add(entries):
        pass
    growth.edge()
    return growth.root()


def seconds_to_write(count: int) -> Times:
    """How long a batch takes until it is durable."""
    entries = list(entries_of(count))
    with tempfile.TemporaryDirectory(dir=".") as folder:
        writer = LogWriter(Path(folder) / "log", ORIGIN)
        seconds = timed(lambda: writer.append(entries))
        writer.close()
    return seconds


def milliseconds_to_add(times: int) -> tuple[Times, Times]:
    """How long an append of one entry takes, and signing after it."""
    key = Ed25519PrivateKey.generate()
    adding, signing = [], []
    with tempfile.TemporaryDirectory(dir=".") as folder:
        writer = LogWriter(Path(folder) / "log", ORIGIN)
        for entry in entries_of(times):
            adding.append(timed(partial(writer.append, [entry])))
            signing.append(timed(partial(writer.sign, ORIGIN, key)))
        writer.close()
    return milliseconds(adding), milliseconds(signing)


def milliseconds(times: list[Times]) -> Times:
    """The medians of seconds, in milliseconds."""
    wall, cpu = medians(times)
    return wall * 1e3, cpu * 1e3


def grown(count: int) -> tuple[float, float]:
    """How many MB this process grew by at most while it appended so many entries, and entries a second."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        writer = LogWriter(Path(folder) / "log", ORIGIN)
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (proc(5))
        before = peak_mb()
        wall, _ = timed(lambda: writer.append(entries_of(count)))
        after = peak_mb()
        writer.close()
    return after - before, count / wall


def peak_mb() -> float:
    """The most memory that this process had."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1e3


def entries_of(count: int) -> Iterator[bytes]:
    """Entries that differ."""
    rest = bytes(ENTRY_BYTES - 8)
    return (number.to_bytes(8) + rest for number in range(count))


def timed(run: Callable[[], object]) -> Times:
    """Seconds of wall time and of this process's CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def kept_busy() -> Iterator[None]:
    """As many processes as there are cores, each as busy as it can be."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


def load() -> str:
    """The load average of one, five and fifteen minutes."""
    return ", ".join(f"{one:.2f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
