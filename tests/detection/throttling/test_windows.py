"""An hour of slowness that comes back at the same clock; the congestion of every evening is not that."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.detection.throttling.measured import DAY, HOUR, START, Drawn, drawn

from kuager.detection.order import Mask
from kuager.detection.recurrence import Verdict
from kuager.detection.throttling.finding import Otherwise
from kuager.detection.throttling.windows import slow_windows

ZONE = "Asia/Almaty"
"""Six hours before UTC in 2022."""
AT = 19
HIT_DAYS = 0.7


def hit_hours(month: Drawn) -> Mask:
    """The runs from 19 to 20 h local time on some of the days."""
    local = month.times + 6 * HOUR
    chosen: Mask = (np.random.default_rng(8).random(64) < HIT_DAYS)[(local - local[0]) // DAY]
    chosen &= local % DAY // HOUR == AT
    return chosen


def test_a_ceiling_every_evening_is_found_at_its_hour() -> None:
    month = drawn(a_day=30)
    inside = hit_hours(month)
    month.speeds[inside] = np.minimum(month.speeds[inside], 600.0)
    (found,) = slow_windows(month.runs(), ZONE)
    assert found.clock.verdict is Verdict.RECURS
    assert found.clock.start_clock == AT * HOUR
    assert found.found.is_verdict
    assert found.found.plateau is not None
    assert found.clock.not_hit


def test_slower_by_a_share_is_found_by_its_sharp_edges() -> None:
    month = drawn(a_day=40)
    month.speeds[hit_hours(month)] *= 0.1
    (found,) = slow_windows(month.runs(), ZONE)
    assert found.found.is_verdict
    assert Otherwise.CONGESTION in found.found.unlikely


def test_an_hour_is_found_in_all_its_runs_where_no_day_shows_it() -> None:
    """Lines differ by a factor of twenty, and a fifth of the speed left is nothing odd for any one run."""
    month = drawn(a_day=30, seed=9)
    month.speeds[:] *= np.exp(0.8 * np.random.default_rng(9).standard_normal(month.times.size))
    assert slow_windows(month.runs(), ZONE) == ()
    month.speeds[hit_hours(month)] *= 0.15
    (found,) = slow_windows(month.runs(), ZONE)
    assert found.clock.start_clock == AT * HOUR
    assert found.found.slower > 2.0


def test_an_evening_of_three_hours_is_one_window_that_begins_with_the_first_of_its_days() -> None:
    """Few measured each hour, so it begins an hour late on some days; one slow hour weeks before is no beginning."""
    month = drawn(a_day=40, seed=5)
    local = month.times + 6 * HOUR
    evening = (local % DAY // HOUR >= AT) & (local % DAY // HOUR < AT + 3)
    month.speeds[evening & (month.times >= START + 12 * DAY)] *= 0.05
    month.speeds[evening & (local // DAY == START // DAY + 1)] *= 0.05
    (found,) = slow_windows(month.runs(), ZONE)
    assert (found.clock.start_clock, found.clock.end_clock) == (AT * HOUR, (AT + 3) * HOUR)
    assert found.clock.hit[0] >= date(2022, 1, 12)
    assert found.found.first >= START + 11 * DAY
    assert found.found.is_verdict


def test_two_slow_evenings_weeks_before_are_no_beginning() -> None:
    month = drawn(a_day=40, days=40, seed=5)
    local = month.times + 6 * HOUR
    evening = local % DAY // HOUR == AT
    day = (local - START) // DAY
    month.speeds[evening & ((day >= 20) | (day == 1) | (day == 2))] *= 0.05
    (found,) = slow_windows(month.runs(), ZONE)
    assert date(2022, 1, 20) <= found.clock.hit[0] <= date(2022, 1, 22)
    assert found.found.first >= START + 19 * DAY


@pytest.mark.parametrize(("first", "last"), [(22, 25), (23, 26)])
def test_a_night_across_midnight_is_one_window_of_the_day_on_which_it_begins(first: int, last: int) -> None:
    """On nights on which nobody measured before midnight the slow hour after it is still of that night."""
    month = drawn(a_day=30, days=60, seed=12)
    into_the_night = month.times + 6 * HOUR - START - 8 * DAY - first * HOUR
    month.speeds[(into_the_night >= 0) & (into_the_night % DAY < (last - first) * HOUR)] *= 0.05
    (found,) = slow_windows(month.runs(), ZONE)
    assert (found.clock.start_clock, found.clock.end_clock) == (first * HOUR, last % 24 * HOUR)
    assert date(2022, 1, 9) <= found.clock.hit[0] <= date(2022, 1, 11)
    assert found.clock.hit[-1] <= date(2022, 3, 1)
    assert not set(found.clock.hit) & {*found.clock.not_hit, *found.clock.not_observable}


def test_weeks_that_nobody_measured_lie_inside_no_window() -> None:
    """The same hour before and after them: nobody knows of the days between, so none of them is passed over."""
    month = drawn(a_day=40, days=60, seed=5)
    month.speeds[(month.times + 6 * HOUR) % DAY // HOUR == AT] *= 0.05
    measured = ~month.between(START + 20 * DAY, START + 40 * DAY)
    found = slow_windows(Drawn(month.times[measured], month.speeds[measured], month.rtts[measured]).runs(), ZONE)
    assert len(found) == 2
    for one in found:
        days = (one.clock.hit[-1] - one.clock.hit[0]).days + 1
        assert days <= 20
        assert days == len({*one.clock.hit, *one.clock.not_hit, *one.clock.not_observable})


def test_congestion_of_the_evening_is_no_verdict() -> None:
    month = drawn(a_day=40)
    clock = (month.times + 6 * HOUR) % DAY / HOUR
    queue = 2.5 * np.exp(-((clock - AT - 0.5) ** 2) / 0.5)
    month.speeds[:] *= np.exp(-queue)
    month.rtts[:] *= np.exp(0.5 * queue)
    assert not any(one.found.is_verdict for one in slow_windows(month.runs(), ZONE))


def test_ordinary_months_have_no_windows(ordinary: Drawn) -> None:
    assert slow_windows(ordinary.runs(), ZONE) == ()


def test_a_few_runs_are_nothing() -> None:
    assert slow_windows(drawn(a_day=1, days=6).runs(), ZONE) == ()
