"""Series to fuse, of one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.episodes.drawn import Cut, half_hourly

from kuager.episodes.findings import Examined
from kuager.model.words import Access

Make = Callable[..., Examined]


@pytest.fixture
def make() -> Make:
    """``make("ioda.bgp", (10, 12, 0.1))``: half-hourly, 40 days unless told otherwise."""

    def series(name: str, *cuts: Cut, access: Access = Access.MIXED, days: int = 40, swing: float = 0.05) -> Examined:
        return half_hourly(name, "KZ", cuts, name + access, access=access, days=days, swing=swing)

    return series
