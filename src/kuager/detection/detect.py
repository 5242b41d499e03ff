"""Events in one series: what is ordinary, path through levels of loss, exact edges, calibrated probability.

Deterministic. Other series come in only as a mask of samples at which the source had failed (``gate.py``); what many
signals say together is for ``kuager.episodes``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kuager.detection.decode import Path, decode
from kuager.detection.findings import Candidates, Finding, candidates, findings_of
from kuager.detection.grid import Grid, to_grid
from kuager.detection.learn import Ordinary, learn
from kuager.detection.order import Mask
from kuager.detection.sparse import counts_per_sample, quantum
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What was found in one series, all arrays on its grid.

    Attributes:
        grid: the series on its grid.
        observed: bool [n], measured by a healthy sensor.
        expected: float64 [n], what it would have shown.
        ratio: float64 [n], value over expected value (for a rising signal the other way round), NaN where not observed.
        path: int8 [n], index into ``LEVELS``; 0 is normal.
        ordinary: what the expectation and the noise were learnt from, None where nothing could be learnt.
        findings: events in order of time.
        shifts: half-open index pairs of lasting changes of level.
    """

    grid: Grid
    observed: Mask
    expected: Values
    ratio: Values
    path: Path
    ordinary: Ordinary | None
    findings: tuple[Finding, ...]
    shifts: tuple[tuple[int, int], ...]

    def noise_at(self, first: int, last: int) -> tuple[Values, Values]:
        """Scale and tempering of the samples ``first`` to ``last``, float64 [last - first] each."""
        if self.ordinary is None:
            return np.ones(last - first), np.ones(last - first)
        where = _blocks_of(self.grid, self.ordinary, np.arange(first, last))
        return self.ordinary.noise.sigma[where], self.ordinary.noise.tempering[where]


def detect(
    times: Times,
    values: Values,
    step_s: int,
    kind: SignalKind,
    unhealthy: Mask | None = None,
    *,
    rises: bool = False,
) -> Detection:
    """Find the events of one series.

    Args:
        times: int64 [n], seconds since the epoch, strictly increasing.
        values: float64 [n], NaN where missing; infinite values count as missing.
        step_s: seconds between samples.
        kind: what the series counts; decides its noise floor.
        unhealthy: bool on the series' grid, samples of a failing sensor, treated as missing.
        rises: whether the signal goes up when something happens; the depth is then 1 - expected / value.
    """
    grid, judged, found = examine(times, values, step_s, kind, unhealthy, rises=rises)
    if judged is None or found is None:
        unknown = np.full(grid.values.shape, np.nan)
        nothing = np.zeros(grid.values.size, dtype=np.bool_)
        return Detection(grid, nothing, unknown, unknown, np.zeros(grid.values.size, np.int8), None, (), ())
    observed = np.isfinite(judged.ratio)
    ordinary = judged.ordinary
    shifts = tuple(_samples_of(grid, ordinary, pair) for pair in ordinary.shifts)
    findings = findings_of(grid, observed, found)
    if rises:
        findings = tuple(replace(one, depth=_rise(grid, judged.expected, one)) for one in findings)
    return Detection(grid, observed, judged.expected, judged.ratio, judged.path, ordinary, findings, shifts)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A series beside what was expected of it; arrays as of :class:`Detection`."""

    expected: Values
    ratio: Values
    path: Path
    ordinary: Ordinary


def examine(
    times: Times, values: Values, step_s: int, kind: SignalKind, unhealthy: Mask | None = None, *, rises: bool = False
) -> tuple[Grid, Judged | None, Candidates | None]:
    """The candidates of one series with their features, before any probability; arguments as of :func:`detect`.

    Nothing is judged where nothing was measured or the ordinary value is zero.
    """
    given = to_grid(times, values, step_s)
    grid = given if unhealthy is None else Grid(given.start, given.step_s, np.where(unhealthy, np.nan, given.values))
    least_step = quantum(grid.values)
    offset = _middle(grid.values) if rises else 0.0
    if rises:
        grid = Grid(grid.start, grid.step_s, _turned(grid.values, offset))
    if not np.isfinite(grid.values).any() or not bool((grid.values > 0).any()):
        return given, None, None
    per_sample = None if rises else counts_per_sample(grid.values, kind)
    ordinary, expected, ratio = learn(grid, kind, per_sample, least_step, turned=rises)
    path = np.zeros(ratio.size, dtype=np.int8)
    samples = max(1.0, ordinary.blocks.length_s / grid.step_s)
    before = (grid.start - ordinary.blocks.start) // grid.step_s
    noise = ordinary.noise
    mirror = decode(ratio, expected, before, samples, noise.sigma, noise.tempering, ordinary.counts, path)
    found = candidates(grid, ratio, expected, path, mirror, ordinary, kind)
    if rises:
        np.subtract(1.0 / expected, offset, out=expected)
    return given, Judged(expected, ratio, path, ordinary), found


def _rise(grid: Grid, expected: Values, finding: Finding) -> float:
    """The median share by which the expectation lies below the values of a rise, 0 to 1."""
    inside = slice(finding.first, finding.last)
    left = np.full(finding.last - finding.first, np.nan)
    np.divide(expected[inside], grid.values[inside], out=left, where=grid.values[inside] > 0)
    return float(np.clip(1.0 - np.nanmedian(left), 0.0, 1.0)) if np.isfinite(left).any() else finding.depth


def _middle(values: Values) -> float:
    """The median of the values above zero, 0 without any: rises are told from there on."""
    return float(np.nan_to_num(np.median(values[values > 0]))) if bool((values > 0).any()) else 0.0


def _turned(values: Values, offset: float) -> Values:
    """A rising signal turned over: what was high is low. The offset keeps small numbers from going through the roof."""
    turned = np.full(values.shape, np.nan)
    np.divide(1.0, values + offset, out=turned, where=values + offset > 0)
    return turned


def _blocks_of(grid: Grid, ordinary: Ordinary, indices: Times) -> Times:
    blocks = ordinary.blocks
    where = (grid.start + indices * grid.step_s - blocks.start) // blocks.length_s
    return np.clip(where, 0, ordinary.expected.size - 1)


def _samples_of(grid: Grid, ordinary: Ordinary, pair: tuple[int, int]) -> tuple[int, int]:
    """Sample indices of a pair of block indices."""
    blocks = ordinary.blocks
    edges = [(blocks.start + block * blocks.length_s - grid.start) // grid.step_s for block in pair]
    return max(0, edges[0]), min(grid.values.size, edges[1])
