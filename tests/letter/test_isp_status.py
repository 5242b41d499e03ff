"""L42: a page on which an operator says when service was cut, how it stands, and when it came back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from lxml import html
from tests import clocks

LAW = "Law on Communications, article 41-1"
NAME = "kcell-2026-01-05"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What three commands made public: cut, a start that was moved, and that it is back; each at its own time."""
    folder = tmp_path_factory.mktemp("status")

    def at(moment: str, *words: str) -> None:
        done = clocks.at(moment, folder, "notice", *words)
        assert done.returncode == 0, done.stderr

    said = ("--operator", "kcell", "--effect", "cut", "--start", "2026-01-05T10:30Z", "--place", "KZ-75")
    at("2026-01-05 10:42:00", "new", "kz", *said, "--reason", "order", "--withheld", f"authority={LAW}")
    at("2026-01-05 12:00:00", "update", "kz", NAME, "--start", "2026-01-05T09:00Z", "--state", "identified")
    at("2026-01-05 20:30:00", "end", "kz", NAME, "--end", "2026-01-05T20:10Z")
    return folder / "kz" / "public"


def incidents(public: Path) -> list[dict[str, object]]:
    return list(json.loads((public / "feeds/notices/incidents.json").read_text())["incidents"])


def test_l42_states_are_those_of_statuspage(public: Path) -> None:
    (one,) = incidents(public)
    updates = one["incident_updates"]
    assert isinstance(updates, list)
    assert [update["status"] for update in updates] == ["resolved", "identified", "identified"]
    assert one["status"] == "resolved"


def test_l42_an_edit_of_the_past_is_visible(public: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((public / "data/conduct/notice-versions.csv").read_text())))
    assert [(row["said"][:16], row["start"], row["changed"]) for row in rows] == [
        ("2026-01-05T10:42", "2026-01-05T10:30:00Z", ""),
        ("2026-01-05T12:00", "2026-01-05T09:00:00Z", "start"),
        ("2026-01-05T20:30", "2026-01-05T09:00:00Z", "state end"),
    ]
    (row,) = csv.DictReader(io.StringIO((public / "data/conduct/notices.csv").read_text()))
    assert (row["places"], row["networks"], row["sources"]) == ("KZ-75", "", "")
    assert json.loads(row["withheld"]) == [{"fact": "authority", "basis": LAW}]
    page = " ".join(html.parse(public / f"en/notice/{NAME}/index.html").getroot().text_content().split())
    assert "its start had been told as 5 January 2026, 10:30 UTC" in page
    assert "since then as 5 January 2026, 09:00 UTC" in page


@pytest.mark.parametrize(("language", "word"), [("en", "there was no service from"), ("ru", "Kcell"), ("kk", "Kcell")])
def test_l42_when_it_was_cut_how_it_stands_and_when_it_came_back(public: Path, language: str, word: str) -> None:
    page = " ".join(html.parse(public / language / "status/index.html").getroot().text_content().split())
    assert word in page
    assert "09:00" in page
    assert "20:10" in page
    message = (public / language / "notice" / NAME / "sms.txt").read_text()
    assert "05.01 14:00" in message  # by the clocks of Almaty
    assert "06.01 01:10" in message


def test_l42_what_may_not_be_told_is_said_with_its_law(public: Path) -> None:
    page = " ".join(html.parse(public / f"en/notice/{NAME}/index.html").getroot().text_content().split())
    assert f"withheld: legal basis {LAW}" in page
