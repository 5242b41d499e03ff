"""Lines of Satellite: questions to open resolvers abroad, compared with what resolvers that can be trusted answered.

Version 1 (to 2021) has ``resolver``, ``query``, ``answers`` and ``passed``, and neither times nor countries. Version 2
has ``vp``, ``test_url``, the vantage point's country and a confidence in per cent; before autumn 2021 (2.0) its
``response`` holds the answers with what matched, since then (2.2) one entry per question. What a resolver answered is
not kept: the answer may be its own address. How many answers there were, and how many of them matched, is.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kuager.codecs.censoredplanet.hyperquack import Location
from kuager.codecs.censoredplanet.row import identity, moment, row, without_addresses

_MOST_ENTRIES = 200
_NO_MATCH = frozenset({"no_tags"})


class FirstLine(msgspec.Struct, frozen=True):
    """A line of version 1: per answer what of it was the same as in the control."""

    resolver: str
    query: str
    passed: bool
    answers: dict[str, list[str] | None] | None = None


class Confidence(msgspec.Struct, frozen=True):
    """How much of the answers matched the control, in per cent."""

    average: float | None = None
    matches: list[float | None] | None = None
    untagged_controls: bool | None = None
    untagged_response: bool | None = None


class SecondLine(msgspec.Struct, frozen=True):
    """A line of version 2."""

    vp: str
    test_url: str
    confidence: Confidence | None
    response: msgspec.Raw = msgspec.Raw(b"null")
    location: Location | None = None
    anomaly: bool | None = None
    connect_error: bool | None = None
    passed_control: bool | None = None
    passed_liveness: bool | None = None
    in_control_group: bool | None = None
    excluded: bool | None = None
    exclude_reason: list[str] | None = None
    start_time: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """One address that a resolver answered with, what of it matched the controls, and whose network it is in."""

    address: str
    matched: bool
    tags: tuple[str, ...]
    owner: str = ""


class Reply(msgspec.Struct, frozen=True):
    """All that a resolver answered to the questions for the name; ``rcodes`` one per question, -1 for no answer."""

    rcodes: tuple[int | None, ...]
    answers: tuple[Answer, ...]
    errors: tuple[str, ...]


class _Matched(msgspec.Struct, frozen=True):
    matched: list[str] | None = None
    asname: str | None = None


class _Question(msgspec.Struct, frozen=True):
    url: str = ""
    has_type_a: bool | None = None
    response: dict[str, _Matched] | None = None
    error: str | None = None
    rcode: int | None = None


def first_reply(line: FirstLine) -> Reply:
    """What the resolver of a line of version 1 answered; response codes are not in it."""
    answers = list((line.answers or {}).items())[:_MOST_ENTRIES]
    return Reply(rcodes=(), answers=tuple(_answer(address, tags) for address, tags in answers), errors=())


def second_reply(line: SecondLine) -> Reply:
    """What the resolver of a line of version 2 answered.

    Raises:
        msgspec.DecodeError: its ``response`` has a shape of neither 2.0 nor 2.2.
    """
    return _of_questions(line) if _is_newer(line) else _of_answers(line)


def first_identity(line: FirstLine) -> dict[str, Any]:
    """What was asked, of a line of version 1."""
    return identity(test="satellite", start=None, country="", name=line.query)


def second_identity(line: SecondLine) -> dict[str, Any]:
    """What was asked, when and in which country, of a line of version 2."""
    return identity(
        test="satellite",
        start=moment(line.start_time),
        country=(line.location.country_code if line.location else None) or "",
        name=line.test_url,
    )


def passed(line: SecondLine) -> bool | None:
    """Whether the resolver answered the questions for harmless names beside; None when nobody asked."""
    return line.passed_liveness if line.passed_control is None else line.passed_control


def first_row(line: FirstLine) -> dict[str, Any]:
    """The measurement of a line of version 1."""
    reply = first_reply(line)
    return row(
        first_identity(line),
        version="1",
        anomaly=not line.passed,
        failed=None,
        details={
            "passed": line.passed,
            "answers": len(reply.answers),
            "answers_matched": sum(answer.matched for answer in reply.answers),
        },
    )


def second_row(line: SecondLine) -> dict[str, Any]:
    """The measurement of a line of version 2.

    Raises:
        msgspec.DecodeError: its ``response`` has a shape of neither 2.0 nor 2.2.
    """
    sound = passed(line)
    confidence = line.confidence or Confidence()
    reply = second_reply(line)
    return row(
        second_identity(line),
        version="2.2" if _is_newer(line) else "2.0",
        anomaly=line.anomaly,
        failed=None if sound is None else not sound,
        details={
            "anomaly": line.anomaly,
            "confidence": confidence.average,
            "matches": (confidence.matches or [])[:_MOST_ENTRIES],
            "untagged_controls": confidence.untagged_controls,
            "untagged_response": confidence.untagged_response,
            "passed_control": line.passed_control,
            "passed_liveness": line.passed_liveness,
            "connect_error": line.connect_error,
            "in_control_group": line.in_control_group,
            "excluded": line.excluded,
            "exclude_reason": [without_addresses(reason, line.vp) for reason in (line.exclude_reason or [])[:10]],
            "rcodes": list(reply.rcodes),
            "answers": len(reply.answers),
            "answers_matched": sum(answer.matched for answer in reply.answers),
            "error": _first_error(reply.errors, line.vp),
        },
    )


def _is_newer(line: SecondLine) -> bool:
    return bytes(memoryview(line.response)[:1]) == b"["


def _of_questions(line: SecondLine) -> Reply:
    questions = msgspec.json.decode(line.response, type=list[_Question])[:_MOST_ENTRIES]
    asked = [one for one in questions if one.url == line.test_url]
    given = [pair for one in asked for pair in (one.response or {}).items()][:_MOST_ENTRIES]
    return Reply(
        rcodes=tuple(one.rcode for one in asked),
        answers=tuple(_answer(address, about.matched, about.asname or "") for address, about in given),
        errors=tuple(one.error for one in asked if one.error and one.error != "null"),
    )


def _of_answers(line: SecondLine) -> Reply:
    given = msgspec.json.decode(line.response, type=dict[str, list[str] | None] | None) or {}
    answers = [(name, tags) for name, tags in given.items() if name not in {"rcode", "error"}][:_MOST_ENTRIES]
    codes = (given.get("rcode") or [])[:_MOST_ENTRIES]
    return Reply(
        rcodes=tuple(int(code) for code in codes if code.lstrip("-").isdecimal()),
        answers=tuple(_answer(address, tags) for address, tags in answers),
        errors=tuple(one for one in given.get("error") or [] if one and one != "null"),
    )


def _answer(address: str, tags: list[str] | None, owner: str = "") -> Answer:
    found = tuple(tags or ())
    return Answer(address=address, matched=bool(found) and not _NO_MATCH.issuperset(found), tags=found, owner=owner)


def _first_error(errors: tuple[str, ...], vantage: str) -> str:
    return without_addresses(next(iter(errors), ""), vantage)
