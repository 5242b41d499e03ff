"""What each source gave for each day of a case: complete, partial, or absent with the reason.

Counted from the ledger of requests and from what the sealed answers say. A source that was not asked is absent, and so
is one that answered without a value: silence is never taken for a quiet day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from kuager.case.folder import Case
from kuager.case.ledger import Asked, Ledger
from kuager.errors import message
from kuager.model.collected import DayCovered
from kuager.model.notes import Note
from kuager.model.time import from_epoch
from kuager.model.words import DayStatus
from kuager.observations import collected
from kuager.sources.offer import DAY_S
from kuager.sources.registry import OFFERS

_WHOLE = 0.99
"""A day of which a hundredth of the samples is missing is whole: sources lose a sample now and then."""

Present = dict[tuple[str, str, int], tuple[int, int, int]]
"""By object, kind and day: values present, values of a whole day, and how many series they belong to."""

NOT_ASKED = message("It was not asked.")
NO_DATA = message("It answered, and had nothing for that day ({topic}).")
SOME_MISSING = message("{share} per cent of the samples ({topic}).")
SERIES_MISSING = message("{count} of {all} series ({topic}).")
NOT_OVER = message("The day, or the time in which answers about it still change, was not over.")


def coverage_of(case: Case) -> tuple[DayCovered, ...]:
    """The whole table: every source that can be asked, every day of the window, in that order."""
    present = _present(case)
    by_source: dict[str, list[Asked]] = defaultdict(list)
    for one in Ledger(case.path / "evidence" / "requests").all().values():
        if one.counts or one.problem is not None:
            by_source[one.source].append(one)
    start, end = case.settings.window
    days = range(start - start % DAY_S, end, DAY_S)
    return tuple(_day(source, day, by_source[source], present) for source in OFFERS for day in days)


def keep_coverage(case: Case) -> None:
    """Store the table in the case, beside the tables that it speaks of."""
    collected.write(case.path / "observations" / collected.FILE, coverage_of(case))


def was_collected(case: Case) -> bool:
    """Whether any source was ever asked for this case."""
    return bool(Ledger(case.path / "evidence" / "requests").all())


def remarks_of(case: Case) -> dict[str, tuple[Note, ...]]:
    """What a reader should be told about how the answers of each source were read, each remark once."""
    found: dict[str, list[Note]] = defaultdict(list)
    for one in Ledger(case.path / "evidence" / "requests").all().values():
        found[one.source] += (remark for remark in one.remarks if remark not in found[one.source])
    return {source: tuple(remarks) for source, remarks in found.items()}


def last_asked(case: Case) -> datetime | None:
    """When the last question was asked; None when none was."""
    moments = [one.asked for one in Ledger(case.path / "evidence" / "requests").all().values()]
    return from_epoch(max(moments)) if moments else None


def _present(case: Case) -> Present:
    """What each object says of each day."""
    rows = case.tables.answers().to_pylist()
    return {(row["object"], row["kind"], row["day"]): (row["present"], row["expected"], row["series"]) for row in rows}


def _day(source: str, day: int, every: Sequence[Asked], present: Present) -> DayCovered:
    by_topic: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for one in every:
        if one.counts and one.start <= day < one.end:
            by_topic[(one.about, one.topic)].append(one)
    found = [_topic(day, asked, present) for asked in by_topic.values()]
    reasons = sorted((reason for _, reason in found if reason is not None), key=lambda one: one.template == NOT_OVER)
    statuses = {status for status, _ in found}
    leading = next((one.problem for one in every if not one.counts and one.start <= day < one.end), None)
    if not found:
        return DayCovered(source, day, DayStatus.ABSENT, leading or Note(NOT_ASKED, {}))
    if leading is not None and statuses == {DayStatus.COMPLETE}:  # what it would have led to was never asked
        return DayCovered(source, day, DayStatus.PARTIAL, leading)
    if statuses == {DayStatus.COMPLETE}:
        return DayCovered(source, day, DayStatus.COMPLETE, None)
    if statuses == {DayStatus.ABSENT}:
        return DayCovered(source, day, DayStatus.ABSENT, reasons[0])
    return DayCovered(source, day, DayStatus.PARTIAL, reasons[0] if reasons else None)


def _topic(day: int, asked: Iterable[Asked], present: Present) -> tuple[DayStatus, Note | None]:
    """The best that the requests of one topic say of a day."""
    best: tuple[DayStatus, Note | None] | None = None
    order = list(DayStatus)
    for one in asked:
        found = _outcome(day, one, present)
        if best is None or order.index(found[0]) < order.index(best[0]):
            best = found
    assert best is not None  # noqa: S101 - a topic is made of at least one request
    return best


def _outcome(day: int, one: Asked, present: Present) -> tuple[DayStatus, Note | None]:
    values, expected, found = present.get((one.object, one.kind, day), (0, 0, 0))
    if one.problem is not None:
        return DayStatus.PARTIAL if values else DayStatus.ABSENT, one.problem
    if values == 0 and not one.empty_is_an_answer:
        return DayStatus.ABSENT, Note(NO_DATA, {"topic": one.topic})
    if not one.settled and one.asked < day + DAY_S + one.settles_s:
        return DayStatus.PARTIAL, Note(NOT_OVER, {})
    if one.series > found:
        facts = {"count": str(found), "all": str(one.series), "topic": one.topic}
        return DayStatus.PARTIAL, Note(SERIES_MISSING, facts)
    if expected and values < _WHOLE * expected:
        share = str(int(100 * values / expected))
        return DayStatus.PARTIAL, Note(SOME_MISSING, {"share": share, "topic": one.topic})
    return DayStatus.COMPLETE, None
