"""Is it the network or the sensor? A source that goes wrong in unrelated countries at once has failed itself.

Two tests. Across countries: when the median country of one source falls, the source is not to be believed at that time
anywhere (a shutdown is national, a broken collector is not). Within one series: a sensor that repeats one number for
half a day, in a series that otherwise hardly ever does, is stuck. What either finds is *not observable*, not down.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.grid import Grid
from kuager.detection.order import Mask, median, quantile_of_rows, runs
from kuager.model.series import Values

LEAST_COUNTRIES = 10
"""With fewer countries of one source nobody can tell its failure from theirs."""
FALLEN_TOGETHER = 0.93
"""Below this median share of the expected value over all countries the source is held to have failed."""

STUCK_S = 12 * 3_600
STUCK_SAMPLES = 12
ORDINARY_REPEATS = 0.05
STUCK_SHARE = 0.5


def failing_everywhere(ratios: Values) -> Mask | None:
    """When a source failed, judged over unrelated countries.

    Args:
        ratios: float64 [countries, n], value over expected value of one signal on one grid, NaN where missing.

    Returns:
        bool [n], or None when there are too few countries to know. A time at which most countries have no value is not
        called failed: it is missing there already.
    """
    if ratios.shape[0] < LEAST_COUNTRIES:
        return None
    present = np.count_nonzero(np.isfinite(ratios), axis=0)
    middle = quantile_of_rows(ratios, 0.5)
    judged = present >= LEAST_COUNTRIES // 2
    failing: Mask = judged & (np.where(judged, middle, 1.0) < FALLEN_TOGETHER)
    return failing


def stuck(grid: Grid) -> Mask:
    """Samples that repeat their predecessor for half a day in a series that otherwise hardly ever does, bool [n].

    A value far below the usual one is not taken for stuck: that is what a cut looks like. Gaps end a repetition.
    """
    values = grid.values
    repeats = np.zeros(values.shape, dtype=np.bool_)
    if values.size < 2 * STUCK_SAMPLES:
        return repeats
    repeats[1:] = values[1:] == values[:-1]
    longest = max(STUCK_SAMPLES, STUCK_S // grid.step_s)
    frozen = np.zeros(values.shape, dtype=np.bool_)
    usual = median(values)
    for first, last in runs(repeats):
        if last - first >= longest and values[first] >= STUCK_SHARE * usual:
            frozen[first:last] = True
    elsewhere = repeats & ~frozen
    ordinary = float(elsewhere.sum()) > ORDINARY_REPEATS * float((~frozen).sum())
    return np.zeros_like(frozen) if ordinary else frozen
