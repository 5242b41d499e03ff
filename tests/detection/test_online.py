"""The live detector: what is told, when, and that nothing is ever looked at which comes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.detection.online import Alarm, Watch, begin, look, replay
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

DAY, HOUR, STEP = 86_400, 3_600, 300
START = 1_640_995_200  # 2022-01-01T00:00:00Z
PER_DAY = DAY // STEP


def rhythm(days: int, noise: float = 0.02, seed: int = 7, start: int = START) -> tuple[Times, Values]:
    """A series with a daily rhythm and a little noise, every five minutes."""
    times = start + STEP * np.arange(days * PER_DAY, dtype=np.int64)
    generator = np.random.default_rng(seed)
    season = 1.0 + 0.4 * np.sin(2 * np.pi * times / DAY)
    return times, 5_000.0 * season * (1.0 + noise * generator.standard_normal(times.size))


def told(times: Times, values: Values, kind: SignalKind = SignalKind.PROBING) -> list[Alarm]:
    return list(replay(times, values, STEP, kind))


@pytest.mark.parametrize("kind", [SignalKind.BGP, SignalKind.PROBING, SignalKind.TRAFFIC, SignalKind.TELESCOPE])
def test_a_total_cut_is_told_by_its_second_sample(kind: SignalKind) -> None:
    times, values = rhythm(16)
    first, last = 14 * PER_DAY + 100, 14 * PER_DAY + 160
    values[first:last] = 0.0
    (alarm,) = told(times, values, kind)
    assert alarm.at - times[first] <= 2 * STEP
    assert alarm.since == times[first]
    assert alarm.confirmed is not None
    assert alarm.at < alarm.confirmed <= times[first] + HOUR
    assert alarm.restored is not None
    assert 2 * STEP <= alarm.restored - times[last] <= 3 * STEP


def test_a_cut_within_a_sample_is_told_ten_minutes_after_it_began() -> None:
    times, values = rhythm(16)
    first = 14 * PER_DAY + 100
    values[first] *= 0.6
    values[first + 1 : first + 60] *= 0.01
    (alarm,) = told(times, values)
    assert alarm.at <= times[first] + 2 * STEP


@pytest.mark.parametrize("kind", [SignalKind.BGP, SignalKind.PROBING, SignalKind.TRAFFIC])
def test_a_slow_partial_loss_is_told_later_and_still_told(kind: SignalKind) -> None:
    times, values = rhythm(18)
    first = 14 * PER_DAY + 60
    values[first : first + 48] *= np.linspace(1.0, 0.5, 48)
    values[first + 48 : first + 200] *= 0.5
    (alarm,) = told(times, values, kind)
    assert times[first] + 30 * 60 < alarm.at <= times[first] + 6 * HOUR
    assert alarm.restored is not None


@pytest.mark.parametrize("kind", [SignalKind.BGP, SignalKind.PROBING])
def test_a_single_wrong_sample_raises_nothing_where_such_slips_are_known(kind: SignalKind) -> None:
    times, values = rhythm(18)
    values[14 * PER_DAY + 60] = 0.0
    assert told(times, values, kind) == []


def test_a_loss_that_was_not_told_does_not_make_the_next_one_less_probable() -> None:
    times, values = rhythm(25)
    values[14 * PER_DAY + 60 : 14 * PER_DAY + 420] *= 0.6
    first = 19 * PER_DAY + 60
    values[first : first + 30] = 0.0
    (alarm,) = told(times, values, SignalKind.TELESCOPE)
    assert times[first] < alarm.at <= times[first] + 2 * STEP


def test_a_second_cut_after_a_restoration_is_a_second_alarm() -> None:
    times, values = rhythm(17)
    cuts = [(14 * PER_DAY + 100, 14 * PER_DAY + 150), (14 * PER_DAY + 190, 14 * PER_DAY + 260)]
    for first, last in cuts:
        values[first:last] *= 0.01
    alarms = told(times, values)
    assert len(alarms) == 2
    for alarm, (first, last) in zip(alarms, cuts, strict=True):
        assert times[first] < alarm.at <= times[first] + 3 * STEP
        assert alarm.restored is not None
        assert times[last] < alarm.restored <= times[last] + 4 * STEP


def test_what_comes_back_in_part_is_not_restored() -> None:
    times, values = rhythm(16)
    first = 14 * PER_DAY + 60
    values[first : first + 40] *= 0.02
    values[first + 40 : first + 150] *= 0.5
    (alarm,) = told(times, values)
    assert alarm.restored is not None
    assert times[first + 150] < alarm.restored <= times[first + 150] + 4 * STEP


def test_a_long_cut_stays_one_open_alarm() -> None:
    times, values = rhythm(24)
    values[14 * PER_DAY :] *= 0.02
    (alarm,) = told(times, values)
    assert alarm.at <= times[14 * PER_DAY] + 2 * STEP
    assert alarm.restored is None


def test_missing_samples_raise_nothing_and_restore_nothing() -> None:
    times, values = rhythm(18)
    values[14 * PER_DAY : 15 * PER_DAY] = np.nan
    values[15 * PER_DAY + 10] = np.inf
    assert told(times, values) == []
    first = 16 * PER_DAY
    values[first : first + 20] = 0.0
    values[first + 20 :] = np.nan
    (alarm,) = told(times, values)
    assert alarm.restored is None


def test_samples_that_are_left_out_are_the_same_as_missing_ones() -> None:
    times, values = rhythm(16)
    first = 14 * PER_DAY + 100
    values[first : first + 60] = 0.0
    values[first - 30 : first - 5] = np.nan
    kept = np.isfinite(values)
    assert told(times[kept], values[kept]) == told(times, values) != []


def test_a_month_of_rhythm_raises_nothing() -> None:
    for seed in range(3):
        assert told(*rhythm(30, seed=seed), SignalKind.TRAFFIC) == []


def test_a_change_of_the_clock_and_weekends_raise_nothing() -> None:
    start = int(datetime(2022, 9, 25, tzinfo=UTC).timestamp())  # in Chisinau clocks go back on 30 October
    times, values = rhythm(50, start=start)
    clock = ZoneInfo("Europe/Chisinau")
    offsets = [datetime.fromtimestamp(moment, clock).utcoffset() for moment in times.tolist()]
    local = times + np.array([offset.total_seconds() if offset else 0.0 for offset in offsets])
    assert local[-1] - local[0] < times[-1] - times[0]
    flat = values / (1.0 + 0.4 * np.sin(2 * np.pi * times / DAY))
    weekend = np.where((local // DAY + 3) % 7 >= 5, 0.85, 1.0)
    assert told(times, flat * (1.0 + 0.4 * np.sin(2 * np.pi * local / DAY)) * weekend, SignalKind.TRAFFIC) == []


def test_a_series_too_short_cannot_tell() -> None:
    times, values = rhythm(6)
    values[2 * PER_DAY : 2 * PER_DAY + 50] = 0.0
    watch = look(begin(STEP, SignalKind.PROBING), times[: 2 * PER_DAY + 60], values[: 2 * PER_DAY + 60])
    assert not watch.can_tell
    assert watch.alarms == ()
    watch = look(watch, times[2 * PER_DAY + 60 :], values[2 * PER_DAY + 60 :])
    assert watch.can_tell


@pytest.mark.parametrize("values", [np.zeros(2_000), np.full(2_000, np.nan)])
def test_where_nothing_was_ever_measured_nothing_can_be_told(values: Values) -> None:
    watch = look(begin(STEP, SignalKind.PROBING), START + STEP * np.arange(2_000, dtype=np.int64), values)
    assert (watch.can_tell, watch.alarms) == (False, ())


@cache
def troubled() -> tuple[Times, Values, list[Alarm]]:
    """Three cuts, a slow dip, a gap, and what is told of them."""
    times, values = rhythm(12)
    values[6 * PER_DAY + 31 : 6 * PER_DAY + 70] *= 0.02
    values[7 * PER_DAY + 100 : 7 * PER_DAY + 190] *= np.linspace(1.0, 0.9, 90)
    values[8 * PER_DAY : 8 * PER_DAY + 80] = np.nan
    values[9 * PER_DAY + 5 : 9 * PER_DAY + 45] *= 0.01
    values[10 * PER_DAY + 50 : 10 * PER_DAY + 95] *= 0.0
    return times, values, told(times, values)


def known_at(alarms: list[Alarm], moment: int) -> list[Alarm]:
    """What had been told by then."""
    return [
        replace(
            alarm,
            confirmed=alarm.confirmed if alarm.confirmed is not None and alarm.confirmed <= moment else None,
            restored=alarm.restored if alarm.restored is not None and alarm.restored <= moment else None,
        )
        for alarm in alarms
        if alarm.at <= moment
    ]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12 * PER_DAY))
def test_nothing_is_looked_at_that_comes_later(size: int) -> None:
    times, values, alarms = troubled()
    assert len(alarms) >= 2
    assert told(times[:size], values[:size]) == known_at(alarms, int(times[size - 1]) + STEP)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 12 * PER_DAY - 1), max_size=8), st.integers(0, 11 * PER_DAY))
def test_samples_may_come_one_by_one_or_many_at_once(cuts: list[int], lone: int) -> None:
    times, values, alarms = troubled()
    watch: Watch = begin(STEP, SignalKind.PROBING)
    edges = sorted({0, *cuts, *range(lone, lone + 100), times.size})
    for first, last in pairwise(edges):
        watch = look(watch, times[first:last], values[first:last])
    assert list(watch.alarms) == alarms


def test_a_watch_is_not_changed_by_looking_and_late_samples_are_not_looked_at() -> None:
    times, values, alarms = troubled()
    half = 6 * PER_DAY + 40
    watch = look(begin(STEP, SignalKind.PROBING), times[:half], values[:half])
    before = watch.state.copy(), watch.alarms
    first = look(watch, times[half:], values[half:])
    assert np.array_equal(watch.state, before[0])
    assert watch.alarms == before[1]
    again = look(first, times[:half], np.zeros(half))
    assert list(again.alarms) == list(first.alarms) == alarms


def test_a_long_watch_forgets_and_tells_the_same() -> None:
    times, values = rhythm(70)
    values[-100:-40] = 0.0
    watch = begin(STEP, SignalKind.PROBING)
    for first in range(0, times.size, 7 * PER_DAY):
        watch = look(watch, times[first : first + 7 * PER_DAY], values[first : first + 7 * PER_DAY])
    assert watch.values.size < times.size
    assert list(watch.alarms) == told(times, values) != []
