from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from kuager.model.words import SignalKind, State
from kuager.publications.charts import text
from kuager.publications.charts.downsample import polylines
from kuager.publications.charts.drawing import chart_of
from kuager.publications.charts.layout import NARROW, WIDE, Layout, fitted, number_rows
from kuager.publications.charts.palette import DARK, LIGHT, Palette, contrast
from kuager.publications.charts.png import rasterise
from kuager.publications.charts.svg import draw
from kuager.publications.view import EpisodeView

SVG = "{http://www.w3.org/2000/svg}"
both_palettes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
both_layouts = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])


@both_palettes
@both_layouts
def test_svg_has_presentation_attributes_only_and_a_background_first(
    simulated_view: EpisodeView, layout: Layout, palette: Palette
) -> None:
    svg = draw(chart_of(simulated_view), layout, palette)
    assert not re.search(r"\bclass=|\bstyle=|var\(|\bfont=|https?://(?!www\.w3\.org/2000/svg)|<style|<script", svg)
    root = ElementTree.fromstring(svg)  # noqa: S314 - drawn by ourselves a line above
    first = root[0]
    assert first.tag == f"{SVG}rect"
    assert first.get("fill") == palette.background
    assert (first.get("width"), first.get("height")) == (root.get("width"), root.get("height"))
    for element in root.iter(f"{SVG}rect"):
        assert float(element.get("width", "0")) > 0


def test_all_that_the_chart_must_say_is_in_it(simulated_view: EpisodeView) -> None:
    svg = draw(chart_of(simulated_view), WIDE, LIGHT)
    for words in ("simulated signals", "not measuring", "zoomed axis", "UTC", "Almaty", "restoration", "expected"):
        assert words in svg
    assert "simulated signals" not in draw(chart_of(replace_simulated(simulated_view)), WIDE, LIGHT)


def replace_simulated(view: EpisodeView) -> EpisodeView:
    return replace(view, episode=msgspec.structs.replace(view.episode, simulated=False))


@both_layouts
def test_every_phase_has_its_number_and_a_restoration_of_25_minutes_its_two_pixels(
    simulated_view: EpisodeView, layout: Layout
) -> None:
    chart = chart_of(simulated_view, simulated_view.about.window)
    root = ElementTree.fromstring(draw(chart, layout, LIGHT))  # noqa: S314 - drawn by ourselves
    written = {element.text for element in root.iter(f"{SVG}text")}
    assert {str(number) for number in range(1, len(simulated_view.episode.phases) + 1)} <= written
    places, _ = number_rows(chart, fitted(layout, chart))
    assert len(set(places)) == len(places)
    ribbons = [r for r in root.iter(f"{SVG}rect") if r.get("height") == str(layout.ribbon) and not r.get("stroke")]
    assert len(ribbons) == len(chart.bands)
    assert min(float(r.get("width", "0")) for r in ribbons) >= 2


def test_twenty_five_minutes_survive_sixty_days_on_a_phone() -> None:
    step, days = 300, 60
    times = np.arange(0, days * 86400, step, dtype=np.int64)
    values = np.full(times.size, 5.0)
    values[7000:7005] = 100.0
    values[12000:12003] = np.nan
    lines = polylines(times, values, step, (0, days * 86400), NARROW.columns)
    assert len(lines) == 2
    highest = np.concatenate([y for _, y in lines]).max()
    assert highest == 100.0
    peak = next(x[np.argmax(y)] for x, y in lines if y.max() == 100.0)
    assert peak == pytest.approx(7000 / times.size * NARROW.columns, abs=1)
    assert sum(x.size for x, _ in lines) <= 4 * NARROW.columns + 8


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=300), st.integers(1, 100))
def test_downsampling_keeps_every_extreme_and_every_gap(samples: list[float], columns: int) -> None:
    times = np.arange(len(samples), dtype=np.int64) * 60
    values = np.array(samples)
    lines = polylines(times, values, 60, (0, len(samples) * 60), columns)
    finite = values[np.isfinite(values)]
    drawn = np.concatenate([y for _, y in lines]) if lines else np.empty(0)
    assert (drawn.size == 0) == (finite.size == 0)
    if finite.size:
        assert (drawn.min(), drawn.max()) == (finite.min(), finite.max())
        assert drawn[0] == finite[0]
        assert drawn[-1] == finite[-1]
    missing = np.flatnonzero(np.isnan(values)) * columns / len(samples)
    for x, _ in lines:
        assert not np.any((missing > x[0]) & (missing < x[-1]))


@both_palettes
def test_contrast_of_text_and_lines(palette: Palette) -> None:
    behind = {palette.background, *palette.bands.values()}
    for ground in behind:
        assert contrast(palette.text, ground) >= 4.5
        assert contrast(palette.muted, ground) >= 4.5
        for kind in SignalKind:
            assert contrast(palette.lines[kind], ground) >= 3
        assert contrast(palette.expected, ground) >= 3
    assert contrast(palette.banner, palette.background) >= 4.5
    assert contrast(palette.hatch, palette.background) >= 3
    assert contrast(palette.states[State.DOWN], palette.background) >= 3
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


def test_png_is_drawn_with_the_font_that_travels_along_and_always_the_same(simulated_view: EpisodeView) -> None:
    svg = draw(chart_of(simulated_view), NARROW, LIGHT)
    picture = rasterise(svg)
    assert picture == rasterise(svg)
    without_text = re.sub(r"<text.*?</text>", "", svg)
    assert rasterise(without_text) != picture
    with Image.open(BytesIO(picture)) as image:
        assert image.width == NARROW.width
        used = {entry[1] for entry in image.convert("RGB").getcolors(1 << 20) or []}
    for kind in (SignalKind.BGP, SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC):
        colour = LIGHT.lines[kind]
        assert tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) in used


@pytest.mark.parametrize(
    "letters", ["Қазақстан: әғқңөұүһі ӘҒҚҢӨҰҮҺІ", "Отключение — «интернета» ёЁ №", "± – “ ” … % █ ◐"]
)
def test_the_font_has_every_letter_we_write(letters: str) -> None:
    for path in text.font_files():
        face = ImageFont.truetype(path, 40)
        nothing = face.getmask("\U0010fffd").getbbox(), face.getlength("\U0010fffd")
        for letter in letters.replace(" ", ""):
            assert (face.getmask(letter).getbbox(), face.getlength(letter)) != nothing, letter
