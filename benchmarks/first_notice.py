"""How long a first notice takes, from an empty folder to a page in three languages: a person played at a terminal.

Run from the root of the repository: ``python -m benchmarks.first_notice``. The command asks its questions in a real
terminal; before each answer the player reads what is new on the screen at 200 words a minute, thinks for three seconds,
and types 150 characters a minute, which is slow for somebody at a desk and fast for somebody who is afraid. Told are
the time by the clock and which part of it the program itself took.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS_A_MINUTE, THINKING_S, CHARACTERS_A_MINUTE = 200, 3.0, 150
QUIET_S = 0.4
"""So long nothing more comes when a question was asked."""
LAW = "Law on Communications, article 41-1"
ANSWERS = (
    *("kcell", "cut", "KZ-75", "now", "", "", "", "order", LAW, "-", LAW),
    *("help@kcell.example, 9090", "The fee of each day without service is given back"),
)


def main() -> None:
    """Print how long it took, and what it was made of."""
    with tempfile.TemporaryDirectory(prefix="kuager-benchmark-") as name:
        began = time.monotonic()
        waited = _played(Path(name))
        took = time.monotonic() - began
        page = Path(name) / "status" / "public" / "kk" / "index.html"
        print(f"first notice published: {page.is_file()}")
        print(f"by the clock: {took:.0f} s; the program itself: {took - waited:.0f} s; of 300 s")


def _played(folder: Path) -> float:
    """Answer every question in a terminal; seconds that the player read, thought and typed."""
    screen, keyboard = pty.openpty()
    environment = {**os.environ, "HOME": str(folder), "KUAGER_KEYS": str(folder / "keys"), "LANG": "en_GB.UTF-8"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kuager", "notice", "new", "status"],
        cwd=folder,
        env=environment,
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
    )
    os.close(keyboard)
    waited = 0.0
    for answer in ANSWERS:
        words = len(_read(screen).split())
        pause = words * 60 / WORDS_A_MINUTE + THINKING_S + (len(answer) + 1) * 60 / CHARACTERS_A_MINUTE
        time.sleep(pause)
        waited += pause
        os.write(screen, f"{answer}\n".encode())
    while process.poll() is None:
        _read(screen)
    return waited


def _read(screen: int) -> str:
    """What comes until nothing comes for a moment; waits for the first of it."""
    found = b""
    while select.select([screen], [], [], QUIET_S if found else 60.0)[0]:
        try:
            found += os.read(screen, 4096)
        except OSError:
            break
    return found.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
