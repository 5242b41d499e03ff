"""Tiles and bundles that are written one after the other and made durable together.

They lie beyond the log's state, so nobody looks at them yet: they are written in place, over whatever a killed writer
left there. A few are made durable one by one; for more the whole file system is asked once. Memory does not grow with
their number.
"""

from __future__ import annotations

import os
from pathlib import Path

from kuager.evidence.durable import make_folder, sync_file_system, sync_folder
from kuager.evidence.log.growth import File

FEW = 16
"""Up to so many files are made durable one by one."""


class Batch:
    """Files below the folder of a log.

    Args:
        folder: of the log; it is there, and known to its own folder.
        durable: folders whose names are durable already; those of this batch join them.
    """

    def __init__(self, folder: Path, durable: set[str]) -> None:
        self._folder = folder
        self._durable = durable
        self._count = 0
        self._first: list[str] = []

    def write(self, file: File) -> None:
        """Write a file; it is durable after :meth:`sync`."""
        name, data = file
        path = os.path.join(self._folder, name)  # noqa: PTH118 - ten thousands of them, and a Path takes longer
        try:
            descriptor = _opened(path)
        except FileNotFoundError:
            make_folder(Path(path).parent)
            descriptor = _opened(path)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            if self._count < FEW:
                os.fsync(descriptor)
                self._first.append(name)
        finally:
            os.close(descriptor)
        self._count += 1

    def sync(self) -> None:
        """Make all of them durable, with their names and those of their folders."""
        if self._count > FEW:
            sync_file_system(self._folder)
            return
        for folder in dict.fromkeys(str(Path(name).parent) for name in self._first):
            sync_folder(self._folder / folder)
            self._sync_above(folder)

    def _sync_above(self, folder: str) -> None:
        """See that a folder's own name is durable: whoever made it may have been killed before it was."""
        while folder not in self._durable and folder != ".":
            self._durable.add(folder)
            folder = str(Path(folder).parent)
            sync_folder(self._folder / folder)


def _opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
