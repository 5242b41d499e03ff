"""How much slower, with an interval, and whether speeds gather at a ceiling.

The factor is the ratio of medians. Its interval is a bootstrap that draws cells of time (an hour, a day) and not runs,
for runs of one cell are not independent (Efron, Annals of Statistics 1979; drawn from one fixed seed, so that it comes
out the same again). Below eight cells a bootstrap is too narrow, and the interval is that of the lowest and the highest
run, which holds the median with a probability of 1 - 2 ** (1 - n).

A policer lets through what it lets through: speeds of fast and slow subscribers meet at one ceiling (130 to 150 kbit/s
in Russia's throttling of Twitter, Xue et al., IMC 2021). Slower links for all keep their differences.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.order import Mask, median
from kuager.model.series import Times, Values

DRAWS = 400
_SEED = 20_220_104
LEAST_CELLS = 8
MOST_OUTSIDE = 500
"""So many of the ordinary runs are enough to know their median."""
WINDOW = 0.25
"""Speeds within this much of a logarithm (28 per cent) are at the same ceiling."""
LEAST_GATHERED = 0.5
MOST_ABOVE = 0.1
TIGHTER = 0.5
LEAST_OF_PLATEAU = 5


def slower(residual: Values, inside: Mask, outside: Mask, cells: Times) -> tuple[float, float, float]:
    """The factor between medians, as a median and a 95 % interval around it.

    Args:
        residual: float64 [n], logarithm of value over expected value; low is slow.
        inside: bool [n], the slow runs.
        outside: bool [n], those that they are compared with.
        cells: int64 [n], the cell of time of each run.
    """
    low, usual = residual[inside], residual[outside]
    best = float(np.median(usual) - np.median(low))
    named, cluster = np.unique(cells[inside], return_inverse=True)
    if named.size < LEAST_CELLS:
        ends = float(np.median(usual) - low.max()), float(np.median(usual) - low.min())
        return float(np.exp(best)), float(np.exp(ends[0])), float(np.exp(ends[1]))
    stream = np.random.default_rng(_SEED)
    few = usual if usual.size <= MOST_OUTSIDE else stream.choice(usual, MOST_OUTSIDE, replace=False)
    others = np.median(few[stream.integers(few.size, size=(DRAWS, few.size))], axis=1)
    drawn = others - _drawn_medians(low, cluster.reshape(-1), named.size, stream)
    interval = best + _wider(named.size) * (np.quantile(drawn, (0.025, 0.975)) - best)
    return float(np.exp(best)), float(np.exp(min(best, interval[0]))), float(np.exp(max(best, interval[1])))


def _wider(clusters: int) -> float:
    """By how much a bootstrap of few clusters is too narrow: Student's quantile over the normal one, and lost freedom.

    The quantile is the expansion of Abramowitz and Stegun, 26.7.5; from seven degrees of freedom on to the third digit.
    """
    z, free = 1.96, clusters - 1
    student = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return student / z * float(np.sqrt(clusters / free))


def plateau(logs: Values, usual_spread: float) -> float | None:
    """The ceiling at which speeds gather, None when they do not.

    Half of the runs lie within 28 per cent of it, hardly any above, and all lie closer together than ordinary ones.

    Args:
        logs: float64 [n], logarithms of the speeds while it was slow.
        usual_spread: scale of the logarithms of ordinary speeds.
    """
    if logs.size < LEAST_OF_PLATEAU:
        return None
    ordered = np.sort(logs)
    reach = np.searchsorted(ordered, ordered + WINDOW, side="right")
    gathered = reach - np.arange(ordered.size)
    at = int(ordered.size - 1 - np.argmax(gathered[::-1]))
    group = ordered[at : reach[at]]
    above = ordered.size - int(reach[at])
    scatter = 1.4826 * median(np.abs(ordered - median(ordered)))
    if group.size < LEAST_GATHERED * ordered.size or above > MOST_ABOVE * ordered.size:
        return None
    return float(np.exp(np.median(group))) if scatter <= TIGHTER * usual_spread else None


def _drawn_medians(values: Values, cluster: Times, clusters: int, stream: np.random.Generator) -> Values:
    """Medians of values whose clusters are drawn with replacement, float64 [DRAWS]."""
    times = stream.multinomial(clusters, np.full(clusters, 1.0 / clusters), size=DRAWS)
    order = np.argsort(values, kind="stable")
    weights = np.cumsum(times[:, cluster[order]], axis=1)
    middle = np.argmax(2 * weights >= weights[:, -1:], axis=1)
    return np.asarray(values[order][middle], dtype=np.float64)
