"""Series of one signal at many places, examined together: what its source's failures explain is not observable.

The same is done for the series of a case (``kuager.case.examining``).
"""

from __future__ import annotations

from collections.abc import Sequence

from kuager.detection import Detection, detect
from kuager.detection.across import detect_across, shared
from kuager.detection.gate import frozen_together, stuck
from kuager.detection.grid import to_grid
from kuager.model.series import Series
from kuager.sources.registry import signal


def examined_together(series: Sequence[Series]) -> list[Detection]:
    """Detections of series of ONE signal, of one step and over one window, each of another country."""
    grids = [to_grid(one.times, one.values, one.step_s) for one in series]
    kind = signal(series[0].signal).kind
    common = frozen_together(grids)
    frozen = [stuck(grid) | common for grid in grids]
    alone = [detect(one.times, one.values, one.step_s, kind, mask) for one, mask in zip(series, frozen, strict=True)]
    return detect_across(series, kind, frozen, alone, shared(alone, range(len(series))))
