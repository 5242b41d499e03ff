"""What is ordinary is no event: seasons, local weekends and holidays, summer time, drift, lasting changes of level."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.detection.drawn import DAY, HOUR, MINUTE, START, beat, between, rhythm, told

from kuager.detection import detect
from kuager.model.series import Times
from kuager.model.words import SignalKind


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("step_s", [5 * MINUTE, HOUR, DAY])
def test_a_quiet_season_has_no_event(step_s: int, seed: int) -> None:
    times = beat(90 if step_s == DAY else 40, step_s)
    assert told(times, rhythm(times, seed=seed), step_s) == []


def test_a_baseline_that_an_earlier_outage_filled_is_not_believed() -> None:
    times = beat(30, 30 * MINUTE)
    values = rhythm(times)
    values[between(times, START + 3 * DAY, START + 15 * DAY)] *= 0.04
    values[between(times, START + 20 * DAY + 6 * HOUR, START + 20 * DAY + 9 * HOUR)] *= 0.1
    found = told(times, values, 30 * MINUTE)
    assert [one.start.best for one in found] == [START + 3 * DAY, START + 20 * DAY + 6 * HOUR]
    assert [one.end and one.end.best for one in found] == [START + 15 * DAY, START + 20 * DAY + 9 * HOUR]
    assert [round(one.depth, 1) for one in found] == [1.0, 0.9]


@pytest.mark.parametrize("share", [0.6, 0.8, 1.5, 1.8])
@pytest.mark.parametrize("kind", [SignalKind.TRAFFIC, SignalKind.BGP])
def test_a_lasting_new_level_is_no_event(kind: SignalKind, share: float) -> None:
    times = beat(45, 30 * MINUTE)
    values = rhythm(times, swing=0.4 if kind is SignalKind.TRAFFIC else 0.0, noise=0.01)
    at = between(times, START + 22 * DAY, START + 45 * DAY)
    values[at] *= share
    found = detect(times, values, 30 * MINUTE, kind)
    assert [one for one in found.findings if one.probability >= 0.5] == []
    ((first, last),) = found.shifts
    low = (at.start, times.size) if share < 1.0 else (0, at.start)
    assert abs(first - low[0]) <= 4
    assert abs(last - low[1]) <= 4


@pytest.mark.parametrize("share", [0.5, 1.8])
def test_a_slow_drift_is_no_event(share: float) -> None:
    times = beat(60, 30 * MINUTE)
    values = rhythm(times) * np.linspace(1.0, share, times.size)
    assert told(times, values, 30 * MINUTE) == []


def local(times: Times, zone: str) -> Times:
    """Seconds since the epoch as a clock of the zone shows them."""
    where = ZoneInfo(zone)
    offsets = [datetime.fromtimestamp(one, where).utcoffset() for one in times.tolist()]
    return times + np.array([offset.total_seconds() for offset in offsets if offset is not None], dtype=np.int64)


@pytest.mark.parametrize("start", [1_646_092_800, 1_665_187_200])  # 2022-03-01 and 2022-10-08
def test_summer_time_is_no_event(start: int) -> None:
    times = beat(42, 30 * MINUTE, start)
    clock = local(times, "Europe/Berlin")
    assert np.unique(clock - times).size == 2
    assert told(times, rhythm(clock, swing=0.5), 30 * MINUTE) == []


@pytest.mark.parametrize("step_s", [5 * MINUTE, 30 * MINUTE, HOUR])
@pytest.mark.parametrize("free", [(4, 5), (5, 6)])
def test_a_local_weekend_is_no_event(free: tuple[int, int], step_s: int) -> None:
    times = beat(42, step_s)
    clock = local(times, "Asia/Tehran")
    values = rhythm(clock)
    values[np.isin((clock // DAY + 3) % 7, free)] *= 0.8
    assert told(times, values, step_s) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_holiday_is_no_event(seed: int) -> None:
    times = beat(42, 30 * MINUTE)
    clock = local(times, "Asia/Almaty")
    values = rhythm(clock, seed=seed)
    middle = 30 * DAY + START + DAY // 2
    from_edge = DAY // 2 - np.abs(clock - middle)  # people do not change at the stroke of midnight, but over hours
    values *= 1.0 - 0.2 * np.clip(from_edge / (6 * HOUR) + 0.5, 0.0, 1.0)
    assert told(times, values, 30 * MINUTE) == []


def test_the_expectation_follows_the_clock_and_the_level() -> None:
    times = beat(30, 30 * MINUTE)
    values = rhythm(times)
    lost = between(times, START + 20 * DAY, START + 21 * DAY)
    truth = rhythm(times, noise=0.0)
    values[lost] *= 0.2
    found = detect(times, values, 30 * MINUTE, SignalKind.TRAFFIC)
    assert np.abs(found.expected[lost] / truth[lost] - 1.0).max() < 0.06
