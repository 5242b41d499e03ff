"""Lasting changes of level: a moderate loss that reaches an end of the series and lasts is no outage to be dated.

Networks move to other prefixes, probers change their lists, a telescope loses a block: afterwards the series lives on
at another level. Inside a series such a step ends when the level returns; at its end nobody can know. What leaves seven
tenths and has lasted ten days is therefore taken for the new level, and said to be so; anything deeper stays an event
without an end.
"""

from __future__ import annotations

from kuager.detection.grid import DAY_S, Grid
from kuager.detection.order import Mask, median, runs
from kuager.model.series import Values

LASTING_DAYS = 10.0
LEAST_LEFT = 0.7


def lasting_shifts(grid: Grid, usable: Mask, low: Mask, ratio: Values) -> list[tuple[int, int]]:
    """The runs of ``low`` (bool [n]) that are lasting changes of level, as half-open index pairs.

    Args:
        grid: the series.
        usable: bool [n]; unusable samples neither end nor make a run.
        low: bool [n], samples that lie below their expectation.
        ratio: float64 [n], value over expectation.
    """
    found = []
    for first, last in runs(low | ~usable):
        inside = low[first:last]
        touches_an_end = first == 0 or last == low.size
        lasts = inside.sum() * grid.step_s >= LASTING_DAYS * DAY_S
        if touches_an_end and lasts and median(ratio[first:last][inside]) > LEAST_LEFT:
            found.append((first, last))
    return found
