"""Checking a whole bundle, folder or zip: everything that can be checked is, also where something else is wrong."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from kuager.errors import EvidenceError, ProofRefused, message
from kuager.evidence.leaves import Claim, KeyEvent, Leaf, Retraction
from kuager.evidence.verify import report
from kuager.evidence.verify.bag import read_bag
from kuager.evidence.verify.contained import Contained
from kuager.evidence.verify.custody import check_custody
from kuager.evidence.verify.disclosures import check_disclosures
from kuager.evidence.verify.entries import Entries, check_entries
from kuager.evidence.verify.folder import FolderFiles
from kuager.evidence.verify.heads import Heads, check_heads
from kuager.evidence.verify.reading import BundleFiles, unreadable
from kuager.evidence.verify.report import Finding, Report
from kuager.evidence.verify.spoken_of import SpokenOf, check_spoken_of
from kuager.evidence.verify.times import Times, check_times
from kuager.evidence.verify.trusted import Trusted
from kuager.evidence.verify.zipped import ZipFiles
from kuager.model.notes import Note

REVOKE = "revoke"
"""What an entry calls it that a key may not be used any more."""

_MOST_REVOKED = 20

Derive = Callable[[Contained, Mapping[int, Leaf]], Iterable[Finding]]
"""Derives the results again, from the files of a bundle that was checked and its entries by their number."""


def verify_bundle(
    path: Path, trusted: Trusted | None = None, now: datetime | None = None, derive: Derive | None = None
) -> Report:
    """Check a bundle.

    Args:
        path: a folder, or a zip.
        trusted: keys from elsewhere; what they leave open is taken from the bundle, and the report says so.
        now: at which keys have to be valid; the clock's time when left out.
        derive: derives the results again, which is done only where nothing else is wrong.

    Raises:
        EvidenceError: there is nothing at that place.
    """
    try:
        opened = _opened(path)
    except ProofRefused as error:
        return _no_bundle(error)
    with opened as files:
        return verify_files(files, trusted or Trusted(), now or datetime.now(UTC), derive)


def _opened(path: Path) -> AbstractContextManager[BundleFiles]:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
        return FolderFiles(path) if is_folder else ZipFiles(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise EvidenceError(
            message("There is no bundle at {path}."),
            remedy=message("Name the folder or the zip of a bundle."),
            path=path,
        ) from error
    except OSError as error:
        raise unreadable(error) from error


def _no_bundle(error: ProofRefused) -> Report:
    return Report((report.refusal(report.FILES, error),), ())


def verify_files(files: BundleFiles, trusted: Trusted, now: datetime, derive: Derive | None = None) -> Report:
    """Check a bundle that is open already; as :func:`verify_bundle`."""
    bag, listed = read_bag(files)
    custody = check_custody(bag, trusted, now)
    heads = check_heads(bag, trusted)
    entries = check_entries(bag, heads)
    spoken_of = check_spoken_of(bag, entries)
    times = check_times(bag, heads, entries, trusted)
    sections = (
        listed,
        custody,
        heads.section,
        entries.section,
        spoken_of.section,
        check_disclosures(bag, entries),
        times.section,
    )
    findings = tuple(finding for section in sections for finding in section.findings)
    found = Report(findings, _limits(trusted, heads, entries, spoken_of, times), times.bounds)
    if derive is None or found.wrong:
        return found
    return found.derived_again(derive(Contained(files, bag), entries.leaves))


def _limits(trusted: Trusted, heads: Heads, entries: Entries, spoken_of: SpokenOf, times: Times) -> tuple[Note, ...]:
    """What the check does not prove, whatever it found."""
    limits = [Note(report.TRUTH, {})]
    if not (trusted.custodians and trusted.logs and trusted.policy and (trusted.tsa_roots or not times.by_authorities)):
        limits.append(Note(report.OWN_KEYS, {}))
    limits.append(Note(report.COMPLETENESS, {}))
    if entries.missing and heads.checkpoint:
        limits.append(
            report.note(
                message(
                    "The log has {size} entries; {missing} of them are not in the bundle, and what they say is open."
                ),
                size=heads.checkpoint.size,
                missing=entries.missing,
            )
        )
    if spoken_of.withheld:
        limits.append(
            report.note(
                message("{count} objects are withheld: their hashes were logged, what they say cannot be seen here."),
                count=spoken_of.withheld,
            )
        )
    limits += _outdated(entries)
    return (*limits, Note(report.NOT_EARLIER, {}), Note(report.NOT_DERIVED, {}))


def _outdated(entries: Entries) -> list[Note]:
    """What later entries say of earlier ones and of keys, which whoever relies on those should know."""
    replaced = {one for leaf in entries.leaves.values() if isinstance(leaf, Claim) for one in leaf.replaces}
    retracted = {leaf.retracts for leaf in entries.leaves.values() if isinstance(leaf, Retraction)}
    notes = []
    if replaced or retracted:
        notes.append(
            report.note(
                message("Of the claims in it, {replaced} were replaced by newer ones, and {retracted} taken back."),
                replaced=len(replaced),
                retracted=len(retracted),
            )
        )
    revoked = [leaf for leaf in entries.leaves.values() if isinstance(leaf, KeyEvent) and leaf.event == REVOKE]
    notes += [
        report.note(
            message("The key {fingerprint} of the role {role} was revoked: nothing of it counts from {since} on."),
            fingerprint=leaf.fingerprint,
            role=leaf.role,
            since=leaf.since,
        )
        for leaf in revoked[:_MOST_REVOKED]
    ]
    return notes
