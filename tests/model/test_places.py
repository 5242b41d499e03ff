from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import UsageError
from kuager.model.places import (
    LANGUAGES,
    Country,
    Doubt,
    Network,
    Region,
    RegionKind,
    Role,
    find,
    name,
    networks,
    regions,
    zones,
)
from kuager.model.time import local

JANUARY_2022 = date(2022, 1, 5)
TODAY = date(2026, 11, 23)


def region(code: str) -> Region:
    place = find(code)
    assert isinstance(place, Region)
    return place


@pytest.mark.parametrize("code", ["KZ", "kz", " Kz "])
def test_a_country_is_found_by_its_two_letters(code: str) -> None:
    place = find(code)
    assert isinstance(place, Country)
    assert place.code == "KZ"


def test_every_country_has_a_code_names_and_zones() -> None:
    known = available_timezones()
    for country in pycountry.countries:
        place = find(country.alpha_2)
        assert place.code == country.alpha_2
        assert all(name(place, language, TODAY) for language in LANGUAGES)
        assert set(zones(place, TODAY)) <= known


def test_kazakhstan_in_three_languages() -> None:
    names = [name(find("KZ"), language, JANUARY_2022) for language in ("en", "ru", "kk")]
    assert names == ["Kazakhstan", "Казахстан", "Қазақстан"]


def test_codes_of_all_editions_lead_to_one_region() -> None:
    for code in ("KZ-75", "KZ-ALA", "kz-ala", "kz-almaty-city"):
        assert region(code).id == "kz-almaty-city"
        assert region(code).code == "KZ-75"


def test_almaty_the_city_and_almaty_the_region_stay_apart() -> None:
    assert region("KZ-ALA").kind is RegionKind.CITY
    assert region("KZ-ALM").kind is RegionKind.REGION
    assert region("KZ-ALM").id == "kz-almaty-region"
    assert {region("KZ-ALA").code, region("KZ-ALM").code} == {"KZ-75", "KZ-19"}


def test_the_newest_codes_are_those_of_iso_3166_2() -> None:
    ours = {one.code: one.kind.value for one in regions("KZ", TODAY)}
    theirs = {one.code: one.type.lower() for one in pycountry.subdivisions if one.country_code == "KZ"}
    assert ours == theirs


def test_codes_and_ids_are_unique() -> None:
    everything = [code.code for one in regions("KZ", TODAY) for code in one.codes]
    everything += [one.id.upper() for one in regions("KZ", TODAY)]
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize(
    ("on", "expected_regions", "expected_cities"),
    [(date(2018, 6, 18), 14, 2), (JANUARY_2022, 14, 3), (date(2022, 6, 7), 14, 3), (date(2022, 6, 8), 17, 3)],
)
def test_how_many_regions_there_were(on: date, expected_regions: int, expected_cities: int) -> None:
    kinds = [one.kind for one in regions("KZ", on)]
    assert (kinds.count(RegionKind.REGION), kinds.count(RegionKind.CITY)) == (expected_regions, expected_cities)


@pytest.mark.parametrize(
    ("code", "parent"),
    [("KZ-10", "kz-east-kazakhstan"), ("KZ-33", "kz-almaty-region"), ("KZ-62", "kz-karaganda")],
)
def test_a_region_of_june_2022_names_the_one_it_was_part_of(code: str, parent: str) -> None:
    assert find(code, date(2022, 6, 8)) == find(code)
    with pytest.raises(UsageError) as refused:
        find(code, JANUARY_2022)
    assert parent in refused.value.diagnostics().remedy
    assert region(parent).id == parent


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(1997, 12, 10), "Ақмола қаласы"),
        (date(2019, 3, 22), "Астана қаласы"),
        (date(2019, 3, 23), "Нұр-Сұлтан қаласы"),
        (JANUARY_2022, "Нұр-Сұлтан қаласы"),
        (date(2022, 9, 18), "Нұр-Сұлтан қаласы"),
        (date(2022, 9, 19), "Астана қаласы"),
    ],
)
def test_the_capital_is_called_as_it_was_then(on: date, expected: str) -> None:
    assert name(region("KZ-71"), "kk", on) == expected


def test_south_kazakhstan_became_turkistan() -> None:
    assert name(region("KZ-YUZ"), "ru", date(2018, 6, 18)) == "Южно-Казахстанская область"
    assert name(region("KZ-YUZ"), "ru", date(2018, 6, 19)) == "Туркестанская область"


def test_names_are_written_in_their_own_alphabet() -> None:
    for one in regions("KZ", TODAY):
        for given_name in one.names:
            assert given_name.en.isascii()
            assert not any(letter.isascii() and letter.isalpha() for letter in given_name.ru + given_name.kk)


def test_names_exist_in_three_languages_only() -> None:
    with pytest.raises(ValueError, match="not in de"):
        name(find("KZ"), "de", TODAY)


def test_clocks_of_kazakhstan_then_and_now() -> None:
    then = datetime(2022, 1, 5, 10, 30, tzinfo=UTC)
    assert local(then, region("KZ-75").zone).utcoffset() == timedelta(hours=6)
    assert local(then, region("KZ-39").zone).utcoffset() == timedelta(hours=6)
    western = ("KZ-47", "KZ-23", "KZ-15", "KZ-27", "KZ-43")
    assert {local(then, region(code).zone).utcoffset() for code in western} == {timedelta(hours=5)}
    now = datetime(2024, 4, 1, tzinfo=UTC)
    assert {local(now, one.zone).utcoffset() for one in regions("KZ", now.date())} == {timedelta(hours=5)}


def test_zones_of_kazakhstan_begin_with_the_clock_of_most_people() -> None:
    listed = zones(find("KZ"), JANUARY_2022)
    assert listed[0] == "Asia/Almaty"
    noon = datetime(2022, 1, 5, 12, tzinfo=UTC)
    hours = [local(noon, zone).utcoffset() for zone in listed]
    assert hours == [timedelta(hours=6)] * 2 + [timedelta(hours=5)] * 5
    assert {one.zone for one in regions("KZ", JANUARY_2022)} == set(listed)


@pytest.mark.parametrize(
    ("code", "principal"),
    [("RU", "Europe/Moscow"), ("UA", "Europe/Kyiv"), ("IR", "Asia/Tehran"), ("US", "America/New_York"), ("BV", "UTC")],
)
def test_the_principal_zone_comes_first(code: str, principal: str) -> None:
    assert zones(find(code), TODAY)[0] == principal


def test_a_region_has_one_zone() -> None:
    assert zones(find("KZ-47"), JANUARY_2022) == ("Asia/Aqtau",)


def test_a_known_network() -> None:
    network = find("as29355")
    assert isinstance(network, Network)
    assert name(network, "kk", JANUARY_2022) == "Kcell (AS29355)"
    assert network.roles == (Role.MOBILE,)
    assert zones(network, JANUARY_2022)[0] == "Asia/Almaty"


@given(st.integers(1, 2**32 - 1))
def test_any_as_number_is_a_place(number: int) -> None:
    network = find(f"AS{number}")
    assert isinstance(network, Network)
    assert network.code == f"AS{number}"
    assert network.code in name(network, "ru", JANUARY_2022)


def test_as_without_a_number_is_american_samoa() -> None:
    assert isinstance(find("AS"), Country)


def test_a_network_outside_the_register_claims_nothing() -> None:
    network = find("AS64500")
    assert network == Network(64500)
    assert name(network, "en", TODAY) == "AS64500"
    assert zones(network, TODAY) == ("UTC",)


def test_what_is_not_known_of_a_network_is_said() -> None:
    for network in networks():
        assert network.source
        assert bool(network.roles) == (Doubt.ROLE_UNKNOWN not in network.doubts)
        assert bool(network.owner) == (Doubt.OWNER_UNKNOWN not in network.doubts)
        assert bool(network.country) == (Doubt.COUNTRY_UNKNOWN not in network.doubts)


def test_the_register_has_the_networks_of_the_documentary_tables(shared_data: Path) -> None:
    with (shared_data / "facts" / "networks.csv").open(newline="", encoding="utf-8") as file:
        listed = {row["asn"]: row["as_name"].rstrip(".") for row in csv.DictReader(file)}
    assert {network.code: network.holder.rstrip(".") for network in networks()} == listed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KAZ", "KZ (Kazakhstan)"),
        ("Kazakhstan", "KZ (Kazakhstan)"),
        ("Казахстан", "KZ (Kazakhstan)"),
        ("Қазақстан", "KZ (Kazakhstan)"),
        ("Kazahstan", "KZ (Kazakhstan)"),
        ("Astana", "kz-astana (Astana city)"),
        ("Нур-Султан", "kz-astana (Astana city)"),
        ("Almaty", "kz-almaty-city (Almaty city), kz-almaty-region (Almaty Region)"),
        ("9198", "AS9198"),
    ],
)
def test_a_name_is_answered_with_its_code(typed: str, meant: str) -> None:
    with pytest.raises(UsageError) as refused:
        find(typed)
    assert typed in refused.value.diagnostics().happened
    assert meant in refused.value.diagnostics().remedy


@pytest.mark.parametrize("typed", ["", "XQ", "AS0", "AS4294967296", "nowhere", "../etc", "{0}", "KZ-", "ß", "ＫＺ"])
def test_what_is_no_place_is_refused_with_a_remedy(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        find(typed)
    assert "ISO 3166-1, such as KZ" in refused.value.diagnostics().remedy


def test_an_unknown_region_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        find("KZ-99")
    assert "KZ-75" in refused.value.diagnostics().remedy


def test_a_region_of_a_country_without_a_register_is_refused_honestly() -> None:
    with pytest.raises(UsageError) as refused:
        find("IR-07")
    assert "no regions of Iran yet" in refused.value.diagnostics().happened
    assert regions("IR", TODAY) == ()


@given(st.text(max_size=20))
def test_find_answers_or_refuses(text: str) -> None:
    try:
        place = find(text)
    except UsageError:
        return
    assert find(place.code) == place
    assert text.isascii()
