"""Blocking beside a cut of the whole place: explained by it, or going on after it."""

from __future__ import annotations

import math

import pytest
from tests.detection.blocking.counted import DAY, QUIET, drawn

from kuager.detection.blocking.changepoint import stretches
from kuager.detection.blocking.finding import BlockedStretch
from kuager.detection.blocking.residual import Cut, Explained, inside, residual

CUT = Cut(120 * DAY, 126 * DAY)


def found(share: list[float]) -> BlockedStretch:
    (one,) = stretches(drawn(share), QUIET)
    return one


def test_what_begins_in_a_cut_and_outlasts_it_is_residual_with_the_days_nobody_measured() -> None:
    counts = drawn([0.0] * 20 + [math.nan] * 4 + [1.0] * 20)
    (one,) = residual(stretches(counts, QUIET), counts, [CUT])
    assert one.stretch.residual
    assert one.cut == CUT
    assert (one.cut_days, one.cut_days_without) == (6, 4)


@pytest.mark.parametrize(
    "share",
    [
        [0.0] * 20 + [1.0] * 6 + [0.0] * 20,  # ends with the cut
        [0.0] * 8 + [1.0] * 40,  # began long before
        [1.0] * 46,  # lasted when measuring began
        [0.0] * 34 + [1.0] * 12,  # began long after
    ],
)
def test_what_does_not_outlast_a_cut_or_did_not_begin_with_it_is_not_residual(share: list[float]) -> None:
    counts = drawn(share)
    assert len(stretches(counts, QUIET)) == 1
    assert residual(stretches(counts, QUIET), counts, [CUT]) == ()
    assert residual(stretches(counts, QUIET), counts, [Cut(120 * DAY, None)]) == ()


def test_a_stretch_inside_a_cut_is_explained_by_it() -> None:
    within = found([0.0] * 20 + [1.0] * 6 + [0.0] * 20)
    assert inside(within, [CUT]) is Explained.WHOLLY
    assert inside(within, [Cut(120 * DAY, None)]) is Explained.WHOLLY
    assert inside(within, [Cut(119 * DAY, 122 * DAY), Cut(122 * DAY, 127 * DAY)]) is Explained.WHOLLY
    assert inside(within, [Cut(120 * DAY, 122 * DAY)]) is Explained.PARTLY
    assert inside(within, [Cut(150 * DAY, 152 * DAY)]) is Explained.NOT
    assert inside(within, []) is Explained.NOT


def test_what_goes_on_after_a_cut_is_explained_in_part() -> None:
    assert inside(found([0.0] * 20 + [1.0] * 20), [CUT]) is Explained.PARTLY
