from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.accountability.offers import Balance, Shortfall, shortfall
from kuager.accountability.range import Range
from kuager.accountability.rows.people import Offer, Tariff
from kuager.model.words import Access

HOME = Offer(
    id="beeline-home", text={"en": "20 % of the fee for home internet"}, at="2022-01", access=Access.FIXED,
    operator="beeline-kz", percent=20, days=6, sources=("T037",),
)  # fmt: skip
GIGABYTES = Offer(
    id="beeline-5gb", text={"en": "5 GB"}, at="2022-01", operator="beeline-kz", gigabytes=5, on_request=True,
    sources=("T037",),
)  # fmt: skip
MEASURED = Range(135.25, 135.75, 136.25)
"""Hours lost by mobile customers in January 2022, as simulated."""


def tariff(currency: str = "KZT", fee: float = 3000, gigabyte: float | None = None) -> Tariff:
    return Tariff(
        id="t", text={"en": "A tariff"}, operator="beeline-kz", access=Access.MOBILE, currency=currency, fee=fee,
        gigabyte=gigabyte, since="2022", sources=("T037",),
    )  # fmt: skip


def said(found: Shortfall) -> str:
    return " ".join(one.template.format(**one.facts) for one in found.notes)


def test_twenty_per_cent_are_six_days_against_the_measured_hours() -> None:
    found = shortfall([HOME], None, MEASURED, "KZT")
    assert found.offered is not None
    assert found.offered.days == Range.exactly(6)
    assert found.offered.percent.best == pytest.approx(20)
    assert found.lost.days.low == pytest.approx(135.25 / 24)
    assert found.lost.days.high == pytest.approx(136.25 / 24)
    assert found.balance is Balance.COVERED
    assert found.short is not None
    assert found.short.days == Range(0, 0, 0)
    assert found.lost.money is None
    assert "No tariff is known" in said(found)


def test_with_the_throttled_hours_the_same_six_days_fall_short() -> None:
    found = shortfall([HOME], tariff(), MEASURED + Range(19.5, 20, 20.5), "KZT")
    assert found.balance is Balance.SHORT
    assert found.short is not None
    assert found.short.days.best == pytest.approx(155.75 / 24 - 6)
    assert found.short.money is not None
    assert found.short.money.best == pytest.approx((155.75 / 24 - 6) * 100)


def test_an_uncertain_end_leaves_it_open_whether_an_offer_covers() -> None:
    found = shortfall([HOME], tariff(), Range(140, 142, 150), "KZT")
    assert found.balance is Balance.OPEN
    assert found.short is not None
    assert (found.short.days.low, found.short.days.best) == (0, 0)
    assert found.short.days.high == found.at_most_days == pytest.approx(0.25)


def test_goods_without_a_price_cannot_be_weighed_and_are_not_zero() -> None:
    found = shortfall([GIGABYTES], tariff(), MEASURED, "KZT")
    assert (found.offered, found.short, found.balance) == (None, None, Balance.CANNOT_WEIGH)
    assert found.at_most_days == found.lost.days.high
    assert "gigabytes of offer beeline-5gb cannot be weighed" in said(found)
    assert "only for those who asked" in said(found)


def test_goods_are_weighed_by_their_single_price() -> None:
    found = shortfall([GIGABYTES], tariff(gigabyte=40), MEASURED, "KZT")
    assert found.offered is not None
    assert found.offered.days == Range.exactly(2), "5 GB at 40 of a fee of 100 a day"
    assert found.offered.money == Range.exactly(200)


def test_a_tariff_in_another_currency_weighs_in_days_and_its_money_is_left_aside() -> None:
    found = shortfall([GIGABYTES], tariff("USD", gigabyte=40), MEASURED, "KZT")
    assert found.offered is not None
    assert found.offered.days == Range.exactly(2)
    assert found.offered.money is found.lost.money is None
    assert "The tariff is in USD; KZT was asked for" in said(found)


def test_an_offer_beside_one_that_cannot_be_weighed_is_no_shortfall_yet() -> None:
    found = shortfall([HOME, GIGABYTES], tariff(), Range.exactly(240), "KZT")
    assert found.offered is not None
    assert (found.offered.days, found.short) == (Range(0, 6, None), None)
    assert found.at_most_days == 10, "who had only what cannot be weighed"


def test_what_is_covered_by_the_weighed_part_alone_is_covered() -> None:
    both = Offer(id="both", text={"en": "x"}, at="2022", percent=20, gigabytes=5, sources=("a",))
    assert shortfall([both], tariff(), MEASURED, "KZT").balance is Balance.COVERED
    assert shortfall([both], tariff(), Range.exactly(240), "KZT").balance is Balance.CANNOT_WEIGH


def test_of_several_offers_one_may_be_all_that_a_subscriber_had() -> None:
    two = Offer(id="two", text={"en": "x"}, at="2022", days=2, sources=("a",))
    found = shortfall([HOME, two], tariff(), MEASURED, "KZT")
    assert found.offered is not None
    assert found.offered.days == Range(2, 6, 8)


def test_a_per_cent_and_days_that_differ_are_one_offer_between_them() -> None:
    odd = Offer(id="odd", text={"en": "x"}, at="2022", percent=20, days=4, sources=("a",))
    found = shortfall([odd], tariff(), MEASURED, "KZT")
    assert found.offered is not None
    assert found.offered.days == Range(4, 6, 6)
    assert "are not the same" in said(found)


def test_no_known_offer_is_not_an_offer_of_nothing() -> None:
    found = shortfall([], tariff(), MEASURED, "KZT")
    assert (found.offered, found.short, found.balance) == (None, None, Balance.NONE_KNOWN)


def test_an_offer_without_an_amount_and_a_tariff_without_a_fee_are_told() -> None:
    vague = Offer(id="vague", text={"en": "x"}, at="2022", sources=("a",))
    found = shortfall([vague], tariff(fee=0), MEASURED, "KZT")
    assert "Offer vague names no amount" in said(found)
    assert "no fee by the day" in said(found)
    assert found.lost.money is None


def test_while_it_lasts_a_shortfall_has_no_upper_end() -> None:
    found = shortfall([HOME], tariff(), Range(200, 210, None), "KZT")
    assert (found.balance, found.at_most_days) == (Balance.SHORT, None)
    assert shortfall([HOME], tariff(), Range(20, 21, None), "KZT").balance is Balance.OPEN


quantities = st.none() | st.floats(0, 1000)
offers = st.builds(
    lambda number, percent, days, gigabytes: Offer(
        id=f"o{number}", text={"en": "x"}, at="2022", percent=percent, days=days, gigabytes=gigabytes, sources=("a",)
    ),
    st.integers(0, 99), quantities, quantities, quantities,
)  # fmt: skip
measured = st.builds(
    lambda ends, lasts: Range(min(ends), sorted(ends)[1], None if lasts else max(ends)),
    st.lists(st.floats(0, 5000), min_size=3, max_size=3),
    st.booleans(),
)


@given(st.lists(offers, max_size=4), measured, quantities)
def test_a_shortfall_is_never_negative_nor_more_than_was_lost(
    given_offers: list[Offer], hours: Range, price: float | None
) -> None:
    found = shortfall(given_offers, tariff(gigabyte=price), hours, "KZT")
    if found.short is not None:
        assert 0 <= found.short.days.low <= found.short.days.best <= found.lost.days.best
        assert (found.balance is Balance.COVERED) == (found.short.days.high == 0)
    if found.at_most_days is not None:
        assert found.lost.days.high is not None
        assert 0 <= found.at_most_days <= found.lost.days.high
