"""Windows that come back by the clock: found on the days they hit, and not made out of chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.detection.chance import chance_of
from kuager.detection.recurrence import ClockWindows, Verdict, Window, clock_windows

DAY, HOUR = 86_400, 3_600
START = 1_640_995_200  # 2022-01-01T00:00:00Z, a Saturday
MONTH = [(START, START + 30 * DAY)]


def at(day: int, hour: float, length: float = 3, zone: str = "Asia/Baghdad") -> Window:
    """A window on a day of January 2022 by the clocks of a zone, hours."""
    begins = datetime(2022, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=day - 1, hours=hour)
    epoch = int(begins.timestamp())
    return Window(epoch, epoch + int(length * HOUR), 0.9)


def scattered(seed: int, days: int, a_day: float, step_s: int) -> list[Window]:
    """Windows at any time of day alike, a random number of them each day."""
    generator = np.random.default_rng(seed)
    return [
        Window(begins, begins + HOUR, 0.9)
        for day in range(days)
        for begins in (START + day * DAY + generator.integers(DAY // step_s, size=generator.poisson(a_day)) * step_s)
    ]


def only(found: Sequence[ClockWindows]) -> ClockWindows:
    (one,) = found
    return one


def test_exam_mornings_are_found_with_every_day_accounted_for() -> None:
    hit = (3, 4, 5, 6, 10, 11, 12, 13)
    silent = START + 7 * DAY, START + 8 * DAY  # 8 January was not measured
    observed = [(START, silent[0]), (silent[1], START + 30 * DAY)]
    one = only(clock_windows([at(day, 5) for day in hit], observed, "Asia/Baghdad", 300))
    assert one.verdict is Verdict.RECURS
    assert (one.start_clock, one.start_spread_s) == (5 * HOUR, 0)
    assert (one.end_clock, one.end_spread_s) == (8 * HOUR, 0)
    assert one.hit == tuple(date(2022, 1, day) for day in hit)
    assert one.not_hit == (date(2022, 1, 7), date(2022, 1, 9))
    assert one.not_observable == (date(2022, 1, 8),)
    assert one.chance < 1e-6


def test_a_day_on_which_something_else_was_going_on_is_not_a_day_without() -> None:
    windows = [*(at(day, 5) for day in (3, 4, 5, 8, 9)), at(6, 20, length=20)]
    one = only(clock_windows(windows, MONTH, "Asia/Baghdad", 300))
    assert one.not_observable == (date(2022, 1, 7),)
    assert one.not_hit == (date(2022, 1, 6),)


def test_what_lasts_longer_than_a_day_belongs_to_no_clock_time() -> None:
    windows = [at(3, 5, length=50), *(at(day, 5) for day in range(6, 12)), at(12, 5, length=50), at(15, 5)]
    one = only(clock_windows(windows, MONTH, "Asia/Baghdad", 300))
    assert one.hit == (*(date(2022, 1, day) for day in range(6, 12)), date(2022, 1, 15))
    assert one.not_hit == ()
    assert one.not_observable == (date(2022, 1, 12), date(2022, 1, 13), date(2022, 1, 14))
    assert one.tried == 7


@pytest.mark.parametrize("days", [(3,), (3, 5)])
def test_one_or_two_days_tell_nothing(days: tuple[int, ...]) -> None:
    one = only(clock_windows([at(day, 5) for day in days], MONTH, "Asia/Baghdad", 300))
    assert one.verdict is Verdict.CANNOT_TELL
    assert len(one.hit) == len(days)


def test_without_windows_or_with_samples_too_coarse_for_a_clock_nothing_is_said() -> None:
    assert clock_windows([], MONTH, "Asia/Baghdad", 300) == ()
    assert clock_windows([at(day, 5) for day in range(2, 20)], MONTH, "Asia/Baghdad", DAY) == ()


def test_nights_that_begin_on_either_side_of_midnight_are_one_clock_time() -> None:
    windows = [at(day, 24 + late / 60, length=5) for day, late in enumerate((-10, 5, 0, 10, -5, 0), start=2)]
    one = only(clock_windows(windows, MONTH, "Asia/Baghdad", 300))
    assert one.verdict is Verdict.RECURS
    assert one.hit == tuple(date(2022, 1, day) for day in range(2, 8))
    assert one.start_spread_s == 20 * 60
    assert one.tolerance_s == 30 * 60


def test_clocks_are_local_where_they_are_put_forward() -> None:
    zone = "Europe/Kyiv"  # 27 March 2022, 03:00
    windows = [at(day, 10, zone=zone) for day in range(80, 95)]
    observed = [(START + 70 * DAY, START + 110 * DAY)]
    one = only(clock_windows(windows, observed, zone, 300))
    assert (one.verdict, one.start_clock, one.start_spread_s) == (Verdict.RECURS, 10 * HOUR, 0)
    assert len(one.hit) == 15
    assert not one.not_hit
    in_utc = clock_windows(windows, observed, "UTC", 300)
    assert max(len(one.hit) for one in in_utc) < 15


def test_working_days_are_told_from_every_day() -> None:
    working = [day for day in range(3, 29) if date(2022, 1, day).weekday() < 5]
    one = only(clock_windows([at(day, 8) for day in working], MONTH, "Asia/Baghdad", 300))
    assert one.weekdays == (0, 1, 2, 3, 4)
    every = only(clock_windows([at(day, 8) for day in range(3, 29)], MONTH, "Asia/Baghdad", 300))
    assert every.weekdays == ()


def test_two_cuts_a_day_are_two_clock_times() -> None:
    windows = [at(day, hour, length=2) for day in range(3, 15) for hour in (4, 13)]
    found = clock_windows(windows, MONTH, "Asia/Baghdad", 300)
    assert sorted(one.start_clock for one in found) == [4 * HOUR, 13 * HOUR]
    assert {one.verdict for one in found} == {Verdict.RECURS}
    assert not set(found[0].members) & set(found[1].members)


def test_what_comes_back_after_a_month_is_another_affair() -> None:
    windows = [at(day, 5) for day in (*range(2, 8), *range(50, 56))]
    found = clock_windows(windows, [(START, START + 80 * DAY)], "Asia/Baghdad", 300)
    assert [len(one.hit) for one in found] == [6, 6]


def test_ends_at_any_time_are_not_called_common() -> None:
    windows = [at(day, 5, length=1 + 1.7 * (day % 6)) for day in range(3, 15)]
    one = only(clock_windows(windows, MONTH, "Asia/Baghdad", 300))
    assert one.verdict is Verdict.RECURS
    assert (one.end_clock, one.end_spread_s) == (None, None)


def test_windows_that_last_have_no_end() -> None:
    windows = [*(at(day, 5) for day in range(3, 9)), Window(at(9, 5).start, None, 0.9)]
    one = only(clock_windows(windows, MONTH, "Asia/Baghdad", 300))
    assert (len(one.hit), one.end_clock) == (7, 8 * HOUR)


def test_random_times_hardly_ever_pass_for_a_habit() -> None:
    least = [
        min(one.chance for one in clock_windows(windows, MONTH, "Asia/Almaty", step_s))
        for step_s in (300, 1800)
        for seed in range(150)
        if (windows := scattered(seed, 30, 0.7, step_s))
    ]
    assert sum(chance <= 0.01 for chance in least) <= 0.01 * len(least)


@pytest.mark.parametrize("step_s", [300, 1800])
def test_five_cuts_in_two_weeks_stand_out_of_others(step_s: int) -> None:
    seen = 0
    for seed in range(40):
        days = np.random.default_rng(seed).permutation(14)[:5].tolist()
        windows = [*scattered(seed, 14, 0.2, step_s), *(at(day + 1, 5) for day in days)]
        found = clock_windows(windows, MONTH, "Asia/Baghdad", step_s)
        seen += any(one.verdict is Verdict.RECURS and one.start_clock == 5 * HOUR for one in found)
    assert seen >= 38


@pytest.mark.parametrize(("count", "days", "samples"), [(5, 3, 3), (10, 4, 6), (30, 6, 6)])
def test_the_bound_holds_and_is_no_idle_one(count: int, days: int, samples: int) -> None:
    generator = np.random.default_rng(7)
    starts = np.sort(generator.integers(288, size=(20_000, count)), axis=1)
    late = (starts[:, np.newaxis, :] - starts[:, :, np.newaxis]) % 288
    happened = ((late < samples).sum(axis=2).max(axis=1) >= days).mean()
    bound = chance_of(days, np.full(count, samples / 288))
    assert happened <= bound * 1.1 + 1e-4
    assert bound <= 2 * happened + 1e-4


def test_days_measured_in_part_make_chance_more_likely() -> None:
    windows = [at(day, 5) for day in range(3, 8)]
    hours = [(one.start - 2 * HOUR, one.end + 2 * HOUR) for one in windows if one.end is not None]
    whole, part = (only(clock_windows(windows, observed, "Asia/Baghdad", 300)) for observed in (MONTH, hours))
    assert part.chance > 10 * whole.chance


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(-400, 400), st.sampled_from([300, 1800, 3600]))
def test_whole_days_shift_the_dates_and_nothing_else(seed: int, days: int, step_s: int) -> None:
    windows = [*scattered(seed, 20, 0.5, step_s), *(at(day, 4.5, zone="UTC") for day in range(3, 9))]
    shift = days * DAY
    moved = [Window(one.start + shift, (one.end or 0) + shift, one.probability) for one in windows]
    before = clock_windows(windows, MONTH, "UTC", step_s)
    after = clock_windows(moved, [(first + shift, last + shift) for first, last in MONTH], "UTC", step_s)
    assert [(one.members, one.start_clock, one.end_clock, one.verdict) for one in before] == [
        (one.members, one.start_clock, one.end_clock, one.verdict) for one in after
    ]
    assert [one.chance for one in before] == pytest.approx([one.chance for one in after])
    for one, other in zip(before, after, strict=True):
        assert other.hit == tuple(day + timedelta(days=days) for day in one.hit)
        assert other.not_hit == tuple(day + timedelta(days=days) for day in one.not_hit)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31))
def test_order_does_not_matter_and_every_window_is_used_once(seed: int) -> None:
    windows = scattered(seed, 20, 1.0, 1800)
    order = np.random.default_rng(seed).permutation(len(windows)).tolist()
    found = clock_windows(windows, MONTH, "Asia/Almaty", 1800)
    again = clock_windows([windows[index] for index in order], MONTH, "Asia/Almaty", 1800)
    assert [(one.hit, one.start_clock, one.verdict) for one in found] == [
        (one.hit, one.start_clock, one.verdict) for one in again
    ]
    members = [member for one in found for member in one.members]
    assert len(set(members)) == len(members)
    for one in found:
        assert 0.0 <= one.chance <= 1.0
        assert len(one.members) == len(set(one.hit)) == len(one.hit)
        assert not {*one.hit} & {*one.not_hit} | {*one.hit} & {*one.not_observable}
        assert one.start_spread_s <= one.tolerance_s
