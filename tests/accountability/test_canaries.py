"""Canaries that did not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kuager.accountability.canaries import missed
from kuager.accountability.rows.conduct import Canary
from kuager.accountability.rows.row import Status

NOW = datetime(2022, 3, 1, 12, tzinfo=UTC)


def canary(name: str, at: str, due: str, *, operator: str = "kcell", status: Status = Status.SUPPORTED) -> Canary:
    return Canary(
        id=name, text={"en": "No secret order."}, sources=("a",), operator=operator, at=at, due=due, status=status
    )


def test_a_canary_that_is_overdue_raises_a_notice_that_names_the_last() -> None:
    first, second = canary("c1", "2021-12-01", "2022-01-01"), canary("c2", "2022-01-01", "2022-02-01")
    (found,) = missed([second, first], NOW)
    assert (found.operator, found.last) == ("kcell", "c2")
    assert found.notice.facts == {"operator": "kcell", "due": "2022-02-02T12:00:00Z", "row": "c2"}


def test_a_later_canary_answers_for_the_one_that_was_due() -> None:
    rows = [canary("c1", "2022-01-01", "2022-02-01"), canary("c2", "2022-02-20", "2022-04-01")]
    assert missed(rows, NOW) == ()
    assert [one.last for one in missed(rows[:1], NOW)] == ["c1"]


def test_each_operator_is_asked_for_its_own() -> None:
    rows = [
        canary("b", "2022-02-20", "2022-04-01", operator="beeline-kz"),
        canary("c", "2022-01-01", "2022-02-01", operator="kcell"),
        canary("a", "2022-01-01", "2022-02-01", operator="almatv"),
    ]
    assert [one.operator for one in missed(rows, NOW)] == ["almatv", "kcell"]


@pytest.mark.parametrize(
    ("due", "now", "overdue"),
    [
        ("2022-03-01", datetime(2022, 3, 2, 12, tzinfo=UTC), False),
        ("2022-03-01", datetime(2022, 3, 2, 12, 0, 1, tzinfo=UTC), True),
        ("2022-03-01T12:00:00Z", NOW, False),
        ("2022-03-01T12:00:00Z", NOW + timedelta(seconds=1), True),
        ("2022-03", NOW + timedelta(days=30), False),
        ("unknown", NOW, False),
    ],
)
def test_a_day_is_over_when_it_has_ended_everywhere(due: str, now: datetime, overdue: bool) -> None:
    assert bool(missed([canary("c1", "2022-01-01", due)], now)) is overdue


def test_a_withdrawn_canary_answers_for_nothing() -> None:
    rows = [
        canary("c1", "2022-01-01", "2022-02-01"),
        canary("c2", "2022-02-20", "2022-04-01", status=Status.WITHDRAWN),
    ]
    assert [one.last for one in missed(rows, NOW)] == ["c1"]


def test_what_is_dated_after_now_is_not_there_yet() -> None:
    rows = [canary("c1", "2022-01-01", "2022-02-01"), canary("c2", "2022-03-20", "2022-04-01")]
    assert [one.last for one in missed(rows, NOW)] == ["c1"]


def test_without_canaries_none_is_missed() -> None:
    assert missed([], NOW) == ()
