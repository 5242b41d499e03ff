"""``kuager bundle``: what goes in, what is held back, nothing of who made it; always the same bytes; ``verify.sh``."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.case.kazakh_measurements import PROBE
from tests.case.two_signals import BACK, CUT, LATER, measurements, series, small_case
from tests.cli.conftest import Inside
from tests.playing import settings as sources_settings
from tests.playing.ripestat import answer as ripestat
from tests.serving import Asked, Reply, serving

from kuager.case.adding import add_bytes, add_file
from kuager.case.collecting import collect_case
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, open_case
from kuager.case.manners import read_manners
from kuager.case.publishing import publish_case
from kuager.evidence.bundle import layout
from kuager.evidence.leaves import Claim, Observation, read_leaf
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.objects import sha256

ID = "kz-2022-01-12-a"
TELLING = "interview-with-aigul"
"""In the name of each file that somebody added."""
USER = "zhanibek-7"
HYPERQUACK = Path(__file__).parents[1] / "sources" / "recorded" / "censoredplanet" / "hyperquack-v2.jsonl"
OPERATORS = """[[operators]]
id = "mine"
name = { en = "Mine" }
country = "KZ"
source = "its own site"
networks = [{ asn = 9198 }]
"""

Bundle = Callable[..., dict[str, Any]]


def _ripestat() -> bytes:
    window = {"starttime": "2022-01-01T00:00:00", "endtime": "2022-01-20T00:00:00"}
    query = {"resource": "KZ", "resolution": "1h", **window}
    return ripestat(Asked("/data/country-resource-stats/data.json", query, {}, 0.0)).body


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of somebody with a telling name, with a case that was corrected and published, and their keys."""
    return tmp_path_factory.mktemp(USER)


@pytest.fixture(scope="module")
def made(home: Path) -> Case:
    added = home / "files"
    added.mkdir()
    files = {
        "series": series((CUT, BACK)),
        "ooni": measurements(),
        "censoredplanet": HYPERQUACK.read_bytes(),
        "ripestat": _ripestat(),
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KUAGER_KEYS", str(home / "keys"))
        case = small_case(home / "kz", ("en", "ru", "kk"))
        for kind, data in files.items():
            (added / f"{TELLING}-{kind}").write_bytes(data)
            add_file(case, added / f"{TELLING}-{kind}", kind, None)
        detect_case(open_case(case.path))
        add_bytes(open_case(case.path), series((CUT, LATER), seed=2), f"{TELLING}-later", "series", None)
        (case.path / "operators.toml").write_text(OPERATORS)
        detect_case(open_case(case.path))
        publish_case(open_case(case.path))
    return open_case(case.path)


@pytest.fixture
def bundle(inside: Inside, made: Case, home: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """``bundle("into", "--confidential")``: what was written, as the program says it."""
    monkeypatch.setenv("KUAGER_KEYS", str(home / "keys"))
    for name in ("USER", "LOGNAME", "HOSTNAME"):
        monkeypatch.setenv(name, USER)

    def command(into: str | Path, *words: str, case: Path | None = None) -> dict[str, Any]:
        code, answer, told = inside("bundle", case or made.path, "--json", "--into", into, *words)
        assert code == 0, told
        record: dict[str, Any] = json.loads(answer)
        return record

    return command


def verified(folder: Path) -> tuple[int, str]:
    """What ``verify.sh`` says of a bundle."""
    done = subprocess.run(
        ["sh", str(folder / "verify.sh")], capture_output=True, text=True, timeout=120, check=False, cwd="/"
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def objects(folder: Path) -> set[str]:
    return {path.name for path in (folder / "data" / "objects").rglob("*") if path.is_file()}


def leaves(folder: Path) -> dict[int, object]:
    return {int(path.stem): read_leaf(path.read_bytes()) for path in (folder / "log").glob("*.leaf")}


def of_kind(case: Case, *kinds: str) -> set[str]:
    return {record.digest for record in case.records.all() if record.kind in kinds}


def test_the_whole_case_is_in_it_and_what_could_harm_is_not(bundle: Bundle, made: Case, tmp_path: Path) -> None:
    record = bundle("out")
    folder = tmp_path / "out"
    assert record["entries"] == LogFolder(made.proving.log.folder).head.size == len(leaves(folder))
    assert record["files"] == len(tree(folder))
    withheld = {one["object"].removeprefix("sha256:"): one["reason"] for one in record["withheld"]}
    assert withheld == dict.fromkeys(of_kind(made, "ooni", "censoredplanet"), "identifying") | dict.fromkeys(
        of_kind(made, "ripestat"), "terms"
    )
    assert objects(folder) == of_kind(made, "series")
    assert json.loads((folder / layout.WITHHELD).read_bytes()) == record["withheld"]
    for leaf in leaves(folder).values():
        if isinstance(leaf, Claim):
            assert (folder / layout.statement_path(leaf.statement.removeprefix("sha256:"))).exists()
            if leaf.about not in {"table", "verdicts"}:
                result = folder / layout.result_path(leaf.output.removeprefix("sha256:"))
                assert sha256(result.read_bytes()) == result.name
    assert sorted(path.name for path in (folder / "data" / "case").iterdir()) == ["case.toml", "operators.toml"]
    assert all((folder / name).exists() for name in ("VERIFY.txt", "VERIFY.ru.txt", "VERIFY.kk.txt"))
    code, said = verified(folder)
    assert code == 0, said
    assert f"{record['entries']} of {record['entries']} entries are in the log" in said


def test_a_confidential_one_holds_nothing_back(bundle: Bundle, made: Case, tmp_path: Path, inside: Inside) -> None:
    assert bundle("out", "--confidential")["withheld"] == []
    assert objects(tmp_path / "out") == set(made.objects)
    assert any(PROBE.encode() in data for data in tree(tmp_path / "out").values())
    assert verified(tmp_path / "out")[0] == 0
    code, said, _ = inside("bundle", made.path, "--confidential", "--into", "again")
    assert code == 0
    assert "Do not publish it" in said


def test_what_one_episode_rests_on(bundle: Bundle, made: Case, tmp_path: Path) -> None:
    bundle("out", "--episode", ID)
    claims = [leaf for leaf in leaves(tmp_path / "out").values() if isinstance(leaf, Claim)]
    assert [(one.about, one.name) for one in claims] == [("episode", ID)] * 2
    assert objects(tmp_path / "out") == of_kind(made, "series")
    assert "External-Identifier: " + ID in (tmp_path / "out" / "bag-info.txt").read_text()
    code, said = verified(tmp_path / "out")
    assert code == 0, said


def test_what_one_claim_rests_on(bundle: Bundle, made: Case, tmp_path: Path) -> None:
    every = made.proving.log.entries()
    first = next(entry for entry in every if isinstance(entry.leaf, Claim) and entry.leaf.about == "table")
    bundle("out", "--entry", str(first.index))
    told = leaves(tmp_path / "out")
    assert [index for index, leaf in told.items() if isinstance(leaf, Claim)] == [first.index]
    assert [leaf.object for leaf in told.values() if isinstance(leaf, Observation)] == [made.records.all()[0].object]
    assert objects(tmp_path / "out") == {made.records.all()[0].digest}
    code, said = verified(tmp_path / "out")
    assert code == 0, said


@pytest.mark.parametrize("words", [("--entry", "0"), ("--entry", "99999"), ("--episode", "kz-2099-01-01-a")])
def test_what_there_is_not_is_told(inside: Inside, bundle: Bundle, made: Case, words: tuple[str, ...]) -> None:
    del bundle  # it says where the keys are
    code, said, told = inside("bundle", made.path, "--into", "out", *words)
    assert (code, said) == (2, "")
    assert "no such claim" in told
    assert ID in told


def test_a_zip_is_the_same_bundle_in_one_file(bundle: Bundle, tmp_path: Path) -> None:
    bundle("out")
    bundle("out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert tree(tmp_path / "unpacked" / "kz") == tree(tmp_path / "out")
    assert verified(tmp_path / "unpacked" / "kz")[0] == 0


def test_the_same_case_gives_the_same_bytes_everywhere(
    bundle: Bundle, made: Case, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle("one.zip")
    copy = tmp_path / "elsewhere" / "kz"
    shutil.copytree(made.path, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(tmp_path),
        "KUAGER_KEYS": str(home / "keys"),
        "TZ": "Asia/Almaty",
        "LANG": "kk_KZ.UTF-8",
        "PYTHONHASHSEED": "7",
    }
    words = [sys.executable, "-m", "kuager", "bundle", str(copy), "--into", str(tmp_path / "two.zip")]
    subprocess.run(words, env=environment, umask=0o077, check=True, timeout=120, capture_output=True)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (tmp_path / "one.zip").stat().st_mode == (tmp_path / "two.zip").stat().st_mode
    monkeypatch.setenv("TZ", "Asia/Almaty")
    before = os.umask(0o077)
    try:
        bundle("one")
        os.umask(0o002)
        bundle("two")
    finally:
        os.umask(before)
    modes = [{path.name: path.stat().st_mode for path in (tmp_path / one).rglob("*")} for one in ("one", "two")]
    assert modes[0] == modes[1]
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize("words", [(), ("--confidential",)], ids=["public", "confidential"])
def test_nothing_of_who_made_it_is_in_it(bundle: Bundle, home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    bundle("out", *words)
    bundle("out.zip", *words)
    telling = [TELLING, USER, str(home), str(tmp_path), home.parent.name, tmp_path.name, sys.prefix]
    telling += [name for name in (socket.gethostname(), socket.getfqdn()) if len(name) > 5]
    everything = {**tree(tmp_path / "out"), "zip": (tmp_path / "out.zip").read_bytes()}
    for path, data in everything.items():
        for one in telling:
            assert one not in path
            assert one.encode() not in data, (one, path)


def test_a_changed_byte_is_found(bundle: Bundle, tmp_path: Path) -> None:
    bundle("out")
    for place in ("data/objects", "data/claims", "data/results", "log", "keys", "data/case"):
        folder = tmp_path / "changed" / place.replace("/", "-")
        shutil.copytree(tmp_path / "out", folder)
        path = min(one for one in (folder / place).rglob("*") if one.is_file())
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        assert verified(folder)[0] == 3, place


def test_nothing_is_written_over(bundle: Bundle, inside: Inside, made: Case, tmp_path: Path) -> None:
    del bundle  # it says where the keys are
    (tmp_path / "out").mkdir()
    code, _, told = inside("bundle", made.path, "--into", "out")
    assert code == 2
    assert "something at out already" in told
    assert not list((tmp_path / "out").iterdir())


def test_what_is_not_signed_yet_is_told_and_not_left_out(
    bundle: Bundle, inside: Inside, made: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle of an older version would pass for what the case says now."""
    shutil.copytree(made.path, tmp_path / "kz")
    keys = os.environ["KUAGER_KEYS"]
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "kz" / "case.toml"))
    add_bytes(open_case(tmp_path / "kz"), series(seed=5), "c", "series", None)
    detect_case(open_case(tmp_path / "kz"))
    monkeypatch.setenv("KUAGER_KEYS", keys)
    for words in ((), ("--episode", ID), ("--entry", str(made.proving.log.entries()[-1].index + 2))):
        code, _, told = inside("bundle", "kz", "--into", "out", *words)
        assert code == 1
        assert "not signed yet" in told
        assert "kuager stamp" in told
    assert inside("stamp", "kz")[0] == 0
    bundle("out", case=tmp_path / "kz")
    assert verified(tmp_path / "out")[0] == 0


def test_a_key_that_was_replaced_in_the_middle(
    bundle: Bundle, inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "keys"))
    case = small_case(tmp_path / "kz")
    add_bytes(case, series((CUT, BACK)), "a", "series", None)
    (case.proving.log.folder / "stamps").mkdir()
    bundle("before", case=case.path)
    for role in ("log", "custodian"):
        assert inside("keys", "rotate", "--role", role, "kz")[0] == 0
    detect_case(open_case(case.path))
    record = bundle("after", case=case.path)
    code, said = verified(tmp_path / "after")
    assert code == 0, said
    shown = json.loads(inside("keys", "list", "--json")[1])["keys"]
    standing = {key["role"]: key["fingerprint"] for key in shown if key["state"] == "standing"}
    assert record["fingerprints"] == {role: standing[role] for role in ("log", "custodian")}
    code, said = verified(tmp_path / "before")
    assert code == 0, said


def test_what_nobody_came_to_read_is_held_back(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection that was killed after an answer came: it may hold anything, and no record says what."""
    monkeypatch.setattr("kuager.case.collection.LEAD_DAYS", 1)
    case = small_case(tmp_path / "kz")
    page = b"<!DOCTYPE html><title>from 203.0.113.9</title>"
    with serving(lambda _asked: Reply(page)) as server:
        (tmp_path / "settings.toml").write_text(sources_settings(server.address))
        collect_case(case, ("ioda",), read_manners(tmp_path / "settings.toml"))
    assert [record.kind for record in case.records.all()].count("unread") >= 1
    record = bundle("one", case=case.path)
    assert [one["reason"] for one in record["withheld"]] == ["identifying"]
    for path in (case.path / "evidence" / "received").iterdir():
        path.unlink()
    record = bundle("two", case=case.path)
    assert [one["reason"] for one in record["withheld"]] == ["identifying"]
    assert not any(page in data for data in tree(tmp_path / "two").values())
