"""How fast OONI's measurements are read, beside plain unpacking of the same file, and in how much memory.

Run from the root of the repository: ``python benchmarks/ooni_reading.py [--megabytes 200]``. The file is made first, of
the real measurements below ``KUAGER_DATA`` (or ``../shared/data``), each line one of them with another site, network
and time, so that it compresses as real files do; without them from a template. Half of the lines are below 15 kB and
few are very large, as in real files. The two readings alternate; figures are medians of three runs of CPU time on one
core. Memory is the largest of a process that does nothing else, for the file and for one of a quarter.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from isal import igzip

from kuager.codecs import ooni

SEED, RUNS = 7, 3
AT_ONCE = 1 << 20
KINDS = ("web_connectivity_qa/*.json", "manual_v05/*/measurement.json")
WORDS = ("the", "of", "and", "div", "class", "span", "href", "https", "www", "title", "content", "for", "with", "from")


def main() -> None:
    """Make the files, time both readings, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200, help="size of the compressed file")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.memory_of:
        read(given.memory_of)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.jsonl.gz", Path(folder) / "large.jsonl.gz"
        records = recorded() or made_up()
        make(small, records, given.megabytes * 250_000)
        sizes = make(large, records, given.megabytes * 1_000_000)
        report(large, sizes)
        for path in (small, large):
            print(f"peak memory, {path.stat().st_size / 1e6:.0f} MB compressed: {memory_of(path):.0f} MiB")


def recorded() -> list[dict[str, Any]]:
    """The real measurements of web_connectivity, or none."""
    folder = Path(os.environ.get("KUAGER_DATA", "../shared/data")) / "ooni"
    found = (json.loads(path.read_bytes()) for kind in KINDS for path in sorted(folder.glob(kind)))
    return [one for one in found if one["test_name"] == "web_connectivity"]


def made_up() -> list[dict[str, Any]]:
    """Measurements of the same shape with pages made of a few words and certificates of random bytes."""
    chance = random.Random(SEED)  # noqa: S311 - the same file every time
    return [_template(chance, size) for size in (3_000, 5_000, 7_000, 12_000, 20_000, 46_000, 215_000, 400_000)]


def _template(chance: random.Random, size: int) -> dict[str, Any]:
    page = " ".join(f"<{chance.choice(WORDS)} id={chance.randrange(10**6)}>" for _ in range(size // 18))
    handshake = {"server_name": "example.org", "failure": None, "t0": 0.1, "t": 0.15, "address": "192.0.2.1:443"}
    certificate = {"format": "base64", "data": chance.randbytes(900).hex()}
    events = [{"operation": "read", "failure": None, "num_bytes": 517, "t": 0.1 * one} for one in range(12)]
    results = {
        "queries": [{"hostname": "example.org", "failure": None, "answers": [{"ipv4": "192.0.2.1"}]}] * 3,
        "requests": [
            {"failure": None, "response": {"code": 200, "body": page}, "request": {"url": "https://example.org"}}
        ],
        "tls_handshakes": [handshake | {"peer_certificates": [certificate]}],
        "network_events": events,
        "blocking": False,
        "accessible": True,
        "dns_consistency": "consistent",
    }
    return {"test_name": "web_connectivity", "test_version": "0.5.28", "software_name": "made-up", "test_keys": results}


def make(path: Path, records: list[dict[str, Any]], least: int) -> tuple[int, int, int]:
    """Write lines until the compressed file has that many bytes; bytes unpacked, lines, and their median length."""
    chance = random.Random(SEED)  # noqa: S311 - the same file every time
    lengths = [len(json.dumps(one)) for one in records]
    weights = [1.0 if one < 10_000 else 5.0 if one < 100_000 else 1.0 if one < 500_000 else 0.2 for one in lengths]
    unpacked: list[int] = []
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed:
        while raw.tell() < least:
            for record in chance.choices(records, weights, k=50):
                line = _varied(record, chance)
                packed.write(line)
                unpacked.append(len(line))
    return sum(unpacked), len(unpacked), int(statistics.median(unpacked))


def _varied(record: dict[str, Any], chance: random.Random) -> bytes:
    day, seconds = chance.randint(2, 15), chance.randrange(86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    changed = {
        "measurement_start_time": f"2022-01-{day:02} {clock}",
        "measurement_uid": f"202201{day:02}{clock.replace(':', '')}.{chance.randrange(10**6):06}_KZ_webconnectivity_"
        f"{chance.getrandbits(64):016x}",
        "input": f"https://site-{chance.randrange(2_000)}.example/",
        "probe_cc": "KZ",
        "probe_asn": chance.choice(["AS9198", "AS21299", "AS48503", "AS206026"]),
        "annotations": {"network_type": chance.choice(["mobile", "wifi"])},
    }
    return json.dumps({**record, **changed}, separators=(",", ":")).encode() + b"\n"


def report(path: Path, sizes: tuple[int, int, int]) -> None:
    """Print the speeds of both readings."""
    unpacked, lines, median = sizes
    packed = path.stat().st_size
    print(
        f"{packed / 1e6:.1f} MB compressed, {unpacked / 1e6:.1f} MB unpacked ({unpacked / packed:.1f}:1), {lines} lines"
    )
    print(f"median line {median} bytes, mean {unpacked // lines}\n")
    plain: list[float] = []
    ours: list[float] = []
    for _ in range(RUNS):
        plain.append(timed(unpack, path))
        ours.append(timed(read, path))
    print("| | seconds | MB/s compressed | MB/s unpacked |\n|---|---|---|---|")
    for name, times in (("plain unpacking (isal)", plain), ("reading measurements", ours)):
        middle = statistics.median(times)
        print(f"| {name} | {middle:.2f} | {packed / middle / 1e6:.0f} | {unpacked / middle / 1e6:.0f} |")
    print(f"\nreading runs at {100 * statistics.median(plain) / statistics.median(ours):.0f} % of plain unpacking")
    print(f"all runs: unpacking {_list(plain)}; reading {_list(ours)}\n")


def timed(work: Callable[[Path], None], path: Path) -> float:
    """Seconds of CPU that the work takes."""
    began = time.process_time()
    work(path)
    return time.process_time() - began


def unpack(path: Path) -> None:
    """Unpack a file and forget it."""
    with cast("Any", igzip).open(path, "rb") as file:
        while file.read(AT_ONCE):
            pass


def read(path: Path) -> None:
    """Read a file's measurements and forget them."""
    for _ in ooni.read(pieces(path)):
        pass


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file as a case gives them."""
    with path.open("rb") as file:
        while piece := file.read(AT_ONCE):
            yield piece


def memory_of(path: Path) -> float:
    """The largest memory of a process that reads the file, in MiB."""
    command = [sys.executable, __file__, "--memory-of", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _list(times: list[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in times)


if __name__ == "__main__":
    main()
