"""The font that travels with Kuager, so that a picture is the same on a machine without fonts, and its widths."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from PIL import ImageFont

FAMILY = "DejaVu Sans"
_MEASURED_AT = 100


def font_files() -> tuple[Path, Path]:
    """The regular and the bold face."""
    folder = resources.files("kuager.publications") / "static" / "fonts"
    return Path(str(folder / "DejaVuSans.ttf")), Path(str(folder / "DejaVuSans-Bold.ttf"))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is in pixels at a font size."""
    return float(_face(bold).getlength(text)) * size / _MEASURED_AT


@cache
def _face(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_files()[bold], _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
