"""What a document can lend to an episode: that someone who knows said that it happened, and what else happened then."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kuager.model.time import Instant
from kuager.model.words import Explanation


class Acknowledgement(msgspec.Struct, frozen=True):
    """An operator, an authority or a court said itself that service was disrupted.

    ``names_order``: it said that this was by law or order. ``party`` is independent of every other party. ``places``
    are the codes of the places that it spoke of, ``services`` the sites and apps; empty for access as a whole.
    """

    document: str
    party: str
    at: datetime
    names_order: bool
    places: tuple[str, ...]
    services: tuple[str, ...] = ()


class Occasion(msgspec.Struct, frozen=True):
    """Something that happened on a day and is not about the network: a speech, a stream, a protest, an examination.

    ``at`` is as precise as the document gives it, a day at the coarsest. ``places`` are the codes of the places.
    """

    document: str
    at: Instant
    places: tuple[str, ...]


class Explained(msgspec.Struct, frozen=True):
    """A document gives something else than an order as the cause of a disruption.

    ``interested``: only a state or a company says so, who may have their reasons. ``at`` is when it was, or was said.
    """

    document: str
    explanation: Explanation
    interested: bool
    at: Instant
    places: tuple[str, ...]
