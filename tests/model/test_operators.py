"""Operators: what is claimed of access, days of possession, and how a person's own register joins."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kuager.model.operators import (
    HeldNetwork,
    Operator,
    OperatorName,
    access_of,
    operator_of,
    operators,
    package_operators,
    with_own,
)
from kuager.model.words import Access

JANUARY_2022 = date(2022, 1, 5)
BEFORE, FIRST, LAST, AFTER = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 6, 30), date(2020, 7, 1))


def one(name: str, *networks: HeldNetwork, country: str = "KZ", access: Access = Access.MOBILE) -> Operator:
    return Operator(name, OperatorName(name), country, networks, "a test", access)


def test_no_access_is_claimed_beyond_the_documentary_tables(shared_data: Path) -> None:
    with (shared_data / "facts" / "networks.csv").open(newline="", encoding="utf-8") as file:
        rows = {int(row["asn"].removeprefix("AS")): row for row in csv.DictReader(file)}
    assert len(rows) == 19
    for asn, row in rows.items():
        said = {"mobile", "fixed"} & set(row["role"].split(", "))
        expected = {"": Access.UNKNOWN, "mobile": Access.MOBILE, "fixed": Access.FIXED, "fixed mobile": Access.MIXED}
        assert access_of(asn, JANUARY_2022) is expected[" ".join(sorted(said))], asn
        operator = operator_of(asn, JANUARY_2022)
        if row["brand"]:
            assert operator is not None
            assert operator.name.en.split()[0].split("/")[0] in row["brand"]
            group = row["owner_group"].partition(" (")[0]
            assert operator.owner.startswith("" if group == "unknown" else group)
            assert bool(operator.owner) == (group != "unknown")
    elsewhere = {held.asn for known in package_operators() for held in known.networks} - set(rows)
    assert elsewhere == {5434, 8825, 39725, 35566, 197556}
    assert {access_of(asn, JANUARY_2022) for asn in elsewhere} == {Access.UNKNOWN}


def test_kazakhstans_operators_in_three_languages() -> None:
    found = operators("KZ", JANUARY_2022)
    assert [known.id for known in found] == [
        "kazakhtelecom",
        "kcell",
        "beeline-kz",
        "tele2-altel",
        "transtelecom-kz",
        "jusan-mobile",
        "almatv",
        "fortebank",
    ]
    assert [found[0].called(language) for language in ("en", "ru", "kk")] == [
        "Kazakhtelecom",
        "Казахтелеком",
        "Қазақтелеком",
    ]
    assert found[1].called("kk") == "Kcell"
    assert all(known.source for known in found)
    assert "52 %" in found[0].owner


def test_an_owner_is_told_from_the_first_day_on() -> None:
    kcell = operator_of(29355, JANUARY_2022)
    assert kcell is not None
    assert kcell.owner_on(date(2018, 12, 11)) == ""
    assert kcell.owner_on(date(2018, 12, 12)) == kcell.owner != ""


def test_a_network_is_the_operators_on_its_first_and_last_day() -> None:
    among = [one("a", HeldNetwork(64500, FIRST, LAST, Access.FIXED), HeldNetwork(64501))]
    assert [operator_of(64500, day, among) is not None for day in (BEFORE, FIRST, LAST, AFTER)] == [
        False,
        True,
        True,
        False,
    ]
    assert access_of(64500, FIRST, among) is Access.FIXED
    assert access_of(64500, AFTER, among) is Access.UNKNOWN
    assert access_of(64501, AFTER, among) is Access.MOBILE
    (left,) = operators("KZ", AFTER, among)
    assert [held.asn for held in left.networks] == [64501]


def test_an_operator_without_a_network_on_the_day_or_of_another_country_is_left_out() -> None:
    among = [one("a", HeldNetwork(64500, FIRST, LAST)), one("b", HeldNetwork(64502), country="IR")]
    assert operators("KZ", AFTER, among) == ()
    assert [known.id for known in operators("IR", AFTER, among)] == ["b"]


def test_a_network_outside_the_register_is_nobodys() -> None:
    assert operator_of(64500, JANUARY_2022) is None
    assert access_of(64500, JANUARY_2022) is Access.UNKNOWN


days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2020, 1, 9)))
spans = st.builds(HeldNetwork, st.just(64500), days, days).filter(
    lambda held: held.since is None or held.until is None or held.since <= held.until
)


@given(spans, spans)
def test_two_spans_overlap_when_one_day_is_in_both(left: HeldNetwork, right: HeldNetwork) -> None:
    every = [date(2019, 12, 1) + timedelta(days=day) for day in range(60)]
    assert left.overlaps(right) is any(left.held(day) and right.held(day) for day in every)
    assert not left.overlaps(HeldNetwork(64501, right.since, right.until))


def test_a_persons_own_operators_win_by_id_and_by_number() -> None:
    known = [one("a", HeldNetwork(1), HeldNetwork(2)), one("b", HeldNetwork(3)), one("c", HeldNetwork(4))]
    own = [one("b", HeldNetwork(9), access=Access.FIXED), one("mine", HeldNetwork(2, FIRST), HeldNetwork(4))]
    joined = with_own(known, own)
    assert [(each.id, [held.asn for held in each.networks]) for each in joined] == [
        ("a", [1]),
        ("b", [9]),
        ("mine", [2, 4]),
    ]
    assert operator_of(2, BEFORE, joined) is None
    assert access_of(9, BEFORE, joined) is Access.FIXED
    assert with_own(known, ()) == tuple(known)
