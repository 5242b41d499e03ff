"""Which sites of a place are worth asking about: those that Kuager knows, and news media of lists added to the case."""

from __future__ import annotations

from kuager.case.folder import Case
from kuager.model.places import Network, find
from kuager.model.sites import NEWS, sites

MOST_SITES = 20
"""Each site is a request or several of every source that measures sites."""


def sites_to_ask(case: Case, place: str) -> tuple[str, ...]:
    """Domains, at most ``MOST_SITES``: first those that Kuager knows of the country, then in the order of the lists.

    News media come from lists of the place or its country before those of lists for the whole world; other categories
    of lists are not asked about, as a list has hundreds of sites.
    """
    country = _country(place)
    rows = [row for row in case.tables.read("sites").to_pylist() if row["category"] == NEWS]
    of_place = [row["domain"] for row in rows if row["place"] in (place, country) and row["place"]]
    of_the_world = [row["domain"] for row in rows if not row["place"]]
    known = [site.domain for site in sites(country)]
    return tuple(dict.fromkeys([*known, *of_place, *of_the_world]))[:MOST_SITES]


def listed_sites(case: Case, place: str) -> dict[str, tuple[str, ...]]:
    """By category the sites that lists of a place, its country or the world name, and those that Kuager knows.

    A site that several lists name has the category that Kuager gives it, else that of the last list.
    """
    country = _country(place)
    rows = case.tables.read("sites").select(["place", "domain", "category"]).to_pylist()
    known = {row["domain"]: row["category"] for row in rows if row["place"] in ("", place, country)}
    known |= {one.domain: one.category for one in sites(country)}
    found: dict[str, list[str]] = {}
    for domain, category in sorted(known.items()):
        found.setdefault(category, []).append(domain)
    return {category: tuple(domains) for category, domains in found.items()}


def _country(place: str) -> str:
    """The country of a place; empty for a network whose country nobody knows."""
    found = find(place)
    return found.country if isinstance(found, Network) else place[:2]
