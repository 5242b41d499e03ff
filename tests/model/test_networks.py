"""The register of networks: figures of the real tables, honest blanks, and that its licences travel with it."""

from __future__ import annotations

import csv
import hashlib
import math
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from kuager.model import networks
from kuager.model.networks import Network, facts, networks_of, registered

ROOT = Path(__file__).parents[2]
SHARES_OF_KAZAKHSTAN = {
    9198: 44.7,
    29355: 21.9,
    21299: 8.6,
    206026: 0.6,
    35566: 0.4,
    197556: 1.4,
    48503: 2.3,
    29555: 0.8,
    50482: 2.2,
    39824: 1.5,
    35104: 1.3,
    41798: 1.3,
    43994: 0.5,
    29046: 0.3,
}
"""Per cent of the country's IPv4 addresses, as published beside the tables, rounded to one decimal."""


def test_kazakhstan_has_so_many_networks_and_addresses() -> None:
    known = networks_of("KZ")
    assert len(known) == 204
    assert sum(one.addresses or 0 for one in known) == networks.addresses_of("KZ") == 3_264_000
    assert math.isclose(sum(one.share or 0.0 for one in known), 1.0)


def test_shares_are_those_that_were_published() -> None:
    shares = {one.asn: 100 * (one.share or 0.0) for one in networks_of("KZ")}
    assert {asn: round(shares[asn], 1) for asn in SHARES_OF_KAZAKHSTAN} == SHARES_OF_KAZAKHSTAN


def test_the_largest_come_first() -> None:
    counts = [one.addresses or 0 for one in networks_of("KZ")]
    assert counts == sorted(counts, reverse=True)
    assert [one.code for one in networks_of("KZ")[:3]] == ["AS9198", "AS29355", "AS21299"]


def test_a_network_in_several_countries_has_facts_for_each() -> None:
    found = facts(9198)
    assert [(one.country, one.addresses) for one in found] == [("KZ", 1_458_176), ("NL", 256), ("US", 256)]
    assert {one.name for one in found} == {"JSC Kazakhtelecom"}
    assert all(one in networks_of(one.country) for one in found)


def test_kazakhtelecom_is_the_states_and_52_per_cent_stand_in_its_source(shared_data: Path) -> None:
    owner = facts(9198)[0].owners[0]
    assert (facts(9198)[0].state_owner, facts(9198)[0].state_share) == ("KZ", None)
    assert (owner.majority, owner.group, owner.source) == (True, "KZ-KAZAKHTELECOM", "Freedom House")
    assert owner.url.startswith("https://freedomhouse.org/")
    with (shared_data / "networks" / "state_owned_ases.csv").open(newline="", encoding="utf-8") as file:
        quotes = [row["quote"] for row in csv.DictReader(file) if row["asn"] == "9198"]
    assert any("52" in quote for quote in quotes)
    assert "52 %" in registered()[9198].owner


def test_minorities_have_a_share_and_stand_behind_majorities() -> None:
    several = facts(35819)[0].owners
    assert (several[0].country, several[0].share, several[0].majority) == ("AE", 27.99, False)
    both = [(owner.country, owner.share, owner.majority) for owner in facts(6713)[0].owners]
    assert both == [("AE", None, True), ("MA", 30.0, False)]


def test_a_network_known_for_its_owner_alone_has_no_country() -> None:
    (only,) = facts(8825)
    assert (only.country, only.addresses, only.share, only.name, only.state_owner) == ("", None, None, "", "KZ")


def test_what_is_not_known_is_empty() -> None:
    assert facts(64500) == ()
    assert networks_of("nowhere") == ()
    assert networks.addresses_of("nowhere") == 0
    nobody = next(one for one in networks_of("KZ") if one.asn == 41798)
    assert (nobody.owners, nobody.state_owner, nobody.state_share) == ((), "", None)


def test_addresses_of_no_known_country_have_no_share() -> None:
    nowhere = networks_of("")
    assert nowhere
    assert {one.share for one in nowhere} == {None}


@pytest.mark.parametrize("country", ["KZ", "IR", "RU", "MM", "ER"])
def test_shares_of_any_country_are_whole(country: str) -> None:
    assert math.isclose(sum(one.share or 0.0 for one in networks_of(country)), 1.0, abs_tol=1e-9)


def test_the_register_by_hand_takes_operators_and_owners_from_theirs() -> None:
    assert registered()[29355] == Network(
        29355,
        "Kcell JSC",
        "Kcell",
        "KZ",
        registered()[29355].roles,
        "Kazakhtelecom group, which took over 75 %",
        (),
        "OONI 2024; Carisimo 2021; Digital Paradigm",
    )
    assert registered()[8200].operator == registered()[8200].owner == ""


def test_origins_and_licences_stand_in_the_files() -> None:
    addresses, owners = networks.origins()
    assert (addresses.as_of, addresses.licence) == ("2026-06", "CC-BY-4.0")
    assert (owners.as_of, owners.licence) == ("2021", "CC-BY-4.0")
    assert "DB-IP" in addresses.source
    assert "Carisimo" in owners.source


def test_the_package_and_its_notice_name_whose_data_it_carries() -> None:
    folder = resources.files("kuager.model").joinpath("data")
    vendor = tomllib.loads(folder.joinpath("VENDOR.toml").read_text("utf-8"))
    parts = [one for one in vendor.values() if isinstance(one, dict)]
    assert {one["file"] for one in parts} == {"networks.parquet", "state-owners.parquet"}
    for one in parts:
        assert one["sha256"] == hashlib.sha256(folder.joinpath(one["file"]).read_bytes()).hexdigest()
    assert {one["licence"] for one in parts} == {"CC-BY-4.0", "CC0-1.0"}
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for name in ("ip-location-db", "https://db-ip.com", "RouteViews", "CC BY 4.0", "CC0 1.0", "Carisimo", "IMC 2021"):
        assert name in notice
