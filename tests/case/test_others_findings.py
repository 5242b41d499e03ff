"""What others found is shown as theirs, once, on their terms, and never makes an episode."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, new_case
from kuager.case.opinions import opinions_of
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.errors import CaseError
from kuager.model.time import parse_utc

STOP = (Path(__file__).parents[1] / "sources" / "recorded" / "stop" / "newest.csv").read_bytes()


def _case(folder: Path, place: str, first: str, last: str) -> Case:
    made = new_case(folder / "case", Settings("", (place,), parse_utc(first), parse_utc(last, end_of_day=True)))
    add_bytes(made, STOP, "stop.csv", "stop", None)
    return made


def _published(case: Case) -> tuple[str, list[dict[str, str]]]:
    assert detect_case(case).episodes == ()
    publish_case(case)
    rows = csv.DictReader(io.StringIO((case.public / "data" / "opinions.csv").read_text()))
    return (case.public / "en" / "index.html").read_text(), list(rows)


def test_a_record_of_the_register_is_shown_by_its_days(tmp_path: Path) -> None:
    page, rows = _published(_case(tmp_path, "KZ", "2022-01-02", "2022-01-12"))
    assert "What others found" in page
    assert "4–11\N{NO-BREAK SPACE}Jan\N{NO-BREAK SPACE}2022" in page
    assert "Shutdown, Throttle; several regions" in page
    assert "No episode was found" in page
    (row,) = rows
    assert (row["source"], row["place"], row["cause"]) == ("stop", "KZ", "Protests")
    assert (row["start"], row["end"]) == ("2022-01-04T00:00:00Z", "2022-01-12T00:00:00Z")


def test_a_case_goes_on_after_a_file_without_series(tmp_path: Path) -> None:
    case = _case(tmp_path, "KZ", "2022-01-02", "2022-01-12")
    series = "time,place,signal,value\n" + "".join(f"2022-01-{day:02d}T00:00Z,KZ,own.a,{day}\n" for day in range(2, 12))
    add_bytes(case, series.encode(), "own.csv", "series", None)
    detect_case(case)
    add_bytes(case, STOP.replace(b"Protests", b"Conflict"), "newer.csv", "stop", None)
    with pytest.raises(CaseError):
        standing(case)
    detect_case(case)
    assert standing(case).episodes == ()


def test_a_finding_without_an_end_does_not_claim_that_it_lasts(tmp_path: Path) -> None:
    page, rows = _published(_case(tmp_path, "MM", "2024-01-01", "2024-01-10"))
    assert "no end given" in page
    assert [row["end"] for row in rows] == [""]
    assert rows[0]["statement"].endswith("Ongoing")


def test_one_finding_in_two_files_is_one(tmp_path: Path) -> None:
    case = _case(tmp_path, "KZ", "2022-01-02", "2022-01-12")
    add_bytes(case, STOP.replace(b"Protests", b"Conflict"), "newer.csv", "stop", None)
    (found,) = opinions_of(case)
    assert found.cause == "Conflict"


@pytest.mark.parametrize(
    ("place", "first", "last"), [("KZ", "2022-02-01", "2022-02-10"), ("UZ", "2022-01-02", "2022-01-12")]
)
def test_other_times_and_places_are_left_out(tmp_path: Path, place: str, first: str, last: str) -> None:
    case = _case(tmp_path, place, first, last)
    assert opinions_of(case) == ()
    detect_case(case)
    publish_case(case)
    assert "What others found" not in (case.public / "en" / "index.html").read_text()
