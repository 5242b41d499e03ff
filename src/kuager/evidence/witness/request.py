"""What a log asks of a witness: to cosign its head, with the proof that it continues what the witness saw.

::

    old <size that the witness saw>
    <hash in base 64>               the proof of consistency, up to 63 lines
                                    an empty line
    <signed head>

It is the body of ``add-checkpoint`` (C2SP tlog-witness v1.0.0), and the same as a file where there is no network.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import decimal
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.merkle import HASH_BYTES, MOST_HASHES
from kuager.evidence.note import LARGEST_NOTE, SignedNote

_OLD = "old "
_LARGEST_PROOF = 4096
"""63 lines of 45 bytes, and that of the size."""
LARGEST_REQUEST = LARGEST_NOTE + _LARGEST_PROOF


@dataclass(frozen=True, slots=True)
class Request:
    """The size that the witness saw, 0 for nothing, the hashes from that tree to the head, and the signed head."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: SignedNote

    def encode(self) -> bytes:
        """The request as a file."""
        lines = [f"{_OLD}{self.old}", *map(base64_text.encode, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint.encode()

    @classmethod
    def parse(cls, data: bytes) -> Request:
        """Read a request. Whether the head is one, and signed, is not looked at.

        Raises:
            ProofRefused: it is none.
        """
        head, blank, checkpoint = data.partition(b"\n\n")
        if len(data) > LARGEST_REQUEST or not blank or len(head) > _LARGEST_PROOF:
            raise _refused()
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise _refused() from error
        if not first.startswith(_OLD) or len(lines) > MOST_HASHES:
            raise _refused()
        hashes = tuple(base64_text.decode(line) for line in lines)
        if any(len(one) != HASH_BYTES for one in hashes):
            raise _refused()
        return cls(decimal(first.removeprefix(_OLD)), hashes, SignedNote.parse(checkpoint))


def request_for(log: LogFolder, seen: int) -> Request:
    """Ask for the newest signed head of a log to be cosigned.

    Args:
        log: the log.
        seen: how many entries the witness saw, 0 for none.

    Raises:
        ProofRefused: nothing is signed, or less than the witness saw.
    """
    note, size = log.checkpoint, log.signed_size
    if note is None or seen > size:
        raise ProofRefused(
            message("No head of {seen} entries or more is signed."),
            meaning=message("There is nothing that the witness could cosign."),
            remedy=message("Run: kuager stamp CASE."),
            seen=seen,
        )
    return Request(seen, log.consistency(seen, size) if seen else (), note)


def _refused() -> ProofRefused:
    return ProofRefused(
        message("The text is no request to a witness."),
        meaning=message("It was changed, or not written by a program that keeps to the standard."),
    )
