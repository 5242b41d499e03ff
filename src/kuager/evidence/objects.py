"""A store of bytes by their SHA-256: ``sha256/ab/<64 hex digits>``, each file exactly what was received.

Promises: what :meth:`ObjectStore.put` has returned survives a power cut; the same bytes twice are one object; an object
is never changed; a reader checks the hash on the way out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from kuager.errors import CaseDamaged, message
from kuager.evidence.durable import TEMPORARY, adopt, make_folder, sync_folder, write_new

_CHUNK = 1 << 20


def sha256(data: bytes) -> str:
    """The name of an object: the SHA-256 of its bytes in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class ObjectStore:
    """Objects below a folder; the folder is made with the first object."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where the object of that name lies, or would lie."""
        return self._folder / "sha256" / digest[:2] / digest

    def put(self, data: bytes) -> tuple[str, bool]:
        """Store bytes durably; their name, and whether they are new.

        Raises:
            CaseDamaged: an object of that name is there with other bytes.
        """
        digest = sha256(data)
        new = write_new(self.path(digest), data)
        if not new:
            self.get(digest)
        return digest, new

    @contextmanager
    def incoming(self) -> Iterator[BufferedRandom]:
        """A file to write bytes into as they come, too many to hold; :meth:`seal` it, or it is gone afterwards."""
        make_folder(self._folder)
        path = self._folder / f"{TEMPORARY}{secrets.token_hex(8)}"
        try:
            with path.open("x+b") as file:
                yield file
        finally:
            path.unlink(missing_ok=True)

    def seal(self, file: BufferedRandom) -> tuple[str, bool]:
        """Store what was written into an incoming file; as :meth:`put`."""
        file.flush()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        new = adopt(self.path(digest), Path(file.name))
        if not new:
            for _ in self.chunks(digest):
                pass
        return digest, new

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
            raise _missing(digest) from error
        if seen.hexdigest() != digest:
            raise _changed(digest)

    def get(self, digest: str) -> bytes:
        """The bytes of an object, checked against its name.

        Raises:
            CaseDamaged: the object is missing, or its bytes are not those that were sealed.
        """
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise _missing(digest) from error
        if sha256(data) != digest:
            raise _changed(digest)
        return data

    def withdraw(self, digest: str) -> None:
        """Take back an object that was put a moment ago and that nothing refers to, because no parser could read it."""
        self.path(digest).unlink(missing_ok=True)
        sync_folder(self.path(digest).parent)

    def __iter__(self) -> Iterator[str]:
        """The names of all objects in order."""
        for path in sorted((self._folder / "sha256").glob("??/*")):
            if len(path.name) == 64:
                yield path.name


def _missing(digest: str) -> CaseDamaged:
    return CaseDamaged(
        message("The sealed object {digest} is missing from the case."),
        remedy=message("Bring it back from a copy of the case; everything else can be derived again."),
        digest=digest,
    )


def _changed(digest: str) -> CaseDamaged:
    return CaseDamaged(
        message("The sealed object {digest} does not have the bytes that were sealed."),
        meaning=message("The file was changed or damaged after it was received."),
        remedy=message("Bring it back from a copy of the case; do not trust results derived from it."),
        digest=digest,
    )
