"""The places that an episode hit, as GeoJSON (RFC 7946): ``data/ID/places.geojson``.

A place without a shape has the geometry null (section 3.2): networks have none, and regions only where the package has
their borders. Coordinates are degrees of longitude and latitude (WGS 84).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from kuager.model.time import format_utc
from kuager.model.words import PartsKind, PartState
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.records.episode import SIMULATED
from kuager.publications.view import EpisodeView
from kuager.publications.wording.parts import place_name

Geometry = Mapping[str, Any]
GeometryOf = Callable[[str], Geometry | None]
"""The shape of a place by its code, as a geometry of GeoJSON; None where there is none."""

ATTRIBUTION = "Borders: Natural Earth (public domain); no opinion on whose they are."


def no_geometry(_: str) -> None:
    """No place has a shape."""


def places_geojson(view: EpisodeView, geometry_of: GeometryOf = no_geometry) -> bytes:
    """A feature for the place of an episode, then one for each of its regions that was hit."""
    features = list(_features(view, geometry_of))
    collection: dict[str, Any] = {"type": "FeatureCollection"}
    if view.episode.simulated:
        collection["notice"] = SIMULATED
    if any(one["geometry"] is not None for one in features):
        collection["attribution"] = ATTRIBUTION
    collection["features"] = features
    return msgspec.json.format(msgspec.json.encode(collection), indent=2) + b"\n"


def _features(view: EpisodeView, geometry_of: GeometryOf) -> Iterator[dict[str, Any]]:
    one = view.episode
    yield _feature(view, one.place, (one.start, one.end), one.probability, geometry_of)
    divisions = one.scope.divisions if one.scope is not None else ()
    hit = {
        part.place: part
        for division in divisions
        if division.kind is PartsKind.REGIONS
        for part in division.parts
        if part.state is PartState.HIT and part.place != one.place
    }
    for part in hit.values():
        yield _feature(view, part.place, (part.since, part.until), part.probability, geometry_of)


def _feature(
    view: EpisodeView,
    place: str,
    time: tuple[datetime | None, datetime | None],
    probability: float | None,
    geometry_of: GeometryOf,
) -> dict[str, Any]:
    on = view.episode.start.date()
    start, end = time
    return {
        "type": "Feature",
        "id": f"{view.episode.id}/{place}",
        "geometry": geometry_of(place),
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
