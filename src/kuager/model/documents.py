"""What a document can lend to an episode: that someone who knows has said that it happened, and why."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Acknowledgement(msgspec.Struct, frozen=True):
    """An operator, an authority or a court said itself that service was disrupted.

    ``names_order``: it said that this was by law or order. ``party`` is independent of every other party. ``places``
    are the codes of the places that it spoke of.
    """

    document: str
    party: str
    at: datetime
    names_order: bool
    places: tuple[str, ...]
