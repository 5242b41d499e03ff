"""``kuager detect-series``: a person's own series in, their events out, and one clear sentence for every mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Run
from tests.detection.drawn import DAY, HOUR, MINUTE, START, beat, between, rhythm

from kuager.case.own_series import EVENTS
from kuager.model.series import Values
from kuager.model.words import SignalKind

TIMES = beat(20, 30 * MINUTE)
CUT = (START + 12 * DAY + 3 * HOUR, START + 12 * DAY + 9 * HOUR)


def with_cut(seed: int = 7, left: float = 0.02) -> Values:
    values = rhythm(TIMES, seed=seed)
    values[between(TIMES, *CUT)] *= left
    return values


def table(series: dict[str, Values], kind: str = "traffic", controls: dict[str, str] | None = None) -> Any:
    """A long table of series on the same times."""
    names = np.repeat(list(series), TIMES.size)
    columns = {
        "series": pa.array(names),
        "kind": pa.array([kind] * names.size),
        "time": pa.array(np.tile(TIMES, len(series)), pa.timestamp("s", "UTC")),
        "value": pa.array(np.concatenate(list(series.values()))),
    }
    if controls is not None:
        columns["controls"] = pa.array([controls.get(name) for name in names.tolist()])
    return pa.table(columns)


def events(run: Run, folder: Path, given: Any) -> list[dict[str, Any]]:
    """The rows that the command writes."""
    pq.write_table(given, folder / "in.parquet")
    done = run("detect-series", "in.parquet", "out.parquet")
    assert done.returncode == 0, done.stderr
    return list(pq.read_table(folder / "out.parquet").to_pylist())


def span(row: dict[str, Any]) -> tuple[int, int]:
    return int(row["start"].timestamp()), int(row["end"].timestamp())


def test_what_is_written(run: Run, tmp_path: Path) -> None:
    open_end = rhythm(TIMES, seed=3)
    open_end[-10:] *= 0.5
    rows = events(run, tmp_path, table({"a": with_cut(), "quiet": rhythm(TIMES, seed=2), "b": open_end}))
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert schema.names == EVENTS.names
    assert {str(schema.field(name).type) for name in ("start", "end", "end_latest")} == {"timestamp[ms, tz=UTC]"}
    assert {str(schema.field(name).type) for name in ("depth", "probability")} == {"double"}
    assert EVENTS.names[:6] == ["series", "start", "end", "depth", "probability", "phase"]
    first, last = rows
    assert (first["series"], first["phase"], span(first), first["ongoing"]) == ("a", "blackout", CUT, False)
    assert first["depth"] == pytest.approx(0.98, abs=0.01)
    assert 0.5 <= first["probability"] <= 1.0
    edges = [int(first[name].timestamp()) for name in ("start_earliest", "start_latest", "end_earliest", "end_latest")]
    assert edges == [edge + way * 30 * MINUTE for edge in CUT for way in (-1, 1)]
    assert (last["series"], last["phase"], last["ongoing"]) == ("b", "partial", True)
    assert span(last) == (int(TIMES[-10]), int(TIMES[-1]) + 30 * MINUTE)
    assert last["end_earliest"] is last["end_latest"] is None


def test_types_and_order_of_rows_change_nothing(run: Run, tmp_path: Path) -> None:
    plain = table({"a": np.round(with_cut()), "b": np.round(with_cut(seed=3))})
    expected = events(run, tmp_path, plain)
    assert len(expected) == 2
    shuffled = plain.take(pa.array(np.random.default_rng(1).permutation(plain.num_rows)))
    texts = plain.set_column(0, "series", plain["series"].dictionary_encode())
    texts = texts.set_column(1, "kind", plain["kind"].cast(pa.large_string()))
    texts = texts.set_column(2, "time", plain["time"].cast(pa.timestamp("ns")))
    texts = texts.set_column(3, "value", plain["value"].cast(pa.int32()))
    for other in (shuffled, texts):
        assert sorted(events(run, tmp_path, other), key=lambda row: str(row["series"])) == expected


@pytest.mark.parametrize("kind", [kind for kind in SignalKind if kind is not SignalKind.RTT])
def test_every_kind_that_falls_is_judged(run: Run, tmp_path: Path, kind: SignalKind) -> None:
    (event,) = events(run, tmp_path, table({"a": with_cut()}, kind=kind.value))
    assert (span(event), event["phase"]) == (CUT, "blackout")


@pytest.mark.parametrize("times", [3.0, 8.0, 21.0])
def test_delay_rises_when_something_happens_and_its_fall_is_no_loss(run: Run, tmp_path: Path, times: float) -> None:
    given = {"up": with_cut(left=times), "down": with_cut(left=0.0)}
    (event,) = events(run, tmp_path, table(given, kind="rtt"))
    assert (event["series"], span(event), event["phase"]) == ("up", CUT, "throttling")
    assert event["depth"] == pytest.approx(1 - 1 / times, abs=0.03)


@pytest.mark.parametrize("size", [3, 12])
def test_controls_explain_the_sensor_and_not_the_cut(run: Run, tmp_path: Path, size: int) -> None:
    series = {f"s{one}": with_cut(seed=one, left=0.1) for one in range(size)}
    own = between(TIMES, START + 16 * DAY, START + 16 * DAY + 3 * HOUR)
    series["s0"][own] *= 0.05
    controls = {name: ", ".join(other for other in series if other != name) for name in series}
    rows = events(run, tmp_path, table(series, controls=controls))
    mine = [("s0", (int(TIMES[own.start]), int(TIMES[own.stop])))]
    alone = sorted([(name, CUT) for name in series] + mine)
    assert [(row["series"], span(row)) for row in rows] == (mine if size == 12 else alone)


def test_json_tells_what_was_not_observable(run: Run, tmp_path: Path) -> None:
    given = {"a": with_cut(), "zero": np.zeros(TIMES.size), "gone": np.full(TIMES.size, np.nan)}
    pq.write_table(table(given), tmp_path / "in.parquet")
    done = run("detect-series", "in.parquet", "out.parquet", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert (told["series"], told["events"]) == (3, 1)
    assert {one["series"]: one["why"] for one in told["not_observable"]} == {
        "zero": "It has no value above zero, or none that can be trusted.",
        "gone": "All of its values are missing.",
    }


ODD = {
    "one sample": ([0], [5.0], "one sample only"),
    "steps too short": ([0, 10, 20, 30], [1.0, 2.0, 3.0, 4.0], "less than a minute apart"),
    "too short to tell": ([0, 60, 120], [5.0, 5.0, 5.0], "Too little is known"),
    "all missing": ([0, 60, 120], [None, None, None], "missing"),
    "all infinite": ([0, 60, 120], [np.inf, -np.inf, np.inf], "missing"),
    "days apart": ([0, 2 * DAY, 4 * DAY], [1.0, 2.0, 3.0], "more than a day apart"),
    "never above zero": ([0, 60, 120], [0.0, -1.0, 0.0], "no value above zero"),
}  # fmt: skip


def test_series_of_which_nothing_can_be_said_are_named_and_the_rest_is_judged(run: Run, tmp_path: Path) -> None:
    tables = [table({"good": with_cut()})]
    for name, (times, values, _) in ODD.items():
        columns = {
            "series": pa.array([name] * len(times)),
            "kind": pa.array(["traffic"] * len(times)),
            "time": pa.array([START + time for time in times], pa.timestamp("s", "UTC")),
            "value": pa.array(values, pa.float64()),
        }
        tables.append(pa.table(columns))
    pq.write_table(pa.concat_tables(tables), tmp_path / "in.parquet")
    done = run("detect-series", "in.parquet", "out.parquet", "--json")
    assert done.returncode == 0, done.stderr
    told = {one["series"]: one["why"] for one in json.loads(done.stdout)["not_observable"]}
    assert told.keys() == ODD.keys()
    assert all(clue in told[name] for name, (_, _, clue) in ODD.items())
    assert [row["series"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()] == ["good"]
    assert "2 more series are not observable" in run("detect-series", "in.parquet", "out.parquet").stdout


def test_decreasing_times_and_a_constant_series_are_no_mistake(run: Run, tmp_path: Path) -> None:
    backwards = table({"a": with_cut()}).take(pa.array(np.arange(TIMES.size)[::-1]))
    both = pa.concat_tables([backwards, table({"level": np.full(TIMES.size, 7.0)})])
    assert [(row["series"], span(row)) for row in events(run, tmp_path, both)] == [("a", CUT)]


def test_a_table_without_rows_has_no_events(run: Run, tmp_path: Path) -> None:
    assert events(run, tmp_path, table({"a": with_cut()}).slice(0, 0)) == []


GOOD = table({"a": with_cut()})
LEVEL = pa.array(["a"] * GOOD.num_rows)
MISTAKES: dict[str, tuple[Any, str]] = {
    "missing column": (GOOD.drop_columns(["time"]), "“time” is missing"),
    "unknown kind": (GOOD.set_column(1, "kind", LEVEL), ", ".join(SignalKind)),
    "two kinds": (pa.concat_tables([GOOD, GOOD.set_column(1, "kind", pa.array(["bgp"] * GOOD.num_rows))]), "two kinds"),
    "null time": (GOOD.set_column(2, "time", pa.nulls(GOOD.num_rows, pa.timestamp("s"))), "nothing in the column"),
    "text in value": (GOOD.set_column(3, "value", LEVEL), "holds no numbers"),
    "text in time": (GOOD.set_column(2, "time", LEVEL), "holds no timestamps"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_table_is_told_and_nothing_written(run: Run, tmp_path: Path, name: str) -> None:
    given, clue = MISTAKES[name]
    pq.write_table(given, tmp_path / "in.parquet")
    (tmp_path / "out.parquet").write_bytes(b"as it was")
    done = run("detect-series", "in.parquet", "out.parquet")
    assert done.returncode == 1
    assert "in.parquet" in done.stderr
    assert clue in " ".join(done.stderr.split())
    assert done.stdout == ""
    assert (tmp_path / "out.parquet").read_bytes() == b"as it was"


@pytest.mark.parametrize(
    ("words", "code", "clue"),
    [
        (("empty", "out"), 1, "empty is empty"),
        (("text", "out"), 1, "text is no whole Parquet file"),
        (("half", "out"), 1, "half is no whole Parquet file"),
        ((".", "out"), 2, "“.”"),
        (("nowhere", "out"), 2, "“nowhere”"),
        (("good", "nowhere/out"), 2, "“nowhere”"),
        (("good", "."), 2, "“.”"),
        (("good", "text/out"), 2, "“text”"),
        (("text", "out"), 1, "kuager add CASE FILE --as series"),
        (("good",), 2, "OUT.parquet"),
    ],
)
def test_files_that_are_not_what_they_should_be(
    run: Run, tmp_path: Path, words: tuple[str, ...], code: int, clue: str
) -> None:
    pq.write_table(GOOD, tmp_path / "good")
    whole = (tmp_path / "good").read_bytes()
    for name, content in (("empty", b""), ("text", b"series,kind\n"), ("half", whole[: len(whole) // 2])):
        (tmp_path / name).write_bytes(content)
    done = run("detect-series", *words)
    assert done.returncode == code, done.stderr
    assert clue in " ".join(done.stderr.split())
    assert not (tmp_path / "out").exists()


def test_it_speaks_the_language_of_the_reader(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"x" * 50)
    told = {run("detect-series", "text", "out", language=one).returncode for one in ("en", "ru_RU", "kk_KZ")}
    assert told == {1}


@pytest.mark.slow
def test_two_thousand_series(run: Run, tmp_path: Path) -> None:
    series = {f"s{one}": rhythm(TIMES, seed=one) for one in range(2_000)}
    hit = [f"s{one}" for one in range(0, 2_000, 100)]
    for name in hit:
        series[name][between(TIMES, *CUT)] *= 0.02
    rows = events(run, tmp_path, table(series))
    assert [row["series"] for row in rows if span(row) == CUT] == hit
    assert len(rows) <= len(hit) + 2


@pytest.mark.slow
def test_a_kill_leaves_no_half_file(run: Run, tmp_path: Path) -> None:
    pq.write_table(table({f"s{one}": with_cut(seed=one) for one in range(60)}), tmp_path / "in.parquet")
    assert run("detect-series", "in.parquet", "out.parquet").returncode == 0
    whole = pq.read_table(tmp_path / "out.parquet")
    command = [sys.executable, "-m", "kuager", "detect-series", "in.parquet", "out.parquet"]
    begun = time.monotonic()
    assert run("detect-series", "in.parquet", "out.parquet").returncode == 0
    took = time.monotonic() - begun
    for share in (0.5, 0.8, 0.9, 0.95, 1.0):
        working = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * share)
        os.kill(working.pid, signal.SIGKILL)
        working.wait()
        assert pq.read_table(tmp_path / "out.parquet").equals(whole)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_stays_below_three_times_the_input() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "benchmarks/series_memory.py", "0.1"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=500)
    lines = [line.split("|")[1:-1] for line in done.stdout.splitlines()[2:]]
    assert len(lines) == 2
    for _, _, size, _, growth, *_ in lines:
        # what takes no share of the input, such as buffers of batches, is at most 80 MB; at the whole size it is little
        assert float(growth) <= 3.0 * float(size) + 80.0, done.stdout
