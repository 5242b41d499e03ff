"""Sentences that wait until somebody reads them."""

from __future__ import annotations

import msgspec


class Note(msgspec.Struct, frozen=True):
    """A sentence in waiting: a message template and the facts that fill it, translated when it is shown."""

    template: str
    facts: dict[str, str]
