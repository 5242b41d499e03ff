"""Stamps by an authority (RFC 3161): asking for one, and what one proves about given bytes.

The response is kept as it came; it is the evidence, and ``openssl ts -verify`` reads it without Kuager. A token says
that an authority saw a hash not later than a moment. It says nothing of when the bytes were made, and it is worth what
the authority's clock and key are worth: whoever holds the key can write any time. So the certificates are checked for
the moment that the token names, and the end of the signer's certificate is told; whether a key was revoked is a matter
of the lists that the authority published then (keep them beside the token).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from kuager.errors import ProofRefused, message
from kuager.evidence.stamps import certificates
from kuager.evidence.stamps import openssl as by_openssl
from kuager.evidence.stamps.finding import Unchecked, program_missing
from kuager.evidence.stamps.program import find

LARGEST_RESPONSE = 256 * 1024
_ALGORITHMS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_SEQUENCE = 0x30


@dataclass(frozen=True, slots=True)
class Question:
    """A request for a stamp, and the number that its answer has to repeat."""

    request: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token proves: the bytes were there not later than :attr:`latest`.

    Attributes:
        time: by the authority's clock, UTC, to the second; fractions are cut off.
        accuracy: how far that clock may be off, as the token has it; None when it does not say.
        authority: the subject of the signer's certificate (RFC 4514); empty when it cannot be told which one that is.
        serial: the token's number at the authority.
        policy: under which the authority stamps, an object identifier.
        algorithm: the hash of the bytes that was stamped: sha256, sha384 or sha512.
        certificate_ends: when the signer's certificate ends; None when it cannot be told.
        checked_with: ``rfc3161-client`` or ``openssl``.
    """

    time: datetime
    accuracy: timedelta | None
    authority: str
    serial: int
    policy: str
    algorithm: str
    certificate_ends: datetime | None
    checked_with: str

    @property
    def latest(self) -> datetime:
        """The latest moment that the token leaves open, if its accuracy is as stated."""
        return self.time + timedelta(seconds=1) + (self.accuracy or timedelta())


def question(data: bytes) -> Question:
    """Ask that these bytes be stamped: their SHA-256, a random number, and the authority's certificate with the answer.

    Raises:
        ProofRefused: there are no bytes.
    """
    if not data:
        raise ProofRefused(message("There is nothing to stamp: the file is empty."))
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    if request.nonce is None:
        raise AssertionError("a request has a nonce unless told otherwise")
    return Question(request.as_bytes(), request.nonce)


def verify(
    data: bytes,
    response: bytes,
    roots: bytes,
    *,
    others: bytes = b"",
    nonce: int | None = None,
    openssl: str = "openssl",
) -> Stamp | Unchecked:
    """What a response proves about ``data``.

    Args:
        data: what should have been stamped.
        response: as it came from the authority (a TimeStampResp).
        roots: certificates that are trusted, PEM.
        others: certificates between those and the authority's, or its own, that the token may lack; PEM. They are not
            trusted for being here.
        nonce: of the request, where the response is the answer to one.
        openssl: the program that is asked about a token that the library cannot read.

    Raises:
        ProofRefused: it proves nothing about ``data``.
        KeyUnusable: ``roots`` or ``others`` are no certificates.
    """
    anchors = certificates.read(roots)
    if not anchors:
        raise certificates.unusable()
    between = [one for one in certificates.read(others) if one.subject != one.issuer]
    if len(response) > LARGEST_RESPONSE or not _one_sequence(response):
        raise _malformed()
    try:
        answer = decode_timestamp_response(response)
    except ValueError:
        return _with_openssl(data, response, anchors, between, nonce, openssl)
    _granted(answer)
    try:
        stamp = _with_library(data, answer, anchors, between)
        answered = answer.tst_info.nonce
    except (VerificationError, *certificates.UNREADABLE) as error:
        raise _false() from error
    _same_nonce(answered, nonce)
    return stamp


def _with_library(
    data: bytes, answer: TimeStampResponse, roots: Sequence[x509.Certificate], others: Sequence[x509.Certificate]
) -> Stamp:
    information, signed = answer.tst_info, answer.signed_data
    embedded = [x509.load_der_x509_certificate(one) for one in signed.certificates]
    vouched = certificates.vouched_for(roots, [*embedded, *others])
    signer = _signer(answer, vouched)
    verifier = VerifierBuilder(
        roots=list(roots),
        intermediates=[one for one in others if one in vouched],
        tsa_certificate=None if embedded else signer,
    ).build()
    if not verifier.verify_message(answer, data):
        raise VerificationError
    accuracy = information.accuracy
    return Stamp(
        time=information.gen_time,
        accuracy=timedelta(
            seconds=accuracy.seconds or 0, milliseconds=accuracy.millis or 0, microseconds=accuracy.micros or 0
        )
        if accuracy
        else None,
        authority=signer.subject.rfc4514_string(),
        serial=information.serial_number,
        policy=information.policy.dotted_string,
        algorithm=_ALGORITHMS[information.message_imprint.hash_algorithm.dotted_string],
        certificate_ends=signer.not_valid_after_utc,
        checked_with="rfc3161-client",
    )


def _signer(answer: TimeStampResponse, among: Iterable[x509.Certificate]) -> x509.Certificate:
    """The certificate that the one signature names, by issuer and number."""
    (named,) = answer.signed_data.signer_infos
    name = (named.issuer, named.serial_number)
    for certificate in among:
        if (certificate.issuer, certificate.serial_number) == name and certificates.may_stamp(certificate):
            return certificate
    raise ValueError("the signer's certificate is not there")


def _with_openssl(
    data: bytes,
    response: bytes,
    roots: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate],
    nonce: int | None,
    program: str,
) -> Stamp | Unchecked:
    openssl = find(program)
    if openssl is None:
        return program_missing(program)
    told = by_openssl.verified(openssl, data, response, roots, others)
    if told is None or told.algorithm not in _ALGORITHMS.values():
        raise _false()
    _same_nonce(told.nonce, nonce)
    vouched = certificates.vouched_for(roots, [*told.certificates, *others])
    stamping = [one for one in vouched if certificates.may_stamp(one)]
    signer = stamping[0] if len(stamping) == 1 else None
    return Stamp(
        time=told.time,
        accuracy=told.accuracy,
        authority=signer.subject.rfc4514_string() if signer else "",
        serial=told.serial,
        policy=told.policy,
        algorithm=told.algorithm,
        certificate_ends=signer.not_valid_after_utc if signer else None,
        checked_with="openssl",
    )


def _granted(answer: TimeStampResponse) -> None:
    if answer.status == PKIStatus.GRANTED:
        return
    raise ProofRefused(
        message("The authority did not stamp (status {status})."),
        meaning=message("The answer holds no proof of time."),
        remedy=message("Ask again later, or another authority."),
        status=answer.status,
    )


def _same_nonce(answered: int | None, asked: int | None) -> None:
    if asked is not None and answered != asked:
        raise ProofRefused(
            message("The answer of the authority belongs to another request."),
            meaning=message("Somebody may have put an old answer in place of the right one."),
        )


def _one_sequence(data: bytes) -> bool:
    """Whether the bytes are one DER sequence (X.690, section 8.1) and nothing after it."""
    if len(data) < 2 or data[0] != _SEQUENCE:
        return False
    if data[1] < 0x80:
        return len(data) == 2 + data[1]
    size = data[1] & 0x7F
    return len(data) == 2 + size + int.from_bytes(data[2 : 2 + size], "big")


def _malformed() -> ProofRefused:
    return ProofRefused(
        message("This is no stamp by an authority."),
        meaning=message("It is not what RFC 3161 calls a response: it may be a web page, or cut off."),
    )


def _false() -> ProofRefused:
    return ProofRefused(
        message("The stamp does not prove when these bytes existed."),
        meaning=message(
            "It is of other bytes, was changed, or its signature does not lead to a trusted certificate valid then."
        ),
    )
