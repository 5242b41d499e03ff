"""Random simulated worlds for training calibrators and for tests, most of whose months hold nothing.

A world is one signal of each kind at a few places for 30 to 60 days. Shutdowns and outages are rare (``event_rate``),
differ in length, depth and form, and each kind of signal sees them in its own measure: routes often not at all. What
goes wrong with the measurement is far more common. Lengths and the habit of starting on the hour resemble those of the
documented national shutdowns and outages in "Destination Unreachable" (SIGCOMM 2023). Places bear codes that ISO 3166
leaves to users (XA to XZ), so that no world speaks of a country.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np

from kuager.evaluation.losses import curfew
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
    Restoration,
    SensorFailure,
    SeriesPlan,
    Simulation,
    Spike,
)
from kuager.evaluation.shapes import DAY_S, HOUR_S, MONTH_S, usual
from kuager.evaluation.simulator import simulate, stream
from kuager.model.words import SignalKind

PLACES = ("XA", "XB", "XC", "XD")
_EARLIEST = datetime(2018, 1, 1, tzinfo=UTC)
_ZONES = ("Asia/Almaty", "Asia/Tehran", "Africa/Lagos", "America/Caracas", "Asia/Kolkata", "Europe/Minsk")
_STEPS_S = (300, 600, 900, 1_800, 3_600)
_KINDS = (SignalKind.BGP, SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC)

Random = np.random.Generator


def worlds(seed: int, count: int, event_rate: float = 0.25) -> Iterator[Simulation]:
    """Draw ``count`` worlds, one after the other; world i is the same whatever ``count`` is.

    Args:
        seed: not negative.
        count: how many.
        event_rate: disturbances per place, and therefore at most per series, and 30 days; a curfew or an outage with
            restorations counts once.
    """
    for number in range(count):
        yield _world(seed, number, event_rate)


def _world(seed: int, number: int, event_rate: float) -> Simulation:
    random = stream(seed, "world", str(number))
    start = int(_EARLIEST.timestamp()) + int(random.integers(0, 2_500)) * DAY_S
    end = start + int(random.integers(30, 61)) * DAY_S
    zones = {place: str(random.choice(_ZONES)) for place in PLACES}
    steps = {kind: int(random.choice(_STEPS_S)) for kind in _KINDS}
    plans = [_plan(random, kind, place, steps[kind], zones[place]) for place in PLACES for kind in _KINDS]
    disturbances = tuple(
        disturbance
        for place, zone in zones.items()
        for disturbance in _disturbances(random, place, zone, (start, end), event_rate)
    )
    series_seed = int(random.integers(0, 2**32))
    return simulate(plans, disturbances, _artefacts(random, (start, end)), start, end, series_seed)


def _plan(random: Random, kind: SignalKind, place: str, step_s: int, zone: str) -> SeriesPlan:
    """A place's own size, noise and season around those usual for the kind."""
    behaviour = usual(kind)
    own = replace(
        behaviour,
        noise=behaviour.noise * _between(random, 0.6, 2.0),
        swing=behaviour.swing * random.uniform(0.6, 1.2),
        weekend_factor=1 - (1 - behaviour.weekend_factor) * random.uniform(0, 2),
    )
    size = behaviour.level * _between(random, 0.2, 5.0)
    weekend = (4, 5) if zone == "Asia/Tehran" else (5, 6)
    return SeriesPlan(f"sim.{kind}", place, kind, step_s=step_s, level=size, zone=zone, weekend=weekend, behaviour=own)


def _disturbances(
    random: Random, place: str, zone: str, window: tuple[int, int], event_rate: float
) -> Iterator[Disturbance]:
    """The disturbances of one place, none in most months; where two would touch, the later one is left out."""
    free_from = window[0] + 2 * DAY_S
    how_many = random.poisson(event_rate * (window[1] - window[0]) / MONTH_S)
    for start in sorted(int(random.uniform(free_from, window[1] - DAY_S)) for _ in range(how_many)):
        moment = _habitual_start(random, start)
        form: Callable[[Random, Disturbance, str], tuple[Disturbance, ...]] = _FORMS[
            int(random.choice(len(_FORMS), p=_FORM_SHARES))
        ]
        parts = form(random, _simple(random, place, moment), zone)
        if parts[0].start >= free_from:
            free_from = parts[-1].end + 6 * HOUR_S
            yield from parts


def _habitual_start(random: Random, moment: int) -> int:
    """Half of all disturbances begin at a full hour, for it is people who begin many of them."""
    return moment // HOUR_S * HOUR_S if random.random() < 0.5 else moment


def _simple(random: Random, place: str, start: int) -> Disturbance:
    """An outage or a partial drop of 15 minutes to some days, seen by each kind in its own measure."""
    complete = random.random() < 0.6
    length = float(np.clip(np.exp(random.normal(np.log(4 * HOUR_S), 1.4)), 900, 12 * DAY_S))
    ramp = int(min(_between(random, 1, 3_600), length / 4))
    return Disturbance(
        start=start,
        end=start + int(length),
        remaining=random.uniform(0, 0.1) if complete else random.uniform(0.2, 0.8),
        onset_ramp_s=ramp if random.random() < 0.3 else 0,
        end_ramp_s=ramp if random.random() < 0.5 else 0,
        reach=Reach(places=(place,)),
        seen={
            SignalKind.BGP: random.uniform(0.3, 1) if random.random() < 0.5 else random.uniform(0, 0.06),
            SignalKind.PROBING: random.uniform(0.5, 1),
            SignalKind.TELESCOPE: random.uniform(0.7, 1),
            SignalKind.TRAFFIC: random.uniform(0.85, 1),
        },
        delays_s={kind: int(min(random.exponential(300), length / 4)) for kind in _KINDS},
    )


def _as_it_is(_random: Random, whole: Disturbance, _zone: str) -> tuple[Disturbance, ...]:
    return (whole,)


def _staircase(random: Random, whole: Disturbance, _zone: str) -> tuple[Disturbance, ...]:
    """A third goes first and the rest later, or the other way round."""
    turn = whole.start + (whole.end - whole.start) // 2
    higher = whole.remaining + (1 - whole.remaining) * random.uniform(0.3, 0.6)
    falls = random.random() < 0.5
    first, then = (higher, whole.remaining) if falls else (whole.remaining, higher)
    return (replace(whole, remaining=first, steps=((turn, then),)),)


def _with_restorations(random: Random, whole: Disturbance, _zone: str) -> tuple[Disturbance, ...]:
    """A cut of some days, with a window of some hours on each of them in which most comes back."""
    days = int(random.integers(2, 7))
    backs = []
    for day in range(days):
        opens = whole.start + day * DAY_S + int(random.uniform(6, 14) * HOUR_S)
        closes = opens + int(random.uniform(1, 6) * HOUR_S)
        backs.append(Restoration(opens, closes, random.uniform(0.6, 0.95), ramp_s=300))
    return (replace(whole, end=whole.start + days * DAY_S, remaining=whole.remaining / 4, restorations=tuple(backs)),)


def _curfew(random: Random, whole: Disturbance, zone: str) -> tuple[Disturbance, ...]:
    """The same hours of the local clock on three to ten days: of the night, or of an examination."""
    first = datetime.fromtimestamp(whole.start, UTC).date() + timedelta(days=1)
    last = first + timedelta(days=int(random.integers(2, 10)))
    closes, opens = (time(23), time(5)) if random.random() < 0.5 else (time(5), time(8))
    pattern = replace(whole, remaining=whole.remaining / 4, onset_ramp_s=0, end_ramp_s=0)
    return curfew(first, last, closes, opens, zone, pattern)


_FORMS = (_as_it_is, _staircase, _with_restorations, _curfew)
_FORM_SHARES = (0.7, 0.1, 0.1, 0.1)


def _artefacts(random: Random, window: tuple[int, int]) -> tuple[Artefact, ...]:
    """What goes wrong with the measurement of a world, in the order: sensors, levels, gaps, spikes, holidays."""
    months = (window[1] - window[0]) / MONTH_S
    artefacts: list[Artefact] = [RandomGaps(per_day=0.15, mean_s=2 * HOUR_S)]
    if random.random() < 0.1:
        artefacts.append(RegularHoles(DAY_S, 2 * HOUR_S, Reach(kinds=(_one_kind(random),))))
    for kind in _KINDS:
        for start, end in _intervals(random, window, 0.15 * months, 6):
            manner = list(FailureManner)[int(random.integers(len(FailureManner)))]
            artefacts.append(SensorFailure(f"sim.{kind}", start, end, manner, random.uniform(0, 0.7)))
    for place in PLACES:
        for start, _ in _intervals(random, window, 0.25 * months, 1):
            reach = Reach(kinds=(_one_kind(random),), places=(place,))
            artefacts.append(LevelShift(start, _between(random, 0.8, 1.4), reach))
        for start, end in _intervals(random, window, 0.2 * months, 24):
            artefacts.append(MissingWindow(start, end, Reach(kinds=(_one_kind(random),), places=(place,))))
        for start, end in _intervals(random, window, 0.5 * months, 3):
            spiking = Reach(kinds=(SignalKind.TELESCOPE,), places=(place,))
            artefacts.append(Spike(start, end, _between(random, 1.5, 8), spiking))
        for start, _ in _intervals(random, window, 0.7 * months, 1):
            day = datetime.fromtimestamp(start, UTC).date()
            feasting = Reach(kinds=(SignalKind.TRAFFIC,), places=(place,))
            artefacts.append(Holiday(day, random.uniform(0.8, 1.05), random.uniform(0, 2), feasting))
    return tuple(artefacts)


def _one_kind(random: Random) -> SignalKind:
    return _KINDS[int(random.integers(len(_KINDS)))]


def _intervals(
    random: Random, window: tuple[int, int], expected: float, usual_hours: float
) -> Iterator[tuple[int, int]]:
    """Intervals at random times, on average ``expected`` of them, with log-normal lengths."""
    for _ in range(random.poisson(expected)):
        start = int(random.uniform(*window))
        yield start, start + int(HOUR_S * np.exp(random.normal(np.log(usual_hours), 0.7)))


def _between(random: Random, low: float, high: float) -> float:
    """Evenly by proportion: as often between 1 and 2 as between 2 and 4."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
