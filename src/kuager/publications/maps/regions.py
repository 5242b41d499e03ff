"""Where the regions of a country are to be drawn at a date: outlines, circles, or within the region they came from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from kuager.model import places
from kuager.publications.maps import shapes
from kuager.publications.maps.shapes import Shape


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A region on a map: its code and name, and its outline, or the place of its circle (degrees).

    ``drawn_in`` is the code of the region within which it lies where no outline of it is known.
    """

    code: str
    name: str
    outline: Shape | None
    circle: tuple[float, float] | None = None
    drawn_in: str = ""


def units(country: str, language: str, on: date) -> tuple[Unit, ...]:
    """The regions that a country had at a date, those without an outline last."""
    edition = _editions().get(country)
    if edition is None:
        return _of_atlas(country, language)
    outlines = {shape.id: shape for shape in shapes.regions(country)}
    found = []
    for region in places.regions(country, on):
        outline = outlines.get(edition["outlines"].get(region.id, ""))
        circle = edition["circles"].get(region.id)
        parent = places.find(region.parent) if region.parent and outline is None and circle is None else None
        found.append(
            Unit(
                code=region.code,
                name=places.name(region, language, on),
                outline=outline,
                circle=(circle[0], circle[1]) if circle else None,
                drawn_in=parent.code if parent is not None else "",
            )
        )
    return tuple(sorted(found, key=lambda one: (one.outline is None, one.circle is None, one.code)))


def tile_places(country: str) -> dict[str, tuple[int, int]]:
    """Column and row by the code of a region, where a grid was laid out by hand; empty elsewhere."""
    edition = _editions().get(country, {})
    return {places.find(name).code: (place[0], place[1]) for name, place in edition.get("tiles", {}).items()}


def _of_atlas(country: str, language: str) -> tuple[Unit, ...]:
    """The regions as Natural Earth has them; it has no names in Kazakh, so that those are in Russian."""
    return tuple(
        Unit(shape.iso or shape.id, (shape.russian if language in ("ru", "kk") else "") or shape.name, shape)
        for shape in shapes.regions(country)
    )


@cache
def _editions() -> dict[str, Any]:
    file = resources.files("kuager.publications.maps").joinpath("data", "editions.toml")
    return tomllib.loads(file.read_text("utf-8"))
