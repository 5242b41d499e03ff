"""Files that people keep to themselves: identities of age, what is sealed, and what was opened for one reader."""

from __future__ import annotations

import os
from pathlib import Path

from kuager.case.adding import opened, unreadable
from kuager.errors import KuagerError, message

_LARGEST_IDENTITY = 65_536
_NO_TIME = 946_684_800
"""The first second of 2000: what is written for others to carry is dated so. File systems of sticks begin in 1980."""


def read_whole(file: Path, most: int) -> bytes:
    """The bytes of a file that somebody named.

    Raises:
        KuagerError: it cannot be read, or has more than ``most`` bytes.
    """
    with opened(file) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise KuagerError(
            message("{file} has more than {most} bytes."),
            remedy=message("Cut it into parts, and take each by itself."),
            file=file.name,
            most=most,
        )
    return data


def identities_of(file: Path) -> str:
    """Also from a pipe: an identity that is itself locked with a passphrase need not be written down unlocked.

    Raises:
        KuagerError: the file cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_IDENTITY + 1).decode("utf-8", "replace")
    except OSError as error:
        raise unreadable(file, error) from error


def write_private(path: Path, data: bytes) -> None:
    """A file for its owner only, whole or not at all, where nothing was; without links, which sticks do not have.

    Raises:
        KuagerError: something is there already, or it cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise KuagerError(
            message("“{path}” cannot be made: {reason}."),
            remedy=message("Choose another name, in a folder in which you may write."),
            path=str(path),
            reason=error.strerror or type(error).__name__,
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.utime(path, (_NO_TIME, _NO_TIME))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
