"""The questions of a notice, asked in the terminal one after the other: an answer, ``?``, or ``-`` and the law.

Nothing is made of an answer before all are given, and each can be said again in another version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from kuager.accountability.moments import UNKNOWN
from kuager.accountability.notices import ALL_SERVICES
from kuager.accountability.rows.disclosure import Effect, NoticeFact, Reason
from kuager.case.operators import known_operators
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
        return format_utc(datetime.combine(today, time(int(clock[1]), int(clock[2])), zone))
    return format_utc(parse_utc(said))


def ask(path: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, with answers to what was not.

    Args:
        path: the folder of the case, which need not be there.
        said: what options and the like say already.
    """
    reader, found = translation(), dict(said)
    operators = known_operators([path])
    say(reader.gettext(message("Answer each, or ? where you do not know it, or - where you may not tell it.")))
    if "operator" not in found:
        found["operator"] = _operator(operators)
    if "effect" not in found:
        found["effect"] = _chosen(message("What is it (cut, slowed, blocked)"), [one.value for one in Effect])
    withheld = dict(found.get("withheld", {}))
    mine = next((one for one in operators if one.id == found["operator"]), None)
    for fact in (one for one in QUESTIONS if one.value not in found and one.value not in withheld):
        if fact in _OF_AN_ORDER and found.get("reason", Reason.ORDER.value) != Reason.ORDER.value:
            found[fact.value] = UNKNOWN
            continue
        answer = _answer(fact, mine, next(iter(found.get("places", ())), mine.country if mine else ""))
        if answer == WITHHELD:
            withheld[fact.value] = _asked(message("By which law may it not be told"), default="")
        elif answer is not None:
            found[fact.value] = answer
    if withheld:
        found["withheld"] = withheld
    return found


def _answer(fact: NoticeFact, operator: Operator | None, place: str) -> Any:
    """The answer to one question, asked again until it can be read; None for none."""
    reader = translation()
    networks = [f"AS{held.asn}" for held in operator.networks if held.until is None] if operator else []
    question = reader.gettext(QUESTIONS[fact], networks=", ".join(networks) or "–")
    usual = {NoticeFact.NETWORKS: " ".join(networks), NoticeFact.START: NOW, NoticeFact.SERVICES: ALL_SERVICES}
    if operator is not None and operator.access is not Access.UNKNOWN:
        usual[NoticeFact.ACCESS] = operator.access.value
    while True:
        written = str(typer.prompt(question, default=usual.get(fact, ""), show_default=fact in usual)).strip()
        if written == WITHHELD:
            return WITHHELD
        try:
            return _read(fact, written, place)
        except UsageError as error:
            told = error.diagnostics(reader.gettext)
            say(told.happened)
            say(told.remedy)


def _read(fact: NoticeFact, written: str, place: str) -> Any:
    """What an answer says; None for an empty one."""
    if not written:
        return None
    if written in (NOT_KNOWN, UNKNOWN):
        return UNKNOWN
    readers: Mapping[NoticeFact, Callable[[str], Any]] = {
        NoticeFact.START: lambda said: spoken_time(said, place),
        NoticeFact.PLACES: _codes,
        NoticeFact.NETWORKS: _codes,
        NoticeFact.SERVICES: lambda said: [one.strip() for one in said.split(",")],
        NoticeFact.ACCESS: lambda said: _one_of(said, [one.value for one in Access]),
        NoticeFact.REASON: lambda said: _one_of(said, [one.value for one in Reason]),
        NoticeFact.REMEDY: lambda said: {translation().code: said},
    }
    return readers.get(fact, str)(written)


def _codes(written: str) -> list[str]:
    return [find(one).code for one in written.replace(",", " ").split()]


def _operator(known: tuple[Operator, ...]) -> str:
    countries = sorted({one.country for one in known})
    reader = translation()
    line = message("Known operators: {operators}")
    for country in countries:
        say(reader.gettext(line, operators=", ".join(one.id for one in known if one.country == country)))
    return _asked(message("Whose notice is it (id of the operator)"))


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
