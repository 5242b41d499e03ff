"""``kuager evaluate`` as a person runs it: table, file, list of mistakes and page agree."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kuager.evaluation.report import BEGIN, END

PAGE = f"# Accuracy\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "en.UTF-8", "COLUMNS": "80"}


def run(*words: str | Path, folder: Path, limit_s: int = 280) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kuager", "evaluate", *map(str, words)],
        cwd=folder,
        env={**ENVIRONMENT, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def cells(text: str, name: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(name))
    return re.split(r" {2,}|(?<=\d) (?=[\d–])", line.removeprefix(name).strip())


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("evaluated")
    (folder / "page.md").write_text(PAGE)
    done = run("--quick", "--worlds", "2", "--json", "all.json", "--into", "page.md", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture
def outcome(evaluated: tuple[Path, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((evaluated[0] / "all.json").read_text())
    return loaded


@pytest.mark.slow
def test_the_goals_stand_on_top_and_say_what_was_missed(evaluated: tuple[Path, str], outcome: dict[str, Any]) -> None:
    text = evaluated[1]
    assert text.index("Goals") < text.index("Single series")
    row = next(row for row in outcome["headline"] if row["name"] == "all, visible")
    asked, reached, holds = cells(text, "F1, all, visible")
    assert (asked, reached) == ("at least 0.95", f"{row['f1']:.3f}")
    assert holds == ("yes" if row["f1"] >= 0.95 else "no")
    told = next(row for row in outcome["online"])["within"]["10"]
    shown = cells(text, "live: total outages told within 10 minutes")
    assert shown[1:] == ([f"{told:.3f}", "yes" if told >= 0.95 else "no"] if told is not None else ["–", "no"])


@pytest.mark.slow
def test_table_and_file_agree(evaluated: tuple[Path, str], outcome: dict[str, Any]) -> None:
    row = next(row for row in outcome["headline"] if row["name"] == "all, visible")
    shown = cells(evaluated[1], "all, visible")
    assert shown[:2] == [str(row["true"]), str(row["found"])]
    assert shown[2:5] == [f"{row[name]:.3f}" for name in ("precision", "recall", "f1")]
    names = {row["name"] for row in outcome["headline"]}
    assert names >= {"all, visible", "all, every event", "worlds, visible", "second, visible"}
    every = next(row for row in outcome["headline"] if row["name"] == "all, every event")
    assert every["true"] >= row["true"] > 0


@pytest.mark.slow
def test_the_list_of_mistakes_is_what_the_table_counts(evaluated: tuple[Path, str], outcome: dict[str, Any]) -> None:
    single = [one for one in outcome["mistakes"] if one["table"] == "one series"]
    for generator in ("worlds", "second"):
        own = [one for one in single if one["generator"] == generator]
        visible, every = (
            next(row for row in outcome["headline"] if row["name"] == f"{generator}, {which}")
            for which in ("visible", "every event")
        )
        missed = [one for one in own if one["what"] == "missed"]
        assert sum(one["counted"] for one in missed) == visible["true"] - visible["matched"]
        assert len(missed) == every["true"] - every["matched"]
        assert sum(one["what"] == "false" for one in own) == every["found"] - every["matched"]
    fused = [one for one in outcome["mistakes"] if one["table"] == "episodes"]
    rows = [row for row in outcome["fused"] if "two kinds" not in row["name"]]
    assert sum(one["what"] == "missed" for one in fused) == sum(row["true"] - row["matched"] for row in rows)
    assert sum(one["what"] == "false" for one in fused) == sum(row["found"] - row["matched"] for row in rows)
    assert all(one["why"] and one["start"] < one["end"] and one["seed"] for one in outcome["mistakes"])
    for what in ("missed", "false"):
        counted = sum(one["what"] == what and one["counted"] for one in outcome["mistakes"])
        assert not counted or f"{what}: {counted}\n" in evaluated[1]


@pytest.mark.slow
def test_the_page_is_rewritten_between_its_markers_only(evaluated: tuple[Path, str], outcome: dict[str, Any]) -> None:
    page = (evaluated[0] / "page.md").read_text()
    before, _, rest = page.partition(BEGIN)
    tables, _, after = rest.partition(END)
    assert (before, after) == ("# Accuracy\n\nBefore.\n\n", "\n\nAfter.\n")
    assert "old" not in tables.split("\n")
    row = next(row for row in outcome["headline"] if row["name"] == "second, visible")
    assert f"| second, visible | {row['true']} | {row['found']} | {row['precision']:.3f} |" in tables
    assert "`kuager evaluate --quick --worlds 2`" in tables
    for line in tables.splitlines():
        if line.startswith("|---"):
            assert line.count("|") > 4


@pytest.mark.slow
def test_what_was_left_out_is_said(evaluated: tuple[Path, str], outcome: dict[str, Any]) -> None:
    said = " ".join(note["template"] for note in outcome["remarks"])
    assert "no labelled case was judged" in said
    assert "nothing was drawn from real noise" in said
    assert "no labelled case was judged" in evaluated[1]
    assert not outcome["sealed"]
    assert "bootstrap" not in {one["part"] for one in outcome["seeds"]}


def test_mistakes_of_people_are_told_before_the_work_begins(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# no place\n")
    for words in (
        ("--cases", "nowhere"),
        ("--into", "page.md"),
        ("--into", "absent.md"),
        ("--json", "no/where.json"),
        ("--worlds", "0"),
    ):
        done = run("--quick", *words, folder=tmp_path, limit_s=60)
        assert done.returncode in {1, 2}, words
        assert done.stderr
        assert not done.stdout


def test_interrupted_it_stops(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "kuager", "evaluate", "--quick", "--worlds", "50"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(8)
    assert started.poll() is None
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Traceback" not in err
    assert out == ""
