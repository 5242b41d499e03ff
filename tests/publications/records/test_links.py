"""Links to the pages where single measurements are seen: real forms, nothing of one volunteer."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.publications.conftest import episode_of, in_language
from tests.publications.records.cases import measured
from tests.publications.test_services import blocked

from kuager.publications.records.links import MOST_SERVICES, measurement_links
from kuager.publications.view import About, EpisodeView


def test_each_source_has_a_page_and_simulated_signals_have_none(simulated_view: EpisodeView) -> None:
    assert measurement_links(simulated_view) == ()
    links = measurement_links(measured(simulated_view))
    assert list(dict.fromkeys(one.source for one in links)) == ["ioda", "ooni", "radar"]
    assert [one.address for one in links if one.source != "ooni"] == [
        "https://ioda.inetintel.cc.gatech.edu/country/KZ?from=1641205800&until=1642040100",
        "https://radar.cloudflare.com/kz?dateStart=2022-01-03&dateEnd=2022-01-13",
    ]
    assert all(urlsplit(one.address).scheme == "https" for one in links)


def test_ooni_is_searched_by_place_dates_network_and_site(simulated_view: EpisodeView) -> None:
    whole, *services = [one for one in measurement_links(measured(simulated_view)) if one.source == "ooni"]
    assert parse_qs(urlsplit(whole.address).query) == {
        "since": ["2022-01-03"],
        "until": ["2022-01-13"],
        "probe_cc": ["KZ"],
    }
    asked = [parse_qs(urlsplit(one.address).query) for one in services]
    assert [one["test_name"] for one in asked] == [["telegram"], ["web_connectivity"], ["web_connectivity"]]
    assert asked[2]["domain"] == ["orda.kz"]
    assert {one["probe_asn"][0] for one in asked} == {"AS9198"}
    assert "Telegram" in services[0].title
    assert "Kazakhtelecom" in services[0].title


def test_titles_are_in_the_language_of_the_reader_and_addresses_are_not(simulated_view: EpisodeView) -> None:
    english = measurement_links(measured(simulated_view))
    russian = measurement_links(in_language(measured(simulated_view), "ru"))
    assert [one.address for one in english] == [one.address for one in russian]
    assert "Казахстан" in russian[0].title


def test_networks_and_regions_lead_to_what_the_sources_have(simulated_view: EpisodeView) -> None:
    reading = simulated_view.episode.signals[0]
    signals = tuple(
        msgspec.structs.replace(reading, signal=signal, place=place)
        for signal, place in (
            ("ioda.bgp", "KZ-75"),
            ("ioda.bgp", "AS9198"),
            ("ripestat.v4_prefixes_ris", "AS9198"),
            ("tor.relay-users", "KZ"),
            ("google.traffic", "KZ"),
        )
    )
    shown = replace(simulated_view, episode=msgspec.structs.replace(simulated_view.episode, signals=signals))
    addresses = [one.address for one in measurement_links(shown)]
    assert [one.partition("?")[0] for one in addresses if "ioda" in one] == [
        "https://ioda.inetintel.cc.gatech.edu/country/KZ",
        "https://ioda.inetintel.cc.gatech.edu/asn/9198",
    ]
    assert "https://stat.ripe.net/AS9198" in addresses
    assert any(
        one.startswith("https://metrics.torproject.org/userstats-relay-country.html?start=") for one in addresses
    )


def test_there_are_never_too_many(simulated_view: EpisodeView) -> None:
    shown = measured(simulated_view)
    many = tuple(blocked(f"site-{number}.kz") for number in range(100))
    shown = replace(shown, episode=msgspec.structs.replace(shown.episode, blocked=many))
    assert sum(one.source == "ooni" for one in measurement_links(shown)) == MOST_SERVICES + 1


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))
def test_whatever_a_host_holds_stays_one_value_of_the_address(host: str) -> None:
    episode = msgspec.structs.replace(episode_of(), blocked=(blocked(f"{host}.kz"),))
    about = About("", "Kazakhstan", (episode.start, episode.start), "Asia/Almaty", "en", episode.start, "kuager")
    address = measurement_links(EpisodeView(episode, (), about))[-1].address
    assert address.isascii()
    assert not set(address) & set(" <>\"'\n")
    assert parse_qs(urlsplit(address).query, strict_parsing=True)["domain"] == [f"{host}.kz"]
