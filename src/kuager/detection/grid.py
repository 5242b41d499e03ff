"""A series on its own regular grid, so that season and gaps have places: index ``i`` is ``start + i * step_s``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.model.series import Times, Values

DAY_S = 86_400
MOST_EMPTY = 50
"""A grid with more cells than this for each sample is coarsened: a typing error in a year must not fill the memory."""
LEAST_CELLS = 100_000
STEPS_S = (60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 28_800, 43_200, DAY_S)
"""Steps that irregular times are laid on: those that divide a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Values of one series at regular times.

    Attributes:
        start: seconds since the epoch of index 0.
        step_s: seconds between indices.
        values: float64 [n], NaN where nothing was measured.
    """

    start: int
    step_s: int
    values: Values

    @property
    def times(self) -> Times:
        """int64 [n], seconds since the epoch."""
        return self.start + self.step_s * np.arange(self.values.size, dtype=np.int64)


def to_grid(times: Times, values: Values, step_s: int) -> Grid:
    """Lay samples on the grid of their step; a cell without a sample is NaN, of two samples in a cell the last stays.

    Infinite values are missing values. Times that jitter about a regular beat are laid so that the beat stays regular:
    the grid starts in the widest gap of their remainders.

    Args:
        times: int64 [n], strictly increasing seconds since the epoch.
        values: float64 [n].
        step_s: seconds, positive.
    """
    if times.size == 0:
        return Grid(0, step_s, np.empty(0))
    start = int(times[0])
    whole = int(times[-1]) - start == (times.size - 1) * step_s
    if whole and bool((times[1:] - times[:-1] == step_s).all()):
        laid = np.ascontiguousarray(values, dtype=np.float64)
        if np.isinf(laid).any():
            laid = np.where(np.isinf(laid), np.nan, laid)
        return Grid(start, step_s, laid)
    while (int(times[-1]) - start) // step_s > max(LEAST_CELLS, MOST_EMPTY * times.size):
        step_s *= 2
    start -= _lead(times, step_s)
    cells = (times - start) // step_s
    laid = np.full(int(cells[-1]) + 1, np.nan)
    laid[cells] = np.where(np.isinf(values), np.nan, values)
    return Grid(start, step_s, laid)


def usual_step(times: Times) -> int:
    """The step of a series in seconds: what lies between most neighbours, or for irregular times a step near it.

    Args:
        times: int64 [n], strictly increasing; with fewer than two the step is a day.
    """
    if times.size < 2:
        return DAY_S
    between = np.diff(times)
    between.sort()
    middle = int(between[between.size // 2])
    first, last = np.searchsorted(between, (middle, middle + 1))
    if last - first > between.size // 2:
        return middle
    return min(STEPS_S, key=lambda step: abs(np.log(step / middle)))


def _lead(times: Times, step_s: int) -> int:
    """How long before the first sample its cell begins, so that jitter never carries a sample over the edge of one."""
    rest = np.unique((times[:100_000] - times[0]) % step_s)
    if rest.size < 2:
        return 0
    gaps = np.diff(rest, append=rest[0] + step_s)
    widest = int(gaps.argmax())
    if gaps[widest] < step_s // 2:
        return 0  # spread over the whole step: there is no beat
    return int(-rest[(widest + 1) % rest.size] % step_s)
