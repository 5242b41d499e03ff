"""Viterbi's scores carried forward sample by sample: what the newest sample says, without any path back.

The same levels, costs and evidence as in :mod:`kuager.detection.decode`. Every score is that of the best path which
ends in a level of loss now, over the path that was normal all the while; with it goes what that path has seen since it
left normality. Where nothing speaks for a loss any more, or two samples in a row speak for normality, all begins anew.
"""

from __future__ import annotations

import math

import numpy as np

from kuager.detection.compiled import Loop, part
from kuager.detection.decode import CLIP, ENTER, LEAVE, LEVELS, SWITCH, best_gain, gain
from kuager.model.series import Values

SCORE, AGE, TOTAL, DEEPEST, BEFORE, GAP, SERIES = range(7)
"""Rows of the state. For each level, of the path that ends in it: its score, measured samples since it left normality,
the sum of what they lost, the most that one lost, what the sample before it lost, and how many were missing there.
The last row is of the series: see below."""
LAST, MISSING, RELIEF, CALM, PREVIOUS = range(5)
"""Columns of the last row: loss of the last measured sample, samples missing since, evidence in nats of the latest
samples for normality, how many in a row speak for it, and the loss of the measured sample before the last."""
CALM_SAMPLES = 2
STILL_LOST = 0.5
"""What lies nearer to normality than to so much of the loss is back, though a remainder may be left."""


def at_rest() -> Values:
    """The state of a series in which nothing has been seen yet, float64 [7, levels]."""
    state = np.zeros((SERIES + 1, LEVELS.size))
    state[SCORE, 1:] = -ENTER
    return state


def calmed(state: Values) -> bool:
    """Whether the latest samples say that nothing is lost any more."""
    return bool(state[SERIES, CALM] >= CALM_SAMPLES and state[SERIES, RELIEF] >= LEAVE)


def best_level(state: Values) -> int:
    """The level of loss that is most probable now."""
    return 1 + int(state[SCORE, 1:].argmax())


@Loop
def advance(
    ratio: Values,
    expected: Values,
    sigma: Values,
    tempering: Values,
    together: float,
    counts: bool,
    open_alarm: bool,
    state: Values,
) -> int:
    """Carry ``state`` forward and return how many samples were looked at.

    It stops after the first sample that says more for a loss than against it or, while an alarm is open, at which the
    latest samples say that all is normal.

    Args:
        ratio: float64 [n], value over expected value, NaN where missing.
        expected: float64 [n], for counts.
        sigma: float64 [n], scale of the ratio.
        tempering: float64 [n], by which evidence of a long run is divided.
        together: how many samples stray together.
        counts: whether the values are sparse counts.
        open_alarm: whether an alarm is open.
        state: float64 [7, levels], see :func:`at_rest`.
    """
    for index in range(ratio.size):
        share = ratio[index]
        if math.isnan(share):
            state[SERIES, MISSING] += 1.0
            continue
        if open_alarm:
            own = still_lost(share, expected[index], sigma[index], tempering[index], together, counts, state)
        else:
            own = best_gain(share, expected[index], sigma[index], tempered(tempering[index], 1.0, together), counts)
        best = step(share, expected[index], sigma[index], tempering[index], together, counts, state)
        if own < 0.0:
            state[SERIES, RELIEF] -= own
            state[SERIES, CALM] += 1.0
        else:
            state[SERIES, RELIEF] = 0.0
            state[SERIES, CALM] = 0.0
        state[SERIES, PREVIOUS] = state[SERIES, LAST]
        state[SERIES, LAST] = 1.0 - share
        state[SERIES, MISSING] = 0.0
        calm = state[SERIES, CALM] >= CALM_SAMPLES and state[SERIES, RELIEF] >= LEAVE
        if calm and open_alarm:
            return index + 1
        if calm or (best <= -ENTER and not open_alarm):
            for level in range(1, LEVELS.size):
                state[SCORE, level] = -ENTER
                state[AGE, level] = 0.0
        elif best > 0.0:
            return index + 1
    return ratio.size


@part
def tempered(tempering: float, samples: float, together: float) -> float:
    """By how much the evidence of the last of some samples is divided.

    Samples that stray together by a slow course of their own say less and less new: the first one counts whole, and
    only of a run as long as that course lasts is the evidence divided by the tempering of long runs.
    """
    if together <= 1.0:
        return tempering
    return 1.0 + (tempering - 1.0) * min(1.0, (samples - 1.0) / (together - 1.0))


@part
def still_lost(
    share: float, expected: float, sigma: float, tempering: float, together: float, counts: bool, state: Values
) -> float:
    """Evidence of one sample that at least half of the loss is still there, against normality."""
    level = 1
    for other in range(2, LEVELS.size):
        if state[SCORE, other] > state[SCORE, level]:
            level = other
    depth = state[TOTAL, level] / max(1.0, state[AGE, level])
    by = tempered(tempering, state[AGE, level] + 1.0, together)
    best = -np.inf
    for one in range(1, LEVELS.size):
        if 1.0 - LEVELS[one] >= STILL_LOST * depth or one == LEVELS.size - 1:
            best = max(best, gain(share, expected, one, sigma, by, counts))
    return max(best, -CLIP)


@part
def step(
    share: float, expected: float, sigma: float, tempering: float, together: float, counts: bool, state: Values
) -> float:
    """Carry the scores of all levels over one measured sample; return the best."""
    levels = LEVELS.size
    before = state.copy()
    best_loss = 1
    for level in range(2, levels):
        if before[SCORE, level] > before[SCORE, best_loss]:
            best_loss = level
    best = -np.inf
    for level in range(1, levels):
        value, origin = before[SCORE, level], level
        if before[SCORE, best_loss] - SWITCH > value:
            value, origin = before[SCORE, best_loss] - SWITCH, best_loss
        if value <= -ENTER or before[AGE, origin] == 0.0:
            value, origin = max(value, -ENTER), 0
        for row in range(AGE, SERIES):
            state[row, level] = before[row, origin] if origin > 0 else 0.0
        if origin == 0:
            state[BEFORE, level] = before[SERIES, LAST]
            state[GAP, level] = before[SERIES, MISSING]
        state[AGE, level] += 1.0
        by = tempered(tempering, state[AGE, level], together)
        state[SCORE, level] = value + gain(share, expected, level, sigma, by, counts)
        state[TOTAL, level] += 1.0 - share
        state[DEEPEST, level] = max(state[DEEPEST, level], 1.0 - share)
        best = max(best, state[SCORE, level])
    return best
