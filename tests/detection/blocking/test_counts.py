"""Daily counts: what cannot tell is not counted, and a day without measurements is not a day of zeros."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kuager.detection.blocking.counts import daily, of_days

DAY = 86_400


def test_failed_and_down_measurements_count_neither_for_nor_against() -> None:
    times = np.array([3 * DAY + 50, 10, 20, 3 * DAY + 7], dtype=np.int64)
    counts = daily(times, np.array([0.75, 1.0, 0.0, 0.5]), np.array([True, True, False, True]))
    assert counts.days.tolist() == [0, 3]
    assert counts.total.tolist() == [1, 2]
    assert counts.blocked.tolist() == [1.0, 1.25]
    assert (counts.first.tolist(), counts.last.tolist()) == ([10, 3 * DAY + 7], [10, 3 * DAY + 50])


def test_days_without_measurements_are_absent_and_the_time_looked_at_goes_on() -> None:
    counts = daily(np.array([5, 9 * DAY], dtype=np.int64), np.zeros(2), np.ones(2, dtype=bool), until=20)
    assert counts.days.tolist() == [0, 9]
    assert counts.until == 20
    assert daily(np.array([5], dtype=np.int64), np.zeros(1), np.zeros(1, dtype=bool), until=4).empty


def test_counts_without_sense_are_left_out() -> None:
    counts = of_days(np.arange(4, dtype=np.int64), np.array([1.0, np.nan, 3.0, 0.0]), np.array([2.0, 5.0, 2.0, 0.0]))
    assert counts.days.tolist() == [0]


@given(
    st.lists(
        st.tuples(st.integers(-(10**9), 10**10), st.floats(allow_nan=True, allow_infinity=True), st.booleans()),
        max_size=60,
    )
)
def test_any_measurements_give_counts_that_hold_together(some: list[tuple[int, float, bool]]) -> None:
    times = np.array([one[0] for one in some], dtype=np.int64)
    counts = daily(times, np.array([one[1] for one in some]), np.array([one[2] for one in some], dtype=bool))
    assert (np.diff(counts.days) > 0).all()
    assert ((counts.blocked >= 0) & (counts.blocked <= counts.total) & (counts.total >= 1)).all()
    assert (counts.first // DAY == counts.days).all()
    assert (counts.last // DAY == counts.days).all()
    assert counts.total.sum() == sum(usable and 0 <= mass <= 1 for _, mass, usable in some)
