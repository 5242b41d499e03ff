"""The table of changes of blocking as a sheet of the report."""

from __future__ import annotations

from collections.abc import Sequence

from kuager.evaluation.outcome import BlockingRow
from kuager.evaluation.sheet import NONE, Sheet

_EXPLAINED = (
    "Drawn months of one target: measurements a day, 3 % noise and nine tenths blocked unless the row says "
    "otherwise, a tenth of the days not measured, odd days of one broken probe. R and onset in 2 days: of all "
    "changes, found or not; in its bounds: of those found. A false change meets no true one, per 1,000 months of "
    "which a fifth hold a change. Base: the share always flagged, as fitted to all months of the row."
)
_HEADS = ("", "months", "changes", "R", "onset in 2 days", "in its bounds", "bias, days", "false/1,000 months", "base")


def blocking_sheet(rows: Sequence[BlockingRow]) -> Sheet:
    """The sheet; without rows it is left out."""
    cells = (
        (
            one.name,
            str(one.target_months),
            str(one.changes),
            *(_number(share, 3) for share in (one.recall, one.onset_within_2_days, one.onset_in_bounds)),
            NONE if one.onset_bias_days is None else f"{one.onset_bias_days:+.1f}",
            _number(one.false_changes_per_1000, 2),
            _number(one.base, 3),
        )
        for one in rows
    )
    return Sheet("Blocking", _EXPLAINED, _HEADS, tuple(cells))


def _number(value: float | None, digits: int) -> str:
    return NONE if value is None else f"{value:.{digits}f}"
