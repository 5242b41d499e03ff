from __future__ import annotations

import pytest

from kuager.accountability.cost import METHODS, Estimate, MethodStatus, estimates
from kuager.accountability.economies import digital_share, economy_of
from kuager.accountability.range import Range

ALL = Range.exactly(1)
FIVE_DAYS = Range(114, 120, 126)


def by_method(
    place: str = "KZ", year: int = 2022, hours: Range = FIVE_DAYS, people: Range = ALL, services: Range = ALL
) -> dict[str, Estimate]:
    return {one.method: one for one in estimates(place, year, hours, people, services)}


def said(found: Estimate) -> str:
    notes = [*found.inputs, *([found.formula] if found.formula is not None else [])]
    return " ".join(one.template.format(**one.facts) for one in notes)


def usd_of(found: Estimate) -> Range:
    assert found.usd is not None
    return found.usd


def test_every_method_stands_with_its_source_and_a_sentence_in_three_languages() -> None:
    found = by_method()
    assert set(found) == set(METHODS)
    assert all(one.source for one in found.values())
    assert all(set(one.about) == {"en", "ru", "kk"} for one in METHODS.values())
    assert {name for name, one in found.items() if one.usd is not None} == {
        name for name, one in METHODS.items() if one.status is MethodStatus.COMPUTED
    }


def test_bands_of_gdp_go_by_connectivity() -> None:
    usd = usd_of(by_method(hours=Range.exactly(24))["deloitte-2016-gdp"])
    assert usd.low == pytest.approx(225e9 / 365 * 0.010)
    assert usd.high == pytest.approx(225e9 / 365 * 0.019)


def test_bands_by_people_go_by_connectivity() -> None:
    usd = usd_of(by_method(hours=Range.exactly(24))["deloitte-2016-people"])
    assert usd.low == pytest.approx(1.96 * 6.6e6)
    assert usd.high == pytest.approx(1.96 * 23.6e6)


def test_the_digital_economy_is_a_range_and_its_form_is_said_to_be_unread() -> None:
    found = by_method()["brookings-2016"]
    usd = usd_of(found)
    assert usd.low == pytest.approx(225e9 / 365 * 114 / 24 * 0.04)
    assert usd.high == pytest.approx(225e9 / 365 * 126 / 24 * 0.10)
    assert "general knowledge" in said(found)
    assert digital_share().unread


def test_shares_make_an_estimate_smaller_and_uncertain_ones_make_it_wider() -> None:
    whole, half = by_method(), by_method(people=Range(0.25, 0.5, 0.75), services=Range.exactly(0.5))
    for name in ("deloitte-2016-gdp", "deloitte-2016-people", "brookings-2016"):
        assert usd_of(half[name]).low == pytest.approx(usd_of(whole[name]).low / 8)
        assert usd_of(half[name]).high == pytest.approx((usd_of(whole[name]).high or 0) * 3 / 8)


@pytest.mark.parametrize("share", [Range(0, 1, 1.5), Range(0, 0.5, None)])
def test_a_share_of_more_than_all_is_refused(share: Range) -> None:
    with pytest.raises(ValueError, match="shares lie between 0 and 1"):
        estimates("KZ", 2022, FIVE_DAYS, share, ALL)


def test_a_withdrawn_method_computes_nothing_and_says_since_when() -> None:
    found = by_method()["isoc-netloss"]
    assert (found.status, found.usd) == (MethodStatus.WITHDRAWN, None)
    assert METHODS["isoc-netloss"].since == "2026-06-01"


@pytest.mark.parametrize("place", ["FR", "KZ-75", "AS9198"])
def test_a_place_without_figures_has_no_inputs_and_is_no_error(place: str) -> None:
    found = by_method(place)
    assert all(one.usd is None for one in found.values())
    assert f"No inputs: the table of economies has no figures of {place}" in said(found["brookings-2016"])


def test_figures_are_those_of_the_nearest_year_and_not_of_another_time() -> None:
    assert [one.year if (one := economy_of("KZ", year)) else None for year in (2015, 2019, 2021, 2022, 2024, 2030)] == [
        None, 2021, 2021, 2022, 2022, None,
    ]  # fmt: skip


def test_figures_that_were_not_looked_up_are_told() -> None:
    found = by_method()["deloitte-2016-gdp"]
    assert "GDP of KZ in 2022: USD 225 billion, rounded" in said(found)
    assert "to be looked up" in said(found)


def test_no_measured_hours_are_no_cost_of_zero() -> None:
    found = by_method(hours=Range(0, 0, 0))
    assert all(one.usd is None for one in found.values())
    assert "no hours without service were measured" in said(found["brookings-2016"])


def test_while_it_lasts_an_estimate_has_no_upper_end() -> None:
    assert usd_of(by_method(hours=Range(24, 48, None))["brookings-2016"]).high is None
