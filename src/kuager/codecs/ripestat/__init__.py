"""Answers of RIPEstat's Data API: counts of routes of a country, its networks, and routes of networks.

What an answer is about stands in its envelope, ``data_call_name``; an answer that lost it, as a copy of the part
``data`` alone has, cannot be told from another one and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kuager.codecs.decoded import Decoded
from kuager.codecs.ripestat import networks as ripestat_networks
from kuager.codecs.ripestat import routes as ripestat_routes
from kuager.codecs.ripestat import stats as ripestat_stats
from kuager.codecs.ripestat import updates as ripestat_updates
from kuager.codecs.ripestat.answer import Answer, read_answer, sayable
from kuager.codecs.text import refusal
from kuager.errors import message

CALLS: Mapping[str, Callable[[Answer, str], Decoded]] = MappingProxyType(
    {
        "country-resource-stats": ripestat_stats.decode,
        "country-asns": ripestat_networks.decode,
        "routing-history": ripestat_routes.decode,
        "bgp-updates": ripestat_updates.decode,
    }
)
"""Per data call, what makes series and rows of its answer, and of the place given beside it."""


def decode(data: bytes, place: str = "") -> Decoded:
    """The series or the rows of one answer.

    Args:
        data: the answer, JSON, whole with its envelope.
        place: the code of a country, for an answer that does not name its own.

    Raises:
        CodecError: the bytes are no such answer, or RIPEstat answered with an error.
    """
    answer = read_answer(data)
    if not answer.call:
        raise refusal(
            message("The answer of RIPEstat in {file} does not say what it is about: “data_call_name” is missing."),
            remedy=message("Save the whole answer, with its envelope, and add that file."),
        )
    if answer.call not in CALLS:
        raise refusal(
            message("The answer of RIPEstat in {file} is of “{call}”, which Kuager does not read."),
            remedy=message("It reads: {calls}."),
            call=sayable(answer.call),
            calls=", ".join(CALLS),
        )
    return CALLS[answer.call](answer, place)
