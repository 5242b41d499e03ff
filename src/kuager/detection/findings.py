"""From a path through levels of loss to events with exact edges, depth and probability."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kuager.detection.calibrate import Features, probability
from kuager.detection.decode import Path
from kuager.detection.grid import Grid
from kuager.detection.noise import Noise
from kuager.detection.order import Mask, median, runs
from kuager.model.series import Values

PRELUDE_SHARE = 0.25
"""Stretches at an event's ends that lose less than this share of its depth are a prelude or an aftermath of it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A moment of change in seconds since the epoch, no finer than the samples around it."""

    earliest: int
    best: int
    latest: int


@dataclass(frozen=True, slots=True)
class Finding:
    """An event of one series. ``end`` is None when the series stops before it is normal again."""

    first: int
    last: int
    start: Edge
    end: Edge | None
    depth: float
    probability: float
    contrast: float


def findings_of(
    grid: Grid, observed: Mask, ratio: Values, path: Path, noise: Noise, gains: Values
) -> tuple[Finding, ...]:
    """The events of a path, in order of time; arrays as in :class:`kuager.detection.Detection`."""
    found = (_finding(grid, observed, ratio, path, noise, gains, first, last) for first, last in runs(path > 0))
    return tuple(finding for finding in found if finding is not None)


def _finding(
    grid: Grid, observed: Mask, ratio: Values, path: Path, noise: Noise, gains: Values, first: int, last: int
) -> Finding | None:
    """The event of one run of loss, without its prelude and aftermath; None when nothing of it was observed."""
    seen = np.flatnonzero(observed[first:last]) + first
    if seen.size == 0:
        return None
    depth = _depth(ratio[seen])
    inside = [
        (begin, end)
        for begin, end in _levels_runs(path, first, last)
        if observed[begin:end].any() and _depth(ratio[begin:end]) >= PRELUDE_SHARE * depth
    ]
    first, last = inside[0][0], inside[-1][1]
    seen = seen[(seen >= first) & (seen < last)]
    first, last = int(seen[0]), int(seen[-1]) + 1
    depth = _depth(ratio[seen])
    sigma = float(np.median(noise.sigma[seen]))
    features = Features(
        evidence=float(gains[seen, path[seen]].sum()),
        depth=depth,
        contrast=depth / sigma,
        hours=(last - first) * grid.step_s / 3600,
        tempering=noise.tempering,
    )
    return Finding(
        first,
        last,
        _start(grid, observed, first),
        _end(grid, observed, last),
        depth,
        probability(features),
        depth / sigma,
    )


def _depth(ratio: Values) -> float:
    """The median share lost, 0 to 1."""
    return float(np.clip(1.0 - median(ratio), 0.0, 1.0))


def _levels_runs(path: Path, first: int, last: int) -> list[tuple[int, int]]:
    """Half-open pieces of constant level between two indices."""
    return list(pairwise([first, *(np.flatnonzero(np.diff(path[first:last])) + first + 1).tolist(), last]))


def _start(grid: Grid, observed: Mask, first: int) -> Edge:
    """Between the last observed sample before the event and the end of its first sample."""
    before = np.flatnonzero(observed[:first])
    earliest = int(before[-1]) if before.size else first
    return Edge(*(grid.start + index * grid.step_s for index in (earliest, first, first + 1)))


def _end(grid: Grid, observed: Mask, last: int) -> Edge | None:
    """Between the last sample of the event and the end of the first observed sample after it."""
    after = np.flatnonzero(observed[last:])
    if after.size == 0:
        return None
    return Edge(*(grid.start + index * grid.step_s for index in (last - 1, last, last + int(after[0]) + 1)))
