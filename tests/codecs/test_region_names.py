"""Names of regions in every language and spelling in which sources write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.codecs.ioda.region_names import region_codes


def code(name: str, given: str = "") -> str:
    return region_codes({"1": name}, "KZ", given).get("1", "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qaraghandy", "KZ-35"),
        ("Qaraghandy oblysy", "KZ-35"),
        ("Karaganda Region", "KZ-35"),
        ("Карагандинская область", "KZ-35"),
        ("қарағанды облысы", "KZ-35"),
        ("Mangghystaū oblysy", "KZ-47"),
        ("Mangystau", "KZ-47"),
        ("Aqtöbe", "KZ-15"),
        ("Batys Qazaqstan oblysy", "KZ-27"),
        ("West Kazakhstan", "KZ-27"),
        ("Zhetisu", "KZ-33"),
        ("Shymkent", "KZ-79"),
        ("Almaty City", "KZ-75"),
        ("Алматы қаласы", "KZ-75"),
        ("Almaty oblysy", "KZ-19"),
        ("Алматинская область", "KZ-19"),
        ("Nur-Sultan", "KZ-71"),
        ("Astana", "KZ-71"),
        ("South Kazakhstan", "KZ-61"),
        ("Оңтүстік Қазақстан облысы", "KZ-61"),
    ],
)
def test_a_name_in_any_language_is_one_region(name: str, expected: str) -> None:
    assert code(name) == expected


def test_todays_name_counts_more_than_one_of_old() -> None:
    assert code("Aqmola") == "KZ-11"  # the capital had that name until 1998
    assert code("Akmola city") == "KZ-71"
    assert region_codes({"a": "South Kazakhstan", "b": "Turkistan"}, "KZ") == {"b": "KZ-61"}


def test_a_name_of_a_city_and_of_the_region_around_it_is_neither() -> None:
    assert code("Almaty") == ""
    assert code("Алматы") == ""


def test_the_rest_of_the_list_tells_them_apart() -> None:
    assert region_codes({"1": "Almaty", "2": "Almaty City"}, "KZ") == {"1": "KZ-19", "2": "KZ-75"}
    assert region_codes({"1": "Almaty", "2": "Almaty oblysy"}, "KZ") == {"1": "KZ-75", "2": "KZ-19"}


def test_a_place_that_somebody_gives_decides_only_among_those_that_fit() -> None:
    assert code("Almaty", "KZ-75") == "KZ-75"
    assert code("Almaty", "KZ-35") == ""
    assert code("Florida", "KZ-75") == ""
    both = {"1": "Almaty", "2": "Almaty City"}
    assert region_codes(both, "KZ", "KZ-75") == region_codes(both, "KZ", "KZ-19") == region_codes(both, "KZ")


def test_two_of_one_list_are_never_one_region() -> None:
    assert region_codes({"1": "Astana", "2": "Astana city", "3": "Pavlodar"}, "KZ") == {"3": "KZ-55"}


@pytest.mark.parametrize("name", ["", "Region", "city", "Florida", "Bayqongyr", "-", "облысы"])
def test_other_names_are_none(name: str) -> None:
    assert code(name) == ""


def test_a_country_without_a_register_has_none() -> None:
    assert region_codes({"1": "Pavlodar"}, "US") == {}


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=300), max_size=8), st.text(max_size=8))
def test_any_names_give_each_region_once(names: dict[str, str], given: str) -> None:
    found = region_codes(names, "KZ", given)
    assert len(set(found.values())) == len(found)
    assert found.keys() <= names.keys()
