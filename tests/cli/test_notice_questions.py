"""A notice by answering questions in a terminal: what cannot be is told at once, and nothing has to be repeated."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

LAW = "Law on Communications, article 41-1"


def in_a_terminal(tmp_path: Path, *answers: str) -> str:
    """What is shown to whoever is asked for a notice in a real terminal, and answers so."""
    environment = {**os.environ, "HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "KUAGER_KEYS": str(tmp_path / "keys")}
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "kuager", "notice", "new", "status"],
            cwd=tmp_path,
            env=environment,
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        os.write(master, ("\n".join(answers) + "\n").encode())
        told, _ = process.communicate(timeout=120)
    finally:
        os.close(master)
        os.close(slave)
    assert process.returncode == 0, told
    return " ".join(told.split())


def test_questions_are_answered_in_a_terminal(tmp_path: Path) -> None:
    """Withheld with its law, not known, and what is proposed taken as it is."""
    answers = ("kcell", "cut", "KZ-75", "2026-01-05T10:30Z", "", "", "", "order", LAW, "-", LAW, "?", "")
    shown = in_a_terminal(tmp_path, *answers)
    assert f"Authority withheld: legal basis {LAW}" in shown
    assert "Whom to turn to not known" in shown
    assert "Networks AS29355" in shown
    assert "Remedy withheld: no legal basis named" in shown


def test_a_wrong_answer_is_told_at_once_and_asked_again(tmp_path: Path) -> None:
    """An operator, a place, a day, a network and a contact that cannot be, each followed by one that can."""
    wrong_first = ("nobody", "kcell", "cut", "XX", "KZ-75", "2026-02-30", "2026-01-05T10:30Z", "AS9198", "AS29355")
    shown = in_a_terminal(tmp_path, *wrong_first, "", "", "fault", "\u202e211", "112", "")
    assert "Nobody knows the operator “nobody”." in shown
    assert "“XX” is not the code of a place." in shown
    assert "The notice cannot have “2026-02-30” as its start." in shown
    assert "AS9198 is not known as a network of kcell." in shown
    assert "as its contact. It holds signs that are not text" in shown
    assert "Whom to turn to 112" in shown
    assert "Networks AS29355" in shown
