"""Days to watch."""

from __future__ import annotations

from datetime import date

import pytest

from kuager.accountability.history import earlier
from kuager.accountability.risk_dates import risk_calendar
from kuager.accountability.rows.people import Occasion, Past, RiskDate
from kuager.accountability.rows.row import Status
from kuager.model.words import EpisodeKind


def risk(
    name: str,
    on: str,
    *,
    yearly: bool = False,
    occasion: Occasion = Occasion.ANNIVERSARY,
    status: Status = Status.SUPPORTED,
) -> RiskDate:
    return RiskDate(
        id=name,
        text={"en": name},
        sources=("a",),
        occasion=occasion,
        on=on,
        yearly=yearly,
        places=("KZ",),
        status=status,
    )


def past(name: str, at: str, until: str = "") -> Past:
    return Past(
        id=name, text={"en": name}, sources=("a",), kind=EpisodeKind.SHUTDOWN, at=at, until=until, places=("KZ",)
    )


def test_a_yearly_day_comes_back_each_year_from_its_own_on() -> None:
    rows = [risk("zhanaozen", "2011-12-16", yearly=True), risk("vote", "2011-04-03", occasion=Occasion.ELECTION)]
    found = risk_calendar(rows, (), 2010, 4)
    assert [(one.row, one.first) for one in found] == [
        ("vote", date(2011, 4, 3)),
        ("zhanaozen", date(2011, 12, 16)),
        ("zhanaozen", date(2012, 12, 16)),
        ("zhanaozen", date(2013, 12, 16)),
    ]
    assert (found[0].occasion, found[0].text, found[0].sources) == (Occasion.ELECTION, {"en": "vote"}, ("a",))


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        ("2024-03-17", date(2024, 3, 17), date(2024, 3, 17)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-03-16T20:00:00Z", date(2024, 3, 17), date(2024, 3, 17)),
    ],
)
def test_days_are_those_of_the_place_and_as_wide_as_was_written(on: str, first: date, last: date) -> None:
    (found,) = risk_calendar([risk("a", on)], (), 2024, 1)
    assert (found.first, found.last) == (first, last)


def test_a_leap_day_is_the_28th_in_other_years() -> None:
    found = risk_calendar([risk("a", "2024-02-29", yearly=True)], (), 2024, 2)
    assert [one.first for one in found] == [date(2024, 2, 29), date(2025, 2, 28)]


def test_rows_without_a_date_and_withdrawn_ones_are_left_out() -> None:
    assert risk_calendar([risk("a", "unknown"), risk("b", "2024-01-01", status=Status.WITHDRAWN)], (), 2024, 1) == ()


def test_a_day_names_the_earlier_episodes_that_fell_on_it() -> None:
    rows = [
        past("hit", "2019-05-09T07:00:00Z", "2019-05-09T14:00:00Z"),
        past("within", "2020-05-01", "2020-05-20"),
        past("beside", "2019-05-10"),
        past("of-a-month", "2018-05"),
        past("months", "2018-03", "2018-06"),
        past("same-year", "2022-05-09"),
        past("later", "2023-05-09"),
    ]
    (found,) = risk_calendar([risk("victory-day", "2022-05-09")], earlier("KZ", rows), 2022, 1)
    assert set(found.before) == {"hit", "within", "months"}
    (last_of_may,) = risk_calendar([risk("victims", "2022-05-31")], earlier("KZ", rows), 2022, 1)
    assert set(last_of_may.before) == {"months"}
