"""What ``kuager detect-series`` says beside its events: what was not judged, how rows were read, where it stopped."""

from __future__ import annotations

import json
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
from tests.cli.test_detect_series import CUT, GOOD, TIMES, events, table, with_cut
from tests.detection.drawn import MINUTE, rhythm


def judged(run: Run, folder: Path, given: Any) -> dict[str, Any]:
    """What ``--json`` says."""
    pq.write_table(given, folder / "in.parquet")
    done = run("detect-series", "in.parquet", "out.parquet", "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def moment(time: float) -> str:
    return np.datetime_as_string(np.datetime64(int(time), "s"), timezone="UTC")


def stretch(series: str, first: float, last: float) -> tuple[str, str, str]:
    return series, moment(first), moment(last)


def silent(told: dict[str, Any], clue: str) -> list[tuple[str, str, str]]:
    """The stretches that were not judged for a reason."""
    return [(one["series"], one["start"], one["end"]) for one in told["not_judged"] if clue in one["reason"]]


def test_what_controls_take_from_a_series_is_said(run: Run, tmp_path: Path) -> None:
    series = {f"s{one}": with_cut(seed=one, left=0.1) for one in range(6)}
    controls = {name: ", ".join(other for other in series if other != name) for name in series}
    told = judged(run, tmp_path, table(series, controls=controls))
    edges = (CUT[0] - 30 * MINUTE, CUT[1] + 30 * MINUTE)
    assert silent(told, "Its controls lost as much") == [stretch(name, *edges) for name in series]
    assert (told["events"], told["remarks"], len(told["not_judged"])) == (0, [], 6)
    shown = run("detect-series", "in.parquet", "out.parquet").stdout
    assert "s0: 1 stretch was not judged, from 2022-01-13T02:30:00Z to 2022-01-13T09:30:00Z" in shown
    assert "More series with stretches that were not judged: 1" in shown


def test_frozen_shifted_and_missing_stretches_are_said(run: Run, tmp_path: Path) -> None:
    frozen, gone = rhythm(TIMES, seed=2), rhythm(TIMES, seed=3)
    frozen[96:288] = frozen[96]
    gone[100:110] = np.nan
    gone[200] = np.inf
    shifted = rhythm(TIMES, seed=4)
    shifted[-10 * 48 :] *= 0.7
    low = rhythm(TIMES, seed=4)
    low[-8 * 48 :] *= 0.7
    wild = np.random.default_rng(1).lognormal(3.0, 3.0, TIMES.size)
    given = {
        "frozen": frozen,
        "gone": gone,
        "shifted": shifted,
        "low": low,
        "wild": wild,
        "fine": rhythm(TIMES, seed=5),
    }
    told = judged(run, tmp_path, table(given))
    assert silent(told, "repeats its own numbers") == [stretch("frozen", TIMES[97], TIMES[288])]
    assert silent(told, "no value that can be used") == [
        stretch("gone", TIMES[100], TIMES[110]),
        stretch("gone", TIMES[200], TIMES[201]),
    ]
    assert silent(told, "another level") == [stretch("shifted", TIMES[-10 * 48], TIMES[-1] + 30 * MINUTE)]
    assert silent(told, "low up to its end") == [stretch("low", TIMES[-8 * 48], TIMES[-1] + 30 * MINUTE)]
    assert silent(told, "Too little is known") == [stretch("wild", TIMES[0], TIMES[-1] + 30 * MINUTE)]
    assert {one["series"] for one in told["not_judged"]} == {"frozen", "gone", "shifted", "low", "wild"}


def test_a_loss_that_is_told_was_judged_however_long_it_lasts(run: Run, tmp_path: Path) -> None:
    values = rhythm(TIMES, seed=4)
    values[-10 * 48 :] *= 0.05
    told = judged(run, tmp_path, table({"a": values}))
    assert [(one["start"], one["ongoing"]) for one in told["found"]] == [(moment(TIMES[-10 * 48]), True)]
    assert told["not_judged"] == []


def test_controls_that_are_not_used_are_said(run: Run, tmp_path: Path) -> None:
    series = {name: rhythm(TIMES, seed=seed) for seed, name in enumerate("abcd")}
    whole = table(series, controls={"a": "b, c", "b": "a, c, d, nobody", "c": "a,c,late,b", "d": "a,b,c"})
    late = table({"late": rhythm(TIMES, seed=9)}, kind="rtt", controls={"late": "a,b,c"})
    remarks = judged(run, tmp_path, pa.concat_tables([whole, late]))["remarks"]
    assert [(one["series"], one["remark"].split(". A control")[0]) for one in remarks] == [
        ("a", "It was judged without controls: 3 are needed, and 2 can be used."),
        ("b", "These of its controls are not in the file: nobody."),
        ("c", "These of its controls say nothing: c, late"),
        ("c", "It was judged without controls: 3 are needed, and 2 can be used."),
        ("late", "Its controls were not used: they are for kinds that fall."),
    ]


def test_series_that_can_be_known_only_in_part_are_said(run: Run, tmp_path: Path) -> None:
    given = pa.concat_tables([table({"short": rhythm(TIMES)}).slice(0, 96), table({"one": np.full(TIMES.size, 7.0)})])
    remarks = judged(run, tmp_path, given)["remarks"]
    assert [(one["series"], one["remark"][:25]) for one in remarks] == [
        ("short", "It covers less than 3 day"),
        ("one", "It gives one number throu"),
    ]


def test_a_double_row_takes_nothing_from_a_series(run: Run, tmp_path: Path) -> None:
    plain = table({"a": with_cut()})
    expected = events(run, tmp_path, plain)
    doubled = pa.concat_tables([plain, plain.slice(0, 3)])
    other = plain.slice(50, 1).set_column(3, "value", pa.array([5.0]))
    assert events(run, tmp_path, pa.concat_tables([doubled, other])) == expected
    told = json.loads(run("detect-series", "in.parquet", "out.parquet", "--json").stdout)
    assert [one["remark"] for one in told["remarks"]] == [
        "Rows left out that only repeat another: 3.",
        "Times given with several values, taken as missing: 1.",
    ]
    assert silent(told, "no value that can be used") == [stretch("a", TIMES[50], TIMES[51])]


def test_events_are_shown_and_json_holds_all_of_them(run: Run, tmp_path: Path) -> None:
    told = judged(run, tmp_path, table({f"s{one:02}": with_cut(seed=one) for one in range(23)}))
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert told["events"] == len(told["found"]) == len(rows) == 23
    assert all(found.keys() == row.keys() for found, row in zip(told["found"], rows, strict=True))
    assert [found["series"] for found in told["found"]] == [row["series"] for row in rows]
    assert {(found["start"], found["end"]) for found in told["found"]} == {(moment(CUT[0]), moment(CUT[1]))}
    shown = run("detect-series", "in.parquet", "out.parquet").stdout
    assert "23 events in 23 series." in shown
    assert "3 more are not shown" in shown
    assert "s19" in shown
    assert "s20" not in shown
    (line,) = (line for line in shown.splitlines() if line.startswith("s00"))
    assert line.split()[1:6] == ["2022-01-13", "03:00:00", "2022-01-13", "09:00:00", "98"]
    assert "blackout" in line


def test_one_event_and_an_empty_table_and_times_without_a_zone(run: Run, tmp_path: Path) -> None:
    naive = table({"a": with_cut()}).set_column(2, "time", pa.array(TIMES, pa.timestamp("s")))
    for given, *clues in (
        (naive, "1 event in 1 series.", "no zone and are taken for UTC"),
        (naive.slice(0, 0), "0 events in 0 series.", "in.parquet holds no rows."),
    ):
        pq.write_table(given, tmp_path / "in.parquet")
        done = run("detect-series", "in.parquet", "out.parquet")
        assert done.returncode == 0
        assert all(clue in done.stdout for clue in clues), done.stdout


@pytest.mark.parametrize("spelling", ["in.parquet", "./in.parquet", "sub/../in.parquet", "soft", "hard"])
def test_the_file_of_the_series_is_never_written_over(run: Run, tmp_path: Path, spelling: str) -> None:
    pq.write_table(GOOD, tmp_path / "in.parquet")
    before = (tmp_path / "in.parquet").read_bytes()
    (tmp_path / "sub").mkdir()
    (tmp_path / "soft").symlink_to("in.parquet")
    (tmp_path / "hard").hardlink_to(tmp_path / "in.parquet")
    for words in (("in.parquet", spelling), (spelling, "in.parquet")):
        done = run("detect-series", *words)
        assert done.returncode == 2
        assert "is the file of your series itself" in done.stderr
        assert (tmp_path / "in.parquet").read_bytes() == before
        assert (tmp_path / "soft").is_symlink()


@pytest.mark.parametrize(
    "words", [("detect-series", "in.parquet", "out.parquet"), ("evaluate", "--quick", "--worlds", "50")]
)
def test_stopped_without_a_case_nothing_is_said_of_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    pq.write_table(table({f"s{one}": with_cut(seed=one) for one in range(1_500)}), tmp_path / "in.parquet")
    for seconds in (2, 4, 8, 16):
        working = subprocess.Popen(
            [sys.executable, "-m", "kuager", *words],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(seconds)
        working.send_signal(signal.SIGINT)
        _, said = working.communicate(timeout=60)
        assert working.returncode == 130
        if said:  # nothing is said while the program is still being loaded
            break
    assert "Stopped.\nRun the same command again." in said
    assert "case" not in said
    assert not (tmp_path / "out.parquet").exists()
