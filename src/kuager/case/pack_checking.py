"""Checking a court pack offline: its files, its bundle, its claims, and that its pages follow from the bundle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kuager.case.court_pack import made_again
from kuager.case.derivation import code_version
from kuager.case.pack_files import (
    BUNDLE,
    MANIFEST,
    PDF,
    SIGNATURE,
    TERMS,
    Terms,
    files_in,
    hash_of,
    read_manifest,
    whole,
)
from kuager.case.rederiving import rederive
from kuager.errors import KuagerError, ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.keys import allowed_signers, ssh_signature
from kuager.evidence.keys.public_key import fingerprint
from kuager.evidence.leaves import Leaf
from kuager.evidence.verify.contained import Contained
from kuager.evidence.verify.report import DERIVED, Finding, Outcome, Report, Section
from kuager.evidence.verify.trusted import Trusted
from kuager.evidence.verify.verifying import verify_bundle
from kuager.model.notes import Note

PACK = message("The pack")
SAME = message("{file} comes out the same, byte for byte, when it is made again of the bundle.")
DIFFERS = message("{file} comes out otherwise when it is made again of the bundle.")
OTHER_CODE = message(
    "{file} comes out otherwise, which may be because this is {here}, and it was made by {code}: use that version."
)
NOT_MADE = message(
    "Whether the pages follow from the bundle was not checked: kuager verify FOLDER --rederive does that."
)
PRINT = message("{file} is a print of the page, which no other machine makes to the last byte: read the page itself.")


def check_pack(folder: Path, trusted: Trusted, *, again: bool, now: datetime | None = None) -> Report:
    """Check a pack: everything that can be checked is, also where something else is wrong.

    Args:
        folder: the pack.
        trusted: keys from elsewhere; what they leave open is taken from the bundle, and the report says so.
        again: whether claims are derived and pages are made again, which is done where nothing else is wrong.
        now: at which keys have to be valid; the clock's time when left out.
    """
    section = Section(PACK)
    moment = now or datetime.now(UTC)
    _check_list(folder, section)
    _check_signature(folder, trusted, moment, section)
    terms = _terms(folder, section)
    wrong = any(one.outcome is Outcome.FAILS for one in section.findings)

    def derived(files: Contained, leaves: Mapping[int, Leaf]) -> Iterator[Finding]:
        for one in rederive(files, leaves):
            yield Finding(DERIVED, Outcome(one.outcome), one.note)
        if terms is not None:
            yield from _compared(folder, files, leaves, terms)

    report = verify_bundle(folder / BUNDLE, trusted, moment, derived if again and not wrong else None)
    if not again:
        section.not_checked(NOT_MADE)
    if (folder / PDF).is_file():
        section.not_checked(PRINT, file=PDF)
    return replace(report, findings=(*section.findings, *report.findings))


def _check_list(folder: Path, section: Section) -> None:
    """Whether exactly the listed files are here, with the bytes that the list says."""
    found, odd = files_in(folder)
    for path in odd:
        section.fails(message("This is no plain file, and nothing of a pack."), path)
    try:
        listed = read_manifest(whole(folder / MANIFEST))
    except ProofRefused as error:
        section.refused(error, MANIFEST)
        return
    for path in sorted(found - listed.keys() - {MANIFEST, SIGNATURE}):
        section.fails(message("The list does not have this file."), path)
    good = 0
    for path, digest in listed.items():
        if path not in found:
            section.fails(message("This file is missing."), path)
        elif _has(folder / path, digest):
            good += 1
        else:
            section.fails(message("This file has other bytes than the list says."), path)
    section.counted(message("{count} of {all} files have the bytes that the list says."), good, len(listed))


def _has(path: Path, digest: str) -> bool:
    try:
        return hash_of(path) == digest
    except OSError:
        return False


def _check_signature(folder: Path, trusted: Trusted, now: datetime, section: Section) -> None:
    """Whether the custodian signed the list, by a key that was given, or by one that the bundle brings."""
    try:
        signers = trusted.custodians or allowed_signers.parse(whole(folder / BUNDLE / layout.ALLOWED_SIGNERS))
        data, signature = whole(folder / MANIFEST), whole(folder / SIGNATURE)
        signer = ssh_signature.verify(data, signature, signers, layout.NAMESPACE, now, layout.CUSTODIAN)
    except ProofRefused as error:
        section.refused(error, SIGNATURE)
        return
    said = message("{name} signed the list of all files, by a key that you gave: {fingerprint}")
    if not trusted.custodians:
        said = message(
            "{name} signed the list of all files, by a key that the bundle itself brings: compare its fingerprint "
            "{fingerprint}"
        )
    section.holds(said, name=layout.CUSTODIAN, fingerprint=fingerprint(signer.public))


def _terms(folder: Path, section: Section) -> Terms | None:
    try:
        return Terms.parse(whole(folder / TERMS))
    except ProofRefused as error:
        section.refused(error, TERMS)
        return None


def _compared(folder: Path, files: Contained, leaves: Mapping[int, Leaf], terms: Terms) -> Iterable[Finding]:
    """The page and the tables, made again and held against those that are here."""
    try:
        _, made = made_again(files, leaves, terms)
    except ValueError:  # whoever made the bundle may have sealed what nobody can read
        unreadable = Note(message("The pages cannot be made again: what the bundle holds cannot be read."), {})
        return [Finding(PACK, Outcome.FAILS, unreadable)]
    except KuagerError as error:
        told = Note(message("The pages cannot be made again: {reason}"), {"reason": error.diagnostics().happened})
        return [Finding(PACK, Outcome.FAILS, told)]
    return [_held_against(folder, name, data, terms) for name, data in made.items()]


def _held_against(folder: Path, name: str, made: bytes, terms: Terms) -> Finding:
    facts = {"file": name}
    try:
        same = whole(folder / name) == made
    except ProofRefused:
        same = False
    if same:
        return Finding(PACK, Outcome.HOLDS, Note(SAME, facts))
    if terms.code != code_version():
        facts |= {"here": code_version(), "code": terms.code}
        return Finding(PACK, Outcome.NOT_CHECKED, Note(OTHER_CODE, facts))
    return Finding(PACK, Outcome.FAILS, Note(DIFFERS, facts))
