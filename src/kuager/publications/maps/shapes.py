"""Outlines of countries and regions: Natural Earth (public domain), as TopoJSON in ``data/shapes.zip``.

``world.json`` holds countries by their numbers of ISO 3166-1, ``KZ.json`` and the others first-level regions by Natural
Earth's own id (``adm1_code``): its codes of ISO 3166-2 are not unique (Almaty city and region share one). All are
simplified once with shared arcs, so that neighbours keep one border. ``data/VENDOR.toml`` says where they come from.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pycountry

Ring = npt.NDArray[np.float64]
"""Longitudes and latitudes in degrees, float64 [n, 2], the first point again as the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One country or region: polygons, each a list of rings of which the first is the outer one.

    ``iso`` is its code of ISO 3166-1 or of ISO 3166-2 as it is today, empty where none is sure. Longitudes of a country
    on both sides of the 180th meridian run on to 360.
    """

    id: str
    iso: str
    name: str
    polygons: tuple[tuple[Ring, ...], ...]
    russian: str = ""


@cache
def world() -> tuple[Shape, ...]:
    """Every country; ``iso`` has its two letters, empty where the atlas gives it no number."""
    return tuple(
        Shape(str(one.get("id", "")), _letters(str(one.get("id", ""))), one["properties"]["name"], rings)
        for one, rings in _decoded("world")
    )


@cache
def regions(country: str) -> tuple[Shape, ...]:
    """The regions of a country by its two letters; none where the atlas has none."""
    return tuple(
        Shape(given["id"], given["iso"], given["name"], rings, given["ru"])
        for given, rings in ((one["properties"], rings) for one, rings in _decoded(country))
    )


def _decoded(name: str) -> list[tuple[dict[str, Any], tuple[tuple[Ring, ...], ...]]]:
    """The geometries of a file with their rings (TopoJSON 1.0, sections 2.1.2 and 2.1.3)."""
    try:
        topology = msgspec.json.decode(_archive().read(f"{name}.json"))
    except KeyError:
        return []
    scale, translate = (np.asarray(topology["transform"][key], np.float64) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.asarray(arc, np.float64), axis=0) * scale + translate for arc in topology["arcs"]]
    return [(one, _polygons(one, arcs)) for one in topology["objects"]["r"]["geometries"]]


def _polygons(geometry: dict[str, Any], arcs: list[Ring]) -> tuple[tuple[Ring, ...], ...]:
    match geometry.get("type"):
        case "Polygon":
            found = [geometry["arcs"]]
        case "MultiPolygon":
            found = geometry["arcs"]
        case _:
            found = []
    return tuple(tuple(_ring(ring, arcs) for ring in polygon) for polygon in found)


def _ring(indexes: list[int], arcs: list[Ring]) -> Ring:
    parts = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indexes]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _letters(number: str) -> str:
    found = pycountry.countries.get(numeric=number) if number else None
    return str(found.alpha_2) if found else ""


@cache
def _archive() -> zipfile.ZipFile:
    data = resources.files("kuager.publications.maps").joinpath("data", "shapes.zip").read_bytes()
    return zipfile.ZipFile(BytesIO(data))
