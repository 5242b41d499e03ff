"""Days to watch: elections, anniversaries, exams and announced assemblies, on which access has been cut before.

A day stands here because a document names it. That it is watched does not say that anything will happen.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kuager.accountability.history import Earlier
from kuager.accountability.moments import interval, is_known
from kuager.accountability.rows.people import Occasion, RiskDate
from kuager.accountability.rows.row import Status
from kuager.accountability.whereabouts import local_days
from kuager.model.time import Instant


@dataclass(frozen=True, slots=True)
class RiskDay:
    """Days to watch, on the clocks of the place, both included.

    ``before`` are the ids of earlier episodes that fell on the same days of an earlier year.
    """

    first: date
    last: date
    row: str
    occasion: Occasion
    yearly: bool
    places: tuple[str, ...]
    text: dict[str, str]
    sources: tuple[str, ...]
    before: tuple[str, ...]


def risk_calendar(
    rows: Iterable[RiskDate], history: Iterable[Earlier], year_from: int, years: int
) -> tuple[RiskDay, ...]:
    """The days to watch in some years, by date; a yearly one stands there once a year, from its own year on.

    Rows without a date, and those that were withdrawn, are left out. The 29th of February is the 28th in other years.

    Args:
        rows: the register.
        history: earlier episodes, to tell which days were hit before.
        year_from: the first year.
        years: how many.
    """
    known = [one for one in history if one.start is not None]
    found: list[RiskDay] = []
    for row in rows:
        if row.status is Status.WITHDRAWN or not is_known(row.on):
            continue
        first, last = _days(interval(row.on, _first(row.places)), row.places)
        for year in range(year_from, year_from + years):
            if year == first.year or (row.yearly and year > first.year):
                begins, ends = _in_year(first, year), _in_year(last, year)
                before = tuple(one.id for one in known if _fell_on(one, begins, ends))
                found.append(
                    RiskDay(begins, ends, row.id, row.occasion, row.yearly, row.places, row.text, row.sources, before)
                )
    return tuple(sorted(found, key=lambda one: (one.first, one.last, one.row)))


def _in_year(day: date, year: int) -> date:
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29) and not isleap(year)
        else day.replace(year=year)
    )


def _days(when: Instant, places: Sequence[str]) -> tuple[date, date]:
    """The first and the last local day of an interval; the midnight that ends a day is not of that day."""
    last = max(when.earliest, when.latest - timedelta.resolution)
    return local_days(when.earliest, last, _first(places))


def _first(places: Sequence[str]) -> str:
    return places[0] if places else ""


def _fell_on(one: Earlier, first: date, last: date) -> bool:
    """Whether an episode is known to have gone on on the same days of an earlier year."""
    if one.start is None:
        return False
    earliest, begins = _days(one.start, one.places)
    ends = _days(one.end, one.places)[0] if one.end else earliest
    if earliest < begins and ends < begins:
        return False  # it is known to a month only, and to no day
    return any(
        begins <= _in_year(last, year) and _in_year(first, year) <= max(begins, ends)
        for year in range(begins.year, min(max(begins, ends).year, first.year - 1) + 1)
    )
