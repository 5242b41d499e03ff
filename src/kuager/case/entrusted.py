"""What sources entrusted to a case: open to its owner only, never published, in no bundle unless it was revealed.

Below ``evidence/private``, a folder 0700::

    batches/                            contributions that wait for their interval to end
    records/<root>/                     the fields that can be opened, a file each
    originals/<commitment>.age          originals, sealed again for those for whom the parcel was sealed
    demands/<root>.age                  parcels of the demand log, which are kept closed, and for whom they are sealed
    openings/<root>.json                the fields that were chosen to be revealed; bundles take these

Every file and folder is dated 1970, so that who seizes the disk does not read from it when somebody came. The times at
which the file system itself saw a change cannot be chosen: each call changes all of them at once.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

from kuager.case.log import CaseLog, Entry
from kuager.case.settings import Contributions
from kuager.errors import EvidenceError, message
from kuager.evidence.durable import make_folder
from kuager.evidence.leaves import Contribution, Redaction
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.private.batches import Batches
from kuager.evidence.private.commitments import Record, read_opening
from kuager.evidence.private.contributors import read_contribution
from kuager.evidence.private.folder import clear_unfinished, destroy, held, keep, keep_instead, make_private
from kuager.evidence.private.parcels import Packed, Parcel
from kuager.evidence.private.records import KeptRecord, to_destroy
from kuager.evidence.private.sealing import seal
from kuager.evidence.private.strict import from_digest

_NO_TIME = 0


class Entrusted:
    """The private part of a case's evidence; it is made when it is first needed.

    Args:
        folder: ``evidence/private``.
        contributions: how often they are entered, and how many at once.
    """

    def __init__(self, folder: Path, contributions: Contributions) -> None:
        self.folder = folder
        self._records, self._originals, self._openings = (
            folder / name for name in ("records", "originals", "openings")
        )
        self._demands = folder / "demands"
        self._recipients = self._demands / "recipients"
        self._batches = Batches(folder / "batches", interval_s=contributions.interval_s, leaves=contributions.at_once)

    @property
    def begun(self) -> bool:
        """Whether contributions were ever waited for."""
        return self.folder.exists()

    def receive(self, parcel: Parcel, log: CaseLog, now: int) -> bytes:
        """Keep what a parcel holds, and its contribution for the batch of this time; the entry that it will be.

        The same parcel again is the same entry; fields that were erased since are not kept again.

        Args:
            parcel: opened.
            log: the case's, which must be there.
            now: seconds since the epoch.

        Raises:
            EvidenceError: nothing more can be kept; what came is then kept whole or not at all by the next call.
        """
        with self._held():
            record, erased = parcel.record, _erased(log, parcel.record.root)
            left = Record(record.commitments, tuple(one for one in record.disclosures if one.commitment not in erased))
            for commitment, original in parcel.originals.items():
                path = self._original(commitment)
                if commitment not in erased and not path.exists():
                    keep(path, seal(original, parcel.recipients).data, dated=_NO_TIME)
            KeptRecord(self._records / record.root.hex()).keep(left)
            return self._batches.submit(parcel.contribution, LogFolder(log.folder), now)

    def keep_closed(
        self, parcel: Packed, recipients: Sequence[str], log: CaseLog, now: int, *, known: Set[str] | None = None
    ) -> int:
        """Keep a parcel of the demand log as it is, unread, and its contribution; the start of its batch.

        The contribution comes first: what a crash leaves of the two is a commitment that nobody was told of.

        Args:
            parcel: as it was packed.
            recipients: for whom, remembered for those that follow.
            log: the case's, which must be there.
            now: seconds since the epoch.
            known: names of the parcels against which this one was made; None where it stands by itself.

        Raises:
            EvidenceError: others came meanwhile, or nothing more can be kept; nothing is kept then.
        """
        with self._held():
            if known is not None and known != self.closed().keys():
                raise EvidenceError(
                    message("Somebody wrote to the demand log meanwhile."),
                    meaning=message("Nothing of yours was sealed, and nothing is lost."),
                    remedy=message("Look at what is there now (kuager demand list CASE), and say yours again."),
                )
            leaf = self._batches.submit(parcel.contribution, LogFolder(log.folder), now)
            keep(self._demands / f"{parcel.contribution.root.hex()}.age", parcel.data, dated=_NO_TIME)
            keep_instead(self._recipients, "".join(f"{one}\n" for one in recipients).encode("ascii"), dated=_NO_TIME)
        return read_contribution(leaf)[1]

    def closed(self) -> dict[str, Path]:
        """The parcels of the demand log by their names, which are the roots of their records."""
        return {path.stem: path for path in sorted(self._demands.glob("[!.]*.age"))}

    def recipients(self) -> tuple[str, ...]:
        """For whom the newest entry of the demand log was sealed; none where there is none."""
        try:
            return tuple(self._recipients.read_text("ascii").split())
        except FileNotFoundError:
            return ()

    def waiting(self) -> dict[bytes, int]:
        """The roots that wait for their batch, each with its start; dummies among them."""
        return self._batches.waiting() if self.begun else {}

    def catch_up(self, log: CaseLog, now: int) -> list[int]:
        """Enter every batch whose interval is over, and destroy again what the log says was erased.

        The starts of the batches that were entered. The log must be open for writing.

        Args:
            log: the case's.
            now: seconds since the epoch.

        Raises:
            EvidenceError: so many intervals passed that the clock must be asked first.
        """
        with self._held():
            for folder in (self._originals, self._openings, self._demands):
                clear_unfinished(folder)
            for root, commitments in _redacted(log):
                self._destroy(root, commitments)
            return log.enter_due(self._batches, now)

    def record(self, root: bytes) -> Record:
        """The record with that root, with the fields that can still be opened.

        Raises:
            EvidenceError: nothing is kept of it.
        """
        if not (self._records / root.hex()).is_dir():
            raise EvidenceError(
                message("Nothing is kept of what this entry commits to."),
                meaning=message("It fills up its batch and commits to nothing, or was received elsewhere."),
                remedy=message("kuager reveal CASE lists the entries whose fields can be opened."),
            )
        return KeptRecord(self._records / root.hex()).record()

    def kept(self) -> set[bytes]:
        """The roots of the records that are kept."""
        return {bytes.fromhex(path.name) for path in self._records.glob("?" * 64)}

    def originals(self, root: bytes) -> list[Path]:
        """The sealed originals to which a record commits, those that were not erased."""
        paths = (self._original(one) for one in self.record(root).commitments)
        return [path for path in paths if path.exists()]

    def openings(self) -> dict[str, bytes]:
        """What was revealed: each opening by the root of its record, 64 hexadecimal digits."""
        return {path.stem: path.read_bytes() for path in sorted(self._openings.glob(f"{'?' * 64}.json"))}

    def reveal(self, root: bytes, names: Collection[str]) -> list[str]:
        """Put fields among those that bundles open; all names of the record that are opened now.

        Raises:
            EvidenceError: the record has no such field, or nothing is kept of it.
        """
        return self.reveal_of(self.record(root), names)

    def reveal_of(self, record: Record, names: Collection[str]) -> list[str]:
        """As :meth:`reveal`, for a record that is not kept open here.

        Raises:
            EvidenceError: the record has no such field.
        """
        with self._held():
            for name in names:
                record.disclosure(name)
            opened = self._opened(record.root) & {one.name for one in record.disclosures} | set(names)
            self._open(record.root, record, opened)
            return sorted(opened)

    def erase(self, root: bytes, commitments: Sequence[bytes]) -> None:
        """Destroy fields for good, with the originals that they commit to. The log must say so already."""
        with self._held():
            self._destroy(root, commitments)

    def _destroy(self, root: bytes, commitments: Sequence[bytes]) -> None:
        folder = self._records / root.hex()
        if not folder.is_dir():
            return
        opened = self._opened(root)
        KeptRecord(folder).destroy(commitments)
        for commitment in commitments:
            destroy(self._original(commitment))
        left = opened & {one.name for one in KeptRecord(folder).record().disclosures}
        if left != opened:
            self._open(root, KeptRecord(folder).record(), left)

    def _opened(self, root: bytes) -> set[str]:
        path = self._openings / f"{root.hex()}.json"
        return set(read_opening(path.read_bytes(), root)) if path.exists() else set()

    def _open(self, root: bytes, record: Record, names: Collection[str]) -> None:
        """The old opening is overwritten: it may hold what is to be erased."""
        path = self._openings / f"{root.hex()}.json"
        destroy(path)
        if names:
            keep(path, record.open(names), dated=_NO_TIME)

    def _original(self, commitment: bytes) -> Path:
        return self._originals / f"{commitment.hex()}.age"

    @contextmanager
    def _held(self) -> Iterator[None]:
        """One at a time; everything is dated anew at the end."""
        make_folder(self.folder.parent)
        make_private(self.folder)
        with held(self.folder):
            for folder in (self._records, self._originals, self._openings, self._demands):
                make_private(folder)
            try:
                yield
            finally:
                for path in (*self.folder.rglob("*"), self.folder, self.folder.parent):
                    os.utime(path, (_NO_TIME, _NO_TIME), follow_symlinks=False)


def contributions(log: CaseLog) -> list[tuple[Entry, bytes]]:
    """The entries of a log that are contributions or dummies, each with the root that it commits to."""
    return [(entry, from_digest(entry.leaf.commit)) for entry in log.entries() if isinstance(entry.leaf, Contribution)]


def contribution_at(log: CaseLog, index: int) -> tuple[Entry, bytes]:
    """The entry of that number, and the root that it commits to.

    Raises:
        EvidenceError: there is no such entry, or it is something else.
    """
    for entry, root in contributions(log):
        if entry.index == index:
            return entry, root
    raise EvidenceError(
        message("Entry {index} of the log is no contribution."),
        remedy=message("kuager reveal CASE lists the entries whose fields can be opened."),
        index=index,
    )


def _redacted(log: CaseLog) -> Iterator[tuple[bytes, list[bytes]]]:
    """The root of each record of which fields were erased, and their commitments."""
    roots = {entry.hash: root for entry, root in contributions(log)}
    for entry in log.entries():
        if isinstance(entry.leaf, Redaction) and entry.leaf.redacts in roots:
            yield roots[entry.leaf.redacts], to_destroy(entry.leaf)


def _erased(log: CaseLog, root: bytes) -> set[bytes]:
    return {one for redacted, commitments in _redacted(log) if redacted == root for one in commitments}
