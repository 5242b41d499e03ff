"""The share that is always flagged: learnt from all pairs, and not raised by those that really are blocked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection.blocking.counted import drawn, own_base, real

from kuager.detection.blocking.base_rates import base_rate
from kuager.detection.blocking.changepoint import stretches


def test_pairs_that_are_blocked_do_not_raise_the_base() -> None:
    quiet = [drawn([0.03] * 40, seed=seed) for seed in range(40)]
    blocked = [drawn([0.9] * 40, seed=seed) for seed in range(16)]
    alone, together = own_base(*quiet), own_base(*quiet, *blocked)
    assert 0.02 < alone.share < 0.05
    assert abs(together.share - alone.share) < 0.02
    found = stretches(blocked[0], together)
    assert [one.already for one in found] == [True]
    assert found[0].probability > 0.9


def test_a_noisy_test_has_a_high_base_and_its_pairs_are_not_blocked() -> None:
    noisy = [drawn([0.5 + 0.01 * seed] * 40, seed=seed) for seed in range(20)]
    base = own_base(*noisy)
    assert 0.5 < base.share < 0.7
    assert all(stretches(one, base) == () for one in noisy)


def test_measurements_that_err_together_are_told_from_those_that_do_not() -> None:
    generator = np.random.default_rng(3)
    together = [drawn(generator.beta(0.2 * 3, 0.8 * 3, 60).tolist(), a_day=20, seed=seed) for seed in range(10)]
    alone = [drawn([0.2] * 60, a_day=20, seed=seed) for seed in range(10)]
    assert own_base(*together).correlation > 0.15
    assert own_base(*alone).correlation < 0.08


def test_nothing_measured_gives_a_wide_law() -> None:
    nothing = np.empty(0, dtype=np.int64)
    base = base_rate(nothing, nothing, np.empty(0), np.empty(0))
    assert base.pairs == 0
    assert stretches(drawn([0.5] * 30), base) == ()


def test_real_tests_differ_by_a_hundred_times(shared_data: Path) -> None:
    counts = real(shared_data)

    def of(test: str) -> float:
        return own_base(*(own for (_, name), own in counts.items() if name == test)).share

    assert of("whatsapp") < 0.02  # Myanmar, where it is blocked, does not raise it
    assert of("torsf") > 0.4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50), st.floats(0, 1), st.integers(1, 10**6)), max_size=40))
def test_any_counts_give_a_base_that_detection_can_use(some: list[tuple[int, int, float, int]]) -> None:
    rows = sorted({(pair, day): (share * total, total) for pair, day, share, total in some}.items())
    keys = np.array([key for key, _ in rows], dtype=np.int64).reshape(-1, 2)
    values = np.array([value for _, value in rows], dtype=np.float64).reshape(-1, 2)
    base = base_rate(keys[:, 0], keys[:, 1], values[:, 0], values[:, 1])
    assert 0 < base.share < 1
    assert 0 < base.correlation < 1
    assert base.concentration >= 2
    stretches(drawn([0.5] * 3), base)
