"""Events, episodes and their parts, as frozen values that go to JSON and back unchanged (msgspec)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kuager.model.time import Instant
from kuager.model.words import Access, CauseValue, EpisodeKind, Level, PhaseKind, Stance, State


class Span(msgspec.Struct, frozen=True):
    """A stretch of one series in one state; ``depth`` is the mean share lost, 0 to 1, null when not observable."""

    start: datetime
    end: datetime
    state: State
    depth: float | None


class Event(msgspec.Struct, frozen=True):
    """An interval that a detector found in ONE series.

    ``depth`` is the median share of the expected value that was missing (0..1), ``probability`` the calibrated
    probability that something happened at all. ``end`` is null when the series stops inside the event.
    """

    signal: str
    place: str
    access: Access
    window: str
    start: Instant
    end: Instant | None
    depth: float
    probability: float


class Phase(msgspec.Struct, frozen=True):
    """A part of an episode. ``uncertainty_s`` is the half-width of its start; ``end`` is null while it lasts."""

    kind: PhaseKind
    start: datetime
    end: datetime | None
    access: Access
    places: tuple[str, ...]
    uncertainty_s: int


class Reading(msgspec.Struct, frozen=True):
    """What one signal says of an episode.

    ``start`` and ``end`` are its own onset and end, null where it has none. ``coverage`` is the share of the
    episode's time for which it has values. ``lowest`` is its smallest value as a share of the expected one.
    ``window`` names the window of a relative series. ``spans`` are its states over the case window.
    """

    signal: str
    place: str
    access: Access
    window: str
    stance: Stance
    start: datetime | None
    end: datetime | None
    depth: float | None
    probability: float | None
    coverage: float
    lowest: float | None
    spans: tuple[Span, ...]


class Cause(msgspec.Struct, frozen=True):
    """Why it happened, with a level of its own."""

    value: CauseValue
    level: Level


class Note(msgspec.Struct, frozen=True):
    """A sentence in waiting: a message template and the facts that fill it, translated when it is shown."""

    template: str
    facts: dict[str, str]


class Episode(msgspec.Struct, frozen=True):
    """One thing that happened at a place, fused from the events of all signals.

    ``end``, ``end_earliest`` and ``end_latest`` are null while it is ongoing. ``reasons`` say why it has its level,
    ``unknowns`` what the record cannot tell. ``inputs`` are the sha256 of the sealed objects it was derived from.
    """

    id: str
    version: int
    place: str
    kind: EpisodeKind
    level: Level
    probability: float
    start: datetime
    start_earliest: datetime
    start_latest: datetime
    end: datetime | None
    end_earliest: datetime | None
    end_latest: datetime | None
    ongoing: bool
    phases: tuple[Phase, ...]
    signals: tuple[Reading, ...]
    cause: Cause
    evidence: tuple[int, ...]
    simulated: bool
    reasons: tuple[Note, ...]
    unknowns: tuple[Note, ...]
    inputs: tuple[str, ...]
