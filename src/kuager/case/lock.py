"""One writer at a time. Readers need no lock: every file of a case changes whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kuager.errors import CaseHeld, message
from kuager.model.time import format_utc


@contextmanager
def held_for_writing(path: Path, purpose: str) -> Iterator[None]:
    """Hold a case while writing to it; the kernel lets go of it however the process ends.

    Raises:
        CaseHeld: another process holds it; the error says which and since when.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _held(os.read(descriptor, 4096)) from error
        who = {"process": os.getpid(), "purpose": purpose, "since": format_utc(datetime.now(UTC))}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(who).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _held(note: bytes) -> CaseHeld:
    try:
        who = json.loads(note)
        facts = {name: str(who[name]) for name in ("process", "purpose", "since")}
    except (ValueError, KeyError, TypeError):
        facts = {"process": "?", "purpose": "?", "since": "?"}  # caught between taking the lock and signing it
    return CaseHeld(
        message("The case is being written by process {process} (kuager {purpose}, since {since})."),
        meaning=message("Two writers at once could lose each other's work, so the second one is refused."),
        remedy=message("Wait until it has finished, then try again; reading with kuager show is always possible."),
        **facts,
    )
