"""Habits that no people have: a season that falls within one sample and comes back within one sample.

What is low at the same hour of most days is learnt as ordinary, and so are curfews that fill most days. The course of
human days is round: people wake, eat and sleep at times of their own, and what they do together takes an hour to show.
A switch is not round. This looks at the shape of a cycle (a day, or a week) *before it is smoothed*, for windows both
of whose edges are sudden, and says what the shape would be without them. It cannot tell a switched network from a
switched sensor, nor from machines that all start by the clock: it says that the dip is no habit of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kuager.detection.order import bridge, median
from kuager.model.series import Values

LEAST_DEPTH = 0.15
"""A habit shallower than this is left as it is."""
SUDDEN = 6.0
"""How many times the change that is usual around it an edge must be."""
SHARE_AT_ONCE = 0.6
"""The share of the depth, on a logarithmic scale, that must be lost and regained from one sample to the next."""
AROUND_S = 3 * 3_600
"""Changes up to so far on either side tell what is usual."""
SHOULDER_S = 3_600
"""The level before and after is read from so much of the cycle, one sample at least."""
LONGEST_S = 14 * 3_600
"""What lasts longer is the ordinary state and the rest the habit."""
LEAST_SHARE = 1e-3
"""Logarithms are taken of no less than this share of the median."""


@dataclass(frozen=True, slots=True)
class SharpHabit:
    """A window of a cycle: slots ``first`` to ``last``, half-open, which may pass the end of the cycle (modulo it).

    ``depth`` is the share lost at its shallower edge, ``suddenness`` the lesser edge over the usual change.
    """

    first: int
    last: int
    depth: float
    suddenness: float


def sharp_habits(shape: Values, smoothness: Values, step_s: int) -> tuple[SharpHabit, ...]:
    """The windows of a cycle that are too sudden for people, in order of their first slots.

    Args:
        shape: float64 [slots], positive, of a whole cycle and not smoothed; NaN where a slot is not known.
        smoothness: float64 [slots], the change of the logarithm that is to be expected from one slot to the next, from
            noise or season; see :func:`usual_change`.
        step_s: seconds of a slot.
    """
    known = np.isfinite(shape)
    if shape.size < 4 or not known.any() or median(shape) <= 0:
        return ()
    logs = np.log(np.maximum(bridge(shape), LEAST_SHARE * median(shape)))
    change = logs - np.roll(logs, 1)
    usual = np.maximum(smoothness, np.finfo(np.float64).tiny)
    needed = np.maximum(SUDDEN * usual, -SHARE_AT_ONCE * np.log(1.0 - LEAST_DEPTH))
    falls, rises = np.flatnonzero(change <= -needed).tolist(), np.flatnonzero(change >= needed).tolist()
    found = [
        habit
        for first in falls
        for rise in rises
        if (habit := _between(logs, change / usual, first, first + (rise - first) % logs.size, step_s)) is not None
    ]
    return _apart(found, logs.size)


def usual_change(shape: Values, step_s: int) -> Values:
    """The change of the logarithm of a shape that is usual around each slot, float64 [slots].

    The median size of the changes within three hours on either side, times 1.4826: steep mornings of hourly series
    are usual there, and one edge does not move a median.
    """
    known = np.isfinite(shape)
    if not known.any() or median(shape) <= 0:
        return np.zeros_like(shape)
    logs = np.log(np.maximum(bridge(shape), LEAST_SHARE * median(shape)))
    size = np.abs(logs - np.roll(logs, 1))
    reach = min((shape.size - 1) // 2, max(2, AROUND_S // step_s))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(size, reach, mode="wrap"), 2 * reach + 1)
    usual: Values = 1.4826 * np.median(windows, axis=1)
    return usual


def without_habits(shape: Values, habits: Sequence[SharpHabit], step_s: int) -> Values:
    """The shape with straight lines (of logarithms) in place of the habits, float64 [slots]."""
    mended = shape.copy()
    for one in habits:
        slots = np.arange(one.first, one.last) % shape.size
        before, after = _shoulders(np.log(np.maximum(shape, LEAST_SHARE * median(shape))), one.first, one.last, step_s)
        mended[slots] = np.exp(np.linspace(before, after, slots.size + 2)[1:-1])
    return mended


def _between(logs: Values, suddenness: Values, first: int, last: int, step_s: int) -> SharpHabit | None:
    """The window between a sudden fall and a sudden rise; None when it is no sharp dip."""
    if not 0 < last - first <= min(LONGEST_S // step_s, logs.size - 2):
        return None
    inside = logs[np.arange(first, last) % logs.size]
    before, after = _shoulders(logs, first, last, step_s)
    width = max(1, min(SHOULDER_S // step_s, inside.size))
    lost_at = before - median(inside[:width]), after - median(inside[-width:])
    fall = float(logs[first - 1] - logs[first % logs.size])
    rise = float(logs[last % logs.size] - logs[(last - 1) % logs.size])
    at_once = fall >= SHARE_AT_ONCE * lost_at[0] and rise >= SHARE_AT_ONCE * lost_at[1]
    depth = 1.0 - float(np.exp(-min(lost_at)))
    stays_low = float((inside - np.linspace(before, after, inside.size + 2)[1:-1]).max()) < -min(lost_at) / 3
    if depth < LEAST_DEPTH or not at_once or not stays_low:
        return None
    return SharpHabit(first, last, depth, float(min(-suddenness[first], suddenness[last % logs.size])))


def _shoulders(logs: Values, first: int, last: int, step_s: int) -> tuple[float, float]:
    """The levels before and after a window of a cycle."""
    width = max(1, min(SHOULDER_S // step_s, (logs.size - (last - first)) // 2))
    before, after = np.arange(first - width, first), np.arange(last, last + width)
    return median(logs[before % logs.size]), median(logs[after % logs.size])


def _apart(found: Sequence[SharpHabit], slots: int) -> tuple[SharpHabit, ...]:
    """Of windows that overlap the deepest one."""
    taken = np.zeros(slots, dtype=np.bool_)
    kept: list[SharpHabit] = []
    for one in sorted(found, key=lambda habit: (-habit.depth, habit.last - habit.first, habit.first)):
        inside = np.arange(one.first, one.last) % slots
        if not taken[inside].any():
            taken[inside] = True
            kept.append(one)
    return tuple(sorted(kept, key=lambda habit: habit.first))
