"""The questions of a notice, asked in the terminal one after the other: an answer, ``?``, or ``-`` and the law.

Nothing is made of an answer before all are given, and each can be said again in another version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import typer

from kuager.accountability.moments import UNKNOWN
from kuager.accountability.notices import ALL_SERVICES
from kuager.accountability.rows.disclosure import Effect, NoticeFact, Reason
from kuager.case.notices import AHEAD, named_operator
from kuager.case.saying import notice_of_said, together
from kuager.cli.reader import say, translation
from kuager.errors import UsageError, message
from kuager.model.operators import Operator
from kuager.model.places import find, zones
from kuager.model.time import format_utc, parse_utc
from kuager.model.words import Access

NOT_KNOWN, WITHHELD = "?", "-"
NOW = "now"
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_AS_WRITTEN = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")

QUESTIONS: Mapping[NoticeFact, str] = {
    NoticeFact.PLACES: message("Where (codes such as KZ or KZ-75, with spaces between)"),
    NoticeFact.START: message("Since when (now, 14:30 by the clocks there, 2026-01-05T10:30Z)"),
    NoticeFact.NETWORKS: message("On which networks (AS numbers; {networks})"),
    NoticeFact.ACCESS: message("Which access (mobile, fixed, mixed)"),
    NoticeFact.SERVICES: message("Which services (names, with commas between, or all)"),
    NoticeFact.REASON: message("Why (order, fault, damage, power, work, attack)"),
    NoticeFact.LEGAL_BASIS: message("By which law and article"),
    NoticeFact.AUTHORITY: message("Who demanded it"),
    NoticeFact.CONTACT: message("Whom can people turn to"),
    NoticeFact.REMEDY: message("What do people get for it"),
}
_OF_AN_ORDER = frozenset({NoticeFact.LEGAL_BASIS, NoticeFact.AUTHORITY})
"""Asked only where somebody demanded it."""


def spoken_time(written: str, place: str, now: datetime | None = None) -> str:
    """A time as people say it in the form that rows have: ``now``, a time of day by the clocks of a place, or in full.

    Args:
        written: what somebody said.
        place: by whose clocks a time of day is; UTC where none is known.
        now: the moment; the clock's when left out.

    Raises:
        UsageError: it is no time.
    """
    said, moment = written.strip(), now or datetime.now(UTC)
    if said in ("", UNKNOWN, NOT_KNOWN):
        return UNKNOWN if said else ""
    if said == NOW:
        return format_utc(moment)
    if _AS_WRITTEN.fullmatch(said):
        return said
    if clock := _CLOCK.fullmatch(said):
        zone = ZoneInfo(_zone(place, moment.date()))
        today = moment.astimezone(zone).date()
        return format_utc(_past(datetime.combine(today, time(int(clock[1]), int(clock[2])), zone), said, moment))
    return format_utc(parse_utc(said))


def with_clocks(said: Mapping[str, Any], operators: Sequence[Operator], now: datetime) -> dict[str, Any]:
    """What was said, with times as rows have them.

    Args:
        said: fields by name; a time of day is by the clocks of the first place, else of the operator's country.
        operators: all that are known.
        now: the moment.
    """
    place = _clocks_of(said, operators)
    times = {key: spoken_time(said[key], place, now) for key in ("start", "end") if isinstance(said.get(key), str)}
    return {**said, **times}


def ask(said: Mapping[str, Any], operators: Sequence[Operator], now: datetime) -> dict[str, Any]:
    """What was said, with answers to what was not; each is looked at when it is given, so that none has to be repeated.

    Args:
        said: what options and the like say already.
        operators: all that are known.
        now: the moment.

    Raises:
        UsageError: what is said already cannot be.
    """
    reader, found = translation(), dict(said)
    say(reader.gettext(message("Answer each, or ? where you do not know it, or - where you may not tell it.")))
    if "operator" not in found:
        found["operator"] = _operator(operators)
    notice_of_said(found, operators, now)
    if "effect" not in found:
        found["effect"] = _chosen(message("What is it (cut, slowed, blocked)"), [one.value for one in Effect])
    for fact in QUESTIONS:
        if fact.value in found or fact.value in found.get("withheld", {}):
            continue
        if fact in _OF_AN_ORDER and found.get("reason", Reason.ORDER.value) != Reason.ORDER.value:
            found[fact.value] = UNKNOWN
            continue
        found = _answered(fact, found, operators, now)
    return found


def _answered(
    fact: NoticeFact, said: Mapping[str, Any], operators: Sequence[Operator], now: datetime
) -> dict[str, Any]:
    """What was said, with the answer to one question, which is asked until a notice can have the answer."""
    reader = translation()
    operator = named_operator(said["operator"], operators)
    networks = [f"AS{held.asn}" for held in operator.networks if held.until is None]
    question = reader.gettext(QUESTIONS[fact], networks=", ".join(networks) or "–")
    usual = {NoticeFact.NETWORKS: " ".join(networks), NoticeFact.START: NOW, NoticeFact.SERVICES: ALL_SERVICES}
    if operator.access is not Access.UNKNOWN:
        usual[NoticeFact.ACCESS] = operator.access.value
    while True:
        written = str(typer.prompt(question, default=usual.get(fact, ""), show_default=fact in usual)).strip()
        try:
            found = together(said, _told(fact, written, _clocks_of(said, operators), now))
            notice_of_said(found, operators, now)
        except UsageError as error:
            _tell(error)
        else:
            return found


def _told(fact: NoticeFact, written: str, place: str, now: datetime) -> dict[str, Any]:
    """What an answer says of a fact: nothing where it is empty, or the law by which it may not be told."""
    if written == WITHHELD:
        return {"withheld": {fact.value: _asked(message("By which law may it not be told"), default="")}}
    answer = _read(fact, written, place, now)
    return {} if answer is None else {fact.value: answer}


def _clocks_of(said: Mapping[str, Any], operators: Sequence[Operator]) -> str:
    places = said.get("places")
    if isinstance(places, Sequence) and not isinstance(places, str) and places:
        return str(places[0])
    return next((one.country for one in operators if one.id == said.get("operator")), "")


def _tell(error: UsageError) -> None:
    told = error.diagnostics(translation().gettext)
    for line in (told.happened, told.meaning, told.remedy):
        if line:
            say(line)


def _read(fact: NoticeFact, written: str, place: str, now: datetime) -> Any:
    """What an answer says; None for an empty one."""
    if not written:
        return None
    if written in (NOT_KNOWN, UNKNOWN):
        return UNKNOWN
    readers: Mapping[NoticeFact, Callable[[str], Any]] = {
        NoticeFact.START: lambda said: spoken_time(said, place, now),
        NoticeFact.PLACES: _codes,
        NoticeFact.NETWORKS: _codes,
        NoticeFact.SERVICES: lambda said: [one.strip() for one in said.split(",")],
        NoticeFact.ACCESS: lambda said: _one_of(said, [one.value for one in Access]),
        NoticeFact.REASON: lambda said: _one_of(said, [one.value for one in Reason]),
        NoticeFact.REMEDY: lambda said: {translation().code: said},
    }
    return readers.get(fact, str)(written)


def _past(told: datetime, said: str, now: datetime) -> datetime:
    """A time of day that has been; shortly after midnight somebody may mean yesterday's."""
    if told > now + AHEAD:
        raise UsageError(
            message("By the clocks there it is not {time} yet today."),
            remedy=message("Write the day as well: {example}."),
            time=said,
            example=(told - timedelta(days=1)).isoformat(timespec="minutes"),
        )
    return told


def _codes(written: str) -> list[str]:
    return [find(one).code for one in written.replace(",", " ").split()]


def _operator(known: Sequence[Operator]) -> str:
    countries = sorted({one.country for one in known})
    reader = translation()
    line = message("Known operators: {operators}")
    for country in countries:
        say(reader.gettext(line, operators=", ".join(one.id for one in known if one.country == country)))
    while True:
        try:
            return named_operator(_asked(message("Whose notice is it (id of the operator)")), known).id
        except UsageError as error:
            _tell(error)


def _chosen(question: str, choices: list[str]) -> str:
    while True:
        written = _asked(question)
        if written in choices:
            return written


def _one_of(written: str, choices: list[str]) -> str:
    if written not in choices:
        raise UsageError(
            message("“{written}” is none of them."),
            remedy=message("They are: {choices}."),
            written=written,
            choices=", ".join(choices),
        )
    return written


def _asked(question: str, default: str | None = None) -> str:
    asked = translation().gettext(question)
    return str(typer.prompt(asked, default=default, show_default=False)).strip()


def _zone(place: str, day: date) -> str:
    return zones(find(place), day)[0] if place else "UTC"
