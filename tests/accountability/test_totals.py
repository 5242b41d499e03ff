from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.accountability.cost import estimates
from kuager.accountability.range import Range
from kuager.accountability.rows.documents import Claim, Counts
from kuager.accountability.rows.row import Status
from kuager.accountability.totals import Bound, CostRange, Spread, total

ALL = Range.exactly(1)


def claim(
    name: str,
    amount: float | None,
    counts: Counts = Counts.SHUTDOWN,
    currency: str = "USD",
    status: Status = Status.UNPROVEN,
    method: str = "",
    sources: tuple[str, ...] = ("d",),
) -> Claim:
    return Claim(
        id=name, text={"en": "x"}, sources=sources, status=status, topic="cost", by="somebody", at="2022-01",
        amount=amount, currency=currency, counts=counts, method=method,
    )  # fmt: skip


KAZAKHSTAN = (
    claim("c01", 189e6), claim("c02", 410.7e6), claim("c03", 410.3e6), claim("c04", 429e6), claim("c05", 460e6),
    claim("c06", 500e6), claim("c07", 1e9, Counts.COMPANY, "KZT"), claim("c08", 95.3e9, Counts.RIOT, "KZT"),
)  # fmt: skip


def reasons(found: CostRange) -> dict[str, str]:
    return {one.claim.id: one.reason.template.format(**one.reason.facts) for one in found.apart}


def test_what_was_published_of_kazakhstan_goes_from_189_to_500_million_and_names_who_says_so() -> None:
    found = total((), KAZAKHSTAN)
    assert found.published == Spread(Bound(189e6, "c01"), Bound(500e6, "c06")) == found.whole
    assert found.computed is None
    assert set(reasons(found)) == {"c07", "c08"}
    assert "damage by riots" in reasons(found)["c08"]
    assert "loss of one company" in reasons(found)["c07"]


def test_methods_and_claims_make_one_range_and_stand_apart_too() -> None:
    computed = estimates("KZ", 2022, Range(114, 120, 126), ALL, ALL)
    found = total(computed, KAZAKHSTAN)
    assert found.computed is not None
    assert found.whole == Spread(found.computed.low, Bound(500e6, "c06"))
    assert (found.computed.low.by, found.computed.high.by) == ("deloitte-2016-gdp", "brookings-2016")
    assert found.estimates == computed


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (claim("x", 1.0, currency="EUR"), "another currency (EUR)"),
        (claim("x", 1.0, status=Status.WITHDRAWN), "withdrawn"),
        (claim("x", 1.0, method="isoc-netloss"), "Internet Society NetLoss"),
        (claim("x", 1.0, Counts.NOTHING), "does not say what it counts"),
        (claim("x", 1.0, sources=()), "cites nothing"),
    ],
    ids=["currency", "withdrawn", "netloss", "nothing", "uncited"],
)
def test_what_is_not_counted_is_listed_with_the_reason(other: Claim, reason: str) -> None:
    found = total((), (*KAZAKHSTAN, other))
    assert reason in reasons(found)["x"]
    assert found.whole == total((), KAZAKHSTAN).whole


def test_a_claim_without_an_amount_is_no_claim_of_cost() -> None:
    found = total((), (claim("x", None, Counts.NOTHING),))
    assert (found.claims, found.apart) == ((), ())
    assert "not a cost of zero" in found.notes[0].template


@pytest.mark.parametrize("claims", [(claim("a", 5.0),), (claim("a", 5.0), claim("b", 5.0))], ids=["one", "the-same"])
def test_one_number_is_no_range(claims: tuple[Claim, ...]) -> None:
    found = total((), claims)
    assert (found.whole, found.claims) == (None, claims)
    assert "Only one amount is known" in found.notes[0].template


def test_while_it_lasts_nothing_bounds_the_range_from_above() -> None:
    found = total(estimates("KZ", 2022, Range(24, 48, None), ALL, ALL), KAZAKHSTAN)
    assert found.whole is not None
    assert found.whole.high.usd is None
    assert found.whole.high.by in {"deloitte-2016-gdp", "deloitte-2016-people", "brookings-2016"}


claims_at_random = st.builds(
    claim,
    st.integers(0, 999).map(lambda number: f"c{number}"),
    st.none() | st.floats(0, 1e12),
    st.sampled_from(list(Counts)),
    st.sampled_from(["USD", "KZT", ""]),
    st.sampled_from(list(Status)),
    st.sampled_from(["", "top10vpn", "isoc-netloss"]),
)
measured = st.none() | st.builds(
    lambda ends, lasts: Range(min(ends), sorted(ends)[1], None if lasts else max(ends)),
    st.lists(st.floats(0, 5000), min_size=3, max_size=3),
    st.booleans(),
)


@given(measured, st.lists(claims_at_random, max_size=6), claims_at_random)
def test_adding_a_claim_never_narrows_the_range_and_riots_never_count(
    hours: Range | None, claims: list[Claim], more: Claim
) -> None:
    computed = () if hours is None else estimates("KZ", 2022, hours, ALL, ALL)
    before, after = total(computed, claims), total(computed, [*claims, more])
    assert all(one.counts is Counts.SHUTDOWN and one.currency == "USD" for one in after.claims)
    assert len(after.claims) + len(after.apart) == sum(one.amount is not None for one in [*claims, more])
    if before.whole is None:
        return
    assert after.whole is not None
    assert (after.whole.low.usd or 0) <= (before.whole.low.usd or 0)
    if after.whole.high.usd is not None:
        assert before.whole.high.usd is not None
        assert after.whole.high.usd >= before.whole.high.usd
    assert after.whole.low.usd != after.whole.high.usd
