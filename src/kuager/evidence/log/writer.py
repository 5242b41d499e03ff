"""Adding to a log, and signing its head. The order of writes is the promise.

* What :meth:`LogWriter.append` has returned survives a power cut: entries and tiles are on disk before the state that
  speaks of them, and the state before the return. A killed append leaves files beyond the state, which mean nothing and
  are written over.
* Numbers of entries are given once: they follow each other, and no entry ever changes. After a failure of the system
  nobody knows what is on disk, so a writer that met one adds and signs nothing more; a new one reads what is there.
* What is going to be signed is on disk before the signature is made (``signed``); a smaller tree, or one that does not
  continue that one, is never signed.
* One writer at a time; a log that does not agree with itself is not opened for writing.
* A tile that is not full is kept for every tree that was signed until it is full, as the standard asks.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.errors import EvidenceError, KuagerError, ProofRefused, message
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.durable import TEMPORARY, make_folder, replace, sync_folder
from kuager.evidence.log.batch import Batch
from kuager.evidence.log.folder import CHECKPOINT, CHECKPOINTS, SIGNED, STATE, LogFolder, damaged, edge
from kuager.evidence.log.growth import Growth
from kuager.evidence.merkle import EMPTY_ROOT, leaf_hash
from kuager.evidence.note import SignatureLine, SignedNote, sign
from kuager.evidence.tiles import HEIGHT, WIDTH, entries_path, tile_path, width_of

_TILES = "tile"


class LogWriter:
    """A log held for writing; :meth:`close` lets go of it.

    Args:
        path: the folder; it is made when it is not there.
        origin: the name of the log, which a log that is there must have.

    Raises:
        LogDamaged: the log does not agree with itself, with what was signed, or with that name.
        EvidenceError: somebody holds it.
    """

    def __init__(self, path: Path, origin: str) -> None:
        make_folder(path)
        self.origin = origin
        self._folder = LogFolder(path)
        self._durable: set[str] = set()
        self._failed = False
        self._lock = _held(path)
        try:
            for leftover in path.rglob(f"{TEMPORARY}*"):
                leftover.unlink()
            sync_folder(path)  # a state that is seen but not durable must not be built upon
            if self._folder.read_head(STATE) is None:
                self._begin()
            self._growth = self._restored()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let another writer in, also where a child of this process still has the lock open."""
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        os.close(self._lock)

    def append(self, entries: Iterable[bytes]) -> range:
        """Add entries; their numbers. Once this returns they survive a power cut; before, none or all of them count.

        Raises:
            ProofRefused: an entry is longer than a log takes; nothing was added.
        """
        before = self._growth.size
        growth = Growth(before, list(self._growth.entries), list(self._growth.levels))
        edge = {path for path, _ in self._growth.edge()}
        with self._all_or_nothing():
            batch = Batch(self._folder.path, self._durable)
            for file in growth.add(entries):
                batch.write(file)
            if growth.size == before:
                return range(before, before)
            for file in growth.edge():
                if file[0] not in edge:
                    batch.write(file)
            batch.sync()
            self._persist(STATE, Checkpoint(self.origin, growth.size, growth.root()))
            self._growth = growth
            self._clear_away(before)
        return range(before, growth.size)

    def sign(self, name: str, key: Ed25519PrivateKey) -> SignedNote:
        """Sign the head of all that was added. Lines that are under it already stay.

        Args:
            name: of the key; that of the log.
            key: the log's key.

        Raises:
            ProofRefused: the name is another than the log's: no policy could trust such a head.
            LogDamaged: a larger tree was signed already, or one that this does not continue.
        """
        if name != self.origin:
            raise ProofRefused(
                message("The head of {origin} cannot be signed as {name}."), origin=self.origin, name=name
            )
        head = Checkpoint(self.origin, self._growth.size, self._growth.root())
        with self._all_or_nothing():
            self._folder.check_continues(self._signed_before())
            self._persist(SIGNED, head)
            line = sign(head.text(), name, key)
            note = self._folder.checkpoint_at(head.size) or SignedNote(head.text(), ())
            if note.text != head.text():
                raise damaged(f"{CHECKPOINTS}/{head.size}")
            return self._keep(head.size, note.with_lines([line]))

    def add_lines(self, size: int, lines: Iterable[SignatureLine]) -> SignedNote:
        """Put lines of witnesses under the signed head of a size; they were checked before.

        Raises:
            ProofRefused: no head of that size was signed, or it would have more lines than a note may have.
        """
        note = self._folder.checkpoint_at(size)
        if note is None:
            raise ProofRefused(message("No head of {size} entries was signed."), size=size)
        longer = note.with_lines(lines)
        SignedNote.parse(longer.encode())
        with self._all_or_nothing():
            return self._keep(size, longer)

    def _keep(self, size: int, note: SignedNote) -> SignedNote:
        data = note.encode()
        replace(self._folder.path / CHECKPOINTS / str(size), data)
        if size >= self._folder.signed_size:
            replace(self._folder.path / CHECKPOINT, data)
        return note

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """After a failure of the system the files may be ahead of what this process knows: it writes no more."""
        if self._failed:
            raise EvidenceError(
                message("The log cannot be written any more: the system refused before."),
                meaning=message("What was acknowledged is safe; what came after may or may not be there."),
                remedy=message("Look at the disk's space and health, then run the command again."),
            )
        self._failed = True
        try:
            yield
        except KuagerError:  # refused before anything was said about it on disk
            self._failed = False
            raise
        self._failed = False

    def _begin(self) -> None:
        """The state of an empty log, where there is nothing yet that a state could have spoken of."""
        if any((self._folder.path / name).exists() for name in (_TILES, SIGNED, CHECKPOINT, CHECKPOINTS)):
            raise damaged(STATE)
        self._persist(STATE, Checkpoint(self.origin, 0, EMPTY_ROOT))

    def _restored(self) -> Growth:
        """The right edge as it lies in files, computed again and compared with what is said of it."""
        head = self._folder.head
        if head.origin != self.origin:
            raise damaged(STATE)
        growth = Growth(head.size)
        if head.size % WIDTH:
            growth.entries = self._folder.bundle(head.size // WIDTH, head.size)
        tiles = {level: self._folder.tile(level, number, width) for level, number, width in edge(head.size)}
        growth.levels = [tiles.get(level, b"") for level in range(max(tiles, default=-1) + 1)]
        first = growth.levels[0] if growth.levels else b""
        if b"".join(map(leaf_hash, growth.entries)) != first or growth.root() != head.root:
            raise damaged(STATE)
        self._folder.check_continues(self._signed_before())
        return growth

    def _signed_before(self) -> list[Checkpoint]:
        """What this log must continue: the tree that was to be signed, the newest signed head, the largest one."""
        folder = self._folder
        found = (folder.read_head(SIGNED), folder.signed_head, folder.largest_signed_head)
        return [one for one in found if one is not None]

    def _persist(self, name: str, head: Checkpoint) -> None:
        replace(self._folder.path / name, head.text())

    def _clear_away(self, before: int) -> None:
        """Remove the tiles at the right edge of an earlier tree that are full now, or that no signed tree needs."""
        signed = max((one.size for one in self._signed_before()), default=0)
        for level, number, width in edge(before):
            grown = width_of(level, number, self._growth.size)
            needed = signed >> HEIGHT * level == before >> HEIGHT * level
            paths = [tile_path(level, number, width)] + [entries_path(number, width)] * (level == 0)
            for path in map(self._folder.path.joinpath, paths):
                with suppress(OSError):  # what stays takes space and means nothing
                    if grown == WIDTH:
                        _remove(path.parent)
                    elif grown > width and not needed:
                        path.unlink()


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _held(path: Path) -> int:
    descriptor = os.open(path / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise EvidenceError(
            message("Another process is writing to the log."),
            remedy=message("Wait until it has finished, then try again."),
        ) from error
    return descriptor
