"""``kuager networks``, lists of sites and own operators as a person uses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.playing import settings
from tests.playing.ioda import answer as ioda
from tests.serving import Serving, serving

IRAN = """[[operators]]
id = "mci-ir"
name = { en = "MCI", ru = "Хамрахе Авваль" }
country = "IR"
access = "mobile"
owner = "A company"
owner_since = 2009-09-27
source = "its site"
networks = [{ asn = 197207, since = 2010-01-01, until = 2024-12-31 }, { asn = 64500 }]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The reader's own operators, beside the settings."""
    file = tmp_path / ".config" / "kuager" / "operators.toml"
    file.parent.mkdir(parents=True)
    file.write_text(IRAN)
    return file


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    done = run("networks", *words, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["networks"]
    return found


def test_the_largest_networks_of_a_country(run: Run) -> None:
    done = run("networks", "kz", "--on", "2022-01-05")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    first = next(line for line in lines if line.startswith("AS"))
    assert first.split()[:2] == ["AS9198", "44.7"]
    assert all(word in first for word in ("JSC Kazakhtelecom", "fixed", "Kazakhstan, majority"))
    assert sum(line.startswith("AS") for line in lines) == 25
    assert "182 more networks are not shown" in done.stdout
    assert "unknown" in next(line for line in lines if line.startswith("AS8393"))
    assert "mobile and fixed" in next(line for line in lines if line.startswith("AS21299"))
    assert "Kcell: Kazakhtelecom group, which took over 75 %, since 2018-12-12 (OONI 2024" in done.stdout
    assert "A share of addresses is no share of users" in done.stdout
    assert all(word in done.stdout for word in ("2026-06", "DB-IP", "2021", "Carisimo", "CC-BY-4.0", "2022-01-05"))


def test_json_holds_all_of_them(run: Run) -> None:
    rows = listed(run, "KZ", "--on", "2022-01-05")
    assert len(rows) == 207  # 204 with addresses, and three of Kazakhtelecom without
    shares = [row["share"] for row in rows if row["share"] is not None]
    assert shares == sorted(shares, reverse=True)
    assert [row["network"] for row in rows if row["share"] is None] == ["AS5434", "AS8825", "AS39725"]
    kcell = rows[1]
    assert (kcell["network"], kcell["operator"], kcell["access"]) == ("AS29355", "kcell", "mobile")
    assert (kcell["addresses"], round(kcell["share"], 3)) == (715_008, 0.219)
    assert kcell["owner_since"] == "2018-12-12"
    assert kcell["state_owners"][0]["group"] == "KZ-KAZAKHTELECOM"
    assert {row["access"] for row in rows if row["operator"] is None} == {"unknown"}


def test_an_owner_is_not_told_of_days_before(run: Run) -> None:
    before = {row["network"]: row for row in listed(run, "KZ", "--on", "2018-12-11")}
    assert (before["AS29355"]["owner"], before["AS29355"]["operator"]) == (None, "kcell")


def test_one_network_in_each_country(run: Run) -> None:
    assert [(row["country"], row["addresses"]) for row in listed(run, "AS9198")] == [
        ("KZ", 1_458_176),
        ("NL", 256),
        ("US", 256),
    ]
    told = run("networks", "AS9198").stdout
    assert "< 0.1" in told
    (minority,) = {row["state_owners"][0]["share"] for row in listed(run, "AS35819")}
    assert minority == 0.2799


def test_a_network_of_which_nothing_is_known_claims_nothing(run: Run) -> None:
    (row,) = listed(run, "AS64500")
    assert {name: value for name, value in row.items() if value not in (None, "", [])} == {
        "network": "AS64500",
        "access": "unknown",
    }
    assert "unknown" in run("networks", "AS64500").stdout


def test_own_operators_are_shown_in_the_readers_language_with_their_days(run: Run, own: Path) -> None:
    done = run("networks", "IR", "--on", "2022-01-05", language="ru_RU")
    line = next(line for line in done.stdout.splitlines() if line.startswith("AS197207"))
    assert "Хамрахе" in line
    assert "2010-01-01" in done.stdout
    rows = {row["network"]: row for row in listed(run, "IR", "--on", "2022-01-05")}
    assert (rows["AS197207"]["since"], rows["AS197207"]["until"]) == ("2010-01-01", "2024-12-31")
    assert (rows["AS64500"]["access"], rows["AS64500"]["share"]) == ("mobile", None)
    assert {row["network"]: row for row in listed(run, "IR", "--on", "2025-01-01")}["AS197207"]["operator"] is None


@pytest.mark.parametrize(
    ("words", "code", "clue"),
    [
        (("KZ-75",), 2, "KZ"),
        (("Kazakhstan",), 2, "KZ"),
        (("KZ", "--on", "yesterday"), 2, "2022-01-05"),
        (("BV",), 0, ""),
    ],
)
def test_what_cannot_be_listed_says_why(run: Run, words: tuple[str, ...], code: int, clue: str) -> None:
    done = run("networks", *words)
    assert done.returncode == code, done.stderr
    assert clue in done.stderr
    assert code or "No network of BV" in done.stdout


def test_own_operators_that_are_wrong_are_told(run: Run, own: Path) -> None:
    own.write_text(IRAN.replace("asn = 64500", "asn = 0"))
    done = run("networks", "KZ")
    assert done.returncode == 1
    assert "operators.toml" in done.stderr
    assert "mci-ir" in done.stderr


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(ioda) as state:
        yield state


def test_collecting_asks_about_own_operators(run: Run, own: Path, server: Serving, tmp_path: Path) -> None:
    own.with_name("settings.toml").write_text(settings(server.address))
    run("new", "case", "--place", "IR", "--from", "2022-01-02", "--to", "2022-01-04")
    assert run("collect", "case", "--source", "ioda").returncode == 0
    assert any(one.path.endswith("/asn/197207,64500") for one in server.asked)
    (tmp_path / "case" / "operators.toml").write_text(IRAN.replace("197207", "44244").replace("64500", "64501"))
    assert run("collect", "case", "--source", "ioda").returncode == 0
    assert any(one.path.endswith("/asn/44244,64501") for one in server.asked)
    (tmp_path / "case" / "operators.toml").write_text("operators = 5")
    before = len(server.asked)
    refused = run("collect", "case", "--source", "ioda")
    assert (refused.returncode, len(server.asked)) == (1, before)
    assert "operators.toml" in refused.stderr


def test_a_list_of_sites_becomes_rows_of_the_case(run: Run, shared_data: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-02", "--to", "2022-01-12")
    lists = shared_data / "ooni" / "test-lists"
    done = run("add", "case", lists / "kz.csv", "--as", "site-list")
    assert done.returncode == 0, done.stderr
    assert "Rows of sites: 553" in done.stdout
    again = json.loads(run("add", "case", lists / "global.csv", "--as", "site-list:global", "--json").stdout)
    assert (again["rows"], again["series"], again["remarks"]) == ({"sites": 1_721}, [], [])


def test_a_list_in_a_case_about_several_countries_needs_its_place(run: Run, shared_data: Path) -> None:
    run("new", "case", "--place", "KZ", "--place", "RU", "--from", "2022-01-02", "--to", "2022-01-12")
    file = shared_data / "ooni" / "test-lists" / "ru.csv"
    refused = run("add", "case", file, "--as", "site-list")
    assert refused.returncode == 2
    assert "--place" in refused.stderr
    assert run("add", "case", file, "--as", "site-list", "--place", "RU").returncode == 0
