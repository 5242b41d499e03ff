"""What share of a test is always flagged: the ordinary level that blocking has to rise above.

Some tests flag half of their measurements where nobody blocks anything, others nearly none. The level of a (network,
target) pair is drawn from a beta law that all pairs of the test in the country share (empirical Bayes; Efron, *Large-
Scale Inference*, 2010, chapter 1). Pairs that really are blocked must not raise it: the fit begins with the lowest
quarter of the pairs, and what lies far above those that were taken in stays out. How far measurements of one day err
together is read from neighbouring days, where neither drift nor blocking matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.model.series import Times, Values

LOWEST = 0.25
"""The fit begins with this share of the pairs, the least flagged ones."""
ROUNDS = 10
FAR = 2.5
"""Standard deviations above the mean from which on a pair is taken for blocked."""
TELLS_AT_MOST = 60.0
"""More measurements of one pair do not tell more of its level: days and probes are fewer than measurements."""
LEAST_COMPARED = 4
"""Of fewer pairs none can be told to be unlike the others: all are taken for ordinary."""
MOST_ORDINARY = 0.75
"""A test that compares with a control is not wrong in three of four cases: what is flagged more often than that is
blocked, also where it is the one site that anybody measured."""
USUAL_SHARE = 0.05
USUAL_CONCENTRATION, USUAL_PAIRS = 12.0, 3.0
"""The width of the law before pairs were seen, and how many pairs that knowledge is worth."""
NARROWEST = 200.0
USUAL_CORRELATION, USUAL_NEIGHBOURS = 0.08, 20.0
"""The correlation of measurements of one day before days were seen, and how many pairs of days that is worth."""
LEAST_CORRELATION, MOST_CORRELATION = 0.06, 0.4


@dataclass(frozen=True, slots=True)
class BaseRate:
    """The ordinary level of the pairs of one test in one country.

    Attributes:
        share: the mean level, 0 to 1.
        concentration: of the beta law of the levels of pairs: with ``share`` its parameters are ``share`` and ``1 -
            share`` times this.
        correlation: of two measurements of one pair on one day.
        pairs: how many pairs it rests on; of few, a pair may differ from all others without being blocked.
        controlled: whether each verdict is made against a control that reached the same target.
    """

    share: float
    concentration: float
    correlation: float
    pairs: int
    controlled: bool = False


def base_rate(pair: Times, days: Times, blocked: Values, total: Values, *, controlled: bool = False) -> BaseRate:
    """The ordinary level of a test in a country.

    Args:
        pair: int64 [n], 0 or more: which (network, target) the row is of.
        days: int64 [n], days since the epoch; rows of a pair in order of time.
        blocked: float64 [n], as in ``Counts``.
        total: float64 [n], as in ``Counts``.
        controlled: as in ``BaseRate``.

    Returns:
        with one pair or none, a law so wide that the level of a pair is learnt from its own days.
    """
    amount = np.bincount(pair, weights=total) if pair.size else np.empty(0)
    measured = amount > 0
    amount = amount[measured]
    if amount.size == 0:
        return BaseRate(USUAL_SHARE, USUAL_CONCENTRATION, USUAL_CORRELATION, 0, controlled)
    flagged = np.bincount(pair, weights=blocked)[measured]
    most = MOST_ORDINARY if controlled else 1.0
    share, concentration = _levels(flagged.astype(np.float64), amount.astype(np.float64), most)
    return BaseRate(share, concentration, _correlation(pair, days, blocked, total), int(amount.size), controlled)


def _levels(flagged: Values, amount: Values, most: float) -> tuple[float, float]:
    """Mean and concentration of the beta law of ordinary pairs, of which none is flagged more often than ``most``."""
    shares = flagged / amount
    possible = shares <= most
    told = np.minimum(amount, TELLS_AT_MOST)
    weight = told / (told + 5.0)
    share = min(0.95, float(np.quantile(shares[possible], LOWEST)) + 0.01) if possible.any() else USUAL_SHARE
    concentration = USUAL_CONCENTRATION
    for _ in range(ROUNDS):
        straying = share * (1.0 - share) * (1.0 / (min(concentration, USUAL_CONCENTRATION) + 1.0) + 1.0 / told)
        ordinary = shares <= share + FAR * np.sqrt(straying)
        if shares.size < LEAST_COMPARED:
            ordinary = np.ones_like(ordinary)
        own = np.where(ordinary & possible, weight, 0.0)
        share = float((np.sum(own * shares) + 0.5 * USUAL_SHARE) / (np.sum(own) + 0.5))
        share = min(max(share, 0.002), 0.95)
        concentration = _concentration(shares, told, own, share)
    return share, concentration


def _concentration(shares: Values, told: Values, weight: Values, share: float) -> float:
    """By moments: how much more the levels stray than their measurements explain, drawn towards what is usual."""
    chance = share * (1.0 - share)
    seen = float(np.sum(weight * ((shares - share) ** 2 - chance / told)))
    usual = USUAL_PAIRS * chance / (USUAL_CONCENTRATION + 1.0)
    straying = max((seen + usual) / (float(np.sum(weight)) + USUAL_PAIRS), chance / (NARROWEST + 1.0))
    return max(2.0, chance / straying - 1.0)


def _correlation(pair: Times, days: Times, blocked: Values, total: Values) -> float:
    """Of measurements of one day, by moments of the difference between neighbouring days of a pair.

    A difference counts at most nine times its binomial variance and a quarter: blocking that begins is one large one.
    """
    near = (pair[1:] == pair[:-1]) & (days[1:] - days[:-1] <= 3) & (total[1:] > 1) & (total[:-1] > 1)
    before, after = total[:-1][near], total[1:][near]
    shares = blocked[:-1][near] / before, blocked[1:][near] / after
    middle = (blocked[:-1][near] + blocked[1:][near] + 0.5) / (before + after + 1.0)
    chance = middle * (1.0 - middle)
    alone = 1.0 / before + 1.0 / after
    strayed = np.minimum((shares[1] - shares[0]) ** 2, 9.0 * chance * (alone + 0.25))
    room = 2.0 - alone
    usual = USUAL_NEIGHBOURS * 0.02
    seen = float(np.sum(strayed - chance * alone)) + usual * USUAL_CORRELATION
    return min(MOST_CORRELATION, max(LEAST_CORRELATION, seen / (float(np.sum(chance * room)) + usual)))
