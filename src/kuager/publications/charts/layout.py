"""Where things stand in the picture, in pixels, for wide screens and paper and for a phone held upright."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kuager.publications.charts import text
from kuager.publications.charts.specification import Chart, Panel

INDENT = 20
NUMBER_ROW = 15
MOST_NUMBER_ROWS = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of one form of the chart; ``left`` grows with the longest label of an axis."""

    width: int
    left: int
    right: int
    top: int
    ribbon: int
    label: int
    plot: int
    strip: int
    gap: int
    axis_row: int
    small: float
    normal: float
    large: float

    @property
    def columns(self) -> int:
        """Width of the plots."""
        return self.width - self.left - self.right

    @property
    def panel(self) -> int:
        """Height of one panel with its label, its strip and the space below."""
        return self.label + self.plot + self.strip + self.gap


WIDE = Layout(
    width=1000, left=44, right=16, top=16, ribbon=10, label=26, plot=84, strip=7, gap=10, axis_row=20,
    small=11.5, normal=12.5, large=15,
)  # fmt: skip
NARROW = Layout(
    width=360, left=32, right=12, top=12, ribbon=9, label=24, plot=66, strip=7, gap=8, axis_row=19,
    small=11, normal=12, large=13.5,
)  # fmt: skip


def fitted(layout: Layout, chart: Chart) -> Layout:
    """The layout with room at the left for the labels of every axis, and for units that need a row of their own."""
    labels = [label for panel in chart.panels for _, label in panel.axis.ticks]
    labels += [axis.name for axis in chart.time_axes]
    widest = max((text.width(label, layout.small) for label in labels), default=0.0)
    layout = replace(layout, left=max(layout.left, round(widest) + 14))
    if all(unit_fits_beside(panel, layout) for panel in chart.panels):
        return layout
    return replace(layout, label=layout.label + round(layout.small) + 4)


def unit_fits_beside(panel: Panel, layout: Layout) -> bool:
    """Whether name, unit and badge of a panel fit into one row."""
    name = text.width(panel.label, layout.normal, bold=True)
    unit = text.width(panel.unit, layout.small)
    return not panel.unit or INDENT + name + 10 + unit + 10 + badge_width(panel, layout) <= layout.columns


def badge_width(panel: Panel, layout: Layout) -> float:
    """The width of the badge of a zoomed axis; nothing where the axis starts at zero."""
    return text.width(panel.axis.zoomed, layout.small) + 12 if panel.axis.zoomed else 0.0


def number_rows(chart: Chart, layout: Layout) -> tuple[list[tuple[float, int]], int]:
    """Where the numbers of the phases stand: for each band its middle in pixels and its row, 0 the lowest; and how
    many rows there are. Numbers that would touch go to a higher row.
    """
    start, end = chart.window
    ends = [float("-inf")] * MOST_NUMBER_ROWS
    places: list[tuple[float, int]] = []
    for band in chart.bands:
        middle = ((band.start + band.end) / 2 - start) / (end - start) * layout.columns
        half = text.width(str(band.number), layout.small, bold=True) / 2 + 2.5
        row = next((r for r, reached in enumerate(ends) if middle - half >= reached), MOST_NUMBER_ROWS - 1)
        ends[row] = middle + half
        places.append((middle, row))
    return places, 1 + max((row for _, row in places), default=0)
