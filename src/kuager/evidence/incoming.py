"""A file to write bytes into as they come: they are hashed on the way, so that nothing is read again afterwards.

A thread hashes each large piece while its owner writes it and fetches the next one; hashing and writing both let go of
Python's lock.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from kuager.evidence.durable import Draft

_WORTH_A_THREAD = 1 << 17
"""Bytes from which on handing them over costs less than hashing them on the spot."""


class Incoming(io.FileIO):
    """A draft as a binary file that only grows; going back to its beginning drops all that was written."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.descriptor, "wb", closefd=False)
        self.draft = draft
        self._hash = hashlib.sha256()
        self._hasher = ThreadPoolExecutor(1, "hashing")
        self._hashing: Future[None] | None = None
        self._size = 0

    def digest(self) -> str:
        """The SHA-256 of what was written, in lower-case hexadecimal.

        Raises:
            OSError: a write failed, and what was written was not started over.
        """
        self._wait()
        if os.fstat(self.draft.descriptor).st_size != self._size:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._hash.hexdigest()

    def write(self, data: Any, /) -> int:
        """Write all of the bytes and hash them."""
        piece = memoryview(data).cast("B")
        self._wait()
        if len(piece) < _WORTH_A_THREAD:
            self._hash.update(piece)
        else:
            self._hashing = self._hasher.submit(self._hash.update, piece)
        self._size += len(piece)
        try:
            self.draft.write(piece)
        finally:
            if not isinstance(data, bytes):
                self._wait()  # the owner of bytes that can change may change them as soon as this returns
        return len(piece)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go back to the beginning and start over; nowhere else."""
        if offset != 0 or whence != os.SEEK_SET:
            raise io.UnsupportedOperation("only to the beginning")
        self._wait()
        self._hash = hashlib.sha256()
        self._size = 0
        os.ftruncate(self.draft.descriptor, 0)
        return super().seek(0)

    def close(self) -> None:
        """Stop hashing; the descriptor stays with the draft."""
        self._hasher.shutdown()
        super().close()

    def _wait(self) -> None:
        if self._hashing is not None:
            self._hashing.result()
            self._hashing = None
