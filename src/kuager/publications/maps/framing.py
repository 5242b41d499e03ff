"""What belongs into the frame of a country's map: distant islands would make the rest too small to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kuager.publications.maps.drawing import Mark
from kuager.publications.maps.projection import azimuthal
from kuager.publications.maps.shapes import Ring

_NEAR = 0.12
"""Of the diagonal of what is in the frame already: what lies within that distance of it is taken into it, too."""
_MAIN = 0.6
"""Of the area of the whole: a country of islands without such a main part keeps one frame for all."""
_WORTH = 0.75
"""Of the diagonal of the whole: where the frame would be larger than this, nothing is left out of it."""


def framed(marks: Sequence[Mark]) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """The regions in the frame, without their distant islands, and those that lie far away as a whole."""
    polygons = [polygon for mark in marks if mark.outline is not None for polygon in mark.outline.polygons]
    largest = max((polygon[0] for polygon in polygons), key=lambda ring: _areas([azimuthal([ring])(ring)])[0])
    project = azimuthal([largest])
    rings = [project(polygon[0]) for polygon in polygons]
    low, high = np.stack([one.min(axis=0) for one in rings]), np.stack([one.max(axis=0) for one in rings])
    areas = _areas(rings)
    inside = np.zeros(len(rings), bool)
    inside[int(np.argmax([polygon[0] is largest for polygon in polygons]))] = True
    while True:
        start, end = low[inside].min(axis=0), high[inside].max(axis=0)
        gaps = np.maximum(np.maximum(start - high, low - end), 0)
        near = np.hypot(gaps[:, 0], gaps[:, 1]) <= _NEAR * np.hypot(*(end - start))
        if not np.any(near & ~inside):
            break
        inside |= near
    whole = np.hypot(*(high.max(axis=0) - low.min(axis=0)))
    if areas[inside].sum() < _MAIN * areas.sum() or np.hypot(*(end - start)) > _WORTH * whole:
        return tuple(marks), ()
    kept = {id(polygon) for polygon, here in zip(polygons, inside, strict=True) if here}
    near_marks: list[Mark] = []
    far: list[Mark] = []
    for mark in marks:
        if mark.outline is None:
            near_marks.append(mark)
            continue
        left = tuple(polygon for polygon in mark.outline.polygons if id(polygon) in kept)
        if left:
            near_marks.append(replace(mark, outline=replace(mark.outline, polygons=left)))
        else:
            far.append(mark)
    return tuple(near_marks), tuple(far)


def _areas(rings: Sequence[Ring]) -> Ring:
    return np.asarray([abs(np.dot(r[:, 0], np.roll(r[:, 1], 1)) - np.dot(r[:, 1], np.roll(r[:, 0], 1))) for r in rings])
