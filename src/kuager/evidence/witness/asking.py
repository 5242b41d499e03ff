"""Asking a witness over HTTP to cosign the newest head of a log; it also knows whether the log is an older copy."""

from __future__ import annotations

from http import HTTPStatus

import httpx

from kuager.errors import EvidenceError, LogDamaged, ProofRefused, message
from kuager.evidence.checkpoint import decimal
from kuager.evidence.cosignature import cosigned
from kuager.evidence.log.folder import LogFolder
from kuager.evidence.note import SignatureLine, SignedNote, VerifierKey
from kuager.evidence.witness.request import request_for

LARGEST_ANSWER = 64 * 1024
_LIMITS = httpx.Timeout(20.0, connect=10.0)


def cosigned_by(address: str, key: VerifierKey, log: LogFolder) -> SignatureLine:
    """Have a witness cosign the newest signed head.

    Args:
        address: where the witness takes submissions.
        key: of the witness.
        log: whose head is to be cosigned.

    Returns:
        its line, checked.

    Raises:
        LogDamaged: it saw more of this log than there is here, or something else of the same size.
        ProofRefused: its answer is not as the standard says, or its cosignature is false.
        EvidenceError: it cannot be reached, or does not want to.
    """
    with httpx.Client(timeout=_LIMITS, follow_redirects=False) as http:
        status, body = _post(http, address, request_for(log, 0).encode(), key.name)
        if status == HTTPStatus.CONFLICT:
            size = decimal(_text(body).removesuffix("\n"))
            if size > log.signed_size:
                raise _older(key.name, size, log.signed_size)
            status, body = _post(http, address, request_for(log, size).encode(), key.name)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise _other_history(key.name)
    if status != HTTPStatus.OK:
        raise EvidenceError(
            message("The witness {name} did not cosign: it answered {status}."),
            remedy=message("Ask whoever runs it whether it knows this log's key."),
            name=key.name,
            status=int(status),
        )
    return _line(body, key, log)


def _line(body: bytes, key: VerifierKey, log: LogFolder) -> SignatureLine:
    """The witness's line among those that it answered."""
    note = log.checkpoint
    assert note is not None  # noqa: S101 - request_for() asked for its cosignature
    answered = SignedNote.parse(note.text + b"\n" + body)
    if key not in cosigned(answered, [key]):
        raise ProofRefused(
            message("The witness {name} answered with no cosignature of its own."),
            meaning=message("Its key may have changed, or somebody else answers there."),
            name=key.name,
        )
    return next(line for line in answered.signatures if line.is_of(key))


def _post(http: httpx.Client, address: str, body: bytes, name: str) -> tuple[int, bytes]:
    """The status and the body of an answer, which is cut off where it is longer than a witness writes."""
    try:
        with http.stream("POST", f"{address.rstrip('/')}/add-checkpoint", content=body) as response:
            found = bytearray()
            for piece in response.iter_bytes(4096):
                found += piece
                if len(found) > LARGEST_ANSWER:
                    raise ProofRefused(message("The witness {name} answered with too much."), name=name)
            return response.status_code, bytes(found)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EvidenceError(
            message("The witness {name} cannot be reached."),
            remedy=message("Run kuager stamp again when the network is there."),
            name=name,
        ) from error


def _text(body: bytes) -> str:
    return body.decode("ascii", "replace")


def _older(name: str, size: int, here: int) -> LogDamaged:
    return LogDamaged(
        message("The witness {name} saw {size} entries of this log; here are only {here} signed ones."),
        meaning=message("This is an older copy of the log. To go on with it would show two histories."),
        remedy=message("Find the newest copy of the case, and go on with that one."),
        name=name,
        size=size,
        here=here,
    )


def _other_history(name: str) -> LogDamaged:
    return LogDamaged(
        message("The witness {name} saw another history of this log."),
        meaning=message("Two copies of the log were written to, or somebody uses its key."),
        remedy=message("Find the other copy before anything else is published; kuager keys revoke if it is not yours."),
        name=name,
    )
