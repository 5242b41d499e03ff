"""What a pack is written in: a sentence or a row that states a fact cannot be made without an exhibit.

The only words without one are those that say how to read the pack, and the blanks of a form.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_EXHIBIT = "what states a fact names the exhibits that bear it out"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that states a fact, and the numbers of its exhibits; ``language`` where it is not the pack's.

    Raises:
        ValueError: it says nothing, or names no exhibit.
    """

    text: str
    exhibits: tuple[int, ...]
    language: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip() or not self.exhibits:
            raise ValueError(NO_EXHIBIT)


@dataclass(frozen=True, slots=True)
class Words:
    """Words that say how to read something, or what it takes to do something; they state no fact of the case."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, with smaller words ``below`` it; ``code`` for hashes and paths."""

    text: str
    below: str = ""
    language: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table and the numbers of its exhibits.

    Raises:
        ValueError: it says nothing, or names no exhibit.
    """

    cells: tuple[Cell, ...]
    exhibits: tuple[int, ...]

    def __post_init__(self) -> None:
        if not any(cell.text for cell in self.cells) or not self.exhibits:
            raise ValueError(NO_EXHIBIT)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the last column of each row, that of its exhibits, is not among ``columns``."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    wide: int | None = None
    """The number of the column that gets the most room, from 0; None where all get the same."""


@dataclass(frozen=True, slots=True)
class Form:
    """The lines of a form, each followed by room to write in."""

    lines: tuple[str, ...]


Block = Sentence | Words | Table | Form


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks under a heading of their own within a section; without a title they stand right below the section's."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its name in addresses, its title, its parts."""

    name: str
    title: str
    parts: tuple[Part, ...]
