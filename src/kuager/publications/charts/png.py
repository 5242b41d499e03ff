"""The chart as PNG, drawn by resvg with the font that travels with Kuager, in few colours to save bytes.

Nothing is asked of the machine, so the same SVG gives the same picture everywhere, also where no font is installed. The
colours are those that the SVG names, and each of them half mixed with the background for the edges of letters and
lines: colours guessed from the picture gave two signals one colour.
"""

from __future__ import annotations

import re
from io import BytesIO

import resvg_py
from PIL import Image

from kuager.publications.charts.text import FAMILY, font_files
from kuager.publications.pictures import Sketch

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def painted(file: bytes | Sketch) -> bytes:
    """The bytes of a file that is published."""
    if not isinstance(file, Sketch):
        return file
    return file.svg.encode() if file.zoom is None else rasterise(file.svg, file.zoom)


def rasterise(svg: str, zoom: float = 1.0) -> bytes:
    """The picture as PNG.

    Args:
        svg: as from ``draw``.
        zoom: pixels of the picture for each unit of the SVG.
    """
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        skip_system_fonts=True,
        font_files=[str(path) for path in font_files()],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
    with Image.open(BytesIO(bytes(drawn))) as picture:
        few = picture.convert("RGB").quantize(palette=_colours(svg), dither=Image.Dither.NONE)
    written = BytesIO()
    few.save(written, format="PNG", optimize=True)
    return written.getvalue()


def _colours(svg: str) -> Image.Image:
    """An image that holds the colours to choose from: those written in the SVG, the background first among them."""
    written = list(dict.fromkeys(_COLOUR.findall(svg)))
    halves = [_between(colour, written[0]) for colour in written]
    image = Image.new("P", (1, 1))
    image.putpalette([channel for colour in dict.fromkeys(written + halves) for channel in _channels(colour)])
    return image


def _channels(colour: str) -> list[int]:
    return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]


def _between(one: str, other: str) -> str:
    mixed = ((a + b) // 2 for a, b in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
