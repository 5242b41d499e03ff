"""Where a reader sees the single measurements themselves: pages of the sources, by place, network, site and dates.

Addresses have the forms that the sources' own pages and reports use. None names a measurement, a report or a probe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from urllib.parse import quote, urlencode

from kuager.errors import message
from kuager.model.time import to_epoch
from kuager.publications.service_names import service_name
from kuager.publications.site.places import country_of
from kuager.publications.view import EpisodeView
from kuager.publications.wording.parts import place_name
from kuager.sources import registry

MOST_SERVICES = 12
"""Of one episode hundreds of sites may be blocked; the search for the whole place finds the others."""

_BESIDE = timedelta(days=2)
"""What is ordinary is shown on both sides of an episode."""


@dataclass(frozen=True, slots=True)
class MeasurementLink:
    """A page of a source, named by the id of the source; ``title`` says in the reader's language what is there."""

    source: str
    title: str
    address: str


def measurement_links(view: EpisodeView) -> tuple[MeasurementLink, ...]:
    """Pages of every source of an episode, in the order of the sources; none for series of one's own or simulated."""
    found = (link for source, links in _PAGES.items() if source in _sources(view) for link in links(view))
    return tuple(dict.fromkeys(found))


def _sources(view: EpisodeView) -> set[str]:
    episode = view.episode
    signals = (*(one.signal for one in episode.signals), *episode.service_signals)
    return {registry.signal(name).source.id for name in signals}


def _places_of(view: EpisodeView, source: str) -> list[str]:
    """The places of which a source has series in an episode, countries first; of regions their country."""
    codes = [one.place for one in view.episode.signals if registry.signal(one.signal).source.id == source]
    whole = [code if code.startswith("AS") else country_of(code) for code in codes]
    return sorted({code for code in whole if code}, key=lambda code: (code.startswith("AS"), len(code), code))


def _ioda(view: EpisodeView) -> Iterator[MeasurementLink]:
    first, last = view.episode.start - _BESIDE, view.horizon + _BESIDE
    for code in _places_of(view, "ioda"):
        path = f"asn/{code.removeprefix('AS')}" if code.startswith("AS") else f"country/{code}"
        query = urlencode({"from": to_epoch(first), "until": to_epoch(last)})
        yield _link(view, "ioda", _SERIES, code, f"https://ioda.inetintel.cc.gatech.edu/{quote(path)}?{query}")


def _radar(view: EpisodeView) -> Iterator[MeasurementLink]:
    query = urlencode(dict(zip(("dateStart", "dateEnd"), _days(view), strict=True)))
    for code in _places_of(view, "radar"):
        yield _link(view, "radar", _SERIES, code, f"https://radar.cloudflare.com/{quote(code.lower())}?{query}")


def _ripestat(view: EpisodeView) -> Iterator[MeasurementLink]:
    for code in _places_of(view, "ripestat"):
        path = code if code.startswith("AS") else f"widget/country-routing-stats#w.resource={code.lower()}"
        yield _link(view, "ripestat", _SERIES, code, f"https://stat.ripe.net/{path}")


def _tor(view: EpisodeView) -> Iterator[MeasurementLink]:
    first, last = _days(view)
    for code in _places_of(view, "tor"):
        if not code.startswith("AS"):
            query = urlencode({"start": first, "end": last, "country": code.lower(), "events": "off"})
            address = f"https://metrics.torproject.org/userstats-relay-country.html?{query}"
            yield _link(view, "tor", _SERIES, code, address)


def _google(view: EpisodeView) -> Iterator[MeasurementLink]:
    first, last = (to_epoch(moment) * 1000 for moment in (view.episode.start - _BESIDE, view.horizon + _BESIDE))
    for code in _places_of(view, "google"):
        asked = quote(f"start:{first};end:{last};product:19;region:{code}", safe=":;")
        address = f"https://transparencyreport.google.com/traffic/overview?fraction_traffic={asked}&lu=fraction_traffic"
        yield _link(view, "google", _SERIES, code, address)


def _ooni(view: EpisodeView) -> Iterator[MeasurementLink]:
    """A search for the whole place, then one for each of the first services on each network."""
    country = country_of(view.episode.place)
    if not country:
        return
    network = view.episode.place if view.episode.place.startswith("AS") else ""
    yield _link(view, "ooni", _MEASUREMENTS, view.episode.place, _search(view, country, network))
    seen = dict.fromkeys((one.service, one.network) for one in view.episode.blocked if one.source == "ooni")
    for service, where in list(seen)[:MOST_SERVICES]:
        title = view.about.translation.gettext(
            _OF_SERVICE,
            service=service_name(service),
            place=place_name(where or view.episode.place, view.episode.start.date(), view.about.translation),
        )
        yield MeasurementLink("ooni", title, _search(view, country, where, service))


def _search(view: EpisodeView, country: str, network: str = "", service: str = "") -> str:
    first, last = _days(view)
    asked = {"since": first, "until": last, "probe_cc": country}
    if network:
        asked["probe_asn"] = network
    if "." in service:
        asked |= {"test_name": "web_connectivity", "domain": service}
    elif service:
        asked["test_name"] = service
    return f"https://explorer.ooni.org/search?{urlencode(asked)}"


_SERIES = message("{source}: what it measured of {place}")
_MEASUREMENTS = message("{source}: single measurements of {place}")
_OF_SERVICE = message("OONI Explorer: single measurements of {service}, {place}")

_SHORT_NAMES = {
    "ioda": "IODA",
    "radar": "Cloudflare Radar",
    "ripestat": "RIPEstat",
    "tor": "Tor Metrics",
    "google": "Google",
    "ooni": "OONI Explorer",
}

_PAGES: Mapping[str, Callable[[EpisodeView], Iterable[MeasurementLink]]] = {
    "ioda": _ioda,
    "ooni": _ooni,
    "radar": _radar,
    "ripestat": _ripestat,
    "google": _google,
    "tor": _tor,
}
"""Sources that have such pages, by id."""


def _link(view: EpisodeView, source: str, template: str, code: str, address: str) -> MeasurementLink:
    translation = view.about.translation
    place = place_name(code, view.episode.start.date(), translation)
    return MeasurementLink(source, translation.gettext(template, source=_SHORT_NAMES[source], place=place), address)


def _days(view: EpisodeView) -> tuple[str, str]:
    """Dates in UTC around an episode."""
    first, last = view.episode.start - _BESIDE, view.horizon + _BESIDE
    return first.astimezone(UTC).date().isoformat(), last.astimezone(UTC).date().isoformat()
