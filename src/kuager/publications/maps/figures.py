"""The maps of pages: the world with the countries of a case, and the regions of a country in an episode."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kuager.errors import UsageError, message
from kuager.model import places
from kuager.model.scope import Part
from kuager.model.words import EpisodeKind, PartsKind, PartState
from kuager.publications.charts.palette import DARK as DARK_PALETTE
from kuager.publications.charts.palette import LIGHT as LIGHT_PALETTE
from kuager.publications.language import Translation
from kuager.publications.maps import drawing, shapes, tiles
from kuager.publications.maps.drawing import Fill, Mark
from kuager.publications.maps.framing import framed
from kuager.publications.maps.projection import Projection, azimuthal, equal_earth
from kuager.publications.maps.regions import Unit, units
from kuager.publications.pictures import Figure, Form, MapFigure, Sketch
from kuager.publications.view import CaseView, EpisodeView

VIEWPOINT = message(
    "Outlines are those of Natural Earth, which shows who holds a place and not whose it is by right. Crimea and "
    "Sevastopol stand on the maps of Russia and of Ukraine. The map says nothing on any border."
)
MOSTLY_LOST = 0.5
WIDE, NARROW = 760, 360
_OF_COUNTRIES = {Fill.WORST: message("the whole country"), Fill.BAD: message("parts of it, or services")}
_OF_REGIONS = {Fill.WORST: message("at least half lost"), Fill.BAD: message("less than half lost")}
_UNJUDGED = {
    Fill.NONE: message("not hit"),
    Fill.UNKNOWN: message("not measuring"),
    Fill.OUTSIDE: message("not in this case"),
}
_HEIGHT = re.compile(r'height="(\d+)"')
_WIDTH = re.compile(r'width="(\d+)"')
_WHOLE = frozenset({EpisodeKind.SHUTDOWN, EpisodeKind.OUTAGE})


def world_map(view: CaseView, folder: str) -> MapFigure | None:
    """The countries of a case on a map of the world; others are drawn and not judged. None where nobody measured."""
    if not (view.episodes or view.measured):
        return None
    translation = view.about.translation
    fills = _by_country(view)
    marks = [Mark(fills.get(shape.iso, Fill.OUTSIDE), "", shape) for shape in shapes.world() if shape.iso != "AQ"]
    hit = [code for code, fill in fills.items() if fill in (Fill.WORST, Fill.BAD)]
    names = [places.name(places.find(code), translation.code, view.about.window[0].date()) for code in hit]
    caption = (
        translation.gettext(message("Episodes of this case in: {places}."), places=", ".join(sorted(names)))
        if names
        else translation.gettext(message("No episode was found in the countries of this case."))
    )
    drawn = {shape.iso for shape in shapes.world()}
    missing = tuple(
        places.name(places.find(code), translation.code, view.about.window[0].date())
        for code in fills
        if code not in drawn
    )
    legend = _legend({*fills.values(), Fill.OUTSIDE}, _OF_COUNTRIES, translation)
    return _map(marks, equal_earth, legend, folder, "world", caption, translation, missing)


def region_map(view: EpisodeView, folder: str) -> MapFigure | None:
    """The regions of a country by what an episode says of each; None where it says nothing of regions."""
    scope = view.episode.scope
    divisions = [one for one in scope.divisions if one.kind is PartsKind.REGIONS] if scope is not None else []
    if not divisions:
        return None
    translation, on = view.about.translation, view.episode.start.date()
    parts = {_code(part.place): part for part in divisions[0].parts}
    known = units(view.episode.place, translation.code, on)
    if not any(unit.outline for unit in known):
        return None
    fills = {code: _fill(part) for code, part in parts.items()}
    hit = sum(fill in (Fill.WORST, Fill.BAD) for fill in fills.values())
    spared = sum(fill is Fill.NONE for fill in fills.values())
    caption = translation.gettext(
        message("Regions hit: {hit}; not hit: {spared}; not measured: {unknown}. The table below names them."),
        hit=hit,
        spared=spared,
        unknown=len(fills) - hit - spared,
    )
    return _regions(known, fills, folder, caption, translation)


def country_map(view: CaseView, code: str, folder: str) -> MapFigure | None:
    """The regions of a country by name, each by the worst that any episode of the case says of it.

    None where there is nothing to draw: regions without outlines or withheld ones, or a case in which nobody measured.
    """
    translation, on = view.about.translation, view.about.window[0].date()
    known = units(code, translation.code, on)
    if PartsKind.REGIONS in view.withheld_kinds or not any(unit.outline for unit in known):
        return None
    if not (view.episodes or view.measured):
        return None
    order = (Fill.UNKNOWN, Fill.NONE, Fill.BAD, Fill.WORST)
    fills: dict[str, Fill] = {}
    for one in view.episodes:
        divisions = one.episode.scope.divisions if one.episode.scope is not None else ()
        for part in (part for each in divisions if each.kind is PartsKind.REGIONS for part in each.parts):
            name, found = _code(part.place), _fill(part)
            fills[name] = max(found, fills.get(name, Fill.UNKNOWN), key=order.index)
        if "-" in one.episode.place:
            fills[_code(one.episode.place)] = Fill.WORST if one.episode.kind in _WHOLE else Fill.BAD
    caption = translation.gettext(
        message("The worst that an episode of this case says of each region. Where none says anything, it is hatched.")
    )
    return _regions(known, fills, folder, caption, translation)


def _regions(
    known: Sequence[Unit], fills: Mapping[str, Fill], folder: str, caption: str, translation: Translation
) -> MapFigure:
    worst: dict[str, Fill] = dict(fills)
    notes = [caption]
    names = {unit.code: unit.name for unit in known}
    order = (Fill.UNKNOWN, Fill.NONE, Fill.BAD, Fill.WORST)
    for unit in known:
        if unit.drawn_in:
            own = fills.get(unit.code, Fill.UNKNOWN)
            worst[unit.drawn_in] = max(own, worst.get(unit.drawn_in, Fill.UNKNOWN), key=order.index)
            notes.append(
                translation.gettext(
                    message("{name} is drawn inside {parent}, with outlines from before June 2022."),
                    name=unit.name,
                    parent=names.get(unit.drawn_in, unit.drawn_in),
                )
            )
    marks: Sequence[Mark] = [
        Mark(worst.get(unit.code, Fill.UNKNOWN), unit.name, unit.outline, unit.circle)
        for unit in known
        if unit.outline is not None or unit.circle is not None
    ]
    marks, far = framed(marks)
    if far:
        notes.append(
            translation.gettext(
                message("In boxes, each in a scale of its own: {places}."), places=", ".join(one.label for one in far)
            )
        )
    rings = [polygon[0] for mark in marks if mark.outline for polygon in mark.outline.polygons]
    placed = {unit.code for unit in known}
    unplaced = tuple(code for code in fills if code not in placed)
    shown = {mark.fill for mark in (*marks, *far)}
    legend = _legend(shown, _OF_REGIONS, translation)
    return _map(marks, azimuthal(rings), legend, folder, "map", " ".join(notes), translation, unplaced, far)


def tile_grid(view: EpisodeView, folder: str) -> MapFigure | None:
    """The same regions as squares of one size; None where there is no map of them either."""
    scope = view.episode.scope
    divisions = [one for one in scope.divisions if one.kind is PartsKind.REGIONS] if scope is not None else []
    translation = view.about.translation
    known = units(view.episode.place, translation.code, view.episode.start.date()) if divisions else ()
    if not known:
        return None
    fills = {_code(part.place): _fill(part) for part in divisions[0].parts}
    cells = tiles.layout(view.episode.place, known)
    caption = translation.gettext(message("The same regions as squares of one size, so that none is too small to see."))
    light = tiles.draw(known, cells, fills, LIGHT_PALETTE, drawing.LIGHT, caption)
    dark = tiles.draw(known, cells, fills, DARK_PALETTE, drawing.DARK, caption)
    width, height = (int(found[1]) for found in (_WIDTH.search(light), _HEIGHT.search(light)) if found)
    paths = f"{folder}/tiles.png", f"{folder}/tiles-dark.png"
    figure = Figure(
        wide=Form(paths[0], width, height),
        wide_dark=Form(paths[1], width, height),
        alt=translation.gettext(message("Map; the sentences below it say what it shows.")),
        sketches={paths[0]: Sketch(light, 1.5), paths[1]: Sketch(dark, 1.5)},
    )
    return MapFigure(figure, (caption,), "")


def _map(
    marks: Sequence[Mark],
    project: Projection,
    legend: Mapping[Fill, str],
    folder: str,
    name: str,
    caption: str,
    translation: Translation,
    unplaced: tuple[str, ...],
    far: Sequence[Mark] = (),
) -> MapFigure:
    sketches: dict[str, Sketch] = {}

    def form(suffix: str, width: int, *, dark: bool) -> Form:
        palette, colours = (DARK_PALETTE, drawing.DARK) if dark else (LIGHT_PALETTE, drawing.LIGHT)
        svg = drawing.draw(marks, project, width, palette, colours, legend, caption, far)
        path = f"{folder}/{name}{suffix}.png"
        sketches[path] = Sketch(svg, 1.0 if width == WIDE else 1.5)
        height = _HEIGHT.search(svg)
        return Form(path, width, int(height[1]) if height else 0)

    figure = Figure(
        wide=form("", WIDE, dark=False),
        narrow=form("-narrow", NARROW, dark=False),
        wide_dark=form("-dark", WIDE, dark=True),
        narrow_dark=form("-narrow-dark", NARROW, dark=True),
        alt=translation.gettext(message("Map; the sentences below it say what it shows.")),
        sketches=sketches,
    )
    return MapFigure(figure, (caption,), translation.gettext(VIEWPOINT), unplaced)


def _legend(shown: set[Fill], degrees: Mapping[Fill, str], translation: Translation) -> dict[Fill, str]:
    names = {**degrees, **_UNJUDGED}
    return {fill: translation.gettext(label) for fill, label in names.items() if fill in shown}


def _fill(part: Part) -> Fill:
    if part.state is PartState.UNKNOWN:
        return Fill.UNKNOWN
    if part.state is PartState.SPARED:
        return Fill.NONE
    return Fill.WORST if part.depth is not None and part.depth >= MOSTLY_LOST else Fill.BAD


def _by_country(view: CaseView) -> dict[str, Fill]:
    """Countries of the case: unknown before anything is said of them, by kind of episode otherwise."""
    order = (Fill.UNKNOWN, Fill.NONE, Fill.BAD, Fill.WORST)
    fills = {code[:2]: Fill.UNKNOWN for code in view.places if not code.startswith("AS")}
    fills |= {one.place[:2]: Fill.NONE for one in view.measured if one.coverage and len(one.place) == 2}
    for one in view.episodes:
        if one.episode.place.startswith("AS"):
            continue
        whole = one.episode.kind in _WHOLE and len(one.episode.place) == 2
        code = one.episode.place[:2]
        fills[code] = max(Fill.WORST if whole else Fill.BAD, fills.get(code, Fill.UNKNOWN), key=order.index)
    return fills


def _code(place: str) -> str:
    try:
        return places.find(place).code
    except UsageError:
        return place
