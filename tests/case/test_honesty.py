"""A case that was tampered with, is stale or damaged says so; what was thrown away is derived again."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from kuager.case.adding import add_bytes, add_file
from kuager.case.detecting import detect_case, standing
from kuager.case.folder import Case, new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.errors import CaseDamaged, CaseError
from kuager.model.time import parse_utc
from kuager.model.words import Level, Stance

SETTINGS = Settings("", ("IR",), parse_utc("2025-12-01"), parse_utc("2026-01-29", end_of_day=True))


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory, iran_export: Path) -> Case:
    made = new_case(tmp_path_factory.mktemp("cases") / "ir", SETTINGS)
    add_file(made, iran_export, "ioda-export", None)
    detect_case(made)
    return made


@pytest.fixture
def case(derived: Case, tmp_path: Path) -> Case:
    shutil.copytree(derived.path, tmp_path / "ir")
    return Case(tmp_path / "ir", SETTINGS)


def test_what_was_thrown_away_is_derived_again(derived: Case, case: Case) -> None:
    for folder in ("observations", "episodes", "evidence/derivations"):
        shutil.rmtree(case.path / folder)
    assert detect_case(case).episodes == standing(derived).episodes


@pytest.mark.parametrize("damage", [b"", b"PAR1 and nothing else"])
def test_a_table_that_was_changed_is_decoded_again(derived: Case, case: Case, damage: bytes) -> None:
    (case.path / "observations" / "ioda.bgp.parquet").write_bytes(damage)
    assert detect_case(case).episodes == standing(derived).episodes


def test_numbers_changed_in_a_table_change_nothing(derived: Case, case: Case) -> None:
    shutil.copy(case.path / "observations/ioda.bgp.parquet", case.path / "observations/ioda.ping-slash24.parquet")
    assert detect_case(case).episodes == standing(derived).episodes


def test_an_episode_that_was_edited_is_refused(case: Case) -> None:
    (path,) = case.episodes.glob("ir-*.json")
    path.write_text(path.read_text().replace('"corroborated"', '"confirmed"'))
    for step in (standing, detect_case, publish_case):
        with pytest.raises(CaseDamaged, match="not what was derived"):
            step(case)
    shutil.rmtree(case.episodes)
    (again,) = detect_case(case).episodes
    assert again.level is Level.CORROBORATED


def test_bytes_that_are_no_longer_those_received_stop_detection(case: Case) -> None:
    (record,) = case.records.all()
    path = case.objects.path(record.digest)
    path.write_bytes(path.read_bytes().replace(b"99.8", b"99.9", 1))
    with pytest.raises(CaseDamaged, match="does not have the bytes"):
        detect_case(case)


def test_what_was_added_since_must_be_detected_before_it_is_told(case: Case) -> None:
    add_bytes(case, b"time,place,signal,value\n2026-01-01T00:00Z,IR,my.own,1\n", "own.csv", "series", None)
    for step in (standing, publish_case):
        with pytest.raises(CaseError, match="has changed since"):
            step(case)
    detect_case(case)
    assert standing(case).episodes


def test_a_file_that_cannot_be_made_part_of_the_tables_is_not_kept(case: Case) -> None:
    (record,) = case.records.all()
    case.objects.path(record.digest).unlink()
    with pytest.raises(CaseDamaged):
        add_bytes(case, b"time,place,signal,value\n2026-01-01T00:00Z,IR,my.own,1\n", "own.csv", "series", None)
    assert case.records.all() == [record]
    assert list(case.objects) == []


def test_overlapping_windows_are_not_spliced_and_not_counted_twice(
    case: Case, iran_export: Path, tmp_path: Path
) -> None:
    rows = list(csv.reader(iran_export.read_text().splitlines()))
    part = [row for row in rows[1:] if "2025-12-20" <= row[0] < "2026-01-14"]
    scaled = [[row[0], *(str(float(cell) * 0.8) if cell else "" for cell in row[1:])] for row in part]
    with (tmp_path / "second.csv").open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *scaled])
    (before,) = detect_case(case).episodes
    add_file(case, tmp_path / "second.csv", "ioda-export", None)
    (after,) = detect_case(case).episodes
    assert len(after.signals) == len(before.signals) == 5
    assert (after.start, after.end, after.phases) == (before.start, before.end, before.phases)
    assert sum(reading.stance is Stance.AGREES for reading in after.signals) == 4
    assert any("spliced" in note.template for note in after.unknowns)
    assert after.version == before.version + 1


def test_a_series_file_that_borrows_a_sources_name_is_named_as_such(tmp_path: Path) -> None:
    hours = [
        f"2022-01-{1 + h // 24:02d}T{h % 24:02d}:00Z,IR,{name},{level * (0.02 if 480 <= h < 500 else 1) + h % 5}"
        for name, level in (("ioda.ping-slash24", 900), ("ioda.gtr", 500))
        for h in range(31 * 24)
    ]
    made = new_case(tmp_path / "c", Settings("", ("IR",), parse_utc("2022-01-01"), parse_utc("2022-02-01")))
    add_bytes(made, "\n".join(["time,place,signal,value", *hours, ""]).encode(), "own.csv", "series", None)
    (one,) = detect_case(made).episodes
    assert any("what they are called" in note.template for note in one.unknowns)


def test_another_place_and_other_times_are_remarked(case: Case, iran_export: Path) -> None:
    remarks = [note.template for note in add_file(case, iran_export, "ioda-export", "TR").remarks]
    assert any("comparison only" in remark for remark in remarks)
    late = b"time,place,signal,value\n2027-01-01T00:00Z,IR,my.own,1\n"
    remarks = [note.template for note in add_bytes(case, late, "own.csv", "series", None).remarks]
    assert any("outside the window" in remark for remark in remarks)
