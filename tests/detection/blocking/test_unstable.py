"""What was down for everybody now and then speaks less of blocking around then, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.detection.blocking.unstable import AROUND_DAYS, down_share
from kuager.detection.grid import DAY_S

Row = tuple[int, int, str]


def shares(rows: list[Row]) -> list[float]:
    days, targets, kinds = zip(*rows, strict=True)
    told = np.array([one in ("ok", "blocked") for one in kinds])
    down = np.array([one == "down" for one in kinds])
    return list(down_share(np.array(days) * DAY_S, np.array(targets), told, down))


def test_the_share_of_downs_within_three_days() -> None:
    rows = [(10, 0, "blocked"), (10, 0, "down"), (10 + AROUND_DAYS, 0, "down"), (11 + AROUND_DAYS, 0, "down")]
    assert shares(rows)[:2] == pytest.approx([2 / 3, 2 / 3])
    assert shares(rows)[3] == pytest.approx(1.0)  # the blocked one is four days ago


def test_other_targets_and_failed_measurements_do_not_count() -> None:
    rows = [(5, 0, "blocked"), (5, 1, "down"), (5, 0, "failed"), (5, 1, "failed")]
    assert shares(rows) == pytest.approx([0.0, 1.0, 0.0, 1.0])


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 3), st.sampled_from(["ok", "blocked", "down", "failed"])),
        min_size=1,
    )
)
def test_as_counted_one_by_one(rows: list[Row]) -> None:
    found = shares(rows)
    for (day, target, _), share in zip(rows, found, strict=True):
        near = [kind for other, whom, kind in rows if whom == target and abs(other - day) <= AROUND_DAYS]
        told = sum(kind != "failed" for kind in near)
        assert share == pytest.approx(near.count("down") / told if told else 0.0)
