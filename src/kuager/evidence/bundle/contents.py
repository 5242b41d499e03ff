"""What goes into a bundle, before it is written; whoever makes one chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec


class Withheld(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An object that is not in the bundle: its ``sha256:…``, and why, in one word.

    ``identifying`` (it could point at a volunteer), ``terms`` (its source lets nobody pass it on), ``scope`` (nothing
    in this bundle rests on it) or ``sealed`` (only the recipients of the sealed original can open it).
    """

    object: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a bundle. Digests are 64 hexadecimal digits.

    Attributes:
        name: of the bundle's folder.
        dated: the day of its newest entry.
        objects: files of raw bytes by digest.
        statements: by digest.
        results: by digest.
        case_files: ``case.toml`` and, if there is one, ``operators.toml``.
        withheld: what is not here.
        leaves: entries by index.
        proofs: their proofs by index.
        checkpoint: the head that the proofs lead to.
        checkpoints: earlier heads by size.
        consistency: from each of them to the head, by both sizes.
        stamps: files of ``log/stamps/`` by name.
        keys: files of ``keys/`` by name.
        headers: of blocks by height.
        texts: VERIFY.txt, verify.sh and the others by name.
        disclosures: opened fields by digest.
        sealed: sealed originals by digest.
    """

    name: str
    dated: date
    objects: Mapping[str, Path]
    statements: Mapping[str, bytes]
    results: Mapping[str, bytes]
    case_files: Mapping[str, bytes]
    withheld: tuple[Withheld, ...]
    leaves: Mapping[int, bytes]
    proofs: Mapping[int, bytes]
    checkpoint: bytes
    keys: Mapping[str, bytes]
    texts: Mapping[str, bytes]
    checkpoints: Mapping[int, bytes] = field(default_factory=dict)
    consistency: Mapping[tuple[int, int], tuple[bytes, ...]] = field(default_factory=dict)
    stamps: Mapping[str, bytes] = field(default_factory=dict)
    headers: Mapping[int, bytes] = field(default_factory=dict)
    disclosures: Mapping[str, bytes] = field(default_factory=dict)
    sealed: Mapping[str, bytes] = field(default_factory=dict)
