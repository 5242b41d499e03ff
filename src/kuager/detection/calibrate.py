"""From what a candidate event looks like to the probability that something really happened.

The features are those of one piece of a path (``pieces.py``) and of the series around it. The probability is that of
gradient-boosted trees, fitted on simulated series of all kinds in which the truth is known
(``benchmarks/fit_calibration.py``, seeds named there), each constrained to grow with evidence, depth and sharpness.
They stand in ``calibration.json`` beside this file, with the number of candidates and the errors on worlds that were
held out.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import numpy as np
import numpy.typing as npt

from kuager.detection.compiled import Loop
from kuager.model.series import Values

FEATURES = (
    "evidence",
    "depth",
    "deepest",
    "steady",
    "sharp_start",
    "sharp_end",
    "rebound",
    "measured",
    "before",
    "contrast",
    "standing",
    "hours",
    "samples",
    "step",
    "quick",
    "slow",
    "lasting",
    "mirror",
    "others",
    "censored",
    "kind",
)
"""Names of the columns that the trees look at, in order."""
RISING = ("evidence", "depth", "deepest", "steady", "sharp_start", "sharp_end", "contrast", "standing")
"""Of these more never makes an event less probable."""


class Trees(msgspec.Struct, frozen=True):
    """Trees of one forest, node by node.

    Attributes:
        base: log-odds before any tree speaks.
        roots: index of the root of each tree.
        feature: column that a node asks about, -1 for a leaf.
        threshold: a value at most this goes left.
        left: index of the left child.
        right: index of the right child.
        value: log-odds that a leaf adds.
        scale: by which the log-odds are multiplied, and
        shift: what is then added, to agree with frequencies on worlds that took no part in fitting the trees.
        figures: what was measured when it was fitted.
    """

    base: float
    roots: list[int]
    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    value: list[float]
    scale: float
    shift: float
    figures: dict[str, float]


Numbers = npt.NDArray[np.int64]


@cache
def _forest() -> tuple[float, float, float, Values, Numbers, Numbers, Values, Numbers, Numbers]:
    trees = msgspec.json.decode(resources.files(__package__).joinpath("calibration.json").read_bytes(), type=Trees)
    whole = [np.array(one, dtype=np.int64) for one in (trees.roots, trees.feature, trees.left, trees.right)]
    return (
        trees.base,
        trees.scale,
        trees.shift,
        np.array(trees.value),
        whole[0],
        whole[1],
        np.array(trees.threshold),
        whole[2],
        whole[3],
    )


def probabilities(features: Values) -> Values:
    """The calibrated probabilities, strictly between 0 and 1, rounded to four digits so that they print as they are.

    Args:
        features: float64 [candidates, FEATURES].
    """
    found = np.empty(features.shape[0])
    base, scale, shift, value, roots, feature, threshold, left, right = _forest()
    log_odds(value, features, base, roots, feature, threshold, left, right, found)
    chance = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(scale * found + shift, -30.0), 30.0)))
    return np.asarray(np.minimum(np.maximum(chance, 0.0001), 0.9999).round(4), dtype=np.float64)


@Loop
def log_odds(
    value: Values,
    features: Values,
    base: float,
    roots: Numbers,
    feature: Numbers,
    threshold: Values,
    left: Numbers,
    right: Numbers,
    found: Values,
) -> None:
    """Fill ``found`` with the sum of the trees' leaves for each row."""
    for row in range(features.shape[0]):
        total = base
        for root in roots:
            node = root
            while feature[node] >= 0:
                node = left[node] if features[row, feature[node]] <= threshold[node] else right[node]
            total += value[node]
        found[row] = total
