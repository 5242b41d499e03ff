"""The course of a series as stretches of down, degraded, normal and not observable."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kuager.detection.decode import CLIP, ENTER, LEAST_CONTRAST, LEAVE, LEVEL_WIDTH
from kuager.detection.detect import Detection
from kuager.detection.order import Mask, median
from kuager.detection.pieces import LEAST_DEPTH
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
    seen = detection.observed & ~_hidden(detection)
    codes = np.where(seen, detection.path, _NOT_OBSERVABLE)
    cuts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), codes.size]
    found = []
    for first, last in pairwise(cuts):
        state, depth = _judge(detection, int(codes[first]), first, last)
        found.append(Stretch(grid.start + first * grid.step_s, grid.start + last * grid.step_s, state, depth))
    return tuple(found)


def _hidden(detection: Detection) -> Mask:
    """Samples whose noise hides even a complete loss, bool [n]: there a series cannot be called normal."""
    if detection.ordinary is None or detection.ordinary.counts:
        return np.zeros(detection.observed.shape, dtype=np.bool_)
    sigma, _ = detection.noise_at(0, detection.observed.size)
    hidden: Mask = (sigma * LEAST_CONTRAST > 1.0) & (detection.path == 0)
    return hidden


def _judge(detection: Detection, code: int, first: int, last: int) -> tuple[State, float | None]:
    if code == _NOT_OBSERVABLE:
        return State.NOT_OBSERVABLE, None
    left = median(detection.ratio[first:last])
    depth = round(float(np.clip(1.0 - left, 0.0, 1.0)), 4)
    if code == _NORMAL or depth < max(LEAST_DEPTH, float(np.median(detection.noise_at(first, last)[0]))):
        return State.NORMAL, depth  # a path may pass through a good hour at the price of a change of depth
    return (State.DOWN if left <= DOWN_RATIO else State.DEGRADED), depth


def could_have_seen(detection: Detection, first: int, last: int, depth: float = 0.5) -> bool:
    """Whether a loss of ``depth`` over the samples ``first`` to ``last`` would have stood out of this series' noise.

    The evidence that such a loss would have given, summed over the samples observed, must exceed twice what it costs to
    enter and leave an outage. A series that could not have seen it is silent, it does not disagree.
    """
    last = min(last, detection.observed.size)
    inside = detection.observed[first:last]
    if not inside.any():
        return False
    sigma, tempering = detection.noise_at(first, last)
    if detection.ordinary is not None and detection.ordinary.counts:
        rate = 1.0 - depth
        nats = detection.expected[first:last] * (depth + rate * np.log(max(rate, 1e-3)))
        return bool((nats / tempering)[inside].sum() > 2 * (ENTER + LEAVE))
    width = np.maximum(sigma, LEVEL_WIDTH)[inside]
    gain = (np.minimum(0.5 * (depth / width) ** 2, CLIP) / tempering[inside]).sum()
    return bool(gain > 2 * (ENTER + LEAVE))
