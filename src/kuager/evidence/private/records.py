"""A committed record kept on disk, and its erasure: what was logged stays provable, what was erased cannot be guessed.

A folder to each record, open to its owner only: ``commitments``, the 64 of them in hexadecimal, and
``disclosures/<commitment>``, a file for each field that can still be opened, which holds the disclosure and nothing
else, so that ``sha256sum disclosures/*`` shows each file's own name. To erase a field is to destroy its file. Copies
that were made of it (backups, bundles that opened it) are not in reach and must be destroyed where they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from kuager.errors import EvidenceError, message
from kuager.evidence.durable import TEMPORARY
from kuager.evidence.leaves import Redaction
from kuager.evidence.private.commitments import LONGEST_DISCLOSURE, PLACES, Disclosure, Record
from kuager.evidence.private.folder import clear_unfinished, destroy, held, keep, make_private
from kuager.evidence.private.strict import from_digest, from_hex, refused, to_digest
from kuager.model.time import format_utc

LONGEST_REASON = 1_000
_NO_TIME = 0
"""Files of records are dated 1970: when a source came is nobody's business."""


def redaction(leaf: bytes, record: Record, names: Collection[str], reason: str, known: datetime) -> Redaction:
    """The entry that says that fields of the record to which a leaf committed are erased; it names them by commitment.

    Log it first and destroy afterwards what :func:`to_destroy` reads from it: a crash between leaves too much kept,
    never an erasure that nobody is told of.

    Args:
        leaf: the RFC 6962 hash of that leaf.
        record: as it is kept.
        names: of the fields.
        reason: why, in one line.
        known: when this is written.

    Raises:
        EvidenceError: no field is named, one cannot be opened any more, or the reason is empty or not one line.
    """
    if not names or not reason.strip() or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise EvidenceError(
            message("A redaction needs at least one field, and a reason in one line of at most {most} characters."),
            remedy=message("Say why the fields are erased, and nothing of what stood in them."),
            most=LONGEST_REASON,
        )
    fields = sorted(to_digest(record.disclosure(name).commitment) for name in set(names))
    return Redaction(redacts=leaf.hex(), fields=tuple(fields), reason=reason, known=format_utc(known))


def to_destroy(entry: Redaction) -> list[bytes]:
    """The commitments of the fields whose disclosures must be destroyed, wherever they are kept."""
    return [from_digest(one) for one in entry.fields]


class KeptRecord:
    """A record below a folder whose parent is there; made by :meth:`keep`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._disclosures = folder / "disclosures"

    def keep(self, record: Record) -> None:
        """Keep it durably; a second time is nothing, also after a crash in the middle.

        Raises:
            EvidenceError: another record is kept there.
            KeyUnusable: the folder is open to others.
        """
        make_private(self._folder)
        make_private(self._disclosures)
        with held(self._folder):
            self._clear()
            data = "".join(f"{one.hex()}\n" for one in record.commitments).encode("ascii")
            if (
                not keep(self._folder / "commitments", data, dated=_NO_TIME)
                and self._commitments() != record.commitments
            ):
                raise EvidenceError(
                    message("Another record is kept in this folder already."),
                    remedy=message("Keep each record in a folder of its own."),
                )
            for one in record.disclosures:
                keep(self._disclosures / one.commitment.hex(), one.text.encode("ascii"), dated=_NO_TIME)

    def record(self) -> Record:
        """The record as it can be opened now.

        Raises:
            ProofRefused: a file is missing that is not a disclosure, or holds something else than its name says.
        """
        commitments = self._commitments()
        disclosures = []
        for path in sorted(self._disclosures.glob("*")):
            if path.name.startswith(TEMPORARY):
                continue
            with path.open("rb") as file:
                one = Disclosure.parse(file.read(LONGEST_DISCLOSURE + 1).decode("ascii", "replace"))
            if one.commitment != from_hex(path.name) or one.commitment not in commitments:
                raise refused(message("A disclosure is kept under the name of another."))
            disclosures.append(one)
        return Record(commitments, tuple(sorted(disclosures, key=lambda one: one.name)))

    def destroy(self, commitments: Sequence[bytes]) -> None:
        """Destroy the disclosures of fields for good; those that are gone already stay gone.

        Raises:
            ProofRefused: a commitment that the record does not have; nothing is destroyed then.
        """
        if not set(commitments) <= set(self._commitments()):
            raise refused(message("The redaction names a field that the record does not have."))
        with held(self._folder):
            self._clear()
            for one in commitments:
                destroy(self._disclosures / one.hex())

    def _commitments(self) -> tuple[bytes, ...]:
        try:
            with (self._folder / "commitments").open("rb") as file:
                lines = file.read(65 * PLACES + 1).decode("ascii", "replace").split("\n")
        except FileNotFoundError:
            lines = []
        if len(lines) != PLACES + 1 or lines[-1]:
            raise refused(message("The commitments of the record are not complete."))
        found = tuple(from_hex(line) for line in lines[:-1])
        if list(found) != sorted(set(found)):
            raise refused(message("The commitments of the record are not in their order."))
        return found

    def _clear(self) -> None:
        """Half-written files may hold a disclosure that is to be erased."""
        clear_unfinished(self._folder)
        clear_unfinished(self._disclosures)
