"""Sources who must stay unknown: sealing what they bring, receiving it into a case, revealing and erasing what it says.

A contributor's own machine needs no case and asks nobody. Identities of age belong to curators, who make and keep them;
they are read to open a parcel, and never kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kuager.case.consent import (
    NOTES,
    Consent,
    check_covered,
    consent_of,
    goes_into,
    notes_of,
    risk_of,
    said_consent,
    with_the_last,
)
from kuager.case.entrusted import contribution_at, contributions
from kuager.case.folder import Case
from kuager.case.private_files import identities_of, read_whole, write_private
from kuager.case.signing import signing_key
from kuager.errors import UsageError, message
from kuager.evidence.private.commitments import read_opening
from kuager.evidence.private.contributors import read_contribution, receipt_of
from kuager.evidence.private.metadata import LARGEST_FILE, derivative
from kuager.evidence.private.parcels import LARGEST_PARCEL, pack, unpack
from kuager.evidence.private.records import redaction, to_destroy
from kuager.evidence.private.sealing import LARGEST_CLASS, unseal
from kuager.evidence.private.strict import from_hex


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry: fields that can be opened, those that bundles open, sealed originals, what was agreed to and feared."""

    index: int
    batch: str
    fields: tuple[str, ...]
    revealed: tuple[str, ...]
    originals: tuple[str, ...]
    consent: str
    risk: str


def contribute(
    files: Sequence[Path], said: Sequence[str], recipients: Sequence[str], into: Path, consent: str, risk: str
) -> int:
    """Seal files and fields for curators into a parcel; its size in bytes. Nothing of the machine gets into it.

    Args:
        files: originals; their names are not told.
        said: fields, ``name=value`` each.
        recipients: of age, two or more.
        into: the parcel, which is made.
        consent: how far it may go, one of ``Consent``.
        risk: what could happen to anybody if it became known.

    Raises:
        UsageError: there is nothing to seal, a field has no name, two have the same, or consent or risk are not said.
        KuagerError: a file cannot be read or sealed, the recipients cannot be used, or the parcel cannot be made.
    """
    fields: dict[str, str] = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not equals or name in fields or name in NOTES:
            raise UsageError(
                message("A field is said without a name, or twice."),
                remedy=message("Say each once: --say place=Almaty --say seen=2022-01-05."),
            )
        fields[name] = value
    if not files and not fields:
        raise UsageError(
            message("There is nothing to seal."), remedy=message("Name a file, or say a field with --say.")
        )
    fields |= notes_of(consent, risk)
    originals = [read_whole(file, LARGEST_CLASS) for file in files]
    parcel = pack(originals, fields, recipients)
    write_private(into, parcel)
    return len(parcel)


def receive(case: Case, parcel: Path, identity: Path, now: int) -> bytes:
    """Open a parcel and keep what it holds, for the batch of this time; the entry of the log that it will be.

    The same parcel again gives the same entry. The case is not held, so that nothing waits and no lock tells the time.

    Args:
        case: the case.
        parcel: the file.
        identity: a file of ``age-keygen``, or a pipe from which one comes.
        now: seconds since the epoch.

    Raises:
        KuagerError: the parcel cannot be opened, is damaged, or cannot be kept.
    """
    unpacked = unpack(read_whole(parcel, LARGEST_PARCEL), identities_of(identity))
    if not case.proving.log.exists:
        with case.writing("receive"):
            case.proving.log.begin()
    return case.entrusted.receive(unpacked, case.proving.log, now)


def agreed(case: Case, leaf: bytes) -> tuple[Consent | None, str]:
    """What the contributor of an entry that was received agreed to, None for nothing, and fears; for curators alone."""
    record = case.entrusted.record(read_contribution(leaf)[0].root)
    return said_consent(record), risk_of(record)


def receipt(case: Case, leaf: bytes, passphrase: str | None = None) -> str:
    """What a contributor can keep: the word of the case's log, signed with its key, that this entry belongs into it.

    Raises:
        KeyUnusable: the key is locked and the passphrase is missing or another.
    """
    origin = case.proving.log.origin
    key, _ = signing_key(passphrase)
    return receipt_of(leaf, origin).issue(origin, key).decode()


def enter_due(case: Case, now: int) -> int:
    """Enter every batch that is due; how many entries that were, dummies among them. The first call begins the batches.

    Raises:
        EvidenceError: so many intervals passed since the last time that the clock must be asked first.
    """
    before = len(contributions(case.proving.log))
    with case.writing("receive"):
        case.entrusted.catch_up(case.proving.log, now)
    return len(contributions(case.proving.log)) - before


def kept(case: Case) -> list[Kept]:
    """The entries of which fields can be opened, those that were entered already."""
    roots, openings, found = case.entrusted.kept(), case.entrusted.openings(), []
    for entry, root in contributions(case.proving.log):
        if root in roots:
            record = case.entrusted.record(root)
            fields = tuple(one.name for one in record.disclosures if one.name not in NOTES)
            opening = openings.get(root.hex())
            revealed: tuple[str, ...] = ()
            if opening is not None and goes_into(record, confidential=True):
                revealed = tuple(sorted(read_opening(opening, root)))
            originals = tuple(str(path) for path in case.entrusted.originals(root))
            consent, risk = consent_of(record).value, risk_of(record)
            found.append(Kept(entry.index, entry.leaf.known, fields, revealed, originals, consent, risk))
    return found


def reveal(case: Case, index: int, names: Collection[str]) -> list[str]:
    """Choose fields of an entry to be opened in bundles; all of its fields that are opened from now on.

    Raises:
        EvidenceError: the entry is no contribution, nothing is kept of it, it has no such field, or its contributor did
            not agree to that.
    """
    _, root = contribution_at(case.proving.log, index)
    check_covered(case.entrusted.record(root), names)
    with case.writing("reveal"):
        return case.entrusted.reveal(root, names)


def erase(
    case: Case, index: int, names: Collection[str], because: str, passphrase: str | None = None
) -> tuple[list[str], bool]:
    """Destroy fields of an entry for good: which, and whether the log's head, which says so, is signed.

    The log says it first; what a crash leaves is destroyed by the next step that holds the case. A locked key keeps
    nobody waiting: the head is signed later then.

    Raises:
        EvidenceError: the entry is no contribution, nothing is kept of it, it has no such field, or no reason is given.
    """
    entry, root = contribution_at(case.proving.log, index)
    with case.writing("erase"):
        record = case.entrusted.record(root)
        erased = with_the_last(record, names) if names else set()
        said = redaction(from_hex(entry.hash), record, erased, because, datetime.now(UTC))
        case.proving.log.append(said)
        signed = case.proving.log.sign(passphrase)
        case.entrusted.erase(root, to_destroy(said))
    return sorted(erased), signed


def strip(file: Path, into: Path, identity: Path | None = None) -> int:
    """Write what may be made public of a file, to be looked at; its size in bytes.

    Args:
        file: a picture or a plain text.
        into: the file to be made.
        identity: of age, where the file is a sealed original; what is under the seal is not written anywhere.

    Raises:
        KuagerError: the file cannot be read, is neither a picture nor a plain text, or the other cannot be made.
    """
    if identity is None:
        original = read_whole(file, LARGEST_FILE)
    else:
        original = unseal(read_whole(file, LARGEST_PARCEL), identities_of(identity))
    data = derivative(original, b"").data
    write_private(into, data)
    return len(data)
