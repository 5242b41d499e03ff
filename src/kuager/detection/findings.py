"""Events of one series: where they begin and end, how deep they are, how probable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.calibrate import FEATURES, probabilities
from kuager.detection.decode import Path
from kuager.detection.grid import DAY_S, Grid
from kuager.detection.learn import Ordinary
from kuager.detection.noise import Noise
from kuager.detection.order import Mask
from kuager.detection.pieces import (
    DEPTH,
    EVIDENCE,
    LEAST_DEPTH,
    MEASURES,
    SCATTER,
    SHARP_END,
    SHARP_START,
    Pieces,
    cut,
    measure,
)
from kuager.model.series import Values
from kuager.model.words import SignalKind

KINDS = tuple(SignalKind)
LEAST_PROBABLE = 0.05
"""Candidates less probable than this are noise and not named."""
SEASON_DAYS = 3
SUDDEN = 0.6
"""A series of so few days has no season: there only a loss counts of which this share comes at once."""
SEAM_DAYS = 0.5
"""So far on either side of a lasting change the running level has not found its way."""
MOST = 4_096
"""Candidates of one series beyond this number are cut off; a series with more is noise throughout."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A moment of change in seconds since the epoch, no finer than the samples around it."""

    earliest: int
    best: int
    latest: int


@dataclass(frozen=True, slots=True)
class Features:
    """What a candidate looks like, for those who weigh it against others.

    Attributes:
        evidence: sum of log-likelihood ratios in nats, tempered.
        contrast: depth over the scale of the noise.
        hours: length.
        edge: share of the depth that is lost within some samples at the sharper edge, 0 to 1.5. Cuts are sharp, days
            off are round.
    """

    evidence: float
    contrast: float
    hours: float
    edge: float


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


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pieces of a path that may be events.

    Attributes:
        pieces: int64 [k, 2], half-open sample indices.
        features: float64 [k, FEATURES].
    """

    pieces: Pieces
    features: Values


def candidates(
    grid: Grid, ratio: Values, expected: Values, path: Path, mirror: float, ordinary: Ordinary, kind: SignalKind
) -> Candidates:
    """The losses of a path with what the calibration looks at; too shallow ones and seams of new levels left out."""
    if np.count_nonzero(path) == 0:
        return Candidates(np.empty((0, 2), dtype=np.int64), np.empty((0, len(FEATURES))))
    bounds = np.empty((min(MOST, path.size // 2 + 1), 2), dtype=np.int64)
    bounds = bounds[: cut(path, ratio, np.zeros_like(path), ordinary.noise.quick, bounds)]
    if bounds.shape[0] == 0:
        return Candidates(bounds, np.empty((0, len(FEATURES))))
    blocks, noise = ordinary.blocks, ordinary.noise
    samples = max(1.0, blocks.length_s / grid.step_s)
    before = (grid.start - blocks.start) // grid.step_s
    measures = np.empty((bounds.shape[0], MEASURES))
    measure(ratio, expected, path, bounds, before, samples, noise.sigma, noise.tempering, ordinary.counts, measures)
    kept = (measures[:, DEPTH] >= LEAST_DEPTH) & ~_at_seams(bounds, ordinary, before, samples)
    if grid.values.size * grid.step_s < SEASON_DAYS * DAY_S:
        kept &= np.maximum(measures[:, SHARP_START], measures[:, SHARP_END]) >= SUDDEN
    bounds, measures = bounds[kept], measures[kept]
    length = (bounds[:, 1] - bounds[:, 0]).astype(np.float64)
    months = max(1.0, grid.values.size * grid.step_s / (30 * 86_400))
    logarithms = (
        measures[:, DEPTH] / measures[:, SCATTER],
        measures[:, DEPTH] / _of_mean(length, noise, samples),
        length * grid.step_s / 3_600,
        length,
        grid.step_s,
        noise.quick + 1e-4,
        noise.slow + 1e-4,
        noise.lasting,
    )
    last = (
        np.log1p(mirror),
        np.log((length.size + 1) / months),
        (bounds[:, 0] == 0) * 1.0 + (bounds[:, 1] == grid.values.size) * 2.0,
        float(KINDS.index(kind)),
    )
    features = np.empty((length.size, len(FEATURES)))
    features[:, 0] = np.log1p(np.maximum(0.0, measures[:, EVIDENCE]))
    features[:, DEPTH:SCATTER] = measures[:, DEPTH:SCATTER]  # these stand in the same order in both
    for column, one in enumerate(logarithms + last, SCATTER):
        features[:, column] = one
    several = features[:, SCATTER : SCATTER + len(logarithms)]
    np.log(several, out=several)
    return Candidates(bounds, features)


def _of_mean(length: Values, noise: Noise, samples: float) -> Values:
    """Scale of the mean of so many samples, float64 [k]: the quick noise averages out sooner than the slow one."""
    variance = noise.quick**2 / length + noise.slow**2 * noise.lasting / np.maximum(1.0, length / samples)
    return np.asarray(np.sqrt(variance + 1e-6))


def _at_seams(bounds: Pieces, ordinary: Ordinary, before: int, samples: float) -> Mask:
    """Whether a piece is only what the running level leaves of a lasting change at its edge, bool [k]."""
    seam = np.zeros(bounds.shape[0], dtype=np.bool_)
    around = SEAM_DAYS * ordinary.blocks.per_day * samples
    for block in {edge for pair in ordinary.shifts for edge in pair} - {0, ordinary.expected.size}:
        at = block * samples - before
        seam |= (bounds[:, 0] < at + around) & (bounds[:, 1] > at - around)
    return seam


def findings_of(grid: Grid, observed: Mask, found: Candidates) -> tuple[Finding, ...]:
    """The events of a series, in order of time, without those that are hardly probable."""
    if found.pieces.shape[0] == 0:
        return ()
    chances = probabilities(found.features)
    names = ("evidence", "contrast", "depth", "sharp_start", "sharp_end")
    evidence, contrast, depth, start, end = (FEATURES.index(name) for name in names)
    return tuple(
        Finding(
            first,
            last,
            _start(grid, observed, first),
            _end(grid, observed, last),
            float(row[depth]),
            float(chance),
            Features(
                float(np.expm1(row[evidence])),
                float(np.exp(row[contrast])),
                (last - first) * grid.step_s / 3_600,
                float(max(0.0, row[start], row[end])),
            ),
        )
        for (first, last), row, chance in zip(found.pieces.tolist(), found.features, chances, strict=True)
        if chance >= LEAST_PROBABLE
    )


def _start(grid: Grid, observed: Mask, first: int) -> Edge:
    """Between the last observed sample before the event and the end of its first sample."""
    earliest = first
    for index in range(first - 1, -1, -1):
        if observed[index]:
            earliest = index
            break
    return Edge(*(grid.start + index * grid.step_s for index in (earliest, first, first + 1)))


def _end(grid: Grid, observed: Mask, last: int) -> Edge | None:
    """Between the last sample of the event and the end of the first observed sample after it."""
    for index in range(last, observed.size):
        if observed[index]:
            return Edge(*(grid.start + one * grid.step_s for one in (last - 1, last, index + 1)))
    return None
