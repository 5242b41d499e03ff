"""What other observers published about a time and a place, as values: their findings, never ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kuager.model.words import OpinionKind


@dataclass(frozen=True, slots=True)
class Opinion:
    """One finding of another observer; the fields are those of ``tables.OPINIONS``.

    ``end`` is null while it lasts or where the observer gives none, and equals ``start`` for a moment. ``statement``
    and ``cause`` are the observer's own words or codes and are never translated.
    """

    source: str
    kind: OpinionKind
    id: str
    place: str
    signal: str
    start: datetime
    end: datetime | None
    statement: str
    cause: str
    score: float | None
    link: str
