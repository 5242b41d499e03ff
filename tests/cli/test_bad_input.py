"""A person's mistake: one clear message that names the file, the line and the remedy; the case stays as it was."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Run

HEADER = '"Time (UTC)","BGP (#Visible /24s)","Active Probing (#/24s Up)"\n'
SERIES = "time,place,signal,value\n"

BAD_FILES = {
    "empty": ("ioda-export", b"", "empty"),
    "header-only": ("ioda-export", HEADER.encode(), "header"),
    "semicolons": ("ioda-export", HEADER.replace(",", ";").encode() + b'"2022-01-01 00:00:00";1;2\n', ";"),
    "picture": ("ioda-export", b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
    "negative": ("ioda-export", HEADER.encode() + b'"2022-01-01 00:00:00",-1,2\n', "line 2"),
    "infinite": ("series", f"{SERIES}2022-01-01T00:00Z,KZ,ioda.bgp,inf\n".encode(), "line 2"),
    "twice": ("series", f"{SERIES}2022-01-01T00:00Z,KZ,b,1\n2022-01-01T00:00Z,KZ,b,2\n".encode(), "lines 2 and 3"),
    "mixed-zones": (
        "ioda-export",
        HEADER.encode() + b'"2022-01-01 00:00:00",1,2\n"2022-01-01 06:30:00+06:00",1,2\n',
        "line 3",
    ),
    "no-zone": ("series", f"{SERIES}2022-01-01T00:00,KZ,ioda.bgp,1\n".encode(), "line 2"),
    "cut": ("ioda-export", (HEADER + '"2022-01-01 00:00:00",1,2\n"2022-01-01 00:30:00",1').encode(), "line 3"),
    "json": ("ioda-api", b'{"type": "signals", "data": [[', "cut off"),
}  # fmt: skip


def everything(folder: Path) -> dict[str, str]:
    """Every file of a case and its hash; the lock is no content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_and_the_case_unchanged(run: Run, tmp_path: Path, name: str) -> None:
    kind, content, clue = BAD_FILES[name]
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31")
    good = tmp_path / "good.csv"
    good.write_text(f"{SERIES}2022-01-01T00:00Z,KZ,ioda.bgp,5\n2022-01-01T00:30Z,KZ,ioda.bgp,6\n")
    assert run("add", "case", good, "--as", "series").returncode == 0
    before = everything(tmp_path / "case")
    file = tmp_path / f"{name}.dat"
    file.write_bytes(content)
    done = run("add", "case", file, "--as", kind)
    assert done.returncode == 1, done.stderr
    assert file.name in done.stderr
    assert clue.lower() in done.stderr.lower()
    assert str(tmp_path) not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3
    assert everything(tmp_path / "case") == before


def test_a_byte_order_mark_is_no_mistake(run: Run, tmp_path: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31")
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbf" + HEADER.encode() + b'"2022-01-01 00:00:00",1,2\n')
    assert run("add", "case", "bom.csv", "--as", "ioda-export").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "clue"),
    [
        (("add", "case", "nowhere.csv", "--as", "series"), 1, "nowhere.csv"),
        (("add", "case", ".", "--as", "series"), 1, "directory"),
        (("add", "case", "nowhere.csv", "--as", "spreadsheet"), 1, "nowhere.csv"),
        (("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31"), 1, "exists"),
        (("new", "b", "--place", "XX", "--from", "2022-01-01", "--to", "2022-01-31"), 2, "XX"),
        (("new", "b", "--place", "Kazakhstan", "--from", "2022-01-01", "--to", "2022-01-31"), 2, "KZ"),
        (("new", "b", "--place", "KZ", "--from", "2022-02-01", "--to", "2022-01-01"), 2, "before it begins"),
        (("new", "b", "--place", "KZ", "--from", "yesterday", "--to", "2022-01-01"), 2, "yesterday"),
        (("new", "b", "--place", "KZ", "--from", "2022-01-01T10:00", "--to", "2022-01-03"), 2, "zone"),
        (("new", "b", "--from", "2022-01-01", "--to", "2022-01-31"), 2, "--place"),
        (("detect", "case"), 1, "no observations"),
        (("show", "case"), 1, "kuager detect"),
        (("publish", "case"), 1, "kuager detect"),
        (("show", "nothing"), 1, "no case"),
        (("--language", "de", "show", "case"), 2, "“de”"),
        (("dance",), 2, "dance"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(run: Run, words: tuple[str, ...], code: int, clue: str) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31")
    done = run(*words)
    assert done.returncode == code, done.stderr
    assert clue in done.stderr


def test_an_unknown_kind_lists_the_known_ones(run: Run, tmp_path: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31")
    (tmp_path / "file.csv").write_text("x")
    done = run("add", "case", "file.csv", "--as", "spreadsheet")
    assert done.returncode == 2
    assert "ioda-export" in done.stderr


def test_errors_speak_the_language_of_the_reader(run: Run) -> None:
    assert "нет" in run("show", "nothing", language="ru_RU").stderr
    assert "жоқ" in run("show", "nothing", language="kk_KZ").stderr


def test_a_damaged_case_says_so(run: Run, tmp_path: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31")
    (tmp_path / "case" / "case.toml").write_text("places = [")
    done = run("show", "case")
    assert done.returncode == 1
    assert "case.toml" in done.stderr


def test_ctrl_c_is_told_and_the_case_goes_on(run: Run, tmp_path: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-12-31")
    rows = [f"{moment}Z,KZ,my.traffic,5" for moment in np.arange("2022-01-01", "2022-12-01", dtype="datetime64[m]")]
    (tmp_path / "large.csv").write_text("\n".join(["time,place,signal,value", *rows, ""]))
    command = [sys.executable, "-m", "kuager", "add", "case", "large.csv", "--as", "series"]
    adding = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while not list((tmp_path / "case").glob("evidence/objects/sha256/*/*")):  # it has begun to work
        assert adding.poll() is None
    adding.send_signal(signal.SIGINT)
    _, told = adding.communicate()
    assert adding.returncode == 130
    assert "Stopped" in told
    assert run("add", "case", "large.csv", "--as", "series").returncode == 0
    assert run("detect", "case").returncode == 0


def test_mixed_zones_and_disorder_of_a_series_are_mended_and_told(run: Run, tmp_path: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-31")
    rows = "2022-01-01T06:00+06:00,KZ,b,1\n2022-01-01T00:30Z,KZ,b,3\n2022-01-01T00:15Z,KZ,b,2\n"
    (tmp_path / "mixed.csv").write_text(SERIES + rows)
    done = run("add", "case", "mixed.csv", "--as", "series")
    assert done.returncode == 0, done.stderr
    assert "2 different zones" in done.stdout
    assert "put in order of time: 1" in done.stdout
    assert "2022-01-01 00:00 2022-01-01 00:30 15 min" in " ".join(done.stdout.split())


@pytest.mark.slow
def test_a_million_rows_are_no_mistake(run: Run, tmp_path: Path) -> None:
    run("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2023-11-30")
    minutes = np.datetime64("2022-01-01T00:00") + np.arange(1_000_000)
    values = np.random.default_rng(1).normal(1000, 20, minutes.size)
    values[500_000:503_000] *= 0.03
    rows = [f"{moment}Z,KZ,my.traffic,{value:.1f}" for moment, value in zip(minutes, values, strict=True)]
    (tmp_path / "million.csv").write_text("\n".join([SERIES.strip(), *rows, ""]))
    assert run("add", "case", "million.csv", "--as", "series").returncode == 0
    found = run("detect", "case")
    assert found.returncode == 0, found.stderr
    assert "kz-2022-12-14-a.v1" in found.stdout
