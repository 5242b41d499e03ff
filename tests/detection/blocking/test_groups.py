"""Groups of targets: blocked together only when several are, and the unmeasured are named."""

from __future__ import annotations

import math
from itertools import pairwise

from tests.detection.blocking.counted import DAY, QUIET, drawn

from kuager.detection.blocking.changepoint import stretches
from kuager.detection.blocking.groups import Target, group_days, group_stretches


def target(name: str, begins: int | None = None, ends: int = 60, seed: int = 1) -> Target:
    share = [0.03] * 60
    if begins is not None:
        share[begins:ends] = [0.95] * (ends - begins)
    counts = drawn(share, seed=seed)
    return Target(name, counts.days, stretches(counts, QUIET))


def unmeasured(name: str) -> Target:
    counts = drawn([math.nan] * 60)
    return Target(name, counts.days, stretches(counts, QUIET))


def test_targets_that_change_together_make_a_group_stretch() -> None:
    news = [target("a", 30), target("b", 31, seed=2), target("c", 30, seed=3), target("d", seed=4), unmeasured("e")]
    (found,) = group_stretches(news)
    assert sorted(found.targets) == ["a", "b", "c"]
    assert found.measured == ("a", "b", "c", "d")
    assert found.not_observable == ("e",)
    assert found.first_seen.earliest // DAY <= 130 <= found.first_seen.latest // DAY
    assert found.last_seen is None
    assert found.chance < 0.05


def test_one_target_of_many_says_nothing_of_the_group() -> None:
    assert group_stretches([target("a", 30), *(target(f"n{k}", seed=k) for k in range(8))]) == ()


def test_two_of_many_are_too_few_and_changes_weeks_apart_are_not_together() -> None:
    others = [target(f"n{k}", seed=k) for k in range(10)]
    assert group_stretches([target("a", 30), target("b", 30, seed=2), *others]) == ()
    assert group_stretches([target("a", 15), target("b", 35, seed=2), target("c", seed=3)]) == ()


def test_a_group_stretch_ends_when_all_its_targets_do() -> None:
    (found,) = group_stretches([target("a", 20, 40), target("b", 20, 41, seed=2), target("c", seed=3)])
    assert found.last_seen is not None
    assert abs(found.last_seen.best // DAY - 140) <= 1


def test_the_days_say_who_was_blocked_reachable_and_not_observable() -> None:
    days = group_days([target("a", 30), target("b"), unmeasured("c")], 90, 170)
    assert [(one.blocked, one.reachable, one.not_observable) for one in days] == [
        ((), (), ("a", "b", "c")),
        ((), ("a", "b"), ("c",)),
        (("a",), ("b",), ("c",)),
        ((), (), ("a", "b", "c")),
    ]
    assert days[0].first == 90
    assert days[-1].last == 170
    assert all(one.last + 1 == two.first for one, two in pairwise(days))
    assert group_days([], 5, 4) == ()
