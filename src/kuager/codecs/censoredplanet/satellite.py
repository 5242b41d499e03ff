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
from kuager.codecs.censoredplanet.row import moment, row, without_addresses

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


class _Matched(msgspec.Struct, frozen=True):
    matched: list[str] | None = None


class _Question(msgspec.Struct, frozen=True):
    url: str = ""
    has_type_a: bool | None = None
    response: dict[str, _Matched] | None = None
    error: str | None = None
    rcode: int | None = None


def first_row(line: FirstLine) -> dict[str, Any]:
    """The measurement of a line of version 1."""
    answers = line.answers or {}
    return row(
        test="satellite",
        version="1",
        start=None,
        country="",
        name=line.query,
        anomaly=not line.passed,
        failed=None,
        details={
            "passed": line.passed,
            "answers": len(answers),
            "answers_matched": sum(1 for tags in answers.values() if _matches(tags)),
        },
    )


def second_row(line: SecondLine) -> dict[str, Any]:
    """The measurement of a line of version 2.

    Raises:
        msgspec.DecodeError: its ``response`` has a shape of neither 2.0 nor 2.2.
    """
    newer = bytes(memoryview(line.response)[:1]) == b"["
    passed = line.passed_liveness if line.passed_control is None else line.passed_control
    confidence = line.confidence or Confidence()
    return row(
        test="satellite",
        version="2.2" if newer else "2.0",
        start=moment(line.start_time),
        country=(line.location.country_code if line.location else None) or "",
        name=line.test_url,
        anomaly=line.anomaly,
        failed=None if passed is None else not passed,
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
            **(_of_questions(line) if newer else _of_answers(line)),
        },
    )


def _of_questions(line: SecondLine) -> dict[str, Any]:
    questions = msgspec.json.decode(line.response, type=list[_Question])[:_MOST_ENTRIES]
    asked = [one for one in questions if one.url == line.test_url]
    answers = [answer for one in asked for answer in (one.response or {}).values()]
    return {
        "rcodes": [one.rcode for one in asked],
        "answers": len(answers),
        "answers_matched": sum(1 for answer in answers if _matches(answer.matched)),
        "error": _first_error([one.error for one in asked], line.vp),
    }


def _of_answers(line: SecondLine) -> dict[str, Any]:
    given = msgspec.json.decode(line.response, type=dict[str, list[str] | None] | None) or {}
    answers = [tags for name, tags in given.items() if name not in {"rcode", "error"}]
    return {
        "rcodes": [int(code) for code in (given.get("rcode") or [])[:_MOST_ENTRIES] if code.lstrip("-").isdecimal()],
        "answers": len(answers),
        "answers_matched": sum(1 for tags in answers if _matches(tags)),
        "error": _first_error(given.get("error") or [], line.vp),
    }


def _matches(tags: list[str] | None) -> bool:
    return bool(tags) and not _NO_MATCH.issuperset(tags or ())


def _first_error(errors: list[str] | list[str | None], vantage: str) -> str:
    return without_addresses(next((one for one in errors if one and one != "null"), ""), vantage)
