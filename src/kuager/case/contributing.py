"""Sources who must stay unknown: sealing what they bring, receiving it into a case, revealing and erasing what it says.

A contributor's own machine needs no case and asks nobody. Identities of age belong to curators, who make and keep them;
they are read to open a parcel, and never kept.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kuager.case.adding import opened, unreadable
from kuager.case.entrusted import contribution_at, contributions
from kuager.case.folder import Case
from kuager.case.signing import signing_key
from kuager.errors import KuagerError, UsageError, message
from kuager.evidence.private.commitments import read_opening
from kuager.evidence.private.contributors import receipt_of
from kuager.evidence.private.metadata import LARGEST_FILE, derivative
from kuager.evidence.private.parcels import LARGEST_PARCEL, pack, unpack
from kuager.evidence.private.records import redaction, to_destroy
from kuager.evidence.private.sealing import LARGEST_CLASS, unseal
from kuager.evidence.private.strict import from_hex

_LARGEST_IDENTITY = 65_536
_NO_TIME = 946_684_800
"""The first second of 2000: what is written for others to carry is dated so. File systems of sticks begin in 1980."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of which fields can be opened, those of them that were revealed, and the sealed originals."""

    index: int
    batch: str
    fields: tuple[str, ...]
    revealed: tuple[str, ...]
    originals: tuple[str, ...]


def contribute(files: Sequence[Path], said: Sequence[str], recipients: Sequence[str], into: Path) -> int:
    """Seal files and fields for curators into a parcel; its size in bytes. Nothing of the machine gets into it.

    Args:
        files: originals; their names are not told.
        said: fields, ``name=value`` each.
        recipients: of age, two or more.
        into: the parcel, which is made.

    Raises:
        UsageError: there is nothing to seal, or a field has no name, or two have the same.
        KuagerError: a file cannot be read or sealed, the recipients cannot be used, or the parcel cannot be made.
    """
    fields: dict[str, str] = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not equals or name in fields:
            raise UsageError(
                message("A field is said without a name, or twice."),
                remedy=message("Say each once: --say place=Almaty --say seen=2022-01-05."),
            )
        fields[name] = value
    if not files and not fields:
        raise UsageError(
            message("There is nothing to seal."), remedy=message("Name a file, or say a field with --say.")
        )
    originals = [_read(file, LARGEST_CLASS) for file in files]
    parcel = pack(originals, fields, recipients)
    _write_new(into, parcel)
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
    unpacked = unpack(_read(parcel, LARGEST_PARCEL), _identities(identity))
    if not case.proving.log.exists:
        with case.writing("receive"):
            case.proving.log.begin()
    return case.entrusted.receive(unpacked, case.proving.log, now)


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
            fields = tuple(one.name for one in case.entrusted.record(root).disclosures)
            opening = openings.get(root.hex())
            revealed = tuple(sorted(read_opening(opening, root))) if opening is not None else ()
            originals = tuple(str(path) for path in case.entrusted.originals(root))
            found.append(Kept(entry.index, entry.leaf.known, fields, revealed, originals))
    return found


def reveal(case: Case, index: int, names: Collection[str]) -> list[str]:
    """Choose fields of an entry to be opened in bundles; all of its fields that are opened from now on.

    Raises:
        EvidenceError: the entry is no contribution, nothing is kept of it, or it has no such field.
    """
    _, root = contribution_at(case.proving.log, index)
    with case.writing("reveal"):
        return case.entrusted.reveal(root, names)


def erase(case: Case, index: int, names: Collection[str], because: str, passphrase: str | None = None) -> bool:
    """Destroy fields of an entry for good; whether the log's head, which says so, is signed.

    The log says it first; what a crash leaves is destroyed by the next step that holds the case. A locked key keeps
    nobody waiting: the head is signed later then.

    Raises:
        EvidenceError: the entry is no contribution, nothing is kept of it, it has no such field, or no reason is given.
    """
    entry, root = contribution_at(case.proving.log, index)
    with case.writing("erase"):
        said = redaction(from_hex(entry.hash), case.entrusted.record(root), names, because, datetime.now(UTC))
        case.proving.log.append(said)
        signed = case.proving.log.sign(passphrase)
        case.entrusted.erase(root, to_destroy(said))
    return signed


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
        original = _read(file, LARGEST_FILE)
    else:
        original = unseal(_read(file, LARGEST_PARCEL), _identities(identity))
    data = derivative(original, b"").data
    _write_new(into, data)
    return len(data)


def _read(file: Path, most: int) -> bytes:
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


def _identities(file: Path) -> str:
    """Also from a pipe: an identity that is itself locked with a passphrase need not be written down unlocked."""
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_IDENTITY + 1).decode("utf-8", "replace")
    except OSError as error:
        raise unreadable(file, error) from error


def _write_new(path: Path, data: bytes) -> None:
    """A file for its owner only, whole or not at all, where nothing was; without links, which sticks do not have."""
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
