"""What goes wrong with the measurement in a random world, far more often than access is lost; none of it is truth.

Sensors fail, hang or repeat themselves, collectors lose peers, networks move to other prefixes and countries, levels
change for good (also right after an outage), scans reach a telescope, days are holidays, and a month is kept in which
people live by night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from kuager.evaluation.plans import (
    Artefact,
    Disturbance,
    FailureManner,
    Holiday,
    LevelShift,
    MissingWindow,
    RandomGaps,
    Reach,
    RegularHoles,
    SensorFailure,
    Spike,
)
from kuager.evaluation.shapes import DAY_S, HOUR_S, MONTH_S
from kuager.evaluation.world_events import Window
from kuager.evaluation.world_plans import Random, Watched, between
from kuager.model.words import SignalKind

_OWN_FAILURES = (FailureManner.FREEZES, FailureManner.REPEATS, FailureManner.MISSING)
_OF_PEOPLE = (SignalKind.TRAFFIC, SignalKind.USERS, SignalKind.INDEX)
_FASTING_SHARE = 0.12
_SHIFTED_AFTER = 0.2


def mishaps(
    random: Random, watched: Watched, window: Window, losses: Sequence[Disturbance], failure_rate: float
) -> tuple[Artefact, ...]:
    """Draw what goes wrong.

    Args:
        random: what draws.
        watched: the series.
        window: seconds since the epoch.
        losses: what happened to access, for levels that change after it.
        failure_rate: how often, per kind and 30 days, a whole source falls, which no series alone can tell from an
            outage.
    """
    return (
        *_of_sources(random, watched, window, failure_rate),
        *(artefact for place in watched.zones for artefact in _of_series(random, watched, place, window)),
        *(artefact for place in watched.zones for artefact in _of_calendar(random, place, window)),
        *_of_networks(random, watched, window, losses),
    )


def _of_sources(random: Random, watched: Watched, window: Window, failure_rate: float) -> Iterator[Artefact]:
    months = (window[1] - window[0]) / MONTH_S
    yield RandomGaps(per_day=0.15, mean_s=2 * HOUR_S)
    if random.random() < 0.1:
        yield RegularHoles(DAY_S, 2 * HOUR_S, Reach(kinds=(_one_kind(random, watched),)))
    for kind in watched.kinds:
        for start, end in intervals(random, window, 0.12 * months, 6):
            yield SensorFailure(f"sim.{kind}", start, end, _OWN_FAILURES[int(random.integers(len(_OWN_FAILURES)))])
        for start, end in intervals(random, window, failure_rate * months, 6):
            yield SensorFailure(f"sim.{kind}", start, end, FailureManner.FALLS, random.uniform(0, 0.7))
    for start, end in intervals(random, window, 0.3 * months, 8):  # a collector of routes loses some of its peers
        yield SensorFailure("sim.bgp", start, end, FailureManner.FALLS, random.uniform(0.96, 0.995))


def _of_series(random: Random, watched: Watched, place: str, window: Window) -> Iterator[Artefact]:
    months = (window[1] - window[0]) / MONTH_S
    for start, end in intervals(random, window, 0.2 * months, 24):
        yield MissingWindow(start, end, Reach(kinds=(_one_kind(random, watched),), places=(place,)))
    for start, end in intervals(random, window, 0.5 * months, 3):
        yield Spike(start, end, between(random, 1.5, 8), Reach(kinds=(SignalKind.TELESCOPE,), places=(place,)))
    steps = {plan.kind: plan.step_s for plan in watched.plans}
    for kind in watched.kinds:
        for start, _ in intervals(random, window, 0.1 * months, 1):  # single samples that are simply wrong
            wrong = random.uniform(0.3, 0.9) if random.random() < 0.5 else between(random, 1.2, 3)
            first = start // steps[kind] * steps[kind]
            yield Spike(first, first + steps[kind], wrong, Reach(kinds=(kind,), places=(place,)))


def _of_calendar(random: Random, place: str, window: Window) -> Iterator[Artefact]:
    months = (window[1] - window[0]) / MONTH_S
    reach = Reach(kinds=_OF_PEOPLE, places=(place,))
    for start, _ in intervals(random, window, 0.7 * months, 1):
        day = datetime.fromtimestamp(start, UTC).date()
        yield Holiday(day, random.uniform(0.8, 1.05), random.uniform(0, 2), reach)
    if random.random() < _FASTING_SHARE:
        first = datetime.fromtimestamp(int(random.uniform(*window)), UTC).date()
        factor, later = random.uniform(0.92, 1.02), random.uniform(1.5, 3)
        yield from (Holiday(first + timedelta(days=day), factor, later, reach) for day in range(29))


def _of_networks(
    random: Random, watched: Watched, window: Window, losses: Sequence[Disturbance]
) -> Iterator[LevelShift]:
    """Levels that change for good: at any time, by prefixes that move between places, and after an outage."""
    months = (window[1] - window[0]) / MONTH_S
    places = list(watched.zones)
    for place in places:
        for start, _ in intervals(random, window, 0.25 * months, 1):
            reach = Reach(kinds=(_one_kind(random, watched),), places=(place,))
            yield LevelShift(start, between(random, 0.75, 1.4), reach)
    for start, _ in intervals(random, window, 0.15 * months, 1):
        giving, taking = random.choice(places, 2, replace=False)
        share = random.uniform(0.03, 0.2)
        networks = (SignalKind.BGP, SignalKind.PROBING)
        yield LevelShift(start, 1 - share, Reach(kinds=networks, places=(str(giving),)))
        yield LevelShift(start, 1 + share, Reach(kinds=networks, places=(str(taking),)))
    for loss in losses:
        if random.random() < _SHIFTED_AFTER:
            reach = Reach(kinds=(_one_kind(random, watched),), places=loss.reach.places)
            yield LevelShift(loss.end, between(random, 0.8, 1.25), reach)


def _one_kind(random: Random, watched: Watched) -> SignalKind:
    return watched.kinds[int(random.integers(len(watched.kinds)))]


def intervals(random: Random, window: Window, expected: float, usual_hours: float) -> Iterator[Window]:
    """Intervals at random times, on average ``expected`` of them, with log-normal lengths."""
    for _ in range(random.poisson(expected)):
        start = int(random.uniform(*window))
        yield start, start + int(HOUR_S * np.exp(random.normal(np.log(usual_hours), 0.7)))
