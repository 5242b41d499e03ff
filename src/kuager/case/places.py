"""Which places a case is about, and which networks of a place are worth asking about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kuager.case.folder import Case
from kuager.model.networks import networks_of
from kuager.model.operators import Operator, operators
from kuager.model.places import Network, find
from kuager.model.words import Access

_MOST_UNNAMED, _LEAST_SHARE = 10, 0.01
"""Where nobody is known to carry people, so many of the largest networks are asked about, and none smaller."""


def belongs(case: Case, place: str) -> bool:
    """Whether a place may have episodes in this case: it is named there, lies in a place named there, or is a network.

    Series of other places serve as comparison only. A network whose country nobody knows belongs wherever it is added.
    """
    country, _, region = place.partition("-")
    if place.startswith("AS"):
        holder = find(place)
        country = holder.country if isinstance(holder, Network) else ""
        return place in case.settings.places or not country or country in case.settings.places
    return place in case.settings.places or (not is_country(place) and (not region or country in case.settings.places))


def is_country(place: str) -> bool:
    """Whether a place code is a country's: two letters."""
    return len(place) == 2


def networks_to_ask(place: str, on: date, among: Iterable[Operator] | None = None) -> tuple[str, ...]:
    """Codes of the networks of a country that are worth asking about one by one, the largest first.

    They are those by which an operator is known to reach people on mobile or fixed lines. Where no operator is known,
    they are the largest by addresses: nothing is claimed of what these carry, be it people or servers. None for a
    region or a network.

    Args:
        place: code of the place.
        on: the day on which the networks were their operators'.
        among: all operators known; those of the package when left out.
    """
    if not is_country(place):
        return ()
    shares = {one.asn: one.share or 0.0 for one in networks_of(place)}
    known = {
        held.asn
        for one in operators(place, on, among)
        for held in one.networks
        if (one.access if held.access is None else held.access) is not Access.UNKNOWN
    }
    largest = [asn for asn, share in shares.items() if share >= _LEAST_SHARE][:_MOST_UNNAMED]
    return tuple(f"AS{asn}" for asn in sorted(known or largest, key=lambda asn: (-shares.get(asn, 0.0), asn)))
