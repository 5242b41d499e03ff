"""The texts of a bundle: what they tell people to type is typed, and they fit on every screen."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evidence.authority import stamped
from tests.evidence.bundles import custody_signature, small_bundle

from kuager.errors import UsageError
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.writing import verify_script, write_bundle
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.note import SignedNote
from kuager.publications.language import LANGUAGES
from kuager.publications.verify_text import COLUMNS, verify_texts

TEXTS = verify_texts(LANGUAGES)
_COMMANDS = re.compile(r"\n\n((?:    .*\n)+)")


def _commands(name: str) -> list[str]:
    return _COMMANDS.findall(TEXTS[name].decode())


def test_every_language_has_its_text_and_the_same_commands() -> None:
    assert set(TEXTS) == {"VERIFY.txt", "VERIFY.ru.txt", "VERIFY.kk.txt", "CERTIFICATION-902.txt"}
    assert all(layout.KNOWN.fullmatch(name) for name in TEXTS)
    assert _commands("VERIFY.txt") == _commands("VERIFY.ru.txt") == _commands("VERIFY.kk.txt")
    assert set(verify_texts(["kk"])) == {"VERIFY.txt", "VERIFY.kk.txt", "CERTIFICATION-902.txt"}
    with pytest.raises(UsageError):
        verify_texts(["xx"])


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_line_is_longer_than_a_screen(name: str) -> None:
    text = TEXTS[name].decode()
    assert text.endswith("\n")
    assert not [line for line in text.split("\n") if len(line) > COLUMNS or line != line.rstrip()]


def test_the_commands_do_what_the_text_says(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects", texts={**TEXTS, "verify.sh": verify_script()})
    head = SignedNote.parse(contents.checkpoint)
    token, certificates = stamped(tmp_path / "authority", head.text)
    contents = replace(contents, stamps={"7.one.tsr": token}, keys={**contents.keys, "tsa-one.pem": certificates})
    folder = tmp_path / "kz"
    write_bundle(contents, folder, custody_signature)
    by_hand = [block for block in _commands("VERIFY.txt") if not re.search("ots |age |DISCLOSURE|verify.sh", block)]
    script = "".join(by_hand).replace("n=N", "n=5").replace("log/N", "log/5")
    script = (
        script.replace("$(mktemp -d)", str(tmp_path))
        .replace("witness-NAME", "witness-1")
        .replace("NAME", "one")
        .replace("SIZE", "7")
    )
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    said = done.stdout
    assert not [line for line in said.splitlines() if line.endswith(("FAILED", "too many hashes", "too few hashes"))]
    assert said.count(": OK\n") == sum(path.is_file() for path in folder.rglob("*")) - 2 + 1
    assert 'Good "shutdown-evidence" signature for custodian@kuager.invalid' in said
    assert said.count("Signature Verified Successfully") == 2
    assert said.count(head.text.decode().split("\n")[2]) == 2
    assert Checkpoint.parse(head.text).size == 7
    assert "Time stamp: " in said
    assert (contents.leaves[5].decode() + "\n") in said


def test_an_entry_of_another_place_is_not_found_by_hand(tmp_path: Path) -> None:
    contents = small_bundle(tmp_path / "objects")
    proofs = {**contents.proofs, 5: contents.proofs[4], 3: contents.proofs[6]}
    write_bundle(replace(contents, proofs=proofs), tmp_path / "kz", None)
    block = next(block for block in _commands("VERIFY.txt") if "n=N" in block)
    for entry, hint in ((5, ""), (3, "too few hashes")):
        script = f"w={tmp_path}\n" + block.replace("n=N", f"n={entry}")
        done = subprocess.run(["sh", "-c", script], cwd=tmp_path / "kz", capture_output=True, text=True, check=True)
        found, root = done.stdout.split("\n")[-3:-1]
        assert found != root
        assert hint in done.stdout


def test_the_form_certifies_nothing_by_itself() -> None:
    text = TEXTS["CERTIFICATION-902.txt"].decode("ascii")
    for part in ("NOT LEGAL ADVICE", "902(13)", "902(14)", "902(12)", "28 U.S.C. 1746", "qualified person"):
        assert part in text
    assert not re.search(r"authentic\b|tamper|irrefutabl|guarantee", text)
