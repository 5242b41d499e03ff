"""What a calibration is fitted on: every candidate event of simulated worlds, its features, and whether it is true.

A candidate counts as true when most of it lies within true events of its series. What a fit learns therefore holds for
worlds as frequent in events as those simulated, and says nothing of causes. Worlds in which whole sources fail take no
part: one series cannot tell that from an outage, which is for the sensor gate and for fusion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection.calibrate import FEATURES
from kuager.detection.detect import examine
from kuager.detection.gate import stuck
from kuager.detection.grid import to_grid
from kuager.evaluation.plans import Simulation
from kuager.model.series import Series
from kuager.sources.registry import signal


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Features of candidate events, float64 [n, features], and whether each is true, bool [n]."""

    features: npt.NDArray[np.float64]
    true: npt.NDArray[np.bool_]

    @classmethod
    def together(cls, some: Iterable[Candidates]) -> Candidates:
        """All of several."""
        every = list(some)
        return cls(np.concatenate([one.features for one in every]), np.concatenate([one.true for one in every]))


def candidates(simulations: Iterable[Simulation]) -> Candidates:
    """Every candidate of every series of some worlds, beside the truth."""
    found = [_of_series(simulation, series) for simulation in simulations for series in simulation.series]
    return Candidates.together([Candidates(np.empty((0, len(FEATURES))), np.empty(0, dtype=np.bool_)), *found])


def _of_series(simulation: Simulation, series: Series) -> Candidates:
    frozen = stuck(to_grid(series.times, series.values, series.step_s))
    grid, _, found = examine(series.times, series.values, series.step_s, signal(series.signal).kind, frozen)
    if found is None:
        return Candidates(np.empty((0, len(FEATURES))), np.empty(0, dtype=np.bool_))
    bounds = grid.start + found.pieces * grid.step_s
    inside = np.zeros(bounds.shape[0])
    for event in simulation.truth_of(series):
        edges = [event.start, *(edge for window in event.restorations for edge in window), event.end]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            inside += np.clip(np.minimum(bounds[:, 1], end) - np.maximum(bounds[:, 0], start), 0, None)
    return Candidates(found.features, inside > (bounds[:, 1] - bounds[:, 0]) / 2)
