"""Slow stretches of speed tests: found with their size and ceiling, and never made of accidents or congestion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection.throttling.measured import DAY, HOUR, START, Drawn, drawn

from kuager.detection.throttling.finding import LEAST_RUNS, Otherwise, Throttled
from kuager.detection.throttling.runs import Runs
from kuager.detection.throttling.throughput import slow_stretches, throttled

CUT = (START + 12 * DAY, START + 15 * DAY)


def test_a_share_taken_from_every_speed_is_found_with_its_size() -> None:
    month = drawn()
    month.speeds[month.between(*CUT)] *= 0.2
    (found,) = throttled(month.runs())
    assert found.slower_low <= 5.0 <= found.slower_high
    assert abs(found.first - CUT[0]) <= 6 * HOUR
    assert abs(found.last - CUT[1]) <= 6 * HOUR
    assert found.first_earliest < found.first <= found.last_earliest < found.last
    assert found.plateau is None
    assert not found.ongoing
    assert {Otherwise.CONGESTION, Otherwise.PROBES} <= set(found.unlikely)
    assert found.otherwise


def test_a_policer_gives_its_ceiling() -> None:
    month = drawn()
    inside = month.between(*CUT)
    month.speeds[inside] = np.minimum(month.speeds[inside], 140.0)
    (found,) = throttled(month.runs())
    assert found.plateau == pytest.approx(140.0, rel=0.05)
    assert found.slower > 20.0


def test_without_round_trip_times_an_evening_of_slowness_may_be_congestion() -> None:
    month = drawn(a_day=60)
    month.rtts[:] = np.nan
    evening = month.between(START + 12 * DAY + 16 * HOUR, START + 13 * DAY)
    month.speeds[evening] *= 0.2
    (slow,) = [one for one in slow_stretches(month.runs()) if one.probability >= 0.5]
    assert Otherwise.CONGESTION in slow.otherwise
    assert throttled(month.runs()) == ()
    month.speeds[evening] = np.minimum(month.speeds[evening], 140.0)
    assert throttled(month.runs())[0].plateau is not None


@pytest.mark.parametrize(
    ("factor", "days", "told"), [(0.15, 1, True), (0.4, 3, True), (0.4, 1, False), (0.4, 18, False)]
)
def test_without_round_trip_times_slowness_at_quiet_hours_is_no_congestion(
    factor: float, days: int, told: bool
) -> None:
    """A line that breaks is mended within two days and loses less; other servers come to stay."""
    month = drawn(a_day=60)
    month.rtts[:] = np.nan
    month.speeds[month.between(START + 12 * DAY, START + (12 + days) * DAY)] *= factor
    (slow,) = [one for one in slow_stretches(month.runs()) if one.probability >= 0.5]
    assert (Otherwise.CONGESTION in slow.unlikely) == told
    assert bool(throttled(month.runs())) == told


def test_a_longer_round_trip_time_for_days_is_never_spoken_against() -> None:
    """A queue or another way: speeds fell by more than distance explains, and it stays open which."""
    month = drawn()
    inside = month.between(START + 10 * DAY, START + 16 * DAY)
    month.speeds[inside] *= 0.2
    month.rtts[inside] *= 1.4
    assert any(one.probability >= 0.5 for one in slow_stretches(month.runs()))
    assert throttled(month.runs()) == ()


def test_congestion_is_slow_and_no_verdict() -> None:
    month = drawn()
    inside = month.between(START + 12 * DAY, START + 14 * DAY)
    month.speeds[inside] *= 0.25
    month.rtts[inside] *= 1.8
    (slow,) = [one for one in slow_stretches(month.runs()) if one.probability >= 0.5]
    assert slow.speaks_for == (Otherwise.CONGESTION,)
    assert throttled(month.runs()) == ()


@pytest.mark.parametrize(("factor", "days", "open_to"), [(8.0, 2, True), (8.0, 6, True), (1.0, 2, False)])
def test_a_queue_shows_in_the_round_trip_time_under_load_though_the_shortest_stays(
    factor: float, days: int, open_to: bool
) -> None:
    month = drawn()
    inside = month.between(START + 12 * DAY, START + (12 + days) * DAY)
    month.speeds[inside] *= 0.1
    loaded = 1.2 * month.rtts * np.where(inside, factor, 1.0)
    assert throttled(month.runs()), "by the shortest alone it is no queue"
    runs = Runs.of(month.times, month.speeds, rtts=month.rtts, loaded_rtts=loaded)
    (slow,) = [one for one in slow_stretches(runs) if one.probability >= 0.5]
    assert (Otherwise.CONGESTION in slow.otherwise) == open_to
    assert (Otherwise.CONGESTION in slow.unlikely) != open_to
    assert bool(throttled(runs)) != open_to
    of_load = Runs.of(month.times, month.speeds, loaded_rtts=loaded)
    assert bool(throttled(of_load)) != open_to


def test_other_people_and_other_servers_are_no_verdict() -> None:
    month = drawn()
    others = month.between(*CUT) & (np.random.default_rng(3).random(month.times.size) < 0.5)
    month.speeds[others] = 2_000.0 * np.exp(0.5 * np.random.default_rng(4).standard_normal(np.count_nonzero(others)))
    assert throttled(month.runs()) == ()
    month = drawn()
    moved = month.times >= START + 15 * DAY
    month.speeds[moved] *= 0.6
    month.rtts[moved] *= 1.7
    assert throttled(month.runs()) == ()


def test_a_slow_service_is_slow_elsewhere() -> None:
    month, away = drawn(seed=1), drawn(seed=2)
    for one in (month, away):
        one.speeds[one.between(*CUT)] *= 0.2
    (slow,) = [one for one in slow_stretches(month.runs(), elsewhere=away.runs()) if one.probability >= 0.5]
    assert Otherwise.SERVICE in slow.speaks_for
    (found,) = throttled(month.runs(), elsewhere=drawn(seed=2).runs())
    assert Otherwise.SERVICE in found.unlikely


def test_networks_are_compared_within_their_own() -> None:
    """Only the mix changes: a network of slow lines is measured more for three days."""
    month = drawn(a_day=40)
    network = (np.random.default_rng(5).random(month.times.size) < 0.15).astype(np.int64)
    network[month.between(*CUT)] = 1
    month.speeds[network == 1] *= 0.1
    assert throttled(month.runs(networks=network)) == ()
    assert throttled(month.runs(accesses=network)) == ()


@pytest.mark.parametrize("runs", [1, 2])
def test_one_or_two_slow_runs_are_nothing(runs: int) -> None:
    month = drawn(a_day=10)
    month.speeds[100 : 100 + runs] = 1.0
    assert throttled(month.runs()) == ()


def test_many_slow_runs_of_one_hour_are_nothing() -> None:
    month = drawn(a_day=10)
    at = START + 12 * DAY
    many = np.arange(30, dtype=np.int64) * 60 + at
    runs = Runs.of(
        np.r_[month.times, many], np.r_[month.speeds, np.full(30, 20.0)], rtts=np.r_[month.rtts, np.full(30, 60.0)]
    )
    assert throttled(runs) == ()


def test_a_throttle_that_lasts_is_ongoing() -> None:
    month = drawn()
    month.speeds[month.times >= START + 25 * DAY] *= 0.1
    (found,) = throttled(month.runs())
    assert found.ongoing
    assert found.last == found.last_earliest == month.times[-1]


def test_the_answer_does_not_depend_on_the_order_or_on_failed_runs() -> None:
    month = drawn()
    month.speeds[month.between(*CUT)] *= 0.2
    order = np.random.default_rng(0).permutation(month.times.size)
    failed = Runs.of(
        np.r_[month.times[order], START + DAY, START + DAY + 1, START + DAY + 2],
        np.r_[month.speeds[order], 0.0, np.nan, -1.0],
        rtts=np.r_[month.rtts[order], 1.0, 1.0, 1.0],
    )
    assert slow_stretches(failed) == slow_stretches(month.runs())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**40), 2**40),
            st.floats(allow_nan=True, allow_infinity=True),
            st.floats(allow_nan=True, allow_infinity=True),
            st.integers(0, 2),
        ),
        max_size=60,
    )
)
def test_whatever_is_measured_what_is_told_keeps_its_promises(rows: list[tuple[int, float, float, int]]) -> None:
    times = np.clip(np.array([row[0] for row in rows], dtype=np.int64), 0, 2**33)
    speeds, rtts = (np.array([row[column] for row in rows], dtype=np.float64) for column in (1, 2))
    codes = np.array([row[3] for row in rows], dtype=np.int64)
    for one in slow_stretches(Runs.of(times, speeds, rtts=rtts, networks=codes)):
        assert_kept(one)


def assert_kept(one: Throttled) -> None:
    assert one.first_earliest <= one.first <= one.last_earliest <= one.last
    assert one.slower_low <= one.slower <= one.slower_high
    assert 0.0 <= one.probability <= 1.0
    assert one.runs >= LEAST_RUNS
    assert one.otherwise
    assert not set(one.otherwise) & set(one.unlikely)
    assert set(one.speaks_for) <= set(one.otherwise)


def test_drawn_months_keep_their_promises(ordinary: Drawn) -> None:
    for one in slow_stretches(ordinary.runs()):
        assert_kept(one)
    assert throttled(ordinary.runs()) == ()
