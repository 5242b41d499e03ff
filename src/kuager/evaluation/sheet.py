"""A table of a report before it is shown, on a page or in a terminal. What could not be computed is a dash."""

from __future__ import annotations

from dataclasses import dataclass

NONE = "–"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its title, a line that explains it, the heads of its columns, and rows of as many cells."""

    title: str
    explained: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
