"""What of a happening one series could tell: the share left in each of its samples, and the true events in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.evaluation.second.happenings import Happening, Piece
from kuager.evaluation.second.hours import MINUTES
from kuager.evaluation.second.population import Population
from kuager.model.series import Values
from kuager.model.words import SignalKind

FAINTEST = 0.05
"""A series whose median share lost is smaller sees nothing at all: the loss is left out of its values as well.

So that there is no dip that happened, can be seen and is yet no truth; maintenance, which is none, stays below 3 %.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A loss as one series tells it: minutes of the month, sample indices (half open), and the median share lost."""

    start: int
    end: int
    first: int
    last: int
    depth: float


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A happening in one series.

    Attributes:
        reach: float64 [o, n], share of each operator that it still sees.
        told: the losses that it can tell, in order.
    """

    reach: Values
    told: tuple[Told, ...]


def sight(
    stream: np.random.Generator, population: Population, happening: Happening, kind: SignalKind, step_s: int
) -> Sight:
    """What a series of ``kind`` with samples every ``step_s`` seconds sees of a happening.

    Two pieces between which no whole sample lies are one loss to the series. What is shorter than two samples is told
    from the beginning of the first sample that it touches to the end of the last one.
    """
    per_sample = step_s // 60
    minutes = happening.reach(stream, kind)
    reach: Values = minutes.reshape(minutes.shape[0], -1, per_sample).mean(axis=2)
    whole = population.whole()
    left = np.divide(population.reached(reach), whole, out=np.ones_like(whole), where=whole > 0)
    told = []
    for start, end in _losses(happening.seen_by(kind), per_sample):
        first, last = start // per_sample, -(-end // per_sample)
        within = slice(-(-start // per_sample), end // per_sample)
        lasting = end - start >= 2 * per_sample
        depth = float(np.median(1 - left[within if lasting else slice(first, last)]))
        if depth < FAINTEST:
            reach[:, first:last] = 1.0
        elif lasting:
            told.append(Told(start, end, first, last, depth))
        else:
            told.append(Told(first * per_sample, last * per_sample, first, last, depth))
    return Sight(reach, tuple(told))


def _losses(pieces: tuple[Piece, ...], per_sample: int) -> list[tuple[int, int]]:
    """The pieces inside the month, those joined that a series cannot tell apart."""
    losses: list[tuple[int, int]] = []
    for piece in pieces:
        start, end = max(piece.first, 0), min(piece.last, MINUTES)
        if start >= end:
            continue
        if losses and start // per_sample - -(-losses[-1][1] // per_sample) < 1:
            losses[-1] = (losses[-1][0], end)
        else:
            losses.append((start, end))
    return losses
