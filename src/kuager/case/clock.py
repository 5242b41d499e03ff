"""The clock of this machine, against what the log of a case says was known already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kuager.case.folder import Case
from kuager.errors import KuagerError, message
from kuager.model.time import format_utc, parse_utc

_TOLERATED = timedelta(minutes=2)
"""Clocks of machines are set by so much every now and then."""


def check_clock(case: Case, now: datetime | None = None) -> None:
    """Refuse to say anything at a time before what was said last.

    Args:
        case: the case.
        now: the moment; the clock's when left out.

    Raises:
        KuagerError: the newest entry of the log is later than this machine's clock.
    """
    last = max((entry.leaf.known for entry in case.proving.log.entries()), default="")
    now = now or datetime.now(UTC)
    if last and now < parse_utc(last) - _TOLERATED:
        raise KuagerError(
            message("The clock of this machine ({now}) is behind the last entry of the log ({last})."),
            meaning=message(
                "What is said now would look as if it had been said before that. Nothing was written, and nothing is"
                " lost."
            ),
            remedy=message("Set the clock, then run the same command again."),
            now=format_utc(now),
            last=last,
        )
