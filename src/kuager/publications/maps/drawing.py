"""A map as SVG, attributes only: fills of one hue with a pattern for each, so that nothing hangs on colour.

Holes are not cut: what lies in them is smaller and is drawn later, on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

import numpy as np

from kuager.publications.charts import text
from kuager.publications.charts.element import element, line, number, rectangle, words
from kuager.publications.charts.palette import Palette
from kuager.publications.maps.projection import Projection
from kuager.publications.maps.shapes import Ring, Shape


class Fill(StrEnum):
    """How a place was hit, as a map shows it."""

    WORST = "worst"
    BAD = "bad"
    NONE = "none"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A place on a map with its fill; ``label`` may be empty."""

    fill: Fill
    label: str
    outline: Shape | None = None
    circle: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Colours:
    """The fills of a map by their palette, and the border, which must be seen on each of them."""

    worst: str
    bad: str
    none: str
    outside: str
    border: str


LIGHT = Colours(worst="#bd470c", bad="#f5a872", none="#ffffff", outside="#ffffff", border="#1a1a1a")
DARK = Colours(worst="#c2571a", bad="#5f3517", none="#14171a", outside="#14171a", border="#dcdcdc")
_MARGIN = 10.0
_SMALL = 11.0


def draw(
    marks: Sequence[Mark],
    project: Projection,
    width: int,
    palette: Palette,
    colours: Colours,
    legend: Mapping[Fill, str],
    title: str,
) -> str:
    """The SVG of a map that is ``width`` pixels wide; its height follows from its shape."""
    projected = [
        (mark, [project(_unbroken(polygon[0])) for polygon in mark.outline.polygons] if mark.outline else [])
        for mark in marks
    ]
    everything = np.concatenate([ring for _, rings in projected for ring in rings])
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = (width - 2 * _MARGIN) / (high[0] - low[0])
    bottom = _MARGIN + (high[1] - low[1]) * scale

    def place(points: Ring) -> Ring:
        return np.column_stack((_MARGIN + (points[:, 0] - low[0]) * scale, bottom - (points[:, 1] - low[1]) * scale))

    parts: list[str] = []
    for mark, rings in sorted(projected, key=lambda one: -max(map(_area, one[1]), default=0.0)):
        if not rings:
            continue
        parts.append(
            element(
                "path",
                d=_path(place(ring) for ring in rings),
                fill=paint(mark.fill, colours),
                stroke=colours.border,
                stroke_width="0.8",
                stroke_linejoin="round",
            )
        )
    taken: list[tuple[float, float, float, float]] = []
    for mark, rings in projected:
        if mark.circle is not None:
            (centre,) = place(project(np.asarray([mark.circle])))
            parts.append(
                element(
                    "circle", cx=centre[0], cy=centre[1], r=5.0, fill=paint(mark.fill, colours), stroke=colours.border
                )
            )
            parts += _label(mark.label, centre[0], centre[1] - 8, taken, palette, width)
        elif mark.label and rings:
            largest = max(rings, key=_area)
            middle = place(_middle(largest)[None])[0]
            parts += _label(mark.label, middle[0], middle[1], taken, palette, width)
    height = round(bottom + _MARGIN)
    parts += _legend(legend, height, width, palette, colours)
    height += 24 + 18 * ((len(legend) - 1) // _columns(legend, width))
    return element(
        "svg",
        rectangle(0, 0, width, height, palette.background),
        element("title", escape(title)),
        element("defs", *patterns(palette, colours)),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
    )


def _unbroken(ring: Ring) -> Ring:
    """A ring that crosses the 180th meridian, with longitudes that run on instead of jumping to the other side."""
    longitudes = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    return np.column_stack((longitudes, ring[:, 1]))


def paint(fill: Fill, colours: Colours) -> str:
    """What a place is filled with: a colour, or one of ``patterns``."""
    match fill:
        case Fill.WORST:
            return colours.worst
        case Fill.BAD:
            return "url(#bad)"
        case Fill.UNKNOWN:
            return "url(#unknown)"
        case Fill.NONE:
            return colours.none
        case Fill.OUTSIDE:
            return colours.outside


def patterns(palette: Palette, colours: Colours) -> list[str]:
    """Dots for the middle degree, hatching for what nobody measured."""
    dots = element(
        "pattern",
        rectangle(0, 0, 6, 6, colours.bad),
        element("circle", cx=3, cy=3, r=1.1, fill=colours.worst),
        id="bad",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    hatch = element(
        "pattern",
        rectangle(0, 0, 6, 6, palette.background),
        line(-1, 7, 7, -1, palette.hatch),
        id="unknown",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    return [dots, hatch]


def _path(rings: Iterable[Ring]) -> str:
    parts = []
    for ring in rings:
        points = np.round(ring, 1)
        kept = np.concatenate(([True], np.any(np.diff(points, axis=0) != 0, axis=1)))
        points = points[kept]
        if len(points) > 2:
            parts.append("M" + "L".join(f"{number(x)},{number(y)}" for x, y in points.tolist()) + "Z")
    return "".join(parts)


def _area(ring: Ring) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))


def _middle(ring: Ring) -> Ring:
    """The centroid of a ring (by the shoelace formula), which lies inside of most of them."""
    x, y = ring[:-1, 0], ring[:-1, 1]
    across = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = across.sum() or 1e-12
    return np.asarray(
        [((x + np.roll(x, -1)) * across).sum() / (3 * area), ((y + np.roll(y, -1)) * across).sum() / (3 * area)]
    )


def _label(
    label: str, x: float, y: float, taken: list[tuple[float, float, float, float]], palette: Palette, width: int
) -> list[str]:
    """A name on a plate of its own, unless it would lie on another one; the table below has all names."""
    half = text.width(label, _SMALL) / 2 + 3
    x = min(max(x, half + 2), width - half - 2)
    box = (x - half, y - _SMALL, x + half, y + 4)
    if any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken):
        return []
    taken.append(box)
    return [
        rectangle(box[0], box[1], box[2] - box[0], box[3] - box[1], palette.background, rx=2),
        words(x, y, label, _SMALL, palette.text, anchor="middle"),
    ]


def _columns(legend: Mapping[Fill, str], width: int) -> int:
    """How many entries of the legend stand beside each other, so that none runs into the next."""
    widest = max((text.width(label, _SMALL) for label in legend.values()), default=0.0)
    return max(1, min(4, int((width - 2 * _MARGIN) // (widest + 36))))


def _legend(legend: Mapping[Fill, str], top: float, width: int, palette: Palette, colours: Colours) -> list[str]:
    columns = _columns(legend, width)
    parts = []
    for index, (fill, label) in enumerate(legend.items()):
        x = _MARGIN + (index % columns) * (width - 2 * _MARGIN) / columns
        y = top + 4 + 18 * (index // columns)
        parts.append(rectangle(x, y, 16, 11, paint(fill, colours), stroke=colours.border))
        parts.append(words(x + 22, y + 10, label, _SMALL, palette.text))
    return parts
