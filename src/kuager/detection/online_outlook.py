"""What a series will show in the coming hours if nothing happens, learnt from what it has shown until now.

The same code learns as for the past (:mod:`kuager.detection.learn`): the coming hours are given to it as missing, and a
missing hour's expectation holds the level, lets the slow straying fade, and adds its variance to the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kuager.detection.compiled import Loop
from kuager.detection.decode import Path, decode
from kuager.detection.grid import DAY_S, Grid
from kuager.detection.learn import learn
from kuager.detection.order import Mask
from kuager.detection.sparse import counts_per_sample, quantum
from kuager.model.series import Values
from kuager.model.words import SignalKind

MEMORY_DAYS = 60
"""Older samples are not learnt from."""
LEAST_HISTORY_S = 3 * DAY_S
"""Of measured time before anything can be told."""
LEAST_SAMPLES = 12
AHEAD_S = DAY_S + 3_600
LENGTHS = (1, 2, 3, 6)
"""Samples; of earlier dips at least so long the deepest is known."""
LONGEST_SLIP = 12
"""Samples. A dip that lasted longer is no slip of the measurement. It may well have been a loss that was not told, and
must not make the next one less probable."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What is expected from sample ``first`` on.

    Attributes:
        first: index of the first sample that it speaks of.
        expected: float64 [ahead], what samples would show.
        sigma: float64 [ahead], scale of their ratio to that.
        tempering: float64 [ahead], by which evidence is divided.
        together: how many samples stray together by a slow course of their own.
        counts: whether samples are sparse counts.
        dips: short dips that the past held at which no alarm was open, per 30 days.
        deepest: float64 [LENGTHS], mean loss of the deepest of them that had at least so many samples.
    """

    first: int
    expected: Values
    sigma: Values
    tempering: Values
    together: float
    counts: bool
    dips: float
    deepest: Values

    @property
    def last(self) -> int:
        """Index after the last sample that it speaks of."""
        return self.first + self.expected.size


def outlook(start: int, step_s: int, values: Values, set_aside: Mask, first: int, kind: SignalKind) -> Outlook | None:
    """What is expected after some samples, or None where they are too few to tell.

    Args:
        start: seconds since the epoch of the first sample.
        step_s: seconds between samples.
        values: float64 [n], NaN where missing.
        set_aside: bool [n], samples not to be learnt from, for an alarm was open.
        first: index of the sample after them.
        kind: what the series counts.
    """
    usable = np.where(set_aside, np.nan, values)
    measured = int(np.count_nonzero(np.isfinite(usable)))
    if measured * step_s < LEAST_HISTORY_S or measured < LEAST_SAMPLES or not bool((usable > 0).any()):
        return None
    ahead = max(2, AHEAD_S // step_s)
    grid = Grid(start, step_s, np.concatenate([usable, np.full(ahead, np.nan)]))
    ordinary, expected, _ = learn(grid, kind, counts_per_sample(usable, kind), quantum(usable))
    noise, size = ordinary.noise, values.size
    before = (start - ordinary.blocks.start) // step_s
    per_block = max(1.0, ordinary.blocks.length_s / step_s)
    ratio = np.full(size, np.nan)
    np.divide(usable, expected[:size], out=ratio, where=expected[:size] > 0)
    path = np.zeros(size, dtype=np.int8)
    decode(ratio, expected, before, per_block, noise.sigma, noise.tempering, ordinary.counts, path)
    deepest = np.zeros(len(LENGTHS))
    dips = deepest_dips(ratio, path, np.array(LENGTHS), LONGEST_SLIP, deepest)
    blocks = ((np.arange(size, size + ahead) + before) / per_block + 1e-9).astype(np.int64)
    days = measured * step_s / DAY_S
    return Outlook(
        first,
        expected[size:],
        noise.sigma[blocks],
        noise.tempering[blocks],
        1.0 if ordinary.counts else per_block * noise.lasting,
        ordinary.counts,
        dips * 30.0 / days,
        deepest,
    )


@Loop
def deepest_dips(ratio: Values, path: Path, lengths: Path, longest: int, deepest: Values) -> int:
    """Fill ``deepest`` [lengths] with the mean loss of the deepest dips of at least such lengths; return how many
    dips there are.

    Args:
        ratio: float64 [n], NaN where missing.
        path: int8 [n], levels of loss.
        lengths: int64 [k], measured samples.
        longest: of measured samples that a dip may have to be counted.
        deepest: float64 [k], zero on entry.
    """
    found, samples, total = 0, 0, 0.0
    for index in range(path.size + 1):
        if index < path.size and path[index] > 0:
            if not math.isnan(ratio[index]):
                samples += 1
                total += 1.0 - ratio[index]
            continue
        if 0 < samples <= longest:
            found += 1
            for one in range(lengths.size):
                if samples >= lengths[one]:
                    deepest[one] = max(deepest[one], total / samples)
        samples, total = 0, 0.0
    return found
