"""``kuager verify``: what it prints, on narrow and wide terminals, and how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.evidence.bundles import LOG, public_keys, small_bundle
from tests.evidence.verify.sealing import sign

from kuager.cli.verify import verify
from kuager.errors import EvidenceError
from kuager.evidence.bundle.writing import write_bundle

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    write_bundle(small_bundle(folder / "objects"), folder / "kz.zip", sign)
    write_bundle(small_bundle(folder / "objects"), folder / "kz", sign)
    return folder / "kz"


def _run(*words: str | Path, columns: int = 80) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": str(columns), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "kuager", "--language", "en", "verify", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)


def test_a_good_bundle_exits_with_0(bundle: Path) -> None:
    (bundle.parent / "policy").write_bytes(public_keys()["policy"])
    (bundle.parent / "signers").write_bytes(public_keys()["allowed_signers"])
    given = ("--policy", bundle.parent / "policy", "--custodian", bundle.parent / "signers", "--key", LOG.text)
    done = _run(bundle.with_suffix(".zip"), *given, columns=200)
    assert done.returncode == 0, done.stderr
    assert "7 of 7 entries are in the log." in done.stdout
    assert "by a key that you gave" in done.stdout
    assert "bundle itself brings" not in done.stdout
    assert "does not show that it was true" in done.stdout
    assert "WRONG" not in done.stdout


def test_a_changed_bundle_exits_with_3_and_says_what(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(25):
        (bundle / f"stranger-{number}").touch()
    done = _run(bundle, columns=40)
    assert done.returncode == 3
    assert done.stdout.count("WRONG") == 20
    assert "and 5 more that are wrong" in done.stdout
    assert all(len(line) <= 40 for line in done.stdout.splitlines() if "│" in line or line.startswith("  "))
    with pytest.raises(typer.Exit):
        verify(bundle, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["wrong"]
    assert sum(one["outcome"] == "fails" for one in told["findings"]) == 25
    assert {one["place"] for one in told["findings"] if one["outcome"] == "fails"} == {
        f"stranger-{number}" for number in range(25)
    }
    assert told["existed_before"][0] == {
        "entries": 7,
        "time": "2025-11-04T23:46:40Z",
        "by": "witness-1.example",
        "by_a_key_given": False,
    }


def test_what_cannot_be_asked_exits_with_1(bundle: Path) -> None:
    missing = _run(bundle.parent / "nowhere")
    assert missing.returncode == 1
    assert "There is no bundle at" in missing.stderr
    with pytest.raises(EvidenceError):
        verify(bundle, key=["nonsense"])
    with pytest.raises(EvidenceError):
        verify(bundle, policy=bundle.parent / "nowhere")
    with pytest.raises(EvidenceError):
        verify(bundle, tsa_root=[bundle / "VERIFY.txt"])


def test_what_is_no_bundle_exits_with_3_and_says_what_to_do(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle.parent / "text").write_text("hello")
    with pytest.raises(typer.Exit) as stopped:
        verify(bundle.parent / "text")
    assert stopped.value.exit_code == 3
    assert "Unpack it and verify" in capsys.readouterr().out
