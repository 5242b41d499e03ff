"""Documents, searches that found none, and what others claim."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from kuager.accountability.rows.row import CheckId, Link, OperatorId, PlaceId, Row, Status, When


class DocumentKind(StrEnum):
    """What a document is."""

    ORDER = "order"
    NOTICE = "notice"
    STATEMENT = "statement"
    LAW = "law"
    ARTICLE = "article"
    TARIFF = "tariff"
    COURT = "court"
    REPORT = "report"
    LETTER = "letter"
    POLICY = "policy"


class Channel(StrEnum):
    """By what way something reached people; ``data/channels.toml`` says which of them are a notice."""

    SMS = "sms"
    PUSH = "push"
    MAIL = "mail"
    WEBSITE = "website"
    STATUS_PAGE = "status-page"
    SOCIAL_POST = "social-post"
    SOCIAL_REPLY = "social-reply"
    PRESS = "press"
    BROADCAST = "broadcast"
    GAZETTE = "gazette"
    COURT = "court"
    UNKNOWN = "unknown"


class SourceClass(StrEnum):
    """Who speaks."""

    MEASUREMENT = "measurement"
    COMPANY = "company"
    GOVERNMENT = "government"
    COURT = "court"
    NGO = "ngo"
    LETTER = "letter"
    MEDIA = "media"
    UN = "un"
    RESEARCH = "research"


class Document(Row, frozen=True, kw_only=True):
    """A document: sealed where ``object`` names its bytes, only cited where it is empty.

    ``text`` says what it is. ``published`` is when it was published, ``unknown`` where nobody says, ``seen`` when we
    saw it. Documents of one ``group`` (by default those of one author) are one source, however many repeat it. Of a
    text of others at most ``most_words`` are quoted, in ``quote``, in the language ``quote_language``.
    """

    must_cite: ClassVar[bool] = False
    about: ClassVar[str] = "published"

    kind: DocumentKind
    by: str
    published: When
    seen: When
    channel: Channel = Channel.UNKNOWN
    source_class: tuple[SourceClass, ...]
    group: str = ""
    licence: str = ""
    most_words: int = 25
    quote: str = ""
    quote_language: str = ""
    urls: tuple[Link, ...] = ()
    object: str = ""
    media: str = ""
    operators: tuple[OperatorId, ...] = ()
    places: tuple[PlaceId, ...] = ()


class Search(Row, frozen=True, kw_only=True):
    """That something was looked for and not found: without such a row a gap is unknown, never “none”.

    ``register`` names what was looked for, such as ``statements`` or ``challenges``; ``checks`` the questions that it
    was about, ``operators`` whom. ``text`` says where was looked.
    """

    must_cite: ClassVar[bool] = False
    about: ClassVar[str] = "on"

    register: str
    on: When
    operators: tuple[OperatorId, ...] = ()
    places: tuple[PlaceId, ...] = ()
    checks: tuple[CheckId, ...] = ()


class Counts(StrEnum):
    """What an amount of money counts."""

    SHUTDOWN = "shutdown"
    COMPANY = "company"
    RIOT = "riot"
    """Damage by riots: never a cost of the shutdown."""
    NOTHING = "nothing"


class Claim(Row, frozen=True, kw_only=True):
    """What somebody else claims. It stays theirs: ``by`` said it at ``at``.

    ``of`` is when that happened of which it speaks; without it a claim is about the one episode of a case that has one.
    Claims of one ``topic`` are compared: where some hold it and others do not, all of them are disputed. ``method``
    names how an ``amount`` was reckoned.
    """

    about: ClassVar[str] = "at"

    status: Status = Status.UNPROVEN
    topic: str
    holds: bool = True
    by: str
    at: When
    of: When = ""
    places: tuple[PlaceId, ...] = ()
    operators: tuple[OperatorId, ...] = ()
    amount: float | None = None
    currency: str = ""
    counts: Counts = Counts.NOTHING
    method: str = ""
