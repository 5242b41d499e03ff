"""One panel: the label in a line of its own, the plot with its declared axis, the strip of states below it."""

from __future__ import annotations

import numpy as np

from kuager.model.series import Values
from kuager.model.words import State
from kuager.publications.charts import text
from kuager.publications.charts.downsample import polylines
from kuager.publications.charts.element import line, polyline, rectangle, words
from kuager.publications.charts.layout import INDENT, Layout, badge_width, unit_fits_beside
from kuager.publications.charts.palette import Palette
from kuager.publications.charts.specification import Chart, Panel, Stretch

HATCH = "url(#hatch)"
LEAST_WIDTH = 2.0


def panel(chart: Chart, one: Panel, top: float, layout: Layout, palette: Palette) -> list[str]:
    """The elements of a panel whose label begins at ``top``."""
    floor = top + layout.label + layout.plot
    return [
        *_label(one, top, layout, palette),
        *_unobserved(chart, one, floor, layout, palette),
        *_axis(one, floor, layout, palette),
        *_lines(chart, one, floor, layout, palette),
        *_strip(chart, one, floor, layout, palette),
    ]


def span_of(start: int, end: int, chart: Chart, layout: Layout) -> tuple[float, float]:
    """Left edge and width in pixels of a stretch of time, cut at the window and never narrower than two pixels."""
    first, last = chart.window
    scale = layout.columns / (last - first)
    left = (max(start, first) - first) * scale
    right = (min(end, last) - first) * scale
    return layout.left + left, max(LEAST_WIDTH, right - left)


def _label(one: Panel, top: float, layout: Layout, palette: Palette) -> list[str]:
    """The swatch and the name, the unit beside or below them, the badge of a zoomed axis at the right."""
    baseline = top + layout.normal + 1
    indent = layout.left + INDENT
    parts = [
        rectangle(layout.left, baseline - 6, 14, 4, palette.lines[one.kind]),
        words(indent, baseline, one.label, layout.normal, palette.text, bold=True),
    ]
    edge = layout.left + layout.columns
    if one.unit:
        named = indent + text.width(one.label, layout.normal, bold=True)
        at, row = (named + 10, baseline) if unit_fits_beside(one, layout) else (indent, baseline + layout.small + 4)
        parts.append(words(at, row, one.unit, layout.small, palette.muted))
    if one.axis.zoomed:
        width = badge_width(one, layout)
        place = (edge - width, baseline - layout.small + 0.5, width, layout.small + 4)
        parts.append(rectangle(*place, palette.background, stroke=palette.frame, rx=3))
        parts.append(words(edge - width / 2, baseline, one.axis.zoomed, layout.small, palette.text, anchor="middle"))
    return parts


def _unobserved(chart: Chart, one: Panel, floor: float, layout: Layout, palette: Palette) -> list[str]:
    """Hatching where nothing could be observed, with the words wherever they fit."""
    top = floor - layout.plot
    gaps = [span_of(s.start, s.end, chart, layout) for s in _inside(chart, one, State.NOT_OBSERVABLE)]
    parts = [rectangle(x, top, width, layout.plot, HATCH) for x, width in gaps]
    said = chart.words.not_measuring
    size = text.width(said, layout.small)
    plate = layout.small + 6
    for x, width in _joined(gaps):
        if width >= size:
            middle, centre = x + width / 2, top + layout.plot / 2
            place = (middle - size / 2 - 4, centre - plate / 2, size + 8, plate)
            parts.append(rectangle(*place, palette.background))
            baseline = centre + layout.small * 0.36
            parts.append(words(middle, baseline, said, layout.small, palette.text, anchor="middle"))
    return parts


def _joined(gaps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Hatched pieces with next to nothing between them, made one to find room for the words."""
    joined: list[tuple[float, float]] = []
    for x, width in gaps:
        if joined and x - sum(joined[-1]) <= 2 * LEAST_WIDTH:
            joined[-1] = (joined[-1][0], x + width - joined[-1][0])
        else:
            joined.append((x, width))
    return joined


def _axis(one: Panel, floor: float, layout: Layout, palette: Palette) -> list[str]:
    parts = []
    for value, label in one.axis.ticks:
        y = round(float(_height(np.array([value]), one, floor, layout)[0])) + 0.5
        parts.append(line(layout.left, y, layout.left + layout.columns, y, palette.grid))
        parts.append(words(layout.left - 7, y + layout.small * 0.36, label, layout.small, palette.muted, anchor="end"))
    return parts


def _height(values: Values, one: Panel, floor: float, layout: Layout) -> Values:
    """Values as pixels from the top of the picture; what lies outside the axis stays at its edge."""
    share = (np.clip(values, one.axis.low, one.axis.high) - one.axis.low) / (one.axis.high - one.axis.low)
    return np.asarray(floor - share * layout.plot, dtype=np.float64)


def _lines(chart: Chart, one: Panel, floor: float, layout: Layout, palette: Palette) -> list[str]:
    drawn = [] if one.expected is None else [(_where_needed(chart, one, one.expected), palette.expected, "1")]
    drawn.append((one.values, palette.lines[one.kind], "1.6"))
    return [
        polyline(layout.left + x, _height(y, one, floor, layout), stroke, width)
        for values, stroke, width in drawn
        for x, y in polylines(one.times, values, one.step_s, chart.window, layout.columns)
    ]


def _where_needed(chart: Chart, one: Panel, expected: Values) -> Values:
    """The expected values where the signal is not normal; elsewhere they would only thicken its own line."""
    needed = np.zeros(expected.shape, dtype=np.bool_)
    for state in (State.DOWN, State.DEGRADED, State.NOT_OBSERVABLE):
        for stretch in _inside(chart, one, state):
            needed |= (one.times >= stretch.start - one.step_s) & (one.times <= stretch.end)
    return np.where(needed, expected, np.nan)


def _strip(chart: Chart, one: Panel, floor: float, layout: Layout, palette: Palette) -> list[str]:
    """Below the plot: dark where the signal says down, half as high and paler where degraded, a thin line else."""
    bottom = floor + layout.strip
    parts = [line(layout.left, bottom - 0.5, layout.left + layout.columns, bottom - 0.5, palette.frame)]
    for state, height in ((State.DEGRADED, layout.strip / 2), (State.DOWN, layout.strip - 1)):
        for stretch in _inside(chart, one, state):
            x, width = span_of(stretch.start, stretch.end, chart, layout)
            parts.append(rectangle(x, bottom - height, width, height, palette.states[state]))
    return parts


def _inside(chart: Chart, one: Panel, state: State) -> list[Stretch]:
    start, end = chart.window
    return [s for s in one.stretches if s.state is state and s.start < end and s.end > start]
