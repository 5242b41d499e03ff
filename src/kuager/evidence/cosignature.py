"""What a witness says under a checkpoint (C2SP tlog-cosignature v1.0.1, Ed25519).

"At this time, this is the largest tree of that log that I have seen; every tree that I saw before is its beginning."
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuager.errors import ProofRefused, message
from kuager.evidence.note import COSIGNATURE, SignatureLine, SignedNote, VerifierKey

_STAMPED = struct.Struct(">Q64s")


def cosign(checkpoint: bytes, name: str, private: Ed25519PrivateKey, moment: int) -> SignatureLine:
    """A witness's line.

    Args:
        checkpoint: its text, without signatures.
        name: of the witness.
        private: the witness's key, used for nothing else.
        moment: seconds since the epoch.
    """
    key = VerifierKey.of(name, COSIGNATURE, private)
    return SignatureLine(name, key.id, _STAMPED.pack(moment, private.sign(_said(checkpoint, moment))))


def cosigned(note: SignedNote, witnesses: Iterable[VerifierKey]) -> dict[VerifierKey, int]:
    """The witnesses of those given that cosigned a checkpoint, each with the time it says.

    Raises:
        ProofRefused: a line that says that it is of one of them is not.
    """
    found: dict[VerifierKey, int] = {}
    for key in witnesses:
        for line in note.signatures:
            if key.kind == COSIGNATURE and line.is_of(key):
                found[key] = max(found.get(key, 0), _checked(note.text, key, line))
    return found


def _checked(text: bytes, key: VerifierKey, line: SignatureLine) -> int:
    if len(line.signature) == _STAMPED.size:
        moment, signature = _STAMPED.unpack(line.signature)
        if key.signed(_said(text, moment), signature):
            return int(moment)
    raise ProofRefused(
        message("The cosignature of the witness {name} is false."),
        meaning=message("The checkpoint was changed after it was cosigned, or somebody pretends to be {name}."),
        name=key.name,
    )


def _said(checkpoint: bytes, moment: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % moment + checkpoint
