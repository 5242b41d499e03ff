"""``kuager collect`` as a person uses it: the real program against a server that plays the sources."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Run
from tests.playing import settings
from tests.playing.ioda import answer as ioda
from tests.serving import Asked, Reply, Serving, serving

from kuager.sources.registry import OFFERS

DAY_S = 86_400


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(ioda) as state:
        yield state


@pytest.fixture
def collecting(run: Run, server: Serving, tmp_path: Path) -> Run:
    """The program in a folder with a case and settings that lead every request to the server."""
    file = tmp_path / ".config" / "kuager" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text(settings(server.address))
    done = run("new", "case", "--place", "KZ", "--from", "2022-01-02", "--to", "2022-01-12")
    assert done.returncode == 0
    return run


def _coverage(answer: str, source: str) -> dict[str, tuple[str, str]]:
    rows = json.loads(answer)["coverage"]
    return {row["day"]: (row["status"], row["reason"]) for row in rows if row["source"] == source}


def test_everything_is_asked_sealed_and_counted(collecting: Run, server: Serving, tmp_path: Path) -> None:
    done = collecting("collect", "case", "--source", "ioda", "--json")
    assert done.returncode == 0, done.stderr
    coverage = _coverage(done.stdout, "ioda")
    assert set(coverage) == {f"2022-01-{day:02d}" for day in range(2, 13)}
    assert set(coverage.values()) == {("complete", "")}
    timed = [one for one in server.asked if one.path != "/v2/entities/query"]
    assert len(timed) == len(server.asked) - 1
    assert all(int(one.query["until"]) - int(one.query["from"]) <= 100 * DAY_S for one in timed)
    assert all("desk@example.org" in one.headers["User-Agent"] for one in server.asked)
    assert max(server.paths().values()) == 1
    sealed = list((tmp_path / "case" / "evidence" / "objects").rglob("??/*"))
    assert len(sealed) == len(server.asked)
    tables = {path.stem for path in (tmp_path / "case" / "observations").glob("ioda*.parquet")}
    assert {"ioda.bgp", "ioda.ping-slash24", "ioda.gtr-norm", "ioda.mozilla"} <= tables
    kept = tmp_path / "case" / "observations"
    assert {"KZ", "KZ-19", "KZ-75", "AS9198"} <= set(pq.read_table(kept / "ioda.bgp.parquet")["place"].to_pylist())
    assert sorted(pq.read_table(kept / "_opinions.parquet")["kind"].to_pylist()) == ["alert", "event"]
    assert pq.read_table(kept / "_entities.parquet")["place"].to_pylist().count("") == 1
    assert collecting("detect", "case").returncode == 0
    assert collecting("publish", "case").returncode == 0
    assert "IODA" in (tmp_path / "case" / "public" / "en" / "index.html").read_text()
    stored = pq.read_table(tmp_path / "case" / "observations" / "_collected.parquet").to_pylist()
    assert {row["status"] for row in stored if row["source"] == "ioda"} == {"complete"}
    published = (tmp_path / "case" / "public" / "data" / "collected.csv").read_text().splitlines()
    assert len(published) == 1 + len(stored) == 1 + 11 * len(OFFERS)
    assert "ioda,2022-01-05,complete," in published


def test_what_is_settled_is_not_asked_again(collecting: Run, server: Serving) -> None:
    collecting("collect", "case", "--source", "ioda")
    asked = len(server.asked)
    again = collecting("collect", "case", "--source", "ioda", "--json")
    assert len(server.asked) == asked
    assert set(_coverage(again.stdout, "ioda").values()) == {("complete", "")}


def test_an_investigation_asks_detects_publishes_and_goes_on(collecting: Run, server: Serving, tmp_path: Path) -> None:
    words = ("investigate", "KZ", "--source", "ioda", "--from", "2022-01-02", "--to", "2022-01-12")
    done = collecting(*words)
    assert done.returncode == 0, done.stderr
    assert "ioda             ●●●●●●●●●●●" in done.stdout
    page = (tmp_path / "kz-2022-01" / "public" / "en" / "index.html").read_text()
    assert page.count("●") == 11 + 1
    assert "It was not asked." in page
    asked = len(server.asked)
    assert collecting(*words, "--offline").returncode == 0
    assert collecting(*words).returncode == 0
    assert len(server.asked) == asked


def test_offline_asks_nobody_and_says_so(collecting: Run, server: Serving) -> None:
    done = collecting("collect", "case", "--source", "ioda", "--offline", "--json")
    assert done.returncode == 0, done.stderr
    assert not server.asked
    assert set(_coverage(done.stdout, "ioda").values()) == {("absent", "It was not asked.")}


@pytest.mark.parametrize(
    ("fault", "clue"),
    [
        (Reply(b"<!DOCTYPE html><html>Sorry</html>"), "web page"),
        (Reply(b'{"type":"signals","error":"no such entity","data":null}'), "no such entity"),
        (Reply(b'{"something": "else"}'), "not an answer of IODA"),
        (Reply(b""), "nothing in"),
        (Reply(b"", 404), "404"),
    ],
    ids=["html", "error object", "other shape", "empty", "404"],
)
def test_a_bad_answer_is_told_sealed_and_asked_again(
    collecting: Run, server: Serving, tmp_path: Path, fault: Reply, clue: str
) -> None:
    server.faults["/v2/signals/raw/country/KZ"] = [fault]
    done = collecting("collect", "case", "--source", "ioda", "--json")
    assert done.returncode == 0, done.stderr
    assert {status for status, _ in _coverage(done.stdout, "ioda").values()} == {"partial"}
    assert all(clue in reason for _, reason in _coverage(done.stdout, "ioda").values())
    if fault.status == 200:
        sealed = (tmp_path / "case" / "evidence" / "objects").rglob("??/*")
        assert fault.body in {path.read_bytes() for path in sealed}
    before = len(server.asked)
    again = collecting("collect", "case", "--source", "ioda", "--json")
    assert len(server.asked) == before + 1
    assert set(_coverage(again.stdout, "ioda").values()) == {("complete", "")}


def test_nulls_make_a_day_partial_and_nothing_makes_it_absent(collecting: Run, server: Serving) -> None:
    def half(value: Reply) -> Reply:
        answer = json.loads(value.body)
        values = answer["data"][0][0]["values"]
        answer["data"][0][0]["values"] = [None if i % 2 else one for i, one in enumerate(values)]
        return Reply(json.dumps(answer).encode())

    start, until = 1_641_081_600 - 28 * DAY_S, 1_642_032_000
    query = {"from": str(start), "until": str(until), "datasource": "bgp"}
    ordinary = ioda(Asked("/v2/signals/raw/country/KZ", query, {}, 0.0))
    server.faults["/v2/signals/raw/country/KZ"] = [half(ordinary)]
    done = collecting("collect", "case", "--source", "ioda", "--json")
    for status, reason in _coverage(done.stdout, "ioda").values():
        assert status == "partial"
        assert "50 per cent" in reason


def test_an_unknown_source_is_named(collecting: Run) -> None:
    done = collecting("collect", "case", "--source", "crystal-ball")
    assert done.returncode == 2
    assert "crystal-ball" in done.stderr


def test_settings_that_cannot_be_read_are_named(collecting: Run, tmp_path: Path) -> None:
    (tmp_path / ".config" / "kuager" / "settings.toml").write_text("contact = 5")
    done = collecting("collect", "case", "--source", "ioda")
    assert done.returncode == 1
    assert "settings.toml" in done.stderr


def test_a_source_that_cannot_be_reached_is_asked_once_and_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / ".config" / "kuager" / "settings.toml"
    file.parent.mkdir(parents=True)
    with serving(ioda) as gone:
        file.write_text(settings(gone.address))
    run("new", "case", "--place", "KZ", "--from", "2022-01-02", "--to", "2022-01-12")
    done = run("collect", "case", "--source", "ioda", "--json")
    assert done.returncode == 1
    assert "None of the sources answered" in done.stderr
    assert set(_coverage(done.stdout, "ioda").values()) == {("absent", "IODA, Georgia Tech cannot be reached.")}


def test_a_source_that_asks_to_be_left_alone_is(collecting: Run, server: Serving) -> None:
    server.faults["/v2/signals/raw/country/KZ"] = [Reply(b"", 429, headers={"Retry-After": "7200"})]
    done = collecting("collect", "case", "--source", "ioda", "--json")
    assert len(server.asked) == 1
    assert all("7200" in reason for _, reason in _coverage(done.stdout, "ioda").values())


def test_days_that_are_not_over_are_asked_again_with_what_was_known(
    collecting: Run, server: Serving, tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    case = tmp_path / "case" / "case.toml"
    case.write_text(
        case.read_text()
        .replace("2022-01-02", (today - timedelta(days=6)).isoformat())
        .replace("2022-01-13", (today + timedelta(days=3)).isoformat())
    )
    collecting("collect", "case", "--source", "ioda")
    first = server.paths()
    done = collecting("collect", "case", "--source", "ioda", "--json")
    again = server.paths() - first
    assert again
    midnight = int(datetime.combine(today, datetime.min.time(), UTC).timestamp())
    absolute = [path for path in first if "gtr-norm" not in path]
    assert any(f"('until', '{midnight - 2 * DAY_S}')" in path for path in absolute)
    assert not any(f"('until', '{midnight - 2 * DAY_S}')" in path for path in again)
    coverage = _coverage(done.stdout, "ioda")
    assert coverage[(today - timedelta(days=5)).isoformat()][0] == "complete"
    assert coverage[today.isoformat()][0] != "complete"
    assert coverage[(today + timedelta(days=2)).isoformat()][0] == "absent"


@pytest.mark.slow
def test_killed_ten_times_it_opens_and_goes_on(collecting: Run, server: Serving, tmp_path: Path) -> None:
    dice = random.Random(20220105)  # noqa: S311 - moments of death, not secrets
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config"), "LANG": "en"}
    for _ in range(10):
        running = subprocess.Popen(
            [sys.executable, "-m", "kuager", "collect", "case", "--source", "ioda"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.3, 2.5))
        running.send_signal(signal.SIGKILL)
        running.wait()
        for sealed in (tmp_path / "case" / "evidence" / "objects" / "sha256").rglob("??/*"):
            assert sealed.stat().st_size
    done = collecting("collect", "case", "--source", "ioda", "--json")
    assert done.returncode == 0, done.stderr
    assert set(_coverage(done.stdout, "ioda").values()) == {("complete", "")}
    assert max(server.paths().values()) <= 11
    asked_in_all = len(server.asked)
    collecting("collect", "case", "--source", "ioda")
    assert len(server.asked) == asked_in_all


def test_ctrl_c_leaves_a_case_that_goes_on(collecting: Run, server: Serving, tmp_path: Path) -> None:
    server.faults["/v2/signals/raw/country/KZ"] = [Reply(b"", slow_s=60.0)]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config"), "LANG": "en"}
    running = subprocess.Popen(
        [sys.executable, "-m", "kuager", "collect", "case", "--source", "ioda"],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
    )
    for _ in range(200):
        if server.asked:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in told
    assert collecting("collect", "case", "--source", "ioda").returncode == 0


def test_all_sources_are_asked_side_by_side_and_one_that_fails_stops_no_other(collecting: Run, server: Serving) -> None:
    done = collecting("collect", "case", "--json")
    assert done.returncode == 0, done.stderr
    assert set(_coverage(done.stdout, "ioda").values()) == {("complete", "")}
    assert {source["source"] for source in json.loads(done.stdout)["coverage"]} == set(OFFERS)
    assert all(reason for status, reason in _coverage(done.stdout, "stop").values())
    assert all("404" in reason for _, reason in _coverage(done.stdout, "ris").values())


def test_sources_tell_what_they_are(run: Run) -> None:
    told = run("sources").stdout
    assert "cannot see" in told
    rows = json.loads(run("sources", "--json").stdout)["sources"]
    assert all(row["sees"] and row["cannot_see"] and row["limits"] for row in rows)
