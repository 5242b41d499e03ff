"""Maps: every country can be drawn, boundaries are those of their time, nothing unmeasured looks normal."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources

import msgspec
import numpy as np
import pycountry
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from tests.publications.conftest import in_language
from tests.publications.site.test_places import division, part

from kuager.model.scope import Scope
from kuager.model.words import PartsKind, PartState
from kuager.publications.charts.palette import DARK, LIGHT, Palette, contrast
from kuager.publications.charts.png import painted
from kuager.publications.charts.text import font_files
from kuager.publications.maps import drawing, shapes, tiles
from kuager.publications.maps.figures import country_map, region_map, tile_grid, world_map
from kuager.publications.maps.framing import framed
from kuager.publications.maps.projection import azimuthal, equal_earth
from kuager.publications.maps.regions import units
from kuager.publications.pictures import MapFigure, Sketch
from kuager.publications.view import CaseView, EpisodeView

JANUARY, AUGUST = date(2022, 1, 5), date(2022, 8, 1)
FORBIDDEN = re.compile(r'class=|style=|var\(|font="|<style|<script|href=')


@pytest.fixture(scope="module")
def divided(simulated_view: EpisodeView) -> EpisodeView:
    regions = division(
        PartsKind.REGIONS,
        part("KZ-75", PartState.HIT),
        part("KZ-19", PartState.SPARED),
        part("KZ-63", PartState.UNKNOWN),
        part("KZ-XX", PartState.HIT),
    )
    scope = Scope(rolled_up=True, correlation=0.2, depth_error=0.1, divisions=(regions,))
    return replace(simulated_view, episode=msgspec.structs.replace(simulated_view.episode, scope=scope))


def svgs(sketches: Mapping[str, Sketch]) -> list[str]:
    return [one.svg for one in sketches.values()]


def world_of(view: EpisodeView) -> MapFigure:
    """The map of the world of a case with one episode."""
    found = world_map(CaseView(view.about, (view,), places=("KZ",)), "en")
    assert found is not None
    return found


def test_equal_earth_is_that_of_its_authors() -> None:
    points = np.asarray([[0.0, 0.0], [180.0, 0.0], [0.0, 90.0], [0.0, -90.0]])
    found = equal_earth(points)
    assert np.allclose(found[0], 0)
    assert found[1][0] == pytest.approx(2.70663, abs=1e-5)
    assert found[2][1] == pytest.approx(1.31737, abs=1e-5)
    assert found[3][1] == pytest.approx(-1.31737, abs=1e-5)


def test_a_country_on_both_sides_of_the_180th_meridian_stays_in_one_piece() -> None:
    ring = np.asarray([[179.0, -17.0], [-179.0, -17.0], [-179.0, -18.0], [179.0, -18.0], [179.0, -17.0]])
    found = azimuthal([ring])(ring)
    assert np.ptp(found[:, 0]) < 0.05
    assert np.allclose(found.mean(axis=0), 0, atol=0.01)


def test_kazakhstan_in_january_2022_has_fourteen_regions_and_three_cities() -> None:
    found = units("KZ", "en", JANUARY)
    assert sum(one.outline is not None for one in found) == 14
    assert {one.name for one in found if one.circle} == {"Nur-Sultan city", "Almaty city", "Shymkent city"}
    by_name = {one.name: one for one in found}
    assert by_name["Almaty Region"].outline is not None
    assert by_name["Almaty city"].outline is None
    assert by_name["Almaty Region"].code != by_name["Almaty city"].code
    assert not any(one.drawn_in for one in found)


def test_since_june_2022_new_regions_are_told_with_the_one_that_they_came_from() -> None:
    found = {one.name: one for one in units("KZ", "en", AUGUST)}
    assert len(found) == 20
    inside = {name: one.drawn_in for name, one in found.items() if one.drawn_in}
    assert inside.keys() == {"Abai Region", "Jetisu Region", "Ulytau Region"}
    assert inside["Abai Region"] == found["East Kazakhstan Region"].code


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_later_map_says_so_in_words(simulated_view: EpisodeView, language: str) -> None:
    about = in_language(simulated_view, language).about
    later = tuple(moment + timedelta(days=240) for moment in about.window)
    measured = simulated_view.episode.signals
    view = CaseView(replace(about, window=(later[0], later[1])), (), measured=measured, places=("KZ",))
    found = country_map(view, "KZ", "here")
    assert found is not None
    assert "2022" in found.caption[0]


def test_squares_never_lie_on_each_other_in_any_country() -> None:
    for code in (one.alpha_2 for one in pycountry.countries):
        for on in (JANUARY, AUGUST):
            known = units(code, "en", on)
            cells = tiles.layout(code, known)
            assert len(set(cells.values())) == len(known) == len(cells), code


def test_the_grid_of_a_terminal_has_a_sign_for_each_region(divided: EpisodeView) -> None:
    known = units("KZ", "kk", JANUARY)
    told = tiles.text_grid(known, tiles.layout("KZ", known), {"KZ-75": drawing.Fill.WORST, "KZ-19": drawing.Fill.NONE})
    assert told.count("▒") == 15
    assert (told.count("■"), told.count("□")) == (1, 1)
    found = tile_grid(divided, "here")
    assert found is not None
    svg = found.figure.sketches["here/tiles.png"].svg
    assert not FORBIDDEN.search(svg.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    assert painted(found.figure.sketches["here/tiles.png"]).startswith(b"\x89PNG")


def test_every_country_of_the_atlas_is_drawn() -> None:
    codes = [one.alpha_2 for one in pycountry.countries]
    drawn = 0
    for code in codes:
        rings = [polygon[0] for shape in shapes.regions(code) for polygon in shape.polygons]
        if not rings:
            continue
        marks = [drawing.Mark(drawing.Fill.NONE, "", shape) for shape in shapes.regions(code)]
        svg = drawing.draw(marks, azimuthal(rings), 360, LIGHT, drawing.LIGHT, {}, code)
        assert "nan" not in svg
        drawn += 1
    assert drawn > 220
    assert {one.iso for one in shapes.world()} >= {"KZ", "IR", "RU", "AU", "GB", "JP", "MG", "GL"}


def test_svgs_have_attributes_only_and_a_background(divided: EpisodeView) -> None:
    found = region_map(divided, "here")
    assert found is not None
    world = world_of(divided)
    for svg in [*svgs(found.figure.sketches), *svgs(world.figure.sketches)]:
        assert not FORBIDDEN.search(svg.replace('xmlns="http://www.w3.org/2000/svg"', ""))
        assert re.match(r'<svg[^>]*><rect x="0" y="0"[^>]*fill="#', svg)


def test_what_was_not_measured_is_hatched_and_what_cannot_be_drawn_is_named(divided: EpisodeView) -> None:
    found = region_map(divided, "here")
    assert found is not None
    assert found.unplaced == ("KZ-XX",)
    svg = found.figure.sketches["here/map.png"].svg
    assert svg.count("url(#unknown)") > 10  # every region of which nothing is said
    assert "not measuring" in svg
    assert "Regions hit: 2; not hit: 1; not measured: 1." in found.caption[0]
    assert "Natural Earth" in found.note


def test_pictures_are_light_and_quickly_loaded(divided: EpisodeView) -> None:
    found = region_map(divided, "here")
    assert found is not None
    world = world_of(divided)
    for sketch in (found.figure.sketches["here/map.png"], world.figure.sketches["en/world.png"]):
        picture = painted(sketch)
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 40_000


def test_a_case_without_regions_has_no_map_of_them(simulated_view: EpisodeView) -> None:
    assert region_map(simulated_view, "here") is None


@pytest.mark.parametrize(("colours", "palette"), [(drawing.LIGHT, LIGHT), (drawing.DARK, DARK)], ids=["light", "dark"])
def test_borders_are_seen_on_every_fill_and_words_on_the_background(colours: drawing.Colours, palette: Palette) -> None:
    for fill in (colours.worst, colours.bad, colours.none, colours.outside):
        assert contrast(colours.border, fill) >= 3
    assert contrast(palette.text, palette.background) >= 4.5
    assert contrast(colours.worst, colours.bad) >= 1.5


def test_regions_have_the_codes_of_today() -> None:
    """ISO gave Iran's codes anew: IR-07 was Tehran's and is that of Fars."""
    iran = {one.code: one.name for one in units("IR", "en", JANUARY)}
    assert (iran["IR-07"], iran["IR-23"], iran["IR-24"]) == ("Fars", "Tehran", "Ardebil")
    assert iran.keys() == {one.code for one in pycountry.subdivisions if one.country_code == "IR"}
    assert {one.code: one.name for one in units("IR", "ru", JANUARY)}["IR-23"] == "Тегеран"
    for code in (one.alpha_2 for one in pycountry.countries):
        known = [one.code for one in units(code, "en", JANUARY)]
        assert len(set(known)) == len(known), code


@pytest.mark.parametrize(
    ("country", "far"), [("FR", {"Guyane française", "Mayotte"}), ("US", {"Alaska", "Hawaii"}), ("KZ", set())]
)
def test_what_lies_far_away_stands_in_boxes_so_that_the_rest_can_be_read(country: str, far: set[str]) -> None:
    known = units(country, "en", JANUARY)
    marks = [drawing.Mark(drawing.Fill.NONE, one.name, one.outline, one.circle) for one in known]
    near, boxed = framed(marks)
    assert {one.label for one in boxed} >= far
    assert len(near) + len(boxed) == len(marks)
    assert bool(boxed) == bool(far)


@pytest.mark.parametrize("country", ["CL", "NO", "VN", "NZ", "RU", "FJ"])
def test_no_map_is_much_higher_than_wide(country: str) -> None:
    marks = [drawing.Mark(drawing.Fill.BAD, one.name, one.outline) for one in units(country, "en", JANUARY)]
    near, far = framed(marks)
    rings = [polygon[0] for one in near if one.outline for polygon in one.outline.polygons]
    svg = drawing.draw(near, azimuthal(rings), 360, LIGHT, drawing.LIGHT, {}, country, far)
    height = re.search(r'height="(\d+)"', svg)
    assert height is not None
    assert int(height[1]) < 1.5 * 360


def test_a_country_outside_of_the_case_does_not_look_as_if_it_was_not_hit(divided: EpisodeView) -> None:
    for colours in (drawing.LIGHT, drawing.DARK):
        assert contrast(colours.outside, colours.none) >= 1.3
    svg = world_of(divided).figure.sketches["en/world.png"].svg
    assert "not in this case" in svg
    assert "the whole country" in svg
    assert "at least half lost" not in svg


def test_the_capital_is_named_though_it_lies_within_a_region() -> None:
    marks = [drawing.Mark(drawing.Fill.BAD, one.name, one.outline, one.circle) for one in units("KZ", "en", JANUARY)]
    rings = [polygon[0] for one in marks if one.outline for polygon in one.outline.polygons]
    svg = drawing.draw(marks, azimuthal(rings), 760, LIGHT, drawing.LIGHT, {}, "KZ")
    assert all(f">{name}</text>" in svg for name in ("Nur-Sultan city", "Almaty city", "Shymkent city"))


def test_every_letter_of_a_name_is_in_the_font() -> None:
    with TTFont(font_files()[0]) as font:
        letters = set(font.getBestCmap())
    countries = ("JP", "VN", "TR", "PL", "AZ", "RO", "CZ")
    named = {letter for code in countries for one in shapes.regions(code) for letter in one.name}
    assert {letter for letter in named if ord(letter) not in letters} == set()


def test_the_archive_is_the_one_that_was_recorded() -> None:
    data = resources.files("kuager.publications.maps") / "data"
    recorded = tomllib.loads((data / "VENDOR.toml").read_text("utf-8"))["sha256"]["shapes.zip"]
    assert hashlib.sha256((data / "shapes.zip").read_bytes()).hexdigest() == recorded


def test_where_nobody_measured_no_map_says_that_nothing_was_found(divided: EpisodeView) -> None:
    empty = CaseView(divided.about, (), places=("KZ",))
    assert world_map(empty, "en") is None
    assert country_map(empty, "KZ", "en") is None
