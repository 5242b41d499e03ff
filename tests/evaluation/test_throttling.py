"""How verdicts of throttling are scored: what counts as found and as false, and that it is reached on few months."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kuager.detection.throttling.finding import Otherwise, Sign, Throttled
from kuager.evaluation.outcome import ThrottlingRow
from kuager.evaluation.protocol import TUNING_SEEDS, Part
from kuager.evaluation.throttled_months import Manner, Throttle, handshake_months, speed_months
from kuager.evaluation.throttling import JudgedMonth, row, throttling_rows
from kuager.evaluation.throttling_sheet import throttling_sheet

SEED = TUNING_SEEDS[Part.THROTTLING]
TRUE = Throttle(1_000, 2_000, 0.8, Manner.SHARE, 9.0)
FOUND = Throttled(
    sign=Sign.THROUGHPUT,
    first=1_100,
    last=2_100,
    first_earliest=1_000,
    last_earliest=1_900,
    ongoing=False,
    slower=4.5,
    slower_low=4.0,
    slower_high=6.0,
    runs=9,
    baseline_runs=90,
    probability=0.9,
    plateau=None,
    otherwise=(Otherwise.PROBES,),
    unlikely=(Otherwise.CONGESTION,),
)


def scored(throttle: Throttle | None, *found: Throttled) -> ThrottlingRow:
    month = JudgedMonth(throttle, throttle is not None, found)
    return row("drawn", [month], [month] if throttle is not None else [])


def test_a_verdict_over_the_throttle_is_found_and_its_size_is_held_or_not() -> None:
    told = scored(TRUE, FOUND)
    assert (told.found, told.recall, told.false_verdicts, told.size_held) == (1, 1.0, 0, 1.0)
    assert scored(TRUE, replace(FOUND, slower_low=5.5)).size_held == 0.0


def test_a_verdict_beside_it_or_without_one_is_false() -> None:
    beside = replace(FOUND, first=3_000, last_earliest=4_000, last=5_000)
    assert (scored(TRUE, beside).found, scored(TRUE, beside).false_verdicts) == (0, 1)
    assert scored(None, FOUND).false_verdicts == 1


@pytest.mark.parametrize(
    "no_verdict",
    [
        replace(FOUND, probability=0.4),
        replace(FOUND, speaks_for=(Otherwise.PROBES,)),
        replace(FOUND, unlikely=()),
    ],
)
def test_what_is_improbable_or_explained_is_no_verdict(no_verdict: Throttled) -> None:
    assert (scored(TRUE, no_verdict).found, scored(None, no_verdict).false_verdicts) == (0, 0)


def test_the_upper_bound_is_that_of_a_poisson_count() -> None:
    months = [JudgedMonth(None, False, ())] * 300
    assert row("none", months, []).false_at_most == pytest.approx(2.996 / 300, rel=0.001)


def test_months_are_the_same_however_many_are_drawn() -> None:
    one, many = list(speed_months(SEED, 2)), list(speed_months(SEED, 4))
    assert np.array_equal(one[1].runs.speeds, many[1].runs.speeds)
    assert one[1].throttle == many[1].throttle
    assert [month.throttle is not None for month in many] == [False, True, False, True]
    few, more = list(handshake_months(SEED, 2)), list(handshake_months(SEED, 3))
    assert np.array_equal(few[1].handshakes.durations, more[1].handshakes.durations)


def test_rows_and_sheet_agree() -> None:
    rows = throttling_rows(SEED, 6)
    sheet = throttling_sheet(rows)
    assert {one.name for one in rows} >= {"speed tests, visible", "handshakes, visible"}
    for one, cells in zip(rows, sheet.rows, strict=True):
        assert len(cells) == len(sheet.heads)
        assert cells[:4] == (one.name, str(one.months), str(one.throttles), str(one.found))
        assert one.found <= one.throttles <= one.months
    assert all(one.false_verdicts == 0 for one in rows)
