"""The decoder finds the best path, and cutting it into stretches changes nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.detection.decode import ENTER, LEAVE, LEVELS, SWITCH, decode, evidence, observable_levels
from kuager.detection.noise import Noise

QUIET = Noise(np.full(1, 0.03), 1.0)


def score(gains: npt.NDArray[np.float64], path: npt.NDArray[np.int8]) -> float:
    """What a path is worth: its evidence less the cost of its changes, starting from normality."""
    total, before = 0.0, 0
    for index, level in enumerate(path.tolist()):
        if level != before:
            total -= ENTER if before == 0 else LEAVE if level == 0 else SWITCH
        total += float(gains[index, level])
        before = level
    return total


def best_score(gains: npt.NDArray[np.float64]) -> float:
    """The same by plain dynamic programming over the whole series."""
    levels = gains.shape[1]
    costs = np.full((levels, levels), SWITCH)
    costs[0, :], costs[:, 0] = ENTER, LEAVE
    np.fill_diagonal(costs, 0.0)
    value = gains[0] - costs[0]
    for row in gains[1:]:
        value = (value[:, None] - costs).max(axis=0) + row
    return float(value.max())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.floats(0.0, 1.3), st.just(1.0), st.just(0.0), st.none()), min_size=1, max_size=60),
    st.floats(0.02, 0.3),
)
def test_no_path_is_better(ratios: list[float | None], sigma: float) -> None:
    ratio = np.array([np.nan if value is None else value for value in ratios])
    gains = evidence(ratio, Noise(np.full(ratio.shape, sigma), 1.0))
    assert np.isclose(score(gains, decode(gains)), best_score(gains), atol=1e-6)


def test_edges_are_exact_and_gaps_inside_an_outage_do_not_end_it() -> None:
    ratio = np.ones(100)
    ratio[40:60] = 0.1
    ratio[47:52] = np.nan
    path = decode(evidence(ratio, Noise(np.full(100, 0.05), 1.0)))
    assert np.flatnonzero(path).tolist() == list(range(40, 60))


def test_missing_samples_are_evidence_for_nothing() -> None:
    gains = evidence(np.full(50, np.nan), Noise(np.full(50, 0.05), 1.0))
    assert not gains.any()
    assert not decode(gains).any()


def test_noise_hides_shallow_levels() -> None:
    seen = observable_levels(Noise(np.full(10, 0.1), 1.0))
    assert LEVELS[seen].tolist() == [1.0, 0.55, 0.33, 0.12, 0.0]
