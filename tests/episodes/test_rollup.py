"""The share of a place that was lost: invariants of the arithmetic, and the quadrature against random draws."""

from __future__ import annotations

import math
from itertools import product
from random import Random
from statistics import NormalDist

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.episodes.rollup import Member, fitted, mobile_only, roll_up, rounded
from kuager.model.scope import Share
from kuager.model.words import State

CHANCES = st.one_of(st.none(), st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0]))
WEIGHTS = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))
MEMBERS = st.lists(st.builds(Member, WEIGHTS, CHANCES, st.floats(0, 1)), max_size=12)
CORRELATIONS = st.one_of(st.floats(0, 0.95), st.just(1.0))
CELL = 1 / 500


@given(MEMBERS, CORRELATIONS)
def test_masses_sum_to_one_and_the_interval_is_one(members: list[Member], correlation: float) -> None:
    share = roll_up(members, correlation)
    assert share.down + share.up + share.unknown == pytest.approx(1)
    assert min(share.down, share.up, share.unknown, share.low) >= 0
    assert share.low <= share.high <= 1
    assert 0 <= share.chance <= 1
    stored = rounded(share)
    assert stored.down + stored.up + stored.unknown == pytest.approx(1, abs=1e-9)


@given(MEMBERS, CORRELATIONS, st.floats(0, 1e6))
def test_a_part_of_which_nothing_is_known_raises_no_lower_bound(
    members: list[Member], correlation: float, weight: float
) -> None:
    before, after = roll_up(members, correlation), roll_up([*members, Member(weight, None)], correlation)
    assert after.low <= before.low
    assert after.high >= before.high - 1e-12
    assert after.unknown >= before.unknown - 1e-12


@given(MEMBERS, CORRELATIONS, st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(members: list[Member], correlation: float, random: Random) -> None:
    shuffled = random.sample(members, len(members))
    assert roll_up(shuffled, correlation) == roll_up(members, correlation)


@given(MEMBERS, st.floats(0, 0.95), st.floats(0.1, 10))
def test_the_unit_of_weights_does_not_matter(members: list[Member], correlation: float, factor: float) -> None:
    one = roll_up(members, correlation)
    other = roll_up([Member(m.weight * factor, m.probability, m.depth) for m in members], correlation)
    assert (other.down, other.unknown) == pytest.approx((one.down, one.unknown), abs=1e-9)
    assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=2 * CELL)


@given(
    st.sampled_from([2, 4, 5, 10]).flatmap(
        lambda count: st.lists(st.floats(0.02, 0.98), min_size=count, max_size=count)
    )
)
def test_without_correlation_parts_are_independent(chances: list[float]) -> None:
    """Against every combination of parts, counted out; these numbers of parts divide the grid of the distribution."""
    count = len(chances)
    exact = np.zeros(count + 1)
    for lost in product((False, True), repeat=count):
        exact[sum(lost)] += math.prod(p if hit else 1 - p for p, hit in zip(chances, lost, strict=True))
    share = roll_up([Member(1, chance) for chance in chances], 0.0)
    cumulative = np.cumsum(exact)
    for bound, tail in ((share.low, 0.05), (share.high, 0.95)):
        number = round(bound * count)
        assert bound == pytest.approx(number / count)
        assert cumulative[number] >= tail - 1e-6
        assert number == 0 or cumulative[number - 1] <= tail + 1e-6
    assert share.chance == pytest.approx(1 - exact[0], abs=1e-6)


@given(st.floats(0.06, 0.94), st.integers(2, 20))
def test_with_full_correlation_equal_parts_are_all_lost_or_none(chance: float, count: int) -> None:
    share = roll_up([Member(1, chance)] * count, 1.0)
    assert share.low == 0.0
    assert share.high == pytest.approx(1.0)
    assert share.chance == pytest.approx(chance)
    sure = roll_up([Member(1, 0.97)] * count, 1.0)
    assert (sure.low, sure.high) == pytest.approx((1.0, 1.0))
    assert roll_up([Member(1, 0.03)] * count, 1.0).high == 0.0


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.5, 0.8, 0.95])
def test_the_quadrature_agrees_with_random_draws(correlation: float) -> None:
    random = np.random.default_rng(7)
    count, draws = 15, 200_000
    chances, weights = random.uniform(0.05, 0.99, count), random.uniform(0.1, 5, count)
    depths = random.uniform(0.3, 1, count)
    share = roll_up(
        [Member(*each) for each in zip(weights.tolist(), chances.tolist(), depths.tolist(), strict=True)]
        + [Member(2.0, None)],
        correlation,
    )
    thresholds = np.array([NormalDist().inv_cdf(chance) for chance in chances.tolist()])
    shared, own = random.standard_normal((draws, 1)), random.standard_normal((draws, count))
    lost = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own < thresholds
    shares = (lost * weights * depths).sum(axis=1) / (weights.sum() + 2.0)
    assert share.down == pytest.approx(shares.mean(), abs=0.003)
    assert share.low == pytest.approx(np.quantile(shares, 0.05), abs=0.008)
    assert share.high - share.unknown == pytest.approx(np.quantile(shares, 0.95), abs=0.008)
    assert share.chance == pytest.approx((shares > 0.05).mean(), abs=0.005)


def test_parts_that_err_together_are_less_sure_than_independent_ones() -> None:
    parts = [Member(1, 0.8)] * 20
    apart, together = roll_up(parts, 0.0), roll_up(parts, 0.6)
    assert together.down == apart.down
    assert together.low < apart.low - 0.2
    assert together.high >= apart.high


def test_below_half_of_the_weight_nothing_is_said_of_the_whole() -> None:
    assert roll_up([Member(49, 1.0), Member(51, None)], 0.5).verdict is State.NOT_OBSERVABLE
    assert roll_up([Member(50, 1.0), Member(50, None)], 0.5).verdict is State.DOWN
    assert roll_up([Member(49, 0.0), Member(51, None)], 0.5).verdict is State.NOT_OBSERVABLE
    assert roll_up([Member(50, 0.0), Member(50, None)], 0.5).verdict is State.NORMAL
    assert roll_up([], 0.5).verdict is State.NOT_OBSERVABLE


def test_a_loss_is_one_only_where_the_interval_leaves_nothing_out() -> None:
    assert roll_up([Member(3, 0.999), Member(7, 0.0)], 0.5).verdict is State.DEGRADED
    assert roll_up([Member(3, 0.6), Member(7, 0.0)], 0.5).verdict is State.NOT_OBSERVABLE
    assert roll_up([Member(1, 0.999), Member(99, 0.0)], 0.5).verdict is State.NORMAL  # a hundredth is no event of it


def test_an_error_of_depths_widens_the_interval_and_nothing_else() -> None:
    parts = [Member(6, 1.0, 0.5), Member(4, 0.0)]
    exact, doubtful = roll_up(parts, 0.5), roll_up(parts, 0.5, 0.1)
    assert (exact.low, exact.high) == pytest.approx((0.3, 0.3))
    assert (doubtful.low, doubtful.high) == pytest.approx((0.27, 0.33))
    assert doubtful.down == exact.down


def test_mobile_only_needs_both_to_be_measured() -> None:
    lost, fine = roll_up([Member(1, 1.0)], 0.5), roll_up([Member(1, 0.0)], 0.5)
    unmeasured = roll_up([Member(1, 0.0), Member(2, None)], 0.5)
    assert mobile_only(lost, fine)
    assert not mobile_only(lost, unmeasured)
    assert not mobile_only(lost, lost)
    assert not mobile_only(fine, fine)


def test_the_parameters_are_those_of_the_benchmark() -> None:
    assert 0 < fitted().correlation < 1
    assert 0 < fitted().depth_error < 0.2


def test_a_share_goes_to_json_and_back() -> None:
    share = roll_up([Member(1, 0.7), Member(1, None)], 0.5)
    assert msgspec.json.decode(msgspec.json.encode(share), type=Share) == share
