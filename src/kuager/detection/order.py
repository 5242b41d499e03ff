"""Order statistics of arrays with gaps, and runs of booleans; NumPy's own nan-versions loop in Python."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kuager.model.series import Values

Mask = npt.NDArray[np.bool_]


def quantile_of_rows(table: Values, share: float) -> Values:
    """The lower ``share`` quantile down each column of a float64 [rows, columns] table, NaN where a column is empty."""
    ordered = np.sort(table, axis=0)  # NaN sorts last
    present = np.count_nonzero(np.isfinite(table), axis=0)
    index = np.maximum(0, np.floor(share * (present - 1)).astype(np.int64))
    picked = np.take_along_axis(ordered, index[np.newaxis, :], axis=0)[0]
    return np.where(present > 0, picked, np.nan)


def median(values: Values) -> float:
    """The median of the finite values, NaN where there are none."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def block_medians(values: Values, size: int) -> Values:
    """Medians of consecutive blocks of ``size`` samples (the last may be short), NaN where a block is empty."""
    blocks = -(-values.size // size)
    padded = np.full(blocks * size, np.nan)
    padded[: values.size] = values
    return quantile_of_rows(padded.reshape(blocks, size).T, 0.5)


def running_median(values: Values, reach: int) -> Values:
    """The median of the finite values within ``reach`` indices on either side, gaps bridged by straight lines."""
    padded = np.pad(values, reach, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    medians = quantile_of_rows(windows.T, 0.5)
    return bridge(medians)


def bridge(values: Values) -> Values:
    """Gaps filled by straight lines between their neighbours, and level beyond the ends; all NaN stays all NaN."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size == 0:
        return values
    return np.interp(np.arange(values.size), known, values[known])


def runs(mask: Mask) -> list[tuple[int, int]]:
    """The maximal runs of True as half-open index pairs."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
