"""Measurements of a case become verdicts, verdicts become phases and episodes, and no blackout counts twice."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.case.kazakh_measurements import (
    BACK,
    BLOCKED,
    BLOCKED_FROM,
    CUT,
    NETWORKS,
    PROBE,
    SLOWED,
    START,
    case_of,
    web,
)

from kuager.case.adding import add_bytes
from kuager.case.detecting import Detected, detect_case, standing
from kuager.case.folder import Case, new_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Settings
from kuager.case.verdicts import lists_of_flagged, up_to_date_verdicts, verdicts
from kuager.model.episodes import Episode, Phase
from kuager.model.words import EpisodeKind, Level, PhaseKind
from kuager.publications.records.episode import case_record


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Detected]:
    case = case_of(tmp_path_factory.mktemp("cut") / "kz", cut=True)
    return case, detect_case(case)


@pytest.fixture(scope="module")
def blocked_only(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Detected]:
    case = case_of(tmp_path_factory.mktemp("blocked") / "kz", cut=False)
    return case, detect_case(case)


def phases(episode: Episode, kind: PhaseKind) -> list[Phase]:
    return [phase for phase in episode.phases if phase.kind is kind]


def test_blocking_before_a_cut_and_after_it_are_phases_and_nothing_counts_twice_inside(
    cut: tuple[Case, Detected],
) -> None:
    (episode,) = cut[1].episodes
    (blackout,) = phases(episode, PhaseKind.BLACKOUT)
    assert episode.phases[0] == blackout
    assert blackout.end is not None
    before, after = phases(episode, PhaseKind.BLOCKING)
    for phase in (before, after):
        assert phase.services == BLOCKED
        assert phase.networks == tuple(sorted(NETWORKS))
    assert abs(before.start - BLOCKED_FROM) < timedelta(days=1)
    assert before.end == blackout.start
    assert blackout.end <= after.start < BACK + timedelta(days=1)
    assert after.end is None
    (slow,) = phases(episode, PhaseKind.THROTTLING)
    assert slow.networks == (SLOWED,)
    assert slow.end == blackout.start
    assert all(row.residual for row in episode.blocked)
    assert episode.level is Level.CORROBORATED  # by the series; blocking adds nothing to it
    assert sum("went on" in note.template for note in episode.reasons) == 1


def test_where_nothing_wider_happened_they_are_episodes_of_one_source(blocked_only: tuple[Case, Detected]) -> None:
    by_kind = {one.kind: one for one in blocked_only[1].episodes}
    assert set(by_kind) == {EpisodeKind.BLOCKING, EpisodeKind.THROTTLING}
    blocking, throttling = by_kind[EpisodeKind.BLOCKING], by_kind[EpisodeKind.THROTTLING]
    for episode in (blocking, throttling):
        assert re.fullmatch(r"kz-2022-01-0[123]-[ab]", episode.id)
        assert episode.level is Level.SIGNAL
        assert len(episode.phases) == 1
    assert blocking.ongoing
    assert blocking.start_earliest <= BLOCKED_FROM <= blocking.start_latest
    assert {row.service for row in blocking.blocked} == set(BLOCKED)
    assert {row.layer for row in blocking.blocked} == {"tls"}
    assert {row.methods for row in blocking.blocked} == {("tls.timeout",)}
    assert throttling.end is not None
    assert throttling.end < CUT + timedelta(days=1)


def test_a_case_of_such_measurements_opens_and_says_it_in_json(blocked_only: tuple[Case, Detected]) -> None:
    case, found = blocked_only
    record = json.loads(json.dumps(case_record(case.name, standing(case).episodes)))
    assert [one["id"] for one in record["episodes"]] == [one.id for one in found.episodes]
    phase = record["episodes"][0]["phases"][0]
    assert phase["services"] == list(BLOCKED)
    assert phase["networks"] == sorted(NETWORKS)
    assert len(record["episodes"][0]["blocked"]) == len(BLOCKED) * len(NETWORKS)


def test_nothing_is_done_twice_and_what_was_damaged_is_made_again(tmp_path: Path) -> None:
    case = small(tmp_path)
    detect_case(case)
    (path,) = (case.path / "observations" / "_verdicts").glob("*.parquet")
    before, made = up_to_date_verdicts(case), path.stat().st_mtime_ns
    assert detect_case(case).new == ()
    assert path.stat().st_mtime_ns == made
    for spoil in (path.unlink, lambda: path.write_bytes(b"PAR1 no table PAR1")):
        spoil()
        assert detect_case(case).new == ()
        assert up_to_date_verdicts(case) == before
    (path.parent / f"{'0' * 64}.parquet").write_bytes(path.read_bytes())
    up_to_date_verdicts(case)
    assert list(path.parent.glob("*.parquet")) == [path]


def test_a_measurement_that_came_twice_counts_once_and_lists_of_flagged_ones_not_at_all(tmp_path: Path) -> None:
    case = small(tmp_path)
    first = web(START, NETWORKS[0], "orda.kz", 1, blocked=True)  # of the small file
    listed = {
        "measurement_uid": first["measurement_uid"],
        "measurement_start_time": f"{START:%Y-%m-%dT%H:%M:%SZ}",
        "test_name": "web_connectivity",
        "probe_cc": "KZ",
        "probe_asn": NETWORKS[0],
        "input": "https://orda.kz/",
        "anomaly": True,
        "confirmed": False,
        "failure": False,
        "scores": {"blocking_general": 1.0},
    }
    other = {**listed, "measurement_uid": None, "anomaly": False}
    answer = {"metadata": {"count": 2, "next_url": None}}
    for rows in ([listed], [listed, other]):
        add_bytes(case, json.dumps({**answer, "results": rows}).encode(), "list.json", "ooni-api", "KZ")
    up_to_date_verdicts(case)
    found = verdicts(case)
    assert lists_of_flagged(case) == 1
    assert found.num_rows == 8 + 1  # the small file, and the row without a name
    strong = [row for row in found.to_pylist() if row["uid"] == first["measurement_uid"]]
    assert [(row["layer"], row["method"]) for row in strong] == [("tls", "tls.timeout")]


def test_nothing_of_a_probe_is_kept_or_published(blocked_only: tuple[Case, Detected]) -> None:
    case, _ = blocked_only
    publish_case(case)
    folders = (case.public, case.episodes, case.path / "observations", case.path / "evidence" / "derivations")
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        data = file.read_bytes()
        assert PROBE.encode() not in data, file
        assert b"0123456789abcdef_" not in data, file
    assert (case.public / "data" / "blocking.csv").read_text().count("\n") == 1 + len(BLOCKED) * len(NETWORKS)
    assert (case.public / "data" / "throttling.csv").exists()


def test_two_measurements_make_no_episode(tmp_path: Path) -> None:
    case = new_case(tmp_path / "kz", Settings("", ("KZ",), START, START + timedelta(days=9), ("en",)))
    rows = [web(START + timedelta(days=day), NETWORKS[0], "orda.kz", day, blocked=True) for day in (1, 2)]
    add_bytes(case, "\n".join(map(json.dumps, rows)).encode(), "few.jsonl", "ooni", None)
    assert detect_case(case).episodes == ()


def small(folder: Path) -> Case:
    case = new_case(folder / "kz", Settings("", ("KZ",), START, START + timedelta(days=9), ("en",)))
    rows = [web(START + timedelta(days=day), NETWORKS[0], "orda.kz", 1 + day, blocked=True) for day in range(8)]
    add_bytes(case, "\n".join(map(json.dumps, rows)).encode(), "few.jsonl", "ooni", None)
    return case
