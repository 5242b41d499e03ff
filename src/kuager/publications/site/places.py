"""Which countries and networks of a case have a page of their own, and where it lies."""

from __future__ import annotations

from kuager.errors import UsageError
from kuager.model.places import Country, Network, Region, find
from kuager.model.words import PartsKind
from kuager.publications.site import addresses
from kuager.publications.view import CaseView, EpisodeView

MOST_NETWORKS = 40
"""A country has thousands; those that an episode names and those by which people are known to be reached come first."""


def country_of(code: str) -> str:
    """Two letters of the country in which a place lies; empty where that is not known."""
    try:
        place = find(code)
    except UsageError:
        return code.partition("-")[0] if "-" in code else ""
    match place:
        case Country():
            return place.code
        case Region() | Network():
            return place.country


def countries(view: CaseView) -> tuple[str, ...]:
    """The countries of a case: of its places and of its episodes, in that order."""
    codes = [country_of(code) for code in (*view.places, *(one.episode.place for one in view.episodes))]
    return tuple(dict.fromkeys(code for code in codes if code))


def networks(view: CaseView) -> tuple[str, ...]:
    """The networks of a case that have a page: those of its places and episodes, then those that reach people.

    Where a network is withheld, only those that an episode names: of all that reach people the missing one is known.
    """
    named: list[str] = [code for code in view.places if code.startswith("AS")]
    for one in view.episodes:
        named += networks_named(one)
    if PartsKind.NETWORKS in view.withheld_kinds:
        return tuple(dict.fromkeys(named))[:MOST_NETWORKS]
    wanted = set(countries(view))
    carrying = [f"AS{held.asn}" for one in view.operators if one.country in wanted for held in one.networks]
    return tuple(dict.fromkeys([*named, *carrying]))[:MOST_NETWORKS]


def networks_named(view: EpisodeView) -> list[str]:
    """The networks of which an episode says something, each once."""
    episode = view.episode
    codes = [episode.place, *(one.place for one in episode.signals)]
    codes += [code for phase in episode.phases for code in phase.networks]
    codes += [one.network for one in episode.blocked]
    codes += [one.network for one in episode.slowed]
    codes += [one.network for one in episode.whitelisted]
    if episode.scope is not None:
        codes += [
            part.place
            for division in episode.scope.divisions
            if division.kind is PartsKind.NETWORKS
            for part in division.parts
        ]
    return list(dict.fromkeys(code for code in codes if code.startswith("AS")))


def pages_of_places(view: CaseView) -> dict[str, str]:
    """The page of every place that has one, by the code of the place."""
    language = view.about.language
    return {code: addresses.country(language, code) for code in countries(view)} | {
        code: addresses.network(language, code) for code in networks(view)
    }


def inside(view: CaseView, country: str) -> list[EpisodeView]:
    """The episodes of a country, of its regions and of its networks."""
    return [one for one in view.episodes if country_of(one.episode.place) == country]
