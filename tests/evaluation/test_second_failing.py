"""The second simulator's failing sources: they fall or freeze everywhere at once, and that is no truth."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kuager.evaluation.plans import FailureManner, SensorFailure, Simulation
from kuager.evaluation.second import failing_worlds
from kuager.model.series import Series

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def failing() -> list[Simulation]:
    return list(failing_worlds(3, 5))


def test_a_failing_source_falls_or_freezes_in_all_places_together(failing: list[Simulation]) -> None:
    manners: Counter[FailureManner] = Counter()
    for simulation in failing:
        assert len({series.signal for series in simulation.series}) == 1
        assert len({series.place for series in simulation.series}) == len(simulation.series) >= 12
        failures = [artefact for artefact in simulation.artefacts if isinstance(artefact, SensorFailure)]
        assert failures
        for failure in failures:
            manners[failure.manner] += 1
            showing = [changed(series, failure) for series in simulation.series]
            if failure.manner is FailureManner.FREEZES:
                assert np.mean(np.array(showing) == 0.0) > 0.9
            else:
                assert float(np.median(showing)) == pytest.approx(1 - failure.remaining, abs=0.15)
            assert not any(event.start < failure.end and event.end > failure.start for event in simulation.truth)
    assert set(manners) == {FailureManner.FALLS, FailureManner.FREEZES}
    eventful = sum(len({event.place for event in simulation.truth}) for simulation in failing)
    assert 0 < eventful <= 0.3 * sum(len(simulation.series) for simulation in failing)


def changed(series: Series, failure: SensorFailure) -> float:
    """For a frozen source the spread of its values, for a fallen one the share lost against the days beside it."""
    where = (series.times >= failure.start) & (series.times + series.step_s <= failure.end)
    values = series.values[where]
    if not np.isfinite(values).any():
        return 0.0 if failure.manner is FailureManner.FREEZES else 1 - failure.remaining
    if failure.manner is FailureManner.FREEZES:
        return float(np.nanmax(values) - np.nanmin(values))
    shift = 2 * 86400 // series.step_s
    beside = np.nanmedian(
        [np.roll(series.values, move)[where] for move in (-2 * shift, -shift, shift, 2 * shift)], axis=0
    )
    return 1 - float(np.nanmedian(values / beside))
