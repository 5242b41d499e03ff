"""What may be said of a demand: the form of each field, and that the times of a demand do not contradict each other.

No error repeats the words that were said: who looks over a shoulder, or keeps what a terminal showed, reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kuager.accountability.demands import Decision, Demand, DemandKind, Gag
from kuager.accountability.moments import interval, is_known, known_interval
from kuager.errors import UsageError, message
from kuager.evidence.private.commitments import Value
from kuager.model.places import Network, find
from kuager.model.time import Instant, format_utc, parse_utc

REQUIRED = ("authority", "kind", "received")
"""Fields without which there is no demand."""
LONGEST_TEXT = 4000
_TOLERATED = timedelta(minutes=2)
"""By which clocks may differ."""
_MOST = 200
"""Places, networks and services of one demand."""
_SETS: Mapping[str, type[StrEnum]] = {"kind": DemandKind, "decision": Decision, "gag": Gag}
_TIMES = ("received", "executed", "ended", "challenged", "gag_until")
_LISTS = ("places", "networks", "services")
_AS_WRITTEN = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}|unknown")
_ORDER = (("received", "executed"), ("received", "ended"), ("received", "challenged"), ("executed", "ended"))
SAYABLE = tuple(name for name in Demand.__struct_fields__ if name not in ("id", "copies"))
"""Fields that people say, in their order."""


def said_fields(said: Mapping[str, Any]) -> dict[str, Value]:
    """What somebody said, each field as it is sealed.

    Args:
        said: by the names of fields; times, codes and members of sets as people write them.

    Raises:
        UsageError: a field that no demand has, or a value that it cannot have.
    """
    found: dict[str, Value] = {}
    for name, value in said.items():
        if name not in SAYABLE:
            raise UsageError(
                message("A demand has no field “{field}”."),
                remedy=message("They are: {choices}."),
                field=name[:60] if name.isprintable() else "…",
                choices=", ".join(SAYABLE),
            )
        found[name] = [_text(name, one) for one in _several(name, value)] if name in _LISTS else _text(name, value)
    return found


def first_fields(said: Mapping[str, Value]) -> dict[str, Value]:
    """All fields of a first entry: what was not said is empty, and is sealed as that.

    Raises:
        UsageError: what every demand needs was not said.
    """
    missing = [name for name in REQUIRED if not said.get(name)]
    if missing:
        raise UsageError(
            message("It is not said of the demand: {fields}."),
            remedy=message("Say it with options, or in a file: kuager demand form prints one."),
            fields=", ".join(missing),
        )
    empty: dict[str, Value] = {name: [] if name in _LISTS else "" for name in SAYABLE}
    return {**empty, "decision": Decision.PENDING.value, "gag": Gag.NONE.value, **said}


def check_demand(demand: Demand, now: datetime) -> None:
    """Refuse a demand that contradicts itself, or in which something happened that is still to come.

    Args:
        demand: as it would stand.
        now: the moment.

    Raises:
        UsageError: saying what is wrong with it.
    """
    if not is_known(demand.received):
        raise UsageError(
            message("It is not said of the demand: {fields}."),
            remedy=message("When it was received may be a day, a month or a year."),
            fields="received",
        )
    place = next(iter(demand.places), "")
    times = {name: known_interval(getattr(demand, name), place) for name in _TIMES}
    for name, time in times.items():
        if time is not None and name != "gag_until" and time.earliest > now + _TOLERATED:
            raise UsageError(
                message("“{field}” lies in the future."),
                remedy=message("Look at the date, and at the clock of this machine: it is {now}."),
                field=name,
                now=format_utc(now),
            )
    for before, after in _ORDER:
        _check_order(before, times[before], after, times[after])
    if demand.ended and not demand.executed:
        raise UsageError(
            message("A demand that was not executed cannot have ended."),
            remedy=message("Say when it was executed (--executed), or “unknown”."),
        )
    if demand.gag is not Gag.NONE and not demand.gag_basis:
        raise UsageError(
            message("A gag needs the law that orders it."), remedy=message("Name law and article with --gag-basis.")
        )


def _check_order(before: str, earlier: Instant | None, after: str, later: Instant | None) -> None:
    if earlier is not None and later is not None and later.latest < earlier.earliest:
        raise UsageError(
            message("“{after}” would come before “{before}”."),
            remedy=message("Change one of the two, or write “unknown” where it is not known."),
            before=before,
            after=after,
        )


def _several(name: str, value: Any) -> list[Any]:
    several = [value] if isinstance(value, str) and value else value or []
    if not isinstance(several, list | tuple) or not all(isinstance(one, str) for one in several[: _MOST + 1]):
        raise _no_text(name)
    if len(several) > _MOST:
        raise _no_text(name)
    return list(dict.fromkeys(several))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _no_text(name)
    text = value.strip()
    if not all(sign.isprintable() or sign in "\n\t" for sign in text):
        raise _no_text(name)
    if name in _SETS:
        return _member(name, text)
    if name in _TIMES:
        return _time(name, text)
    if name in ("places", "networks"):
        return _code(name, text)
    return text


def _member(name: str, text: str) -> str:
    members = [one.value for one in _SETS[name]]
    if text not in members:
        raise UsageError(
            message("“{field}” is none of its words."),
            remedy=message("They are: {choices}."),
            field=name,
            choices=", ".join(members),
        )
    return text


def _time(name: str, text: str) -> str:
    try:
        written = text if not text or _AS_WRITTEN.fullmatch(text) else format_utc(parse_utc(text))
        if is_known(written):
            interval(written)
    except (ValueError, OverflowError, UsageError) as error:
        raise UsageError(
            message("“{field}” is not a date or a time with its zone."),
            remedy=message("Write a date such as 2022-01-05, or a time such as 2022-01-05T10:30Z."),
            field=name,
        ) from error
    return written


def _code(name: str, text: str) -> str:
    try:
        place = find(text)
    except UsageError as error:
        raise UsageError(
            message("“{field}” holds the code of no place."),
            remedy=message("It is a country, a region or a network, such as KZ, KZ-75 or AS9198."),
            field=name,
        ) from error
    if name == "networks" and not isinstance(place, Network):
        raise UsageError(
            message("“{field}” takes the numbers of networks, such as AS9198."),
            remedy=message("kuager networks KZ lists those of a country."),
            field=name,
        )
    return place.code


def _no_text(name: str) -> UsageError:
    return UsageError(
        message("“{field}” is not text that can be sealed."),
        remedy=message("Write at most {most} signs; what is longer is sealed as a document with --copy."),
        field=name,
        most=LONGEST_TEXT,
    )
