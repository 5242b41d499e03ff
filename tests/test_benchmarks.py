"""The benchmarks that anybody may run again do run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_speed_benchmark_times_all_ways_and_the_command() -> None:
    pytest.importorskip("ruptures")
    command = [sys.executable, str(ROOT / "benchmarks" / "detection_speed.py"), "--quick"]
    printed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert printed.returncode == 0, printed.stderr
    assert re.search(r"^- processor: .+, \d+ cores; Python 3", printed.stdout, re.MULTILINE)
    assert printed.stdout.count("load average") == 2
    rows = [line.strip("| ").split(" | ") for line in printed.stdout.splitlines() if line.startswith("| ")]
    own, pelt, strict, rule = (row for row in rows if len(row) == 6 and row[1].isdecimal())
    assert (own[0], own[1], own[4]) == ("`detect`, raw values to events", "8", "1.0")
    for row in (own, pelt, strict, rule):
        # a series has 8,640 points, so the two figures of a row say the same
        assert float(row[2]) * float(row[3]) == pytest.approx(8.64, rel=0.05)
    assert int(pelt[5]) > int(strict[5]) > 0
    commands = [row for row in rows if len(row) == 4 and row[1].isdecimal()]
    assert [row[:2] for row in commands] == [["nothing compiled", "5"], ["compiled before", "12"]]
    assert all(float(seconds) > 0 for row in commands for seconds in row[2:])
