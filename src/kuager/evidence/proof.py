"""That one entry is in a log, in one text that needs nothing else (C2SP tlog-proof, ``c2sp.org/tlog-proof@v1``)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import Checkpoint, decimal
from kuager.evidence.cosignature import cosigned
from kuager.evidence.merkle import MOST_HASHES, leaf_hash, verify_inclusion
from kuager.evidence.note import LARGEST_NOTE, SignedNote, VerifierKey, verified
from kuager.evidence.policy import Policy

FIRST_LINE = "c2sp.org/tlog-proof@v1"
_HASH = re.compile("[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
"""32 bytes in base 64, in the one spelling that they have."""

LARGEST_PROOF = LARGEST_NOTE + 64 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """What a proof proved: the tree, who signed it, and which witnesses saw it when, seconds since the epoch."""

    checkpoint: Checkpoint
    signers: tuple[VerifierKey, ...]
    witnesses: Mapping[VerifierKey, int]


@dataclass(frozen=True, slots=True)
class LogProof:
    """An entry's number, the hashes from it up to the root, and the checkpoint whose root that is."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: SignedNote

    def encode(self) -> bytes:
        """The proof as a file."""
        hashes = "".join(f"{base64_text.encode(one)}\n" for one in self.hashes)
        return f"{FIRST_LINE}\nindex {self.index}\n{hashes}\n".encode() + self.checkpoint.encode()

    @classmethod
    def parse(cls, data: bytes) -> LogProof:
        """Read a proof. A line of extra data, which nothing vouches for, is passed over.

        Raises:
            ProofRefused: it is not one.
        """
        head, blank, checkpoint = data.partition(b"\n\n")
        if len(data) > LARGEST_PROOF or not blank:
            raise _refused()
        return cls(*_path(head), SignedNote.parse(checkpoint))

    @classmethod
    def parse_under(cls, data: bytes, encoded: bytes, checkpoint: SignedNote) -> LogProof:
        """As :meth:`parse`, for one of many proofs that should carry the same checkpoint: that is not read each time.

        Args:
            data: the proof.
            encoded: the checkpoint as a file.
            checkpoint: the same, read already.

        Raises:
            ProofRefused: it is no proof, or carries another checkpoint.
        """
        head, blank, carried = data.partition(b"\n\n")
        if len(data) > LARGEST_PROOF or not blank:
            raise _refused()
        if carried != encoded:
            raise ProofRefused(
                message("The proof carries another checkpoint than that of all the others."),
                meaning=message("It was changed, or is of another time or another log."),
            )
        return cls(*_path(head), checkpoint)

    def verify(self, leaf: bytes, policy: Policy) -> Seen:
        """Check that an entry is in a log of those trusted, and that enough witnesses saw it.

        Args:
            leaf: the entry's bytes.
            policy: whose word counts.

        Raises:
            ProofRefused: it is not proved.
        """
        head = seen(self.checkpoint, policy)
        self.check(leaf_hash(leaf), head.checkpoint)
        return head

    def check(self, leaf: bytes, checkpoint: Checkpoint) -> None:
        """As :meth:`verify`, for the hash of an entry and a checkpoint that was checked already."""
        verify_inclusion(self.index, checkpoint.size, leaf, self.hashes, checkpoint.root)


def _path(head: bytes) -> tuple[int, tuple[bytes, ...]]:
    """The number of the entry and the hashes, from what stands before the checkpoint."""
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _refused() from error
    if lines and lines[0].startswith("extra "):
        base64_text.decode(lines.pop(0).removeprefix("extra "))
    if first != FIRST_LINE or not lines or not lines[0].startswith("index ") or len(lines) > MOST_HASHES + 1:
        raise _refused()
    if not all(map(_HASH.fullmatch, lines[1:])):
        raise _refused()
    return decimal(lines[0].removeprefix("index ")), tuple(map(binascii.a2b_base64, lines[1:]))


def seen(note: SignedNote, policy: Policy) -> Seen:
    """Check a checkpoint: signed by the log whose name it bears, and cosigned by enough witnesses.

    Raises:
        ProofRefused: it is not.
    """
    checkpoint = Checkpoint.parse(note.text)
    signers = verified(note, [key for key in policy.logs if key.name == checkpoint.origin])
    witnesses = cosigned(note, policy.witnesses.values())
    if not policy.satisfied(witnesses):
        raise ProofRefused(
            message("Only {count} of the witnesses cosigned the checkpoint: fewer than the policy asks."),
            meaning=message("The log could show others another history."),
            remedy=message("Ask for a bundle with a newer checkpoint, or use another policy."),
            count=len(witnesses),
        )
    return Seen(checkpoint, signers, witnesses)


def _refused() -> ProofRefused:
    return ProofRefused(
        message("The file is no proof of an entry."),
        meaning=message("It was changed, or not written by a program that keeps to the standard."),
    )
