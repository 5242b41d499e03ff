"""A bundle as a folder: each file opened from the folder that holds it, never through a link (openat, O_NOFOLLOW)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from kuager.errors import ProofRefused
from kuager.evidence.verify.kinds import MOST_FILES
from kuager.evidence.verify.reading import (
    CHUNK,
    FOLDERS,
    changed,
    check_total,
    no_file,
    objection,
    stranger,
    too_much,
    unreadable,
)

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_Identity = tuple[int, int, int, int]


class FolderFiles:
    """The files below a folder, listed once; to be used as a context.

    Raises:
        ProofRefused: there are more of them than a bundle can have.
        OSError: the folder itself cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._identities: dict[str, _Identity] = {}
        self._sizes: dict[str, int] = {}
        self._refused: dict[str, ProofRefused] = {}
        self._root = os.open(path, _FOLDER)
        self._last: tuple[str, int] = ("", self._root)
        try:
            self._list()
            check_total(self._sizes)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        """The files."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folder."""
        self._close()

    @property
    def sizes(self) -> Mapping[str, int]:
        """Of the files that can be read."""
        return self._sizes

    @property
    def refused(self) -> Mapping[str, ProofRefused]:
        """What cannot be read, and why."""
        return self._refused

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file in pieces.

        Raises:
            ProofRefused: the file changed, vanished, or cannot be read.
        """
        try:
            folder, _, name = path.rpartition("/")
            descriptor = os.open(name, _FILE, dir_fd=self._folder(folder))
            try:
                yield from self._of(descriptor, path)
            finally:
                os.close(descriptor)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise changed() from error
        except OSError as error:
            raise unreadable(error) from error

    def _of(self, descriptor: int, path: str) -> Iterator[bytes]:
        identity = self._identities[path]
        left = self._sizes[path]
        if _identity(os.fstat(descriptor)) != identity:
            raise changed()
        while left and (piece := os.read(descriptor, min(left, CHUNK))):
            left -= len(piece)
            yield piece
        if left or _identity(os.fstat(descriptor)) != identity:
            raise changed()

    def _list(self) -> None:
        left = ["."]
        seen = 0
        while left:
            folder = left.pop()
            prefix = "" if folder == "." else f"{folder}/"
            try:
                with os.scandir(self._folder(folder)) as entries:
                    for entry in entries:
                        seen += 1
                        if seen > MOST_FILES:
                            raise too_much()
                        if self._take(f"{prefix}{entry.name}", entry.stat(follow_symlinks=False)):
                            left.append(f"{prefix}{entry.name}")
            except OSError as error:
                self._refused[folder] = unreadable(error)

    def _take(self, path: str, status: os.stat_result) -> bool:
        """List what lies at a path; True when it is a folder of the bundle that has to be looked into."""
        if stat.S_ISDIR(status.st_mode):
            if FOLDERS.fullmatch(path):
                return True
            self._refused[path] = stranger()
            return False
        refused = objection(path, status.st_size) if stat.S_ISREG(status.st_mode) else no_file()
        if refused is not None:
            self._refused[path] = refused
        else:
            self._identities[path] = _identity(status)
            self._sizes[path] = status.st_size
        return False

    def _folder(self, path: str) -> int:
        """The descriptor of a folder, opened step by step; the last one is kept, since files of one folder follow."""
        if path in ("", "."):
            return self._root
        if self._last[0] == path:
            return self._last[1]
        self._forget()
        above = self._root
        for name in path.split("/"):
            try:
                below = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
            finally:
                if above != self._root:
                    os.close(above)
            above = below
        self._last = (path, above)
        return above

    def _forget(self) -> None:
        if self._last[1] != self._root:
            os.close(self._last[1])
        self._last = ("", self._root)

    def _close(self) -> None:
        self._forget()
        os.close(self._root)


def _identity(status: os.stat_result) -> _Identity:
    """What another file, or a file that was written to, does not have in common."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
