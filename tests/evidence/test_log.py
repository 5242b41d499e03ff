"""A log in files: against a log that another program wrote, against the tree's definition, and against its own word."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import EvidenceError, LogDamaged, ProofRefused
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign, cosigned
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.growth import Growth
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from kuager.evidence.note import COSIGNATURE, ED25519, SignedNote, VerifierKey, verified
from kuager.evidence.tiles import decode_entries

ORIGIN = "log.example/a"
KEY = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
LOG_KEY = VerifierKey.of(ORIGIN, ED25519, KEY)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def writer(folder: Path) -> Iterator[LogWriter]:
    opened = LogWriter(folder, ORIGIN)
    yield opened
    opened.close()


def _entries(count: int, start: int = 0) -> list[bytes]:
    return [b"entry %d" % number for number in range(start, start + count)]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_size_of_a_log_that_tessera_wrote_comes_out_to_the_byte(shared_data: Path, folder: Path) -> None:
    theirs = shared_data / "evidence-vectors" / "tessera-log"
    key = VerifierKey.parse((theirs / "log.vkey").read_text().strip())
    entries = decode_entries((theirs / "testdata/log/tile/entries/000.p/15").read_bytes())
    writer = LogWriter(folder, key.name)
    for size in range(16):
        note = SignedNote.parse((theirs / f"testdata/log/checkpoint.{size}").read_bytes())
        assert verified(note, [key]) == (key,)
        writer.append(entries[size - 1 : size] if size else [])
        assert writer.sign(key.name, KEY).text == note.text
    writer.close()
    assert {name: data for name, data in _files(folder).items() if name.startswith("tile/")} == {
        name: data for name, data in _files(theirs / "testdata/log").items() if name.startswith("tile/")
    }


@given(st.lists(st.binary(max_size=40), max_size=900), st.data())
def test_any_appends_are_one_append(entries: list[bytes], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(entries)), max_size=5)))
    once, often = Growth(), Growth()
    files = dict(once.add(entries))
    grown: dict[str, bytes] = {}
    for start, end in pairwise([0, *cuts, len(entries)]):
        grown |= dict(often.add(iter(entries[start:end])))
    assert grown == files
    assert often == once
    assert often.root() == root([leaf_hash(entry) for entry in entries])


def test_the_files_do_not_depend_on_how_entries_came(tmp_path: Path) -> None:
    entries = _entries(66_000)
    for name, cuts in (("once", [0, 66_000]), ("often", [0, 1, 255, 256, 257, 65_535, 65_537, 66_000])):
        writer = LogWriter(tmp_path / name, ORIGIN)
        for start, end in pairwise(cuts):
            assert writer.append(entries[start:end]) == range(start, end)
        writer.close()
    assert _files(tmp_path / "once") == _files(tmp_path / "often")
    log = LogFolder(tmp_path / "often")
    assert log.head == Checkpoint(ORIGIN, 66_000, root([leaf_hash(entry) for entry in entries]))
    assert list(log.leaves(65_500, 65_900)) == entries[65_500:65_900]
    assert log.leaf(65_999) == entries[-1]
    log.check()


def test_proofs_hold_for_every_signed_size(writer: LogWriter, folder: Path) -> None:
    log = LogFolder(folder)
    sizes = [1, 3, 256, 257, 600]
    for before, size in pairwise([0, *sizes]):
        writer.append(_entries(size - before, before))
        writer.sign(ORIGIN, KEY)
    assert list(log.checkpoints) == sizes
    for size in sizes:
        note = log.checkpoint_at(size)
        assert note is not None
        head = Checkpoint.parse(note.text)
        for index in {0, size // 2, size - 1}:
            proof = log.proof(index, size)
            verify_inclusion(index, size, leaf_hash(log.leaf(index)), proof.hashes, head.root)
        verify_consistency(size, 600, log.consistency(size, 600), head.root, log.root_at(600))
    with pytest.raises(ProofRefused):
        log.proof(600)
    with pytest.raises(ProofRefused):
        log.proof(3, 3)
    with pytest.raises(ProofRefused):
        log.consistency(3, 601)
    with pytest.raises(ProofRefused):
        log.leaf(600)


def test_an_entry_that_is_too_long_adds_nothing(writer: LogWriter, folder: Path) -> None:
    writer.append(_entries(3))
    with pytest.raises(ProofRefused, match="65536 bytes"):
        writer.append([*_entries(300), b"x" * 65_536])
    assert writer.append([b"x" * 65_535]) == range(3, 4)
    LogFolder(folder).check()


def test_tiles_that_are_not_full_stay_for_what_was_signed(writer: LogWriter, folder: Path) -> None:
    def partials() -> set[str]:
        return {name for name in _files(folder) if ".p/" in name}

    writer.append(_entries(800))
    writer.sign(ORIGIN, KEY)
    signed = partials()
    assert signed == {"tile/0/003.p/32", "tile/1/000.p/3", "tile/entries/003.p/32"}
    writer.append(_entries(100, 800))  # never signed
    writer.append(_entries(50, 900))
    assert partials() == signed | {"tile/0/003.p/182", "tile/entries/003.p/182"}
    writer.append(_entries(100, 950))
    assert partials() == {"tile/0/004.p/26", "tile/1/000.p/3", "tile/1/000.p/4", "tile/entries/004.p/26"}


def test_a_reader_that_comes_late_takes_the_larger_tile(writer: LogWriter, folder: Path) -> None:
    writer.append(_entries(5))
    reading = LogFolder(folder).leaves()
    before = LogFolder(folder).tile(0, 0, 5)
    writer.append(_entries(2, 5))
    assert not (folder / "tile/0/000.p/5").exists()
    assert list(reading) == _entries(7)
    assert LogFolder(folder).tile(0, 0, 5) == before
    writer.append(_entries(300, 7))
    assert LogFolder(folder).tile(0, 0, 5) == before


def test_signing_later_than_adding(writer: LogWriter, folder: Path) -> None:
    log = LogFolder(folder)
    assert (log.checkpoint, log.unsigned) == (None, 0)
    writer.append(_entries(10))
    assert log.unsigned == 10
    note = writer.sign(ORIGIN, KEY)
    assert verified(note, [LOG_KEY]) == (LOG_KEY,)
    assert log.checkpoint == note
    writer.append(_entries(4, 10))
    assert (log.signed_size, log.unsigned) == (10, 4)


def test_lines_of_witnesses_join_the_head_of_their_size_and_stay(writer: LogWriter, folder: Path) -> None:
    log, key = LogFolder(folder), VerifierKey.of("w.example", COSIGNATURE, WITNESS)
    writer.append(_entries(3))
    first = writer.sign(ORIGIN, KEY)
    writer.append(_entries(3, 3))
    second = writer.sign(ORIGIN, KEY)
    writer.add_lines(3, [cosign(first.text, key.name, WITNESS, 1_700_000_000)])
    assert log.checkpoint == second
    assert cosigned(log.checkpoints[3], [key]) == {key: 1_700_000_000}
    with_line = writer.add_lines(6, [cosign(second.text, key.name, WITNESS, 1_700_000_001)])
    assert log.checkpoint == log.checkpoints[6] == with_line
    assert writer.sign(ORIGIN, KEY) == with_line
    with pytest.raises(ProofRefused):
        writer.add_lines(4, [])
    many = [cosign(second.text, f"{number}.example", WITNESS, 1_700_000_000) for number in range(64)]
    with pytest.raises(ProofRefused):
        writer.add_lines(6, many)
    assert log.checkpoint == with_line


def test_an_older_copy_is_not_opened_once_more_was_signed(folder: Path) -> None:
    writer = LogWriter(folder, ORIGIN)
    writer.append(_entries(5))
    writer.sign(ORIGIN, KEY)
    old = (folder / "state").read_bytes()
    writer.append(_entries(5, 5))
    writer.sign(ORIGIN, KEY)
    writer.close()
    (folder / "state").write_bytes(old)
    with pytest.raises(LogDamaged) as refused:
        LogWriter(folder, ORIGIN)
    assert "older copy" in refused.value.diagnostics().meaning


def test_another_history_is_not_signed(tmp_path: Path) -> None:
    for name, entry in (("a", b"one"), ("b", b"other")):
        writer = LogWriter(tmp_path / name, ORIGIN)
        writer.append([entry])
        writer.sign(ORIGIN, KEY)
        writer.append(_entries(3))
        writer.close()
    shutil.copy(tmp_path / "a" / "signed", tmp_path / "b" / "signed")
    with pytest.raises(LogDamaged, match="does not continue"):
        LogWriter(tmp_path / "b", ORIGIN)


@pytest.mark.parametrize("lost", ["state", "tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"])
@pytest.mark.parametrize("how", ["gone", "cut", "changed", "longer"])
def test_a_damaged_edge_is_not_added_to(folder: Path, lost: str, how: str) -> None:
    writer = LogWriter(folder, ORIGIN)
    writer.append(_entries(300))
    writer.close()
    path = folder / lost
    data = path.read_bytes()
    changed = {"cut": data[:-1], "changed": data[:-3] + bytes([data[-3] ^ 1]) + data[-2:], "longer": data + data}
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(changed[how])
    with pytest.raises(LogDamaged):
        LogWriter(folder, ORIGIN)
    with pytest.raises(LogDamaged):
        LogFolder(folder).check()


def test_a_check_finds_and_names_every_file_of_which_one_byte_is_other(folder: Path) -> None:
    writer = LogWriter(folder, ORIGIN)
    writer.append(_entries(300))
    writer.sign(ORIGIN, KEY)
    writer.append(_entries(100, 300))
    writer.close()
    LogFolder(folder).check()
    files = _files(folder)
    assert {"tile/0/000", "tile/0/001.p/44", "tile/0/001.p/144", "tile/1/000.p/1", "tile/entries/001.p/44"} < set(files)
    for name, data in files.items():
        text = data.find(b"\n\n") if name.startswith("checkpoint") else len(data)  # signatures need keys to be checked
        for at in {0, text // 2, text - 1} if text else ():
            (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :])
            with pytest.raises(LogDamaged) as refused:
                LogFolder(folder).check()
            (folder / name).write_bytes(data)
            if name.startswith("tile/entries"):
                assert refused.value.facts["file"] == name
    (folder / "tile/0/001.p/44").unlink()
    with pytest.raises(LogDamaged, match=r"tile/0/001\.p/44"):
        LogFolder(folder).check()


@given(st.binary(max_size=200), st.sampled_from(["state", "signed", "checkpoint", "checkpoints/3"]))
def test_what_is_no_head_is_refused_wherever_it_stands(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        (folder / "checkpoints").mkdir()
        (folder / "state").write_bytes(Checkpoint(ORIGIN, 0, root([])).text())
        (folder / name).write_bytes(data)
        with pytest.raises(LogDamaged):
            LogFolder(folder).check()


def test_a_log_is_not_begun_where_one_lost_its_state(folder: Path) -> None:
    writer = LogWriter(folder, ORIGIN)
    writer.append(_entries(1))
    writer.close()
    (folder / "state").unlink()
    with pytest.raises(LogDamaged, match="state"):
        LogWriter(folder, ORIGIN)


def test_another_name_is_refused(folder: Path) -> None:
    LogWriter(folder, ORIGIN).close()
    with pytest.raises(LogDamaged):
        LogWriter(folder, "log.example/b")


def _race(folder: Path, barrier: Barrier, outcomes: object) -> None:
    barrier.wait()
    try:
        writer = LogWriter(folder, ORIGIN)
    except EvidenceError as error:
        outcomes.put(error.happened)  # type: ignore[attr-defined]
        barrier.wait()
        return
    outcomes.put("held")  # type: ignore[attr-defined]
    barrier.wait()
    writer.append(_entries(1))
    writer.close()


def test_one_of_two_processes_that_race_for_the_log_gets_it(folder: Path) -> None:
    context = multiprocessing.get_context("fork")
    for turn in range(5):
        barrier, outcomes = context.Barrier(2), context.Queue()
        racers = [context.Process(target=_race, args=(folder, barrier, outcomes)) for _ in range(2)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert sorted(outcomes.get() for _ in racers) == ["Another process is writing to the log.", "held"]
        assert LogFolder(folder).head.size == turn + 1


def test_a_writer_that_the_system_refused_writes_no_more(folder: Path) -> None:
    writer = LogWriter(folder, ORIGIN)
    writer.append(_entries(2))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            writer.append([b"x" * 2_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for again in (lambda: writer.append(_entries(1)), lambda: writer.sign(ORIGIN, KEY)):
        with pytest.raises(EvidenceError, match="cannot be written any more"):
            again()
    writer.close()
    writer = LogWriter(folder, ORIGIN)
    assert writer.append(_entries(1, 2)) == range(2, 3)
    writer.close()
    LogFolder(folder).check()


def test_what_was_signed_elsewhere_meanwhile_is_not_contradicted(folder: Path, writer: LogWriter) -> None:
    writer.append(_entries(3))
    (folder / "signed").write_bytes(Checkpoint(ORIGIN, 3, bytes(32)).text())
    with pytest.raises(LogDamaged, match="does not continue"):
        writer.sign(ORIGIN, KEY)
    assert LogFolder(folder).checkpoint is None
