"""What an operator says of a disruption, through the commands, as a person in a hurry would."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import pytest
from tests import clocks
from tests.cli.conftest import Inside, Run

LAW = "Law on Communications, article 41-1"
SAID = (
    *("--operator", "kcell", "--effect", "cut", "--start", "2026-01-05T10:30Z", "--network", "AS29355"),
    *("--access", "mobile", "--place", "KZ-75", "--service", "all", "--reason", "order", "--legal-basis", LAW),
    *("--withheld", f"authority={LAW}", "--contact", "help@operator.example"),
)


def versions(inside: Inside, name: str) -> list[dict[str, object]]:
    _, told, _ = inside("notice", "show", "status", name, "--json")
    return list(json.loads(told)["versions"])


def test_a_notice_is_said_changed_and_ended(inside: Inside, tmp_path: Path) -> None:
    code, told, err = inside("notice", "new", "status", *SAID)
    assert code == 0, err
    assert "Kcell: no service from 5 January 2026, 10:30 UTC (15:30 Almaty) on." in " ".join(told.split())
    assert f"withheld: legal basis {LAW}" in told
    assert "withheld: no legal basis named" in told  # of the remedy nobody said anything
    assert inside("notice", "update", "status", "kcell-2026-01-05", "--start", "2026-01-05T09:00Z")[0] == 0
    assert inside("notice", "end", "status", "kcell-2026-01-05", "--end", "2026-01-05T20:00Z")[0] == 0
    first, second, third = versions(inside, "kcell-2026-01-05")
    assert (first["start"], second["start"], third["end"]) == (
        "2026-01-05T10:30:00Z",
        "2026-01-05T09:00:00Z",
        "2026-01-05T20:00:00Z",
    )
    assert second["changed"] == ["start"]
    assert third["state"] == "resolved"
    assert (tmp_path / "status" / "public" / "en" / "index.html").is_file()


def test_no_cell_of_the_tables_speaks_python(inside: Inside, tmp_path: Path) -> None:
    said = ("--operator", "kcell", "--effect", "cut", "--start", "2026-01-05T10:30Z")
    assert inside("notice", "new", "status", *said)[0] == 0
    (row,) = csv.DictReader((tmp_path / "status/public/data/conduct/notices.csv").open(newline=""))
    assert (row["withheld"], row["not_known"], row["networks"]) == ("", "", "")


def test_a_draft_lies_ready_and_says_nothing_until_it_is_said(inside: Inside, tmp_path: Path) -> None:
    _, form, _ = inside("notice", "form")
    draft = tmp_path / "draft.toml"
    filled = form.replace('operator = ""', 'operator = "kcell"').replace('effect = ""', 'effect = "slowed"')
    draft.write_text(filled.replace('start = ""', 'start = "unknown"'))
    code, told, err = inside("notice", "new", "status", "draft.toml", "--start", "2026-01-05T10:30Z", "--dry-run")
    assert code == 0, err
    assert "Nothing was sealed or published." in told
    assert not (tmp_path / "status").exists()
    assert inside("notice", "new", "status", "draft.toml", "--start", "2026-01-05T10:30Z")[0] == 0
    assert versions(inside, "kcell-2026-01-05")[0]["effect"] == "slowed"


def test_a_file_may_say_times_as_people_do(inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "said.toml").write_text('operator = "kcell"\nplaces = ["KZ-75"]\nstart = "now"\n')
    assert inside("notice", "new", "status", "said.toml", "--id", "a")[0] == 0
    assert str(versions(inside, "a")[0]["start"]).endswith("Z")


def test_a_version_in_a_file_follows_the_one_that_it_was_made_of(inside: Inside, tmp_path: Path) -> None:
    inside("notice", "new", "status", *SAID)
    _, form, _ = inside("notice", "form", "status", "kcell-2026-01-05")
    assert tomllib.loads(form)["version"] == 2
    (tmp_path / "mine.toml").write_text(form)
    (tmp_path / "theirs.toml").write_text(form.replace("help@operator.example", "112"))
    assert inside("notice", "update", "status", "kcell-2026-01-05", "theirs.toml")[0] == 0
    code, _, err = inside("notice", "update", "status", "kcell-2026-01-05", "mine.toml")
    assert code == 1
    assert "does not follow the newest one, which is 2" in err
    assert "Nothing of yours was sealed, nothing is lost." in err
    assert [one["contact"] for one in versions(inside, "kcell-2026-01-05")] == ["help@operator.example", "112"]


def test_a_notice_is_taken_back_and_stays(inside: Inside) -> None:
    inside("notice", "new", "status", *SAID)
    assert inside("notice", "update", "status", "kcell-2026-01-05", "--withdrawn", "It was a drill.")[0] == 0
    first, second = versions(inside, "kcell-2026-01-05")
    assert (first["status"], second["status"]) == ("supported", "withdrawn")
    assert isinstance(second["text"], dict)
    assert second["text"]["en"] == "Kcell takes this notice back."
    code, _, err = inside("notice", "end", "status", "kcell-2026-01-05", "--end", "now")
    assert code == 2
    assert "was taken back, so that nothing more is said in it." in err
    assert len(versions(inside, "kcell-2026-01-05")) == 2


def test_an_operator_may_say_why_in_its_own_words(inside: Inside) -> None:
    assert inside("notice", "new", "status", *SAID, "--id", "why", "--remedy", "Money back, due to the outage")[0] == 0


def test_what_is_withheld_is_told_in_no_other_field(inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "said.toml").write_text('operator = "kcell"\nreason = "order"\nreason_told = "the committee wrote"\n')
    assert inside("notice", "new", "status", "said.toml", "--id", "a", "--withheld", f"reason={LAW}")[0] == 0
    everything = [one for one in (tmp_path / "status" / "public").rglob("*") if one.is_file()]
    assert any(LAW.encode() in one.read_bytes() for one in everything)
    assert [one for one in everything if b"the committee wrote" in one.read_bytes()] == []


def test_one_that_is_over_already_is_said_at_once(inside: Inside) -> None:
    over = ("--operator", "kcell", "--start", "2026-01-05T10:30Z", "--end", "2026-01-05T12:00Z", "--id", "a")
    assert inside("notice", "new", "status", *over)[0] == 0
    assert versions(inside, "a")[0]["state"] == "resolved"


@pytest.mark.parametrize(
    ("moment", "told", "start"),
    [
        ("2026-01-05 12:00:00", ("--start", "14:30"), "2026-01-05T09:30:00Z"),  # its country's clocks
        ("2026-01-05 12:00:00", ("--start", "14:30", "--place", "KZ-75"), "2026-01-05T09:30:00Z"),
        ("2026-01-05 19:10:00", ("--start", "0:05", "--place", "KZ"), "2026-01-05T19:05:00Z"),  # the 6th there
    ],
)
def test_a_time_of_day_is_by_the_clocks_there(tmp_path: Path, moment: str, told: tuple[str, ...], start: str) -> None:
    done = clocks.at(moment, tmp_path, "notice", "new", "status", "--operator", "kcell", *told, "--dry-run", "--json")
    assert json.loads(done.stdout)["start"] == start


def test_shortly_after_midnight_the_evening_before_is_not_taken_for_the_one_to_come(tmp_path: Path) -> None:
    said = ("notice", "new", "status", "--operator", "kcell", "--start", "23:50")
    done = clocks.at("2026-01-05 19:10:00", tmp_path, *said)
    assert done.returncode == 2
    assert "By the clocks there it is not 23:50 yet today." in done.stderr
    assert "Write the day as well: 2026-01-05T23:50+05:00." in done.stderr
    assert not (tmp_path / "status").exists()


def test_an_empty_folder_with_an_operator_of_ones_own_becomes_a_case(inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "operators.toml").write_text(
        '[[operators]]\nid = "far-mobile"\nname = { en = "Far Mobile" }\ncountry = "KG"\naccess = "mobile"\n'
        'source = "ourselves"\nnetworks = [{ asn = 64500 }]\n'
    )
    said = ("--operator", "far-mobile", "--effect", "cut", "--network", "AS64500", "--start", "now")
    code, told, err = inside("notice", "new", "own", *said)
    assert code == 0, err
    assert "Far Mobile" in told
    assert 'places = ["KG"]' in (tmp_path / "own" / "case.toml").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--operator", "nobody"), "Nobody knows the operator “nobody”."),
        (("--operator", "kcell", "--network", "AS9198"), "AS9198 is not known as a network of kcell."),
        (("--operator", "kcell", "--network", "ASX"), "ASX"),
        (("--operator", "kcell", "--place", "XX"), "XX"),
        (("--operator", "kcell", "--start", "tomorrow"), "“tomorrow” is not a date or a time with its zone."),
        (("--operator", "kcell", "--withheld", "colour=x"), "“colour” is no fact of a notice."),
        (("--operator", "kcell", "--effect", "exploded"), "They are: cut, slowed, blocked."),
        (("--operator", "kcell", "--place", "AS9198"), "AS9198 is not known as a network of kcell."),
        (("--operator", "kcell", "--start", "2026-02-30"), "as its start."),
        (("--operator", "kcell", "--start", "9999-12-31"), "as its start."),
        (("--operator", "kcell", "--start", "9999-12-31T23:59Z"), "as its start."),
        (("--operator", "kcell", "--contact", " "), "as its contact."),
        (("--operator", "kcell", "--contact", "\udcff"), "as its contact."),
        (("--operator", "kcell", "--service", ""), "as its services."),
        (("--operator", "kcell", "--end", "2999-01-01T00:00Z"), "Nobody can have seen what had not happened yet"),
        (("--operator", "kcell", "--state", "resolved"), "A notice that is over needs its end."),
        ((), "It is not said whose notice this is."),
        (("--operator", "kcell", "--contact", "x\x1b[31m"), "as its contact."),
        (("--operator", "kcell", "--authority", "a" * 5000), "A text has at most 4000 signs."),
        (("--operator", "kcell", "--id", "../../etc"), "The notice cannot have “../../etc” as its id."),
        (("--operator", "kcell", "--remedy", " "), "as its remedy."),
        (("--operator", "kcell", "--start", "0001-01-01"), "as its start."),
    ],
)
def test_what_cannot_be_said_leaves_nothing_behind(
    inside: Inside, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    code, told, err = inside("notice", "new", "status", *words)
    assert code in (1, 2)
    assert sentence in err
    assert told == ""
    assert not (tmp_path / "status").exists()


def test_no_two_are_told_apart_by_large_letters_alone(inside: Inside) -> None:
    """Disks on which pages are carried about may take both for one."""
    assert inside("notice", "new", "status", *SAID, "--id", "cut-1")[0] == 0
    code, _, err = inside("notice", "new", "status", *SAID, "--id", "Cut-1")
    assert code == 2
    assert "“Cut-1” is the name of another row of this case." in err


def test_what_looks_like_markup_is_shown_as_it_was_said(inside: Inside, tmp_path: Path) -> None:
    assert inside("notice", "new", "status", *SAID, "--id", "markup", "--remedy", "<script>alert(1)</script>")[0] == 0
    page = (tmp_path / "status" / "public" / "en" / "notice" / "markup" / "index.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('operator = "kcell"\nstart = 2026-01-05T10:30:00\n', "is not a date or a time with its zone"),
        ('operator = "kcell"\nwithheld = "x"\n', "What is withheld is a table of facts"),
        ("operator = 5\n", "The notice cannot be read"),
        ('operator = "kcell"\nlanguage = 5\n', "as its language is none"),
        ('operator = "kcell"\ncolour = "red"\n', "A notice has no “colour”."),
        ('operator = "kcell', "is neither TOML nor JSON"),
        ('operator = "kcell"\nlanguage = ["en"]\nremedy = "x"\n', "gives as its language is none"),
        ('operator = "kcell"\nplaces = 5\nstart = "0:00"\n', "The notice cannot be read"),
        ('operator = "kcell"\nversion = 99999999999999999999\n', "as its version."),
        ('{"operator": "kcell", "contact": "\\ud800"}', "as its contact."),
    ],
)
def test_a_file_that_is_no_notice_is_refused(inside: Inside, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "said.toml").write_text(text)
    code, told, err = inside("notice", "new", "status", "said.toml")
    assert code in (1, 2)
    assert sentence in err
    assert told == ""
    assert not (tmp_path / "status").exists()


def test_no_file_of_rows_brings_a_notice_along(inside: Inside, tmp_path: Path) -> None:
    inside("notice", "new", "status", *SAID)
    rows = '[[notices]]\nid = "z"\ntext = "a"\noperator = "kcell"\nstate = "identified"\neffect = "cut"\n'
    (tmp_path / "rows.toml").write_text(rows)
    code, _, err = inside("add", "status", "rows.toml", "--as", "register")
    assert code == 2
    assert "An operator says it: kuager notice new CASE FILE." in err


def test_it_cannot_end_before_it_begins(inside: Inside) -> None:
    inside("notice", "new", "status", *SAID)
    code, _, err = inside("notice", "end", "status", "kcell-2026-01-05", "--end", "2026-01-04T10:00Z")
    assert code == 2
    assert "The notice would end (2026-01-04T10:00:00Z) before it begins (2026-01-05T10:30:00Z)." in err
    assert len(versions(inside, "kcell-2026-01-05")) == 1


def test_a_clock_that_was_set_back_says_nothing(run: Run, tmp_path: Path) -> None:
    assert run("notice", "new", "status", *SAID).returncode == 0
    ended = ("notice", "end", "status", "kcell-2026-01-05", "--end", "now")
    done = clocks.at("2026-01-05 12:00:00", tmp_path, *ended)
    assert done.returncode == 1
    assert "is behind the last entry of the log" in done.stderr
    assert "nothing is lost" in done.stderr
    assert len(json.loads(run("notice", "show", "status", "kcell-2026-01-05", "--json").stdout)["versions"]) == 1
