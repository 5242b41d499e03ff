"""Making a court pack: the bundle of the whole case, and what follows from it for one episode and one forum.

The pages are made of the bundle that was just written, and never of the case: whoever has the pack has all that they
came from. The folder appears whole or not at all.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kuager.case.anchors import Anchors
from kuager.case.bundling import Bundled, Chosen, bundle_case
from kuager.case.derivation import code_version
from kuager.case.detecting import standing
from kuager.case.folder import Case
from kuager.case.held import held_in
from kuager.case.pack_files import BUNDLE, MANIFEST, PDF, SIGNATURE, TERMS, Terms, manifest_of
from kuager.case.publishing import told_until
from kuager.case.safe import refuse_other_language
from kuager.case.signing import custodian_key
from kuager.case.unpacked import Unpacked
from kuager.errors import EvidenceError, UsageError, message
from kuager.evidence.bundle import layout
from kuager.evidence.durable import TEMPORARY, sync_folder
from kuager.evidence.keys import ssh_signature
from kuager.evidence.leaves import Leaf
from kuager.evidence.verify.contained import Contained
from kuager.evidence.verify.report import Finding
from kuager.evidence.verify.verifying import verify_bundle
from kuager.model.time import format_utc, parse_utc
from kuager.publications.pack.pages import PAGE, derived_files
from kuager.publications.pack.presets import preset
from kuager.publications.pack.texts import pack_texts
from kuager.publications.report import pdf

_PROGRAMS = frozenset({"check.sh", "rederive.sh"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What pack is asked for: a preset, an episode (the only one when empty), a language, and what is held back."""

    preset: str
    episode: str = ""
    language: str = "en"
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written; ``printed`` whether there is a PDF."""

    path: Path
    episode: str
    bundled: Bundled
    printed: bool


def court_pack(case: Case, asked: Asked, into: Path, anchors: Anchors, passphrase: str | None = None) -> Packed:
    """Write a court pack.

    Args:
        case: the case, detected and signed.
        asked: what pack.
        into: the folder to be made.
        anchors: whose certificates and policy go with the bundle.
        passphrase: of the custodian's key.

    Raises:
        KuagerError: there is no such preset, episode or language, something lies at that place, nothing was detected
            or signed yet, or the rules of safety leave nothing to tell.
    """
    preset(asked.preset)
    refuse_other_language(asked.language, case.settings.languages)
    _refuse_what_is_there(into)
    standing(case)
    until = told_until(case, datetime.now(UTC))
    custodian = custodian_key(passphrase)
    temporary = into.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        temporary.mkdir(mode=0o700)
        chosen = Chosen(confidential=asked.confidential)
        bundled = bundle_case(case, chosen, temporary / BUNDLE, anchors, passphrase)
        terms = Terms(
            preset=asked.preset,
            episode=asked.episode,
            language=asked.language,
            code=code_version(),
            confidential=asked.confidential,
            until=format_utc(until) if until is not None else "",
        )
        episode, files = _from_bundle(temporary / BUNDLE, terms)
        terms = msgspec.structs.replace(terms, episode=episode)
        texts = pack_texts(asked.language)
        printed = pdf.available()
        if printed:
            files = {**files, PDF: pdf.pdf_of(files[PAGE].decode(), {})}
        _write(temporary, {**files, **texts, TERMS: terms.encode()})
        manifest = manifest_of(temporary)
        signature = ssh_signature.sign(manifest, custodian, layout.NAMESPACE)
        _write(temporary, {MANIFEST: manifest, SIGNATURE: signature})
        temporary.chmod(0o755)
        os.sync()  # once for all: an fsync for each of many thousand files would take minutes
        _refuse_what_is_there(into)
        temporary.rename(into)
        sync_folder(into.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Packed(into, episode, bundled, printed)


def made_again(files: Contained, leaves: Mapping[int, Leaf], terms: Terms) -> tuple[str, dict[str, bytes]]:
    """The id of the episode, and what follows from a bundle: its pages and tables, by name.

    Args:
        files: of the bundle, verified.
        leaves: its entries by their number in the log.
        terms: which pack.

    Raises:
        KuagerError: the bundle does not hold that.
    """
    chosen = preset(terms.preset)
    until = parse_utc(terms.until) if terms.until else None
    with tempfile.TemporaryDirectory(prefix="kuager-") as folder:
        held = held_in(
            Unpacked(files, leaves),
            Path(folder),
            terms.episode,
            terms.language,
            until,
            stamps=len(files.bag.below("log/stamps/")),
            confidential=terms.confidential,
        )
        return held.view.episode.id, derived_files(held, chosen)


def _from_bundle(bundle: Path, terms: Terms) -> tuple[str, dict[str, bytes]]:
    """What follows from the bundle that was just written, which is verified by the way."""
    made: list[tuple[str, dict[str, bytes]]] = []

    def make(files: Contained, leaves: Mapping[int, Leaf]) -> Iterable[Finding]:
        made.append(made_again(files, leaves, terms))
        return ()

    verify_bundle(bundle, derive=make)
    if not made:
        raise EvidenceError(
            message("The bundle of this case does not hold when it is checked, so that no pack was made of it."),
            remedy=message("Run kuager bundle, then kuager verify: it says what is wrong."),
        )
    return made[0]


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o755 if name in _PROGRAMS else 0o644)


def _refuse_what_is_there(into: Path) -> None:
    if into.is_symlink() or into.exists():
        raise UsageError(
            message("There is something at {path} already."),
            meaning=message("A pack is never written over: somebody may rely on the one that is there."),
            remedy=message("Choose another name."),
            path=into,
        )
    if not into.parent.is_dir():
        raise UsageError(
            message("There is no folder {path} to write the pack into."),
            remedy=message("Make it first, or choose another place."),
            path=into.parent,
        )
