"""Writing files so that a crash at any moment leaves either the old bytes or the new ones, never something between.

write to a temporary file in the same folder, fsync it, link or rename it into place, fsync the folder (POSIX; the order
is that of Tessera's POSIX driver). Temporary names begin with ``.tmp-`` and may be removed whenever nobody writes.
"""

from __future__ import annotations

import ctypes
import os
import secrets
from pathlib import Path

TEMPORARY = ".tmp-"

_SYSTEM = ctypes.CDLL(None, use_errno=True)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each made known to its own parent on disk."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def write_new(path: Path, data: bytes) -> bool:
    """Put bytes under a name that is not taken yet; False, and nothing written, when it is.

    Once this returns the file survives a power cut.
    """
    make_folder(path.parent)
    temporary = _written(path.parent, data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
        sync_folder(path.parent)
    return True


def adopt(path: Path, temporary: Path) -> bool:
    """Put a whole file that was written beside its place under a name that is not taken yet; False when it is.

    The temporary file is left for its owner to remove; it must lie on the same file system.
    """
    make_folder(path.parent)
    descriptor = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
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
    _written(path.parent, data).replace(path)
    sync_folder(path.parent)


def put(path: Path, temporary: Path) -> None:
    """Put a whole file that was written beside its place under its name, in place of whatever was there."""
    descriptor = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file_system(path: Path) -> None:
    """Make everything durable that was written to the file system on which a path lies (Linux, syncfs(2))."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if _SYSTEM.syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)


def _written(folder: Path, data: bytes) -> Path:
    temporary = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
