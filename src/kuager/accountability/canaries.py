"""Canaries: signed statements that no secret order came, of which the next is awaited by a day that the last one names.

That one did not come says nothing of why; it is a reason to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kuager.accountability.moments import interval, is_known
from kuager.accountability.rows.conduct import Canary
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.time import format_utc

_LAST_ZONE = timedelta(hours=12)
"""A day ends so long after that of UTC where it ends last: whose clocks the day is of is not told."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Missed:
    """A canary that is overdue: whose, the id of the last row, by when the next was due at the latest, and a notice."""

    operator: str
    last: str
    due: datetime
    notice: Note


def missed(canaries: Sequence[Canary], now: datetime) -> tuple[Missed, ...]:
    """Operators of whom a canary is overdue at ``now``, by id.

    An operator without any canary never promised one, and one that names no day for the next misses none.
    """
    last: dict[str, Canary] = {}
    for one in sorted(canaries, key=_made):
        if one.status is not Status.WITHDRAWN and _made(one)[0] <= now:
            last[one.operator] = one
    overdue = ((one, due) for _, one in sorted(last.items()) if (due := _due(one)) is not None and due < now)
    return tuple(Missed(one.operator, one.id, due, _notice(one, due)) for one, due in overdue)


def _made(one: Canary) -> tuple[datetime, datetime, str]:
    made = interval(one.at).earliest if is_known(one.at) else _LONG_AGO
    return made, _due(one) or _LONG_AGO, one.id


def _due(one: Canary) -> datetime | None:
    if not is_known(one.due):
        return None
    return interval(one.due).latest + (timedelta() if "T" in one.due else _LAST_ZONE)


def _notice(one: Canary, due: datetime) -> Note:
    template = message(
        "The next canary of {operator} was due by {due} and is not in the record; the last is {row}."
        " Why there is none is not known."
    )
    return Note(template, {"operator": one.operator, "due": format_utc(due), "row": one.id})
