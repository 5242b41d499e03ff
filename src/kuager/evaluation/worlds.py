"""Random simulated worlds for training calibrators and for tests, most of whose months hold nothing.

A world is signals of several kinds at a few places for one to five months. Shutdowns and outages are rare
(``event_rate``), differ in length, depth and form, and each kind of signal sees them in its own measure. What goes
wrong with the measurement is far more common. What is watched stands in ``world_plans``, what happens in
``world_events``, and what goes wrong in ``world_mishaps``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kuager.evaluation.plans import Simulation
from kuager.evaluation.shapes import DAY_S
from kuager.evaluation.simulator import simulate, stream
from kuager.evaluation.world_events import disturbances
from kuager.evaluation.world_mishaps import mishaps
from kuager.evaluation.world_plans import PLACES, watched

__all__ = ["PLACES", "worlds"]

_EARLIEST = datetime(2018, 1, 1, tzinfo=UTC)
_START_DAYS = 2_500


def worlds(seed: int, count: int, event_rate: float = 0.22, failure_rate: float = 0.04) -> Iterator[Simulation]:
    """Draw ``count`` worlds, one after the other; world i is the same whatever ``count`` is.

    Args:
        seed: not negative.
        count: how many.
        event_rate: disturbances per place, and therefore at most per series, and 30 days; a curfew or an outage with
            restorations counts once.
        failure_rate: how often, per kind and 30 days, a whole source falls at all places. A series alone cannot tell
            that from an outage, and four places are too few to know it together.
    """
    for number in range(count):
        yield _world(seed, number, event_rate, failure_rate)


def _world(seed: int, number: int, event_rate: float, failure_rate: float) -> Simulation:
    random = stream(seed, "world", str(number))
    drawn = watched(random)
    start = int(_EARLIEST.timestamp()) + int(random.integers(0, _START_DAYS)) * DAY_S
    window = (start, start + drawn.days * DAY_S)
    losses = tuple(
        loss for place, zone in drawn.zones.items() for loss in disturbances(random, place, zone, window, event_rate)
    )
    artefacts = mishaps(random, drawn, window, losses, failure_rate)
    return simulate(drawn.plans, losses, artefacts, *window, int(random.integers(0, 2**32)))
