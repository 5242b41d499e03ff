"""Which networks and sites of a place are worth asking about, with a person's own operators and lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kuager.case.adding import add_bytes
from kuager.case.collected import coverage_of
from kuager.case.folder import Case, new_case
from kuager.case.operators import known_operators
from kuager.case.places import networks_to_ask
from kuager.case.reading import up_to_date_tables
from kuager.case.settings import Settings
from kuager.case.sites import MOST_SITES, sites_to_ask
from kuager.errors import CodecError, KuagerError
from kuager.model.networks import networks_of
from kuager.model.words import DayStatus

JANUARY_2022 = date(2022, 1, 5)
OWN = '[[operators]]\nid = "{}"\nname = {{ en = "Own" }}\ncountry = "{}"\nsource = "s"\nnetworks = [{}]\n'
HEADER = "url,category_code,category_description,date_added,source,notes\n"


def case_about(folder: Path, *places: str) -> Case:
    start, end = datetime(2022, 1, 2, tzinfo=UTC), datetime(2022, 1, 12, tzinfo=UTC)
    return new_case(folder / "case", Settings("", places, start, end))


def write(folder: Path, *operators: tuple[str, str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "operators.toml").write_text("".join(OWN.format(*one) for one in operators))
    return folder


def test_kazakhstans_networks_by_which_people_are_reached() -> None:
    assert networks_to_ask("KZ", JANUARY_2022) == (
        "AS9198",
        "AS29355",
        "AS21299",
        "AS48503",
        "AS50482",
        "AS39824",
        "AS41798",
        "AS29555",
        "AS206026",
    )


@pytest.mark.parametrize(
    ("country", "first", "count"), [("IR", "AS58224", 10), ("RU", "AS12389", 9), ("ER", "AS30987", 1)]
)
def test_elsewhere_they_are_the_largest_by_addresses(country: str, first: str, count: int) -> None:
    asked = networks_to_ask(country, JANUARY_2022)
    assert (asked[0], len(asked)) == (first, count)
    shares = {one.code: one.share or 0.0 for one in networks_of(country)}
    assert all(shares[code] >= 0.01 for code in asked)
    left_out = [share for code, share in shares.items() if code not in asked]
    assert max(left_out, default=0.0) <= min(shares[code] for code in asked)


@pytest.mark.parametrize("place", ["KZ-75", "AS9198", "BV"])
def test_a_region_a_network_and_a_country_without_addresses_have_none(place: str) -> None:
    assert networks_to_ask(place, JANUARY_2022) == ()


def test_own_operators_count_where_access_is_known(tmp_path: Path) -> None:
    mine = '{ asn = 44244, access = "mobile" }, { asn = 197207, access = "mobile", until = 2021-12-31 }'
    folder = write(tmp_path / "own", ("mine", "IR", f'{mine}, {{ asn = 64500, access = "fixed" }}, {{ asn = 58224 }}'))
    among = known_operators([folder])
    assert networks_to_ask("IR", JANUARY_2022, among) == ("AS44244", "AS64500")
    assert networks_to_ask("IR", date(2021, 12, 31), among) == ("AS197207", "AS44244", "AS64500")
    assert networks_to_ask("KZ", JANUARY_2022, among) == networks_to_ask("KZ", JANUARY_2022)


def test_own_operators_whose_access_is_unknown_leave_the_largest(tmp_path: Path) -> None:
    among = known_operators([write(tmp_path / "own", ("mine", "IR", "{ asn = 44244 }"))])
    assert networks_to_ask("IR", JANUARY_2022, among) == networks_to_ask("IR", JANUARY_2022)


def test_the_file_of_the_case_counts_more_than_the_readers(tmp_path: Path) -> None:
    reader = write(tmp_path / "reader", ("a", "IR", "{ asn = 1 }"), ("b", "IR", "{ asn = 2 }"))
    case = write(tmp_path / "case", ("a", "IR", "{ asn = 3 }"))
    own = [one for one in known_operators([reader, case, tmp_path / "nowhere"]) if one.country == "IR"]
    assert {one.id: [held.asn for held in one.networks] for one in own} == {"a": [3], "b": [2]}


def test_a_file_of_operators_that_is_wrong_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "own", ("mine", "IR", "{ asn = 0 }"))
    with pytest.raises(CodecError, match=r"own/operators\.toml.*“mine”.*“0”.*asn"):
        known_operators([folder])
    (tmp_path / "dir" / "operators.toml").mkdir(parents=True)
    with pytest.raises(KuagerError, match="cannot be read"):
        known_operators([tmp_path / "dir"])


def test_the_founding_sites_come_first_then_news_of_the_cases_lists(tmp_path: Path) -> None:
    case = case_about(tmp_path, "KZ", "IR")
    founding = ("orda.kz", "kaztag.kz", "www.kaztag.kz", "web.telegram.org", "www.facebook.com")
    assert sites_to_ask(case, "KZ") == sites_to_ask(case, "KZ-75") == sites_to_ask(case, "AS9198") == founding
    assert sites_to_ask(case, "IR") == sites_to_ask(case, "AS64500") == ()
    world = f"{HEADER}https://world.example/,NEWS,,,,\nhttps://tool.example/,ANON,,,,\n"
    list_ = f"{HEADER}https://news.kz/,NEWS,,2024-01-03,,\nhttps://vpn.kz/,ANON,,,,\nhttps://orda.kz/,NEWS,,,,\n"
    add_bytes(case, world.encode(), "global.csv", "site-list:global", "KZ")
    add_bytes(case, list_.encode(), "kz.csv", "site-list", "KZ")
    assert sites_to_ask(case, "KZ") == sites_to_ask(case, "KZ-75") == (*founding, "news.kz", "world.example")
    assert sites_to_ask(case, "IR") == ("world.example",)


def test_a_long_list_is_asked_about_in_part(tmp_path: Path, shared_data: Path) -> None:
    case = case_about(tmp_path, "KZ")
    added = add_bytes(case, (shared_data / "ooni" / "test-lists" / "kz.csv").read_bytes(), "kz.csv", "site-list", "KZ")
    assert added.content.decoded.tables["sites"].num_rows == case.tables.read("sites").num_rows == 553
    asked = sites_to_ask(case, "KZ")
    assert len(asked) == len(set(asked)) == MOST_SITES
    assert asked[:2] == ("orda.kz", "kaztag.kz")


def test_a_list_is_about_no_day(tmp_path: Path) -> None:
    case = case_about(tmp_path, "KZ")
    add_bytes(case, f"{HEADER}https://news.kz/,NEWS,,2022-01-05,,\n".encode(), "kz.csv", "site-list", "KZ")
    assert case.tables.answers().num_rows == 0
    assert {one.status for one in coverage_of(case)} == {DayStatus.ABSENT}
    with case.writing("test"):
        before = case.tables.hashes()
        assert up_to_date_tables(case) == []
        assert case.tables.hashes() == before != {}
