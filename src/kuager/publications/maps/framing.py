"""What belongs into the frame of a country's map: distant islands would make the rest too small to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from kuager.publications.maps.drawing import Mark
from kuager.publications.maps.projection import azimuthal
from kuager.publications.maps.shapes import Ring

Chosen = npt.NDArray[np.bool_]
"""For each ring, whether it is one of those."""

_NEAR = 0.12
"""Of the diagonal of what is in the frame already: what lies within that distance of it is taken into it, too."""
_MAIN = 0.6
"""Of the area of the whole: a country of islands without such a main part keeps one frame for all."""
_WORTH = 0.85
"""Of the diagonal of the whole: where the frame would be larger than this, nothing is left out of it."""


def framed(marks: Sequence[Mark]) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """The regions in the frame, without their distant islands, and those that lie far away as a whole."""
    polygons = [polygon for mark in marks if mark.outline is not None for polygon in mark.outline.polygons]
    inside = _main_part([polygon[0] for polygon in polygons])
    if inside.all():
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


def _main_part(rings: Sequence[Ring]) -> Chosen:
    """Which rings lie together and make most of the area; all of them, where nothing is won by leaving some out."""
    sizes = _areas([azimuthal([ring])(ring) for ring in rings])
    best, seen = np.zeros(len(rings), bool), np.zeros(len(rings), bool)
    for index in np.argsort(-sizes, kind="stable").tolist():
        if sizes[best].sum() >= sizes[~seen].sum():
            break
        if not seen[index]:
            found = _together(rings, index)
            seen |= found
            best = found if sizes[found].sum() > sizes[best].sum() else best
    project = azimuthal([rings[index] for index in np.flatnonzero(best).tolist()])
    corners = [(flat.min(axis=0), flat.max(axis=0)) for flat in map(project, rings)]
    low, high = np.stack([one for one, _ in corners]), np.stack([one for _, one in corners])
    frame = np.hypot(*(high[best].max(axis=0) - low[best].min(axis=0)))
    whole = np.hypot(*(high.max(axis=0) - low.min(axis=0)))
    if sizes[best].sum() < _MAIN * sizes.sum() or frame > _WORTH * whole:
        return np.ones(len(rings), bool)
    return best


def _together(rings: Sequence[Ring], index: int) -> Chosen:
    """The rings that are reached from one of them without a leap."""
    project = azimuthal([rings[index]])
    flat = [project(ring) for ring in rings]
    low, high = np.stack([one.min(axis=0) for one in flat]), np.stack([one.max(axis=0) for one in flat])
    inside: Chosen = np.arange(len(rings)) == index
    while True:
        start, end = low[inside].min(axis=0), high[inside].max(axis=0)
        gaps = np.maximum(np.maximum(start - high, low - end), 0)
        near: Chosen = inside | (np.hypot(gaps[:, 0], gaps[:, 1]) <= _NEAR * np.hypot(*(end - start)))
        if np.array_equal(near, inside):
            return inside
        inside = near


def _areas(rings: Sequence[Ring]) -> Ring:
    return np.asarray([abs(np.dot(r[:, 0], np.roll(r[:, 1], 1)) - np.dot(r[:, 1], np.roll(r[:, 0], 1))) for r in rings])
