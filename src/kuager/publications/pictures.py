"""Pictures before they are painted: what a page says of one, and the SVG behind each of its forms.

Painting takes most of the time of a publication, so whoever publishes paints: on every core, and not again what is
there already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sketch:
    """A file to be made from an SVG: the PNG with ``zoom`` pixels to a point, or with None the SVG itself."""

    svg: str
    zoom: float | None = None


@dataclass(frozen=True, slots=True)
class Printout:
    """A PDF to be made from a page for print; ``pictures`` are paths below ``public/`` of those that it shows."""

    html: str
    pictures: tuple[str, ...]


File = bytes | Sketch | Printout
"""What is published under a path: ready, to be painted, or to be printed when everything is painted."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a picture: its path below ``public/`` and the size in which it is to be shown, in pixels."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in the forms from which a browser chooses; the narrow and the dark ones may be missing.

    Attributes:
        wide: for screens, light.
        alt: what it shows, in one sentence; the caption beside it says more.
        sketches: the files of all forms by path below ``public/``.
        svg: path of the picture as SVG, empty where there is none.
    """

    wide: Form
    alt: str
    sketches: Mapping[str, Sketch]
    narrow: Form | None = None
    wide_dark: Form | None = None
    narrow_dark: Form | None = None
    svg: str = ""


@dataclass(frozen=True, slots=True)
class MapFigure:
    """A map with what belongs below it: what it shows in words, whose view of borders it takes, what it leaves out.

    Attributes:
        figure: the picture.
        caption: what it shows, for those who do not see it, too.
        note: whose boundaries these are.
        unplaced: names of places that could not be drawn.
    """

    figure: Figure
    caption: tuple[str, ...]
    note: str
    unplaced: tuple[str, ...] = ()
