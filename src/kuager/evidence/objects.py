"""A store of bytes by their SHA-256: ``sha256/ab/<64 hex digits>``, each file exactly what was received.

Promises:

* What :meth:`ObjectStore.put`, :meth:`~ObjectStore.put_many` and :meth:`~ObjectStore.seal` have returned survives a
  power cut; the same bytes twice are one object; an object is never changed; a reader checks the hash on the way out.
* An object gets its name before it is durable, because a file system with a journal then makes both durable in one
  step. After a crash there may therefore be a file whose bytes do not fit its name, but nobody was told of it: readers
  refuse it, and putting the right bytes again replaces it.
* Once an object is durable, and not before, it becomes read-only: for every hand that slips, and as the mark by which
  whoever puts it again knows that it is durable. One without the mark is written anew, as its bytes may be in memory
  alone; this is also how the failure of an fsync, which cannot be tried again, is mended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kuager.errors import CaseDamaged, message
from kuager.evidence.durable import Draft, draft, is_sealed, make_folder, sealed, sync_folder, together
from kuager.evidence.incoming import Incoming

_CHUNK = 1 << 20


def sha256(data: bytes) -> str:
    """The name of an object: the SHA-256 of its bytes in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class ObjectStore:
    """Objects below a folder; the folder is made with the first object."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shelves = {f"{first:02x}": folder / "sha256" / f"{first:02x}" for first in range(256)}
        self._known: set[Path] = set()
        """Folders that this process made known on disk, or found to be."""

    def path(self, digest: str) -> Path:
        """Where the object of that name lies, or would lie."""
        return (self._shelves.get(digest[:2]) or self._folder / "sha256" / digest[:2]) / digest

    def put(self, data: bytes) -> tuple[str, bool]:
        """Store bytes durably; their name, and whether there was nothing of that name.

        Raises:
            OSError: the disk is full or failed; the bytes are not stored.
        """
        digest = sha256(data)
        path = self.path(digest)
        if self._is_durable(path):
            return digest, False
        with draft(self._made(path.parent)) as file:
            file.write(data)
            return digest, _kept(file, path)

    def put_many(self, many: Iterable[bytes]) -> list[tuple[str, bool]]:
        """Store many, as :meth:`put` each, and wait for the disk once; none is stored for sure before this returns.

        Raises:
            OSError: the disk is full or failed; which of them are stored is not known.
        """
        make_folder(self._folder)
        put: list[tuple[str, bool]] = []
        later: dict[str, Path] = {}
        folders: set[Path] = set()
        with together(self._folder):
            for data in many:
                digest = sha256(data)
                path, folder = self.path(digest), self._shelves[digest[:2]]
                new = False
                if digest not in later and not self._is_durable(path):
                    if folder not in folders:
                        folder.mkdir(parents=True, exist_ok=True)
                        folders.add(folder)
                    new = _named(path, data, folder)
                    later[digest] = path
                put.append((digest, new))
        for path in later.values():
            path.chmod(sealed(path.stat().st_mode))
        return put

    @contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """A file to write bytes into as they come, too many to hold; :meth:`seal` it, or it is gone afterwards."""
        with draft(self._made(self._folder)) as file, Incoming(file) as incoming:
            yield incoming

    def seal(self, file: Incoming) -> tuple[str, bool]:
        """Store what was written into an incoming file; as :meth:`put`."""
        digest = file.digest()
        path = self.path(digest)
        if self._is_durable(path):
            return digest, False
        self._made(path.parent)
        return digest, _kept(file.draft, path)

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes of an object in pieces; a whole pass ends with the check against its name, as :meth:`get`.

        Raises:
            CaseDamaged: the object is missing, or its bytes are not those that were sealed.
        """
        seen = hashlib.sha256()
        try:
            with self.path(digest).open("rb") as file:
                while piece := file.read(_CHUNK):
                    seen.update(piece)
                    yield piece
        except FileNotFoundError as error:
            raise missing_object(digest) from error
        if seen.hexdigest() != digest:
            raise changed_object(digest)

    def get(self, digest: str) -> bytes:
        """The bytes of an object, checked against its name.

        Raises:
            CaseDamaged: the object is missing, or its bytes are not those that were sealed.
        """
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise missing_object(digest) from error
        if sha256(data) != digest:
            raise changed_object(digest)
        return data

    def withdraw(self, digest: str) -> None:
        """Take back an object that was put a moment ago and that nothing refers to, because no parser could read it."""
        self.path(digest).unlink(missing_ok=True)
        sync_folder(self.path(digest).parent)

    def __iter__(self) -> Iterator[str]:
        """The names of all objects in order; one that a crash cut short, of which nobody was told, is among them."""
        for path in sorted((self._folder / "sha256").glob("??/*")):
            if len(path.name) == 64:
                yield path.name

    def _made(self, folder: Path) -> Path:
        if folder not in self._known or not folder.is_dir():
            beside = list(folder.parent.iterdir()) if folder.parent.is_dir() else []
            make_folder(folder)
            self._known.update(beside, [folder])
        return folder

    def _is_durable(self, path: Path) -> bool:
        """Whether there is an object of that name, with its bytes, that was durable before it became read-only."""
        try:
            if not is_sealed(path.stat().st_mode):
                return False
            for _ in self.chunks(path.name):
                pass
        except (FileNotFoundError, CaseDamaged):
            return False
        return True


def _kept(file: Draft, path: Path) -> bool:
    """Give a draft its name, then make both durable; whether the name was free."""
    new = file.link(path)
    file.sync()
    if not new:
        file.rename(path)
    sync_folder(path.parent)
    file.seal()
    return new


def _named(path: Path, data: bytes, folder: Path) -> bool:
    """Give bytes their name, and leave it to :func:`together` to make them durable; whether the name was free."""
    with draft(folder) as file:
        file.write(data)
        new = file.link(path)
        if not new:
            file.sync()  # whoever puts the same bytes at this moment may promise them under this name
            file.rename(path)
    return new


def missing_object(digest: str) -> CaseDamaged:
    """What to say of an object that is not there."""
    return CaseDamaged(
        message("The sealed object {digest} is missing from the case."),
        remedy=message("Bring it back from a copy of the case; everything else can be derived again."),
        digest=digest,
    )


def changed_object(digest: str) -> CaseDamaged:
    """What to say of an object that has other bytes than its name says."""
    return CaseDamaged(
        message("The sealed object {digest} does not have the bytes that were sealed."),
        meaning=message("The file was changed or damaged after it was received."),
        remedy=message("Bring it back from a copy of the case; do not trust results derived from it."),
        digest=digest,
    )
