"""Cases for fusion: a country of three parts, six series in each, with glitches of single sources and blind ones.

Half of all losses hit every part, the others one or two. Most take all access, some the mobile or the fixed one alone.
Each kind may be blind to a loss, up to every second time. Single sources dip at one place far more often than access is
lost, and now and then one falls at all parts at once; three parts are too few to know that from the source alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from kuager.evaluation.behaviours import usual
from kuager.evaluation.plans import (
    Artefact,
    Disturbance,
    FailureManner,
    Holiday,
    MissingWindow,
    RandomGaps,
    Reach,
    SensorFailure,
    SeriesPlan,
    Simulation,
    Spike,
)
from kuager.evaluation.shapes import DAY_S, HOUR_S, MONTH_S
from kuager.evaluation.simulator import simulate, stream
from kuager.evaluation.world_events import Window, disturbances
from kuager.evaluation.world_mishaps import intervals
from kuager.evaluation.world_plans import ALWAYS, ZONES, Random, plan_at
from kuager.model.words import Access, SignalKind

PARTS = ("XA-01", "XA-02", "XA-03")
EVENT_RATE = 0.3
GLITCHES_PER_MONTH = 0.4
HALF = 0.5
"""The share of all traffic that is mobile, and that is fixed."""

_EARLIEST = datetime(2018, 1, 1, tzinfo=UTC)
_STEPS_S = {
    SignalKind.BGP: (300, 1_800),
    SignalKind.PROBING: (600, 1_800),
    SignalKind.TELESCOPE: (300, 1_800),
    SignalKind.TRAFFIC: (900, 1_800, HOUR_S),
}
_CURFEW_LEAST = 3


def cases(seed: int, count: int) -> Iterator[Simulation]:
    """Draw ``count`` cases; case i is the same whatever ``count`` is."""
    for number in range(count):
        yield _case(seed, number)


def _case(seed: int, number: int) -> Simulation:
    random = stream(seed, "case", str(number))
    start = int(_EARLIEST.timestamp()) + int(random.integers(0, 2_500)) * DAY_S
    window = (start, start + int(random.integers(30, 61)) * DAY_S)
    zone = str(random.choice(ZONES))
    plans = [plan for part in PARTS for plan in _plans(random, part, zone)]
    losses = tuple(_losses(random, zone, window))
    return simulate(plans, losses, _mishaps(random, window), *window, int(random.integers(0, 2**32)))


def _plans(random: Random, part: str, zone: str) -> Iterator[SeriesPlan]:
    """The four kinds, with traffic measured apart for mobile and fixed access as well."""
    for kind in ALWAYS:
        step_s = int(random.choice(_STEPS_S[kind]))
        yield plan_at(random, usual(kind), kind, part, step_s, zone)
        if kind is SignalKind.TRAFFIC:
            for access in (Access.MOBILE, Access.FIXED):
                yield replace(plan_at(random, usual(kind), kind, part, step_s, zone), access=access)


def _losses(random: Random, zone: str, window: Window) -> Iterator[Disturbance]:
    """The losses of a country, each with its parts and its access; curfews have their own place in the protocol."""
    drawn: dict[int, list[Disturbance]] = {}
    for loss in disturbances(random, PARTS[0], zone, window, EVENT_RATE):
        drawn.setdefault(int(loss.start % DAY_S), []).append(loss)
    for same_clock in drawn.values():
        if len(same_clock) >= _CURFEW_LEAST:
            continue
        for loss in same_clock:
            hit = PARTS if random.random() < HALF else tuple(_some(random))
            yield from _for_access(random, replace(loss, seen=_blindness(random, loss)), hit)


def _some(random: Random) -> list[str]:
    return [str(part) for part in random.choice(PARTS, int(random.integers(1, len(PARTS))), replace=False)]


def _blindness(random: Random, loss: Disturbance) -> dict[SignalKind, float]:
    """What each kind sees: BGP as it was drawn, every other one nothing in up to half of all losses."""
    blind = random.uniform(0, HALF)
    others = (SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC)
    seen = {kind: 0.0 if random.random() < blind else random.uniform(0.7, 1.0) for kind in others}
    if not any(seen.values()):
        seen[SignalKind.TRAFFIC] = 1.0
    return {**loss.seen, **seen}


def _for_access(random: Random, loss: Disturbance, hit: tuple[str, ...]) -> Iterator[Disturbance]:
    """All access, or the mobile or fixed one alone, of which all traffic loses its half and networks nothing."""
    drawn = random.random()
    if drawn < 0.6:
        yield replace(loss, reach=Reach(places=hit))
        return
    access = Access.MOBILE if drawn < 0.85 else Access.FIXED
    apart = {**loss.seen, SignalKind.TRAFFIC: 1.0}
    yield replace(loss, reach=Reach(places=hit, access=(access,)), seen=apart)
    slight = {kind: HALF * share for kind, share in apart.items()} | {SignalKind.BGP: 0.0}
    yield replace(loss, reach=Reach(places=hit, access=(Access.MIXED,)), seen=slight)


def _mishaps(random: Random, window: Window) -> tuple[Artefact, ...]:
    months = (window[1] - window[0]) / MONTH_S
    drawn: list[Artefact] = [RandomGaps(per_day=0.1, mean_s=2 * HOUR_S)]
    for part in PARTS:
        for kind in ALWAYS:
            reach = Reach(kinds=(kind,), places=(part,))
            for start, end in intervals(random, window, GLITCHES_PER_MONTH * months, 1.5):
                drawn.append(Spike(start, end, random.uniform(0.1, 0.85), reach))
            drawn += [MissingWindow(*one, reach) for one in intervals(random, window, 0.1 * months, 18)]
    for kind in ALWAYS:
        drawn += [
            SensorFailure(f"sim.{kind}", *one, FailureManner.FALLS, random.uniform(0, 0.7))
            for one in intervals(random, window, 0.1 * months, 5)
        ]
    for start, _ in intervals(random, window, 0.7 * months, 1):
        day = datetime.fromtimestamp(start, UTC).date()
        drawn.append(Holiday(day, random.uniform(0.8, 1.0), random.uniform(0, 2)))
    return tuple(drawn)
