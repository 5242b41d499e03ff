"""Notices of operators in words: a sentence, every fact by name, and a text message; made of the facts alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kuager.accountability.moments import is_known, known_interval
from kuager.accountability.notices import ALL_SERVICES, FactTold, Telling, facts_of
from kuager.accountability.rows.disclosure import Effect, Notice, NoticeFact, NoticeState
from kuager.accountability.rows.row import Status
from kuager.errors import UsageError, message
from kuager.model.operators import Operator
from kuager.model.places import find, zones
from kuager.model.time import local, parse_utc
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.wording.conduct_words import STATUS
from kuager.publications.wording.disclosure_words import FACT, REASON, STATE
from kuager.publications.wording.field_words import FIELD_NAME
from kuager.publications.wording.parts import REACHED, place_name

LONGEST_BASIC, LONGEST_OTHER = 160, 134
"""Characters: one message of the basic alphabet of GSM 03.38, or two of any other (3GPP TS 23.040)."""

_BARE = {
    Effect.CUT: message("{operator}: no service."),
    Effect.SLOWED: message("{operator}: service is slow."),
    Effect.BLOCKED: message("{operator}: some services are kept away."),
}
_SINCE = {
    Effect.CUT: message("{operator}: no service from {start} on."),
    Effect.SLOWED: message("{operator}: service is slow from {start} on."),
    Effect.BLOCKED: message("{operator}: some services are kept away from {start} on."),
}
_OVER = {
    Effect.CUT: message("{operator}: there was no service from {start} to {end}."),
    Effect.SLOWED: message("{operator}: service was slow from {start} to {end}."),
    Effect.BLOCKED: message("{operator}: some services were kept away from {start} to {end}."),
}
_BACK = message("{operator}: service is back since {end}.")
_BACK_SOME_TIME = message("{operator}: service is back.")
_WITHDRAWN = message("{operator} takes this notice back.")
_NOT_KNOWN = message("not known")
WITHHELD = message("withheld: legal basis {basis}")
WITHHELD_WITHOUT = message("withheld: no legal basis named")
_BESIDE_FACTS = frozenset({"state", "end", "reason_told"})
"""Fields that are told beside the facts."""
_AS_CALLED_NOW = date(2100, 1, 1)
"""By which places have the names that they have today, where a notice names no day."""
_SAID = (
    NoticeFact.PLACES,
    NoticeFact.ACCESS,
    NoticeFact.SERVICES,
    NoticeFact.REASON,
    NoticeFact.LEGAL_BASIS,
    NoticeFact.AUTHORITY,
    NoticeFact.CONTACT,
    NoticeFact.REMEDY,
)
"""The facts that a sentence tells beside what happened and when, in this order."""


def sentence(notice: Notice, operators: Sequence[Operator], translation: Translation) -> str:
    """Everything that a notice says, in whole sentences: what and since when first, then fact by fact."""
    told = NoticeTold(notice, tuple(operators), translation)
    if notice.status is Status.WITHDRAWN:
        return translation.gettext(_WITHDRAWN, operator=told.operator)
    facts = {one.fact: one for one in facts_of(notice)}
    return " ".join([told.what(told.moment), *(told.line(facts[one]) for one in _SAID)])


def fact_rows(notice: Notice, operators: Sequence[Operator], translation: Translation) -> tuple[tuple[str, str], ...]:
    """How it stands and every fact, by name; a fact is told, not known or withheld, and never left out."""
    told = NoticeTold(notice, tuple(operators), translation)
    named = {name: translation.gettext(words) for name, words in FIELD_NAME.items() if name in _BESIDE_FACTS}
    stands = STATUS[Status.WITHDRAWN] if notice.status is Status.WITHDRAWN else STATE[notice.state]
    rows = [(named["state"], translation.gettext(stands))]
    for one in facts_of(notice):
        rows.append((translation.gettext(FACT[one.fact]), told.value(one)))
        if one.fact is NoticeFact.START and notice.end:
            rows.append((named["end"], told.moment(notice.end)))
        if one.fact is NoticeFact.REASON and notice.reason_told and notice.reason is not None:
            rows.append((named["reason_told"], told.prose(notice.reason_told)))
    return tuple(rows)


def text_message(notice: Notice, operators: Sequence[Operator], translation: Translation) -> str:
    """The most that fits into a text message: what and since when, where, why, whom to turn to."""
    told = NoticeTold(notice, tuple(operators), translation)
    if notice.status is Status.WITHDRAWN:
        return translation.gettext(_WITHDRAWN, operator=told.operator)
    facts = {one.fact: one for one in facts_of(notice)}
    lines = [told.what(told.short_moment)]
    for fact in (NoticeFact.REASON, NoticeFact.PLACES, NoticeFact.CONTACT, NoticeFact.LEGAL_BASIS):
        longer = _plain(" ".join([*lines, told.line(facts[fact])]))
        if fits(longer):
            lines.append(told.line(facts[fact]))
    return _plain(" ".join(lines))


def fits(text: str) -> bool:
    """Whether a text is one message of the basic alphabet, or at most two of any other."""
    return len(text) <= (LONGEST_BASIC if text.isascii() else LONGEST_OTHER)


def zone_of(notice: Notice) -> str:
    """By whose clocks its times are told beside UTC: those of the first place that it names."""
    place = next((one for one in notice.places if not one.startswith("AS")), "")
    try:
        return zones(find(place), _day(notice))[0] if place else "UTC"
    except UsageError:
        return "UTC"


def services_in_words(services: Sequence[str], translation: Translation) -> str:
    """Names of services; ``all`` in words."""
    everything = translation.gettext(message("everything that goes over the network"))
    return ", ".join(everything if one == ALL_SERVICES else one for one in services)


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """Tells the facts of one notice in one language."""

    notice: Notice
    operators: tuple[Operator, ...]
    translation: Translation

    @property
    def operator(self) -> str:
        """The name of whoever speaks."""
        found = next((one for one in self.operators if one.id == self.notice.operator), None)
        return found.called(self.translation.code) if found is not None else self.notice.operator

    def what(self, moment: Callable[[str], str]) -> str:
        """What is or was disrupted, and when, as far as that is told."""
        notice, (start, end) = self.notice, (self.notice.start, self.notice.end)
        hidden = any(one.fact is NoticeFact.START for one in notice.withheld)
        known = is_known(start) and not hidden
        if end or notice.state in (NoticeState.MONITORING, NoticeState.RESOLVED):
            template = _OVER[notice.effect] if known and is_known(end) else _BACK if is_known(end) else _BACK_SOME_TIME
        else:
            template = (_SINCE if known else _BARE)[notice.effect]
        return self.translation.gettext(
            template, operator=self.operator, start=moment(start) if known else "", end=moment(end) if end else ""
        )

    def line(self, fact: FactTold) -> str:
        """A fact as a sentence of its own."""
        name = self.translation.gettext(FACT[fact.fact])
        return self.translation.gettext(message("{name}: {value}."), name=name, value=self.value(fact).rstrip("."))

    def value(self, fact: FactTold) -> str:
        """A fact's value, or that it is not known, or that it is withheld and by which law."""
        if fact.telling is Telling.NOT_KNOWN:
            return self.translation.gettext(_NOT_KNOWN)
        if fact.telling is Telling.WITHHELD:
            template = WITHHELD if fact.basis else WITHHELD_WITHOUT
            return self.translation.gettext(template, basis=fact.basis)
        tells: Mapping[NoticeFact, Callable[[Any], str]] = {
            NoticeFact.NETWORKS: ", ".join,
            NoticeFact.ACCESS: lambda access: self.translation.gettext(REACHED[access]),
            NoticeFact.PLACES: lambda codes: ", ".join(
                place_name(one, _day(self.notice), self.translation) for one in codes
            ),
            NoticeFact.SERVICES: self._services,
            NoticeFact.START: self.moment,
            NoticeFact.REASON: self._reason,
            NoticeFact.REMEDY: self.prose,
        }
        return tells.get(fact.fact, str)(fact.value)

    def moment(self, written: str) -> str:
        """A time in UTC and by the clocks there."""
        return clock.stated(written, zone_of(self.notice), self.translation)

    def short_moment(self, written: str) -> str:
        """The same for a text message: the time there comes with the name of its city."""
        if "T" not in written:
            return written
        zone, locale = zone_of(self.notice), self.translation.locale
        there = local(parse_utc(written), zone)
        return f"{there:%d.%m %H:%M} {clock.city(zone, locale) or 'UTC'}"

    def prose(self, words: Mapping[str, str]) -> str:
        """The operator's own words in the reader's language, else in one in which they are."""
        return words.get(self.translation.code) or next(iter(words.values()), "")

    def _reason(self, reason: Any) -> str:
        return self.prose(reason) if isinstance(reason, Mapping) else self.translation.gettext(REASON[reason])

    def _services(self, services: Sequence[str]) -> str:
        return services_in_words(services, self.translation)


def _day(notice: Notice) -> date:
    when = known_interval(notice.start) or known_interval(notice.end)
    return when.best.date() if when is not None else _AS_CALLED_NOW


def _plain(text: str) -> str:
    """One line, with blanks of the basic alphabet alone."""
    return " ".join(text.split())
