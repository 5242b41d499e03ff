"""Messages of RIPE's RIS Live, one JSON object a line: single changes of routes as the collectors heard them.

Since 2019 a message is an envelope, ``{"type": "ris_message", "data": {"type": "UPDATE", …}}``, whose announcements
come by next hop and whose withdrawals stand in one list. In 2018 every prefix had a flat message of its own, of the
type ``A``, ``W``, ``S`` (state), ``O`` (open) or ``N`` (notification). Times are seconds since the epoch, UTC, with
fractions. ``peer_asn`` is a text, ``host`` stands with or without ``.ripe.net``, an element of a path that is a list
is an AS_SET (RFC 4271, section 4.3). The address of a peer is left out. Source: RIS Live's manual and test data.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.decoded import Decoded
from kuager.codecs.routes import LARGEST_AS_NUMBER, LONGEST_PATH, Changes, Element, network_of, path_text, prefix_of
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal, text_of
from kuager.errors import message
from kuager.model.notes import Note

SOURCE_ID = "ris"

_STATES = {"connected": "up", "up": "up", "established": "up", "down": "down", "idle": "down"}
_OTHER_ENVELOPES = frozenset({"pong", "ris_subscribe_ok", "ris_unsubscribe_ok", "ris_rrc_list"})
_OF_2018 = {"A": "announce", "W": "withdraw"}
_AsNumber = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_AS_NUMBER)]
_TYPES_TOLD = 10

_BROKEN = message("Lines that are not whole messages of RIS Live and were passed over: {count}.")
_OTHER = message("Messages of the type {type}, which say nothing of routes and were passed over: {count}.")
_UNUSABLE = message("Messages without a usable time, collector or peer, which were passed over: {count}.")
_PREFIXES = message("Prefixes that could not be read and were passed over: {count}.")
_REPEATED = message("Messages and prefixes that only repeated another one and were dropped: {count}.")
_AN_ERROR = message("RIS Live sent an error together with messages: “{answer}”.")
_NOTHING = message("RIS Live answered, but sent no change of a route.")


class _Announcement(msgspec.Struct, frozen=True):
    prefixes: list[str] = []


class _Message(msgspec.Struct, frozen=True):
    """The fields of both generations; of an error only ``message``."""

    type: str = ""
    timestamp: float | None = None
    peer_asn: str | _AsNumber | None = None
    host: str | None = None
    id: str | None = None
    path: list[_AsNumber | list[_AsNumber]] | None = None
    announcements: list[_Announcement] | None = None
    withdrawals: list[str] | None = None
    prefix: str | None = None
    state: str | None = None
    message: str | None = None


class _Envelope(_Message, frozen=True):
    data: _Message | None = None


@dataclass(slots=True)
class _Columns(Changes):
    """Rows so far, by column, and how often each thing happened of which a reader should be told."""

    peers: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    error: str = ""

    def remarks(self) -> Iterator[Note]:
        for template in (_BROKEN, _UNUSABLE, _PREFIXES, _REPEATED):
            if count := self.counts[template]:
                yield Note(template, {"count": str(count)})
        for name, count in self.others.most_common(_TYPES_TOLD):
            yield Note(_OTHER, {"type": name, "count": str(count)})
        if self.error:
            yield Note(_AN_ERROR, {"answer": excerpt(self.error, 200)})
        if not self.times:
            yield Note(_NOTHING, {})


def decode(data: bytes) -> Decoded:
    """The changes of routes in these messages, in order of time.

    Raises:
        CodecError: not one message of RIS Live, or nothing but its own error.
    """
    text = text_of(data)
    columns = _Columns()
    understood = 0
    for given in _messages(text, columns):
        inner = given.data if given.data is not None else given
        if given.type == "ris_error":
            columns.error = columns.error or inner.message or "?"
        elif given.type in _OTHER_ENVELOPES:
            understood += 1
            columns.others[given.type] += 1
        else:
            understood += _take(columns, inner, flat=given.data is None)
    if columns.error and not columns.times:
        raise refusal(
            message("RIS Live answered with an error instead of messages: “{answer}” (in {file})."),
            remedy=message("Correct what is subscribed to, or ask again later."),
            answer=excerpt(columns.error, 200),
        )
    if not understood:
        raise refusal(message("Nothing in {file} is a message of RIS Live."), remedy=FETCH_AGAIN)
    return Decoded(remarks=tuple(columns.remarks()), tables={"updates": columns.table(SOURCE_ID, columns.peers)})


def _messages(text: str, columns: _Columns) -> Iterator[_Envelope]:
    """Every message that can be read: one a line, or one in the whole text, on as many lines as it likes."""
    decoder = msgspec.json.Decoder(_Envelope)
    whole = _one(decoder, text)
    if whole is not None:
        yield whole
        return
    for line in text.split("\n"):
        if line.strip():
            found = _one(decoder, line)
            if found is None:
                columns.counts[_BROKEN] += 1
            else:
                yield found


def _one(decoder: msgspec.json.Decoder[_Envelope], text: str) -> _Envelope | None:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _take(columns: _Columns, given: _Message, *, flat: bool) -> int:
    """Add the rows of one message; 1 if it is a message at all, else 0."""
    kind = given.type
    if not kind or (given.timestamp is None and given.host is None):
        columns.counts[_BROKEN] += 1
        return 0
    if kind not in ({*_OF_2018, "S"} if flat else {"UPDATE", "RIS_PEER_STATE"}):
        columns.others[excerpt(kind, 30)] += 1
        return 1
    if given.id is not None:
        name = hash((given.id, kind, given.prefix))
        if name in columns.seen:
            columns.counts[_REPEATED] += 1
            return 1
        columns.seen.add(name)
    time, collector, peer = _time(given.timestamp), _collector(given.host), _network(given.peer_asn)
    if time is None or not collector or not peer:
        columns.counts[_UNUSABLE] += 1
        return 1
    path, origin = _path(given.path)
    for action, prefix in _changes(columns, given, flat=flat):
        announced = action == "announce"
        columns.add(time, collector, action, prefix, path if announced else "", origin if announced else "")
        columns.peers.append(peer)
    return 1


def _changes(columns: _Columns, given: _Message, *, flat: bool) -> Iterator[tuple[str, str]]:
    """Action and prefix of every change; the same prefix by a second next hop is the same change."""
    if given.type in {"S", "RIS_PEER_STATE"}:
        state = _STATES.get((given.state or "").lower())
        if state is None:
            columns.others[excerpt(f"{given.type} ({given.state})", 30)] += 1
        else:
            yield state, ""
        return
    if flat:
        changes = [(_OF_2018[given.type], given.prefix or "")]
    else:
        changes = [("withdraw", prefix) for prefix in given.withdrawals or ()]
        changes += [("announce", prefix) for group in given.announcements or () for prefix in group.prefixes]
    told: set[tuple[str, str]] = set()
    for action, written in changes:
        prefix = prefix_of(written)
        if prefix is None:
            columns.counts[_PREFIXES] += 1
        elif (action, prefix) in told:
            columns.counts[_REPEATED] += 1
        else:
            told.add((action, prefix))
            yield action, prefix


def _time(seconds: float | None) -> int | None:
    """Milliseconds since the epoch."""
    if seconds is None or not math.isfinite(seconds) or not EARLIEST_S <= seconds < LATEST_S:
        return None
    return round(seconds * 1000)


def _collector(host: str | None) -> str:
    name = (host or "").strip().lower().removesuffix(".ripe.net")
    return name if name.startswith("rrc") and name[3:].isascii() and name[3:].isdigit() and len(name) <= 6 else ""


def _network(number: str | int | None) -> str:
    digits = str(number).strip().upper().removeprefix("AS") if number is not None else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return ""
    return f"AS{int(digits)}" if 0 < int(digits) <= LARGEST_AS_NUMBER else ""


def _path(elements: list[Element] | None) -> tuple[str, str]:
    """The path with blanks, a set in braces, and the network at its end; none when that is a set of several."""
    if not elements or len(elements) > LONGEST_PATH:
        return "", ""
    return path_text(elements), network_of(elements[-1])
