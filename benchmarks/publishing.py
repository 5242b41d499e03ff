"""How long publishing takes: for the first time, again without a change, and again after one.

Run from the root of the repository: ``python -m benchmarks.publishing``. The case is made for it and drawn: seven cuts
of a country and three of one of its regions within twelve weeks, in three languages. The change is a file that is
added: one more signal of another region, so that every page says until when things are known. Told are medians of
three, by the clock, which grows with whatever else the machine does.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, new_case, open_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.model.time import format_utc, from_epoch, parse_utc

START, WEEKS, STEP_S = parse_utc("2022-01-03"), 12, 3600
END = START + timedelta(weeks=WEEKS)
HOURS = (7, 1, 16, 11, 20, 4, 13, 22, 9, 18)
CUTS = tuple(START + timedelta(days=8 * number + 5, hours=hour) for number, hour in enumerate(HOURS))
LASTED = timedelta(hours=20)
COUNTRY, REGION, ANOTHER, SPARED = "KZ", "KZ-71", "KZ-59", ("KZ-39", "KZ-75")
OF_COUNTRY = 7
TIMES = 3


def main() -> None:
    """Print one row for each way."""
    os.environ.setdefault("KUAGER_KEYS", tempfile.mkdtemp(prefix="kuager-benchmark-"))
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as name:
        case = case_of(Path(name) / "kz")
        print(f"{len(standing(case).episodes)} episodes, {len(case.settings.languages)} languages\n")
        print("| publication | files | written | clock, s |")
        print("|---|---|---|---|")
        _row("first", case, _forget)
        _row("again without a change", case, _leave)
        _row("again after one change", case, _change)
    print(f"\nPeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def case_of(folder: Path) -> Case:
    """The case, detected and never published."""
    case = new_case(folder, Settings("", (COUNTRY,), START, END))
    lines = [
        *_series(COUNTRY, ("ioda.bgp", "ioda.ping-slash24", "ioda.merit-nt", "ioda.gtr"), CUTS[:OF_COUNTRY]),
        *_series(REGION, ("ioda.ping-slash24", "ioda.merit-nt"), CUTS[OF_COUNTRY:]),
        *(line for place in SPARED for line in _series(place, ("ioda.ping-slash24", "ioda.merit-nt"), ())),
    ]
    _add(case, lines)
    return case


def _add(case: Case, lines: list[str]) -> None:
    add_bytes(open_case(case.path), "\n".join(["time,place,signal,value", *lines]).encode(), "a.csv", "series", None)
    detect_case(open_case(case.path))


def _series(place: str, signals: tuple[str, ...], cuts: tuple[datetime, ...]) -> Iterator[str]:
    """Rows of signals that swing over the day and fall in every cut."""
    random = np.random.default_rng(len(place) + len(cuts))
    for moment in range(int(START.timestamp()), int(END.timestamp()), STEP_S):
        lost = any(cut.timestamp() <= moment < (cut + LASTED).timestamp() for cut in cuts)
        daily = 1 + 0.1 * np.sin(moment / 86400 * 2 * np.pi)
        for signal in signals:
            value = 1000 * daily * (1 + 0.01 * random.standard_normal()) * (0.05 if lost else 1.0)
            yield f"{format_utc(from_epoch(moment))},{place},{signal},{value:.1f}"


def _row(name: str, case: Case, before: Callable[[Case, int], None]) -> None:
    clock, files, written = [], 0, 0
    for turn in range(TIMES):
        before(case, turn)
        began = time.perf_counter()
        published = publish_case(open_case(case.path))
        clock.append(time.perf_counter() - began)
        files, written = published.files, len(published.changes.new) + len(published.changes.changed)
    print(f"| {name} | {files} | {written} | {statistics.median(clock):.1f} |", flush=True)


def _forget(case: Case, _turn: int) -> None:
    """As if it had never been published."""
    shutil.rmtree(case.public, ignore_errors=True)
    (case.path / "observations" / "_pictures.json").unlink(missing_ok=True)


def _leave(_case: Case, _turn: int) -> None:
    pass


def _change(case: Case, turn: int) -> None:
    _add(case, list(_series(ANOTHER, (("ioda.ping-slash24", "ioda.merit-nt", "ioda.bgp")[turn],), ())))


if __name__ == "__main__":
    main()
