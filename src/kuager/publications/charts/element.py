"""SVG elements as text. Presentation attributes only: no class, no style, no variables, no ``font`` shorthand.

Anything else was painted as black blocks or giant letters by one renderer or another (WeasyPrint, resvg).
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from kuager.model.series import Values
from kuager.publications.charts.text import FAMILY

Attribute = str | float


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """One element; underscores in the names of attributes become hyphens, and texts must be escaped already."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(value if isinstance(value, str) else number(value))}"
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def rectangle(x: float, y: float, width: float, height: float, fill: str, **attributes: Attribute) -> str:
    """A filled rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, **attributes: Attribute) -> str:
    """A straight line one pixel wide."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **attributes)


def words(x: float, y: float, text: str, size: float, fill: str, *, anchor: str = "start", bold: bool = False) -> str:
    """A line of text on the baseline ``y``."""
    return element(
        "text",
        escape(text),
        x=x,
        y=y,
        font_family=f"{FAMILY}, sans-serif",
        font_size=size,
        font_weight="700" if bold else "400",
        text_anchor=anchor,
        fill=fill,
    )


def polyline(x: Values, y: Values, stroke: str, width: str) -> str:
    """A line through points; a single point becomes a dot."""
    points = " ".join(f"{number(a)},{number(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    path = f"M{points}" if x.size > 1 else f"M{points}h0.1"
    return element(
        "path", d=path, fill="none", stroke=stroke, stroke_width=width, stroke_linejoin="round", stroke_linecap="round"
    )
