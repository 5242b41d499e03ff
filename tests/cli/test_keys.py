"""``kuager keys``: what a person or a program does with keys, and what is never shown."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kuager.case.folder import Case, new_case
from kuager.case.settings import Settings
from kuager.cli.app import run
from kuager.evidence.keys.events import check_event
from kuager.evidence.leaves import KeyEvent
from kuager.model.time import parse_utc

Keys = Callable[..., tuple[int, str, str]]


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keys:
    """``keys("list")``: the command in this process, which is quicker; its exit code, what it printed, what it told."""
    for name, said in {"HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, said)
    for name in ("XDG_CONFIG_HOME", "KUAGER_SETTINGS", "KUAGER_KEYS", "KUAGER_PASSPHRASE_FILE", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kuager", "keys", *words])
        with pytest.raises(SystemExit) as stopped:
            run()
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out, told.err

    return command


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return new_case(tmp_path / "kz", Settings("Test", ("KZ",), parse_utc("2022-01-02"), parse_utc("2022-01-12")))


def events_in(case: Case) -> list[str]:
    """What the log of a case says of keys; each was checked."""
    found = [entry.leaf for entry in case.proving.log.entries() if isinstance(entry.leaf, KeyEvent)]
    for leaf in found:
        check_event(leaf)
    return [leaf.event for leaf in found]


def test_a_key_is_made_listed_replaced_and_revoked(keys: Keys, tmp_path: Path) -> None:
    code, card, _ = keys("new")
    assert code == 0
    assert "_kuager-log IN TXT" in card
    (before,) = json.loads(keys("list", "--json")[1])["keys"]
    assert before["fingerprint"] in card
    rotated = json.loads(keys("rotate", "--json")[1])
    assert (rotated["event"]["replaces"], rotated["key"]["state"]) == (before["fingerprint"], "standing")
    assert "it was lost" in keys("revoke", "--reason", "lost")[1]
    told = keys("list")[1]
    assert "replaced at" in told
    every = json.loads(keys("list", "--json")[1])["keys"]
    assert [key["state"] for key in every] == ["replaced", "revoked"]
    assert all(key["fingerprint"] in told and key["spoken"] in told for key in every)
    assert {path.suffix for path in (tmp_path / ".config" / "kuager" / "keys").iterdir()} == {".json", ".pem"}


def test_an_earlier_key_is_revoked_by_its_fingerprint(keys: Keys) -> None:
    first = json.loads(keys("new", "--role", "custodian", "--name", "desk@example.org", "--json")[1])["key"]
    keys("rotate", "--role", "custodian")
    words = "--role", "custodian", "--reason", "compromised", "--since", first["made"]
    revoked = json.loads(keys("revoke", *words, "--key", first["fingerprint"], "--json")[1])["key"]
    assert revoked["revoked"] == {"since": first["made"], "reason": "compromised"}
    assert revoked["name"] == "desk@example.org"


def test_the_logs_of_cases_are_told_also_of_what_they_missed(keys: Keys, case: Case) -> None:
    keys("new")
    assert keys("rotate", "kz")[0] == 0
    assert events_in(case) == ["new", "rotate"]
    keys("rotate")
    assert keys("revoke", "kz", "--reason", "compromised")[0] == 0
    assert events_in(case) == ["new", "rotate", "rotate", "revoke"]


def test_no_key_changes_when_a_case_that_should_be_told_cannot_be(keys: Keys, case: Case) -> None:
    keys("new")
    before = keys("list")
    assert keys("rotate", "nowhere")[0] == 1
    with case.writing("test"):
        code, _, told = keys("rotate", "kz")
    assert (code, "is being written" in told) == (1, True)
    assert keys("list") == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rotate"], 1, "There is no key for log"),
        (["revoke", "--reason", "lost"], 1, "There is no key for log"),
        (["revoke"], 2, "--reason"),
        (["new", "--role", "king"], 2, "king"),
        (["new", "--name", "two words"], 2, "cannot be the name"),
        (["new", "--passphrase"], 1, "nobody to ask"),
        (["list"], 0, ""),
    ],
)
def test_what_cannot_be_is_told_in_words(keys: Keys, tmp_path: Path, words: list[str], code: int, said: str) -> None:
    ended, _, told = keys(*words)
    assert (ended, said in told) == (code, True), told
    assert not list(tmp_path.rglob("*.pem"))


def test_keys_open_to_others_are_refused_without_telling_where_they_are(keys: Keys, tmp_path: Path) -> None:
    keys("new")
    (tmp_path / ".config" / "kuager" / "keys").chmod(0o755)
    code, printed, told = keys("list")
    assert (code, printed) == (1, "")
    assert "chmod 700" in told
    assert str(tmp_path) not in told


def test_a_program_names_a_file_with_the_passphrase(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    monkeypatch.setenv("KUAGER_PASSPHRASE_FILE", str(secret))
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "ring"))
    assert "open to others" in keys("new", "--passphrase")[2]
    secret.chmod(0o600)
    assert json.loads(keys("new", "--passphrase", "--json")[1])["key"]["locked"]
    secret.write_text("wrong horse\n")
    assert "does not open" in keys("rotate")[2]
    secret.write_text("\n")
    assert keys("rotate")[0] == 2
    secret.unlink()
    assert "is not there" in keys("rotate")[2]
    monkeypatch.delenv("KUAGER_PASSPHRASE_FILE")
    assert "nobody to ask" in keys("rotate")[2]
    (pem,) = (tmp_path / "ring").glob("*.pem")
    assert pem.read_text().startswith("-----BEGIN ENCRYPTED")


def test_a_person_is_asked_twice_and_nothing_is_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "kuager", "keys", "new", "--passphrase", "--json"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "PYTHONWARNINGS": "error"}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=theirs, stdout=pipe, stderr=pipe, env=environment, start_new_session=True) as it:
        assert it.stderr is not None
        for question in (b"New passphrase for log: ", b"The same again: "):
            assert it.stderr.read(len(question)) == question
            os.write(ours, b"correct horse\n")
            it.stderr.read(1)  # the end of the line, which is written once the answer was taken
        printed, told = it.communicate(timeout=60)
    os.set_blocking(ours, False)
    os.write(theirs, b"end")
    assert os.read(ours, 100).split() == [b"end"]  # a terminal gives back what it shows
    os.close(ours)
    os.close(theirs)
    assert it.returncode == 0, told
    assert json.loads(printed)["key"]["locked"]
