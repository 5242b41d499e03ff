"""Reading measurements takes the memory of a batch of them, however many there are."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

READING = """
    import resource, sys
    from kuager.codecs import ooni

    def pieces():
        with open(sys.argv[1], "rb") as file:
            while piece := file.read(1 << 20):
                yield piece

    rows = sum(batch.num_rows for batch in ooni.read(pieces()))
    print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write(path: Path, megabytes: int) -> int:
    """Write so many megabytes of measurements, compressed; how many lines those are."""
    chance = random.Random(3)  # noqa: S311 - the same file every time
    pages = [chance.randbytes(size).hex() for size in (1_000, 4_000, 12_000, 60_000)]
    count = 0
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0) as packed:
        while raw.tell() < megabytes * 1_000_000:
            keys = {"blocking": False, "requests": [{"response": {"code": 200, "body": chance.choice(pages)}}]}
            record = {"test_name": "web_connectivity", "input": f"https://{count}.example/", "test_keys": keys}
            packed.write(json.dumps(record).encode() + b"\n")
            count += 1
    return count


def rows_and_memory(path: Path) -> tuple[int, int]:
    """Rows of a file and the largest memory, in KiB, of a process that reads nothing else."""
    command = [sys.executable, "-c", textwrap.dedent(READING), str(path)]
    rows, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(rows), int(memory)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    memory = []
    for megabytes in (10, 40):
        count = write(tmp_path / "measurements.jsonl.gz", megabytes)
        rows, peak = rows_and_memory(tmp_path / "measurements.jsonl.gz")
        assert rows == count
        memory.append(peak)
    assert memory[1] < memory[0] + 20_000  # one file of 40 MB unpacks to more than 60 MB
