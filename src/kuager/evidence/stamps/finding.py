"""What looking at a proof of time can come to when it neither holds nor is false."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import message
from kuager.model.notes import Note


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Nothing was found out: not that the proof holds, and not that it is false. ``note`` says why."""

    note: Note


def program_missing(program: str) -> Unchecked:
    """The program that could have checked it is not installed."""
    return Unchecked(
        Note(message("Not checked: the program {program} is not installed on this machine."), {"program": program})
    )
