"""What is ordinary in one series, learnt from itself: expectation, marks of what is no part of it, and noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kuager.detection.compiled import Loop
from kuager.detection.grid import DAY_S, Grid
from kuager.detection.habits import sharp_habits, usual_change
from kuager.detection.hours import Blocks, in_blocks
from kuager.detection.noise import FLOOR, LEAST_SIGMA, Noise, noise_of_samples
from kuager.detection.order import Mask, runs
from kuager.detection.ordinary import Marks
from kuager.detection.rounds import learn_blocks
from kuager.model.series import Values
from kuager.model.words import SignalKind

LEAST_SLOTS = 12
STEEP = 0.7
"""What falls by less than this from one hour to the next, and comes back so, is looked at no further."""
QUANTUM_SHARE = 0.5
"""A value that wavers between two steps of its rounding strays by half of one."""


@dataclass(frozen=True, slots=True, eq=False)
class Ordinary:
    """What is ordinary in a series.

    Attributes:
        blocks: the series in blocks.
        expected: float64 [blocks], what a sample of the block would show, slow straying included.
        marks: int8 [blocks], see :mod:`kuager.detection.ordinary`.
        noise: scales and tempering.
        counts: whether samples are sparse counts, judged as Poisson variables.
        shifts: half-open pairs of block indices of lasting changes of level.
    """

    blocks: Blocks
    expected: Values
    marks: Marks
    noise: Noise
    counts: bool
    shifts: tuple[tuple[int, int], ...]


def learn(
    grid: Grid, kind: SignalKind, per_sample: float | None, least_step: float, *, turned: bool = False
) -> tuple[Ordinary, Values, Values]:
    """Learn what is ordinary in a series; with it, float64 [n] each, what samples would show and their ratio to that.

    Args:
        grid: the series, with at least one finite value; samples not to be learnt from are NaN.
        kind: decides the floor of the noise.
        per_sample: mean count of a sample of sparse counts, else None.
        least_step: quantum of the values.
        turned: whether the values are the reciprocals of those that were rounded.
    """
    blocks = in_blocks(grid, counts_per_sample=per_sample)
    samples = max(1.0, blocks.length_s / grid.step_s)
    floor = max(LEAST_SIGMA, FLOOR[kind])
    size = blocks.values.size
    expected, freed = np.empty(size), np.zeros(size)
    marks, shifted = np.empty(size, dtype=np.int8), np.zeros(size, dtype=np.int8)
    has_weeks = blocks.slots * blocks.length_s == DAY_S
    counted = samples if per_sample is not None else 0.0
    learnt_from = blocks.values
    for _ in range(2):
        shifted.fill(0)
        slow, together, wild = learn_blocks(
            learnt_from, blocks.slots, blocks.per_day, has_weeks, floor, counted, expected, marks, shifted, freed
        )
        switched = _switched_by_the_clock(blocks, expected) if learnt_from is blocks.values else None
        if switched is None:
            break
        learnt_from = np.where(switched, np.nan, blocks.values)
    shifts = tuple(runs(shifted == 1)) if shifted.any() else ()
    at_samples, share = _of_samples(grid, blocks, expected)
    if per_sample is not None:
        noise = Noise(np.sqrt(wild / np.maximum(expected, 1e-9)), np.full(size, wild), 1.0, slow, together)
    else:
        before = (grid.start - blocks.start) // grid.step_s
        sigma, tempering = np.empty(size), np.empty(size)
        rounding = QUANTUM_SHARE * least_step * (-1.0 if turned else 1.0)
        quick = noise_of_samples(
            share,
            before,
            samples,
            marks,
            expected,
            freed,
            blocks.start % DAY_S,
            blocks.length_s,
            slow,
            together,
            floor,
            rounding,
            sigma,
            tempering,
        )
        noise = Noise(sigma, tempering, quick, slow, together)
    return Ordinary(blocks, expected, marks, noise, per_sample is not None, shifts), at_samples, share


def _switched_by_the_clock(blocks: Blocks, expected: Values) -> Mask | None:
    """Blocks of hours at which most days are low so suddenly that it is no habit of people, bool [blocks], if any.

    What is low at the same hour of most days has been learnt as ordinary by then.
    """
    if blocks.slots < LEAST_SLOTS or expected.size < 2 * blocks.slots:
        return None
    step = expected[1:] / np.maximum(expected[:-1], 1e-12)
    if not (bool((step < STEEP).any()) and bool((step > 1.0 / STEEP).any())):
        return None  # which is so for nearly all series
    days = expected.size // blocks.slots
    shape = np.median(expected[: days * blocks.slots].reshape(days, blocks.slots), axis=0)
    habits = sharp_habits(shape, usual_change(shape, blocks.length_s), blocks.length_s)
    if not habits:
        return None
    inside = np.zeros(blocks.slots, dtype=np.bool_)
    for habit in habits:
        inside[np.arange(habit.first, habit.last) % blocks.slots] = True
    return np.asarray(inside[np.arange(expected.size) % blocks.slots])


def _of_samples(grid: Grid, blocks: Blocks, expected: Values) -> tuple[Values, Values]:
    """What samples would show, and their ratio to that."""
    at_samples, share = np.empty(grid.values.size), np.empty(grid.values.size)
    samples = max(1.0, blocks.length_s / grid.step_s)
    share_of_expected(grid.values, expected, (grid.start - blocks.start) // grid.step_s, samples, share, at_samples)
    return at_samples, share


@Loop
def share_of_expected(
    values: Values, expected: Values, samples_before: int, per_block: float, share: Values, at_samples: Values
) -> None:
    """Fill ``share`` and ``at_samples`` from the blocks' expectation, by straight lines between their centres.

    Args:
        values: float64 [n].
        expected: float64 [blocks].
        samples_before: samples of the first block that lie before the series.
        per_block: samples of a block; with one a block's value is its sample's.
        share: float64 [n], value over expected value, NaN where nothing was measured or nothing can be expected.
        at_samples: float64 [n].
    """
    last = expected.size - 1
    turn = 1.0 / per_block
    position = (samples_before + 0.5) * turn - 0.5 if per_block > 1.0 else 0.0
    before = 0
    for index in range(values.size):
        while position >= before + 1.0 and before < last:
            before += 1
        after = before + 1 if before < last else last
        way = min(max(position - before, 0.0), 1.0)
        one = expected[before] + (expected[after] - expected[before]) * way
        at_samples[index] = one
        share[index] = values[index] / one if one > 0.0 else math.nan
        position += turn
