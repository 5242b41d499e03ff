"""How far an episode went, in parts: how wide, how long, what, with what end. The parts are shown, never one number.

After the Human Rights Committee (General Comment 34), the Supreme Court of India (Bhasin) and A/HRC/50/55: a measure
is narrow in place, time and services. What all three exceed is of the highest class; what one part cannot be told of
has no class.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kuager.accountability.rows.row import Answer
from kuager.model.episodes import Episode
from kuager.model.words import PhaseKind


class Reach(StrEnum):
    """How wide, or how much: all of it, a part of it, or it cannot be told."""

    WHOLE = "whole"
    PART = "part"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """The class that follows from the parts."""

    HIGHEST = "highest"
    HIGH = "high"
    LIMITED = "limited"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class Proportionality:
    """The parts: ``places`` (the whole country), ``services`` (all access), ``end`` (announced), the time in hours."""

    places: Reach
    services: Reach
    end: Answer
    since: datetime
    until: datetime | None
    severity: Severity


OF_EVERYTHING = frozenset({PhaseKind.BLACKOUT, PhaseKind.PARTIAL, PhaseKind.WHITELIST, PhaseKind.THROTTLING})


def proportionality(episode: Episode, end: Answer) -> Proportionality:
    """The parts of an episode; ``end`` is whether an end was announced."""
    places, services = width(episode), services_hit(episode)
    return Proportionality(places, services, end, episode.start, episode.end, _severity(places, services, end))


def width(episode: Episode) -> Reach:
    """Whether a whole country was hit. A part of one is a part, wherever the threat was."""
    return Reach.WHOLE if len(episode.place) == len("KZ") else Reach.PART


def services_hit(episode: Episode) -> Reach:
    """Whether all access was hit, or single services only."""
    if any(phase.kind in OF_EVERYTHING and phase.is_of_everything for phase in episode.phases):
        return Reach.WHOLE
    return Reach.PART if any(phase.services for phase in episode.phases) else Reach.UNKNOWN


def _severity(places: Reach, services: Reach, end: Answer) -> Severity:
    wide = [places is Reach.WHOLE, services is Reach.WHOLE, end is Answer.NO]
    unknown = services is Reach.UNKNOWN or end is Answer.UNKNOWN
    if all(wide):
        return Severity.HIGHEST
    if unknown:
        return Severity.CANNOT_TELL
    return Severity.HIGH if sum(wide) > 1 else Severity.LIMITED
