"""Searches for VPNs in Kazakhstan around January 2022, beside the documented events of that country.

The series is one window of Google Trends: before its great rise the days are finer than whole numbers, after it they
are 0 or 1.
"""

from __future__ import annotations

import csv
from pathlib import Path

from kuager.detection import Finding
from kuager.evaluation.labelled.documented import Moment, moment
from kuager.evaluation.labelled.examining import risen, trusted
from kuager.evaluation.labelled.judgement import Judgement, absent, clock, described, holds_moment
from kuager.evaluation.labelled.reading import searches
from kuager.model.series import Series
from kuager.sources.registry import signal

NAME = "Kazakhstan, searches for VPNs"
LIKE_SIZE = 0.5
"""A rise is of like size when its excess over what was expected is at least half of the largest one's."""

Event = tuple[Moment, Moment | None, str]
"""Start, end where one is documented, and what was affected."""


def judge(folder: Path) -> list[Judgement]:
    """What is claimed of it; see :func:`kuager.evaluation.labelled.judge`."""
    file = folder / "trends" / "KZ_vpn_topic_2021-12-17_2022-02-28.csv"
    table = folder / "trends" / "KZ_events_cenalert.csv"
    if missing := absent(NAME, "a rise with each documented event", [file, table]):
        return missing
    series = searches(file, "KZ")
    rises = trusted(risen(series, signal(series.signal).kind))
    events = _events(table)
    covered = [event for event in events if _covers(series, event)]
    return [
        *(_rise(event, rises) for event in covered),
        _no_other(covered, rises),
        _documented(events, covered, rises),
    ]


def _events(table: Path) -> list[Event]:
    with table.open(encoding="utf-8", newline="") as lines:
        return [
            (
                moment(row["start_date"]),
                moment(row["end_date"]) if row["end_date"] else None,
                row["affected_services"],
            )
            for row in csv.DictReader(lines)
        ]


def _covers(series: Series, event: Event) -> bool:
    return bool(series.times[0] <= event[0].earliest <= series.times[-1])


def _at(event: Event, rises: list[Finding]) -> Finding | None:
    return next((f for f in rises if holds_moment(f.start, event[0].earliest, event[0].latest)), None)


def _rise(event: Event, rises: list[Finding]) -> Judgement:
    start, end, _ = event
    found = _at(event, rises)
    ends = end is None or (
        found is not None and found.end is not None and holds_moment(found.end, end.earliest, end.latest)
    )
    days = f"{_day(start)} to {_day(end)}" if end else f"from {_day(start)}"
    return Judgement(
        f"{NAME}: {_day(start)}",
        f"a rise {days}",
        "; ".join(map(described, rises)) or "nothing",
        holds=found is not None and ends,
    )


def _no_other(covered: list[Event], rises: list[Finding]) -> Judgement:
    wanted = [found for event in covered if (found := _at(event, rises)) is not None]
    largest = max(map(_excess, rises), default=0.0)
    others = [one for one in rises if one not in wanted and _excess(one) >= LIKE_SIZE * largest]
    return Judgement(
        f"{NAME}: other rises",
        "none of like size",
        "; ".join(map(described, others)) or "none",
        holds=not others and bool(wanted),
        remark="Ordinary days after the great rise are rounded to 0 or 1: a rise to 2 could not be told from noise.",
    )


def _excess(rise: Finding) -> float:
    """By how much the value exceeds the expected one, as a multiple of it; a rise's depth is 1 - expected/value."""
    return rise.depth / max(1.0 - rise.depth, 1e-6)


def _documented(events: list[Event], covered: list[Event], rises: list[Finding]) -> Judgement:
    found = [event for event in covered if _at(event, rises) is not None]
    days = ", ".join(_day(start) for start, _, _ in covered)
    return Judgement(
        f"{NAME}: documented events",
        f"a rise with each that the series covers: {len(covered)} of {len(events)} ({days})",
        f"{len(found)} of {len(covered)}",
        holds=bool(covered) and len(found) == len(covered),
        remark=f"{len(events) - len(covered)} lie outside of the series and were not judged.",
    )


def _day(when: Moment) -> str:
    return clock(when.earliest)[:10]
