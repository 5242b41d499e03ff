"""What each source gave for each day of a case, as values."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.model.notes import Note
from kuager.model.words import DayStatus


@dataclass(frozen=True, slots=True)
class DayCovered:
    """What a source gave for one day; ``day`` is its midnight in seconds since the epoch; ``reason`` is why not all."""

    source: str
    day: int
    status: DayStatus
    reason: Note | None
