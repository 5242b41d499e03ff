"""A log to write contributions to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.writer import LogWriter


@dataclass(frozen=True)
class Log:
    """Both sides of one log."""

    folder: LogFolder
    writer: LogWriter


@contextmanager
def logging_to(path: Path) -> Iterator[Log]:
    """The log below a folder, held for writing."""
    writer = LogWriter(path, "log.example")
    try:
        yield Log(LogFolder(path), writer)
    finally:
        writer.close()
