"""Demands to cut, slow or block, as an operator's private log has them: a demand is what its entries say together.

Nothing here is public. A time is RFC 3339 in UTC or a local day, as in ``moments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from kuager.accountability.moments import interval, is_known
from kuager.evidence.private.commitments import Value

NUMBER = "number"
"""The field of an entry that says the how many-th of its demand it is, from 1."""
ORIGINAL = "original"
"""The fields of an entry that hold the hashes of its copies: ``original``, ``original.2`` …"""


class DemandKind(StrEnum):
    """What is demanded."""

    CUT = "cut"
    SLOW = "slow"
    BLOCK = "block"


class Decision(StrEnum):
    """What the operator did with a demand."""

    PENDING = "pending"
    COMPLIED = "complied"
    PARTLY = "partly"
    REFUSED = "refused"


class Gag(StrEnum):
    """What the law forbids to tell of a demand."""

    NONE = "none"
    CONTENT = "content"
    """It may be counted, and nothing else of it may be told."""
    EXISTENCE = "existence"
    """Not even that it exists may be told: it is in no number of a report."""


class Demand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A demand.

    Attributes:
        id: a random name, such as ``d-7f3a91c2``.
        authority: who demands.
        office: of the official, never a name.
        legal_basis: the law and article that it names; empty where it names none.
        kind: what is demanded.
        places: codes, such as KZ-75.
        networks: codes, such as AS9198.
        services: names, or ``all``.
        received: when.
        executed: when service was changed; empty while it was not.
        ended: when service was given back; empty while it was not.
        decision: what the operator did with it.
        challenged: when it was challenged; empty where it was not.
        challenged_where: before whom.
        challenge_result: how that ended, or ``pending``.
        gag: what may not be told of it.
        gag_basis: by which law.
        gag_until: until when; empty where no end is named.
        note: for those who may read the log.
        copies: how many documents are sealed with it.
    """

    id: str
    authority: str
    office: str = ""
    legal_basis: str = ""
    kind: DemandKind
    places: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    received: str
    executed: str = ""
    ended: str = ""
    decision: Decision = Decision.PENDING
    challenged: str = ""
    challenged_where: str = ""
    challenge_result: str = ""
    gag: Gag = Gag.NONE
    gag_basis: str = ""
    gag_until: str = ""
    note: str = ""
    copies: int = 0


@dataclass(frozen=True, slots=True)
class DemandEntry:
    """A sealed entry of the demand log, opened.

    Attributes:
        demand: which one it is about.
        root: of its record, to which the log commits.
        known: when it was sealed, RFC 3339; itself a field that was committed to.
        fields: what it says, by name: fields of :class:`Demand`, its number, and the hashes of its copies.
        logged: its number in the log; None while it waits for its batch.
    """

    demand: str
    root: bytes
    known: str
    fields: Mapping[str, Value]
    logged: int | None

    @property
    def order(self) -> tuple[int, str, bytes]:
        """By which entries of one demand follow each other."""
        number = self.fields.get(NUMBER)
        return (number if isinstance(number, int) else 0, self.known, self.root)

    @property
    def copies(self) -> int:
        """How many documents are sealed with it."""
        return sum(name.partition(".")[0] == ORIGINAL for name in self.fields)


def merged(entries: Sequence[DemandEntry]) -> Demand:
    """What the entries of one demand say together: a later one counts more, field by field.

    Raises:
        ValueError: what every demand needs is said in none of them, or in a way that no demand has.
    """
    said: dict[str, Any] = {}
    for entry in sorted(entries, key=lambda one: one.order):
        said |= {name: value for name, value in entry.fields.items() if name in Demand.__struct_fields__}
    said |= {"id": entries[0].demand, "copies": sum(one.copies for one in entries)}
    try:
        return msgspec.convert(said, Demand)
    except msgspec.ValidationError as error:
        raise ValueError(f"no demand: {entries[0].demand}") from error


def where_said(entries: Sequence[DemandEntry], name: str) -> DemandEntry | None:
    """The entry whose value of a field stands; None where no entry has the field."""
    having = [one for one in entries if name in one.fields]
    return max(having, key=lambda one: one.order, default=None)


def gag_runs(demand: Demand, now: datetime) -> bool:
    """Whether the law forbids to tell of a demand at a moment; where no end is known it does."""
    if demand.gag is Gag.NONE:
        return False
    if not is_known(demand.gag_until):
        return True
    return interval(demand.gag_until, next(iter(demand.places), "")).latest > now
