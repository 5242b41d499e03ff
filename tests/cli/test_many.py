"""``kuager detect-series`` on folders and lists: what it tells, what it leaves, how it ends."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Run
from tests.cli.test_detect_series import table, with_cut


def made(folder: Path, count: int) -> Path:
    """A folder of files of series, every other one in a folder of its own, and one that is cut off."""
    (folder / "sub").mkdir(parents=True)
    for number in range(count):
        pq.write_table(
            table({f"series {number}": with_cut(number)}), folder / ("sub" if number % 2 else "") / f"{number}.parquet"
        )
    (folder / "cut.parquet").write_bytes((folder / "0.parquet").read_bytes()[:700])
    (folder / "_ours.parquet").write_bytes(b"")
    return folder


def test_a_folder_is_read_and_a_list_and_the_bad_file_is_named(run: Run, tmp_path: Path) -> None:
    made(tmp_path / "in", 3)
    done = run("detect-series", "in", "out")
    assert done.returncode == 0
    assert done.stderr == "cut.parquet is no whole Parquet file.\n"
    assert done.stdout.startswith("Files: 4; done now: 3, done before: 0, refused: 1. Rows: 3.\n")
    run("detect-series", "in/0.parquet", "alone.parquet")
    (of_first,) = (tmp_path / "out").glob("0-*.parquet")
    assert pq.ParquetFile(of_first).read().equals(pq.ParquetFile(tmp_path / "alone.parquet").read())
    (tmp_path / "list.txt").write_text(
        "# from 2022\nin/0.parquet\n  # more\nin/sub/1.parquet\nin/0.parquet\n\nnowhere.parquet\n"
    )
    listed = json.loads(run("detect-series", "@list.txt", "listed", "--json").stdout)
    assert [listed[name] for name in ("all", "done", "before", "refused", "rows")] == [3, 2, 0, 1, 2]
    assert "No such file" in next(one for one in listed["files"] if one["refused"])["refused"]["what"]
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()}
    again = json.loads(run("detect-series", "in", "out", "--json").stdout)
    assert (again["done"], again["before"], again["rows"], again["others"]) == (0, 3, 3, 0)
    after = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()}
    assert {name: after[name] for name in after if name != ".lock"} == {
        name: before[name] for name in before if name != ".lock"
    }
    report = json.loads((tmp_path / "out" / "_report.json").read_text())
    assert report["whole"]
    assert [one["input"] for one in report["files"] if one["refused"]] == ["cut.parquet"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("empty", "out"), "names no files to read", 2),
        (("bad", "out"), "no whole Parquet file", 1),
        (("bad", "bad/out"), "lies in the folder that is read", 2),
        (("bad", "bad/x.parquet"), "is a file; many files need a folder", 2),
        (("@none.txt", "out"), "The list “none.txt” cannot be read", 2),
        (("bad", "out", "--engine", "steam"), "There is no engine “steam”", 2),
        (("bad/x.parquet", "out", "--engine", "local"), "An engine is for many files", 2),
        (("bad", "out", "--engine", "spark://127.0.0.1:1"), "No cluster answers|needs (PySpark|Java)", 1),
    ],
)
def test_mistakes_are_told(run: Run, tmp_path: Path, words: tuple[str, ...], said: str, code: int) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "x.parquet").write_bytes(b"PAR1")
    done = run("detect-series", *words)
    assert done.returncode == code, done.stderr
    assert re.search(said, done.stderr), done.stderr


def test_ctrl_c_leaves_whole_files_and_the_next_run_goes_on(run: Run, tmp_path: Path) -> None:
    made(tmp_path / "in", 40)
    words = [sys.executable, "-m", "kuager", "detect-series", "in", "out", "--engine", "local"]
    stopped = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not list((tmp_path / "out").glob("*.parquet")):
        assert time.monotonic() < until
        time.sleep(0.02)
    stopped.send_signal(signal.SIGINT)
    _, told = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert "files are done and whole; the same command goes on from there." in told
    assert "Traceback" not in told
    left = list((tmp_path / "out").glob("*.parquet"))
    assert 0 < len(left) < 40
    assert all(pq.ParquetFile(path).read().num_rows == 1 for path in left)
    assert not json.loads((tmp_path / "out" / "_report.json").read_text())["whole"]
    done = json.loads(run("detect-series", "in", "out", "--json").stdout)
    assert done["before"] >= len(left)
    assert (done["all"], done["rows"]) == (41, 40)
