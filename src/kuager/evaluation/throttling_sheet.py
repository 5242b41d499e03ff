"""The table of throttling as a sheet of the report."""

from __future__ import annotations

from collections.abc import Sequence

from kuager.evaluation.outcome import ThrottlingRow
from kuager.evaluation.sheet import NONE, Sheet

_EXPLAINED = (
    "Months of speed tests (4 to 40 a day), of TLS handshakes and of windows of an hour, half of them with a throttle. "
    "“Visible”: an oracle's signal-to-noise ratio of 7, and round-trip times measured or a ceiling to be seen. False "
    "verdicts overlap no throttle; beside the rate its 95 % upper bound. Explained: slow stretches that are no "
    "verdict, for something else explains them or nothing speaks against congestion. Size held: the true factor lies "
    "in its 95 % interval."
)
_HEADS = ("", "months", "throttles", "found", "R", "false", "false/month", "at most", "explained", "size held")


def throttling_sheet(rows: Sequence[ThrottlingRow]) -> Sheet:
    """The sheet; without rows it is left out."""
    cells = (
        (
            one.name,
            str(one.months),
            str(one.throttles),
            str(one.found),
            _number(one.recall, 3),
            str(one.false_verdicts),
            _number(one.false_per_month, 4),
            _number(one.false_at_most, 4),
            str(one.explained),
            _number(one.size_held, 2),
        )
        for one in rows
    )
    return Sheet("Throttling", _EXPLAINED, _HEADS, tuple(cells))


def _number(value: float | None, digits: int) -> str:
    return NONE if value is None else f"{value:.{digits}f}"
