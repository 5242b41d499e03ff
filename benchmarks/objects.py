"""How fast objects are stored, beside what the machine does without us: plain hashing, and plain writing with fsync.

Run from the root of the repository: ``python benchmarks/objects.py [--folder DISK] [--megabytes 256] [--quick]``. Ours
and the peer take turns on the same disk in the same minutes; figures are medians. A disk that others use makes all of
them slower and the ratios uncertain: the load average is printed.

* *Large objects*: ``incoming`` to ``seal``, in pieces of 1 MiB. Beside hashing of the same pieces in memory (what a
  disk faster than the hash would leave), beside writing them with one fsync (what this disk allows), and once more on a
  file system in memory, where there is no disk.
* *Single puts* of 4 KiB into folders that are there. Beside creating a file, writing it and its fsync, and beside the
  same with the fsync of its folder, without which POSIX does not promise that the file is found after a power cut. On
  ext4 with a journal the folder's fsync costs nothing, as the file's has committed both; ext4 without one writes twice.
* *Many at once*: ``put_many`` of 10,000 objects of 1 KiB into a new store, all durable at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kuager.evidence.objects import ObjectStore

Work = Callable[[], Callable[[], object] | None]
MEBIBYTE = 1 << 20
MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a name in one


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="a folder on the disk to measure")
    parser.add_argument("--megabytes", type=int, default=256, help="size of a large object, MiB")
    parser.add_argument("--quick", action="store_true", help="few turns, to see that it runs")
    given = parser.parse_args()
    turns, single, many = (1, 20, 500) if given.quick else (5, 300, 10_000)
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}\n")
    print("| what | ours | peer | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        disk = Path(name)
        large(disk, given.megabytes, turns)
        singles(disk, single)
        together(disk, many, turns)
    print(f"\nload average at the end {os.getloadavg()[0]:.1f}")


def large(disk: Path, megabytes: int, turns: int) -> None:
    """Large objects."""
    pieces = [secrets.token_bytes(MEBIBYTE) for _ in range(8)]
    number = itertools.count()

    def all_pieces() -> list[bytes]:
        return [next(number).to_bytes(8, "big"), *(pieces[one % 8] for one in range(megabytes))]

    def hashed() -> None:
        digest = hashlib.sha256()
        for piece in all_pieces():
            digest.update(piece)

    def written() -> Callable[[], object]:
        path = disk / secrets.token_hex(8)
        with path.open("wb", buffering=0) as file:
            for piece in all_pieces():
                file.write(piece)
            os.fsync(file.fileno())
        return path.unlink

    def sealed(store: ObjectStore) -> Work:
        def work() -> Callable[[], object]:
            with store.incoming() as incoming:
                for piece in all_pieces():
                    incoming.write(piece)
                digest, _ = store.seal(incoming)
            return lambda: store.withdraw(digest)

        return work

    ours, plain, hashing = alternating(turns, sealed(ObjectStore(disk / "large")), written, hashed)
    row(f"large objects, beside hashing ({megabytes} MiB)", megabytes / ours, megabytes / hashing, "MiB/s")
    row("large objects, beside writing and fsync", megabytes / ours, megabytes / plain, "MiB/s")
    if MEMORY.is_dir():
        with tempfile.TemporaryDirectory(dir=MEMORY) as name:
            ours, hashing = alternating(turns, sealed(ObjectStore(Path(name))), hashed)
            row("large objects without a disk, beside hashing", megabytes / ours, megabytes / hashing, "MiB/s")


def singles(disk: Path, count: int) -> None:
    """Single puts, durable one by one."""
    store, plain = ObjectStore(disk / "single"), disk / "plain-files"
    for first in range(256):
        name = f"{first:02x}"
        (plain / name).mkdir(parents=True)
        (disk / "single" / "sha256" / name).mkdir(parents=True)
    os.sync()

    def ours() -> None:
        store.put(secrets.token_bytes(4096))

    def created(folder: Path) -> None:
        path = folder / secrets.token_hex(32)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        os.write(descriptor, secrets.token_bytes(4096))
        os.fsync(descriptor)
        os.close(descriptor)

    def peer() -> None:
        created(plain / secrets.token_hex(1))

    def with_folder() -> None:
        folder = plain / secrets.token_hex(1)
        created(folder)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(descriptor)
        os.close(descriptor)

    mine, bare, named = alternating(count, ours, peer, with_folder)
    row("single puts, beside write and fsync", 1 / mine, 1 / bare, "/s")
    row("single puts, beside write and fsync of file and folder", 1 / mine, 1 / named, "/s")


def together(disk: Path, count: int, turns: int) -> None:
    """Many objects, durable at once; beside the same files made with plain calls and one syncfs for all of the disk."""
    number = itertools.count()

    def objects() -> list[bytes]:
        return [secrets.token_bytes(1024) for _ in range(count)]

    def ours() -> None:
        ObjectStore(disk / f"many-{next(number)}").put_many(objects())

    def peer() -> None:
        folder = disk / f"plain-many-{next(number)}"
        folder.mkdir()
        for data in objects():
            descriptor = os.open(folder / hashlib.sha256(data).hexdigest(), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            os.write(descriptor, data)
            os.close(descriptor)
        os.sync()

    mine, plain = alternating(turns, ours, peer)
    row(f"{count:,} at once, beside plain files and one sync", count / mine, count / plain, "/s")


def alternating(turns: int, *works: Work) -> list[float]:
    """The median seconds of each work; they take turns, and what a work gives back is done when the clock stands."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(turns):
        for work, taken in zip(works, times, strict=True):
            began = time.perf_counter()
            clear = work()
            taken.append(time.perf_counter() - began)
            if clear is not None:
                clear()
    return [statistics.median(taken) for taken in times]


def row(what: str, ours: float, peer: float, unit: str) -> None:
    """Print one comparison."""
    print(f"| {what} | {ours:,.0f} {unit} | {peer:,.0f} {unit} | {100 * ours / peer:.0f} % |", flush=True)


if __name__ == "__main__":
    main()
