"""``kuager canary`` with a clock that is set: signed, renewed, shown, and missed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import clocks
from tests.case.two_signals import BACK, CUT, series
from tests.cli.conftest import Inside

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def at(tmp_path: Path) -> Program:
    """``at("2026-03-01 10:00:00", "canary", "show", "case")``: the program at that moment; there is a case."""

    def program(moment: str, *words: str) -> subprocess.CompletedProcess[str]:
        return clocks.at(moment, tmp_path, *words)

    (tmp_path / "series.csv").write_bytes(series((CUT, BACK)))
    began = "2026-01-01 09:00:00"
    assert program(began, "new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-20").returncode == 0
    settings = tmp_path / "case" / "case.toml"
    settings.write_text(re.sub("languages = .*", 'languages = ["en"]', settings.read_text()))
    assert program(began, "add", "case", "series.csv", "--as", "series").returncode == 0
    assert program(began, "detect", "case").returncode == 0
    return program


def test_a_canary_is_signed_renewed_missed_and_the_pages_say_so_by_themselves(at: Program, tmp_path: Path) -> None:
    sign = ("canary", "sign", "case", "--operator", "kcell")
    first = at("2026-03-01 10:00:00", *sign, "--due", "2026-04-01", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["id"] == "canary-kcell-2026-03-01"
    second = at("2026-03-30 10:00:00", *sign, "--due", "2026-05-01")
    assert "Signed and sealed as canary-kcell-2026-03-30; renew it by 1 May 2026." in second.stdout.replace("\xa0", " ")
    assert at("2026-03-30 11:00:00", "publish", "case", "--json").returncode == 0

    shown = json.loads(at("2026-04-20 10:00:00", "canary", "show", "case", "--json").stdout)["canaries"]
    assert [(one["id"][-10:], one["overdue"]) for one in shown] == [("2026-03-30", False), ("2026-03-01", False)]

    late = "2026-05-03 10:00:00"
    notice = "The next canary of kcell was due by"
    assert notice in at(late, "canary", "show", "case").stdout
    assert notice in at(late, "publish", "case", "--dry-run").stdout
    page = tmp_path / "case" / "public" / "en" / "operator" / "kcell" / "index.html"
    assert notice not in page.read_text("utf-8")
    assert notice in at(late, "publish", "case").stdout
    assert notice in page.read_text("utf-8")
    assert json.loads(at("2026-06-01 10:00:00", "publish", "case", "--json").stdout)["canaries_overdue"] == []

    assert at("2026-06-02 10:00:00", *sign, "--due", "2026-07-01").returncode == 0
    assert at("2026-06-02 11:00:00", "publish", "case").returncode == 0
    assert notice not in page.read_text("utf-8")
    bundle = tmp_path / "bundle"
    assert at("2026-06-02 12:00:00", "bundle", "case", "--into", str(bundle)).returncode == 0
    checked = at("2026-06-02 12:00:00", "verify", str(bundle), "--rederive", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_canary_is_dated_before_what_the_log_has(at: Program) -> None:
    done = at("2025-12-01 10:00:00", "canary", "sign", "case", "--operator", "kcell", "--due", "2026-01-10")
    assert done.returncode == 1
    assert "is behind the last entry of the log" in done.stderr
    assert "holds no canary" in at("2026-03-01 10:00:00", "canary", "show", "case").stdout


def test_words_of_ones_own_are_refused_with_the_reason_in_the_language_of_the_reader(
    inside: Inside, tmp_path: Path
) -> None:
    inside("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-20")
    (tmp_path / "own.txt").write_text("We received nothing and never will.", "utf-8")
    sign = ("canary", "sign", "case", "--operator", "kcell", "--due", "2026-12-30", "--text", "own.txt")
    code, _, told = inside(*sign)
    assert code == 2
    assert "must not say “never will”" in told
    assert "nobody can vouch for what comes after it" in told
    assert "поручиться" in inside("--language", "ru", *sign)[2]


def test_a_file_that_is_not_there_or_no_text_is_told(inside: Inside, tmp_path: Path) -> None:
    inside("new", "case", "--place", "KZ", "--from", "2022-01-01", "--to", "2022-01-20")
    (tmp_path / "own.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("none.txt", "own.txt"):
        code, _, told = inside("canary", "sign", "case", "--operator", "kcell", "--due", "2099-01-01", "--text", name)
        assert code == 1
        assert told
