"""Series drawn for tests of detection: a level with a rhythm of days and weeks, noise, and what is done to them."""

from __future__ import annotations

import numpy as np

from kuager.detection import Finding, detect
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

DAY, HOUR, MINUTE = 86_400, 3_600, 60
START = 1_640_995_200
"""2022-01-01T00:00:00Z, a Saturday."""
TRUSTED = 0.5


def beat(days: float, step_s: int, start: int = START) -> Times:
    """Regular times, int64 [n]."""
    return start + step_s * np.arange(int(days * DAY) // step_s, dtype=np.int64)


def rhythm(times: Times, noise: float = 0.02, swing: float = 0.4, level: float = 1_000.0, seed: int = 7) -> Values:
    """A daily rhythm with noise at some times, float64 [n]."""
    season = 1.0 + swing * np.sin(2 * np.pi * times / DAY)
    return level * season * (1.0 + noise * np.random.default_rng(seed).standard_normal(times.size))


def between(times: Times, start: int, end: int) -> slice:
    """The samples from one time to another, half-open."""
    return slice(*np.searchsorted(times, (start, end)).tolist())


def told(
    times: Times, values: Values, step_s: int, kind: SignalKind = SignalKind.TRAFFIC, *, rises: bool = False
) -> list[Finding]:
    """The findings that are more probable than not."""
    found = detect(times, values, step_s, kind, rises=rises)
    return [one for one in found.findings if one.probability >= TRUSTED]
