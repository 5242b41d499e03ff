"""Asking a witness over HTTP to cosign the newest head of a log (C2SP tlog-witness v1.0.0, ``add-checkpoint``).

A witness learns the name of the log, how many entries it has, and from which address it was asked; nothing else. What
it says of itself is not trusted: a line counts when it is a cosignature of the head by the key that was given.
"""

from __future__ import annotations

from http import HTTPStatus

from kuager.errors import EvidenceError, LogDamaged, ProofRefused, message
from kuager.evidence.checkpoint import decimal
from kuager.evidence.cosignature import cosigned
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import LARGEST_NOTE, SignatureLine, SignedNote, VerifierKey
from kuager.evidence.stamps.asking import answered, connection, request_to
from kuager.evidence.witness.request import request_for

_ATTEMPTS = 3
"""The first learns what the witness saw; another program may have shown it more before the second."""

_FIRST = {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
"""What may be answered to somebody who proves nothing yet; after a proof also that it does not hold."""


def cosigned_by(address: str, key: VerifierKey, log: LogFolder) -> SignatureLine:
    """Have the newest signed head of a log cosigned.

    Args:
        address: the witness's submission prefix.
        key: the witness's key.
        log: the log.

    Raises:
        LogDamaged: the witness saw more of this log than was signed here, or another history of it.
        ProofRefused: what it answered is no cosignature of the head, or nothing is signed yet.
        EvidenceError: it cannot be reached, or does not know the log.
    """
    seen = 0
    with connection() as http:
        for _ in range(_ATTEMPTS):
            request = request_for(log, seen)
            asked = request_to(http, key.name, f"{address.rstrip('/')}/add-checkpoint", request.encode())
            allowed = _FIRST | ({HTTPStatus.UNPROCESSABLE_ENTITY} if seen else set())
            status, body = answered(http, asked, key.name, LARGEST_NOTE, allowed)
            if status == HTTPStatus.OK:
                return cosignature_in(body, request.checkpoint, key)
            if status == HTTPStatus.UNPROCESSABLE_ENTITY:
                raise _two_histories(key.name, seen)
            if status != HTTPStatus.CONFLICT:
                raise _unknown(key.name)
            seen = _size(body, key.name)
            if seen > log.signed_size:
                raise _older_copy(key.name, seen, log.signed_size)
    raise EvidenceError(
        message("The witness {name} says each time that it saw another number of entries."),
        remedy=message("Ask again later."),
        name=key.name,
    )


def cosignature_in(lines: bytes, head: SignedNote, key: VerifierKey) -> SignatureLine:
    """The cosignature of a witness among the lines that it handed back.

    Args:
        lines: what it answered.
        head: what was to be cosigned.
        key: the witness's key.

    Raises:
        ProofRefused: there is none, or a false one.
    """
    note = SignedNote.parse(head.text + b"\n" + lines)
    if not any(cosigned(note, [key]).values()):  # none, or one without a time
        raise ProofRefused(
            message("The witness {name} handed back no cosignature by its key."),
            meaning=message("The address is that of somebody else, or the witness has another key now."),
            name=key.name,
        )
    return next(line for line in note.signatures if line.is_of(key))


def _size(body: bytes, name: str) -> int:
    try:
        return decimal(body.decode("ascii").removesuffix("\n"))
    except (UnicodeDecodeError, ProofRefused) as error:
        raise ProofRefused(message("The witness {name} does not say how much it saw."), name=name) from error


def _older_copy(name: str, seen: int, size: int) -> LogDamaged:
    return LogDamaged(
        message("The witness {name} saw {seen} entries of this log; here {size} are signed."),
        meaning=message("This log is an older copy: to go on with it would show two histories. Do not go on with it."),
        remedy=message("Bring back the newest copy of the case. If there is none that is newer, the witness errs."),
        name=name,
        seen=seen,
        size=size,
    )


def _two_histories(name: str, seen: int) -> LogDamaged:
    return LogDamaged(
        message("The witness {name} saw other entries: this log does not continue the {seen} that it saw."),
        meaning=message("There are two histories of this log, and one of them is false. Do not go on with it."),
        remedy=message("Bring back the newest copy of the case. If there is none that is newer, the witness errs."),
        name=name,
        seen=seen,
    )


def _unknown(name: str) -> EvidenceError:
    return EvidenceError(
        message("The witness {name} does not know this log, or not by the key that signs it."),
        remedy=message("Give whoever runs it the log's key, which kuager keys list prints."),
        name=name,
    )
