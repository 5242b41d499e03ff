"""Many samples on few pixels without losing an extreme: first, lowest, highest and last of every pixel column.

After Jugel and others, "M4: a visualization-oriented time series data aggregation" (VLDB 2014). A mean, or every n-th
sample, would wipe out the half hour in which a network came back; this keeps it. Gaps stay gaps.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kuager.model.series import Times, Values

Points = tuple[Values, Values]


def measured_runs(times: Times, values: Values, step_s: int) -> list[tuple[int, int]]:
    """Half-open index pairs of samples that follow one another with nothing missing between them."""
    measured = np.flatnonzero(np.isfinite(values))
    if measured.size == 0:
        return []
    apart = (np.diff(measured) > 1) | (np.diff(times[measured]) > 1.5 * step_s)
    bounds = [0, *(np.flatnonzero(apart) + 1).tolist(), measured.size]
    return [(int(measured[a]), int(measured[b - 1]) + 1) for a, b in pairwise(bounds)]


def polylines(times: Times, values: Values, step_s: int, window: tuple[int, int], columns: int) -> list[Points]:
    """The lines to draw, one for each run without a gap.

    Args:
        times: int64 [n], seconds since the epoch, increasing.
        values: float64 [n], NaN where missing.
        step_s: seconds between samples.
        window: seconds since the epoch, half open; samples outside are left out.
        columns: width of the plot in pixels.

    Returns:
        Pairs of float64 arrays: pixels from the left edge, and values.
    """
    start, end = window
    inside = (times >= start) & (times < end)
    kept_times, kept_values = times[inside], values[inside]
    x: Values = np.asarray((kept_times - start) * (columns / (end - start)), dtype=np.float64)
    return [
        _extremes(x[first:last], kept_values[first:last])
        for first, last in measured_runs(kept_times, kept_values, step_s)
    ]


def _extremes(x: Values, y: Values) -> Points:
    """At most four samples of every pixel column: the first, the lowest, the highest and the last, in their order."""
    if x.size < 3:
        return x, y
    column = np.floor(x).astype(np.int64)
    bounds = [0, *(np.flatnonzero(np.diff(column)) + 1).tolist(), x.size]
    kept = sorted(
        {
            index
            for a, b in pairwise(bounds)
            for index in (a, a + int(np.argmin(y[a:b])), a + int(np.argmax(y[a:b])), b - 1)
        }
    )
    return x[kept], y[kept]
