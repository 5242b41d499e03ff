"""The chart as SVG: title and banner, phases with their numbers, one panel per signal, two time axes, a legend."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from kuager.model.words import PhaseKind, State
from kuager.publications.charts import text
from kuager.publications.charts.element import element, line, rectangle, words
from kuager.publications.charts.layout import NUMBER_ROW, Layout, fitted, number_rows
from kuager.publications.charts.palette import Palette
from kuager.publications.charts.panel import HATCH, panel, span_of
from kuager.publications.charts.specification import Chart, TimeAxis


@dataclass(slots=True)
class _Page:
    """Elements drawn so far and the height reached."""

    parts: list[str]
    y: float


def draw(chart: Chart, layout: Layout, palette: Palette) -> str:
    """The SVG document.

    Args:
        chart: what to show.
        layout: ``WIDE`` or ``NARROW``.
        palette: ``LIGHT`` or ``DARK``.
    """
    layout = fitted(layout, chart)
    page = _Page([], float(layout.top))
    _heading(page, chart, layout, palette)
    _phases(page, chart, layout, palette)
    for one in chart.panels:
        page.parts += panel(chart, one, page.y, layout, palette)
        page.y += layout.panel
    for axis in chart.time_axes:
        _time_axis(page, axis, chart, layout, palette)
    _legend(page, chart, layout, palette)
    return _document(page, chart, layout, palette)


def _document(page: _Page, chart: Chart, layout: Layout, palette: Palette) -> str:
    height = round(page.y)
    hatch = element(
        "pattern",
        rectangle(0, 0, 6, 6, palette.background),
        line(-1, 7, 7, -1, palette.hatch),
        id="hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    return element(
        "svg",
        rectangle(0, 0, layout.width, height, palette.background),
        element("title", escape(chart.title)),
        element("defs", hatch),
        *page.parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=layout.width,
        height=height,
        viewBox=f"0 0 {layout.width} {height}",
    )


def _heading(page: _Page, chart: Chart, layout: Layout, palette: Palette) -> None:
    edge = 12.0
    for row in _wrapped(chart.title, layout.large, layout.width - 2 * edge, bold=True):
        page.y += layout.large
        page.parts.append(words(edge, page.y, row, layout.large, palette.text, bold=True))
        page.y += 6
    if chart.banner:
        width = text.width(chart.banner, layout.normal, bold=True) + 20
        height = layout.normal + 11
        page.parts.append(
            rectangle(edge, page.y, width, height, palette.background, stroke=palette.banner, stroke_width=2)
        )
        baseline = page.y + height / 2 + layout.normal * 0.36
        page.parts.append(words(edge + 10, baseline, chart.banner, layout.normal, palette.banner, bold=True))
        page.y += height + 6
    for row in _wrapped(chart.common_unit, layout.small, layout.width - 2 * edge):
        page.y += layout.small
        page.parts.append(words(edge, page.y, row, layout.small, palette.muted))
        page.y += 4
    page.y += 4


def _phases(page: _Page, chart: Chart, layout: Layout, palette: Palette) -> None:
    """Numbers, ribbon and bands. Restorations are drawn last, so that a short one lies on top of its neighbours."""
    places, rows = number_rows(chart, layout)
    for band, (middle, row) in zip(chart.bands, places, strict=True):
        baseline = page.y + (rows - row) * NUMBER_ROW - 4
        x = layout.left + middle
        if row:
            page.parts.append(line(x, baseline + 2, x, page.y + rows * NUMBER_ROW, palette.frame))
        page.parts.append(words(x, baseline, str(band.number), layout.small, palette.text, anchor="middle", bold=True))
    ribbon = page.y + rows * NUMBER_ROW
    bottom = ribbon + layout.ribbon + 6 + len(chart.panels) * layout.panel - layout.gap
    for band in sorted(chart.bands, key=lambda one: one.kind is PhaseKind.RESTORATION):
        x, width = span_of(band.start, band.end, chart, layout)
        page.parts.append(rectangle(x, ribbon, width, bottom - ribbon, palette.bands[band.kind]))
        page.parts.append(rectangle(x, ribbon, width, layout.ribbon, palette.ribbon[band.kind]))
        if band.kind is PhaseKind.RESTORATION:
            edges = (ribbon + 0.5, ribbon + layout.ribbon - 0.5)
            page.parts += [line(x, edge, x + width, edge, palette.frame) for edge in edges]
    page.y = ribbon + layout.ribbon + 6


def _time_axis(page: _Page, axis: TimeAxis, chart: Chart, layout: Layout, palette: Palette) -> None:
    """Marks for every moment, labels for as many as fit without touching, the name of the clocks at the left."""
    start, end = chart.window
    baseline = page.y + layout.small + 5
    page.parts.append(words(layout.left - 7, baseline, axis.name, layout.small, palette.text, anchor="end", bold=True))
    widest = max((text.width(label, layout.small) for _, label in axis.ticks), default=0.0) + 12
    spacing = layout.columns / max(1, len(axis.ticks))
    every = max(1, -int(-widest // spacing))
    right = layout.left + layout.columns
    for index, (moment, label) in enumerate(axis.ticks):
        x = layout.left + (moment - start) / (end - start) * layout.columns
        labelled = index % every == 0
        page.parts.append(line(x, page.y, x, page.y + (5 if labelled else 3), palette.frame))
        if labelled:
            half = text.width(label, layout.small) / 2
            place = min(max(x, layout.left + half), right + layout.right - 2 - half)
            page.parts.append(words(place, baseline, label, layout.small, palette.text, anchor="middle"))
    page.y += layout.axis_row


def _legend(page: _Page, chart: Chart, layout: Layout, palette: Palette) -> None:
    """Swatches with words, as many to a row as fit, then the footer."""
    page.y += 10
    x, edge, swatch = 12.0, 12.0, 20.0
    for kind, label in _entries(chart):
        needed = swatch + 6 + text.width(label, layout.small) + 18
        if x > edge and x + needed - 18 > layout.width - edge:
            x, page.y = edge, page.y + layout.small + 7
        middle = page.y + layout.small / 2 + 1
        page.parts += _swatch(kind, x, middle, swatch, palette)
        page.parts.append(words(x + swatch + 6, page.y + layout.small, label, layout.small, palette.text))
        x += needed
    page.y += layout.small + 4
    for row in _wrapped(chart.footer, layout.small, layout.width - 2 * edge):
        page.y += layout.small + 3
        page.parts.append(words(edge, page.y, row, layout.small, palette.muted))
    page.y += layout.top - 2


def _entries(chart: Chart) -> list[tuple[str, str]]:
    """The legend names only what the picture holds."""
    shown = {stretch.state for one in chart.panels for stretch in one.stretches}
    entries = [
        ("expected", chart.words.expected, any(one.expected is not None for one in chart.panels)),
        ("down", chart.words.down, State.DOWN in shown),
        ("degraded", chart.words.degraded, State.DEGRADED in shown),
        ("hatch", chart.words.not_measuring, State.NOT_OBSERVABLE in shown),
        ("restoration", chart.words.restoration, any(band.kind is PhaseKind.RESTORATION for band in chart.bands)),
    ]
    return [(kind, label) for kind, label, present in entries if present]


def _swatch(kind: str, x: float, y: float, width: float, palette: Palette) -> list[str]:
    if kind == "expected":
        return [line(x, y, x + width, y, palette.expected, stroke_width="1.5")]
    if kind == "hatch":
        return [rectangle(x, y - 5, width, 10, HATCH, stroke=palette.frame)]
    if kind == "restoration":
        return [rectangle(x, y - 5, width, 10, palette.background, stroke=palette.frame)]
    height = 7.0 if kind == "down" else 3.5
    return [rectangle(x, y + 3.5 - height, width, height, palette.states[State(kind)])]


def _wrapped(sentence: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """The rows of a text that is no wider than ``width``."""
    rows: list[str] = []
    for word in sentence.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and text.width(longer, size, bold=bold) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows
