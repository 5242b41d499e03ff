"""The course of a series as stretches of down, degraded, normal and not observable."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kuager.detection.decode import CLIP, ENTER, LEAVE, LEVEL_WIDTH
from kuager.detection.detect import Detection
from kuager.detection.findings import LEAST_DEPTH
from kuager.detection.order import median
from kuager.model.words import State

DOWN_RATIO = 0.25
"""What is left in a stretch that is called down; more is degraded."""

_NORMAL, _NOT_OBSERVABLE = 0, -1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A half-open interval in seconds since the epoch in one state; ``depth`` is the share lost, None if unknown."""

    start: int
    end: int
    state: State
    depth: float | None


def stretches(detection: Detection) -> tuple[Stretch, ...]:
    """The states of a series from its first sample to the end of its last, without holes or overlaps."""
    grid = detection.grid
    if grid.values.size == 0:
        return ()
    codes = np.where(detection.observed, detection.path, _NOT_OBSERVABLE)
    cuts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), codes.size]
    found = []
    for first, last in pairwise(cuts):
        state, depth = _judge(detection, int(codes[first]), first, last)
        found.append(Stretch(grid.start + first * grid.step_s, grid.start + last * grid.step_s, state, depth))
    return tuple(found)


def _judge(detection: Detection, code: int, first: int, last: int) -> tuple[State, float | None]:
    if code == _NOT_OBSERVABLE:
        return State.NOT_OBSERVABLE, None
    left = median(detection.ratio[first:last])
    depth = round(float(np.clip(1.0 - left, 0.0, 1.0)), 4)
    if code == _NORMAL or depth < max(LEAST_DEPTH, float(np.median(detection.noise.sigma[first:last]))):
        return State.NORMAL, depth  # a path may pass through a good hour at the price of a change of depth
    return (State.DOWN if left <= DOWN_RATIO else State.DEGRADED), depth


def could_have_seen(detection: Detection, first: int, last: int, depth: float = 0.5) -> bool:
    """Whether a loss of ``depth`` over the samples ``first`` to ``last`` would have stood out of this series' noise.

    The evidence that such a loss would have given, summed over the samples observed, must exceed twice what it costs to
    enter and leave an outage. A series that could not have seen it is silent, it does not disagree.
    """
    inside = detection.observed[first:last]
    if not inside.any():
        return False
    width = np.maximum(detection.noise.sigma[first:last][inside], LEVEL_WIDTH)
    gain = np.minimum(0.5 * (depth / width) ** 2, CLIP).sum() / detection.noise.tempering
    return bool(gain > 2 * (ENTER + LEAVE))
