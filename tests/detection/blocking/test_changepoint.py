"""Stretches of blocking: found where the share rises, and not made out of noise, holes, or a test that always flags."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection.blocking.counted import DAY, NOISY, QUIET, drawn, own_base, real

from kuager.detection import compiled
from kuager.detection.blocking.base_rates import BaseRate
from kuager.detection.blocking.beta_binomial import log_gamma, log_likelihood
from kuager.detection.blocking.changepoint import Now, latest, stretches
from kuager.detection.blocking.counts import Counts, of_days
from kuager.detection.blocking.finding import BlockedStretch

NAN = math.nan


def only(found: tuple[BlockedStretch, ...]) -> BlockedStretch:
    (one,) = found
    return one


@pytest.mark.parametrize("seed", range(5))
def test_a_stretch_is_found_with_its_days_and_bounds(seed: int) -> None:
    one = only(stretches(drawn([0.03] * 20 + [0.9] * 15 + [0.03] * 20, seed=seed), QUIET))
    assert one.last_seen is not None
    assert abs(one.first_seen.best // DAY - 120) <= 1
    assert abs(one.last_seen.best // DAY - 134) <= 1
    assert one.first_seen.earliest <= 120 * DAY <= one.first_seen.latest + DAY
    assert one.first_seen.earliest <= one.first_seen.best <= one.first_seen.latest
    assert one.share_low < 0.9 < one.share_high
    assert one.probability > 0.99
    assert one.base < 0.1
    assert not one.already


def test_bounds_are_tighter_than_a_day_where_the_times_are_known() -> None:
    days = np.arange(100, 130, dtype=np.int64)
    blocked = np.where(days >= 115, 4.0, 0.0)
    counts = Counts(days, blocked, np.full(30, 4.0), days * DAY + 30_000, days * DAY + 50_000, 129)
    one = only(stretches(counts, QUIET))
    assert (one.first_seen.earliest, one.first_seen.latest) == (114 * DAY + 50_000, 115 * DAY + 30_000)


def test_a_change_inside_a_hole_may_lie_anywhere_in_the_hole() -> None:
    one = only(stretches(drawn([0.0] * 20 + [NAN] * 12 + [1.0] * 20 + [NAN] * 9 + [0.0] * 20), QUIET))
    assert one.last_seen is not None
    assert one.first_seen.earliest // DAY == 119
    assert one.first_seen.latest // DAY == 132
    assert one.last_seen.earliest // DAY == 151
    assert one.last_seen.latest // DAY == 161


def test_a_hole_inside_a_stretch_does_not_end_it_and_is_counted_as_not_observable() -> None:
    one = only(stretches(drawn([0.03] * 20 + [0.95] * 10 + [NAN] * 6 + [0.95] * 10 + [0.03] * 10), QUIET))
    assert (one.days_measured, one.days_without) == (20, 6)


def test_blocking_that_goes_on_when_data_stop_has_no_end_and_says_how_long_nobody_measured() -> None:
    counts = drawn([0.03] * 20 + [0.95] * 10, until=160)
    one = only(stretches(counts, QUIET))
    assert one.last_seen is None
    assert one.days_without == 160 - 129
    assert one.last_measured is not None
    assert one.last_measured // DAY == 129
    assert latest(counts, QUIET).state is Now.NOT_OBSERVABLE
    assert latest(drawn([0.03] * 20 + [0.95] * 10, until=131), QUIET).state is Now.BLOCKED


def test_the_state_now() -> None:
    assert latest(drawn([0.03] * 30), QUIET).state is Now.OK
    assert latest(drawn([]), QUIET).probability is None
    over = latest(drawn([0.95] * 20 + [0.0] * 10), QUIET)
    assert (over.state, over.days_without) == (Now.OK, 0)


@pytest.mark.parametrize("share", [0.4, 0.55, 0.7])
def test_partial_blocking_is_found_where_the_evidence_is_enough(share: float) -> None:
    one = only(stretches(drawn([0.03] * 40 + [share] * 40, a_day=10), QUIET))
    assert abs(one.first_seen.best // DAY - 140) <= 3
    assert one.probability > 0.95


def test_four_tenths_are_news_of_a_quiet_test_and_none_of_a_noisy_one() -> None:
    counts = drawn([0.4] * 60, a_day=10)
    assert only(stretches(counts, QUIET)).already
    assert stretches(counts, NOISY) == ()
    step = only(stretches(drawn([0.4] * 30 + [0.97] * 30, a_day=10), NOISY))
    assert abs(step.first_seen.best // DAY - 130) <= 2
    assert step.base > 0.3


def test_single_odd_days_and_slow_drift_are_no_blocking() -> None:
    odd = [0.03] * 60
    odd[20] = odd[45] = 0.8
    assert stretches(drawn(odd, a_day=8), QUIET) == ()
    assert stretches(drawn(np.linspace(0.02, 0.12, 90).tolist(), a_day=8), QUIET) == ()


def test_sums_of_probabilities_do_as_well_as_whole_numbers() -> None:
    whole = drawn([0.0] * 20 + [1.0] * 20)
    soft = of_days(whole.days, whole.blocked * 0.9 + 0.05 * (whole.total - whole.blocked), whole.total)
    assert only(stretches(soft, QUIET)).first_seen.best == only(stretches(whole, QUIET)).first_seen.best


def test_one_measurement_a_day_is_enough_for_a_long_stretch_and_two_are_not() -> None:
    assert only(stretches(drawn([0.0] * 30 + [1.0] * 25, a_day=0), QUIET)).probability > 0.9
    assert stretches(drawn([0.0] * 30 + [1.0] * 2 + [0.0] * 30, a_day=0), QUIET) == ()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 150), st.floats(0, 1), st.integers(1, 10**6)), max_size=10),
    st.sampled_from([0.002, 0.3, 0.95]),
    st.sampled_from([0, 1_000]),
)
def test_any_counts_give_stretches_that_hold_together(
    some: list[tuple[int, float, int]], share: float, pairs: int
) -> None:
    rows = {day: (blocked * total, total) for day, blocked, total in some}
    values = np.array(list(rows.values()), dtype=np.float64).reshape(-1, 2)
    counts = of_days(np.array(list(rows), dtype=np.int64), values[:, 0], values[:, 1])
    base = BaseRate(share, 12.0, 0.1, pairs)
    found = stretches(counts, base)
    assert found == stretches(counts, base)
    for one in found:
        assert one.first_seen.earliest <= one.first_seen.best <= one.first_seen.latest
        assert 0 <= one.share_low <= one.share <= one.share_high <= 1
        assert 0.5 < one.probability < 1
        assert one.days_measured > 0
        assert one.days_without >= 0
        if one.last_seen is not None:
            assert one.last_seen.earliest <= one.last_seen.best <= one.last_seen.latest


def test_machine_code_and_interpreter_agree_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = drawn([0.03] * 20 + [NAN] * 5 + [0.6] * 20 + [0.03] * 9)
    given_so_far = compiled._given[0]
    try:
        compiled._given[0] = -(10**12)
        interpreted = stretches(counts, QUIET), latest(counts, QUIET)
        compiled._given[0] = 10**12
        assert (stretches(counts, QUIET), latest(counts, QUIET)) == interpreted
    finally:
        compiled._given[0] = given_so_far


@given(st.floats(1e-6, 1e9))
def test_the_gamma_function_is_right(value: float) -> None:
    assert float(log_gamma(np.array([value]))[0]) == pytest.approx(math.lgamma(value), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(("share", "correlation"), [(0.03, 0.08), (0.5, 0.3)])
def test_the_beta_binomial_law_sums_to_one(share: float, correlation: float) -> None:
    numbers = np.arange(13.0)
    nats = log_likelihood(numbers, np.array(12.0), np.array(share), np.array(correlation))
    orders = np.array([math.comb(12, int(one)) for one in numbers])
    assert float((orders * np.exp(nats)).sum()) == pytest.approx(1.0)
    assert float((orders * np.exp(nats) * numbers).sum()) == pytest.approx(12 * share)


def test_real_tests_that_are_always_flagged_are_no_news_and_their_steps_are(shared_data: Path) -> None:
    counts = real(shared_data)

    def days(place: str, test: str) -> list[str]:
        own = counts[place, test]
        return [str(np.datetime64(one.first_seen.best, "s"))[:10] for one in stretches(own, own_base(own))]

    assert days("MY", "facebook_messenger") == []  # 48 % of the year
    assert days("PH", "psiphon") == []  # always: nothing to compare with
    assert days("MY", "whatsapp") == days("KH", "psiphon") == []
    # Myanmar: services of Meta from mid-February 2024, tools against blocking from the end of May 2024
    assert days("MM", "whatsapp") == ["2024-02-16"]
    assert days("MM", "tor") == ["2024-05-30"]
    (psiphon,) = stretches(counts["MM", "psiphon"], own_base(counts["MM", "psiphon"]))
    assert psiphon.first_seen.best // DAY == 19_873  # 30 May 2024
    # torsf: half of the year at 50 to 70 per cent, and two steps to all of it
    torsf = [one for one in stretches(counts["VN", "torsf"], own_base(counts["VN", "torsf"])) if one.probability > 0.9]
    assert [one.share > 0.8 for one in torsf] == [True, True]
