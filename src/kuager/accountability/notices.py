"""Notices of operators with all their versions: what was told when, what was changed later, and what is withheld.

Two clocks: what a notice says of a disruption (``start``, ``end``), and when it was said, which is when the version was
sealed and never what anybody wrote. Moving a start or an end afterwards is allowed and stays visible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kuager.accountability.citing import Citation
from kuager.accountability.moments import UNKNOWN, known_interval
from kuager.accountability.rows.conduct import Named, Statement, StatementKind
from kuager.accountability.rows.disclosure import Notice, NoticeFact, Reason
from kuager.accountability.rows.documents import Channel, SourceClass
from kuager.accountability.rows.row import Status
from kuager.model.words import Access

ALL_SERVICES = "all"
"""Stands among the services of a notice for everything that goes over the network."""
_COMPARED = tuple(
    name for name in Notice.__struct_fields__ if name not in {"id", "version", "text", "private", "sources", "operator"}
)


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """One version as it was sealed: ``known`` is when, ``object`` the SHA-256 of the sealed rows."""

    notice: Notice
    known: datetime
    object: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a version says otherwise than the one before it."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class NoticeHistory:
    """A notice: its versions, the oldest first, at least one."""

    versions: tuple[NoticeVersion, ...]

    @property
    def id(self) -> str:
        """The name of the notice, the same in all versions."""
        return self.versions[0].notice.id

    @property
    def newest(self) -> Notice:
        """What it says now."""
        return self.versions[-1].notice

    @property
    def first_known(self) -> datetime:
        """When it was first said."""
        return self.versions[0].known

    @property
    def last_known(self) -> datetime:
        """When it was last changed."""
        return self.versions[-1].known

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.newest.status is Status.WITHDRAWN

    def changes(self, number: int) -> tuple[Change, ...]:
        """What the version at a place of ``versions`` says otherwise than the one before; nothing for the first."""
        if number == 0:
            return ()
        before, after = self.versions[number - 1].notice, self.versions[number].notice
        return tuple(
            Change(name, getattr(before, name), getattr(after, name))
            for name in _COMPARED
            if getattr(before, name) != getattr(after, name)
        )

    def moved(self, number: int) -> tuple[Change, ...]:
        """The times of the disruption that a version moved after they had been told."""
        return tuple(one for one in self.changes(number) if one.field in {"start", "end"} and one.before)


class Telling(StrEnum):
    """How a fact stands in a notice."""

    TOLD = "told"
    NOT_KNOWN = "not-known"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class FactTold:
    """A fact of a notice: its value where it is told, the law that forbids it where it is withheld and one is named."""

    fact: NoticeFact
    telling: Telling
    value: Any = None
    basis: str = ""


def facts_of(notice: Notice) -> tuple[FactTold, ...]:
    """Every fact that a notice ought to tell, in order; none is left out."""
    forbidden = {one.fact: one.basis for one in notice.withheld}
    return tuple(_fact(notice, one, forbidden) for one in NoticeFact)


def _fact(notice: Notice, fact: NoticeFact, forbidden: dict[NoticeFact, str]) -> FactTold:
    value = getattr(notice, fact.value)
    if fact in forbidden:
        return FactTold(fact, Telling.WITHHELD, basis=forbidden[fact])
    if fact in notice.not_known or value in (UNKNOWN, Reason.UNKNOWN, Access.UNKNOWN):
        return FactTold(fact, Telling.NOT_KNOWN)
    if fact is NoticeFact.REASON and value is None and notice.reason_told:
        return FactTold(fact, Telling.TOLD, notice.reason_told)
    if value in (None, "", (), {}):
        return FactTold(fact, Telling.WITHHELD)
    return FactTold(fact, Telling.TOLD, value)


def withheld_of(notice: Notice) -> dict[str, str | None]:
    """By its name each fact that is withheld: the law that forbids to tell it, or None where no law is named."""
    return {one.fact.value: one.basis or None for one in facts_of(notice) if one.telling is Telling.WITHHELD}


def said_after(version: NoticeVersion) -> tuple[timedelta, timedelta] | None:
    """How long after the start that it names a version was said, at least and at most; None where it names none.

    Below zero it was said before.
    """
    place = next(iter(version.notice.places), "")
    start = known_interval(version.notice.start, place)
    return None if start is None else (version.known - start.latest, version.known - start.earliest)


def as_statement(history: NoticeHistory, said: str) -> Statement:
    """A notice among the statements of an operator, so that its card counts from when it was said.

    Args:
        history: the notice.
        said: when it was first said, RFC 3339 in UTC.
    """
    first = history.versions[0].notice
    told = {one.fact for one in facts_of(first) if one.telling is Telling.TOLD}
    named = {
        Named.LAW: NoticeFact.LEGAL_BASIS,
        Named.BODY: NoticeFact.AUTHORITY,
        Named.PLACE: NoticeFact.PLACES,
        Named.SERVICES: NoticeFact.SERVICES,
        Named.CONTACT: NoticeFact.CONTACT,
    }
    names = tuple(one for one, fact in named.items() if fact in told)
    return Statement(
        id=f"{history.id}-said",
        text=first.text,
        sources=(history.id,),
        kind=StatementKind.NOTICE,
        operator=first.operator,
        at=said,
        channel=Channel.STATUS_PAGE,
        admits=True,
        names=(*names, Named.END) if first.end else names,
        stated_start=first.start,
        stated_end=history.newest.end,
        places=tuple(one for one in first.places if not one.startswith("AS")),
        status=history.newest.status,
    )


def as_citation(history: NoticeHistory, said: str) -> Citation:
    """A notice as other rows, statements and packs cite it."""
    first = history.versions[0]
    return Citation(
        id=history.id,
        says=history.newest.text,
        by=first.notice.operator,
        published=said,
        group=first.notice.operator,
        source_class=(SourceClass.COMPANY,),
        channel=Channel.STATUS_PAGE,
        object=f"sha256:{first.object}",
    )


def histories(versions: Iterable[NoticeVersion]) -> tuple[NoticeHistory, ...]:
    """Versions by notice, the notice that was first said first."""
    found: dict[str, list[NoticeVersion]] = {}
    for one in versions:
        found.setdefault(one.notice.id, []).append(one)
    return tuple(NoticeHistory(tuple(sorted(every, key=lambda one: one.notice.version))) for every in found.values())
