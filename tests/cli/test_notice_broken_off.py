"""Notices where something comes between: two people at once, a process that is killed, pages that cannot be written."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.conftest import Inside

NAME = "cut"
SAID = ("--operator", "kcell", "--start", "2026-01-05T10:30Z", "--contact", "first", "--id", NAME)


def begun(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A command of notices that was begun and still runs."""
    environment = {**os.environ, "HOME": str(folder), "LANG": "en_GB.UTF-8", "KUAGER_KEYS": str(folder / "keys")}
    command = [sys.executable, "-m", "kuager", "notice", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=-1, stderr=-1, text=True)


def contacts(inside: Inside) -> list[str]:
    code, told, err = inside("notice", "show", "status", NAME, "--json")
    assert code == 0, err
    return [one["contact"] for one in json.loads(told)["versions"]]


def test_of_people_who_speak_at_once_each_is_heard_or_told(tmp_path: Path, inside: Inside) -> None:
    assert inside("notice", "new", "status", *SAID)[0] == 0
    people = {word: begun(tmp_path, "update", "status", NAME, "--contact", word) for word in ("a", "b", "c")}
    ended = {word: (one.communicate(timeout=120)[1], one.returncode) for word, one in people.items()}
    heard = contacts(inside)[1:]
    assert heard
    for word, (err, code) in ended.items():
        assert (word in heard) == (code == 0 or "The notice is sealed." in err), err
        assert code == 0 or "Somebody else said something meanwhile" in err or "is being written by process" in err
        assert "Traceback" not in err


def test_one_that_was_killed_leaves_a_case_that_opens_and_goes_on(tmp_path: Path, inside: Inside) -> None:
    assert inside("notice", "new", "status", *SAID)[0] == 0
    sealed = tmp_path / "status" / "evidence" / "objects"
    before = len([one for one in sealed.rglob("*") if one.is_file()])
    running = begun(tmp_path, "update", "status", NAME, "--contact", "killed")
    while running.poll() is None and len([one for one in sealed.rglob("*") if one.is_file()]) == before:
        time.sleep(0.002)
    running.kill()
    running.communicate()
    known = contacts(inside)
    assert known in (["first"], ["first", "killed"])
    assert inside("notice", "update", "status", NAME, "--contact", "112")[0] == 0
    assert contacts(inside)[-1] == "112"
    assert "112" in (tmp_path / "status" / "public" / "en" / "notice" / NAME / "index.html").read_text()


def test_a_notice_that_could_not_be_published_is_not_said_twice(inside: Inside, tmp_path: Path) -> None:
    """As on a full disk: what is sealed is small and fits, pages do not."""
    inside("notice", "new", "status", *SAID)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, before[1]))
    try:
        code, _, err = inside("notice", "update", "status", NAME, "--contact", "112")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 1
    assert "The notice is sealed. It could not be published:" in err
    assert "Do not say it again: mend what follows, then run kuager publish status." in err
    assert contacts(inside) == ["first", "112"]
    assert inside("publish", "status")[0] == 0
    assert "112" in (tmp_path / "status/public/en/notice/cut/index.html").read_text()
