"""Bring your own series: a long Parquet file of them in, a Parquet file of their events out. No case is needed.

Beside the events stands what was not judged and why, and what was made of rows and controls: none of it is silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kuager.case.own_controls import Falling
from kuager.case.own_stretches import REASONS, UNKNOWN, NotJudged, not_judged, shows_nothing
from kuager.codecs.own_series import OwnSeries, decode
from kuager.detection import Detection, Finding, detect
from kuager.detection.controlled import LEAST_CONTROLS, detect_controlled
from kuager.detection.findings import SEASON_DAYS
from kuager.detection.gate import stuck
from kuager.detection.grid import DAY_S, to_grid, usual_step
from kuager.errors import CodecError, message
from kuager.evidence import durable
from kuager.model.notes import Note
from kuager.model.words import PhaseKind, SignalKind

TRUSTED = 0.5
"""An event at least this probable is told."""
DOWN = 0.75
"""A loss of at least this share is called a blackout; less is partial."""
RISING = frozenset({SignalKind.RTT})
"""Kinds that go up when something happens."""
LEAST_STEP_S = 60
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
class Remark:
    """What a reader should know of how a series was read; of the whole file without a series."""

    series: str | None
    what: Note


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """What came of a file.

    Attributes:
        series: how many it holds.
        events: a table of ``EVENTS``, as it was written.
        unjudged: series that are not observable at all.
        silent: stretches of the others that were not judged.
        remarks: how the file and its series were read.
    """

    series: int
    events: Any
    unjudged: tuple[Unjudged, ...]
    silent: tuple[NotJudged, ...]
    remarks: tuple[Remark, ...]


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
                self._every = decode(opened)
        except CodecError as error:
            raise error.in_file(file.name) from error
        self._remarks = [Remark(None, note) for note in self._every.remarks]
        if not len(self._every):
            self._remarks.append(Remark(None, Note(message("{file} holds no rows."), {"file": file.name})))
        self._unjudged: dict[str, Note] = {}
        self._kept: list[int] = []
        falling: list[int] = []
        self._steps = np.zeros(len(self._every), dtype=np.int64)
        for index, one in enumerate(self._every):
            self._remarks += [Remark(one.name, note) for note in one.remarks]
            self._steps[index] = usual_step(one.times)
            if (why := _cannot_be_judged(one, int(self._steps[index]))) is not None:
                self._unjudged[one.name] = why
                continue
            self._kept.append(index)
            if one.kind not in RISING:
                falling.append(index)
        self._falling = Falling(self._every, self._steps, falling)
        self._told: list[Any] = []
        self._silent: list[NotJudged] = []
        self.count = len(self._every)

    def detect(self) -> Iterator[int]:
        """Judge the series that can be judged, and after each say how many of its events are told."""
        rows: list[dict[str, Any]] = []
        falls = detect_controlled(self._falling)
        for index in self._kept:
            one = self._every[index]
            rises = one.kind in RISING
            found = _of_rising(one, int(self._steps[index])) if rises else next(falls)
            told = [finding for finding in found.findings if finding.probability >= TRUSTED]
            rows += [_row(one.name, finding, found, rises=rises) for finding in told]
            if len(rows) >= ROWS_AT_ONCE:
                self._keep(rows)
                rows = []
            self._say(index, one, found, told)
            yield len(told)
        self._keep(rows)

    def _say(self, index: int, one: OwnSeries, found: Detection, told: list[Finding]) -> None:
        """Note what was not judged, and what a reader should know of the rest."""
        controlled = False
        if one.controls:
            rises = one.kind in RISING
            controlled = not rises and len(self._falling.controls(index)) >= LEAST_CONTROLS
            self._remarks += [Remark(one.name, note) for note in self._falling.remarks(index, rises=rises)]
        if not found.observed.any():
            why = Note(message("It has no value above zero, or none that can be trusted."), {})
            self._unjudged[one.name] = why
        elif not told and shows_nothing(found):
            self._unjudged[one.name] = Note(REASONS[UNKNOWN], {})
        else:
            silent = not_judged(one.name, found, told, controlled=controlled)
            self._silent += [silent] if silent is not None else []
            self._remarks += [Remark(one.name, note) for note in _of_values(one, found)]

    def _keep(self, rows: list[dict[str, Any]]) -> None:
        """Keep rows as columns, which take a tenth of their memory."""
        self._told.append(pa.Table.from_pylist(rows, schema=EVENTS))

    def found(self) -> Written:
        """All that was told so far, and what was not judged."""
        events = pa.concat_tables(self._told) if self._told else EVENTS.empty_table()
        unjudged = tuple(Unjudged(name, why) for name, why in self._unjudged.items())
        return Written(self.count, events, unjudged, tuple(self._silent), tuple(self._remarks))

    def write(self, to: Path) -> Written:
        """Write what was told to a file, whole or not at all."""
        found = self.found()
        sink = pa.BufferOutputStream()
        pq.write_table(found.events, sink)
        durable.replace(to, sink.getvalue().to_pybytes())
        return found


_SHORT = Note(
    message("It covers less than {days} days, so its ordinary day is not known: only sudden losses are told."),
    {"days": str(SEASON_DAYS)},
)
_ONE_NUMBER = Note(message("It gives one number throughout; whether that is measured is not known."), {})


def _of_values(one: OwnSeries, found: Detection) -> Iterator[Note]:
    """What a reader should know of a series that was judged."""
    if found.grid.values.size * found.grid.step_s < SEASON_DAYS * DAY_S:
        yield _SHORT
    if np.nanmin(one.values) == np.nanmax(one.values):
        yield _ONE_NUMBER


def _of_rising(one: OwnSeries, step_s: int) -> Detection:
    """What is found in a series that goes up when something happens; controls are of those that fall."""
    frozen = stuck(to_grid(one.times, one.values, step_s))
    return detect(one.times, one.values, step_s, one.kind, frozen if frozen.any() else None, rises=True)


def _cannot_be_judged(one: OwnSeries, step_s: int) -> Note | None:
    """Why nothing can be said of a series."""
    if one.times.size < 2:
        return Note(message("It has one sample only, which tells of no change."), {})
    if not np.isfinite(one.values).any():
        return Note(message("All of its values are missing."), {})
    if step_s > DAY_S:
        return Note(message("Its samples lie more than a day apart."), {})
    if step_s < LEAST_STEP_S:
        return Note(message("Its samples lie less than a minute apart: give it in steps of a minute or longer."), {})
    return None


def _row(name: str, finding: Finding, found: Detection, *, rises: bool) -> dict[str, Any]:
    grid = found.grid
    end = finding.end
    phase = PhaseKind.BLACKOUT if finding.depth >= DOWN else PhaseKind.PARTIAL
    if rises:  # who answers late is not gone
        phase = PhaseKind.THROTTLING
    return {
        "series": name,
        "start": finding.start.best,
        "end": end.best if end is not None else grid.start + finding.last * grid.step_s,
        "depth": round(finding.depth, 4),
        "probability": finding.probability,
        "phase": phase.value,
        "start_earliest": finding.start.earliest,
        "start_latest": finding.start.latest,
        "end_earliest": end.earliest if end is not None else None,
        "end_latest": end.latest if end is not None else None,
        "ongoing": end is None,
    }
