"""A whole year of an operator, played with its clock: demands, shutdowns, notices, a canary, a report, an opening."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import html
from pyrage import x25519
from tests import clocks

from kuager.evidence.private.commitments import read_opening
from kuager.model.time import format_utc, parse_utc

LAW, SECRECY = "Law on Communications, article 41-1", "Law on State Secrets, article 11"
AUTHORITY, OFFICE = "General Prosecutor's Office", "Third Directorate, duty officer"
FIRST_CUT = parse_utc("2026-01-12T06:00Z"), parse_utc("2026-01-13T12:00Z")
SECOND_CUT = parse_utc("2026-05-04T06:00Z"), parse_utc("2026-05-06T06:00Z")
SINCE, UNTIL = parse_utc("2025-12-20"), parse_utc("2026-06-01")


@dataclass(frozen=True)
class Year:
    """The case as the year left it, what commands printed, and the keys of two people who share no roof."""

    folder: Path
    told: dict[str, str]

    @property
    def public(self) -> Path:
        return self.folder / "kcell" / "public"

    def report(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "report" / "report.json").read_text()))


def measured() -> str:
    """Hours of two signals of the country and of the operator's network, which both cuts leave at a fiftieth."""
    random = np.random.default_rng(7)
    lines = ["time,place,signal,value"]
    moment = SINCE
    while moment < UNTIL:
        dark = any(start <= moment < end for start, end in (FIRST_CUT, SECOND_CUT))
        for place in ("KZ", "AS29355"):
            for signal in ("ioda.bgp", "ioda.ping-slash24"):
                value = 1000.0 * (0.02 if dark else 1.0) * (1.0 + 0.01 * random.standard_normal())
                lines.append(f"{format_utc(moment)},{place},{signal},{value:.1f}")
        moment += timedelta(hours=1)
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Everything in the order in which it happened, each command at its own time."""
    folder = tmp_path_factory.mktemp("year")
    keys = [x25519.Identity.generate() for _ in range(2)]
    for number, key in enumerate(keys, start=1):
        (folder / f"key-{number}").write_text(f"{key}\n")
    told: dict[str, str] = {}

    def at(moment: str, *words: str) -> str:
        done = clocks.at(f"{moment}:00", folder, *words)
        assert done.returncode == 0, f"{moment} {words}\n{done.stderr}"
        told[f"{moment} {' '.join(words[:2])}"] = done.stdout + done.stderr
        return done.stdout

    def demanded(moment: str, *words: str) -> str:
        return str(json.loads(at(moment, "demand", "add", "kcell", *words, "--json"))["demand"])

    at("2026-01-02 09:00", "new", "kcell", "--place", "KZ", "--from", "2026-01-01", "--to", "2027-03-31")
    settings = folder / "kcell" / "case.toml"
    languages = re.sub("languages = .*", 'languages = ["en"]', settings.read_text())
    settings.write_text(f"{languages}\n[contributions]\ninterval_hours = 24\nat_once = 4\n")
    at("2026-01-05 09:00", "canary", "sign", "kcell", "--operator", "kcell", "--due", "2026-04-01")
    recipients = [word for key in keys for word in ("--to", str(key.to_public()))]
    of_both = ("--authority", AUTHORITY, "--office", OFFICE, "--legal-basis", LAW, "--kind", "cut", "--place", "KZ")
    gag = ("--gag", "content", "--gag-basis", SECRECY, "--gag-until", "2026-12-31")
    told["gagged"] = demanded(
        "2026-01-12 05:00", *of_both, *recipients, "--received", "2026-01-11T20:00Z", "--decision", "complied", *gag
    )
    said = ("--operator", "kcell", "--effect", "cut", "--place", "KZ", "--service", "all", "--reason", "order")
    withheld = ("--withheld", f"authority={SECRECY}", "--withheld", f"legal_basis={SECRECY}")
    at("2026-01-12 06:10", "notice", "new", "kcell", *said, "--start", "2026-01-12T06:00Z", *withheld)
    at("2026-01-13 12:20", "notice", "end", "kcell", "kcell-2026-01-12", "--end", "2026-01-13T12:00Z")
    identity = ("--identity", "key-1")
    done = ("--executed", "2026-01-12T06:00Z", "--ended", "2026-01-13T12:00Z")
    at("2026-01-14 09:00", "demand", "update", "kcell", told["gagged"], *identity, *done)
    at("2026-03-30 09:00", "canary", "sign", "kcell", "--operator", "kcell", "--due", "2026-07-01")
    told["contested"] = demanded("2026-05-04 05:00", *of_both, "--received", "2026-05-03T10:00Z")
    at("2026-05-04 12:00", "notice", "new", "kcell", *said, "--start", "2026-05-04T06:00Z", "--legal-basis", LAW)
    at("2026-05-06 07:00", "notice", "end", "kcell", "kcell-2026-05-04", "--end", "2026-05-06T06:00Z")
    challenged = (
        "--challenged",
        "2026-05-05",
        "--challenged-where",
        "Almaty city court",
        "--challenge-result",
        "pending",
    )
    done = ("--executed", "2026-05-04T06:00Z", "--ended", "2026-05-06T06:00Z")
    decided = ("--decision", "complied", *challenged)
    at("2026-05-07 09:00", "demand", "update", "kcell", told["contested"], *identity, *done, *decided)
    (folder / "series.csv").write_text(measured())
    at("2026-06-02 09:00", "add", "kcell", "series.csv", "--as", "series")
    at("2026-06-02 09:10", "detect", "kcell")
    block = ("--kind", "block", "--service", "WhatsApp", "--received", "2026-09-01T08:00Z", "--decision", "refused")
    told["refused"] = demanded("2026-09-01 09:00", *of_both[:-4], *block)
    period = ("--operator", "kcell", "--from", "2026-01-01", "--to", "2026-12-31")
    at("2027-01-10 09:00", "transparency-report", "kcell", *period, "--identity", "key-2", "--into", "report")
    at("2027-01-15 09:00", "demand", "update", "kcell", told["gagged"], *identity, "--gag", "none")
    at("2027-01-20 09:00", "demand", "open", "kcell", told["gagged"], "authority", "received", *identity)
    at("2027-01-20 09:10", "publish", "kcell")
    at("2027-01-20 09:20", "bundle", "kcell", "--into", "bundle")
    return Year(folder, told)


def test_totals_of_the_report_equal_the_log(year: Year) -> None:
    totals = {name: one.get("value") for name, one in year.report()["totals"].items()}
    assert totals == {
        "received": 3,
        "complied": 1,
        "partly": 0,
        "refused": 1,
        "pending": 0,
        "gagged": 1,
        "executed": 1,
        "ended": 1,
        "challenged": 1,
    }
    rows = list(csv.DictReader((year.folder / "report" / "report.csv").open()))
    assert sum(int(row["received"]) for row in rows[:-1]) == int(rows[-1]["received"]) == 3
    assert [row["withheld"] for row in rows if row["gagged"] == "1" and row["authority"] != "total"] == [SECRECY]


def test_the_report_lays_demands_beside_what_was_measured(year: Year) -> None:
    compared = year.report()["compared"]
    effects = {row["kind"]: row["effect"] for row in compared["demands"]}
    assert effects == {"cut": "measured", "block": "not-executed"}
    unexplained = {row["episode"] for row in compared["effects_without_a_demand_told_here"]}
    # the gagged demand is not told, and not denied
    assert unexplained == {"kz-2026-01-12-a", "as29355-2026-01-12-a"}
    lags = {row["notice"]: row["minutes_after_start"][0] for row in compared["notices"]}
    assert lags == {"kcell-2026-01-12": 10, "kcell-2026-05-04": 360}


def test_notices_on_time_and_late_have_their_pages(year: Year) -> None:
    def page(name: str) -> str:
        return " ".join(html.parse(year.public / f"en/notice/{name}/index.html").getroot().text_content().split())

    assert "10 min after the start that it named" in page("kcell-2026-01-12")
    assert f"withheld: legal basis {SECRECY}" in page("kcell-2026-01-12")
    assert "6 h after the start that it named" in page("kcell-2026-05-04")
    assert "kz-2026-05-0" in (year.public / "en/notice/kcell-2026-05-04/index.html").read_text()


def test_a_canary_that_was_not_renewed_is_told_by_itself(year: Year) -> None:
    status = " ".join(html.parse(year.public / "en/status/index.html").getroot().text_content().split())
    assert "The next canary of" in status
    assert "Why there is none is not known." in status
    assert "canary" in (year.public / "feeds/en/notices.atom").read_text()


def test_a_field_opens_a_year_later_to_what_was_sealed_then(year: Year) -> None:
    opened: dict[str, object] = {}
    for path in sorted((year.folder / "bundle").rglob("data/disclosures/*.json")):
        opened |= read_opening(path.read_bytes(), bytes.fromhex(path.stem))
    assert opened["authority"] == AUTHORITY
    assert opened["received"] == "2026-01-11T20:00:00Z"
    assert "office" not in opened
    verified = subprocess.run(
        [sys.executable, "-m", "kuager", "verify", "bundle"],
        cwd=year.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(year.folder / "nowhere"), "LANG": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_nothing_sealed_is_in_anything_public(year: Year) -> None:
    """The official's office was never opened; the second authority only by the report; nothing of the log by itself."""
    for folder in (year.public, year.folder / "report", year.folder / "bundle"):
        for path in folder.rglob("*"):
            if path.is_file():
                assert OFFICE.encode() not in path.read_bytes(), path
    for path in (year.folder / "kcell").rglob("*"):
        if path.is_file() and "private" not in path.parts:
            assert OFFICE.encode() not in path.read_bytes(), path


def test_the_clock_of_the_year_went_forward(year: Year) -> None:
    moments = [datetime.fromisoformat(one[:16]) for one in year.told if one[:2] == "20"]
    assert moments == sorted(moments)
