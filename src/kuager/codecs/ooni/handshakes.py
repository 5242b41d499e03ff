"""How long TLS handshakes of OONI's measurements took: what shows throttling where every test still says “ok”.

A handshake of newer probes (web_connectivity 0.5) says when it began and ended, ``t0`` and ``t``, in seconds since the
measurement began. Older ones give only its end; the beginning is that of the event ``tls_handshake_start`` before the
``tls_handshake_done`` of the same moment. Events of one connection stand together. Where the events of two run into
each other nobody can tell which beginning belongs to which end, and then there is no duration. Source: OONI's data
formats df-006-tlshandshake and df-008-netevents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import UnsetType

from kuager.codecs.ooni.text import harmless

_LONGEST_S = 600.0
_MOST_HANDSHAKES = 64
"""As many events as the probe keeps of a connection; nobody measures a site over more connections than that."""

_LONGEST_NAME = 253
_START, _DONE = "tls_handshake_start", "tls_handshake_done"


class Handshake(msgspec.Struct, gc=False):
    """One TLS handshake; ``failure`` is null when it ended well."""

    server_name: str | None = None
    failure: str | None = None
    t0: float | None = None
    t: float | None = None


class Event(msgspec.Struct, gc=False):
    """One thing that happened on a connection."""

    operation: str | None = None
    t: float | None = None


def of_handshakes(
    handshakes: list[Handshake], events: msgspec.Raw | UnsetType
) -> tuple[dict[str, list[float]], dict[str, dict[str, int]]]:
    """Per server name, the seconds of handshakes that ended well, and how often each failure ended the others.

    The first is ``{"example.org": [0.041, 0.039]}`` in the order of the record, the second ``{"example.org":
    {"connection_reset": 2}}``.

    Args:
        handshakes: as in the record.
        events: ``network_events`` as in the record, not read yet: most records do not need them.
    """
    seconds: dict[str, list[float]] = {}
    failures: dict[str, dict[str, int]] = {}
    beginnings: Mapping[float, float] | None = None
    for handshake in handshakes[:_MOST_HANDSHAKES]:
        name = handshake.server_name or ""
        if handshake.failure is not None:
            told = failures.setdefault(name[:_LONGEST_NAME], {})
            failure = harmless(handshake.failure)
            told[failure] = told.get(failure, 0) + 1
            continue
        start, end = handshake.t0, handshake.t
        if start is None and end is not None:
            if beginnings is None:
                beginnings = _beginnings(_read(events))
            start = beginnings.get(end)
        if start is None or end is None or not 0.0 < end - start <= _LONGEST_S:
            continue
        if name in seconds:
            seconds[name].append(round(end - start, 6))
        else:
            seconds.setdefault(name[:_LONGEST_NAME], []).append(round(end - start, 6))
    return seconds, failures


_EVENTS = msgspec.json.Decoder(list[Event] | None)


def _read(events: msgspec.Raw | UnsetType) -> list[Event]:
    if isinstance(events, UnsetType):
        return []
    try:
        return _EVENTS.decode(events) or []
    except msgspec.DecodeError:
        return []


def _beginnings(events: Iterable[Event]) -> dict[float, float]:
    """Per moment at which one handshake ended, when it had begun; of handshakes that overlap, nothing."""
    found: dict[float, float] = {}
    unclear: set[float] = set()
    running, tangled, began = 0, False, None
    for event in events:
        if event.operation == _START:
            running += 1
            tangled = tangled or running > 1
            began = event.t
        elif event.operation == _DONE:
            if event.t is not None:
                if tangled or not running or began is None or event.t in found:
                    unclear.add(event.t)
                else:
                    found[event.t] = began
            running = max(0, running - 1)
            tangled = tangled and running > 0
    return {end: begun for end, begun in found.items() if end not in unclear}
