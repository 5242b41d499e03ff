"""Fitting the probability of a single event on simulated worlds, and judging it on others.

A candidate counts as true when most of it lies within a true event of its series. What the fit learns therefore holds
for worlds as frequent in events as those simulated, and says nothing of causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection import Finding, detect
from kuager.evaluation.plans import Simulation, TrueEvent
from kuager.model.series import Series
from kuager.sources.registry import signal

RIDGE = 1.0
"""Penalty on the standardised weights: with few candidates a weight stays near nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Features of candidate events, float64 [n, features], whether each is true, bool [n], and their probabilities."""

    features: npt.NDArray[np.float64]
    true: npt.NDArray[np.bool_]
    probabilities: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic function of the transformed features."""

    intercept: float
    weights: tuple[float, ...]


def candidates(simulations: Iterable[Simulation]) -> Candidates:
    """Every event that detection finds in every series of some worlds, beside the truth."""
    rows = [
        (finding.features.transformed(), _is_true(finding, truth), finding.probability)
        for series, truth in _series_with_truth(simulations)
        for finding in detect(series.times, series.values, series.step_s, signal(series.signal).kind).findings
    ]
    return Candidates(
        np.array([features for features, _, _ in rows], dtype=np.float64),
        np.array([true for _, true, _ in rows], dtype=np.bool_),
        np.array([probability for _, _, probability in rows], dtype=np.float64),
    )


def fit(training: Candidates) -> Fit:
    """The logistic regression with a ridge on standardised features, by Newton's method (deterministic)."""
    mean, scale = training.features.mean(axis=0), training.features.std(axis=0)
    design = np.column_stack([np.ones(len(training.true)), (training.features - mean) / scale])
    penalty = np.diag([0.0] + [RIDGE] * (design.shape[1] - 1))
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-design @ weights))
        gradient = design.T @ (chance - training.true) + penalty @ weights
        curvature = design.T @ (design * (chance * (1.0 - chance))[:, np.newaxis]) + penalty
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    raw = weights[1:] / scale
    return Fit(float(weights[0] - raw @ mean), tuple(float(weight) for weight in raw))


def predicted(fitted: Fit, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities, float64 [n], of candidates with these features."""
    scores = fitted.intercept + features @ np.array(fitted.weights)
    return np.asarray(1.0 / (1.0 + np.exp(-scores)), dtype=np.float64)


def _series_with_truth(simulations: Iterable[Simulation]) -> Iterator[tuple[Series, list[TrueEvent]]]:
    for simulation in simulations:
        for series in simulation.series:
            same = (series.signal, series.place, series.access)
            yield series, [one for one in simulation.truth if (one.signal, one.place, one.access) == same]


def _is_true(finding: Finding, truth: Iterable[TrueEvent]) -> bool:
    start = finding.start.best
    end = finding.end.best if finding.end is not None else start + int(finding.features.hours * 3600)
    inside = sum(max(0, min(end, one.end) - max(start, one.start)) for one in truth)
    return inside > (end - start) / 2
