"""Commands with a clock of their own: the real program, told by ``faketime`` what time it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def at(moment: str, folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder at a moment of UTC, ``2026-01-05 12:00:00``, with keys below that folder.

    Files keep the times that the system gives them: compiled code is found again by the time of its source.
    """
    if shutil.which("faketime") is None:
        pytest.skip("faketime is not installed: no other time can be played")
    own = {"TZ": "UTC", "HOME": str(folder), "KUAGER_KEYS": str(folder / "keys"), "NO_FAKE_STAT": "1", "COLUMNS": "200"}
    done = subprocess.run(
        ["faketime", moment, sys.executable, "-m", "kuager", *map(str, words)],
        cwd=folder,
        env={**os.environ, **own, "LANG": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done
