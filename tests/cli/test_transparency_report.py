"""The yearly report through its command: from the sealed log to files that add up, and the check of any report."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from lxml import html
from pyrage import x25519
from tests.cli.conftest import Inside

LAW, SECRECY = "Law on Communications, article 41-1", "Law on State Secrets, article 11"
PERIOD = ("--operator", "kcell", "--from", "2026-01-01", "--to", "2026-06-30")


@pytest.fixture
def log(inside: Inside, tmp_path: Path) -> Inside:
    """A log of three demands: one complied with, one gagged, one of which not even the existence may be told."""
    keys = [x25519.Identity.generate() for _ in range(2)]
    (tmp_path / "key").write_text(f"{keys[0]}\n")
    recipients = [word for key in keys for word in ("--to", str(key.to_public()))]
    assert inside("new", "kz", "--place", "KZ", "--from", "2026-01-01", "--to", "2026-12-31")[0] == 0
    of_all = ("demand", "add", "kz", "--authority", "Prosecutor", "--kind", "cut", "--place", "KZ-75")
    said = ("--received", "2026-03-01T09:00Z", "--decision", "complied", "--executed", "2026-03-01T10:00Z")
    assert inside(*of_all, *recipients, *said, "--legal-basis", LAW)[0] == 0
    for gag in ("content", "existence"):
        assert inside(*of_all, "--received", "2026-04-01", "--gag", gag, "--gag-basis", SECRECY)[0] == 0
    notice = ("--operator", "kcell", "--effect", "cut", "--start", "2026-03-01T10:00Z")
    assert inside("notice", "new", "kz", *notice)[0] == 0
    return inside


def test_totals_equal_the_log_and_every_language_has_its_page(log: Inside, tmp_path: Path) -> None:
    code, told, err = log("transparency-report", "kz", *PERIOD, "--identity", "key", "--into", "out")
    assert code == 0, err
    assert (
        "Only for you: the log holds 3 demands; 2 are counted, 0 are of other times, 1 may not even be counted." in told
    )
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    numbers = {name: one["value"] for name, one in record["totals"].items()}
    assert (numbers["received"], numbers["complied"], numbers["gagged"], numbers["executed"]) == (2, 1, 1, 1)
    for language in ("en", "ru", "kk"):
        page = html.parse(tmp_path / "out" / f"report.{language}.html").getroot()
        assert page.get("lang") == language
        assert "Prosecutor" in page.text_content()
    sums = (tmp_path / "out" / "SHA256SUMS").read_text().splitlines()
    for line in sums:
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    assert len(sums) == len(list((tmp_path / "out").iterdir())) - 1


def test_what_may_not_be_told_is_in_no_file(log: Inside, tmp_path: Path) -> None:
    log("transparency-report", "kz", *PERIOD, "--identity", "key", "--into", "out", "--withhold", f"complied={LAW}")
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    assert record["totals"]["complied"] == {"withheld": LAW}
    assert record["totals"]["refused"] == {"withheld": LAW, "follows": True}
    assert record["rows"] == []
    assert record["compared"]["demands"] == []
    for path in (tmp_path / "out").iterdir():
        assert b"Prosecutor" not in path.read_bytes(), path
    assert f"withheld: legal basis {LAW}" in (tmp_path / "out" / "report.en.html").read_text()


def test_the_report_of_a_quiet_time_says_so(log: Inside, tmp_path: Path) -> None:
    quiet = ("--operator", "kcell", "--from", "2025-01-01", "--to", "2025-12-31")
    code, _, err = log("transparency-report", "kz", *quiet, "--identity", "key", "--into", "out")
    assert code == 0, err
    text = html.parse(tmp_path / "out" / "report.en.html").getroot().text_content()
    assert "No demand of which this report may tell was received." in text
    assert "Demands whose very existence may not be told would be in no number here." in text


def test_a_published_report_is_checked_and_a_wrong_sum_is_found(log: Inside, tmp_path: Path) -> None:
    log("transparency-report", "kz", *PERIOD, "--identity", "key", "--into", "out")
    code, told, _ = log("transparency-report", "--check", "out/report.json")
    assert code == 0
    assert "○ The report does not tell what these elements ask for: F10.1" in told
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    record["totals"]["complied"]["value"] = 2
    (tmp_path / "wrong.json").write_text(json.dumps(record))
    code, told, _ = log("transparency-report", "--check", "wrong.json")
    assert code == 3
    assert "✗ The rows sum up to the total: complied" in told


def test_a_policy_that_cites_its_page_serves_its_element(log: Inside, tmp_path: Path) -> None:
    (tmp_path / "policy.html").write_text("<p>We tell users.")
    said = ("by=Kcell", "text=How we handle demands", "kind=policy", "published=2025-01-01", "source_class=company")
    meta = [word for one in (*said, "id=page") for word in ("--meta", one)]
    assert log("add", "kz", "policy.html", "--as", "document", *meta)[0] == 0
    rows = '[[policies]]\nid = "p"\ntext = "We tell users by SMS."\nsources = ["page"]\noperator = "kcell"\n'
    (tmp_path / "rows.toml").write_text(f'{rows}element = "F10.5"\nsince = 2025\n')
    assert log("add", "kz", "rows.toml", "--as", "register")[0] == 0
    assert log("transparency-report", "kz", *PERIOD, "--identity", "key", "--into", "out")[0] == 0
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    assert {one["element"]: one["serves"] for one in record["f10"]}["F10.5"] == "told"
    assert "We tell users by SMS." in (tmp_path / "out" / "report.en.html").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--operator", "nobody", "--from", "2026-01-01", "--to", "2026-06-30"), "Nobody knows the operator “nobody”."),
        (("--operator", "kcell", "--from", "2026-07-01", "--to", "2026-06-30"), "before it begins"),
        (("--operator", "kcell", "--from", "1 July", "--to", "2026-06-30"), "“1 July” is no day."),
        ((*PERIOD, "--withhold", "colour=law"), "A report has no number “colour”."),
        ((*PERIOD, "--withhold", "received"), "It is not said by which law the number “received” is withheld."),
    ],
)
def test_what_cannot_be_reported_is_said_and_nothing_is_written(
    log: Inside, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    code, _, err = log("transparency-report", "kz", *words, "--identity", "key", "--into", "out")
    assert code in (1, 2)
    assert sentence in err
    assert not (tmp_path / "out").exists()


def test_with_another_key_no_total_is_claimed(log: Inside, tmp_path: Path) -> None:
    (tmp_path / "other").write_text(f"{x25519.Identity.generate()}\n")
    code, _, err = log("transparency-report", "kz", *PERIOD, "--identity", "other", "--into", "out")
    assert code == 1
    assert "3 entries of the log of demands cannot be read" in err
    assert not (tmp_path / "out").exists()
