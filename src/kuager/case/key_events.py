"""What a case is told of the keys that sign its log: each event once, in order, also those that were missed before."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kuager.case.folder import Case
from kuager.case.log import now
from kuager.evidence.keys.events import Body, statement
from kuager.evidence.leaves import KeyEvent


def enter_key_events(case: Case, events: Iterable[Body]) -> int:
    """Enter what the log of a case does not say yet; how many entries that were. The case must be held for writing."""
    known = {statement(_body(entry.leaf)) for entry in case.proving.log.entries() if isinstance(entry.leaf, KeyEvent)}
    fresh = [msgspec.convert({**event, "known": now()}, KeyEvent) for event in events if statement(event) not in known]
    case.proving.log.append(*fresh)
    return len(fresh)


def _body(leaf: KeyEvent) -> Body:
    body: Body = msgspec.to_builtins(leaf)
    return body
