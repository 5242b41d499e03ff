"""The pictures of an episode as figures of its page: wide and narrow, light and dark, and the SVG for downloading."""

from __future__ import annotations

import re
from dataclasses import replace

from kuager.errors import message
from kuager.publications.charts.drawing import chart_of, seen_at
from kuager.publications.charts.layout import NARROW, WIDE, Layout
from kuager.publications.charts.palette import DARK, LIGHT, Palette
from kuager.publications.charts.specification import Chart
from kuager.publications.charts.svg import draw
from kuager.publications.pictures import Figure, Form, Sketch
from kuager.publications.view import EpisodeView

_HEIGHT = re.compile(r'height="(\d+)"')
SHARP = 1.25
"""Pixels to a point: enough for a dense screen, few enough for a slow line."""


def overview(view: EpisodeView, folder: str) -> Figure:
    """The chart of an episode; its files lie in a folder below ``public/``."""
    translation = view.about.translation
    whole = chart_of(view)
    chart = replace(whole, title="", footer="")  # the page says them in its own text
    sketches: dict[str, Sketch] = {f"{folder}/chart.svg": Sketch(draw(whole, WIDE, LIGHT))}
    forms = {
        name: _form(f"{folder}/{name}.png", chart, layout, palette, sketches)
        for name, layout, palette in (
            ("chart", WIDE, LIGHT),
            ("chart-dark", WIDE, DARK),
            ("chart-narrow", NARROW, LIGHT),
            ("chart-narrow-dark", NARROW, DARK),
        )
    }
    return Figure(
        wide=forms["chart"],
        narrow=forms["chart-narrow"],
        wide_dark=forms["chart-dark"],
        narrow_dark=forms["chart-narrow-dark"],
        alt=translation.gettext(
            message("Chart of {n} signals from {days}; the caption says what it shows."),
            n=len(view.episode.signals),
            days=seen_at(view),
        ),
        sketches=sketches,
        svg=f"{folder}/chart.svg",
    )


def _form(path: str, chart: Chart, layout: Layout, palette: Palette, sketches: dict[str, Sketch]) -> Form:
    svg = draw(chart, layout, palette)
    sketches[path] = Sketch(svg, SHARP)
    height = _HEIGHT.search(svg)
    return Form(path, layout.width, int(height[1]) if height else 0)
