"""The most probable path of a series through levels of loss: a Viterbi decoder with costs for leaving normality.

A sample's evidence for a level is the log-likelihood of its ratio to the expectation under a Gaussian about that level,
clipped so that no single sample decides alone; a missing sample has no evidence for anything. To enter an outage costs
more than to leave it, which costs more than to change its depth: hysteresis, and edges exact to the sample.

The path is found only where it can differ from normal: in a stretch of samples that all prefer normal by more, in sum,
than leaving and entering cost, every best path is normal throughout, so stretches between such pauses are independent.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kuager.detection.noise import Noise
from kuager.detection.order import runs
from kuager.model.series import Values

LEVELS = np.array([1.0, 0.9, 0.76, 0.55, 0.33, 0.12, 0.0])
"""Shares of the expected value; the first is normality."""
LEVEL_WIDTH = 0.05
"""An outage's depth is not exactly one of the levels: the least scale about them."""
ENTER, LEAVE, SWITCH = 8.0, 5.0, 3.5
"""Costs in nats."""
CLIP = 25.0
LEAST_CONTRAST = 3.0

Path = npt.NDArray[np.int8]


def _transition_costs(levels: int) -> npt.NDArray[np.float64]:
    """[from, to] costs between levels, of which the first is normality."""
    costs = np.full((levels, levels), SWITCH)
    costs[0, :] = ENTER
    costs[:, 0] = LEAVE
    np.fill_diagonal(costs, 0.0)
    return costs


def evidence(ratio: Values, noise: Noise) -> npt.NDArray[np.float64]:
    """Log-likelihood ratios against normality in nats, float64 [n, levels]; zero where the ratio is missing."""
    ratio_or_normal = np.minimum(np.where(np.isfinite(ratio), ratio, 1.0), 1.0)[:, np.newaxis]
    width = np.maximum(noise.sigma[:, np.newaxis], np.where(LEVELS < 1.0, LEVEL_WIDTH, 0.0))
    likelihood = -np.minimum(0.5 * ((ratio_or_normal - LEVELS) / width) ** 2, CLIP) - np.log(width)
    against_normal = (likelihood - likelihood[:, :1]) / noise.tempering
    return np.where(np.isfinite(ratio)[:, np.newaxis], against_normal, 0.0)


def observable_levels(noise: Noise) -> npt.NDArray[np.int64]:
    """Indices of the levels that this noise does not hide: normality, and losses of at least three scales."""
    loss = 1.0 - LEVELS
    least = LEAST_CONTRAST * float(np.median(noise.sigma))
    return np.flatnonzero((loss == 0.0) | (loss >= least))


def decode(gains: npt.NDArray[np.float64]) -> Path:
    """The best path, int8 [n] of column indices; column 0 is normality, where it starts and, if it can, ends.

    Args:
        gains: float64 [n, levels] as of :func:`evidence`, of the observable levels only.
    """
    path = np.zeros(gains.shape[0], dtype=np.int8)
    if gains.shape[1] == 1:  # noise hides every level of loss
        return path
    for first, last in _stretches(gains):
        path[first:last] = _viterbi(gains[first:last], closed=last < gains.shape[0])
    return path


def _stretches(gains: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Half-open pieces outside of which every best path is normal."""
    best = gains[:, 1:].max(axis=1)
    quiet = best <= 0.0
    joined = ~quiet
    for first, last in runs(quiet):
        pause = ENTER + LEAVE if last < quiet.size else LEAVE  # nothing need be entered again after the end
        if first > 0 and best[first:last].sum() > -pause:
            joined[first:last] = True
    return [(first, last) for first, last in runs(joined) if best[first:last].clip(0.0).sum() > ENTER]


def _viterbi(gains: npt.NDArray[np.float64], *, closed: bool) -> Path:
    """The best path through one stretch; ``closed`` when normal samples follow it, to which it must return."""
    samples, levels = gains.shape
    costs = _transition_costs(levels)
    came_from = np.empty((samples, levels), dtype=np.int8)
    score = gains[0] - costs[0]
    for index in range(1, samples):
        options = score[:, np.newaxis] - costs
        origin = options.argmax(axis=0)
        came_from[index] = origin
        score = options[origin, np.arange(levels)] + gains[index]
    level = int((score - costs[:, 0] if closed else score).argmax())
    path = np.empty(samples, dtype=np.int8)
    for index in range(samples - 1, -1, -1):
        path[index] = level
        level = int(came_from[index, level])
    return path
