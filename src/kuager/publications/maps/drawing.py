"""A map as SVG, attributes only: fills of one hue with a pattern for each, so that nothing hangs on colour.

What lies in the hole of a region is smaller and is drawn later, on top; what is left of the hole is another country.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

import numpy as np

from kuager.publications.charts import text
from kuager.publications.charts.element import element, line, number, rectangle, words
from kuager.publications.charts.palette import Palette
from kuager.publications.maps.projection import Projection, azimuthal
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


LIGHT = Colours(worst="#bd470c", bad="#f5a872", none="#ffffff", outside="#dcdcdc", border="#1a1a1a")
DARK = Colours(worst="#c2571a", bad="#5f3517", none="#14171a", outside="#343a40", border="#dcdcdc")
_MARGIN = 10.0
_SMALL = 11.0
_HIGHEST = 1.15
"""Of a map, for each unit of its width: a long country gets a narrow map and not a page of its own."""
_SMALLEST = 4.0
"""Pixels; what is smaller than this and was judged gets a dot."""
_BOX, _BOX_HEIGHT = 112.0, 88.0
_URGENT = (Fill.WORST, Fill.BAD, Fill.NONE, Fill.UNKNOWN, Fill.OUTSIDE)
Box = tuple[float, float, float, float]


def draw(
    marks: Sequence[Mark],
    project: Projection,
    width: int,
    palette: Palette,
    colours: Colours,
    legend: Mapping[Fill, str],
    title: str,
    far: Sequence[Mark] = (),
) -> str:
    """The SVG of a map that is ``width`` pixels wide; its height follows from its shape.

    What is ``far`` from the rest stands in boxes of its own below, each in its own scale.
    """
    outer = [[project(_unbroken(polygon[0])) for polygon in _polygons(mark)] for mark in marks]
    everything = np.concatenate([ring for rings in outer for ring in rings])
    low, high = everything.min(axis=0), everything.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    scale = min((width - 2 * _MARGIN) / span[0], width * _HIGHEST / span[1])
    left, bottom = (width - span[0] * scale) / 2, _MARGIN + span[1] * scale

    def place(points: Ring) -> Ring:
        return np.column_stack((left + (points[:, 0] - low[0]) * scale, bottom - (points[:, 1] - low[1]) * scale))

    placed = [[place(ring) for ring in rings] for rings in outer]
    parts: list[str] = []
    for mark, rings in sorted(zip(marks, placed, strict=True), key=lambda one: -max(map(_area, one[1]), default=0.0)):
        holes = [place(project(_unbroken(hole))) for polygon in _polygons(mark) for hole in polygon[1:]]
        parts += _outlined(rings, mark.fill, colours) + _outlined(holes, Fill.OUTSIDE, colours)
    parts += _dots_and_labels(marks, placed, lambda at: place(project(np.asarray([at])))[0], palette, colours, width)
    height = bottom + _MARGIN
    for index, mark in enumerate(far):
        columns = max(1, int((width - _MARGIN) // (_BOX + _MARGIN)))
        x, y = _MARGIN + index % columns * (_BOX + _MARGIN), height + index // columns * (_BOX_HEIGHT + _MARGIN)
        parts += _boxed(mark, x, y, palette, colours)
        if index == len(far) - 1:
            height = y + _BOX_HEIGHT + _MARGIN
    height = round(height)
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


def _polygons(mark: Mark) -> Sequence[tuple[Ring, ...]]:
    return mark.outline.polygons if mark.outline is not None else ()


def _outlined(rings: Sequence[Ring], fill: Fill, colours: Colours) -> list[str]:
    path = _path(rings)
    if not path:
        return []
    stroke = {"stroke": colours.border, "stroke_width": "0.8", "stroke_linejoin": "round"}
    return [element("path", d=path, fill=paint(fill, colours), **stroke)]


def _dot(x: float, y: float, fill: Fill, colours: Colours) -> str:
    return element("circle", cx=x, cy=y, r=5.0, fill=paint(fill, colours), stroke=colours.border)


def _dots_and_labels(
    marks: Sequence[Mark],
    placed: Sequence[Sequence[Ring]],
    place: Callable[[tuple[float, float]], Ring],
    palette: Palette,
    colours: Colours,
    width: int,
) -> list[str]:
    """Dots where there is no outline or none that can be seen; then names, of the hit before those of the others."""
    dots: list[str] = []
    taken: list[Box] = []
    wanted: list[tuple[tuple[bool, int, float], Mark, list[tuple[float, float]]]] = []
    for mark, rings in zip(marks, placed, strict=True):
        if not rings and mark.circle is None:
            continue
        largest = max(rings, key=_area) if rings else np.zeros((1, 2))
        extent = np.ptp(largest, axis=0)
        dotted = mark.circle is not None or (extent.max() < _SMALLEST and mark.fill is not Fill.OUTSIDE)
        x, y = (place(mark.circle) if mark.circle else _middle(largest)).tolist()
        if dotted:
            dots.append(_dot(x, y, mark.fill, colours))
            taken.append((x - 5, y - 5, x + 5, y + 5))
        half = text.width(mark.label, _SMALL) / 2
        around = [(x, y - 9), (x, y + 18), (x + half + 10, y + 4), (x - half - 10, y + 4)]
        within = [(x, y + 4), (x, y - 10), (x, y + 18)]
        hit = mark.fill in (Fill.WORST, Fill.BAD)
        if mark.label and (dotted or hit or 2 * half < 1.5 * extent[0]):
            order = (not dotted, _URGENT.index(mark.fill), -float(extent.max()))
            wanted.append((order, mark, around if dotted else within))
    labels = [_label(mark.label, at, taken, palette, width) for _, mark, at in sorted(wanted, key=lambda one: one[0])]
    return [*dots, *(part for label in labels for part in label)]


def _boxed(mark: Mark, x: float, y: float, palette: Palette, colours: Colours) -> list[str]:
    """A region that lies far away, as large as its box allows, and its name."""
    project = azimuthal([polygon[0] for polygon in _polygons(mark)])
    rings = [project(polygon[0]) for polygon in _polygons(mark)]
    every = np.concatenate(rings)
    low, span = every.min(axis=0), np.maximum(np.ptp(every, axis=0), 1e-9)
    scale = min((_BOX - 12) / span[0], (_BOX_HEIGHT - 30) / span[1])
    left, bottom = x + (_BOX - span[0] * scale) / 2, y + 6 + span[1] * scale
    turned = [np.column_stack((left + (r[:, 0] - low[0]) * scale, bottom - (r[:, 1] - low[1]) * scale)) for r in rings]
    name = mark.label
    while text.width(name, _SMALL) > _BOX - 8:
        name = name.rstrip("…")[:-1].rstrip() + "…"
    return [
        rectangle(x, y, _BOX, _BOX_HEIGHT, palette.background, stroke=palette.frame),
        *_outlined(turned, mark.fill, colours),
        words(x + _BOX / 2, y + _BOX_HEIGHT - 7, name, _SMALL, palette.text, anchor="middle"),
    ]


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
    label: str, places: Sequence[tuple[float, float]], taken: list[Box], palette: Palette, width: int
) -> list[str]:
    """A name on a plate at the first place where it hides nothing; none where there is no such, the table has all."""
    half = text.width(label, _SMALL) / 2 + 3
    for wanted, y in places:
        x = min(max(wanted, half + 2), width - half - 2)
        box = (x - half, y - _SMALL, x + half, y + 4)
        if y > _SMALL and not any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken):
            taken.append(box)
            return [
                rectangle(box[0], box[1], box[2] - box[0], box[3] - box[1], palette.background, rx=2),
                words(x, y, label, _SMALL, palette.text, anchor="middle"),
            ]
    return []


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
