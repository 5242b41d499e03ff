"""What an operator discloses itself: notices of disruptions, and how it says that it handles demands."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from kuager.accountability.rows.row import CheckId, Later, Link, OperatorId, PlaceId, Prose, Row, When
from kuager.model.words import Access


class Effect(StrEnum):
    """What a disruption does to people."""

    CUT = "cut"
    SLOWED = "slowed"
    BLOCKED = "blocked"
    """Single services are kept away."""


class NoticeState(StrEnum):
    """How a disruption stands, in the words of Statuspage's public API, version 2."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    """Service is back, and it is watched whether it stays."""
    RESOLVED = "resolved"


class Reason(StrEnum):
    """Why service is disrupted, as its operator says."""

    ORDER = "order"
    """Somebody demanded it who can."""
    FAULT = "fault"
    DAMAGE = "damage"
    POWER = "power"
    WORK = "work"
    ATTACK = "attack"
    UNKNOWN = "unknown"


class NoticeFact(StrEnum):
    """What a notice ought to tell. Each is told, not known, or withheld with the law that forbids it; never blank."""

    NETWORKS = "networks"
    ACCESS = "access"
    PLACES = "places"
    SERVICES = "services"
    START = "start"
    REASON = "reason"
    LEGAL_BASIS = "legal_basis"
    AUTHORITY = "authority"
    CONTACT = "contact"
    REMEDY = "remedy"


class Withheld(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact that is not told, and the law that forbids to tell it; ``basis`` is empty where none is named."""

    fact: NoticeFact
    basis: str = ""


class Notice(Row, frozen=True, kw_only=True):
    """What an operator says of a disruption of its own service, as ``version`` of the notice with this id.

    A fact that is neither told nor among ``withheld`` or ``not_known`` is shown as withheld without a legal basis.
    ``services`` are names, or ``all``. ``reason_told`` is the reason in the operator's own words.
    """

    must_cite: ClassVar[bool] = False
    about: ClassVar[str] = "start"

    operator: OperatorId
    version: int = 1
    state: NoticeState
    effect: Effect
    start: Later = ""
    end: When = ""
    networks: tuple[PlaceId, ...] = ()
    access: Access | None = None
    places: tuple[PlaceId, ...] = ()
    services: tuple[str, ...] = ()
    reason: Reason | None = None
    reason_told: Prose = msgspec.field(default_factory=dict)
    legal_basis: str = ""
    authority: str = ""
    contact: str = ""
    remedy: Prose = msgspec.field(default_factory=dict)
    withheld: tuple[Withheld, ...] = ()
    not_known: tuple[NoticeFact, ...] = ()


class Policy(Row, frozen=True, kw_only=True):
    """What an operator tells the public of how it handles demands; ``element`` is the check that it answers."""

    about: ClassVar[str] = "since"

    operator: OperatorId
    element: CheckId
    since: When
    until: Later = ""
    urls: tuple[Link, ...] = ()
