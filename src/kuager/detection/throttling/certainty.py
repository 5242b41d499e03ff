"""From how far a stretch stands out to the probability that it is no accident of the runs.

A logistic function, fitted on simulated months of runs in which the truth is known (``benchmarks/fit_throttling.py``,
training seeds) and weighted as if one month in ten had a throttle, as real places hardly have. It grows with the
contrast; a scan over more runs finds a higher contrast by chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certainty:
    """Weights of a logistic function: its base, of the contrast, and of the logarithms of the next three.

    ``slower`` is of the factor, ``runs`` of the slow runs, ``baseline`` of those it is compared with; ``settled`` is
    added where the measurements speak against congestion and against other people.
    """

    base: float
    contrast: float
    slower: float
    runs: float
    baseline: float
    settled: float


THROUGHPUT_CERTAINTY = Certainty(-5.350, 1.043, 1.854, 0.739, -1.147, 0.860)
HANDSHAKES_CERTAINTY = Certainty(-13.358, 1.918, 4.360, 0.615, -0.089, 0.0)


def probability(
    weights: Certainty, contrast: float, slower: float, runs: tuple[int, int], *, settled: bool = False
) -> float:
    """Between 0 and 1; arguments as the fields of ``Throttled``, ``runs`` slow ones and those of the baseline."""
    odds = weights.base + weights.contrast * contrast + weights.slower * math.log(slower) + weights.settled * settled
    odds += weights.runs * math.log(max(1, runs[0])) + weights.baseline * math.log(max(1, runs[1]))
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, odds))))
