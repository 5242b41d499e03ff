"""RIPEstat's ``bgp-updates``: single changes of routes as RIPE's collectors heard them.

``{"nr_updates": 2, "updates": [{"seq": 1, "timestamp": "2024-03-01T00:10:00", "type": "A", "attrs": {"source_id":
"00-192.0.2.1", "target_prefix": "192.0.2.0/24", "path": [64496, 64497], "community": []}}]}``; a withdrawal, ``W``, has
no path. With ``unix_timestamps`` times are seconds since the epoch. An element of a path that is a list, or a text in
braces, is an AS_SET (RFC 4271, section 4.3). ``source_id`` is the collector's number and the address of its peer: of it
the collector is kept, and the address only told apart, so that a withdrawal can be given the network that the same
peer's announcements begin with. Source: RIPEstat's manual of the call and a recorded answer of 2017.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec

from kuager.codecs.decoded import Decoded
from kuager.codecs.ripestat.answer import (
    SOURCE_ID,
    Answer,
    Moment,
    milliseconds,
    not_an_answer,
    read_part,
    read_rows,
)
from kuager.codecs.routes import LARGEST_AS_NUMBER, LONGEST_PATH, Changes, Element, network_of, path_text, prefix_of
from kuager.errors import message
from kuager.model.notes import Note

_ACTIONS = {"A": "announce", "W": "withdraw"}
_COLLECTOR = re.compile(r"(?:rrc)?([0-9]{1,2})-.+", re.ASCII | re.DOTALL)
_SET = re.compile(r"\{([0-9]{1,10}(?:,[0-9]{1,10})*)\}")
_NUMBER = re.compile(r"[0-9]{1,10}")

_ODD = message("Changes of routes without a usable time, collector, prefix or path, which were passed over: {count}.")
_FEWER = message("RIPEstat announces {announced} changes of routes and sent {count}.")
_NOTHING = message("RIPEstat answered, but heard no change of a route.")


class _Attributes(msgspec.Struct, frozen=True):
    source_id: str
    target_prefix: str
    path: list[Element | str] | None = None


class _Update(msgspec.Struct, frozen=True):
    timestamp: Moment
    type: str
    attrs: _Attributes


class _Data(msgspec.Struct, frozen=True):
    updates: list[msgspec.Raw]
    nr_updates: int | None = None


@dataclass(slots=True)
class _Heard(Changes):
    """Rows so far. ``sessions`` tells peers of a collector apart and is never given away."""

    sessions: list[str] = field(default_factory=list)
    heard: dict[str, set[str]] = field(default_factory=dict)

    def peers(self) -> list[str]:
        """The network of whoever told each change."""
        return [self._peer(session) for session in self.sessions]

    def _peer(self, session: str) -> str:
        """The network that all paths of a session begin with; empty when there is none, or more than one."""
        networks = self.heard.get(session, set())
        return next(iter(networks)) if len(networks) == 1 else ""


def decode(answer: Answer, _place: str) -> Decoded:
    """The changes of routes, in order of time.

    Raises:
        CodecError: another shape.
    """
    data = read_part(answer.data, _Data)
    columns = _Heard()
    for update in read_rows(data.updates, _Update):
        if update is not None:
            _take(columns, update)
    odd = len(data.updates) - len(columns.times)
    if odd and not columns.times:
        raise not_an_answer("no update has a time, a collector, a prefix and, when announced, a path")
    remarks = list(answer.remarks)
    if odd:
        remarks.append(Note(_ODD, {"count": str(odd)}))
    if data.nr_updates is not None and data.nr_updates != len(data.updates):
        remarks.append(Note(_FEWER, {"announced": str(data.nr_updates), "count": str(len(data.updates))}))
    if not columns.times:
        remarks.append(Note(_NOTHING, {}))
    return Decoded(remarks=tuple(remarks), tables={"updates": columns.table(SOURCE_ID, columns.peers())})


def _take(columns: _Heard, update: _Update) -> None:
    """Add the row of one change, if all of it can be read."""
    time, prefix = milliseconds(update.timestamp), prefix_of(update.attrs.target_prefix)
    collector = _COLLECTOR.fullmatch(update.attrs.source_id)
    action = _ACTIONS.get(update.type)
    elements = _elements(update.attrs.path or []) if action == "announce" else []
    if time is None or prefix is None or collector is None or action is None or elements is None:
        return
    if action == "announce" and not elements:
        return
    origin = network_of(elements[-1]) if elements else ""
    columns.add(time, f"rrc{int(collector.group(1)):02d}", action, prefix, path_text(elements), origin)
    columns.sessions.append(update.attrs.source_id)
    if elements:
        columns.heard.setdefault(update.attrs.source_id, set()).add(network_of(elements[0]))


def _elements(path: list[Element | str]) -> list[Element] | None:
    """Every element of a path, those written as texts as what they stand for; None if one cannot be read."""
    if len(path) > LONGEST_PATH:
        return None
    found = []
    for one in path:
        element = _written(one) if isinstance(one, str) else one
        numbers = [element] if isinstance(element, int) else element
        if not numbers or any(not 0 <= number <= LARGEST_AS_NUMBER for number in numbers):
            return None
        found.append(element)
    return found


def _written(text: str) -> Element:
    """An element that is written as a text, ``64496`` or ``{64496,64497}``; an empty set if it is neither."""
    inside = _SET.fullmatch(text)
    if inside is not None:
        return [int(one) for one in inside.group(1).split(",")]
    return int(text) if _NUMBER.fullmatch(text) else []
