"""The files of a bundle that was checked, for whoever derives its results again: the very bytes that were checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.reading import BundleFiles, changed


@dataclass(frozen=True, slots=True)
class Contained:
    """The files by path."""

    files: BundleFiles
    bag: Bag

    def __contains__(self, path: object) -> bool:
        """Whether there is such a file, and it could be read."""
        return path in self.bag

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            ProofRefused: they are not those that were checked, or there is no such file.
        """
        if path in self.bag.held:
            return self.bag.held[path]
        if path not in self.bag:
            raise changed()
        data = b"".join(self.files.chunks(path))
        if hashlib.sha256(data).hexdigest() != self.bag.digests[path]:
            raise changed()
        return data
