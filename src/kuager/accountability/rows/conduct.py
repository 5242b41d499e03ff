"""What governments and operators ordered, said, promised, arranged and owned."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from kuager.accountability.rows.documents import Channel
from kuager.accountability.rows.row import Answer, Later, Link, OperatorId, PlaceId, Row, When


class OrderState(StrEnum):
    """What became of an order; where none was found it is ``unknown``, never blank."""

    ISSUED = "issued"
    EXTENDED = "extended"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Order(Row, frozen=True, kw_only=True):
    """An order to cut, throttle or block. ``law`` is the id of a law's row, ``court`` whether a court allowed it."""

    about: ClassVar[str] = "begins"

    state: OrderState
    body: str = ""
    law: str = ""
    issued: When = ""
    begins: Later = ""
    ends: Later = ""
    places: tuple[PlaceId, ...] = ()
    operators: tuple[OperatorId, ...] = ()
    services: tuple[str, ...] = ()
    public: Answer = Answer.UNKNOWN
    court: Answer = Answer.UNKNOWN
    urls: tuple[Link, ...] = ()


class StatementKind(StrEnum):
    """What a statement is; whether it counts as a notice is decided by its channel."""

    NOTICE = "notice"
    ANSWER = "answer"
    STATEMENT = "statement"
    DENOUNCEMENT = "denouncement"
    REPLY = "reply"
    """By somebody named on these pages, to what they say."""


class Named(StrEnum):
    """What a statement about a disruption ought to name."""

    LAW = "law"
    BODY = "body"
    END = "end"
    PLACE = "place"
    SERVICES = "services"
    CONTACT = "contact"


class Aim(StrEnum):
    """The reasons that governments give, in the groups of the coalition's reports."""

    PUBLIC_SAFETY = "public-safety"
    NATIONAL_SECURITY = "national-security"
    COUNTER_TERRORISM = "counter-terrorism"
    PUBLIC_ORDER = "public-order"
    FALSE_INFORMATION = "false-information"
    EXAMS = "exams"
    OTHER = "other"


class Statement(Row, frozen=True, kw_only=True):
    """What an operator (``operator``) or somebody else (``who``) said about a disruption.

    ``admits`` is whether it admits that service was disrupted; ``names`` are those of the six things that it named, and
    ``unread`` when its words were not read, so that nothing can be said of them. ``aims`` are the reasons that it gave,
    ``shown`` whether it showed how the threat and the measure are connected. ``stated_start`` and ``stated_end`` are
    the times that it gave.
    """

    about: ClassVar[str] = "at"

    kind: StatementKind
    operator: OperatorId = ""
    who: str = ""
    at: When
    channel: Channel = Channel.UNKNOWN
    admits: bool = False
    unread: bool = False
    names: tuple[Named, ...] = ()
    aims: tuple[Aim, ...] = ()
    shown: Answer = Answer.UNKNOWN
    stated_start: When = ""
    stated_end: When = ""
    stated_places: tuple[PlaceId, ...] = ()
    places: tuple[PlaceId, ...] = ()


class Pledge(Row, frozen=True, kw_only=True):
    """A public promise to keep people connected, by an operator or somebody else, until it is taken back."""

    about: ClassVar[str] = "at"

    operator: OperatorId = ""
    who: str = ""
    at: When
    until: Later = ""
    places: tuple[PlaceId, ...] = ()


class Coordination(Row, frozen=True, kw_only=True):
    """A public trace of how a state and operators, or operators among themselves, acted together."""

    about: ClassVar[str] = "at"

    at: When
    parties: tuple[str, ...]
    operators: tuple[OperatorId, ...] = ()
    places: tuple[PlaceId, ...] = ()


class Ownership(Row, frozen=True, kw_only=True):
    """Who owns whom: ``owner`` is an operator's id or a name; ``share`` per cent, null where it is not known."""

    about: ClassVar[str] = "since"

    owned: str
    owner: str
    share: float | None = None
    state: bool = False
    since: When = ""
    until: When = ""


class Canary(Row, frozen=True, kw_only=True):
    """A signed statement of an operator that it got no secret order; the next one is due by ``due``.

    ``signed`` is the text with its ``signature`` of OpenSSH: only ``kuager canary sign`` fills them in. A canary that
    is signed elsewhere is a document, which its row cites.
    """

    about: ClassVar[str] = "at"

    operator: OperatorId
    at: When
    due: Later
    signed: str = ""
    signature: str = ""
