"""How much an answer says of each day: what coverage is counted from. A day begins at midnight UTC."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kuager.codecs.decoded import Decoded
from kuager.model.tables import LISTS
from kuager.model.time import from_epoch
from kuager.observations.tables import ANSWERS
from kuager.sources.offer import DAY_S
from kuager.sources.ris import ris_files
from kuager.sources.routeviews import routeviews_files

ANSWERS_OF_NOTHING = ANSWERS.empty_table()

_ARCHIVES = {"ris": ris_files, "routeviews": routeviews_files}
_RHYTHM_KNOWN_FROM = 1_072_915_200
"""2004-01-01: before summer 2003 RIS wrote changes at odd minutes, and less often."""


@dataclass(frozen=True, slots=True)
class Days:
    """Per midnight, in seconds since the epoch, how many values are present and how many a whole day would have.

    ``series`` is how many series the answer has.
    """

    counts: dict[int, tuple[int, int]]
    series: int = 0

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
                "series": pa.repeat(pa.scalar(self.series, pa.int64()), len(days)),
            },
            schema=ANSWERS,
        )


def days_answered(decoded: Decoded) -> Days:
    """The days of series, by their own step; of rows, by the first of their columns that holds a time.

    Files are counted against those that the archive should have. Rows of a list are about no day.
    """
    counts: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    every = sorted({day for series in decoded.series for day in np.unique(series.times // DAY_S * DAY_S).tolist()})
    for series in decoded.series:
        a_day = max(1, DAY_S // series.step_s)
        days, where = np.unique(series.times // DAY_S * DAY_S, return_inverse=True)
        present = np.bincount(where, weights=np.isfinite(series.values), minlength=days.size).astype(np.int64)
        there = dict(zip(days.tolist(), present.tolist(), strict=True))
        for day in every:  # a series that ends before the others of its answer lacks the days after
            before = counts[day]
            counts[day] = (before[0] + min(there.get(day, 0), a_day), before[1] + a_day)
    for name, rows in decoded.tables.items():
        if name == "files":
            _count_files(counts, rows)
        elif name not in LISTS:
            _count_rows(counts, rows)
    return Days(dict(counts), len(decoded.series))


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


def _count_files(counts: dict[int, tuple[int, int]], rows: Any) -> None:
    """Files against those that the same folders should have of a day; just counted where no rhythm is known."""
    found: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    folders: set[str] = set()
    for row in rows.select(["source", "collector", "time", "name"]).to_pylist():
        found[row["source"], row["collector"]][int(row["time"].timestamp()) // DAY_S * DAY_S] += 1
        folders.add(row["name"].rpartition("/")[0])
    for (source, collector), days in found.items():
        should_have = _ARCHIVES.get(source)
        for day, count in days.items():
            expected = count
            if should_have is not None and day >= _RHYTHM_KNOWN_FROM:
                paths = should_have(collector, from_epoch(day), from_epoch(day + DAY_S))
                expected = sum(path.rpartition("/")[0] in folders for path in paths)
            before = counts[day]
            counts[day] = (before[0] + min(count, expected), before[1] + expected)


def _days(column: Any) -> Any:
    """int64 [n], the midnight of each time that there is; columns are dates or milliseconds in UTC."""
    if pa.types.is_date(column.type):
        return column.cast(pa.int32()).drop_null().to_numpy().astype(np.int64) * DAY_S
    return column.cast(pa.int64()).drop_null().to_numpy() // 1000 // DAY_S * DAY_S
