"""A series on its own regular grid, so that season and gaps have places: index ``i`` is ``start + i * step_s``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.model.series import Times, Values

DAY_S = 86_400


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

    Args:
        times: int64 [n], strictly increasing seconds since the epoch.
        values: float64 [n].
        step_s: seconds, positive.
    """
    if times.size == 0:
        return Grid(0, step_s, np.empty(0))
    start = int(times[0])
    cells = (times - start) // step_s
    laid = np.full(int(cells[-1]) + 1, np.nan)
    laid[cells] = values
    return Grid(start, step_s, laid)
