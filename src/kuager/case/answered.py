"""How much an answer says of each day: what coverage is counted from. A day begins at midnight UTC."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kuager.codecs.decoded import Decoded
from kuager.observations.tables import ANSWERS
from kuager.sources.offer import DAY_S

ANSWERS_OF_NOTHING = ANSWERS.empty_table()


@dataclass(frozen=True, slots=True)
class Days:
    """Per midnight, in seconds since the epoch, how many values are present and how many a whole day would have."""

    counts: dict[int, tuple[int, int]]

    def table(self, digest: str, kind: str) -> Any:
        """The rows of one object, as ``observations.tables.ANSWERS``."""
        days = sorted(self.counts)
        return pa.table(
            {
                "object": pa.repeat(pa.scalar(digest), len(days)),
                "kind": pa.repeat(pa.scalar(kind), len(days)),
                "day": pa.array(days, pa.int64()),
                "present": pa.array([self.counts[day][0] for day in days], pa.int64()),
                "expected": pa.array([self.counts[day][1] for day in days], pa.int64()),
            },
            schema=ANSWERS,
        )


def days_answered(decoded: Decoded) -> Days:
    """The days of series, by their own step; of rows, by the first of their columns that holds a time."""
    counts: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for series in decoded.series:
        a_day = max(1, DAY_S // series.step_s)
        days, where = np.unique(series.times // DAY_S * DAY_S, return_inverse=True)
        present = np.bincount(where, weights=np.isfinite(series.values), minlength=days.size).astype(np.int64)
        for day, count in zip(days.tolist(), present.tolist(), strict=True):
            before = counts[day]
            counts[day] = (before[0] + min(count, a_day), before[1] + a_day)
    for rows in decoded.tables.values():
        _count_rows(counts, rows)
    return Days(dict(counts))


def days_of_measurements(batches: Iterable[Any]) -> Days:
    """The days on which measurements were made, or received where their own clock is not known."""
    counts: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for batch in batches:
        _count_rows(counts, pa.table({"time": pc.coalesce(batch["start"], batch["received"])}))
    return Days(dict(counts))


def _count_rows(counts: dict[int, tuple[int, int]], rows: Any) -> None:
    column = next((field.name for field in rows.schema if pa.types.is_temporal(field.type)), None)
    if column is None or rows.num_rows == 0:
        return
    days, many = np.unique(_days(rows[column]), return_counts=True)
    for day, count in zip(days.tolist(), many.tolist(), strict=True):
        before = counts[day]
        counts[day] = (before[0] + count, before[1] + count)


def _days(column: Any) -> Any:
    """int64 [n], the midnight of each time that there is; columns are dates or milliseconds in UTC."""
    if pa.types.is_date(column.type):
        return column.cast(pa.int32()).drop_null().to_numpy().astype(np.int64) * DAY_S
    return column.cast(pa.int64()).drop_null().to_numpy() // 1000 // DAY_S * DAY_S
