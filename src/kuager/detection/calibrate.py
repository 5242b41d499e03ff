"""From what a candidate event looks like to the probability that something really happened.

A logistic function of a few features. Its coefficients are fitted on simulated series of all kinds, in which the truth
is known (``benchmarks/fit_calibration.py``, seeds named there); they stand in ``calibration.toml`` beside this file
with the number of candidates and the errors on worlds that were held out.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

WEIGHTED = ("evidence", "depth", "contrast", "hours", "depth_hours", "edge", "tempering")
"""Names of the weights, in the order of :meth:`Features.transformed`."""


@dataclass(frozen=True, slots=True)
class Features:
    """A candidate event.

    Attributes:
        evidence: sum of log-likelihood ratios in nats, tempered.
        depth: median share lost, 0 to 1.
        contrast: depth over the noise scale.
        hours: length.
        edge: share of the depth that is lost from one sample to the next at its sharper edge, 0 to 1. Cuts are
            sharp, days off are round.
        tempering: how much neighbouring samples err together, >= 1.
    """

    evidence: float
    depth: float
    contrast: float
    hours: float
    edge: float
    tempering: float

    def transformed(self) -> tuple[float, ...]:
        """The numbers that the weights multiply."""
        length = math.log1p(self.hours)
        return (
            math.log1p(max(0.0, self.evidence)),
            self.depth,
            math.log1p(self.contrast),
            length,
            self.depth * length,
            self.edge,
            math.log(self.tempering),
        )


@cache
def _coefficients() -> tuple[float, tuple[float, ...]]:
    table = tomllib.loads(resources.files(__package__).joinpath("calibration.toml").read_text("utf-8"))
    return float(table["intercept"]), tuple(float(table["weights"][name]) for name in WEIGHTED)


def probability(features: Features) -> float:
    """The calibrated probability, strictly between 0 and 1, rounded to four digits so that it prints as it is."""
    intercept, weights = _coefficients()
    score = intercept + sum(weight * value for weight, value in zip(weights, features.transformed(), strict=True))
    return round(min(0.9999, max(0.0001, 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, score)))))), 4)
