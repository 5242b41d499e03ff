"""What this project set out to reach, beside what the tables say: a shortfall stands on top, not between the lines.

The goals were written down before the detector was. Each is compared with one cell of a table; what a table does not
hold, because too little was drawn, is compared with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kuager.evaluation.blocking import MAIN
from kuager.evaluation.outcome import BlockingRow, FusedRow, Outcome, ScoreRow
from kuager.evaluation.strata import CURFEW, PARTIAL, SHORT, SPLIT

RIGHT_STEP = 0.5
"""Of a step: an edge that lies nearer than this is told in the right sample."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal.

    Attributes:
        what: is measured.
        asked: in words, such as ``at least 0.95``.
        reached: the measured figure, None where the tables have none.
        holds: whether it is reached.
        digits: to which it is told.
    """

    what: str
    asked: str
    reached: float | None
    holds: bool
    digits: int = 3


def goals(outcome: Outcome) -> Iterator[Goal]:
    """Every goal, in the order of the tables."""
    yield from _single(outcome.headline)
    for name, least in ((SHORT, 0.80), (PARTIAL, 0.85), (SPLIT, 0.95), (CURFEW, 0.99)):
        yield _at_least(f"recall, {name}", _recall_of(outcome.by_event, name), least)
    for calibration in outcome.calibration:
        error = calibration.calibration_error.value
        yield _at_most(f"calibration error (ECE), {calibration.name}", error, 0.02, digits=4)
    for sensors in outcome.sensors:
        if sensors.name.endswith("with the gate"):
            yield _at_least(f"precision, {sensors.name}", sensors.precision, 0.95)
    for fused in outcome.fused:
        yield from _fused(fused)
    for throttling in outcome.throttling:
        if throttling.name.endswith("visible"):
            yield _at_least(f"throttling, recall, {throttling.name}", throttling.recall, 0.9)
            false = throttling.false_per_month
            yield _at_most(f"throttling, false verdicts per month, {throttling.name}", false, 0.01, digits=4)
    for online in outcome.online:
        yield _at_least("live: total outages told within 10 minutes", online.within.get("10"), 0.95)
        yield _at_most("live: false alarms per month", online.false_alarms_per_month, 0.01, digits=4)
    yield from _blocking(outcome.blocking)


def _blocking(rows: Sequence[BlockingRow]) -> Iterator[Goal]:
    for row in rows:
        if row.name == MAIN:
            yield _at_least(f"blocking, onset within 2 days, {row.name}", row.onset_within_2_days, 0.95)
        yield _at_most(
            f"blocking, false changes per 1,000 months, {row.name}", row.false_changes_per_1000, 1.0, digits=2
        )


def _single(rows: Sequence[ScoreRow]) -> Iterator[Goal]:
    for row in rows:
        if not row.name.endswith("visible"):
            continue
        yield _at_least(f"F1, {row.name}", row.f1, 0.95)
        yield _at_most(f"false alarms per month, {row.name}", row.false_alarms_per_month, 0.01, digits=4)
    for row in rows[:1]:
        p50 = row.onset.p50
        asked = "the right step, so below 0.5"
        yield Goal("error of the onset in steps, median", asked, p50, p50 is not None and p50 < RIGHT_STEP, 1)
        yield _at_most("error of the onset in steps, nine tenths", row.onset.p90, 1.0, digits=1)


def _fused(row: FusedRow) -> Iterator[Goal]:
    yield _at_least(f"episodes, recall, {row.name}", row.recall, 0.95)
    yield _at_most(f"episodes, false per month, {row.name}", row.false_episodes_per_month, 0.02, digits=4)
    found = row.restorations_found / row.restorations if row.restorations else None
    yield _at_least(f"episodes, restorations found, {row.name}", found, 0.9)


def _recall_of(rows: Sequence[ScoreRow], name: str) -> float | None:
    return next((row.recall for row in rows if row.name == name), None)


def _at_least(what: str, reached: float | None, least: float) -> Goal:
    return Goal(what, f"at least {least:.2f}", reached, reached is not None and reached >= least)


def _at_most(what: str, reached: float | None, most: float, digits: int) -> Goal:
    return Goal(what, f"at most {most:.2f}", reached, reached is not None and reached <= most, digits)
