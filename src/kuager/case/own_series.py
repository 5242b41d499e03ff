"""Bring your own series: a long Parquet file of them in, a Parquet file of their events out. No case is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.codecs.own_series import OwnSeries, SeriesOfTable, decode
from kuager.detection import Detection, Finding
from kuager.detection.controlled import Own, detect_controlled
from kuager.detection.grid import DAY_S, usual_step
from kuager.errors import CodecError, message
from kuager.evidence import durable
from kuager.model.episodes import Note
from kuager.model.words import PhaseKind

TRUSTED = 0.5
"""An event at least this probable is told."""
DOWN = 0.75
"""A loss of at least this share is called a blackout; less is partial."""
ROWS_AT_ONCE = 4_096
EVENTS = pa.schema(
    [
        pa.field("series", pa.string(), nullable=False),
        pa.field("start", pa.timestamp("s", "UTC"), nullable=False),
        pa.field("end", pa.timestamp("s", "UTC"), nullable=False),
        pa.field("depth", pa.float64(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("phase", pa.string(), nullable=False),
        pa.field("start_earliest", pa.timestamp("s", "UTC"), nullable=False),
        pa.field("start_latest", pa.timestamp("s", "UTC"), nullable=False),
        pa.field("end_earliest", pa.timestamp("s", "UTC")),
        pa.field("end_latest", pa.timestamp("s", "UTC")),
        pa.field("ongoing", pa.bool_(), nullable=False),
    ]
)
"""What is written. While an event is ongoing ``end`` is the end of its data, and the bounds of the end are null."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A series of which nothing can be said, and why."""

    series: str
    why: Note


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a file: how many series and events, and which series are not observable."""

    series: int
    events: int
    unjudged: tuple[Unjudged, ...]


class EventsOfFile:
    """The events of every series of a file, found one series after the other."""

    def __init__(self, file: Path) -> None:
        """Read the file.

        Raises:
            CodecError: it is no such table.
        """
        try:
            with pa.OSFile(str(file)) as opened:  # a memory map would count as memory
                if opened.size() == 0:
                    raise CodecError(message("{file} is empty."), file=file.name)
                every = decode(opened)
        except CodecError as error:
            raise error.in_file(file.name) from error
        self._unjudged = {one.name: why for one in every if (why := _cannot_be_judged(one)) is not None}
        self._series = _Owns(every, [index for index, one in enumerate(every) if one.name not in self._unjudged])
        self._told: list[Any] = []
        self.count = len(every)

    def detect(self) -> Iterator[int]:
        """Judge the series that can be judged, and after each say how many of its events are told."""
        rows: list[dict[str, Any]] = []
        for name, found in zip(self._series.names(), detect_controlled(self._series), strict=True):
            if not found.observed.any():
                self._unjudged[name] = Note(message("It has no value above zero, or none that can be trusted."), {})
            told = [finding for finding in found.findings if finding.probability >= TRUSTED]
            rows += [_row(name, finding, found) for finding in told]
            if len(rows) >= ROWS_AT_ONCE:
                self._keep(rows)
                rows = []
            yield len(told)
        self._keep(rows)

    def _keep(self, rows: list[dict[str, Any]]) -> None:
        """Keep rows as columns, which take a tenth of their memory."""
        self._told.append(pa.Table.from_pylist(rows, schema=EVENTS))

    def write(self, to: Path) -> Written:
        """Write what was told to a file, whole or not at all."""
        events = pa.concat_tables(self._told) if self._told else EVENTS.empty_table()
        sink = pa.BufferOutputStream()
        pq.write_table(events, sink)
        durable.replace(to, sink.getvalue().to_pybytes())
        unjudged = tuple(Unjudged(name, why) for name, why in self._unjudged.items())
        return Written(self.count, events.num_rows, unjudged)


def _cannot_be_judged(one: OwnSeries) -> Note | None:
    """Why nothing can be said of a series."""
    if one.times.size < 2:
        return Note(message("It has one sample only, which tells of no change."), {})
    if bool((np.diff(one.times) <= 0).any()):
        return Note(message("It has two values at one time; which of them holds is not known."), {})
    if not np.isfinite(one.values).any():
        return Note(message("All of its values are missing."), {})
    if usual_step(one.times) > DAY_S:
        return Note(message("Its samples lie more than a day apart."), {})
    return None


class _Owns(Sequence[Own]):
    """Those of the series of a table that can be judged; each is made when it is asked for."""

    def __init__(self, every: SeriesOfTable, kept: list[int]) -> None:
        self._every = every
        self._kept = kept
        self._places: dict[str, int] = {}
        if any(one.controls for one in every):
            self._places = {every[index].name: place for place, index in enumerate(kept)}

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, place: Any) -> Any:
        """One series with the places of those of its controls that can be judged."""
        one = self._every[self._kept[place]]
        others = [name for name in dict.fromkeys(one.controls) if name in self._places and name != one.name]
        controls = tuple(self._places[name] for name in others)
        return Own(one.times, one.values, usual_step(one.times), one.kind, controls)

    def names(self) -> Iterator[str]:
        """Their names."""
        return (self._every[index].name for index in self._kept)


def _row(name: str, finding: Finding, found: Detection) -> dict[str, Any]:
    grid = found.grid
    end = finding.end
    return {
        "series": name,
        "start": finding.start.best,
        "end": end.best if end is not None else grid.start + finding.last * grid.step_s,
        "depth": round(finding.depth, 4),
        "probability": finding.probability,
        "phase": (PhaseKind.BLACKOUT if finding.depth >= DOWN else PhaseKind.PARTIAL).value,
        "start_earliest": finding.start.earliest,
        "start_latest": finding.start.latest,
        "end_earliest": end.earliest if end is not None else None,
        "end_latest": end.latest if end is not None else None,
        "ongoing": end is None,
    }
