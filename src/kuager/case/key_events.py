"""What the log of a case is told of the keys that sign: each event once, in order, also those that were missed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kuager.evidence.keys.events import Body, statement
from kuager.evidence.leaves import KeyEvent, Leaf


def not_told_yet(leaves: Iterable[Leaf], events: Iterable[Body], known: str) -> list[KeyEvent]:
    """The events that no entry tells of yet, as entries.

    Args:
        leaves: what the log says.
        events: what happened to the keys.
        known: the time of the new entries.
    """
    told = {statement(_body(leaf)) for leaf in leaves if isinstance(leaf, KeyEvent)}
    return [msgspec.convert({**event, "known": known}, KeyEvent) for event in events if statement(event) not in told]


def _body(leaf: KeyEvent) -> Body:
    body: Body = msgspec.to_builtins(leaf)
    return body
