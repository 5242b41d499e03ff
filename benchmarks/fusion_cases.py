"""Places of simulated worlds as fusion meets them, with what truly happened there: what ``fit_fusion.py`` fits to.

Every place comes twice. Once as it was drawn. Once varied by what a world of single sources lacks and a case is full
of: sources that do not look at the place, a second service of the same owner that falls alone or does not fall, a day
off on which all activity is low together, and a signal that rises with a loss and at many other times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kuager.detection import detect
from kuager.episodes.findings import HARDLY_ANY, REACHABILITY, Examined
from kuager.episodes.fuse import LONGEST_RESTORATION_S
from kuager.evaluation.plans import Simulation, TrueEvent
from kuager.evaluation.scores import Interval
from kuager.evaluation.simulator import stream
from kuager.model.series import Series, Values
from kuager.model.words import Direction
from kuager.sources.registry import signal

LEAST_OBSERVED = 0.5
HOUR_S, DAY_S, MONTH_S = 3_600, 86_400, 30 * 86_400
SIBLING_SHARE, SPARED_SHARE, RISING_SHARE = 0.4, 0.25, 0.5
ALONE_PER_MONTH, RISES_PER_MONTH, DAYS_OFF_PER_MONTH = 0.7, 3.0, 0.5

Random = np.random.Generator


@dataclass(frozen=True, eq=False)
class FusedCase:
    """One place of one world.

    Attributes:
        examined: its series with what detection found.
        happened: when anything was lost there, also what was too little or not measured; seconds since the epoch.
        truth: what is asked for: measured losses, pieces that only some hours part made one.
        witnesses: for each of those how many independent groups could have told it from their own noise.
        restorations: windows of at least an hour inside of them in which most came back.
        watched_s: how long the place was watched.
    """

    examined: tuple[Examined, ...]
    happened: tuple[Interval, ...]
    truth: tuple[Interval, ...]
    witnesses: tuple[int, ...]
    restorations: tuple[Interval, ...]
    watched_s: float


def cases(simulation: Simulation, seed: int) -> Iterator[tuple[FusedCase, FusedCase]]:
    """Every place as drawn and varied."""
    places: dict[str, list[Series]] = defaultdict(list)
    for series in simulation.series:
        places[series.place].append(series)
    for place, every in places.items():
        truth = [one for one in simulation.truth if one.place == place]
        random = stream(seed, "fusion", place, str(every[0].times[0]))
        yield _case([_examined(one) for one in every], truth), _case(list(_varied(random, every, truth)), truth)


def _case(examined: list[Examined], truth: list[TrueEvent]) -> FusedCase:
    wanted = [one for one in truth if one.depth >= HARDLY_ANY and one.observed >= LEAST_OBSERVED]
    whole = united([(one.start, one.end) for one in wanted], LONGEST_RESTORATION_S)
    seen = [_witnesses(examined, wanted, interval) for interval in whole]
    span = max(float(one.series.times[-1] - one.series.times[0]) for one in examined)
    happened = tuple(united([(one.start, one.end) for one in truth], 0))
    return FusedCase(tuple(examined), happened, tuple(whole), tuple(seen), tuple(_restorations(wanted, whole)), span)


def _witnesses(examined: Iterable[Examined], wanted: Iterable[TrueEvent], interval: Interval) -> int:
    by_key = {one.series.key: one for one in examined}
    inside = [one for one in wanted if one.start < interval[1] and one.end > interval[0] and one.key in by_key]
    return len(
        {
            by_key[one.key].signal.independence
            for one in inside
            if by_key[one.key].could_have_seen(one.start, one.end, one.depth)
        }
    )


def _restorations(wanted: list[TrueEvent], whole: list[Interval]) -> Iterator[Interval]:
    """Windows inside one piece of truth, and pauses between pieces; the same for every series that shares in them."""
    inside = [
        back for one in wanted for back, share in zip(one.restorations, one.brought_back, strict=True) if share >= 0.5
    ]
    pieces = united([(one.start, one.end) for one in wanted], 0)
    pauses = [
        (before[1], after[0])
        for before, after in pairwise(pieces)
        if any(start <= before[0] and after[1] <= end for start, end in whole)
    ]
    yield from (back for back in united([*inside, *pauses], 0) if back[1] - back[0] >= HOUR_S)


def united(intervals: Iterable[Interval], gap_s: float) -> list[Interval]:
    """Intervals that overlap, or that no more than a gap parts, made one."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1] + gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _examined(series: Series, *, rises: bool = False) -> Examined:
    known = signal(series.signal)
    if rises:  # a rise is drawn as a fall of its mirror image: fusion hears of events, not of values
        known = replace(known, independence="rising", direction=Direction.RISES)
    return Examined(known, series, detect(series.times, series.values, series.step_s, known.kind))


def _varied(random: Random, every: list[Series], truth: list[TrueEvent]) -> Iterator[Examined]:
    """The place with some of its sources, and with what a drawn world lacks."""
    fewest = 1 if random.random() < 0.3 else 2
    kept = random.permutation(len(every))[: int(random.integers(fewest, len(every) + 1))]
    days_off = list(_days_off(random, every[0]))
    rising = random.random() < RISING_SHARE
    for index in sorted(kept.tolist()):
        series = every[index]
        kind = signal(series.signal).kind
        shown = series if kind in REACHABILITY else _times(series, _off(series, days_off))
        yield _examined(shown)
        if random.random() < SIBLING_SHARE:
            yield _examined(_sibling(random, shown, truth))
    if rising:
        yield _examined(_mirror_of_a_rise(random, every[-1], truth), rises=True)


def _sibling(random: Random, series: Series, truth: list[TrueEvent]) -> Series:
    """Another service of the same owner: its own noise and its own blocks, spared by some of what really happens."""
    own = np.exp(0.03 * random.standard_normal(series.values.size))
    for start, end in _bumps(random, series, ALONE_PER_MONTH):
        own[_inside(series, start, end)] *= random.uniform(0.0, 0.5)
    for event in (one for one in truth if one.key == series.key and one.depth < 1):
        if random.random() < SPARED_SHARE:
            own[_inside(series, event.start, event.end)] /= 1.0 - event.depth
    return replace(_times(series, own), signal=f"{series.signal}.sibling")


def _mirror_of_a_rise(random: Random, series: Series, truth: list[TrueEvent]) -> Series:
    """People who look for ways around: during most losses, and whenever one service or one piece of news makes them."""
    values = 100 * np.exp(0.06 * random.standard_normal(series.times.size))
    for event in truth:
        if random.random() < 0.7:
            values[_inside(series, event.start, event.end)] *= 0.5
    for start, end in _bumps(random, series, RISES_PER_MONTH):
        values[_inside(series, start, end)] *= random.uniform(0.2, 0.7)
    return replace(series, signal="sim.traffic.rising", values=values)


def _days_off(random: Random, series: Series) -> Iterator[tuple[float, float]]:
    """Starts of days on which people stay away, and what is left of their activity at its height."""
    months = (series.times[-1] - series.times[0]) / MONTH_S
    for _ in range(random.poisson(DAYS_OFF_PER_MONTH * months)):
        yield random.uniform(series.times[0], series.times[-1]), random.uniform(0.5, 0.95)


def _off(series: Series, days_off: Iterable[tuple[float, float]]) -> Values:
    """The share that days off leave, float64 [n]: a round trough of a day."""
    left = np.ones(series.times.size)
    for start, least in days_off:
        turn = np.clip((series.times - start) / DAY_S, 0.0, 1.0)
        left *= 1.0 - (1.0 - least) * np.sqrt(np.sin(np.pi * turn).clip(0.0))
    return left


def _bumps(random: Random, series: Series, per_month: float) -> Iterator[tuple[float, float]]:
    months = (series.times[-1] - series.times[0]) / MONTH_S
    for _ in range(random.poisson(per_month * months)):
        start = random.uniform(series.times[0], series.times[-1])
        yield start, start + float(np.exp(random.normal(np.log(6 * HOUR_S), 1.2)))


def _inside(series: Series, start: float, end: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray((series.times >= start) & (series.times < end))


def _times(series: Series, factor: Values) -> Series:
    return replace(series, values=series.values * factor)
