"""Whether each entry is of a known form, is in the tree of the log's head, and follows those before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from kuager.errors import ProofRefused, message
from kuager.evidence.bundle import layout
from kuager.evidence.keys.events import check_event
from kuager.evidence.leaves import Claim, Contribution, Derivative, KeyEvent, Leaf, Redaction, Retraction, read_leaf
from kuager.evidence.merkle import leaf_hash
from kuager.evidence.note import SignedNote
from kuager.evidence.private.contributors import read_contribution
from kuager.evidence.proof import LogProof
from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.heads import Heads
from kuager.evidence.verify.report import ENTRIES, Section

_FILE = re.compile(r"log/(\d+)\.(leaf|tlog-proof)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries that a bundle has, by index in order, as far as they can be read.

    Attributes:
        section: what was found.
        leaves: what each says.
        indexes: the first by leaf hash in hexadecimal, of all entries, read or not: two can say the same.
        missing: how many entries the log has beyond those.
    """

    section: Section
    leaves: dict[int, Leaf] = field(default_factory=dict)
    indexes: dict[str, int] = field(default_factory=dict)
    missing: int = 0


def check_entries(bag: Bag, heads: Heads) -> Entries:
    """Check all entries in a bundle."""
    section = Section(ENTRIES)
    files = _numbered(bag)
    proved = _Proved(bag, heads, section)
    indexes: dict[str, int] = {}
    leaves: dict[int, Leaf] = {}
    total = 0
    for index in sorted(files):
        path = layout.leaf_path(index)
        if path not in bag.held:
            section.fails(message("The proof is of an entry that the bundle does not have."), layout.proof_path(index))
            continue
        data = bag.held[path]
        hashed = leaf_hash(data)
        indexes.setdefault(hashed.hex(), index)
        total += 1
        proved.check(index, hashed)
        try:
            leaves[index] = read_leaf(data)
        except ProofRefused as error:
            section.refused(error, path)
    proved.tell(total)
    checkpoint = heads.checkpoint
    entries = Entries(section, leaves, indexes, max(0, checkpoint.size - total) if checkpoint else 0)
    _check_signed(bag, entries)
    _check_order(entries)
    _check_named(entries)
    return entries


def known_at(leaf: Leaf) -> datetime | None:
    """When an entry says that it was written; None when there is no such day or hour."""
    try:
        return datetime.fromisoformat(leaf.known)
    except ValueError:
        return None


def _numbered(bag: Bag) -> set[int]:
    """The indexes of all entries and proofs."""
    return {int(match[1]) for path in bag.held if (match := _FILE.fullmatch(path))}


class _Proved:
    """Proofs against one checkpoint, which each of them carries and which is read once."""

    def __init__(self, bag: Bag, heads: Heads, section: Section) -> None:
        self._bag, self._section = bag, section
        self._checkpoint = heads.checkpoint
        self._encoded = bag.held.get(layout.CHECKPOINT, b"")
        self._note = SignedNote.parse(self._encoded) if self._checkpoint else None
        self._signed = heads.last is not None
        self._count = 0

    def check(self, index: int, leaf: bytes) -> None:
        """Check the proof of an entry."""
        path = layout.proof_path(index)
        if path not in self._bag.held:
            self._section.fails(message("The entry has no proof."), layout.leaf_path(index))
            return
        if self._note is None or self._checkpoint is None:
            return
        try:
            proof = LogProof.parse_under(self._bag.held[path], self._encoded, self._note)
            proof.check(leaf, self._checkpoint)
        except ProofRefused as error:
            self._section.refused(error, path)
            return
        if proof.index == index:
            self._count += 1
        else:
            self._section.fails(message("The proof is of the entry {index}."), path, index=proof.index)

    def tell(self, total: int) -> None:
        """How many entries are in the tree."""
        if self._note is None:
            self._section.not_checked(message("No entry was looked for in the log: its head cannot be read."))
        elif self._signed:
            self._section.counted(message("{count} of {all} entries are in the log."), self._count, total)
        else:
            self._section.not_checked(
                message("{count} of {all} entries are in a tree that nobody who counts signed."),
                count=self._count,
                all=total,
            )


def _check_signed(bag: Bag, entries: Entries) -> None:
    """Entries about keys are signed by those keys, contributions by the key that each was given."""
    good = total = 0
    for index, leaf in entries.leaves.items():
        path = layout.leaf_path(index)
        try:
            match leaf:
                case KeyEvent():
                    total += 1
                    check_event(leaf)
                case Contribution():
                    total += 1
                    read_contribution(bag.held[path])
                case _:
                    continue
        except ProofRefused as error:
            entries.section.refused(error, path)
        else:
            good += 1
    entries.section.counted(
        message("{count} of {all} entries that have signatures of their own are signed as they should be."), good, total
    )


def _check_order(entries: Entries) -> None:
    """Times must be times, and not run backwards along the log."""
    last: datetime | None = None
    ordered = 0
    for index, leaf in entries.leaves.items():
        known = known_at(leaf)
        path = layout.leaf_path(index)
        if known is not None and isinstance(leaf, Contribution | Derivative):
            ordered += 1
            continue  # it tells the beginning of its batch, not when it was written
        if known is None:
            entries.section.fails(message("The entry says a time that cannot be: {time}."), path, time=leaf.known)
        elif last is not None and known < last:
            entries.section.fails(
                message("The entry says that it was written at {time}, before the entry that comes before it."),
                path,
                time=leaf.known,
            )
        else:
            ordered += 1
            last = known
    entries.section.counted(
        message("{count} of {all} entries say a time that is not before that of the entry before them."),
        ordered,
        len(entries.leaves),
    )


def _check_named(entries: Entries) -> None:
    """Entries that name earlier ones must name such that there are, of the right kind."""
    good = total = beyond = 0
    for index, leaf in entries.leaves.items():
        wrong = []
        for named in _named(leaf):
            total += 1
            found = entries.indexes.get(named)
            if found is None and entries.missing:
                beyond += 1
            elif found is None or found >= index or not _fits(leaf, entries.leaves.get(found)):
                wrong.append(named)
            else:
                good += 1
        if wrong:
            entries.section.fails(
                message("The entry names an entry before it that there is not, or that is no claim: {named}."),
                layout.leaf_path(index),
                named=wrong[0],
            )
    if beyond:
        entries.section.not_checked(
            message("{count} names of earlier entries lead to such that the bundle does not have."), count=beyond
        )
    entries.section.counted(
        message("{count} of {all} names of earlier entries lead to what they should."), good, total - beyond
    )


def _named(leaf: Leaf) -> Iterator[str]:
    match leaf:
        case Claim():
            yield from leaf.replaces
        case Retraction():
            yield leaf.retracts
        case Redaction():
            yield leaf.redacts


def _fits(leaf: Leaf, named: Leaf | None) -> bool:
    """Claims replace claims, claims are retracted; whatever an entry committed to can be redacted."""
    return isinstance(named, Claim) or isinstance(leaf, Redaction)
