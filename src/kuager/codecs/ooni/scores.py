"""Why OONI flagged a measurement: its scores, without anything that could be an address.

Flags follow from them: an anomaly has ``blocking_general`` above 0.5, a failure an ``accuracy`` below 0.5. Only members
whose values are figures, truth values or one word are kept; texts such as ``unknown_failure: …`` may quote an address.
Source: the scoring in ooni/backend (``fastpath/core.py``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kuager.codecs.ooni.answer import read_if

_FIGURES = (
    "blocking_general",
    "blocking_global",
    "blocking_country",
    "blocking_isp",
    "blocking_local",
    "accuracy",
    "accessible_endpoints",
    "unreachable_endpoints",
    "http_success_cnt",
    "http_failure_cnt",
)
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_FINGERPRINT = re.compile(r"[a-z][A-Za-z0-9_]{0,40}\.[A-Za-z0-9_-]{1,80}")
_MOST_FINGERPRINTS = 20


class _Fingerprint(msgspec.Struct, frozen=True):
    name: str = ""
    scope: str = ""
    location_found: str = ""


class _Lists(msgspec.Struct, frozen=True):
    analysis: dict[str, bool | float | str | None] | None = None
    fingerprints: list[_Fingerprint] | None = None


def summary(scores: msgspec.Raw) -> dict[str, Any]:
    """What of the scores tells why, under OONI's own keys; nothing where they have another shape.

    Args:
        scores: a JSON object, or one written into a string, as ``measurement_meta`` gives it.
    """
    part = _unwrapped(scores)
    members = read_if(part, dict[str, msgspec.Raw]) or {}
    found: dict[str, Any] = {}
    for name in _FIGURES:
        figure = read_if(members[name], float) if name in members else None
        if figure is not None and math.isfinite(figure):
            found[name] = figure
    lists = read_if(part, _Lists) or _Lists()
    analysis = dict(_plain(lists.analysis or {}))
    if analysis:
        found["analysis"] = analysis
    fingerprints = [
        {"name": one.name, "scope": one.scope, "location_found": one.location_found}
        for one in lists.fingerprints or ()
        if _FINGERPRINT.fullmatch(one.name) and _WORD.fullmatch(one.scope) and _WORD.fullmatch(one.location_found)
    ]
    if fingerprints:
        found["fingerprints"] = fingerprints[:_MOST_FINGERPRINTS]
    return found


def _unwrapped(scores: msgspec.Raw) -> bytes:
    part = bytes(scores)
    return (read_if(part, str) or "{}").encode() if part.lstrip().startswith(b'"') else part


def _plain(members: Mapping[str, bool | float | str | None]) -> Iterator[tuple[str, bool | float | str]]:
    """The members that are truth values, figures, or a single word."""
    for name, value in members.items():
        if not _WORD.fullmatch(name) or value is None:
            continue
        if _WORD.fullmatch(value) if isinstance(value, str) else math.isfinite(value):
            yield name, value
