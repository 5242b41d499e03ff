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

LEAST_DEPTH = 0.05
"""A loss of less than a twentieth is no event, however long it lasts and however quiet the series is."""
PRELUDE_SHARE, AFTERMATH_SHARE = 1 / 3, 1 / 5
"""Stretches at an event's ends that lose less than these shares of its depth are a prelude or an aftermath of it.
An end is claimed later than a start: while a fifth is missing it is not over."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A moment of change in seconds since the epoch, no finer than the samples around it."""

    earliest: int
    best: int
    latest: int


@dataclass(frozen=True, slots=True)
class Finding:
    """An event of one series, of the samples ``first`` to ``last`` of its grid (half-open).

    ``end`` is None when the series stops before it is normal again.
    """

    first: int
    last: int
    start: Edge
    end: Edge | None
    depth: float
    probability: float
    features: Features


def findings_of(
    grid: Grid, observed: Mask, ratio: Values, path: Path, noise: Noise, gains: Values
) -> tuple[Finding, ...]:
    """The events of a path, in order of time; arrays as in :class:`kuager.detection.Detection`."""
    found = (_finding(grid, observed, ratio, path, noise, gains, first, last) for first, last in runs(path > 0))
    return tuple(finding for finding in found if finding is not None)


def _finding(
    grid: Grid, observed: Mask, ratio: Values, path: Path, noise: Noise, gains: Values, first: int, last: int
) -> Finding | None:
    """The event of one run of loss, without its prelude and aftermath; None when it is unobserved or too shallow."""
    seen = np.flatnonzero(observed[first:last]) + first
    if seen.size == 0:
        return None
    depth = _depth(ratio[seen])
    levels = [piece for piece in _level_runs(path, first, last) if observed[slice(*piece)].any()]
    first = next(begin for begin, end in levels if _depth(ratio[begin:end]) >= PRELUDE_SHARE * depth)
    last = next(end for begin, end in reversed(levels) if _depth(ratio[begin:end]) >= AFTERMATH_SHARE * depth)
    seen = seen[(seen >= first) & (seen < last)]
    first, last = int(seen[0]), int(seen[-1]) + 1
    depth = _depth(ratio[seen])
    if depth < LEAST_DEPTH:
        return None
    sigma = float(np.median(noise.sigma[seen]))
    features = Features(
        evidence=float(gains[seen, path[seen]].sum()),
        depth=depth,
        contrast=depth / sigma,
        hours=(last - first) * grid.step_s / 3600,
        edge=max(
            _sharpness(ratio[max(0, first - 2) : first], ratio[first:last][:3], depth),
            _sharpness(ratio[last : last + 2], ratio[first:last][-3:], depth),
        ),
        tempering=noise.tempering,
    )
    return Finding(
        first,
        last,
        _start(grid, observed, first),
        _end(grid, observed, last),
        depth,
        probability(features),
        features,
    )


def _depth(ratio: Values) -> float:
    """The median share lost, 0 to 1."""
    return float(np.clip(1.0 - median(ratio), 0.0, 1.0))


def _sharpness(outside: Values, inside: Values, depth: float) -> float:
    """The share of an event's depth that is lost within three samples of an edge, 0 to 1; 0 where a side is missing."""
    if depth == 0 or not np.isfinite(outside).any() or not np.isfinite(inside).any():
        return 0.0
    return float(np.clip((np.nanmean(outside) - np.nanmin(inside)) / depth, 0.0, 1.0))


def _level_runs(path: Path, first: int, last: int) -> list[tuple[int, int]]:
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
