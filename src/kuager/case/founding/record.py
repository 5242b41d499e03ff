"""Happenings as documents tell them: one row per claim of a source, with its time as precise as the source gives it.

The rows are those of ``kz-2022-01.toml`` in this package, whose header explains the fields. Nothing in them is a
measurement of ours. Rows that contradict each other stay side by side; ``doubt`` says so.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from kuager.accountability.moments import interval
from kuager.model.places import LANGUAGES, find
from kuager.model.time import Instant
from kuager.model.words import Access, Explanation


class HappeningKind(StrEnum):
    """What a row tells of."""

    DISRUPTION = "disruption"
    BLOCKING = "blocking"
    THROTTLING = "throttling"
    """It worked, slower than it should have."""
    ROUTING = "routing"
    RESTORATION = "restoration"
    WHITELIST = "whitelist"
    REPORT = "report"
    """Somebody announced a disruption; the time is that of the announcement."""
    STATEMENT = "statement"
    SILENCE = "silence"
    """Somebody who was asked, or who ought to have spoken, did not."""
    TECHNIQUE = "technique"
    FINANCE = "finance"
    REMEDY = "remedy"
    OCCASION = "occasion"
    """Something that is not about the network, on whose days it may have been cut: a speech, a protest, an exam."""


class SourceClass(StrEnum):
    """Who speaks."""

    MEASUREMENT = "measurement"
    COMPANY = "company"
    GOVERNMENT = "government"
    NGO = "ngo"
    LETTER = "letter"
    MEDIA = "media"
    UN = "un"


class Confidence(StrEnum):
    """How far a row is to be trusted, as judged when it was entered."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Happening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One claim of one source, or of sources that say the same.

    Attributes:
        id: our name for the row.
        kind: what it tells of.
        start: RFC 3339 in UTC, a local day (``2022-01-04``) or a month (``2022-01``), as precise as the source.
        end: the same, null when the source gives none.
        precision_minutes: how far off the times may be, to either side.
        places: ids of the register of places.
        access: how the people meant reach the network, null when the source does not say.
        operators: companies, as the source names them.
        networks: codes of the networks meant.
        services: sites and applications by name; empty for internet access as a whole.
        text: one or two sentences per language.
        doubt: what speaks against the row or is missing from it, per language; empty when there is nothing to say.
        source: who says it, and through whom it was read.
        source_class: who speaks.
        urls: where it was published.
        confidence: how far it is to be trusted.
        acknowledges: whether an operator, a court or the state itself admits the disruption.
        names_order: whether it says itself that this was done by law or order.
        onset_of_cut: whether it is one of the published starts of the nationwide cut.
        explains: the cause that it gives, where that is not an order; null where it gives none.
    """

    id: str
    kind: HappeningKind
    start: str
    end: str | None = None
    precision_minutes: int
    places: tuple[str, ...]
    access: Access | None = None
    operators: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    text: dict[str, str]
    doubt: dict[str, str] = {}
    source: str
    source_class: tuple[SourceClass, ...]
    urls: tuple[str, ...]
    confidence: Confidence
    acknowledges: bool = False
    names_order: bool = False
    onset_of_cut: bool = False
    explains: Explanation | None = None

    @property
    def begins(self) -> Instant:
        """The start as an interval: a time with its precision, a whole local day at least, or a whole local month.

        Of a day and a month ``best`` is only the middle and no claim: show ``start``.
        """
        return self._instant(self.start)

    @property
    def ends(self) -> Instant | None:
        """The end, as ``begins``; null when the source gives none."""
        return self._instant(self.end) if self.end else None

    def _instant(self, moment: str) -> Instant:
        return interval(moment, self.places[0], timedelta(minutes=self.precision_minutes))


class Restoration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A window in which access was back, precise enough to draw; ``end`` is null for the return that lasted."""

    start: datetime
    end: datetime | None = None
    precision_minutes: int
    places: tuple[str, ...]
    access: Access
    source: str
    urls: tuple[str, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A documentary record: its title per language, its happenings and restorations in the order of the events.

    A happening of which only the day is known stands where its text places it, which its times alone cannot tell.
    ``networks`` are the codes of the networks whose operators are called to account.
    """

    title: dict[str, str]
    happenings: tuple[Happening, ...]
    restorations: tuple[Restoration, ...]
    networks: tuple[str, ...]


def founding_bytes() -> bytes:
    """The file of the founding record, as it ships."""
    return resources.files("kuager.case.founding").joinpath("kz-2022-01.toml").read_bytes()


def founding_rows() -> bytes:
    """The file of the registers of the founding case, as it ships."""
    return resources.files("kuager.case.founding").joinpath("kz-2022-01-registers.toml").read_bytes()


@cache
def load() -> Record:
    """The founding record."""
    return parse(founding_bytes())


def parse(data: bytes) -> Record:
    """A record from its file.

    Raises:
        ValueError: a row is not well-formed, contradicts itself or lacks a language.
        UsageError: a row names an unknown place.
    """
    record = msgspec.convert(tomllib.loads(data.decode("utf-8")), Record)
    _require_languages("title", record.title)
    for code in record.networks:
        find(code)
    for happening in record.happenings:
        _check(happening)
    return record


def _check(row: Happening) -> None:
    for code in (*row.places, *row.networks):
        find(code)
    _require_languages(row.id, row.text)
    if row.doubt:
        _require_languages(row.id, row.doubt)
    if not (row.places and row.source and row.source_class and row.urls):
        raise ValueError(f"{row.id}: a row names a place, a source, its class and where it was published")
    if row.ends and row.ends.best < row.begins.best:
        raise ValueError(f"{row.id}: it ends before it starts")


def _require_languages(where: str, sentences: dict[str, str]) -> None:
    if set(sentences) != set(LANGUAGES) or not all(sentences.values()):
        raise ValueError(f"{where}: every sentence stands in {', '.join(LANGUAGES)}")
