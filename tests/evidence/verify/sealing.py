"""Bundles in memory for the tests: changed by whoever likes to, and sealed again by one who has the custodian's key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.evidence.bundles import CUSTODY_KEY, signed_checkpoint, small_bundle, subtrees_of_hashes

from kuager.errors import ProofRefused
from kuager.evidence.bundle import layout
from kuager.evidence.bundle.contents import Contents
from kuager.evidence.bundle.files import bundle_files
from kuager.evidence.keys import ssh_signature
from kuager.evidence.leaves import Leaf, encode_leaf
from kuager.evidence.merkle import inclusion_proof, leaf_hash
from kuager.evidence.proof import LogProof
from kuager.evidence.verify.bag import read_bag
from kuager.evidence.verify.custody import check_custody
from kuager.evidence.verify.reading import objection
from kuager.evidence.verify.report import Outcome, Report
from kuager.evidence.verify.trusted import Trusted
from kuager.evidence.verify.verifying import verify_files

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Files = dict[str, bytes]


class InMemory:
    """Files of a bundle by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        objections = {path: objection(path, len(data)) for path, data in files.items()}
        self.refused: dict[str, ProofRefused] = {path: error for path, error in objections.items() if error}
        self.sizes = {path: len(data) for path, data in files.items() if path not in self.refused}

    def chunks(self, path: str) -> Iterator[bytes]:
        yield self._files[path]


def sign(data: bytes) -> bytes:
    return ssh_signature.sign(data, CUSTODY_KEY, layout.NAMESPACE)


def files_of(contents: Contents) -> Files:
    return {path: b"".join(file.chunks()) for path, file in bundle_files(contents, sign).items()}


def small_files(folder: Path) -> Files:
    return files_of(small_bundle(folder, observations=3))


def sealed_again(files: Files) -> Files:
    """As a custodian would hand it over who knows of every change: lists and signature fit."""
    files = dict(files)
    payload = {path: data for path, data in files.items() if path.startswith("data/")}
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n"
    files[layout.BAG_INFO] = re.sub(rb"Payload-Oxum: .*\n", oxum.encode(), files[layout.BAG_INFO])
    files[layout.MANIFEST] = _manifest(payload)
    unlisted = {layout.TAG_MANIFEST, layout.SIGNATURE}
    files[layout.TAG_MANIFEST] = _manifest(
        {path: data for path, data in files.items() if path not in payload and path not in unlisted}
    )
    files[layout.SIGNATURE] = sign(files[layout.TAG_MANIFEST])
    return files


def logged(*leaves: Leaf | bytes, further: Files | None = None, base: Files) -> Files:
    """A bundle of a log of these entries, all else being right."""
    entries = [leaf if isinstance(leaf, bytes) else encode_leaf(leaf) for leaf in leaves]
    hashes = [leaf_hash(entry) for entry in entries]
    head = signed_checkpoint(hashes, 2)
    made = {path: data for path, data in base.items() if not path.startswith(("data/", "log/"))}
    made |= {layout.WITHHELD: b"[]", layout.CHECKPOINT: head.encode()}
    for index, entry in enumerate(entries):
        proof = inclusion_proof(index, len(entries), subtrees_of_hashes(hashes))
        made |= {layout.leaf_path(index): entry, layout.proof_path(index): LogProof(index, proof, head).encode()}
    return sealed_again(made | (further or {}))


def verified(files: Files, trusted: Trusted | None = None, now: datetime = NOW) -> Report:
    return verify_files(InMemory(files), trusted or Trusted(), now)


def changed_files_found(files: Files) -> bool:
    """Whether the lists of files or the custodian's signature, a part of the check, show that something is wrong."""
    bag, listed = read_bag(InMemory(files))
    found = [*listed.findings, *check_custody(bag, Trusted(), NOW).findings]
    return any(one.outcome is Outcome.FAILS for one in found)


def wrong(report: Report) -> list[str]:
    """What fails, each with its file."""
    return [
        f"{one.place}: {one.note.template.format(**one.note.facts)}"
        for one in report.findings
        if one.outcome is Outcome.FAILS
    ]


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())).encode()
