"""Events in one series: expectation, noise, path through levels of loss, exact edges, calibrated probability.

The chain is run a few times, each time with the expectation and the noise learnt only from samples outside the path of
loss found before. It is deterministic, and it never looks at other series: those come together in ``kuager.episodes``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.baseline import first_expectation, refit
from kuager.detection.decode import Path, decode, evidence, observable_levels
from kuager.detection.findings import Finding, findings_of
from kuager.detection.grid import Grid, to_grid
from kuager.detection.noise import FLOOR, Noise, noise_of
from kuager.detection.order import Mask, runs
from kuager.detection.shifts import lasting_shifts
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

ROUGH_ROUNDS, FINE_ROUNDS = 3, 3
LEAST_DIP = 0.1
LONGEST_HABIT_S = 36 * 3_600


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What was found in one series, all arrays on its grid.

    Attributes:
        grid: the series on its grid.
        observed: bool [n], measured by a healthy sensor.
        expected: float64 [n], what it would have shown.
        ratio: float64 [n], value over expected value, NaN where not observed.
        path: int8 [n], index into ``LEVELS``; 0 is normal.
        noise: scale and tempering.
        findings: events in order of time.
        shifts: half-open index pairs of lasting changes of level.
    """

    grid: Grid
    observed: Mask
    expected: Values
    ratio: Values
    path: Path
    noise: Noise
    findings: tuple[Finding, ...]
    shifts: tuple[tuple[int, int], ...]


def detect(times: Times, values: Values, step_s: int, kind: SignalKind, unhealthy: Mask | None = None) -> Detection:
    """Find the events of one series.

    Args:
        times: int64 [n], seconds since the epoch, strictly increasing.
        values: float64 [n], NaN where missing.
        step_s: seconds between samples.
        kind: what the series counts; decides its noise floor.
        unhealthy: bool on the series' grid, samples of a failing sensor, treated as missing.
    """
    grid = to_grid(times, values, step_s)
    observed = np.isfinite(grid.values)
    if unhealthy is not None:
        observed &= ~unhealthy
    if not observed.any():
        return _nothing(grid, observed)
    expected = first_expectation(grid, observed)
    observed &= np.isfinite(expected) & (expected > 0)  # where nothing can be expected, nothing can be missing
    if not observed.any():
        return _nothing(grid, observed)
    low = np.zeros(observed.shape, dtype=np.bool_)
    shifts: list[tuple[int, int]] = []
    for turn in range(ROUGH_ROUNDS + FINE_ROUNDS):
        rough = turn < ROUGH_ROUNDS
        if rough:
            low = observed & (_ratio(grid, observed, expected) < 1.0 - max(LEAST_DIP, 4.0 * FLOOR[kind]))
        normal, found = _without_shifts(grid, observed, low, _ratio(grid, observed, expected))
        shifts.extend(shift for shift in found if shift not in shifts)
        expected = refit(grid, normal, normal | _brief(grid, low), expected)
        if rough and turn < ROUGH_ROUNDS - 1:
            continue
        ratio = _ratio(grid, observed, expected)
        noise = noise_of(grid, ratio, normal, kind)
        gains = evidence(ratio, noise)
        levels = observable_levels(noise)
        path = levels[decode(gains[:, levels])].astype(np.int8)
        low = observed & (path > 0)
    found_events = tuple(
        finding for finding in findings_of(grid, observed, ratio, path, noise, gains) if not _at_a_seam(finding, shifts)
    )
    return Detection(grid, observed, expected, ratio, path, noise, found_events, tuple(shifts))


def _nothing(grid: Grid, observed: Mask) -> Detection:
    """What can be said of a series that was never measured, or whose ordinary value is zero: nothing."""
    unknown = np.full(grid.values.shape, np.nan)
    noise = Noise(np.ones(grid.values.shape), 1.0)
    return Detection(grid, observed, unknown, unknown, np.zeros(unknown.shape, np.int8), noise, (), ())


def _at_a_seam(finding: Finding, shifts: list[tuple[int, int]]) -> bool:
    """Whether an event is only what the running level leaves of a lasting change at its edge."""
    return any(finding.first < last and finding.last > first for first, last in shifts)


def _without_shifts(grid: Grid, observed: Mask, low: Mask, ratio: Values) -> tuple[Mask, list[tuple[int, int]]]:
    """The samples to learn from, bool [n]: those that are not low, and the lasting changes of level."""
    shifts = lasting_shifts(grid, observed, low, ratio)
    normal = observed & ~low
    for first, last in shifts:
        normal[first:last] = observed[first:last]
    return normal, shifts


def _brief(grid: Grid, low: Mask) -> Mask:
    """Low samples in runs too short to be more than a habit of the week, bool [n]."""
    brief = low.copy()
    for first, last in runs(low):
        if (last - first) * grid.step_s > LONGEST_HABIT_S:
            brief[first:last] = False
    return brief


def _ratio(grid: Grid, observed: Mask, expected: Values) -> Values:
    ratio = np.full(expected.shape, np.nan)
    np.divide(grid.values, expected, out=ratio, where=observed & (expected > 0))
    return ratio
