"""Files that nobody but their owner may read: folders 0700, files 0600, whatever the umask; durable; no telling time.

The time of change of every file and its folder is one that the caller names, so that a seized disk does not say by it
when somebody came. What the file system keeps besides (time of birth, journal, old copies of overwritten blocks on
flash) is beyond a program: the disk must be encrypted.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuager.errors import KeyUnusable, message
from kuager.evidence.durable import TEMPORARY, adopt, put, sync_folder

_LOCK = ".lock"


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can enter; its parent must be there.

    Raises:
        KeyUnusable: it is there already and open to others, belongs to somebody else or is no folder of its own.
    """
    try:
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise KeyUnusable(
            message("The private folder is open to others."),
            meaning=message("Whoever can use this computer could read in it what sources entrusted to you."),
            remedy=message("Take it from all others (chmod 700), and consider what they may have read already."),
        )


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """One writer at a time in a private folder, others wait; the lock goes with the process that held it."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def keep(path: Path, data: bytes, *, dated: int) -> bool:
    """Put bytes under a name that is not taken yet, dated as told (seconds since the epoch); False when it is taken."""
    temporary = _written(path, data, dated)
    try:
        return adopt(path, temporary)
    finally:
        temporary.unlink()
        os.utime(path.parent, (dated, dated))
        sync_folder(path.parent)


def keep_instead(path: Path, data: bytes, *, dated: int) -> None:
    """Put bytes under a name in place of what was there, dated as told (seconds since the epoch)."""
    put(path, _written(path, data, dated))
    os.utime(path.parent, (dated, dated))


def destroy(path: Path) -> None:
    """Overwrite a file with zeros and take it away, both durably; nothing happens when it is gone already.

    It loses its name first: what a crash leaves is cleared as unfinished, and never read as damage.
    """
    nameless = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        path.rename(nameless)
    except FileNotFoundError:
        return
    sync_folder(path.parent)
    descriptor = os.open(nameless, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        left = os.fstat(descriptor).st_size
        while left > 0:
            left -= os.write(descriptor, bytes(min(left, 1 << 20)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    nameless.unlink()
    sync_folder(path.parent)


def clear_unfinished(folder: Path) -> None:
    """Destroy what a crash left half-written; only while the folder is held."""
    for path in folder.glob(f"{TEMPORARY}*"):
        if path.lstat().st_nlink > 1:  # whole, and linked to its name: the bytes are the kept ones
            path.unlink()
            sync_folder(folder)
        else:
            destroy(path)


def _written(path: Path, data: bytes, dated: int) -> Path:
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.utime(temporary, (dated, dated))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
