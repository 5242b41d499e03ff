"""Versions of laws, challenges to orders, and what people judge of the questions that no measurement answers."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from kuager.accountability.rows.row import Answer, CheckId, Later, Link, OperatorId, PlaceId, Prose, Row, When


class Provision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paragraph of a law: what it says in our own words; empty where it was not read in that version."""

    number: str
    says: Prose = {}


class LawVersion(Row, frozen=True, kw_only=True):
    """A law, called ``name``, as it was from ``since`` on. Versions of one ``law`` are compared by paragraph.

    ``read`` is whether its wording was read; what is told of a version that was not read is what others write of it.
    """

    about: ClassVar[str] = "since"

    law: str
    name: Prose = msgspec.field(default_factory=dict)
    since: Later
    read: bool = False
    repealed: bool = False
    provisions: tuple[Provision, ...] = ()
    urls: tuple[Link, ...] = ()
    places: tuple[PlaceId, ...] = ()


class ChallengeKind(StrEnum):
    """How an order or a law was challenged, or a demand laid open."""

    COURT_CASE = "court-case"
    COMPLAINT = "complaint"
    REFUSAL = "refusal"
    DISCLOSURE = "disclosure"


class Outcome(StrEnum):
    """How it ended."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Challenge(Row, frozen=True, kw_only=True):
    """A challenge: by whom, against what, before whom, and how it ended."""

    about: ClassVar[str] = "filed"

    kind: ChallengeKind
    by: str
    against: str
    body: str = ""
    filed: When
    decided: When = ""
    outcome: Outcome = Outcome.UNKNOWN
    operators: tuple[OperatorId, ...] = ()
    places: tuple[PlaceId, ...] = ()


class Judgement(Row, frozen=True, kw_only=True):
    """A person's answer to a check, about a place or an operator (``subject``), signed with a role and never a name.

    ``text`` gives the reasons. It counts only while what it cites is in the case, and goes before what is measured.
    """

    about: ClassVar[str] = "on"

    check: CheckId
    subject: str
    answer: Answer
    role: str
    on: When
    clause: str = ""
