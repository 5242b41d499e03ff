"""Running the real program, as a person would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


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
