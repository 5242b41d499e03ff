"""``kuager court-pack``, and ``kuager verify`` on what it wrote: what they print, and how they exit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.case.two_signals import BACK, CUT, LATER, series, small_case
from tests.cli.conftest import Inside

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import open_case
from kuager.model.time import parse_utc

ID = "kz-2022-01-12-a"
EARLIER = parse_utc("2022-01-08T06:00Z"), parse_utc("2022-01-09T06:00Z")


def case_with(folder: Path, *cuts: tuple[object, object]) -> Path:
    """A case of drawn series that fall as often as is said."""
    case = small_case(folder / "kz", ("en", "ru"))
    add_bytes(open_case(case.path), series(*cuts), "series.csv", "series", None)  # type: ignore[arg-type]
    detect_case(open_case(case.path))
    return case.path


@pytest.fixture
def made(tmp_path: Path, inside: Inside) -> Path:
    """A pack, made by the command."""
    case_with(tmp_path, (CUT, BACK))
    code, told, wrong = inside("court-pack", "kz", "--preset", "expert", "--into", "pack")
    assert (code, wrong) == (0, ""), wrong
    assert f"about the episode {ID}" in told
    assert "Check it: kuager verify pack --rederive" in told
    return tmp_path / "pack"


def test_one_command_checks_the_pack_and_makes_it_again(made: Path, inside: Inside) -> None:
    shutil.rmtree(made.parent / "kz")
    code, told, _ = inside("verify", made, "--rederive")
    assert code == 0
    for file in ("pack.html", "exhibits.csv", "chronology.csv", "datapackage.json"):
        assert f"{file} comes out the same, byte for byte" in told
    assert f"{ID} comes out the same when it is derived again" in told
    assert "Nothing is wrong with what was checked." in told


def test_without_deriving_again_it_says_that_this_was_not_done(made: Path, inside: Inside) -> None:
    code, told, _ = inside("verify", made)
    assert code == 0
    assert "Whether the pages follow from the bundle was not checked" in told


def test_a_program_reads_what_was_written(tmp_path: Path, inside: Inside) -> None:
    case_with(tmp_path, (CUT, BACK))
    code, told, _ = inside("court-pack", "kz", "--preset", "expert", "--json")
    written = json.loads(told)
    assert code == 0
    assert (written["path"], written["episode"], written["withheld"]) == ("kz-expert-pack", ID, [])
    assert set(written["fingerprints"]) == {"log", "custodian"}


def test_a_program_reads_what_was_found(made: Path, inside: Inside) -> None:
    code, told, _ = inside("verify", made, "--rederive", "--json")
    found = json.loads(told)
    assert (code, found["wrong"]) == (0, False)
    assert {one["subject"] for one in found["findings"]} >= {"The pack", "Files", "Custody", "Derived again"}


def test_a_changed_pack_ends_with_three_and_names_the_file(made: Path, inside: Inside) -> None:
    page = made / "pack.html"
    page.write_text(page.read_text("utf-8").replace("agree", "agreed", 1), "utf-8")
    code, told, _ = inside("verify", made, "--rederive")
    assert code == 3
    assert "pack.html: This file has other bytes than the list says." in told
    assert "Do not rely on this bundle" in told


def test_a_list_that_is_gone_is_told(made: Path, inside: Inside) -> None:
    (made / "MANIFEST.sha256").unlink()
    code, told, _ = inside("verify", made)
    assert code == 3
    assert "MANIFEST.sha256 is missing" in told


def test_what_is_neither_a_pack_nor_a_bundle_is_told(tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "photos").mkdir()
    code, told, _ = inside("verify", "photos", "--rederive")
    assert code == 3
    assert "bagit.txt" in told


def test_with_several_episodes_one_has_to_be_named(tmp_path: Path, inside: Inside) -> None:
    case_with(tmp_path, EARLIER, (CUT, LATER))
    code, _, wrong = inside("court-pack", "kz", "--preset", "civil")
    assert code == 2
    assert "Name one with --episode" in wrong
    code, told, _ = inside("court-pack", "kz", "--preset", "civil", "--episode", ID)
    assert code == 0
    assert f"{ID}-civil-pack" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--preset", "tabloid"), "Choose from constitutional, human-rights, civil, expert."),
        (("--preset", "expert", "--episode", "kz-1999-01-01-a"), f"Choose from {ID}."),
        (("--preset", "expert", "--language", "kk"), "Choose from en, ru."),
        (("--preset", "expert", "--into", "kz"), "A pack is never written over"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(words: tuple[str, ...], says: str, tmp_path: Path, inside: Inside) -> None:
    case_with(tmp_path, (CUT, BACK))
    code, _, wrong = inside("court-pack", "kz", *words)
    assert code == 2
    assert says in wrong
    assert {path.name for path in tmp_path.iterdir()} == {"kz", ".config"}


def test_each_version_of_a_notice_has_its_line_and_its_exhibit(tmp_path: Path, inside: Inside) -> None:
    case_with(tmp_path, (CUT, BACK))
    said = ("--operator", "kcell", "--effect", "cut", "--start", "2022-01-12T06:00Z", "--id", "dark")
    code, _, wrong = inside("notice", "new", "kz", *said)
    assert code == 0, wrong
    code, _, wrong = inside("court-pack", "kz", "--preset", "civil", "--into", "pack")
    assert code == 0, wrong
    chronology = (tmp_path / "pack" / "chronology.csv").read_text("utf-8")
    (line,) = [line for line in chronology.splitlines() if "version 1 of its notice dark" in line]
    exhibit = line.rpartition(",")[2]
    exhibits = (tmp_path / "pack" / "exhibits.csv").read_text("utf-8")
    assert any(row.startswith(f"{exhibit},own-words,") for row in exhibits.splitlines())
    code, told, _ = inside("verify", "pack", "--rederive")
    assert code == 0, told
