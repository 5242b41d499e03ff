"""Rows of the tables against series worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.evaluation.drawn import WANTED

from kuager.evaluation.judged import Found, Judged, Origin, is_true
from kuager.evaluation.mistakes import of_series
from kuager.evaluation.plans import FailureManner, SensorFailure
from kuager.evaluation.reliability import Forecast, calibration_row
from kuager.evaluation.scores import brier, calibration_error, log_loss
from kuager.evaluation.shapes import MONTH_S
from kuager.evaluation.strata import by_event
from kuager.evaluation.tally import every, score
from kuager.evaluation.truths import Wanted
from kuager.model.words import SignalKind

STEP_S = 100


def true(start: int, end: int, snr: float = 50.0, **changes: bool) -> Wanted:
    return replace(WANTED, start=start, end=end, snr=snr, **changes)


def found(start: int, end: int, probability: float = 0.9) -> Found:
    return Found(start, end, 0.9, probability)


def series(wanted: list[Wanted], candidates: list[Found], place: str = "XA", months: float = 1.0) -> Judged:
    origin = Origin("worlds", 5, 0)
    watched = months * MONTH_S
    return Judged(origin, "sim.bgp", place, "mixed", SignalKind.BGP, STEP_S, watched, tuple(wanted), tuple(candidates))


def test_a_row_by_hand() -> None:
    one = series(
        [true(0, 1_000), true(2_000, 3_000), true(5_000, 6_000, snr=1.0)],
        [found(100, 1_000), found(5_000, 6_000), found(8_000, 8_500), found(2_000, 2_300), found(2_400, 2_900, 0.4)],
    )
    seen, all_of_it = score("x", [one]), score("y", [one], every)
    assert (seen.true, seen.found, seen.matched) == (2, 3, 1)  # the one at 5000 is right, and was not asked for
    assert (all_of_it.true, all_of_it.found, all_of_it.matched) == (3, 4, 2)
    assert seen.precision == pytest.approx(1 / 3)
    assert seen.recall == pytest.approx(1 / 2)
    assert seen.f1 == pytest.approx(2 / 5)
    assert seen.f1_strict == pytest.approx(2 / 5)
    assert seen.recall_any == 1
    assert seen.precision_any == pytest.approx(3 / 4)
    assert (seen.false_alarms, seen.false_alarms_per_month) == (1, 1)
    assert (seen.onset.p50, seen.onset.bias, seen.end.p50) == (1, 1, 0)


def test_merges_splits_and_windows_of_restoration() -> None:
    pieces = [true(0, 3_600, piece=True), true(9_000, 12_600, piece=True)]
    merged = score("x", [series(pieces, [found(0, 12_600)])])
    assert (merged.merges, merged.splits, merged.restorations, merged.restorations_found) == (1, 0, 1, 0)
    apart = score("x", [series(pieces, [found(0, 3_500), found(9_000, 12_600)])])
    assert (apart.merges, apart.splits, apart.restorations, apart.restorations_found) == (0, 0, 1, 1)
    split = score("x", [series([true(0, 3_600)], [found(0, 900), found(1_000, 3_600)])])
    assert (split.splits, split.matched) == (1, 1)


def test_edges_that_the_data_cut_off_are_not_measured() -> None:
    row = score("x", [series([true(0, 1_000, begins=False)], [found(300, 1_000)])])
    assert (row.onset.p50, row.end.p50) == (None, 0)


def test_what_a_sort_of_event_cannot_have_is_not_shown() -> None:
    rows = {row.name: row for row in by_event([series([true(0, 600), true(9_000, 99_000)], [found(0, 600)])])}
    assert (rows["at most 15 min"].recall, rows["2 h to 1 day"].recall) == (1, None)
    assert rows["longer than 1 day"].recall == 0
    assert all(row.precision is None and row.f1 is None for row in rows.values())


def test_mistakes_say_why() -> None:
    failing = SensorFailure("sim.bgp", 8_000, 9_000, FailureManner.FALLS)
    one = replace(
        series(
            [true(0, 1_000), true(2_000, 3_000), true(4_000, 5_000, snr=1.0), true(6_000, 7_000)],
            [found(2_000, 2_200), found(6_000, 7_000, 0.2), found(8_000, 8_500)],
        ),
        artefacts=(failing,),
    )
    listed = list(of_series([one]))
    assert [(m.what, m.counted, m.why) for m in listed] == [
        ("missed", True, "nothing found overlaps it"),
        ("missed", True, "what was found shares 0.20 of the union"),
        ("missed", False, "nothing found overlaps it; hidden by the noise"),
        ("missed", True, "found (1.00 of the union) and held to be improbable"),
        ("false", True, "shares 0.20 of the union with what is true"),
        ("false", True, "nothing is true; the source falls meanwhile"),
    ]
    row = score("x", [one])
    assert sum(m.what == "missed" and m.counted for m in listed) == row.true - row.matched
    assert sum(m.what == "false" for m in listed) == row.found - row.matched


def test_a_finding_is_true_when_most_of_it_is() -> None:
    events = [true(0, 500), true(700, 1_000)]
    assert is_true(found(400, 900), events)  # 300 of 500
    assert not is_true(found(400, 1_800), events)


def test_intervals_by_entity_hold_the_scores_and_widen_when_entities_agree() -> None:
    forecasts = [(0.9, True), (0.8, True), (0.7, False), (0.2, False), (0.3, True), (0.1, False)] * 20
    own = [Forecast(number, chance, happened) for number, (chance, happened) in enumerate(forecasts)]
    clustered = [
        Forecast(number // 40, chance, happened) for number, (chance, happened) in enumerate(sorted(forecasts))
    ]
    chances, outcomes = [chance for chance, _ in forecasts], [happened for _, happened in forecasts]
    row, together = calibration_row("x", own), calibration_row("x", clustered)
    assert row is not None
    assert together is not None
    assert row.brier.value == pytest.approx(brier(chances, outcomes))
    assert row.log_loss.value == pytest.approx(log_loss(chances, outcomes))
    assert row.calibration_error.value == pytest.approx(calibration_error(chances, outcomes))
    assert row.brier.low < row.brier.value < row.brier.high
    assert together.brier.high - together.brier.low > 2 * (row.brier.high - row.brier.low)
    assert calibration_row("x", []) is None
