"""Worlds from real noise: days of quiet real series, drawn with replacement, with simulated losses multiplied in.

A block is a day and keeps its hours and, where there are enough, its weekday; a series of daily values is drawn by
weeks. What real instruments do wrong on quiet days is in the blocks, so that nothing is added to it. The truth is that
of the losses; the noise by which it is decided what could be seen is measured on the real series.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from kuager.evaluation.losses import share_left, true_events
from kuager.evaluation.plans import Disturbance, SeriesPlan, Simulation, TrueEvent
from kuager.evaluation.real import Quiet
from kuager.evaluation.shapes import DAY_S
from kuager.evaluation.simulator import stream
from kuager.evaluation.world_events import disturbances
from kuager.evaluation.world_plans import PLACES, Random, between
from kuager.model.series import Series, Values
from kuager.model.words import Access, Scale
from kuager.sources import registry

_FIRST_MONDAY = datetime(2018, 1, 1, tzinfo=UTC)
_LEAST_OF_WEEKDAY = 3


def bootstrapped(quiet: Sequence[Quiet], seed: int, count: int, event_rate: float = 0.22) -> Iterator[Simulation]:
    """Draw ``count`` worlds of four places, each with one series of every kind that there are quiet stretches of.

    Args:
        quiet: what to draw from, not empty.
        seed: not negative.
        count: how many.
        event_rate: disturbances per place and 30 days.
    """
    for number in range(count):
        yield _world(quiet, seed, number, event_rate)


def _world(quiet: Sequence[Quiet], seed: int, number: int, event_rate: float) -> Simulation:
    random = stream(seed, "bootstrap", str(number))
    weeks = int(random.integers(13, 22) if random.random() < 0.25 else random.integers(5, 9))
    start = int(_FIRST_MONDAY.timestamp()) + int(random.integers(0, 350)) * 7 * DAY_S
    window = (start, start + weeks * 7 * DAY_S)
    kinds = sorted({one.kind for one in quiet})
    series: list[Series] = []
    truth: list[TrueEvent] = []
    noises = []
    for place in PLACES:
        losses = list(disturbances(random, place, "UTC", window, event_rate))
        for kind in kinds:
            of_kind = [one for one in quiet if one.kind is kind]
            chosen = of_kind[int(random.integers(len(of_kind)))]
            plan = SeriesPlan(f"sim.{kind}", place, kind, step_s=chosen.step_s)
            drawn = _draw(random, chosen, plan, losses, window)
            series.append(drawn)
            truth += true_events(plan, losses, drawn)
            noises.append(chosen.noise)
    return Simulation(tuple(series), tuple(truth), tuple(noises))


def _draw(
    random: Random, quiet: Quiet, plan: SeriesPlan, losses: Sequence[Disturbance], window: tuple[int, int]
) -> Series:
    times = np.arange(*window, plan.step_s, dtype=np.int64)
    size = quiet.usual.size
    rows = [_row(random, quiet, int(first)) for first in times[::size]]
    undisturbed = (quiet.ratios[rows] * quiet.usual * between(random, 0.8, 1.25)).ravel()[: times.size]
    return Series(
        signal=plan.signal,
        place=plan.place,
        access=Access.MIXED,
        scale=Scale.ABSOLUTE,
        window="",
        step_s=plan.step_s,
        times=times,
        values=_on_lattice(undisturbed * share_left(plan, losses, times), quiet.quantum),
        unit=registry.signal(plan.signal).unit,
    )


def _row(random: Random, quiet: Quiet, first: int) -> int:
    """A block for that time: one of the same weekday, when there are enough of them."""
    same = np.flatnonzero(quiet.weekdays == (first // DAY_S + 3) % 7)
    among = same if same.size >= _LEAST_OF_WEEKDAY else np.arange(quiet.ratios.shape[0])
    return int(among[int(random.integers(among.size))])


def _on_lattice(values: Values, quantum: float) -> Values:
    return np.asarray(np.rint(values / quantum) * quantum) if quantum > 0 else values
