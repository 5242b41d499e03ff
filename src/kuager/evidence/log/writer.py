"""Adding to a log, and signing its head. The order of writes is the promise.

* What :meth:`LogWriter.append` has returned survives a power cut: entries and tiles are on disk before the state that
  speaks of them, and the state before the return. A killed append leaves files beyond the state, which mean nothing and
  are written over.
* Numbers of entries are given once: they follow each other, and no entry ever changes.
* What is going to be signed is on disk before the signature is made (``signed``); a smaller tree, or one that does not
  continue that one, is never signed.
* One writer at a time; a log that does not agree with itself is not opened for writing.

A tile that is not full is kept for every tree that was signed, as the standard asks.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.errors import LogDamaged, message
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.durable import make_folder, replace, sync_file_system, sync_folder
from kuager.evidence.log.folder import CHECKPOINT, CHECKPOINTS, SIGNED, STATE, Head, LogFolder, damaged
from kuager.evidence.log.growth import File, Growth
from kuager.evidence.merkle import EMPTY_ROOT, leaf_hash
from kuager.evidence.note import SignatureLine, SignedNote, sign
from kuager.evidence.tiles import WIDTH

_FEW = 16
"""Up to so many files are made durable one by one; more of them by asking the whole file system once."""


class LogWriter:
    """A log held for writing; :meth:`close` lets go of it.

    Args:
        path: the folder; it is made when it is not there.
        origin: the name of the log, which a log that is there must have.

    Raises:
        LogDamaged: the log does not agree with itself, with what was signed, or with that name, or somebody holds it.
    """

    def __init__(self, path: Path, origin: str) -> None:
        make_folder(path)
        self.origin = origin
        self._folder = LogFolder(path)
        self._lock = _held(path)
        try:
            if self._folder.read_head(STATE) is None:
                self._persist(STATE, Checkpoint(origin, 0, EMPTY_ROOT))
            self._growth = self._restored()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let another writer in."""
        os.close(self._lock)

    def append(self, entries: Iterable[bytes]) -> range:
        """Add entries; their numbers. Once this returns they survive a power cut; before, none or all of them count.

        Raises:
            ProofRefused: an entry is longer than a log takes; nothing was added.
        """
        before = self._growth.size
        growth = Growth(before, list(self._growth.entries), list(self._growth.levels))
        written = [self._write(file) for file in growth.add(entries)]
        if growth.size == before:
            return range(before, before)
        edge = dict(self._growth.edge())
        written += [self._write(file) for file in growth.edge() if file[0] not in edge]
        _sync(self._folder.path, written)
        self._persist(STATE, Checkpoint(self.origin, growth.size, growth.root()))
        self._growth = growth
        if not (self._folder.path / CHECKPOINTS / str(before)).exists():
            for path in edge.keys() - dict(growth.edge()).keys():
                (self._folder.path / path).unlink(missing_ok=True)
        return range(before, growth.size)

    def sign(self, name: str, key: Ed25519PrivateKey) -> SignedNote:
        """Sign the head of all that was added.

        Args:
            name: of the key; that of the log.
            key: the log's key.

        Raises:
            LogDamaged: a larger tree was signed already, or one that this does not continue.
        """
        head = self._folder.head
        self._check_signed(head)
        self._persist(SIGNED, head)
        note = SignedNote(head.text(), (sign(head.text(), name, key),))
        self._keep(head.size, note)
        return note

    def add_lines(self, size: int, lines: Iterable[SignatureLine]) -> SignedNote:
        """Put lines of witnesses under the signed head of a size; they were checked before."""
        note = self._folder.checkpoints[size].with_lines(lines)
        self._keep(size, note)
        return note

    def _keep(self, size: int, note: SignedNote) -> None:
        data = note.encode()
        replace(self._folder.path / CHECKPOINTS / str(size), data)
        if size == self._folder.head.size or size >= self._folder.signed_size:
            replace(self._folder.path / CHECKPOINT, data)

    def _restored(self) -> Growth:
        """The right edge as it lies in files, computed again and compared with what is said of it."""
        head = self._folder.head
        if head.origin != self.origin:
            raise damaged(STATE)
        growth = Growth(head.size)
        if head.size % WIDTH:
            growth.entries = self._folder.bundle(head.size // WIDTH, head.size)
        level = 0
        while head.size >> 8 * level:
            count = head.size >> 8 * level
            width = count % WIDTH
            growth.levels.append(self._folder.tile(level, count // WIDTH, width) if width else b"")
            level += 1
        first = growth.levels[0] if growth.levels else b""
        if b"".join(map(leaf_hash, growth.entries)) != first or growth.root() != head.root:
            raise damaged(STATE)
        self._check_signed(head)
        return growth

    def _check_signed(self, head: Checkpoint) -> None:
        """Refuse a tree that is smaller than what was signed, or does not continue it."""
        signed = self._folder.read_head(SIGNED)
        heads = [signed] if signed is not None else []
        note = self._folder.checkpoint
        if note is not None:
            heads.append(Checkpoint.parse(note.text))
        for one in heads:
            if one.origin != head.origin or one.size > head.size or self._folder.root_at(one.size) != one.root:
                raise LogDamaged(
                    message("The log does not continue what was signed before: {signed} entries, now {size}."),
                    meaning=message("It is an older copy, or it was changed. To sign it would show two histories."),
                    remedy=message("Bring back the newest copy of the case, and go on with that one."),
                    signed=one.size,
                    size=head.size,
                )

    def _persist(self, name: str, head: Checkpoint) -> None:
        data = msgspec.json.encode(Head(head.origin, head.size, base64_text.encode(head.root)))
        replace(self._folder.path / name, data)

    def _write(self, file: File) -> Path:
        """A file beyond the state; whatever a killed writer left there is written over."""
        path = self._folder.path / file[0]
        try:
            path.write_bytes(file[1])
        except FileNotFoundError:
            make_folder(path.parent)
            path.write_bytes(file[1])
        return path


def _sync(folder: Path, written: list[Path]) -> None:
    """Make files and their names durable."""
    if len(written) > _FEW:
        sync_file_system(folder)
        return
    for path in written:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for parent in {path.parent for path in written}:
        sync_folder(parent)


def _held(path: Path) -> int:
    descriptor = os.open(path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise LogDamaged(
            message("Another process is writing to the log."),
            remedy=message("Wait until it has finished, then try again."),
        ) from error
    return descriptor
