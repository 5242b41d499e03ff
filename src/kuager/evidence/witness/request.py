"""What a log hands to a witness: the size that it saw last, the proof that the log only grew, and the new head."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import decimal
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.merkle import HASH_BYTES, MOST_HASHES
from kuager.evidence.note import LARGEST_NOTE, SignedNote

LARGEST_REQUEST = LARGEST_NOTE + 8 * 1024
_OLD = "old "


@dataclass(frozen=True, slots=True)
class CosignRequest:
    """The body of ``add-checkpoint``: sizes count entries, ``proof`` is empty when the old size is 0."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: SignedNote

    def encode(self) -> bytes:
        """The request as it is sent, or carried on a stick."""
        lines = [f"{_OLD}{self.old_size}", *(base64_text.encode(one) for one in self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint.encode()

    @classmethod
    def parse(cls, data: bytes) -> CosignRequest:
        """Read a request.

        Raises:
            ProofRefused: it is not one.
        """
        head, blank, checkpoint = data.partition(b"\n\n")
        if len(data) > LARGEST_REQUEST or not blank:
            raise _refused()
        try:
            first, *hashes = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise _refused() from error
        proof = tuple(base64_text.decode(line) for line in hashes)
        if not first.startswith(_OLD) or len(proof) > MOST_HASHES or any(len(one) != HASH_BYTES for one in proof):
            raise _refused()
        return cls(decimal(first.removeprefix(_OLD)), proof, SignedNote.parse(checkpoint))


def request_for(log: LogFolder, old_size: int) -> CosignRequest:
    """Ask a witness that saw a log at a size to cosign its newest signed head.

    Raises:
        ProofRefused: nothing is signed, or the head is smaller than what the witness saw.
    """
    note, size = log.checkpoint, log.signed_size
    if note is None or old_size > size:
        raise _refused()
    return CosignRequest(old_size, log.consistency(old_size, size) if old_size else (), note)


def _refused() -> ProofRefused:
    return ProofRefused(
        message("The file asks a witness for nothing that it could cosign."),
        meaning=message("It was changed, or not written by a program that keeps to the standard."),
    )
