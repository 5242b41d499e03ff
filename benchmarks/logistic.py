"""Logistic regression with a ridge, and with weights that may only have the sign that they stand for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

RIDGE = 1.0
"""Penalty on the standardised weights: with few candidates a weight stays near nothing."""

Table = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


def fit_signed(
    features: Table, true: Truth, signs: Mapping[str, int], at_most: Mapping[str, float]
) -> tuple[float, dict[str, float]]:
    """Fit; a feature whose weight has another sign than it stands for gets none, the worst first.

    A feature whose weight may be no more than some number gets that number, and all others are fitted beside it.

    Args:
        features: float64 [n, features].
        true: bool [n].
        signs: for each feature its name and sign, 0 for either, in the order of the columns.
        at_most: the greatest weight that some features may have.

    Returns:
        The intercept, and the weight of each feature.
    """
    names = list(signs)
    used = [index for index in range(len(names)) if features[:, index].std() > 0]
    given: dict[str, float] = {}
    while True:
        offset = np.array(sum(weight * features[:, names.index(name)] for name, weight in given.items()), np.float64)
        intercept, weights = fit(features[:, used], true, np.broadcast_to(offset, true.shape))
        against = [
            (abs(weight) * float(features[:, index].std()), index)
            for weight, index in zip(weights, used, strict=True)
            if signs[names[index]] * weight < 0
        ]
        found = {names[index]: weight for index, weight in zip(used, weights, strict=True)}
        beyond = {name: most for name, most in at_most.items() if found.get(name, most) > most}
        if against:
            used.remove(max(against)[1])
        elif beyond:
            given.update(beyond)
            used = [index for index in used if names[index] not in beyond]
        else:
            return intercept, {name: found.get(name, given.get(name, 0.0)) for name in names}


def fit(features: Table, true: Truth, offset: Table) -> tuple[float, list[float]]:
    """The intercept and the weights beside given log-odds, by Newton's method on standardised features."""
    mean, scale = features.mean(axis=0), features.std(axis=0)
    design = np.column_stack([np.ones(len(true)), (features - mean) / scale])
    penalty = np.diag([0.0] + [RIDGE] * (design.shape[1] - 1))
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights + offset, -50.0, 50.0)))
        gradient = design.T @ (chance - true) + penalty @ weights
        curvature = design.T @ (design * (chance * (1.0 - chance))[:, np.newaxis]) + penalty
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    raw = weights[1:] / scale
    return float(weights[0] - raw @ mean), [float(weight) for weight in raw]
