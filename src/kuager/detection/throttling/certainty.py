"""From how far a stretch stands out to the probability that it is no accident of the runs.

A logistic function, fitted on simulated months of runs in which the truth is known (``benchmarks/fit_throttling.py``,
training seeds) and weighted as if one month in eight had a throttle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certainty:
    """Weights of a logistic function: its base, of the contrast, and of the logarithm of the factor.

    ``everybody`` is added where so few runs stayed fast that it was no matter of who measured.
    """

    base: float
    contrast: float
    slower: float
    everybody: float


THROUGHPUT_CERTAINTY = Certainty(-12.789, 2.139, 0.968, 1.587)
HANDSHAKES_CERTAINTY = Certainty(-12.242, 2.185, 3.695, 0.0)


def probability(weights: Certainty, contrast: float, slower: float, *, everybody: bool = False) -> float:
    """Between 0 and 1; ``contrast`` and ``slower`` are finite, as the fields of ``Throttled``."""
    odds = weights.base + weights.contrast * contrast + weights.slower * math.log(slower)
    odds += weights.everybody * everybody
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, odds))))
