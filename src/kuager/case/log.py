"""The transparency log of a case: what was received, derived, published and taken back, each an entry for good.

Whoever holds the case for writing appends; at the end the head of the log is signed with the key of whoever runs
Kuager. Where that key is locked, or witnesses have to be asked first, the entries are there all the same, and are
signed later.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kuager.case.anchors import names_witnesses
from kuager.case.derivation import code_version
from kuager.case.key_events import not_told_yet
from kuager.case.manners import settings_file
from kuager.case.signing import keys_folder, signing_key
from kuager.errors import KeyUnusable
from kuager.evidence.keys.events import Role
from kuager.evidence.keys.ring import open_ring
from kuager.evidence.leaves import Leaf, Method, encode_leaf, read_leaf
from kuager.evidence.log.folder import STATE, LogFolder
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.merkle import leaf_hash
from kuager.evidence.note import SignatureLine
from kuager.evidence.private.batches import Batches
from kuager.model.time import format_utc

NAMESPACE = "kuager.invalid"
"""Logs of cases have no address; names below this one lead nowhere (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log: its number, its hash in the tree as 64 hexadecimal digits, and what it says."""

    index: int
    hash: str
    leaf: Leaf


class CaseLog:
    """The log below a folder. Reading needs no lock; appending needs the case to be held."""

    def __init__(self, folder: Path, case: str) -> None:
        self.folder = folder
        self._case = case
        self._writer: LogWriter | None = None
        self._read: list[Entry] = []
        self.new_key = False
        """Whether this process made the key that signs, whose fingerprint somebody should be told."""

        self.locked: KeyUnusable | None = None
        """Why the newest entries are not signed yet."""

    @property
    def exists(self) -> bool:
        """Whether anything was logged."""
        return (self.folder / STATE).is_file()

    @property
    def origin(self) -> str:
        """The name of the log, which must be there.

        Raises:
            LogDamaged: the log is not what was written.
        """
        return LogFolder(self.folder).head.origin

    def entries(self) -> Sequence[Entry]:
        """Every entry in order.

        Raises:
            LogDamaged: the log is not what was written.
            ProofRefused: an entry is of no form that Kuager writes.
        """
        if self.exists:
            known = len(self._read)
            for index, data in enumerate(LogFolder(self.folder).leaves(known), start=known):
                self._read.append(Entry(index, leaf_hash(data).hex(), read_leaf(data)))
        return self._read

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open the log when the first entry comes, and sign its head at the end.

        Where witnesses are named nothing is signed before they were asked, which is for ``kuager stamp``: only they
        know whether this log is an older copy of itself.
        """
        try:
            yield
            if not names_witnesses(settings_file()):
                self.sign()
        finally:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def append(self, *leaves: Leaf) -> None:
        """Log entries; once this returns they survive a power cut."""
        if leaves:
            self._opened().append([encode_leaf(leaf) for leaf in leaves])

    def begin(self) -> None:
        """Make the log when it is not there yet. It must be open for writing."""
        self._opened()

    def enter_due(self, batches: Batches, now: int) -> list[int]:
        """Log the batches of contributions whose interval is over; their starts. The log must be open for writing.

        Raises:
            EvidenceError: so many intervals passed that the clock must be asked first.
        """
        return batches.log_due(LogFolder(self.folder), self._opened(), now)

    def sign(self, passphrase: str | None = None) -> bool:
        """Sign what is not signed yet; whether all is signed now. The log must be open for writing."""
        if not self.exists or not LogFolder(self.folder).unsigned:
            return True
        try:
            key, made = signing_key(passphrase)
            self.new_key = self.new_key or made
            self.tell_of_keys()
        except KeyUnusable as error:
            self.locked = error
            return False
        self.locked = None
        writer = self._opened()
        writer.sign(writer.origin, key)
        return True

    def tell_of_keys(self) -> int:
        """Enter what happened to the keys that sign and is not entered yet; how many entries that were."""
        ring = open_ring(keys_folder())
        events = (*ring.events(Role.LOG), *ring.events(Role.CUSTODIAN))
        fresh = not_told_yet([entry.leaf for entry in self.entries()], events, now())
        self.append(*fresh)
        return len(fresh)

    def add_lines(self, size: int, lines: Sequence[SignatureLine]) -> None:
        """Put lines of witnesses under the signed head of a size. The log must be open for writing."""
        self._opened().add_lines(size, lines)

    def _opened(self) -> LogWriter:
        if self._writer is None:
            self._writer = LogWriter(self.folder, self._origin())
        return self._writer

    def _origin(self) -> str:
        """The name of the log: that of the folder when it was made, and something that no other log has."""
        if self.exists:
            return self.origin
        name = re.sub("[^a-z0-9-]+", "-", self._case.lower()).strip("-")[:60] or "case"
        return f"{NAMESPACE}/{name}/{secrets.token_hex(8)}"


def method() -> Method:
    """The program that writes entries."""
    return Method("kuager", code_version())


def now() -> str:
    """The moment, as entries have it."""
    return format_utc(datetime.now(UTC))
