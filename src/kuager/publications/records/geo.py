"""The places that an episode hit, as GeoJSON (RFC 7946): ``data/ID/places.geojson``.

A place without a shape has the geometry null (section 3.2): networks have none, and regions only where the atlas has
them. Coordinates are degrees of longitude and latitude (WGS 84), outer rings counterclockwise (section 3.1.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
import numpy as np

from kuager.errors import UsageError
from kuager.model.places import Country, Region, find
from kuager.model.time import format_utc
from kuager.model.words import PartsKind, PartState
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.maps.regions import units
from kuager.publications.maps.shapes import Ring, Shape, world
from kuager.publications.records.episode import SIMULATED
from kuager.publications.view import EpisodeView
from kuager.publications.wording.parts import place_name

ATTRIBUTION = "Borders: Natural Earth (public domain); no opinion on whose they are."
_DIGITS = 4
"""Of a degree: about ten metres, finer than the outlines are."""


def places_geojson(view: EpisodeView) -> bytes:
    """A feature for the place of an episode, then one for each of its regions that was hit."""
    features = list(_features(view))
    collection: dict[str, Any] = {"type": "FeatureCollection"}
    if view.episode.simulated:
        collection["notice"] = SIMULATED
    if any(one["geometry"] is not None for one in features):
        collection["attribution"] = ATTRIBUTION
    collection["features"] = features
    return msgspec.json.format(msgspec.json.encode(collection), indent=2) + b"\n"


def _features(view: EpisodeView) -> Iterator[dict[str, Any]]:
    one = view.episode
    yield _feature(view, one.place, (one.start, one.end), one.probability)
    divisions = one.scope.divisions if one.scope is not None else ()
    hit = {
        part.place: part
        for division in divisions
        if division.kind is PartsKind.REGIONS
        for part in division.parts
        if part.state is PartState.HIT and part.place != one.place
    }
    for part in hit.values():
        yield _feature(view, part.place, (part.since, part.until), part.probability)


def _feature(
    view: EpisodeView,
    place: str,
    time: tuple[datetime | None, datetime | None],
    probability: float | None,
) -> dict[str, Any]:
    on = view.episode.start.date()
    start, end = time
    return {
        "type": "Feature",
        "id": f"{view.episode.id}/{place}",
        "geometry": _geometry(place, on),
        "properties": {
            "place": place,
            **{f"name_{language}": place_name(place, on, translator(language)) for language in LANGUAGES},
            "state": PartState.HIT.value,
            "start": format_utc(start) if start is not None else None,
            "end": format_utc(end) if end is not None else None,
            "probability": probability,
            "episode": view.episode.id,
        },
    }


def _geometry(code: str, on: date) -> dict[str, Any] | None:
    """The outline of a country or a region at a date, or the middle of a region that is too small for one."""
    try:
        place = find(code)
    except UsageError:
        place = None  # a region of a country whose regions are not in the register; the atlas may have it all the same
    if isinstance(place, Country):
        return next((_multipolygon(shape) for shape in world() if shape.iso == place.code), None)
    country, code = (place.country, place.code) if isinstance(place, Region) else (code.partition("-")[0], code)
    if "-" not in code:
        return None
    for unit in units(country, "en", on):
        if unit.code == code and unit.outline is not None:
            return _multipolygon(unit.outline)
        if unit.code == code and unit.circle is not None:
            return {"type": "Point", "coordinates": list(unit.circle)}
    return None


def _multipolygon(shape: Shape) -> dict[str, Any]:
    polygons = [
        [_positions(ring, outer=number == 0) for number, ring in enumerate(rings)] for rings in shape.polygons if rings
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _positions(ring: Ring, *, outer: bool) -> list[list[float]]:
    """The points of a ring, turned so that outer ones go counterclockwise and holes clockwise."""
    x, y = ring[:, 0] - 360 * (ring[:, 0].mean() > 180), ring[:, 1]  # section 3.1.9: no longitude runs on past 180
    counterclockwise = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) > 0
    turned = np.column_stack((x, y))[:: 1 if counterclockwise == outer else -1]
    return [[round(float(east), _DIGITS), round(float(north), _DIGITS)] for east, north in turned]
