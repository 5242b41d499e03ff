"""Places by their codes, and distances."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kuager.accountability.whereabouts import country_of, distance_km, local_days, share_ground


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("KZ", "KZ", True, id="same"),
        pytest.param("KZ", "KZ-75", True, id="country-and-region"),
        pytest.param("KZ-75", "KZ", True, id="region-and-country"),
        pytest.param("KZ-75", "KZ-ALA", True, id="two-codes-of-one-region"),
        pytest.param("KZ-75", "KZ-71", False, id="two-regions"),
        pytest.param("AS9198", "KZ", True, id="network-and-country"),
        pytest.param("AS9198", "KZ-75", False, id="network-and-region"),
        pytest.param("KG", "KZ", False, id="two-countries"),
    ],
)
def test_ground_is_shared_by_the_same_place_and_by_a_country_with_what_lies_in_it(
    one: str, other: str, expected: bool
) -> None:
    assert share_ground((one,), (other,)) is expected


def test_the_country_of_a_code_that_nobody_registered_is_read_off_it() -> None:
    assert country_of("IR-23") == "IR"
    assert country_of("KZ-75") == "KZ"


def test_almaty_and_the_capital_are_970_km_apart_and_a_degree_of_latitude_is_111() -> None:
    assert distance_km(43.238, 76.889, 51.169, 71.449) == pytest.approx(972, abs=5)
    assert distance_km(10.0, 20.0, 11.0, 20.0) == pytest.approx(111.19, abs=0.01)


def test_an_evening_in_utc_is_the_next_day_in_almaty() -> None:
    moment = datetime(2022, 1, 4, 19, tzinfo=UTC)
    assert local_days(moment, moment, "KZ-75") == (date(2022, 1, 5), date(2022, 1, 5))
    assert local_days(moment, moment, "") == (date(2022, 1, 4), date(2022, 1, 4))
