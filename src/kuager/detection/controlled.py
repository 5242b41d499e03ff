"""Series with controls: others that should move with them, named by somebody who knows them.

What controls lose at the same time is not a series' own: the sensor, the collector or the day has done it, and there
the series is not observable. Three controls are needed; with fewer a series is judged alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kuager.detection.detect import Detection, detect
from kuager.detection.gate import failing_everywhere, frozen_together, own_falls, stuck
from kuager.detection.grid import Grid, to_grid
from kuager.detection.order import Mask
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

LEAST_CONTROLS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """A series to be judged.

    Attributes:
        times: int64 [n], seconds since the epoch, strictly increasing.
        values: float64 [n], NaN where missing.
        step_s: seconds between samples.
        kind: what it counts.
        controls: positions of its controls among the series that are judged with it.
    """

    times: Times
    values: Values
    step_s: int
    kind: SignalKind
    controls: tuple[int, ...] = ()


def detect_controlled(every: Sequence[Own]) -> Iterator[Detection]:
    """Detect in each of some series, in their order, without what its controls share.

    Only what controls need is kept in memory. Controls of another step than the series' own have no voice.
    """
    wanted = sorted({one for own in every for one in own.controls if len(own.controls) >= LEAST_CONTROLS})
    alone = {index: _judge(every[index]) for index in wanted}
    for own in every:
        controls = tuple(one for one in own.controls if every[one].step_s == own.step_s)
        if len(controls) < LEAST_CONTROLS:
            yield _judge(own)
        else:
            yield _controlled(own, [alone[one] for one in controls])


def _judge(own: Own, unhealthy: Mask | None = None) -> Detection:
    frozen = stuck(to_grid(own.times, own.values, own.step_s))
    mask = frozen if unhealthy is None else frozen | unhealthy
    return detect(own.times, own.values, own.step_s, own.kind, mask if mask.any() else None)


def _controlled(own: Own, controls: Sequence[Detection]) -> Detection:
    """A series judged again without the samples at which its controls failed with it."""
    first = _judge(own)
    grid = first.grid
    laid = [_laid(one.grid, one.ratio, grid) for one in controls]
    ratios = np.vstack([first.ratio, *laid])
    failing = failing_everywhere(ratios[1:], LEAST_CONTROLS)
    if failing is None:
        return first
    explained = failing & ~own_falls(ratios, failing)[0]
    explained = _with_edges(explained)
    values = [_laid(one.grid, one.grid.values, grid) for one in controls]
    explained |= frozen_together([grid, *(Grid(grid.start, grid.step_s, one) for one in values)])
    return _judge(own, explained) if explained.any() else first


def _laid(source: Grid, values: Values, onto: Grid) -> Values:
    """Values of one grid at the nearest samples of another of the same step, float64 [n], NaN where there are none."""
    offset = round((source.start - onto.start) / onto.step_s)
    laid = np.full(onto.values.size, np.nan)
    first, last = max(0, offset), min(onto.values.size, offset + values.size)
    if first < last:
        laid[first:last] = values[first - offset : last - offset]
    return laid


def _with_edges(mask: Mask) -> Mask:
    """The mask and the samples beside it, of which a failure has had a part."""
    wider = mask.copy()
    wider[1:] |= mask[:-1]
    wider[:-1] |= mask[1:]
    return wider
