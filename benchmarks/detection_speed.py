"""How fast detection is beside two other ways, on the same series and the same core, and what a first result costs.

Run from the root of the repository, on a quiet machine: ``python benchmarks/detection_speed.py`` (needs ruptures, in
the ``benchmarks`` extra). It simulates months of samples of five minutes of four kinds of signals and times three ways
in turns, in CPU time of this process, each after a warm-up that compiles:

* ``detect``, from raw values to events;
* PELT as ruptures has it in C (``KernelCPD``, linear kernel), on the residual that ``detect`` leaves, for ruptures
  itself knows no seasons;
* the rule of IODA's dashboard as its documentation tells it: the ratio to the median of the last seven days below a
  fixed share, with what is far from the median in-painted by it for at most seven days; written here, compiled too.

Then the command ``kuager detect-series`` is run as a process of its own: on five series without any compiled code to
load, and on a file of hundreds with it. Figures are medians of the rounds; they are printed as a table of Markdown.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import ruptures

from kuager.detection import detect
from kuager.detection.compiled import PATIENCE
from kuager.evaluation.behaviours import usual
from kuager.evaluation.plans import RandomGaps
from kuager.evaluation.simulator import simulate, stream
from kuager.evaluation.world_events import disturbances
from kuager.evaluation.world_plans import ALWAYS, ZONES, plan_at
from kuager.model.words import SignalKind

Numbers = npt.NDArray[np.float64]

STEP_S, SAMPLES = 300, 8_640
EVENTS_PER_MONTH = 0.25
FIRST_DAY_S = 18_500 * 86_400
GAPS = RandomGaps(per_day=1.0, mean_s=600.0)

WEEK = 2_016
LEAST_HELD = 288
ALERT_BELOW = {
    SignalKind.BGP: 0.99,
    SignalKind.PROBING: 0.80,
    SignalKind.TELESCOPE: 0.25,
    SignalKind.TRAFFIC: 0.80,
}
"""Shares of the median of seven days below which IODA's dashboard alerts; traffic is judged like probing."""
PAINTED_BELOW, PAINTED_ABOVE = 0.8, 2.0
USUAL_PENALTY, STRICT_PENALTY = 3.0, 100.0
"""Of a change, in units of the residual's variance and the logarithm of the length. The first is usual for independent
samples; these are not, and it cuts the slow straying to pieces. With the second few changes beside events are left, and
PELT, which forgets what lies before a change, has more to remember."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One simulated series: times int64 [n], values float64 [n], NaN where missing."""

    times: npt.NDArray[np.int64]
    values: Numbers
    kind: SignalKind


@dataclass(frozen=True, slots=True)
class Way:
    """A way to find events, and how much it is given in a round; ``run`` returns how many it found in one series."""

    name: str
    count: int
    run: Callable[[int], int]


def main() -> None:
    """Draw, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a few series and one round, to see that it runs")
    quick = parser.parse_args().quick
    rounds, own, pelt, rule, file = (1, 8, 1, 2, 12) if quick else (5, 400, 8, 40, 500)
    print(f"- processor: {processor()}, {os.cpu_count()} cores; Python {platform.python_version()}")
    print(f"- numpy {np.__version__}, numba {numba.__version__}, ruptures {ruptures.__version__}")
    print(f"- load average at the start: {load()}")
    every = drawn(max(own, file))
    ways = prepared(every, own, pelt, rule)
    taken, found = in_turns(ways, rounds)
    size = f"{SAMPLES} samples of {STEP_S // 60} minutes"
    print(f"- series of {size}, {EVENTS_PER_MONTH} events a month, float64, one core\n")
    print("| way | series | CPU ms a series | Mpoint/s a core | ours is faster by | found |\n|---|---|---|---|---|---|")
    for way, each, events in zip(ways, taken, found, strict=True):
        figures = f"{each * 1e3:.3f} | {SAMPLES / each / 1e6:.3f} | {each / taken[0]:.1f} | {events}"
        print(f"| {way.name} | {way.count} | {figures} |")
    print("\n| `kuager detect-series` | series | wall s | CPU s |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, count, cold in (("nothing compiled", 5, True), ("compiled before", file, False)):
            wall, cpu = of_command(every[:count], Path(folder), rounds, cold=cold)
            print(f"| {name} | {count} | {wall:.2f} | {cpu:.2f} |")
    print(f"\n- load average at the end: {load()}")


def drawn(count: int) -> list[Drawn]:
    """So many series of a month, four kinds at each place, each place with a season, size and events of its own."""
    every: list[Drawn] = []
    for number in range(-(-count // len(ALWAYS))):
        random, zone = stream(0, "speed", str(number)), ZONES[number % len(ZONES)]
        window = (FIRST_DAY_S, FIRST_DAY_S + SAMPLES * STEP_S)
        plans = [plan_at(random, usual(kind), kind, "XA", STEP_S, zone) for kind in ALWAYS]
        losses = tuple(disturbances(random, "XA", zone, window, EVENTS_PER_MONTH))
        series = simulate(plans, losses, (GAPS,), *window, number).series
        every += [Drawn(one.times, one.values, plan.kind) for one, plan in zip(series, plans, strict=True)]
    return every[:count]


def prepared(every: Sequence[Drawn], own: int, pelt: int, rule: int) -> list[Way]:
    """All ways, compiled."""
    given = 0
    while given <= PATIENCE:  # until then loops are interpreted
        for one in every[:own]:
            given += one.values.size
            detect(one.times, one.values, STEP_S, one.kind)
    residuals = [residual(one) for one in every[:pelt]]
    window = np.empty(WEEK + 1)
    alerts(every[0].values, 0.8, window)

    def ours(index: int) -> int:
        one = every[index]
        return len(detect(one.times, one.values, STEP_S, one.kind).findings)

    def ruptured(penalty: float, index: int) -> int:
        one = residuals[index]
        changes = ruptures.KernelCPD(kernel="linear", min_size=2).fit(one).predict(pen=penalty * math.log(one.size))
        return len(changes) - 1

    def ruled(index: int) -> int:
        return int(alerts(every[index].values, ALERT_BELOW[every[index].kind], window))

    return [
        Way("`detect`, raw values to events", own, ours),
        Way("ruptures `KernelCPD` (PELT in C), residual to changes", pelt, partial(ruptured, USUAL_PENALTY)),
        Way("the same, strict penalty", pelt, partial(ruptured, STRICT_PENALTY)),
        Way("IODA's rule, raw values to alerts", rule, ruled),
    ]


def residual(one: Drawn) -> Numbers:
    """Value over expectation less 1 in units of the noise between neighbours, float64 [n]; 0 where missing."""
    ratio = detect(one.times, one.values, STEP_S, one.kind).ratio - 1.0
    between = np.abs(np.diff(ratio))
    scale = 1.4826 * float(np.nanmedian(between)) / math.sqrt(2)
    return np.nan_to_num(ratio / max(scale, 1e-6))


def in_turns(ways: Sequence[Way], rounds: int) -> tuple[list[float], list[int]]:
    """For each way the CPU seconds that a series takes, the median of the rounds, and what was found in a round."""
    taken: list[list[float]] = [[] for _ in ways]
    found = [0] * len(ways)
    for _ in range(rounds):
        for number, way in enumerate(ways):
            start = time.process_time()
            found[number] = sum(way.run(index) for index in range(way.count))
            taken[number].append((time.process_time() - start) / way.count)
    return [median(one) for one in taken], found


@numba.njit(cache=True, error_model="numpy")
def alerts(values: Numbers, share: float, window: Numbers) -> int:
    """How many runs of samples lie below ``share`` of the median of the seven days before, by IODA's rule.

    The window is kept in order: where a value enters and one leaves, only what lies between them moves.

    Args:
        values: float64 [n], NaN where missing.
        share: of the median, below which an alert begins.
        window: float64 [WEEK + 1], for use.
    """
    painted = np.empty(values.size)
    held, since, found, alerting = 0, 0, 0, False
    for index in range(values.size):
        value = values[index]
        middle = 0.5 * (window[(held - 1) // 2] + window[held // 2]) if held >= LEAST_HELD else math.nan
        if not math.isnan(value):
            low = value < share * middle
            found += low and not alerting
            alerting = low
            far = value < PAINTED_BELOW * middle or value > PAINTED_ABOVE * middle
            since = since + 1 if far else 0
            if far and since <= WEEK:
                value = middle
        painted[index] = value
        leaving = painted[index - WEEK] if index >= WEEK else math.nan
        place = held
        if not math.isnan(leaving):
            place = int(np.searchsorted(window[:held], leaving))
            held -= 1
        if math.isnan(value):
            for one in range(place, held):
                window[one] = window[one + 1]
            continue
        while place < held and window[place + 1] < value:
            window[place] = window[place + 1]
            place += 1
        while place > 0 and window[place - 1] > value:
            window[place] = window[place - 1]
            place -= 1
        window[place] = value
        held += 1
    return found


def of_command(every: Sequence[Drawn], folder: Path, rounds: int, *, cold: bool) -> tuple[float, float]:
    """Wall and CPU seconds of ``kuager detect-series`` on a file of these series, medians of the rounds."""
    source = folder / "series.parquet"
    pq.write_table(table(every), source)
    walls, cpus = [], []
    for number in range(rounds):
        environment = dict(os.environ)
        if cold:
            environment["NUMBA_CACHE_DIR"] = str(folder / f"cache-{number}")
        before, start = spent(), time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "kuager",
            "detect-series",
            str(source),
            str(folder / f"events-{cold}-{number}.parquet"),
        ]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        walls.append(time.perf_counter() - start)
        cpus.append(spent() - before)
    return median(walls), median(cpus)


def table(every: Sequence[Drawn]) -> pa.Table:
    """The series as the long table that ``kuager detect-series`` reads."""
    names = np.repeat([f"series {number}" for number in range(len(every))], [one.values.size for one in every])
    kinds = np.repeat([one.kind.value for one in every], [one.values.size for one in every])
    times = pa.array(np.concatenate([one.times for one in every]) * 1_000, pa.timestamp("ms", tz="UTC"))
    values = pa.array(np.concatenate([one.values for one in every]), from_pandas=True)
    return pa.table({"series": names, "kind": kinds, "time": times, "value": values})


def spent() -> float:
    """CPU seconds of the processes that this one has started and waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def processor() -> str:
    """What the kernel calls the processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def load() -> str:
    """How busy the machine is: one, five and fifteen minutes."""
    return ", ".join(f"{one:.2f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
