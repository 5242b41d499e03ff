"""Does something happen to the network on the days on which something else happened? A permutation test on days.

Each local day has a score: whether there was a cut (0 or 1), or how much of the service was lost. Some days are dated
happenings. Under the null hypothesis the dates say nothing about the scores, so that they might as well have fallen on
other days *of the same weekday and the same eight weeks*: weekends, and seasons in which both cuts and happenings are
many, explain no association then. The statistic is the sum of the scores of the dated days, and more of it speaks
against the null hypothesis (one side).

For scores of 0 and 1 the distribution over all permutations is a sum of independent hypergeometric laws, one for each
stratum, and is computed whole. For other scores all permutations are gone through when they are few; else a stated
number of them is drawn from a stated seed, and the p-value counts the observed one in (Phipson and Smyth 2010, equation
2), so that it is never too small. Days that could not be observed, dated or not, take no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product
from math import comb, prod

import numpy as np
import numpy.typing as npt

from kuager.detection.order import Mask
from kuager.model.series import Values

STRATUM_WEEKS = 8
FEW_PERMUTATIONS = 20_000
"""So many or fewer are all gone through."""
DRAWN = 9_999
SEED = 2018
ROUNDING = 1e-9
"""Sums of the same scores in another order differ by less, relative to the largest score."""


@dataclass(frozen=True, slots=True)
class Association:
    """How the scores of dated days compare with those of other days.

    Attributes:
        dated: days observed that are happenings.
        others: days observed that are none.
        left_out: dated days and other days that could not be observed.
        statistic: sum of the scores of the dated days.
        expected: its mean over all permutations.
        on_dated: mean score of the dated days; of 0 and 1 the share that was hit. NaN without such days.
        on_others: the same of the other days.
        p_value: share of the permutations that give at least the statistic; 1 when nothing can be permuted.
        smallest: the p-value if the dates had fallen on the highest scores; where it is large nothing can be told.
        permutations: how many the p-value rests on, the observed one included.
        seed: of the draw; None when all permutations were gone through.
    """

    dated: int
    others: int
    left_out: tuple[int, int]
    statistic: float
    expected: float
    on_dated: float
    on_others: float
    p_value: float
    smallest: float
    permutations: int
    seed: int | None


def against_dates(first: date, scores: Values, happenings: Sequence[date]) -> Association:
    """Whether the scores of the days of ``happenings`` are higher than those of like days by chance.

    Args:
        first: the local date of the first score.
        scores: float64 [days], NaN for days that could not be observed.
        happenings: local dates in any order; of equal ones each counts once, those outside of the days not at all.
    """
    days = [first + timedelta(days=index) for index in range(scores.size)]
    on = set(happenings)
    dated = np.array([day in on for day in days], dtype=np.bool_)
    seen = np.isfinite(scores)
    strata = [_Stratum(scores[members], int(dated[members].sum())) for members in _strata(days, seen) if members.any()]
    statistic = float(scores[seen & dated].sum())
    p_value, permutations, seed = _p_value(strata, statistic)
    return Association(
        dated=int((seen & dated).sum()),
        others=int((seen & ~dated).sum()),
        left_out=(int((~seen & dated).sum()), int((~seen & ~dated).sum())),
        statistic=statistic,
        expected=float(sum(one.dated * one.scores.mean() for one in strata)),
        on_dated=_mean(scores[seen & dated]),
        on_others=_mean(scores[seen & ~dated]),
        p_value=p_value,
        smallest=_p_value(strata, sum(one.largest for one in strata))[0],
        permutations=permutations,
        seed=seed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """Days that may change places: their scores float64 [n], and how many of them are dated."""

    scores: Values
    dated: int

    @property
    def arrangements(self) -> int:
        """In how many ways the dates can fall."""
        return comb(self.scores.size, self.dated)

    @property
    def largest(self) -> float:
        """The sum of the dated scores when the highest are dated."""
        return float(np.sort(self.scores)[self.scores.size - self.dated :].sum())

    def sums(self) -> Iterator[float]:
        """The sum of the dated scores in every arrangement."""
        return (float(sum(chosen)) for chosen in combinations(self.scores.tolist(), self.dated))


def _strata(days: Sequence[date], seen: Mask) -> Iterator[Mask]:
    """The observed days of each weekday in each eight weeks, bool [days]; a short rest goes with the one before."""
    if not days:
        return
    part = 7 * STRATUM_WEEKS
    index = np.arange(len(days))
    parts = max(1, round(len(days) / part))
    period = np.minimum(index // part, parts - 1)
    weekday = (index + days[0].weekday()) % 7
    for which, day in product(range(parts), range(7)):
        yield seen & (period == which) & (weekday == day)


def _p_value(strata: Sequence[_Stratum], statistic: float) -> tuple[float, int, int | None]:
    """The p-value, the permutations it rests on, and the seed where they were drawn."""
    arrangements = prod(one.arrangements for one in strata)
    if arrangements <= 1:
        return 1.0, 1, None
    if all(np.isin(one.scores, (0.0, 1.0)).all() for one in strata):
        law = _law_of_hits(strata)
        return min(1.0, float(law[round(statistic) :].sum())), arrangements, None
    largest = max(float(np.abs(one.scores).max()) for one in strata)
    enough = statistic - ROUNDING * largest
    if arrangements <= FEW_PERMUTATIONS:
        reached = sum(sum(parts) >= enough for parts in product(*(tuple(one.sums()) for one in strata)))
        return reached / arrangements, arrangements, None
    reached = int((_drawn(strata) >= enough).sum())
    return (1 + reached) / (1 + DRAWN), 1 + DRAWN, SEED


def _law_of_hits(strata: Sequence[_Stratum]) -> npt.NDArray[np.float64]:
    """The probability of each number of dated days hit, from 0 on."""
    law = np.ones(1)
    for one in strata:
        hit, size = round(float(one.scores.sum())), one.scores.size
        ways = [comb(hit, both) * comb(size - hit, one.dated - both) for both in range(min(hit, one.dated) + 1)]
        law = np.convolve(law, np.array([way / one.arrangements for way in ways]))
    return law


def _drawn(strata: Sequence[_Stratum]) -> Values:
    """The statistic of each permutation drawn, float64 [drawn]."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    sums = np.zeros(DRAWN)
    for one in strata:
        if one.dated > 0:
            order = generator.random((DRAWN, one.scores.size)).argsort(axis=1)[:, : one.dated]
            sums += one.scores[order].sum(axis=1)
    return sums


def _mean(scores: Values) -> float:
    return float(scores.mean()) if scores.size else float("nan")
