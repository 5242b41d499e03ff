"""Random worlds: reproducible one by one, within their bounds, and mostly empty of events."""

from __future__ import annotations

from itertools import islice

import numpy as np

from kuager.evaluation.shapes import DAY_S
from kuager.evaluation.worlds import worlds


def test_worlds_are_reproducible_and_most_of_their_months_are_empty() -> None:
    many = list(worlds(5, 12))
    again = next(islice(worlds(5, 3), 2, None))
    assert [series.values.tobytes() for series in again.series] == [
        series.values.tobytes() for series in many[2].series
    ]
    assert again.truth == many[2].truth
    total = sum(len(world.series) for world in many)
    quiet = sum(not world.truth_of(series) for world in many for series in world.series)
    assert 0.5 < quiet / total < 0.95
    for world in many:
        for series in world.series:
            days = (series.times[-1] + series.step_s - series.times[0]) / DAY_S
            assert 30 <= days <= 151
            assert 60 <= series.step_s <= DAY_S
            assert np.nanmin(series.values) >= 0
    assert all(world.truth == () for world in worlds(5, 3, event_rate=0))
