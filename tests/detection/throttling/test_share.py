"""A service's part of the traffic: lost against itself elsewhere and against others here, or nothing is told."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detection.throttling.measured import DAY, HOUR, START

from kuager.detection.throttling.finding import Otherwise, Sign
from kuager.detection.throttling.share import Traffic, shares_lost
from kuager.model.series import Times, Values

TIMES: Times = START + HOUR * np.arange(50 * 24, dtype=np.int64)
CUT = slice(20 * 24, 24 * 24)


def rhythm(seed: int) -> Values:
    noise = 1.0 + 0.04 * np.random.default_rng(seed).standard_normal(TIMES.size)
    return np.asarray(100.0 * (seed + 1) * (1.0 + 0.4 * np.sin(2.0 * np.pi * TIMES / DAY)) * noise)


def family(controls: int = 4) -> Traffic:
    elsewhere = np.array([rhythm(seed) for seed in range(1, 1 + controls)])
    return Traffic(TIMES, HOUR, rhythm(0), elsewhere, np.array([rhythm(seed) for seed in range(20, 20 + controls)]))


def test_days_in_which_one_service_lost_in_one_place() -> None:
    traffic = family()
    traffic.own[CUT] *= 0.4
    (found,) = [one for one in shares_lost(traffic) if one.is_verdict]
    assert (found.sign, found.first, found.last) == (Sign.SHARE, int(TIMES[CUT.start]), int(TIMES[CUT.stop]))
    assert found.slower_low <= 2.5 <= found.slower_high
    assert {Otherwise.SERVICE, Otherwise.CONGESTION} <= set(found.unlikely)
    assert found.otherwise


def test_a_loss_in_several_steps_is_one_with_its_steps() -> None:
    traffic = family()
    traffic.own[25 * 24 :] *= 0.6
    traffic.own[32 * 24 :] *= 0.5
    found = shares_lost(traffic)[-1]
    assert found.ongoing
    assert [round(left, 1) for _, left in found.steps] == [0.6, 0.3]
    assert abs(found.steps[1][0] - int(TIMES[32 * 24])) <= DAY


@pytest.mark.parametrize("where", ["elsewhere", "others"])
def test_what_falls_alike_is_no_throttling_of_a_service(where: str) -> None:
    traffic = family()
    traffic.own[CUT] *= 0.4
    getattr(traffic, where)[:, CUT] *= 0.4
    assert shares_lost(traffic) == ()


def test_a_link_that_is_full_in_the_evening_is_congestion() -> None:
    traffic = family()
    full = 1.0 + 0.4 * np.sin(2.0 * np.pi * TIMES[CUT] / DAY) > 1.0
    traffic.own[CUT] *= np.where(full, 0.3, 0.9)
    assert not any(one.is_verdict for one in shares_lost(traffic))


def test_without_three_controls_of_each_sort_nothing_is_told() -> None:
    traffic = family(controls=2)
    traffic.own[CUT] *= 0.1
    assert shares_lost(traffic) == ()


def test_ordinary_traffic_and_gaps_are_nothing() -> None:
    traffic = family()
    traffic.own[CUT] = np.nan
    traffic.elsewhere[0] = np.nan
    assert shares_lost(traffic) == ()


def test_series_of_other_lengths_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one value"):
        shares_lost(Traffic(TIMES, HOUR, TIMES[1:].astype(np.float64), np.ones((3, TIMES.size)), np.ones((3, 1))))
