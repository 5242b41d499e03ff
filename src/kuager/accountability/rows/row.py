"""What every row of every register has: an id, a sentence, what it cites, and how it stands.

A field says by its annotation what it holds, so that one loader checks, one form asks for, and one template shows the
rows of all registers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

KIND = "holds"
"""The key under which the annotation of a field says what it holds."""


class Holds(StrEnum):
    """What a field holds that its Python type does not say."""

    TIME = "time"
    TIME_TO_COME = "time-to-come"
    PROSE = "prose"
    OPERATOR = "operator"
    PLACE = "place"
    SOURCE = "source"
    LINK = "link"
    CHECK = "check"
    PRIVATE = "private"


def _holding(kind: Holds) -> msgspec.Meta:
    return msgspec.Meta(extra={KIND: kind})


When = Annotated[str, _holding(Holds.TIME)]
"""RFC 3339 in UTC, a local day, month or year, as precise as the source; see ``accountability.moments``."""
Later = Annotated[str, _holding(Holds.TIME_TO_COME)]
"""As ``When``, and may lie in the future."""
Prose = Annotated[dict[str, str], _holding(Holds.PROSE)]
"""Our own words by language; a row that a person wrote may have one language only."""
OperatorId = Annotated[str, _holding(Holds.OPERATOR)]
PlaceId = Annotated[str, _holding(Holds.PLACE)]
SourceId = Annotated[str, _holding(Holds.SOURCE)]
"""Id of a document of the case, or of a row of its documentary record."""
Link = Annotated[str, _holding(Holds.LINK)]
CheckId = Annotated[str, _holding(Holds.CHECK)]
Private = Annotated[str, _holding(Holds.PRIVATE)]
"""Never sealed in the clear: it is taken out and only committed to (``evidence.private.commitments``)."""


class Status(StrEnum):
    """How a row stands. What others claim stays ``unproven`` until something else bears it out."""

    SUPPORTED = "supported"
    DISPUTED = "disputed"
    UNPROVEN = "unproven"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """The answer to a question; missing evidence is ``unknown`` and never ``no``."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"
    UNKNOWN = "unknown"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of any register.

    Attributes:
        id: our name for it, unique among all rows of a case; small letters, digits, hyphens.
        text: what it says, in our own words.
        sources: what it cites; a row that cites nothing counts for nothing.
        doubt: what speaks against it, or what its sources do not tell.
        status: how it stands.
        private: what only the owner of the case may read, such as who handed over a paper.
    """

    id: str
    text: Prose
    sources: tuple[SourceId, ...] = ()
    doubt: Prose = {}
    status: Status = Status.SUPPORTED
    private: Private = ""

    must_cite: ClassVar[bool] = True
    """Whether a row without sources is refused."""
    about: ClassVar[str] = ""
    """The field by which a row is placed in time; empty where it has none."""
