"""Which places a case is about."""

from __future__ import annotations

from kuager.case.folder import Case
from kuager.model.places import Network, Role, find, networks


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


def networks_to_ask(place: str) -> tuple[str, ...]:
    """The networks of a country by which people are known to reach the internet, so that each is worth asking about."""
    return tuple(
        network.code
        for network in networks()
        if network.country == place and {Role.MOBILE, Role.FIXED} & {*network.roles}
    )
