"""Writing files so that a crash at any moment leaves either the old bytes or the new ones, never something between.

Write a file that has no name yet (``O_TMPFILE``, open(2); a temporary name where the file system has no such files),
fsync it, link or rename it into place, fsync the folder (POSIX; the order is that of Tessera's POSIX driver). Temporary
names begin with ``.tmp-`` and may be removed whenever nobody writes.

An fsync that fails is never tried again: the kernel may have dropped the bytes that it could not write and call the
next one a success. The error goes to the caller, and what was being written counts as not written.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

TEMPORARY = ".tmp-"

_NO_UNNAMED_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT})
"""What ``O_TMPFILE`` gives on file systems and kernels that do not know it (open(2))."""
_ANYBODY_MAY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_SYSTEM = ctypes.CDLL(None, use_errno=True)


class Draft:
    """A file that is being written and does not have its name yet; made by :func:`draft`.

    Attributes:
        descriptor: open for writing.
    """

    def __init__(self, descriptor: int, temporary: Path | None) -> None:
        self.descriptor = descriptor
        self.temporary = temporary
        """Its name for now; None when it has none."""

    def write(self, data: bytes | memoryview) -> None:
        """Write all of the bytes."""
        left = memoryview(data)
        while left:
            left = left[os.write(self.descriptor, left) :]

    def sync(self) -> None:
        """Make the bytes durable; whoever is told that this failed must not try again."""
        os.fsync(self.descriptor)

    def link(self, path: Path) -> bool:
        """Give it a name that is not taken yet; False when it is. The folder is not synced."""
        source = self.temporary or _unnamed(self.descriptor)
        try:
            # an absolute source needs no folder, but only with one named does Python follow it as the unnamed need it
            os.link(source, path, src_dir_fd=self.descriptor)
        except FileExistsError:
            return False
        return True

    def rename(self, path: Path) -> None:
        """Give it a name, in place of whatever was there; its bytes must be durable. The folder is not synced."""
        if self.temporary is None:
            temporary = _temporary_name(path.parent)
            self.link(temporary)
            self.temporary = temporary
        os.replace(self.temporary, path)  # noqa: PTH105 - beside the other calls by descriptor
        self.temporary = None

    def seal(self) -> None:
        """Forbid everybody to write to it."""
        os.fchmod(self.descriptor, sealed(os.fstat(self.descriptor).st_mode))


@contextmanager
def draft(folder: Path) -> Iterator[Draft]:
    """A file to write, on the file system of a folder; without a name at the end it is gone."""
    one = _unnamed_draft(folder) or _named_draft(folder)
    try:
        yield one
    finally:
        os.close(one.descriptor)
        if one.temporary is not None:
            one.temporary.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each made known to its own parent on disk.

    So is the first one that is there already: a writer may have been killed between making it and making it known.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    there = missing[-1].parent if missing else folder
    with suppress(PermissionError):  # of a folder that may not be read: no writer of ours makes a folder in one
        sync_folder(there.parent)
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        try:
            sync_folder(path.parent)
        except OSError:
            with suppress(OSError):
                path.rmdir()  # so that another attempt makes it again
            raise


def write_new(path: Path, data: bytes) -> bool:
    """Put bytes under a name that is not taken yet; False, and nothing written, when it is.

    Once this returns the file survives a power cut.
    """
    make_folder(path.parent)
    with draft(path.parent) as file:
        file.write(data)
        file.sync()
        new = file.link(path)
        sync_folder(path.parent)
    return new


def adopt(path: Path, temporary: Path) -> bool:
    """Put a whole file that was written beside its place under a name that is not taken yet; False when it is.

    The temporary file is left for its owner to remove; it must lie on the same file system.
    """
    make_folder(path.parent)
    _sync_file(temporary)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        sync_folder(path.parent)
    return True


def replace(path: Path, data: bytes) -> None:
    """Put bytes under a name, in place of whatever was there; readers see the old file or the new one."""
    make_folder(path.parent)
    with draft(path.parent) as file:
        file.write(data)
        file.sync()
        file.rename(path)
        sync_folder(path.parent)


def put(path: Path, temporary: Path) -> None:
    """Put a whole file that was written beside its place under its name, in place of whatever was there."""
    _sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    _sync_file(folder, os.O_DIRECTORY)


@contextmanager
def together(path: Path) -> Iterator[None]:
    """Make durable what is written within to the file system on which a path lies: bytes and names (syncfs(2)).

    Raises:
        OSError: something of it could not be written; Linux 5.8 and later tell of all that failed since the beginning.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield
        _sync_file_system(descriptor)
    finally:
        os.close(descriptor)


def sync_file_system(path: Path) -> None:
    """Make everything durable that was written to the file system on which a path lies (Linux, syncfs(2))."""
    with together(path):
        pass


def sealed(mode: int) -> int:
    """The permissions of a file that nobody may write to; everything else stays as the umask made it."""
    return stat.S_IMODE(mode) & ~_ANYBODY_MAY_WRITE


def is_sealed(mode: int) -> bool:
    """Whether nobody may write to a file."""
    return not mode & _ANYBODY_MAY_WRITE


def _sync_file(path: Path, kind: int = 0) -> None:
    descriptor = os.open(path, os.O_RDONLY | kind)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(descriptor: int) -> None:
    if _SYSTEM.syncfs(descriptor):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _unnamed_draft(folder: Path) -> Draft | None:
    if not _can_be_named():
        return None
    try:
        descriptor = os.open(folder, os.O_WRONLY | os.O_TMPFILE, 0o666)
    except OSError as error:
        if error.errno in _NO_UNNAMED_FILES and folder.is_dir():
            return None
        raise
    return Draft(descriptor, None)


def _named_draft(folder: Path) -> Draft:
    temporary = _temporary_name(folder)
    return Draft(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), temporary)


@cache
def _can_be_named() -> bool:
    """Whether there is what unnamed files are linked by."""
    return Path("/proc/self/fd").is_dir()


def _unnamed(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"


def _temporary_name(folder: Path) -> Path:
    return folder / f"{TEMPORARY}{secrets.token_hex(8)}"
