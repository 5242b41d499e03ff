"""Files that only their owner may read, in a folder that only its owner may enter. What is open to others is refused.

What is written survives a power cut once a function returns, and a crash before that leaves what was there.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuager.errors import KeyUnusable, message
from kuager.evidence.durable import TEMPORARY, adopt, make_folder, put, sync_folder

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Make a folder for its owner alone, if there is none yet.

    Raises:
        KeyUnusable: it is there, and open to others, a link, no folder, or somebody else's.
    """
    make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        check_private_folder(folder)
    else:
        sync_folder(folder.parent)


def check_private_folder(folder: Path) -> None:
    """See that a folder is its owner's alone; one that is not there holds nothing to be seen.

    Raises:
        KeyUnusable: it is open to others, a link, no folder, or somebody else's.
    """
    try:
        state = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(state.st_mode) or not _is_private(state):
        raise KeyUnusable(
            message("The folder of keys is a link, belongs to somebody else, or is open to others."),
            meaning=message("Others may have copied the keys, or put other ones in their place."),
            remedy=message("Close it with chmod 700; if others could have read it, replace the keys as well."),
        )


def read_private(path: Path, largest: int) -> bytes | None:
    """The bytes of a file; None when it is not there.

    Raises:
        KeyUnusable: it is open to others, a link, no plain file, somebody else's, or larger than that.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _open_to_others(path.name) from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or not _is_private(state):
            raise _open_to_others(path.name)
        data = file.read(largest + 1)
    if len(data) > largest:
        raise KeyUnusable(message("The file {file} is too large for what it should hold."), file=path.name)
    return data


def write_new_private(path: Path, data: bytes) -> None:
    """Put bytes under a name that is not taken yet.

    Raises:
        KeyUnusable: the name is taken.
    """
    temporary = _written(path.parent, data)
    try:
        if not adopt(path, temporary):
            raise KeyUnusable(message("The file {file} is there already; no key is written over."), file=path.name)
    finally:
        temporary.unlink()


def replace_private(path: Path, data: bytes) -> None:
    """Put bytes under a name, in place of whatever was there; readers see the old file or the new one."""
    temporary = _written(path.parent, data)
    try:
        put(path, temporary)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def writing_alone(folder: Path) -> Iterator[None]:
    """Hold a folder while writing to it; others wait. What a crash left half written is swept away first."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for leftover in folder.glob(f"{TEMPORARY}*"):
            leftover.unlink()
        yield
    finally:
        os.close(descriptor)


def _written(folder: Path, data: bytes) -> Path:
    temporary = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _is_private(state: os.stat_result) -> bool:
    return state.st_uid == os.geteuid() and not state.st_mode & _OTHERS


def _open_to_others(name: str) -> KeyUnusable:
    return KeyUnusable(
        message("The file {file} is a link, belongs to somebody else, or is open to others."),
        meaning=message("Others may have read it, or put another one in its place."),
        remedy=message("Close it with chmod 600; if it holds a key that others could have read, replace that as well."),
        file=name,
    )
