"""Sources who must stay unknown, from their own machine to a bundle, through the commands that people use."""

from __future__ import annotations

import base64
import getpass
import hashlib
import itertools
import json
import os
import re
import shutil
import socket
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pyrage import x25519
from tests.cli.conftest import Run
from tests.evidence.private.crashes import dies
from tests.evidence.private.photographs import SECRETS, drawn, jpeg_of, png_of
from typer.testing import CliRunner

from kuager.case import contributing
from kuager.case.adding import add_bytes
from kuager.case.detecting import detect_case
from kuager.case.folder import Case, new_case, open_case
from kuager.case.publishing import publish_case
from kuager.case.settings import Contributions, Settings, from_toml, to_toml
from kuager.case.signing import log_key
from kuager.cli.app import app
from kuager.errors import CaseDamaged, KuagerError
from kuager.evidence.leaves import Contribution, Redaction
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.merkle import leaf_hash
from kuager.evidence.private.commitments import read_opening
from kuager.evidence.private.contributors import read_receipt
from kuager.evidence.private.parcels import pack, unpack
from kuager.evidence.private.sealing import unseal
from kuager.model.time import parse_utc

DAY = 1_641_340_800
DAY_S = 86_400
IDENTITIES = [x25519.Identity.generate() for _ in range(3)]
CURATORS = [str(one.to_public()) for one in IDENTITIES]
SMALL = Contributions(at_once=4)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    window = (parse_utc("2022-01-02"), parse_utc("2022-01-12"))
    return new_case(tmp_path / "kz", Settings("", ("KZ",), *window, contributions=SMALL))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Set the clock of this process."""
    monkeypatch.setenv("LANG", "en")
    return lambda moment: monkeypatch.setattr(time, "time", lambda: float(moment))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "curator.key"
    path.write_text(f"# created: some day\n{IDENTITIES[0]}\n")
    return path


def said(*words: str | Path) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*words: str | Path) -> str:
    """All that a command says when it refuses."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(done.exception, KuagerError), done.output
    told = done.exception.diagnostics()
    assert told.remedy
    return f"{told.happened} {told.meaning} {told.remedy}"


AGREED = ("--consent", "public", "--risk", "none that I know of")
"""What every contributor has to say."""


def to_all(*, count: int = 2) -> Iterator[str]:
    for curator in CURATORS[:count]:
        yield from ("--to", curator)


def one_entry(case: Case) -> dict[str, Any]:
    (entry,) = json.loads(said("reveal", case.path, "--json"))["entries"]
    assert isinstance(entry, dict)
    return entry


def received(case: Case, tmp_path: Path, key: Path, fields: dict[str, str], files: list[bytes] | None = None) -> bytes:
    parcel = tmp_path / f"{os.urandom(4).hex()}.age"
    agreed = {"consent": "public", "risk": "none that I know of"}
    parcel.write_bytes(pack(files or [], {**agreed, **fields}, CURATORS[:2]))
    return contributing.receive(case, parcel, key, int(time.time()))


def test_a_parcel_is_made_and_received_by_the_program(run: Run, case: Case, tmp_path: Path, key: Path) -> None:
    photograph = jpeg_of(drawn(600, 400))
    (tmp_path / "IMG_20220105_160411.jpg").write_bytes(photograph)
    done = run("contribute", "IMG_20220105_160411.jpg", *to_all(), *AGREED, "--say", "place=Almaty", "--into", "parcel")
    assert done.returncode == 0, done.stderr
    parcel = tmp_path / "parcel"
    assert stat.S_IMODE(parcel.stat().st_mode) == 0o600
    assert datetime.fromtimestamp(parcel.stat().st_mtime, UTC).year == 2000
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "IMG_20220105_160411.jpg",
        "curator.key",
        "kz",
        "parcel",
    ]
    opened = unpack(parcel.read_bytes(), str(IDENTITIES[1]))
    (original,) = opened.originals.values()
    assert original == photograph
    inside = unseal(parcel.read_bytes(), str(IDENTITIES[1])).replace(original, b"")
    inside += b"".join(one.text.encode() + str(one.value).encode() for one in opened.record.disclosures)
    machine = (socket.gethostname(), getpass.getuser(), str(tmp_path), "IMG_2022", f"{datetime.now(UTC):%Y-%m-%d}")
    # what is shorter stands in so many random bytes by chance
    assert [word for word in machine if len(word) > 5 and word.encode() in inside] == []
    done = run("receive", case.path, "parcel", "--identity", key)
    assert done.returncode == 0, done.stderr
    receipt = done.stdout[done.stdout.index("kuager.receipt/v1") :]
    assert f"\n{datetime.now(UTC):%Y-%m-%d}T00:00:00Z\n" in receipt


def test_from_a_parcel_to_a_bundle(case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]) -> None:
    picture, parcel = tmp_path / "a.jpg", tmp_path / "parcel"
    picture.write_bytes(jpeg_of(drawn(600, 400)))
    said(
        "contribute",
        picture,
        *to_all(),
        *AGREED,
        "--say",
        "place=Almaty",
        "--say",
        "phone=+77010000000",
        "--into",
        parcel,
    )
    clock(DAY + 3 * 3600)
    first = json.loads(said("receive", case.path, parcel, "--identity", key, "--json"))
    clock(DAY + 9 * 3600)
    assert json.loads(said("receive", case.path, parcel, "--identity", key, "--json")) == first, "asked again"
    assert (first["batch"], first["due"]) == ("2022-01-05T00:00:00Z", "2022-01-06T00:00:00Z")
    assert json.loads(said("receive", case.path, "--due", "--json")) == {"entered": 0}
    clock(DAY + DAY_S)
    assert json.loads(said("receive", case.path, "--due", "--json")) == {"entered": SMALL.at_once}
    assert json.loads(said("receive", case.path, "--due", "--json")) == {"entered": 0}

    entry = one_entry(case)
    log = LogFolder(case.proving.log.folder)
    (leaf,) = log.leaves(entry["index"], entry["index"] + 1)
    receipt = read_receipt(first["receipt"].encode(), [log_key(log)])
    receipt.covers(leaf)
    assert receipt.origin == log.head.origin
    assert entry["fields"] == ["original", "phone", "place"]

    assert "place" in said("reveal", case.path, str(entry["index"]), "place")
    said("reveal", case.path, str(entry["index"]), "phone")
    assert one_entry(case)["revealed"] == ["phone", "place"]
    assert json.loads(
        said("erase", case.path, str(entry["index"]), "phone", "--because", "It was called.", "--json")
    ) == {"entry": entry["index"], "erased": ["phone"], "signed": True}
    assert (one_entry(case)["fields"], one_entry(case)["revealed"]) == (["original", "place"], ["place"])
    assert "no field phone" in refused("reveal", case.path, str(entry["index"]), "phone")
    assert "no field phone" in refused("erase", case.path, str(entry["index"]), "phone", "--because", "Again.")

    said("receive", case.path, parcel, "--identity", key)
    assert one_entry(case)["fields"] == ["original", "place"], "what is erased does not come back with the parcel"

    said("bundle", case.path, "--into", tmp_path / "bundle")
    commitment = json.loads(leaf)["commit"].removeprefix("sha256:")
    (opening,) = (tmp_path / "bundle" / "data" / "disclosures").iterdir()
    assert opening.name == f"{commitment}.json"
    assert read_opening(opening.read_bytes(), bytes.fromhex(commitment)) == {"place": "Almaty"}
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("bundle/**/*") if path.is_file())
    assert b"77010000000" not in everything
    assert hashlib.sha256(picture.read_bytes()).hexdigest().encode() not in everything

    said("erase", case.path, str(entry["index"]), "original", "place", "--because", "All of it.")
    assert (one_entry(case)["fields"], one_entry(case)["originals"]) == ([], [])
    assert not list(case.entrusted.folder.glob("o*/*"))
    redactions = [entry.leaf for entry in case.proving.log.entries() if isinstance(entry.leaf, Redaction)]
    assert [(len(one.fields), one.reason) for one in redactions] == [(1, "It was called."), (4, "All of it.")]


def test_a_curator_looks_at_what_may_be_published(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    clock(DAY)
    photograph = jpeg_of(drawn(600, 400))
    received(case, tmp_path, key, {}, [photograph, "Пришёл приказ.\r\n".encode()])
    clock(DAY + DAY_S)
    said("receive", case.path, "--due")
    originals = {Path(path) for path in one_entry(case)["originals"]}
    assert len(originals) == 2
    found = []
    for number, path in enumerate(sorted(originals)):
        assert b"Exif" not in path.read_bytes()
        out = tmp_path / f"out{number}"
        assert "Look at it" in said("strip", path, "--into", out, "--identity", key)
        found.append(out.read_bytes())
    picture, words = sorted(found, key=len, reverse=True)
    assert words == "Пришёл приказ.\n".encode()
    assert not any(secret in picture for secret in (*SECRETS, b"Exif"))
    (tmp_path / "plain.jpg").write_bytes(photograph)
    said("strip", tmp_path / "plain.jpg", "--into", tmp_path / "public.jpg")
    assert (tmp_path / "public.jpg").read_bytes() == picture
    with Image.open(tmp_path / "public.jpg") as image:
        assert not image.getexif()
    assert "cannot be made" in refused("strip", tmp_path / "plain.jpg", "--into", tmp_path / "public.jpg")
    assert (tmp_path / "public.jpg").read_bytes() == picture


@dataclass(frozen=True)
class Person:
    """Somebody who must stay unknown."""

    name: str
    fields: dict[str, str]
    file: bytes
    curators: int
    hour: int


ARU = Person(
    "IMG_20220105_160411", {"phone": "+77010000000", "place": "Almaty, flat 12"}, jpeg_of(drawn(700, 400)), 2, 2
)
KONSTANTIN = Person(
    "Konstantin-report",
    {f"field-{number}": "Константин Константинопольский " * 20 for number in range(30)},
    png_of(drawn(1200, 900)),
    3,
    23,
)


def _public(case: Case, bundle: Path) -> dict[str, bytes]:
    """Every file that others see, with its name and its bytes."""
    folders = (case.public, case.proving.log.folder, bundle)
    files = [(folder, path) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {f"{folder.name}/{path.relative_to(folder)}": path.read_bytes() for folder, path in files}


def _traces(public: dict[str, bytes], index: int, leaf: bytes) -> dict[str, object]:
    """Wherever anything of an entry stands, without its number and its random values.

    A proof follows from the place in the tree, and places are shuffled: proofs are left out.
    """
    words = json.loads(leaf)
    root = bytes.fromhex(words["commit"].removeprefix("sha256:"))
    parts = {
        "leaf": leaf,
        "hash": leaf_hash(leaf),
        "hash in hex": leaf_hash(leaf).hex().encode(),
        "hash in base 64": base64.b64encode(leaf_hash(leaf)),
        "root": root,
        "root in hex": root.hex().encode(),
        "root in base 64": base64.b64encode(root),
        "key": words["key"].encode(),
        "signature": words["signature"].encode(),
    }
    found: dict[str, object] = {name: len(value) for name, value in words.items()}
    found["batch"] = words["batch"]
    found["size of its file"] = len(public[f"bundle/log/{index}.leaf"])
    elsewhere = {
        path: data for path, data in public.items() if not re.fullmatch(r"bundle/log/\d+\.(leaf|tlog-proof)", path)
    }
    for part, value in parts.items():
        found[f"where the {part} is"] = sorted(path for path, data in elsewhere.items() if value in data)
    return found


def _contributed(case: Case, tmp_path: Path, person: Person) -> Path:
    folder = tmp_path / "home" / person.name
    folder.mkdir(parents=True)
    (folder / f"{person.name}.jpg").write_bytes(person.file)
    words = itertools.chain.from_iterable(("--say", f"{name}={value}") for name, value in person.fields.items())
    said(
        "contribute",
        folder / f"{person.name}.jpg",
        *to_all(count=person.curators),
        *AGREED,
        *words,
        "--into",
        folder / "p.age",
    )
    return folder / "p.age"


def test_two_contributors_cannot_be_told_apart(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    """Nor from dummies: in what is published, in the log, and in a bundle."""
    add_bytes(case, b"time,place,signal,value\n2022-01-05T10:00Z,KZ,my.traffic,81.2\n", "own.csv", "series", None)
    detect_case(case)
    publish_case(case)
    before = {path: path.stat().st_mtime_ns for path in case.path.rglob("*")}
    leaves = []
    for person in (ARU, KONSTANTIN):
        parcel = _contributed(case, tmp_path, person)
        clock(DAY + person.hour * 3600 + 1723)
        leaves.append(contributing.receive(case, parcel, key, int(time.time())))
    private = {case.entrusted.folder, *case.entrusted.folder.rglob("*")}
    assert {path.stat().st_mtime for path in private} == {0}, "a seized disk tells no time of coming"
    assert all(stat.S_IMODE(path.stat().st_mode) in {0o700, 0o600} for path in private)
    after = {path: path.stat().st_mtime_ns for path in case.path.rglob("*") if path not in private}
    assert {path for path, changed in after.items() if before.get(path) != changed} == {case.path / "evidence"}

    clock(DAY + DAY_S + 60)
    said("receive", case.path, "--due")
    publish_case(open_case(case.path))
    said("bundle", case.path, "--into", tmp_path / "bundle")
    public = _public(case, tmp_path / "bundle")
    assert sum(path.startswith("public/") for path in public) > 3

    entered = [
        (entry.index, entry.leaf) for entry in case.proving.log.entries() if isinstance(entry.leaf, Contribution)
    ]
    every = list(LogFolder(case.proving.log.folder).leaves())
    traces = {every[index]: _traces(public, index, every[index]) for index, _ in entered}
    assert len(traces) == SMALL.at_once
    assert set(leaves) < set(traces)
    assert len({json.dumps(one, sort_keys=True) for one in traces.values()}) == 1, "dummies and people alike"
    assert traces[leaves[0]]["batch"] == "2022-01-05T00:00:00Z"

    together = b"\0".join([*(path.encode() for path in public), *public.values()])
    for person in (ARU, KONSTANTIN):
        hashed = hashlib.sha256(person.file)
        for secret in (*person.fields.values(), person.name, hashed.hexdigest(), f"T{person.hour:02}:28:43"):
            assert secret.encode() not in together
        assert hashed.digest() not in together
        assert not any(name.encode() in together for name in person.fields if name.startswith("field-"))
    assert not any(secret in together for secret in (*SECRETS, *(one.encode() for one in CURATORS)))
    assert not any(str(DAY + person.hour * 3600 + 1723).encode() in together for person in (ARU, KONSTANTIN))


def test_the_search_for_traces_finds_one() -> None:
    leaf = json.dumps({"batch": "b", "commit": "sha256:" + "ab" * 32, "key": "k1", "signature": "s1"}).encode()
    public = {"bundle/log/7.leaf": leaf, "public/index.html": b""}
    planted = {**public, "public/index.html": b"of entry " + b"ab" * 32}
    assert _traces(public, 7, leaf) != _traces(planted, 7, leaf)
    assert _traces(public, 7, leaf) != _traces({**public, "bundle/log/7.leaf": leaf + b" "}, 7, leaf)


def test_an_ordinary_step_enters_what_is_due_and_touches_nothing_private(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    clock(DAY)
    received(case, tmp_path, key, {"place": "Almaty"})
    unfinished = case.entrusted.folder / "records" / ".tmp-of-somebody-who-receives-now"
    unfinished.write_bytes(b"half")
    clock(DAY + 2 * DAY_S)
    with case.writing("detect"):
        pass
    batches = [entry.leaf.batch for entry in case.proving.log.entries() if isinstance(entry.leaf, Contribution)]
    assert sorted(batches) == ["2022-01-05T00:00:00Z"] * 4 + ["2022-01-06T00:00:00Z"] * 4
    assert unfinished.exists()


@pytest.fixture
def entered(case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]) -> int:
    """The number of an entry in the log, of a contribution of which two fields were revealed."""
    clock(DAY)
    received(case, tmp_path, key, {"place": "Almaty", "phone": "+7701"}, [b"an original"])
    clock(DAY + DAY_S)
    contributing.enter_due(case, DAY + DAY_S)
    (kept,) = contributing.kept(case)
    contributing.reveal(case, kept.index, ["phone", "place"])
    return kept.index


def test_erasing_is_made_good_by_the_next_step_after_a_crash(case: Case, tmp_path: Path, entered: int) -> None:
    """Killed at one call after the other, on a copy each; never is anything destroyed that the log does not say."""
    told = []
    for at in itertools.count(1, 11):
        again = open_case(Path(shutil.copytree(case.path, tmp_path / f"{at}" / "kz")))
        if not dies(partial(contributing.erase, again, entered, ["phone", "original"], "It names a person."), at):
            break
        said_so = any(isinstance(entry.leaf, Redaction) for entry in again.proving.log.entries())
        (left,) = contributing.kept(again)
        if not said_so:
            assert (left.fields, left.revealed) == (("original", "phone", "place"), ("phone", "place")), at
            assert left.originals, at
        with again.writing("anything"):
            pass
        (left,) = contributing.kept(again)
        if said_so:
            assert (left.fields, left.originals) == (("place",), ()), at
            assert set(left.revealed) <= {"place"}, at
        told.append(said_so)
    assert told == sorted(told)
    assert set(told) == {False, True}


def test_receiving_again_after_a_crash_keeps_everything_once(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    clock(DAY)
    contributing.enter_due(case, DAY)
    parcel = tmp_path / "parcel"
    parcel.write_bytes(pack([b"an original"], {"place": "Almaty"}, CURATORS[:2]))
    for at in itertools.count(1, 13):
        again = open_case(Path(shutil.copytree(case.path, tmp_path / f"{at}" / "kz")))
        died = dies(partial(contributing.receive, again, parcel, key, DAY), at)
        leaf = contributing.receive(again, parcel, key, DAY + 60)
        contributing.enter_due(again, DAY + DAY_S)
        (kept,) = contributing.kept(again)
        assert (kept.fields, len(kept.originals)) == (("original", "place"), 1)
        assert list(LogFolder(again.proving.log.folder).leaves(kept.index, kept.index + 1)) == [leaf]
        if not died:
            break
    assert at > 20


def test_who_may_not_is_told_so(case: Case, tmp_path: Path, key: Path, entered: int) -> None:
    parcel = tmp_path / "parcel"
    parcel.write_bytes(pack([], {"place": "Almaty"}, CURATORS[:2]))
    (tmp_path / "other.key").write_text(str(IDENTITIES[2]))
    assert "None of these keys" in refused("receive", case.path, parcel, "--identity", tmp_path / "other.key")
    assert "not an age file" in refused("receive", case.path, key, "--identity", key)
    assert "cannot be read" in refused("receive", case.path, parcel, "--identity", tmp_path / "nothing")
    for words in ((), (parcel,), (parcel, "--due"), ("--identity", key)):
        assert "not clear" in refused("receive", case.path, *words)
    assert "not 1" in refused("contribute", key, "--to", CURATORS[0], *AGREED, "--into", tmp_path / "p")
    assert "nothing to seal" in refused("contribute", *to_all(), *AGREED, "--into", tmp_path / "p")
    for field in ("place", "=x", "Place=x", "original=x"):
        refused("contribute", *to_all(), *AGREED, "--say", field, "--into", tmp_path / "p")
    assert not (tmp_path / "p").exists()
    assert "cannot be made" in refused("contribute", key, *to_all(), *AGREED, "--into", parcel)
    dummy = next(
        one for one in range(entered + 1, entered - SMALL.at_once, -1) if one != entered and _is_entry(case, one)
    )
    assert "Nothing is kept" in refused("reveal", case.path, str(dummy), "place")
    assert "no contribution" in refused("reveal", case.path, "9999", "place")
    assert "at least one field" in refused("erase", case.path, str(entered), "place", "--because", " ")
    assert json.loads(said("reveal", case.path, str(dummy), "--json")) == {"entries": []}


def _is_entry(case: Case, index: int) -> bool:
    entries = case.proving.log.entries()
    return 0 <= index < len(entries) and isinstance(entries[index].leaf, Contribution)


def test_how_contributions_are_entered_can_be_set() -> None:
    window = (parse_utc("2022-01-02"), parse_utc("2022-01-12"))
    for contributions in (Contributions(), Contributions(168, 8)):
        chosen = Settings("", ("KZ",), *window, contributions=contributions)
        assert from_toml(to_toml(chosen)) == chosen
    plain = to_toml(Settings("", ("KZ",), *window))
    assert b"contributions" not in plain
    for text in ("interval_hours = 0", "at_once = 1.5", "at_once = true", "hours = 1", "at_once = 1000000"):
        with pytest.raises(CaseDamaged):
            from_toml(plain + f"[contributions]\n{text}\n".encode())
    with pytest.raises(CaseDamaged):
        from_toml(plain + b"contributions = 3\n")


def entered_as(case: Case, tmp_path: Path, key: Path, notes: dict[str, Any], clock: Callable[[int], None]) -> str:
    """What the curator is told of a parcel with the field ``place`` and these notes; its batch is entered then."""
    parcel = tmp_path / f"{os.urandom(4).hex()}.age"
    parcel.write_bytes(pack([], {"place": "Almaty", **notes}, CURATORS[:2]))
    clock(DAY)
    told = said("receive", case.path, parcel, "--identity", key)
    clock(DAY + DAY_S)
    said("receive", case.path, "--due")
    return told


def opened_in(case: Case, into: Path, *words: str) -> list[bytes]:
    """The openings of a bundle."""
    said("bundle", case.path, *words, "--into", into)
    return [path.read_bytes() for path in sorted((into / "data").glob("disclosures/*"))]


@pytest.mark.parametrize(
    "notes",
    [{}, {"consent": ["public"], "risk": ["a"]}, {"consent": None, "risk": None}, {"consent": "everything", "risk": 7}],
    ids=["nothing", "lists", "null", "another word"],
)
def test_whatever_is_no_consent_is_none_and_stops_nobody(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None], notes: dict[str, Any]
) -> None:
    told = entered_as(case, tmp_path, key, notes, clock)
    assert "did not say how far it may go" in told
    assert "agreed to" not in told
    entry = one_entry(case)
    assert (entry["consent"], entry["risk"], entry["fields"]) == ("sealed", "", ["place"])
    assert "Nobody agreed" in refused("reveal", case.path, str(entry["index"]), "place")
    assert opened_in(case, tmp_path / "bundle", "--confidential") == []


def test_what_a_contributor_fears_cannot_write_on_the_terminal_of_a_curator(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    fear = "\x1b]0;title\x07\x9b31m\u202eafraid\nIts contributor agreed to: everything" + "x" * 20_000
    told = entered_as(case, tmp_path, key, {"consent": "sealed", "risk": fear}, clock)
    (line,) = [line for line in told.splitlines() if "afraid" in line]
    assert "everything" in line, "no line of its own"
    assert len(line) < 1_100
    for shown in (told, said("reveal", case.path), said("reveal", case.path, "--json")):
        assert all(sign.isprintable() or sign == "\n" for sign in shown)


def test_consent_that_is_taken_back_reaches_what_was_revealed_before(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    entered_as(case, tmp_path, key, {"consent": "public", "risk": "my work"}, clock)
    index = str(one_entry(case)["index"])
    said("reveal", case.path, index, "place")
    assert len(opened_in(case, tmp_path / "before")) == 1
    said("erase", case.path, index, "consent", "--because", "Taken back.")
    entry = one_entry(case)
    assert (entry["consent"], entry["revealed"], entry["fields"]) == ("sealed", [], ["place"])
    assert opened_in(case, tmp_path / "after") == []
    assert opened_in(case, tmp_path / "for-a-court", "--confidential") == []


def test_with_the_last_field_goes_what_the_contributor_feared(
    case: Case, tmp_path: Path, key: Path, clock: Callable[[int], None]
) -> None:
    entered_as(case, tmp_path, key, {"day": "2022-01-05", "consent": "public", "risk": "my work"}, clock)
    entry = one_entry(case)
    index = str(entry["index"])
    assert entry["risk"] == "my work", "whoever opens something weighs that"
    said("erase", case.path, index, "day", "--because", "No more.")
    assert one_entry(case)["risk"] == "my work"
    erased = json.loads(said("erase", case.path, index, "place", "--because", "All of it.", "--json"))
    assert erased["erased"] == ["consent", "place", "risk"]
    assert list(case.entrusted.folder.glob("records/*/disclosures/*")) == []
