"""Running the real program, as a person would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kuager.cli import app

Run = Callable[..., subprocess.CompletedProcess[str]]
Inside = Callable[..., tuple[int, str, str]]


def program(folder: Path) -> Run:
    """The command, run in a folder, English unless told otherwise, without colours; no traceback is ever shown."""

    def command(*words: str | Path, language: str = "en") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "120", "LANG": f"{language}.UTF-8"}
        done = subprocess.run(
            [sys.executable, "-m", "kuager", *map(str, words)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return command


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("show", "case")`` in an empty folder of its own."""
    return program(tmp_path)


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """``inside("show", "case")``: the command in this process, which is quicker; its exit code, and what it printed.

    Settings and keys are those below the test's own folder.
    """
    for name, said in {"HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, said)
    for name in ("XDG_CONFIG_HOME", "KUAGER_SETTINGS", "KUAGER_KEYS", "KUAGER_PASSPHRASE_FILE", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def command(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kuager", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            app.run()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return command
