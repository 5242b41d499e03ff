"""How much a healthy series strays from its expectation, and how much of that its neighbours share.

The scale is 1.4826 times the median absolute deviation of the ratio to the expectation, in six parts of the day (nights
of a traffic series are noisier than its noons). Neighbouring samples of real series err together, so that evidence
summed over them counts too much; ``tempering`` is the factor by which it does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.grid import Grid
from kuager.detection.order import Mask, median
from kuager.model.series import Values
from kuager.model.words import SignalKind

PART_S = 4 * 3_600
MAD_TO_SIGMA = 1.4826
BLOCK_S = 3 * 3_600

FLOOR: dict[SignalKind, float] = {
    SignalKind.BGP: 0.015,
    SignalKind.PROBING: 0.02,
    SignalKind.TELESCOPE: 0.08,
    SignalKind.TRAFFIC: 0.05,
    SignalKind.USERS: 0.08,
    SignalKind.RTT: 0.10,
    SignalKind.THROUGHPUT: 0.10,
    SignalKind.INDEX: 0.08,
    SignalKind.COUNT: 0.10,
}
"""The smallest relative scale that a kind of signal is believed to have: a calm month does not make the ordinary
half-per-cent dips of BGP, the maintenance of a prober or one city of an index into news."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """Scale of the ratio to the expectation, float64 [n], and the factor (>= 1) by which evidence is divided."""

    sigma: Values
    tempering: float


def noise_of(grid: Grid, ratio: Values, normal: Mask, kind: SignalKind) -> Noise:
    """Estimate the noise of a series from its normal samples.

    Args:
        grid: the series.
        ratio: float64 [n], value over expected value, NaN where missing.
        normal: bool [n], samples to learn from.
        kind: decides the floor of the scale.
    """
    stray = np.where(normal, ratio - 1.0, np.nan)
    whole = _scale(stray, FLOOR[kind])
    sigma = np.full(ratio.shape, whole)
    part = (grid.times % 86_400) // PART_S
    for index in range(6):
        inside = part == index
        if np.count_nonzero(np.isfinite(stray[inside])) >= 30:
            sigma[inside] = _scale(stray[inside], FLOOR[kind])
    return Noise(sigma, _tempering(grid, stray / sigma))


def _scale(stray: Values, floor: float) -> float:
    spread = MAD_TO_SIGMA * median(np.abs(stray))
    return max(floor, spread) if np.isfinite(spread) else 1.0


def _tempering(grid: Grid, standardised: Values) -> float:
    """Variance of block means over what independent samples would give, at least 1."""
    size = max(2, BLOCK_S // grid.step_s)
    blocks = standardised.size // size
    if blocks < 8:
        return 1.0
    table = np.clip(standardised[: blocks * size], -3.0, 3.0).reshape(blocks, size)
    full = table[np.all(np.isfinite(table), axis=1)]
    if full.shape[0] < 8:
        return 1.0
    white = float(np.var(full)) / size
    return max(1.0, float(np.var(full.mean(axis=1))) / white) if white > 0 else 1.0
