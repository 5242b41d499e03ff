"""The drawn months of blocking, their scores, and where these stand in the report."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from kuager.evaluation.blocking import DAYS, MAIN, SETTINGS, blocking_rows, draw
from kuager.evaluation.goals import goals
from kuager.evaluation.outcome import BlockingRow, Outcome
from kuager.evaluation.protocol import TUNING_SEEDS, Part
from kuager.evaluation.report import markdown

SEED = TUNING_SEEDS[Part.BLOCKING]


@pytest.fixture(scope="module")
def rows() -> tuple[BlockingRow, ...]:
    return tuple(blocking_rows(SEED, 10))


def reported(rows: tuple[BlockingRow, ...]) -> Outcome:
    return Outcome("kuager evaluate", False, (), (), (), (), (), (), (), (), (), (), (), (), blocking=rows)


def test_months_are_the_same_for_the_same_seed_and_have_the_truth_beside_them() -> None:
    one, same = (draw(np.random.default_rng(4), SETTINGS[0], changes=True) for _ in range(2))
    assert one.counts.blocked.tolist() == same.counts.blocked.tolist()
    assert one.begins is not None
    assert one.ends is not None
    assert 0 < one.begins < one.ends <= DAYS
    inside = (one.counts.days >= one.begins) & (one.counts.days < one.ends)
    assert one.counts.blocked[inside].sum() > 0.6 * one.counts.total[inside].sum()
    assert draw(np.random.default_rng(4), SETTINGS[0], changes=False).begins is None


def test_every_setting_is_scored_and_the_plain_one_reaches_its_goal(rows: tuple[BlockingRow, ...]) -> None:
    assert [row.name for row in rows] == [one.name for one in SETTINGS]
    main = rows[0]
    assert main.name == MAIN
    assert (main.target_months, main.changes) == (50, 10)
    assert main.onset_within_2_days is not None
    assert main.onset_within_2_days >= 0.9
    assert main.false_changes <= 1


def test_the_report_shows_the_rows_and_their_goals(rows: tuple[BlockingRow, ...]) -> None:
    outcome = reported(rows)
    text = markdown(outcome)
    assert "### Blocking" in text
    assert all(f"| {row.name} | 50 | 10 |" in text for row in rows)
    asked = [one for one in goals(outcome) if one.what.startswith("blocking")]
    assert len(asked) == 1 + len(rows)


def test_a_shortfall_is_told(rows: tuple[BlockingRow, ...]) -> None:
    worse = msgspec.structs.replace(rows[0], onset_within_2_days=0.9, false_changes_per_1000=1.5)
    told = [one.holds for one in goals(reported((worse,))) if one.what.startswith("blocking")]
    assert told == [False, False]
