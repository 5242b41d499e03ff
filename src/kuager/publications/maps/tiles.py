"""A grid of equal squares, one for each region: no region is too small to be seen, and no border is drawn.

Kazakhstan's was laid out by hand; those of other countries follow from the middles of their outlines, each region in
the free square that lies nearest to its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np

from kuager.publications.charts import text
from kuager.publications.charts.element import element, rectangle, words
from kuager.publications.charts.palette import Palette
from kuager.publications.maps.drawing import Colours, Fill, paint, patterns
from kuager.publications.maps.regions import Unit, tile_places

Cell = tuple[int, int]
SIDE, GAP, MARGIN = 46, 4, 8
_SMALL = 10.5
LETTER = {Fill.WORST: "■", Fill.BAD: "◧", Fill.NONE: "□", Fill.UNKNOWN: "▒", Fill.OUTSIDE: " "}


def layout(country: str, units: Sequence[Unit]) -> dict[str, Cell]:
    """Column and row of each region by its code; no two share a square."""
    by_hand = tile_places(country)
    known = {unit.code: by_hand[unit.code] for unit in units if unit.code in by_hand}
    rest = [unit for unit in units if unit.code not in known]
    if known or not rest:
        lowest = 1 + max((row for _, row in known.values()), default=-1)
        return known | {unit.code: (column, lowest) for column, unit in enumerate(rest)}
    return _near(rest)


def _near(units: Sequence[Unit]) -> dict[str, Cell]:
    middles = {unit.code: _middle(unit) for unit in units}
    columns = max(1, math.ceil(math.sqrt(1.4 * len(units))))
    rows = math.ceil(len(units) / columns) + 1
    points = np.asarray(list(middles.values()))
    low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    wanted = {
        code: (
            (point[0] - low[0]) / span[0] * (columns - 1),
            (1 - (point[1] - low[1]) / span[1]) * (rows - 1),
        )
        for code, point in middles.items()
    }
    free = {(column, row) for column in range(columns) for row in range(rows)}
    found: dict[str, Cell] = {}
    for code, (x, y) in sorted(wanted.items(), key=lambda one: (one[1][1], one[1][0], one[0])):
        found[code] = min(free, key=lambda cell: ((cell[0] - x) ** 2 + (cell[1] - y) ** 2, cell))
        free.remove(found[code])
    return found


def _middle(unit: Unit) -> tuple[float, float]:
    if unit.outline is None or not unit.outline.polygons:
        return unit.circle or (0.0, 0.0)
    largest = max((polygon[0] for polygon in unit.outline.polygons), key=len)
    return float(largest[:, 0].mean()), float(largest[:, 1].mean())


def draw(
    units: Sequence[Unit],
    cells: Mapping[str, Cell],
    fills: Mapping[str, Fill],
    palette: Palette,
    colours: Colours,
    title: str,
) -> str:
    """The grid as SVG; each square has a short name, which the table spells out."""
    columns = 1 + max(column for column, _ in cells.values())
    rows = 1 + max(row for _, row in cells.values())
    width = 2 * MARGIN + columns * (SIDE + GAP) - GAP
    height = 2 * MARGIN + rows * (SIDE + GAP) - GAP
    names = short_names(units)
    parts = [rectangle(0, 0, width, height, palette.background), element("title", escape(title))]
    parts.append(element("defs", *patterns(palette, colours)))
    for unit in units:
        column, row = cells[unit.code]
        x, y = MARGIN + column * (SIDE + GAP), MARGIN + row * (SIDE + GAP)
        fill = fills.get(unit.code, Fill.UNKNOWN)
        parts.append(rectangle(x, y, SIDE, SIDE, paint(fill, colours), stroke=colours.border))
        name = names[unit.code]
        plate = min(SIDE - 2.0, text.width(name, _SMALL) + 6)
        parts.append(rectangle(x + (SIDE - plate) / 2, y + SIDE / 2 - 9, plate, 16, palette.background, rx=2))
        parts.append(words(x + SIDE / 2, y + SIDE / 2 + 3, name, _SMALL, palette.text, anchor="middle"))
    return element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
    )


def text_grid(units: Sequence[Unit], cells: Mapping[str, Cell], fills: Mapping[str, Fill]) -> str:
    """The grid for a terminal or a mail: a sign and five letters for each region, a line for each row."""
    at = {cell: code for code, cell in cells.items()}
    names = short_names(units)
    columns = 1 + max(column for column, _ in cells.values())
    lines = []
    for row in range(1 + max(row for _, row in cells.values())):
        codes = [at.get((column, row), "") for column in range(columns)]
        lines.append(
            " ".join(
                f"{LETTER[fills.get(code, Fill.UNKNOWN)]}{names[code]:<5}" if code else " " * 6 for code in codes
            ).rstrip()
        )
    return "\n".join(lines)


def short_names(units: Sequence[Unit]) -> dict[str, str]:
    """A short name for each region by its code; where two would have one name, the end of their codes."""
    names = {unit.code: _short(unit.name) for unit in units}
    often = list(names.values())
    return {code: name if often.count(name) == 1 else code.rpartition("-")[2][:5] for code, name in names.items()}


def _short(name: str) -> str:
    """The first five letters of what tells a region from others of its kind."""
    kinds = {"region", "city", "province", "область", "город", "облысы", "қаласы"}
    told = [word for word in name.split() if word.lower() not in kinds] or name.split()
    parts = told[0].split("-")
    return (parts[0] if len(told[0]) <= 5 or len(parts) == 1 else f"{parts[0][:1]}-{parts[-1]}")[:5]
