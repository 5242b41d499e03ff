"""The decoder finds the best path, and cutting it into stretches changes nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.detection.decode import (
    CLIP,
    ENTER,
    HIDDEN,
    LEAST_CONTRAST,
    LEAVE,
    LEVELS,
    SWITCH,
    Path,
    best_gain,
    decode,
    gain,
)

Gains = npt.NDArray[np.float64]


def path_of(ratio: Gains, sigma: float, expected: float | None = None) -> Path:
    """The best path of a series in one block, untempered; with an expected count that of counts."""
    path = np.zeros(ratio.size, dtype=np.int8)
    level = np.full(ratio.size, 1.0 if expected is None else expected)
    noise = np.array([sigma]), np.array([1.0])
    decode.interpreted(ratio, level, 0, float(ratio.size), *noise, expected is not None, path)
    return path


def evidence(ratio: Gains, sigma: float, expected: float | None = None) -> Gains:
    """Of each sample for each level, [n, levels]; missing samples say nothing."""
    gains = np.zeros((ratio.size, LEVELS.size))
    for index in np.flatnonzero(np.isfinite(ratio)):
        for level in range(1, LEVELS.size):
            counts = expected is not None
            gains[index, level] = gain(float(ratio[index]), expected or 1.0, level, sigma, 1.0, counts)
    return gains


def score(gains: Gains, path: Path) -> float:
    """What a path is worth: its evidence less the cost of its changes, starting from normality."""
    total, before = 0.0, 0
    for index, level in enumerate(path.tolist()):
        if level != before:
            total -= ENTER if before == 0 else LEAVE if level == 0 else SWITCH
        total += float(gains[index, level])
        before = level
    return total


def best_score(gains: Gains) -> float:
    """The same by plain dynamic programming over the whole series."""
    levels = gains.shape[1]
    costs = np.full((levels, levels), SWITCH)
    costs[0, :], costs[:, 0] = ENTER, LEAVE
    np.fill_diagonal(costs, 0.0)
    value = gains[0] - costs[0]
    for row in gains[1:]:
        value = (value[:, None] - costs).max(axis=0) + row
    return float(value.max())


RATIOS = st.lists(st.one_of(st.floats(0.0, 1.3), st.just(1.0), st.just(0.0), st.none()), min_size=1, max_size=60)


@settings(max_examples=150, deadline=None)
@given(RATIOS, st.floats(0.012, 0.3))
def test_no_path_is_better(ratios: list[float | None], sigma: float) -> None:
    ratio = np.array([np.nan if value is None else value for value in ratios])
    gains = evidence(ratio, sigma)
    assert np.isclose(score(gains, path_of(ratio, sigma)), best_score(gains), atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 12), st.none()), min_size=1, max_size=60), st.floats(0.3, 8.0))
def test_no_path_of_counts_is_better(counts: list[int | None], expected: float) -> None:
    ratio = np.array([np.nan if value is None else value for value in counts]) / expected
    gains = evidence(ratio, 0.1, expected)
    assert np.isclose(score(gains, path_of(ratio, 0.1, expected)), best_score(gains), atol=1e-6)


def test_edges_are_exact_and_gaps_inside_an_outage_do_not_end_it() -> None:
    ratio = np.ones(100)
    ratio[40:60] = 0.1
    ratio[47:52] = np.nan
    assert np.flatnonzero(path_of(ratio, 0.05)).tolist() == list(range(40, 60))


def test_missing_samples_are_evidence_for_nothing() -> None:
    assert best_gain(np.nan, 1.0, 0.05, 1.0, False) == 0.0
    assert not path_of(np.full(50, np.nan), 0.05).any()


def test_noise_hides_shallow_levels() -> None:
    told = [LEVELS[level] for level in range(1, LEVELS.size) if gain(0.0, 1.0, level, 0.1, 1.0, False) > HIDDEN]
    assert told == [one for one in LEVELS.tolist() if 1.0 - one >= LEAST_CONTRAST * 0.1]
    assert told == [0.55, 0.33, 0.12, 0.0]


def test_no_sample_decides_alone_and_tempering_divides_what_all_say() -> None:
    assert gain(0.0, 1.0, 6, 0.012, 1.0, False) <= CLIP
    assert gain(0.0, 1_000.0, 6, 0.012, 1.0, True) == -gain(50.0, 1_000.0, 6, 0.012, 1.0, True) == CLIP
    plain, tempered = (gain(0.5, 1.0, 3, 0.1, tempering, False) for tempering in (1.0, 3.0))
    assert tempered == plain / 3


def test_a_rise_leaves_its_mirror_and_no_path() -> None:
    ratio = np.ones(100)
    ratio[40:60] = 1.9
    path = np.zeros(100, dtype=np.int8)
    mirror = decode.interpreted(ratio, ratio, 0, 100.0, np.array([0.05]), np.array([1.0]), False, path)
    assert not path.any()
    assert mirror > ENTER


def test_each_block_is_judged_by_its_own_noise() -> None:
    ratio = np.ones(120)
    ratio[20:26] = ratio[80:86] = 0.76
    path = np.zeros(120, dtype=np.int8)
    decode.interpreted(ratio, ratio, 0, 60.0, np.array([0.02, 0.2]), np.array([1.0, 1.0]), False, path)
    assert np.flatnonzero(path).tolist() == list(range(20, 26))
