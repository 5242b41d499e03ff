"""The heads of the log: who signed and cosigned them, and whether each is the beginning of the next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.bundle import layout
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosigned
from kuager.evidence.keys.public_key import fingerprint
from kuager.evidence.merkle import MOST_HASHES, verify_consistency
from kuager.evidence.note import SignedNote, VerifierKey, verified
from kuager.evidence.policy import Policy
from kuager.evidence.proof import seen
from kuager.evidence.verify.bag import Bag
from kuager.evidence.verify.report import LOG, Section
from kuager.evidence.verify.trusted import Trusted, policy_for

_EARLIER = "log/checkpoints/"
_CONSISTENCY = re.compile(r"log/consistency/(\d+)-(\d+)\.txt", re.ASCII)
_MOST_HEADS = 500
"""Each has many signatures to check."""
_LATEST_MOMENT = 253_402_300_799
"""The last second of the year 9999, beyond which no witness has seen anything."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head that its log signed: its file, what it says, and which witnesses saw it when (epoch)."""

    path: str
    checkpoint: Checkpoint
    witnesses: dict[VerifierKey, int]


@dataclass(frozen=True, slots=True)
class Heads:
    """The head that all proofs lead to, as far as it can be relied on, and those that came before it, by size.

    Attributes:
        section: what was found.
        last: the head.
        unsigned: the tree that a head speaks of that nobody who counts signed.
        known: all heads that are signed, by size.
        anchored: whether log and witnesses are those that whoever checks brought along.
    """

    section: Section
    last: Head | None = None
    unsigned: Checkpoint | None = None
    known: dict[int, Head] = field(default_factory=dict)
    anchored: bool = False

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The tree that proofs lead to, signed or not."""
        return self.last.checkpoint if self.last else self.unsigned


def check_heads(bag: Bag, trusted: Trusted) -> Heads:
    """Check all heads of the log in a bundle."""
    section = Section(LOG)
    policy = policy_for(bag.held, trusted, section)
    if layout.CHECKPOINT not in bag.held:
        section.fails(message("The head of the log is missing: nothing shows what was logged."), layout.CHECKPOINT)
        return Heads(section)
    last = _last(bag, policy, trusted, section)
    if last is None:
        return Heads(section, unsigned=_unsigned(bag))
    known = {last.checkpoint.size: last}
    if policy is not None:
        paths = bag.below(_EARLIER)
        if len(paths) > _MOST_HEADS:
            section.fails(
                message("There are more than {most} earlier heads: the others were not checked."), most=_MOST_HEADS
            )
        for path in paths[:_MOST_HEADS]:
            _take_earlier(path, bag, policy, known, last, section)
    _check_growth(bag, known, last, section)
    return Heads(section, last, None, known, bool(trusted.policy))


def _last(bag: Bag, policy: Policy | None, trusted: Trusted, section: Section) -> Head | None:
    data = bag.held[layout.CHECKPOINT]
    if policy is None:
        section.fails(message("There is no key of the log: nobody can tell who signed its head."), layout.CHECKPOINT)
        return None
    try:
        found = seen(SignedNote.parse(data), policy)
    except ProofRefused as error:
        section.refused(error, layout.CHECKPOINT)
        return None
    said = message(
        "{origin} signed the head of its log, of {size} entries, by a key that you gave: {key} {fingerprint}"
    )
    if not trusted.logs:
        said = message(
            "{origin} signed the head of its log, of {size} entries, by a key that the bundle itself brings: compare "
            "{key} with its fingerprint {fingerprint}"
        )
    for key in found.signers:
        section.holds(
            said,
            layout.CHECKPOINT,
            origin=found.checkpoint.origin,
            size=found.checkpoint.size,
            key=key.text,
            fingerprint=fingerprint(key.public),
        )
    _tell_witnesses(found.witnesses, policy, trusted, section)
    return Head(layout.CHECKPOINT, found.checkpoint, _possible(dict(found.witnesses), section))


def _tell_witnesses(witnesses: Mapping[VerifierKey, int], policy: Policy, trusted: Trusted, section: Section) -> None:
    if not witnesses:
        section.not_checked(message("No witness cosigned the head: the log could show others another history."))
        return
    said = message("{count} of {all} witnesses cosigned the head, as many as your policy asks: {names}")
    if trusted.policy is None:
        said = message("{count} of {all} witnesses cosigned the head, as many as the bundle's own policy asks: {names}")
    names = ", ".join(sorted(key.name for key in witnesses))
    section.holds(said, layout.CHECKPOINT, count=len(witnesses), all=len(policy.witnesses), names=names)


def _possible(witnesses: dict[VerifierKey, int], section: Section) -> dict[VerifierKey, int]:
    for key, moment in witnesses.items():
        if moment > _LATEST_MOMENT:
            section.fails(message("The witness {name} says a time that cannot be."), name=key.name)
    return {key: moment for key, moment in witnesses.items() if moment <= _LATEST_MOMENT}


def _unsigned(bag: Bag) -> Checkpoint | None:
    """What a head says that is not signed as it should be: proofs may still lead to it."""
    try:
        return Checkpoint.parse(SignedNote.parse(bag.held[layout.CHECKPOINT]).text)
    except ProofRefused:
        return None


def _take_earlier(path: str, bag: Bag, policy: Policy, known: dict[int, Head], last: Head, section: Section) -> None:
    try:
        note = SignedNote.parse(bag.held[path])
        checkpoint = Checkpoint.parse(note.text)
        verified(note, [key for key in policy.logs if key.name == checkpoint.origin])
        witnesses = cosigned(note, policy.witnesses.values())
    except ProofRefused as error:
        section.refused(error, path)
        return
    if checkpoint.origin != last.checkpoint.origin:
        section.fails(message("The head is of another log, {origin}."), path, origin=checkpoint.origin)
    elif path != layout.checkpoint_path(checkpoint.size) or checkpoint.size > last.checkpoint.size:
        section.fails(
            message("The head is of {size} entries, which its place does not say."), path, size=checkpoint.size
        )
    elif checkpoint.size == last.checkpoint.size and checkpoint.root != last.checkpoint.root:
        section.fails(
            message("The log signed two different histories of {size} entries: it showed others something else."),
            path,
            size=checkpoint.size,
        )
    else:
        known.setdefault(checkpoint.size, Head(path, checkpoint, _possible(witnesses, section)))


def _check_growth(bag: Bag, known: dict[int, Head], last: Head, section: Section) -> None:
    """Each head must be shown to be the beginning of the last one."""
    shown_sizes = set()
    paths = bag.below("log/consistency/")
    for path in paths:
        match = _CONSISTENCY.fullmatch(path)
        sizes = (int(match[1]), int(match[2])) if match else (0, 0)
        try:
            _check_consistency(bag.held[path], known.get(sizes[0]), known.get(sizes[1]))
        except ProofRefused as error:
            section.refused(error, path)
        else:
            shown_sizes |= {sizes[0]} if sizes[1] == last.checkpoint.size else set()
    earlier = sorted(size for size in known if 0 < size < last.checkpoint.size)
    for size in sorted(set(earlier) - shown_sizes):
        section.fails(
            message("Nothing shows that the log of {size} entries is the beginning of that of {larger}."),
            known[size].path,
            size=size,
            larger=last.checkpoint.size,
        )
    section.counted(
        message("{count} of {all} earlier heads are the beginning of the last one: the log only grew between them."),
        len(set(earlier) & shown_sizes),
        len(earlier),
    )


def _check_consistency(data: bytes, smaller: Head | None, larger: Head | None) -> None:
    if smaller is None or larger is None:
        raise ProofRefused(
            message(
                "The proof is between heads that the bundle does not have, or that are not signed as they should be."
            ),
            meaning=message("It proves nothing."),
        )
    verify_consistency(
        smaller.checkpoint.size,
        larger.checkpoint.size,
        _hashes(data),
        smaller.checkpoint.root,
        larger.checkpoint.root,
    )


def _hashes(data: bytes) -> list[bytes]:
    """The hashes of a proof, one to a line."""
    lines = data.decode("ascii", "replace").split("\n")
    if lines[-1] or len(lines) > MOST_HASHES + 2:
        raise ProofRefused(message("The file is no proof that a log only grew."))
    return [base64_text.decode(line) for line in lines[:-1]]
