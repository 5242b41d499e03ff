"""The pictures of an episode: those inside its page, in as many forms as the page can carry, and those beside it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace

from kuager.publications.charts.drawing import chart_of
from kuager.publications.charts.layout import NARROW, WIDE, Layout
from kuager.publications.charts.palette import DARK, LIGHT, Palette
from kuager.publications.charts.png import rasterise
from kuager.publications.charts.specification import Chart
from kuager.publications.charts.svg import draw
from kuager.publications.view import EpisodeView

PICTURE_BUDGET = 115_000
"""Bytes of a page that its pictures may take as base64. Dark ones are left out where they do not fit."""
PHONE_ZOOM = 1.25
"""Phones have dense screens; on a wide one a point is a pixel."""
FILE_ZOOM = 2.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as data URI, with the size in which it is to be shown."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """Forms of the same chart; the dark ones are None where the page would grow too heavy."""

    wide: Picture
    narrow: Picture
    wide_dark: Picture | None
    narrow_dark: Picture | None


def embedded(view: EpisodeView) -> Pictures:
    """The chart for the page. Title and footer are left out: the page says them in its own text."""
    chart = replace(chart_of(view), title="", footer="")
    wide, narrow = _picture(chart, WIDE, LIGHT, 1.0), _picture(chart, NARROW, LIGHT, PHONE_ZOOM)
    wide_dark, narrow_dark = _picture(chart, WIDE, DARK, 1.0), _picture(chart, NARROW, DARK, 1.0)
    fits = sum(len(one.uri) for one in (wide, narrow, wide_dark, narrow_dark)) <= PICTURE_BUDGET
    return Pictures(wide, narrow, wide_dark if fits else None, narrow_dark if fits else None)


def chart_svg(view: EpisodeView) -> str:
    """The chart as a file of its own, light, wide, with its title and its sources."""
    return draw(chart_of(view), WIDE, LIGHT)


def chart_png(view: EpisodeView) -> bytes:
    """The same as PNG, with two pixels to a point."""
    return rasterise(chart_svg(view), FILE_ZOOM)


def _picture(chart: Chart, layout: Layout, palette: Palette, zoom: float) -> Picture:
    svg = draw(chart, layout, palette)
    height = int(svg.split('height="', 1)[1].split('"', 1)[0])
    return Picture("data:image/png;base64," + b64encode(rasterise(svg, zoom)).decode(), layout.width, height)
