"""Samples of one series: in order of time, each time once, on their own grid.

What every codec promises is made true here: times strictly increasing, missing as NaN.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kuager.codecs.text import Lines, refusal
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.series import Times, Values
from kuager.model.time import format_utc, from_epoch

LONE_SAMPLE_STEP_S = 60
"""The step of a series of one sample, which shows none: the shortest that Kuager knows claims the least."""

_REPEATS_THAT_SHOW_A_GRID = 3


@dataclass(frozen=True, slots=True)
class Ordered:
    """Samples in order of time, and what had to be done for it.

    Attributes:
        times: int64 [n], strictly increasing.
        values: float64 [n].
        moved: how many samples stood after a later one.
        repeated: how many were dropped because they said the same thing again.
    """

    times: Times
    values: Values
    moved: int
    repeated: int


def in_order(times: Times, values: Values, lines: Lines, signal: str) -> Ordered:
    """Sort samples of one series by time and drop those that repeat another.

    Args:
        times: int64 [n], n > 0, any order.
        values: float64 [n].
        lines: int64 [n], where each stands in the file.
        signal: what an error calls the series.

    Raises:
        CodecError: one time has two different values.
    """
    moved = int(np.count_nonzero(times < np.maximum.accumulate(times)))
    order = np.argsort(times, kind="stable")
    times, values, lines = times[order], values[order], lines[order]
    again = times[1:] == times[:-1]
    alike = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    contradiction = again & ~alike
    if contradiction.any():
        second = int(np.argmax(contradiction)) + 1
        raise refusal(
            message("Lines {earlier} and {line} of {file} give {signal} different values for the same time, {time}."),
            meaning=message("Kuager cannot know which of the two is right."),
            remedy=message("Keep the right one; for different places, networks or signals, name them differently."),
            earlier=int(lines[second - 1]),
            line=int(lines[second]),
            signal=signal,
            time=format_utc(from_epoch(int(times[second]))),
        )
    kept = np.concatenate(([True], ~again))
    return Ordered(times[kept], values[kept], moved, int(np.count_nonzero(again)))


def remarks_on_order(moved: int, repeated: int) -> Iterable[Note]:
    """What a reader should be told about samples that were sorted or dropped."""
    if moved:
        yield Note(
            message("Samples that stood after a later one and were put in order of time: {count}."),
            {"count": str(moved)},
        )
    if repeated:
        yield Note(
            message("Samples that only repeated another one and were dropped: {count}."),
            {"count": str(repeated)},
        )


def common_step(times: Times) -> int:
    """The most common difference between neighbours, in seconds; of two equally common ones the smaller."""
    if times.size < 2:
        return LONE_SAMPLE_STEP_S
    steps, counts = np.unique(np.diff(times), return_counts=True)
    return int(steps[np.argmax(counts)])


def on_own_grid(times: Times, values: Values) -> tuple[Times, Values, int]:
    """The samples of one column of a table whose rows may be finer than the column.

    A table with a row every 30 minutes leaves every second cell of an hourly signal empty. Those cells are not
    missing samples: nobody was to measure then. The column's step is the most common difference between its present
    times if more than half of the differences have it and it was seen three times, else the step of the rows; its
    phase is the most common one. An empty cell on that grid is a missing sample and stays, up to both ends of the
    table. A value is never dropped, wherever it stands.

    Args:
        times: int64 [n], strictly increasing.
        values: float64 [n].

    Returns:
        times, values and the step in seconds.
    """
    rows_step = common_step(times)
    present = times[~np.isnan(values)]
    step = common_step(present)
    repeats = int(np.count_nonzero(np.diff(present) == step))
    if step <= rows_step or repeats < _REPEATS_THAT_SHOW_A_GRID or 2 * repeats <= present.size - 1:
        return times, values, rows_step
    phases, counts = np.unique(present % step, return_counts=True)
    on_grid = times % step == phases[np.argmax(counts)]
    kept = on_grid | ~np.isnan(values)
    return times[kept], values[kept], step
