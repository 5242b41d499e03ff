"""What every codec of series gives back."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.model.episodes import Note
from kuager.model.series import Series


@dataclass(frozen=True, slots=True)
class Decoded:
    """The series of one file, and what a reader should be told about how it was read (such as skipped columns)."""

    series: tuple[Series, ...]
    remarks: tuple[Note, ...] = ()
