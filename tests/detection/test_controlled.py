"""What controls lose too is the sensor's failure; what one series loses alone is its own."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detection.drawn import DAY, HOUR, MINUTE, START, TRUSTED, beat, between, rhythm

from kuager.detection import detect
from kuager.detection.controlled import LEAST_CONTROLS, Own, detect_controlled
from kuager.detection.gate import stuck
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

STEP_S = 30 * MINUTE
TIMES = beat(30, STEP_S)
FAILED = between(TIMES, START + 12 * DAY, START + 12 * DAY + 5 * HOUR)
CUT = between(TIMES, START + 20 * DAY, START + 20 * DAY + 5 * HOUR)


def family(size: int) -> list[Values]:
    """Series of one sensor, which failed once for all of them."""
    every = [rhythm(TIMES, seed=seed, level=100.0 * (seed + 1)) for seed in range(size)]
    for values in every:
        values[FAILED] *= 0.2
    return every


def judged(every: list[Values], times: Times = TIMES) -> list[list[tuple[int, int]]]:
    """The trusted events of series that are each other's controls."""
    owns = [
        Own(times, values, STEP_S, SignalKind.TRAFFIC, tuple(one for one in range(len(every)) if one != place))
        for place, values in enumerate(every)
    ]
    found = detect_controlled(owns)
    return [[(one.first, one.last) for one in each.findings if one.probability >= TRUSTED] for each in found]


@pytest.mark.parametrize("size", [4, 12])
def test_a_failure_of_all_is_no_event_and_a_cut_of_one_is(size: int) -> None:
    every = family(size)
    every[0][CUT] *= 0.05
    assert judged(every) == [[(CUT.start, CUT.stop)], *[[]] * (size - 1)]


def test_the_failure_is_not_observable() -> None:
    owns = [Own(TIMES, one, STEP_S, SignalKind.TRAFFIC, (1, 2, 3)) for one in family(4)]
    first = next(detect_controlled(owns))
    assert not first.observed[FAILED].any()
    assert first.observed[: FAILED.start - 1].all()


def test_a_deeper_loss_during_the_failure_is_the_series_own() -> None:
    every = family(12)
    every[0][FAILED] *= 0.02
    assert judged(every) == [[(FAILED.start, FAILED.stop)], *[[]] * 11]


def test_with_two_controls_a_series_is_judged_alone() -> None:
    assert LEAST_CONTROLS == 3
    assert judged(family(3)) == [[(FAILED.start, FAILED.stop)]] * 3


def test_controls_of_another_step_have_no_voice() -> None:
    own = family(1)[0]
    coarse = TIMES[::2]
    others = [Own(coarse, one[::2], 2 * STEP_S, SignalKind.TRAFFIC) for one in family(5)[1:]]
    first = next(detect_controlled([Own(TIMES, own, STEP_S, SignalKind.TRAFFIC, (1, 2, 3, 4)), *others]))
    assert [(one.first, one.last) for one in first.findings] == [(FAILED.start, FAILED.stop)]


def test_controls_that_began_at_another_time_are_laid_beside_it() -> None:
    every = family(5)
    every[0][CUT] *= 0.05
    owns = [Own(TIMES, every[0], STEP_S, SignalKind.TRAFFIC, (1, 2, 3, 4))]
    for place, values in enumerate(every[1:]):
        late = slice(48 * place, TIMES.size - 96)
        owns.append(Own(TIMES[late] + 60 * place, values[late], STEP_S, SignalKind.TRAFFIC))
    first = next(detect_controlled(owns))
    assert [(one.first, one.last) for one in first.findings if one.probability >= TRUSTED] == [(CUT.start, CUT.stop)]


def test_controls_that_measured_nothing_then_say_nothing() -> None:
    own, *others = family(5)
    for values in others:
        values[FAILED.start - 4 : FAILED.stop + 4] = np.nan
    ((event,), *_) = judged([own, *others])
    assert event == (FAILED.start, FAILED.stop)


def test_series_that_repeat_themselves_together_are_stuck() -> None:
    every = [rhythm(TIMES, seed=seed) for seed in range(5)]
    stands = slice(700, 708)
    for values in every:
        values[stands] = values[700]
    owns = [Own(TIMES, one, STEP_S, SignalKind.TRAFFIC, (1, 2, 3, 4)) for one in every]
    first = next(detect_controlled(owns))
    assert not first.observed[702:707].any()
    assert not stuck(first.grid).any()  # alone it would not be called stuck


def test_without_controls_a_series_is_judged_as_by_detect() -> None:
    values = family(1)[0]
    (alone,) = detect_controlled([Own(TIMES, values, STEP_S, SignalKind.TRAFFIC)])
    assert alone.findings == detect(TIMES, values, STEP_S, SignalKind.TRAFFIC).findings
