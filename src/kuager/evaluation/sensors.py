"""Worlds in which a whole source fails: one signal at many places, all of which fall, freeze or repeat at once.

At least twelve places are watched, so that the cross-section can tell the source from the countries. Access is lost at
some of them as in any other world, also while the source fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from kuager.evaluation.behaviours import usual
from kuager.evaluation.plans import FailureManner, RandomGaps, SensorFailure, Simulation
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.simulator import simulate, stream
from kuager.evaluation.world_events import disturbances
from kuager.evaluation.world_plans import ALWAYS, ZONES, plan_at
from kuager.model.words import SignalKind

MANNERS = (FailureManner.FALLS, FailureManner.FREEZES, FailureManner.REPEATS)
FAILURES = 2
PLACES = tuple(f"X{letter}" for letter in "ABCDEFGHIJKLMN")

_EARLIEST = datetime(2018, 1, 1, tzinfo=UTC)
_STEPS_S = (600, 900, 1_800)


def failing_worlds(seed: int, count: int, event_rate: float = 0.22) -> Iterator[Simulation]:
    """Draw worlds of fourteen places and one signal, the manner of failing in turns.

    Args:
        seed: not negative.
        count: how many.
        event_rate: disturbances per place and 30 days.
    """
    for number in range(count):
        yield _world(seed, number, MANNERS[number % len(MANNERS)], event_rate)


def _world(seed: int, number: int, manner: FailureManner, event_rate: float) -> Simulation:
    random = stream(seed, "failing", str(number))
    start = int(_EARLIEST.timestamp()) + int(random.integers(0, 2_500)) * DAY_S
    window = (start, start + int(random.integers(30, 46)) * DAY_S)
    kind: SignalKind = ALWAYS[number // len(MANNERS) % len(ALWAYS)]
    step_s = int(random.choice(_STEPS_S))
    zones = {place: str(random.choice(ZONES)) for place in PLACES}
    plans = [plan_at(random, usual(kind), kind, place, step_s, zone) for place, zone in zones.items()]
    losses = [
        replace(loss, seen={**loss.seen, kind: max(loss.seen.get(kind, 1.0), 0.5)})
        for place, zone in zones.items()
        for loss in disturbances(random, place, zone, window, event_rate)
    ]
    failures = []
    for _ in range(FAILURES):
        begin = int(random.uniform(window[0] + 3 * DAY_S, window[1] - 2 * DAY_S))
        length = int(random.uniform(2, 24) * HOUR_S)
        failures.append(SensorFailure(plans[0].signal, begin, begin + length, manner, random.uniform(0, 0.85)))
    gaps = RandomGaps(per_day=0.1, mean_s=HOUR_S)
    return simulate(plans, losses, (*failures, gaps), *window, int(random.integers(0, 2**32)))
