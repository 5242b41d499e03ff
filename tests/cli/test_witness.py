"""``kuager witness``: a request as a file in, lines to hand back out."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from kuager.cli.app import app
from kuager.errors import EvidenceError
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.ring import open_ring
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.note import COSIGNATURE, ED25519, VerifierKey
from kuager.evidence.witness.asking import cosignature_in
from kuager.evidence.witness.request import request_for

ORIGIN = "log.example/a"
KEY = Ed25519PrivateKey.from_private_bytes(b"l" * 32)


def _add_and_ask(folder: Path, entry: bytes, seen: int) -> LogFolder:
    """A log with one more entry, and a request beside it."""
    writer, log = LogWriter(folder, ORIGIN), LogFolder(folder)
    writer.append([entry])
    writer.sign(ORIGIN, KEY)
    writer.close()
    folder.with_suffix(".request").write_bytes(request_for(log, seen).encode())
    return log


def test_a_witness_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUAGER_KEYS", str(tmp_path / "keys"))
    folder, seen = tmp_path / "log", tmp_path / "seen"

    def witness() -> bytes:
        command = ["witness", str(folder.with_suffix(".request")), "--state", str(seen), "--log"]
        result = CliRunner().invoke(app, [*command, VerifierKey.of(ORIGIN, ED25519, KEY).text])
        if result.exception is not None:
            raise result.exception
        return result.stdout_bytes

    log = _add_and_ask(folder, b"one", 0)
    lines = witness()
    public = open_ring(tmp_path / "keys").public(Role.WITNESS)
    key = VerifierKey(public.name, COSIGNATURE, public.public_bytes)
    assert log.checkpoint is not None
    cosignature_in(lines, log.checkpoint, key)
    _add_and_ask(folder, b"two", 0)
    with pytest.raises(EvidenceError, match="--seen 1"):
        witness()
    folder.with_suffix(".request").write_bytes(request_for(log, 1).encode())
    cosignature_in(witness(), log.checkpoint, key)
    folder = tmp_path / "other"
    _add_and_ask(folder, b"three", 0)
    _add_and_ask(folder, b"four", 0)
    _add_and_ask(folder, b"five", 2)
    with pytest.raises(EvidenceError, match="two histories"):
        witness()
