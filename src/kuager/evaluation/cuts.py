"""More cuts for worlds whose total outages are too few to say how soon one is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from kuager.evaluation.losses import share_left, true_events
from kuager.evaluation.plans import Disturbance, SeriesPlan, Simulation
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.worlds import worlds
from kuager.sources.registry import signal

TOTAL = (0.0, 0.03)


def cut_worlds(seed: int, count: int) -> Iterator[Simulation]:
    """Worlds with a total cut every three days in each series; world i is the same whatever ``count`` is."""
    for number, simulation in enumerate(worlds(seed, count, failure_rate=0.0)):
        yield with_cuts(simulation, TOTAL, np.random.default_rng([seed, number]))


def with_cuts(simulation: Simulation, left: tuple[float, float], random: np.random.Generator) -> Simulation:
    """The same with a cut of 1 to 24 hours every three days in each series, a day or more from every true loss.

    Half of them begin on the full hour, as orders do, and the others at any second.
    """
    series, truth = [], list(simulation.truth)
    for one in simulation.series:
        plan = SeriesPlan(one.signal, one.place, signal(one.signal).kind, step_s=one.step_s)
        cuts = []
        for day in range(int(one.times[0]) + 4 * DAY_S, int(one.times[-1]) - 3 * DAY_S, 3 * DAY_S):
            start = day + int(random.uniform(0.0, 1.5 * DAY_S))
            start = start // HOUR_S * HOUR_S if random.random() < 0.5 else start
            end = start + int(HOUR_S * np.exp(random.uniform(0.0, np.log(24))))
            near = (true.start < end + DAY_S and true.end > start - DAY_S for true in simulation.truth_of(one))
            if not any(near):
                cuts.append(Disturbance(start, end, random.uniform(*left)))
        share = share_left(plan, cuts, one.times)
        values = one.values * share
        counted = np.isfinite(values) & (one.values % 1 == 0) & (share < 1)
        values[counted] = random.binomial(one.values[counted].astype(np.int64), share[counted])
        shown = replace(one, values=values)
        series.append(shown)
        truth += [replace(true, access=one.access, window=one.window) for true in true_events(plan, cuts, shown)]
    return replace(simulation, series=tuple(series), truth=tuple(truth))
