"""Series to fuse, with a daily rhythm, a little noise and whatever is cut out of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kuager.detection import detect
from kuager.episodes.findings import Examined
from kuager.model.series import Series
from kuager.model.words import Access, Scale
from kuager.sources.registry import signal

HOUR = 3600
DAY = 24 * HOUR
START = 1_640_995_200  # 2022-01-01T00:00:00Z

Cut = tuple[float, float, float]
"""First day, last day, share that is left; NaN for a gap in the measurement."""
Make = Callable[..., Examined]


@pytest.fixture
def make() -> Make:
    """``make("ioda.bgp", (10, 12, 0.1))``: half-hourly, 40 days unless told otherwise."""

    def series(name: str, *cuts: Cut, access: Access = Access.MIXED, days: int = 40, swing: float = 0.05) -> Examined:
        times = START + 1800 * np.arange(days * 48, dtype=np.int64)
        random = np.random.default_rng(sum(map(ord, name + access)))
        values = 1000 * (1 + swing * np.sin(2 * np.pi * times / DAY)) * (1 + 0.01 * random.standard_normal(times.size))
        for first, last, share in cuts:
            values[int(first * 48) : int(last * 48)] *= share
        made = Series(name, "KZ", access, Scale.ABSOLUTE, "", 1800, times, values, "")
        known = signal(name)
        return Examined(known, made, detect(times, values, 1800, known.kind))

    return series
