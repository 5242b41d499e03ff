"""What a log promises of its storage, tried at every call that writes: nothing acknowledged is lost or contradicted."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.evidence.faults import every, survive

from kuager.evidence import base64_text
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign
from kuager.evidence.log import batch
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.writer import LogWriter

ORIGIN = "log.example/a"
KEY = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)

STRIDE = 4
"""Every so-manieth of all that can happen is tried: at every call something, and over the calls everything."""

Acknowledge = Callable[[str], None]


@pytest.fixture
def within() -> Iterator[Path]:
    """In memory: what a power cut takes is reckoned, not tried, and disks are slow."""
    memory = Path("/dev/shm")  # noqa: S108 - a file system, not a name in one
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def _entries(start: int, end: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(start, end)]


def _add(writer: LogWriter, start: int, end: int, acknowledge: Acknowledge) -> None:
    acknowledge(f"added {writer.append(_entries(start, end)).stop}")


def _sign(writer: LogWriter, acknowledge: Acknowledge) -> None:
    acknowledge(f"signed {base64_text.encode(writer.sign(ORIGIN, KEY).text)}")


def _begin_and_fill_a_tile(folder: Path, acknowledge: Acknowledge) -> None:
    writer = LogWriter(folder, ORIGIN)
    _add(writer, 0, 3, acknowledge)
    _add(writer, 3, 256, acknowledge)


def _go_on(folder: Path, acknowledge: Acknowledge) -> None:
    writer = LogWriter(folder, ORIGIN)
    _add(writer, 260, 261, acknowledge)
    _sign(writer, acknowledge)
    note = LogFolder(folder).checkpoint
    assert note is not None
    writer.add_lines(261, [cosign(note.text, "w.example", WITNESS, 1_700_000_000)])
    acknowledge("cosigned 261")


def _add_many(folder: Path, acknowledge: Acknowledge) -> None:
    batch.FEW = 2
    writer = LogWriter(folder, ORIGIN)
    _add(writer, 260, 860, acknowledge)


WORKS = {"begin": _begin_and_fill_a_tile, "go on": _go_on, "many": _add_many}


@pytest.mark.parametrize("work", WORKS)
def test_nothing_acknowledged_is_lost_and_nothing_signed_is_contradicted(within: Path, work: str) -> None:
    before = within / "before"
    if work != "begin":
        writer = LogWriter(before, ORIGIN)
        writer.append(_entries(0, 260))
        writer.sign(ORIGIN, KEY)
        writer.close()
    folder = within / "log"

    def fresh() -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        if before.exists():
            shutil.copytree(before, folder)
        return folder

    def run(acknowledge: Acknowledge) -> None:
        WORKS[work](folder, acknowledge)

    fresh()
    happenings = every(run)[::STRIDE]
    assert len(happenings) > 40
    for point, call, fault in happenings:
        fresh()
        outcome = survive(run, point, fault)
        try:
            _check(folder, outcome.acknowledged, 0 if work == "begin" else 260)
        except Exception as error:
            raise AssertionError(f"{fault.value} at {point}: {call}") from error


def _check(folder: Path, acknowledged: tuple[str, ...], least: int) -> None:
    """The log opens, holds all that was acknowledged, and can go on; what goes on continues all that was signed."""
    writer = LogWriter(folder, ORIGIN)
    log = LogFolder(folder)
    log.check()
    signed = []
    for what in acknowledged:
        kind, value = what.split()
        if kind == "added":
            least = int(value)
        elif kind == "signed":
            signed.append(Checkpoint.parse(base64_text.decode(value)))
        else:
            note = log.checkpoint_at(int(value))
            assert note is not None
            assert [line.name for line in note.signatures] == [ORIGIN, "w.example"]
    size = log.head.size
    assert size >= least
    assert list(log.leaves()) == _entries(0, size)
    assert {head.size for head in signed} <= set(log.checkpoints)
    writer.append([b"something else"] * 2)
    assert Checkpoint.parse(writer.sign(ORIGIN, KEY).text).size == size + 2
    log.check_continues(signed)
    writer.close()
