"""Contributions on their way to the log: together at fixed times, shuffled, among dummies; none shows when it came.

Each interval of time becomes one batch of leaves, also when nobody came. A batch has a fixed number of leaves, or the
smallest multiple of it when more came: what is missing is filled with dummies, made and signed exactly as
contributions without fields are. All leaves have the same length and name the start of the interval, no other time.

Promises: once :meth:`Batches.submit` has returned, the contribution survives a power cut; each is logged once, whatever
call a crash interrupts; what is pending lies in a folder that only its owner can read. Order on disk::

    pending/<start>/<leaf hash>   a leaf that waits
    prepared/<start>              the shuffled batch, written whole before its first leaf goes to the log
    next                          the first interval that is not prepared yet

prepare -> next moves on -> append to the log, all or nothing, what is not there -> destroy pending -> remove prepared.
A batch that is found prepared is finished from there. Until its batch is logged, who seizes the disk can count what is
pending, and the file system may know when each file was born.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Set
from pathlib import Path

from kuager.errors import EvidenceError, LogDamaged, ProofRefused, message
from kuager.evidence.durable import TEMPORARY, sync_folder
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.log.writer import LogWriter
from kuager.evidence.merkle import HASH_BYTES, leaf_hash
from kuager.evidence.private.contributors import Contribution, contribute, read_contribution
from kuager.evidence.private.folder import clear_unfinished, destroy, held, keep, keep_instead, make_private
from kuager.evidence.tiles import WIDTH, width_of

DAY_S = 86_400
LEAVES = 64
"""Of a batch; more contributions make a batch of twice, three times as many."""
MOST_REMEMBERED = 31
"""Intervals for which a contribution that comes again is looked up in the log: a list would tell it from dummies."""
MOST_MISSED = 400
"""Intervals that are made up for at once; a clock that jumped further is more likely wrong than right."""


class Batches:
    """Pending contributions below a private folder whose parent is there; the folder is made when it is first used.

    Attributes:
        interval_s: seconds of a batch, aligned to the epoch; a day begins at midnight UTC.
        leaves: how many leaves a batch has, at least.
    """

    def __init__(self, folder: Path, *, interval_s: int = DAY_S, leaves: int = LEAVES) -> None:
        self._folder = folder
        self._pending, self._prepared, self._next = folder / "pending", folder / "prepared", folder / "next"
        self._interval, self._leaves = interval_s, leaves

    def submit(self, contribution: Contribution, log: LogFolder, now: int) -> bytes:
        """Keep a contribution for the batch of this time; the leaf that it will be.

        The same again is the same leaf, while it waits and for a month of batches after: who got no answer asks again.

        Args:
            contribution: of somebody.
            log: where it will be logged.
            now: seconds since the epoch.

        Raises:
            LogDamaged: the log is not there, or is not what was written.
            ProofRefused: the contribution is not signed by its own key.
            KeyUnusable: the folder is open to others.
        """
        self._open()
        with held(self._folder):
            prepared = [one + self._interval for one in self._found_prepared()]
            batch = max(self._start(now), self._first(now), *prepared)
            remembered = range(batch, batch - MOST_REMEMBERED * self._interval, -self._interval)
            earlier = {leaf_hash(leaf): leaf for leaf in map(contribution.leaf, (*self._waiting(), *remembered))}
            pending = {bytes.fromhex(path.name) for folder in self._waiting().values() for path in _files(folder)}
            for found in earlier.keys() & (pending | _logged(log, earlier.keys())):
                return earlier[found]
            leaf = contribution.leaf(batch)
            read_contribution(leaf)
            path = self._pending / str(batch) / leaf_hash(leaf).hex()
            make_private(path.parent)
            keep(path, leaf, dated=batch)
        return leaf

    def waiting(self) -> dict[bytes, int]:
        """The roots of the contributions that are not logged yet, each with the start of its batch; dummies among them.

        Raises:
            ProofRefused: what waits is not what was written.
        """
        if not self._folder.exists():
            return {}
        self._open()
        with held(self._folder):
            pending = [path.read_bytes() for folder in self._waiting().values() for path in _files(folder)]
            prepared = [leaf for path in _files(self._prepared) for leaf in path.read_bytes().split(b"\n")[:-1]]
            found = [read_contribution(leaf) for leaf in (*pending, *prepared)]
        return {contribution.root: batch for contribution, batch in found}

    def log_due(self, log: LogFolder, writer: LogWriter, now: int) -> list[int]:
        """Log every batch whose interval is over; the starts of those that were logged. The head is signed afterwards.

        Args:
            log: the log.
            writer: the same, held for writing.
            now: seconds since the epoch.

        Raises:
            EvidenceError: so many intervals passed since the last time that the clock must be asked first.
            LogDamaged: what is pending or prepared is not what was written.
        """
        self._open()
        with held(self._folder):
            for folder in (self._folder, self._pending, self._prepared, *self._waiting().values()):
                clear_unfinished(folder)
            for batch in self._due(now):
                self._prepare(batch)
            return [self._finish(batch, log, writer) for batch in self._found_prepared()]

    def _open(self) -> None:
        for folder in (self._folder, self._pending, self._prepared):
            make_private(folder)

    def _due(self, now: int) -> list[int]:
        starts = range(self._first(now), self._start(now), self._interval)
        if len(starts) > MOST_MISSED:
            raise EvidenceError(
                message("{missed} batches of contributions are due at once."),
                meaning=message("The clock of this computer was set far ahead, or nothing was logged for very long."),
                remedy=message("Set the clock; if it is right, choose a longer interval."),
                missed=len(starts),
            )
        waiting = {batch for batch in self._waiting() if batch < self._start(now)}
        return sorted((waiting | set(starts)) - set(self._found_prepared()))

    def _prepare(self, batch: int) -> None:
        leaves = _checked([path.read_bytes() for path in _files(self._pending / str(batch))], batch)
        missing = -len(leaves) % self._leaves if leaves else self._leaves
        leaves += [contribute({})[1].leaf(batch) for _ in range(missing)]
        secrets.SystemRandom().shuffle(leaves)
        keep(self._prepared / str(batch), b"".join(leaf + b"\n" for leaf in leaves), dated=batch)
        self._move_on(batch + self._interval)

    def _finish(self, batch: int, log: LogFolder, writer: LogWriter) -> int:
        path = self._prepared / str(batch)
        leaves = _checked(path.read_bytes().split(b"\n")[:-1], batch)
        waiting = self._pending / str(batch)
        if not {one.name for one in _files(waiting)} <= {leaf_hash(leaf).hex() for leaf in leaves}:
            raise _changed()
        logged = _logged(log, {leaf_hash(leaf) for leaf in leaves})
        writer.append(leaf for leaf in leaves if leaf_hash(leaf) not in logged)
        self._move_on(batch + self._interval)
        if waiting.exists():
            for pending in _files(waiting):
                destroy(pending)
            waiting.rmdir()
            sync_folder(self._pending)
        path.unlink()  # all of it is public by now, and half of it would be taken for damage
        sync_folder(self._prepared)
        return batch

    def _waiting(self) -> dict[int, Path]:
        return {int(folder.name): folder for folder in sorted(self._pending.iterdir()) if folder.name.isdecimal()}

    def _found_prepared(self) -> list[int]:
        return sorted(int(path.name) for path in _files(self._prepared) if path.name.isdecimal())

    def _first(self, now: int) -> int:
        """The first interval that is not prepared; it is this one when the folder is new."""
        if not self._next.exists():
            keep_instead(self._next, f"{self._start(now)}\n".encode("ascii"), dated=self._start(now))
        told = self._next.read_bytes()
        if not re.fullmatch(rb"-?[0-9]{1,12}\n", told):
            raise _changed()
        return int(told)

    def _move_on(self, first: int) -> None:
        """Never backwards."""
        if self._first(first) < first:
            keep_instead(self._next, f"{first}\n".encode("ascii"), dated=first)

    def _start(self, now: int) -> int:
        return now // self._interval * self._interval


def _files(folder: Path) -> list[Path]:
    """Whole files of a folder, by name; none when it is not there."""
    if not folder.exists():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((TEMPORARY, ".")))


def _checked(leaves: list[bytes], batch: int) -> list[bytes]:
    """Contributions of one batch, each signed by its own key, all equally long: none can be told from a dummy."""
    try:
        wrong = any(read_contribution(leaf)[1] != batch for leaf in leaves)
    except ProofRefused:
        wrong = True
    if wrong or len({len(leaf) for leaf in leaves}) > 1:
        raise _changed()
    return leaves


def _logged(log: LogFolder, hashes: Set[bytes]) -> set[bytes]:
    """Those of the hashes that are leaves of the log, in one pass over its lowest tiles."""
    size, found = log.head.size, set[bytes]()
    for number in range(-(-size // WIDTH)):
        tile = log.tile(0, number, width_of(0, number, size))
        found |= hashes & {tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)}
    return found


def _changed() -> LogDamaged:
    return LogDamaged(
        message("What was kept for a batch of contributions is not what was written."),
        meaning=message("Nothing of the batch is logged: as it is, it could tell contributions from dummies."),
        remedy=message("Bring the private folder back from a copy."),
    )
