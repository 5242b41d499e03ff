"""How often chance gathers windows of many days at one clock time.

Under the null hypothesis every window keeps the local day on which it began, and its start is equally likely at each
measured sample of that day, independently of all others. For a tolerance of ``w`` samples the probability that some
clock time gathers windows of ``k`` days or more is at most

    sum over the windows i of P(k - 1 or more of the others fall within w samples after i)

because one of them must come first within the tolerance: a union bound, true for the best clock time of all. The inner
term is the exact tail of a Poisson-binomial law, for days that were measured in part have fewer samples to fall on. It
needs no random numbers.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from kuager.model.series import Values


def chance_of(days: int, shares: Values) -> float:
    """How likely, at most, some clock time gathers starts of ``days`` days, 0 to 1 (the bound above).

    Args:
        days: gathered.
        shares: float64 [n], for each start the share of its own day's samples that the tolerance spans.
    """
    bound = 0.0
    for share, count in Counter(shares.tolist()).items():
        others = np.delete(shares, int(np.flatnonzero(shares == share)[0]))
        bound += count * _at_least(days - 1, others)
    return min(1.0, bound)


def _at_least(count: int, shares: Values) -> float:
    """P(at least ``count`` of independent events with these probabilities): the tail of a Poisson-binomial law."""
    if count <= 0:
        return 1.0
    reached = np.zeros(count + 1)  # the last entry gathers everything from ``count`` on
    reached[0] = 1.0
    for share in shares.tolist():
        arrived = share * reached[:-1]
        reached[:-1] -= arrived
        reached[1:] += arrived
    return float(reached[-1])
