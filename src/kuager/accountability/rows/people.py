"""What people met with: what they could reach, what it did to them, what they were offered, when they gathered."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from kuager.accountability.rows.row import Later, OperatorId, PlaceId, Row, When
from kuager.model.words import Access, EpisodeKind


class Field(StrEnum):
    """A part of life that needs the network; each has a card."""

    BANKING = "banking"
    HEALTH = "health"
    MEDIA = "media"
    EDUCATION = "education"


class Reach(StrEnum):
    """Whether people could reach something."""

    BLOCKED = "blocked"
    """Kept away while other things worked."""
    DOWN = "down"
    """Not working, for whatever reason."""
    PERMITTED = "permitted"
    """Working while other things were kept away."""
    REACHABLE = "reachable"


class Reachability(Row, frozen=True, kw_only=True):
    """That a site, an app or a number was reachable or not, from ``at`` to ``until`` at least, after a document."""

    about: ClassVar[str] = "at"

    service: str
    field: Field | None = None
    reach: Reach
    at: When
    until: When = ""
    access: Access = Access.UNKNOWN
    places: tuple[PlaceId, ...] = ()
    operators: tuple[OperatorId, ...] = ()


class Harm(Row, frozen=True, kw_only=True):
    """What happened to people in one field of life, as a source tells it; never inferred from a cut."""

    about: ClassVar[str] = "at"

    field: Field
    emergency: bool = False
    at: When
    until: When = ""
    places: tuple[PlaceId, ...] = ()


class Assembly(Row, frozen=True, kw_only=True):
    """People gathering in public. Degrees are of WGS 84, null where only the place is known."""

    about: ClassVar[str] = "at"

    at: When
    until: When = ""
    places: tuple[PlaceId, ...]
    latitude: float | None = None
    longitude: float | None = None


class Offer(Row, frozen=True, kw_only=True):
    """What subscribers were offered. ``percent`` is of a monthly fee, ``days`` what the offerer says it pays for."""

    about: ClassVar[str] = "at"

    operator: OperatorId = ""
    ordered_by: str = ""
    access: Access = Access.UNKNOWN
    at: When
    until: Later = ""
    on_request: bool = False
    minutes: float | None = None
    messages: float | None = None
    gigabytes: float | None = None
    percent: float | None = None
    days: float | None = None


class Tariff(Row, frozen=True, kw_only=True):
    """What a subscriber pays: ``fee`` for ``period_days``, and single prices, all in ``currency`` (ISO 4217)."""

    about: ClassVar[str] = "since"

    operator: OperatorId
    access: Access
    currency: str
    fee: float
    period_days: int = 30
    minute: float | None = None
    message: float | None = None
    gigabyte: float | None = None
    since: When
    until: Later = ""


class Past(Row, frozen=True, kw_only=True):
    """An earlier episode of the country, as documents tell it."""

    about: ClassVar[str] = "at"

    kind: EpisodeKind
    at: When
    until: When = ""
    places: tuple[PlaceId, ...]
    services: tuple[str, ...] = ()


class Occasion(StrEnum):
    """Why a day is one on which access has been cut elsewhere."""

    ELECTION = "election"
    ANNIVERSARY = "anniversary"
    EXAM = "exam"
    ASSEMBLY = "assembly"


class RiskDate(Row, frozen=True, kw_only=True):
    """A day to watch; ``yearly`` when it comes back each year."""

    about: ClassVar[str] = "on"

    occasion: Occasion
    on: Later
    yearly: bool = False
    places: tuple[PlaceId, ...]
