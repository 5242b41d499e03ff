"""The most probable path of a series through levels of loss: a Viterbi decoder with costs for leaving normality.

A sample's evidence for a level is the log-likelihood of its ratio to the expectation under a Gaussian about that level,
clipped so that no single sample decides alone, or for sparse counts that of a Poisson variable; a missing sample has no
evidence for anything. To enter an outage costs more than to leave it, which costs more than to change its depth:
hysteresis, and edges exact to the sample.

The path is found only where it can differ from normal. A cumulative sum of each sample's best evidence, held at zero
from below, is positive wherever the best path can lie in a loss, for a loss whose beginning speaks against it would be
better begun later. Stretches between zeros of that sum are independent (the argument of Page's CUSUM).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kuager.detection.compiled import Loop, part, square
from kuager.model.series import Values

LEVELS = np.array([1.0, 0.9, 0.76, 0.55, 0.33, 0.12, 0.0])
"""Shares of the expected value; the first is normality."""
LEVEL_WIDTH = 0.05
"""An outage's depth is not exactly one of the levels: the least scale about them."""
ENTER, LEAVE, SWITCH = 7.0, 4.0, 3.5
"""Costs in nats."""
CLIP = 25.0
LEAST_CONTRAST = 3.0
"""A level whose loss is less than this many scales is hidden by the noise."""
LEAST_RATE = 0.02
"""Of counts: the share that a complete loss is still thought to let through, so that one stray count is no proof."""
HIDDEN = -1e6

Path = npt.NDArray[np.int8]


@part
def gain(ratio: float, expected: float, level: int, sigma: float, tempering: float, counts: bool) -> float:
    """Evidence in nats of one sample for a level against normality; ``HIDDEN`` where noise hides the level."""
    share: float = LEVELS[level]
    if counts:
        rate = max(share, LEAST_RATE)
        nats: float = expected * (ratio * math.log(rate) + 1.0 - rate) / tempering
        return min(CLIP, max(-CLIP, nats))
    if 1.0 - share < LEAST_CONTRAST * sigma:
        return HIDDEN
    below = min(ratio, 1.0)
    width = max(sigma, LEVEL_WIDTH)
    most = CLIP * tempering
    lost = unlike(below, share, width, most) + widening(width, sigma)
    return (unlike(below, 1.0, sigma, most) - lost) / tempering


@part
def gains(ratio: float, expected: float, sigma: float, tempering: float, counts: bool, nats: Values) -> None:
    """Fill ``nats`` with the evidence of one sample for each level; a missing sample has none."""
    if math.isnan(ratio):
        nats[:] = 0.0
        return
    if counts:
        for level in range(1, LEVELS.size):
            nats[level] = gain(ratio, expected, level, sigma, tempering, counts)
        return
    below = min(ratio, 1.0)
    width = max(sigma, LEVEL_WIDTH)
    most = CLIP * tempering
    normal, wider = unlike(below, 1.0, sigma, most), widening(width, sigma)  # the same for all levels
    for level in range(1, LEVELS.size):
        hidden = 1.0 - LEVELS[level] < LEAST_CONTRAST * sigma
        lost = unlike(below, LEVELS[level], width, most) + wider
        nats[level] = HIDDEN if hidden else (normal - lost) / tempering


@part
def unlike(ratio: float, share: float, width: float, most: float) -> float:
    """How much a ratio speaks against a share of the expected value, in nats and at most so much."""
    return min(0.5 * square((ratio - share) / width), most)


@part
def widening(width: float, sigma: float) -> float:
    """What the wider Gaussian about a level of loss costs; nothing, without a logarithm, where it is no wider."""
    return math.log(width / sigma) if width > sigma else 0.0


@part
def best_gain(ratio: float, expected: float, sigma: float, tempering: float, counts: bool) -> float:
    """The largest evidence for any level; 0 for a missing sample."""
    if math.isnan(ratio):
        return 0.0
    best = HIDDEN
    if counts:
        for level in range(1, LEVELS.size):
            found = gain(ratio, expected, level, sigma, tempering, counts)
            if found < best:
                break  # the deeper ones fit worse and worse
            best = max(best, found)
        return best
    below = min(ratio, 1.0)
    width = max(sigma, LEVEL_WIDTH)
    most = CLIP * tempering
    normal, wider = unlike(below, 1.0, sigma, most), widening(width, sigma)  # the same for all levels
    for level in range(1, LEVELS.size):
        if 1.0 - LEVELS[level] < LEAST_CONTRAST * sigma:
            continue
        found = normal - (unlike(below, LEVELS[level], width, most) + wider)
        if found < best:
            break
        best = max(best, found)
    return best / tempering if best > HIDDEN else -CLIP


@part
def decoded(
    ratio: Values,
    expected: Values,
    samples_before: int,
    per_block: float,
    sigma: Values,
    tempering: Values,
    counts: bool,
    path: Path,
) -> float:
    """Fill ``path`` with the best path, and return how far noise alone goes: the peak of the mirrored sum.

    Args:
        ratio: float64 [n], value over expected value, NaN where missing.
        expected: float64 [n], for counts; otherwise not looked at.
        samples_before: samples of the first block that lie before the series.
        per_block: samples of a block.
        sigma: float64 [blocks], scale of the ratio.
        tempering: float64 [blocks], by which evidence is divided.
        counts: whether the values are sparse counts.
        path: int8 [n], zero on entry; 0 is normality.
    """
    size = ratio.size
    doubtful = np.empty(sigma.size)  # at this share and above a sample speaks for normality
    for block in range(sigma.size):
        if block > 0 and sigma[block] == sigma[block - 1]:
            doubtful[block] = doubtful[block - 1]
        else:
            doubtful[block] = 1.0 if counts else least_normal(sigma[block])
    level, mirrored, highest, peak = 0.0, 0.0, 0.0, 0.0
    begin = 0
    turn = 1.0 / per_block
    for index in range(size):
        block = int((index + samples_before) * turn + 1e-9)
        share = ratio[index]
        if level == 0.0 and mirrored == 0.0 and not (share < doubtful[block] or 2.0 - share < doubtful[block]):
            continue
        scale, temper = sigma[block], tempering[block]
        level_before = level
        if level > 0.0 or share < 1.0:  # above 1 nothing speaks for a loss
            level = max(0.0, level + best_gain(share, expected[index], scale, temper, counts))
        if not counts and (mirrored > 0.0 or share > 1.0):
            mirrored = max(0.0, mirrored + best_gain(2.0 - share, expected[index], scale, temper, counts))
            highest = max(highest, mirrored)
        if level_before == 0.0 and level > 0.0:
            begin, peak = index, 0.0
        peak = max(peak, level)
        if level == 0.0 and level_before > 0.0 and peak > ENTER:
            walk(ratio, expected, begin, index, True, samples_before, per_block, sigma, tempering, counts, path)
    if level > 0.0 and peak > ENTER:
        walk(ratio, expected, begin, size, False, samples_before, per_block, sigma, tempering, counts, path)
    return highest


decode = Loop(decoded)
"""The same for whole series, as a loop of its own; ``decoded`` is the part that other loops call."""


@part
def least_normal(sigma: float) -> float:
    """The share at which a sample speaks neither for normality nor for the shallowest loss that noise does not hide.

    That is their midpoint where both have the same scale, and else the root of a quadratic equation; minus infinity
    where the noise hides every loss.
    """
    for one in range(1, LEVELS.size):
        share: float = LEVELS[one]
        if 1.0 - share < LEAST_CONTRAST * sigma:
            continue
        if sigma >= LEVEL_WIDTH:
            return 0.5 * (1.0 + share)
        normal, lost = 1.0 / (sigma * sigma), 1.0 / (LEVEL_WIDTH * LEVEL_WIDTH)
        both = normal - share * lost
        rest = normal - share * share * lost - 2.0 * math.log(LEVEL_WIDTH / sigma)
        return (both - math.sqrt(both * both - (normal - lost) * rest)) / (normal - lost)
    return -math.inf


@part
def walk(
    ratio: Values,
    expected: Values,
    first: int,
    last: int,
    closed: bool,
    samples_before: int,
    per_block: float,
    sigma: Values,
    tempering: Values,
    counts: bool,
    path: Path,
) -> None:
    """Viterbi's path through one stretch; ``closed`` when normal samples follow it, to which it must return."""
    levels = LEVELS.size
    came_from = np.empty((last - first, levels), dtype=np.int8)
    score = np.full(levels, -ENTER)
    score[0] = 0.0
    following, nats = np.empty(levels), np.empty(levels)
    for index in range(first, last):
        block = int((index + samples_before) / per_block + 1e-9)
        gains(ratio[index], expected[index], sigma[block], tempering[block], counts, nats)
        best, best_loss = 0, 1
        for one in range(2, levels):
            if score[one] > score[best_loss]:
                best_loss = one
        best = best_loss if index > first and score[best_loss] - LEAVE > score[0] else 0
        following[0] = score[best] - LEAVE if best else score[0]
        came_from[index - first, 0] = best
        for one in range(1, levels):
            value, origin = score[one], one
            if index > first:
                if score[0] - ENTER > value:
                    value, origin = score[0] - ENTER, 0
                if score[best_loss] - SWITCH > value:
                    value, origin = score[best_loss] - SWITCH, best_loss
            else:
                origin = 0
            following[one] = value + nats[one]
            came_from[index - first, one] = origin
        for one in range(levels):
            score[one] = following[one]
    state = 0
    for one in range(1, levels):
        if score[one] - (LEAVE if closed else 0.0) > score[state] - (LEAVE if closed and state > 0 else 0.0):
            state = one
    for index in range(last - 1, first - 1, -1):
        path[index] = state
        state = came_from[index - first, state]
