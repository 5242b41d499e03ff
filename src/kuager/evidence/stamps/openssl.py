"""Asking the program openssl about a token (RFC 3161) that the library cannot read, as one with two certificates.

What is not signed, such as the words of the status, is never printed: it could look like what is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kuager.evidence.stamps.certificates import UNREADABLE
from kuager.evidence.stamps.program import run

_TEXT = re.compile(
    r"\A(?:Using configuration from [^\n]*\n)?"
    r"Status info:\nStatus: Granted\.\nStatus description: unspecified\nFailure info: unspecified\n\nTST info:\n"
    r"Version: 1\n"
    r"Policy OID: (?P<policy>[^\n]+)\n"
    r"Hash Algorithm: (?P<algorithm>[A-Za-z0-9-]+)\n"
    r"Message data:\n(?P<dump>(?:    [^\n]*\n)+)"
    r"Serial number: 0x(?P<serial>-?[0-9A-F]+)\n"
    r"Time stamp: (?P<time>[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4}) GMT\n"
    r"Accuracy: (?P<accuracy>[^\n]+)\n"
    r"Ordering: (?:yes|no)\n"
    r"Nonce: (?P<nonce>unspecified|0x-?[0-9A-F]+)\n"
)
_ACCURACY = re.compile(
    r"(0x[0-9A-F]+|unspecified) seconds, (0x[0-9A-F]+|unspecified) millis, (0x[0-9A-F]+|unspecified)"
)
_LONGEST_NUMBER = 50


@dataclass(frozen=True, slots=True)
class Told:
    """What a token says, as openssl read it.

    Attributes:
        time: UTC, to the second.
        accuracy: as stated; None when it is not.
        algorithm: of the hash, as openssl calls it.
        policy: of the authority, an object identifier.
        serial, nonce: numbers of the token and of the request; None when there was no nonce.
        certificates: that came with it.
    """

    time: datetime
    accuracy: timedelta | None
    algorithm: str
    policy: str
    serial: int
    nonce: int | None
    certificates: tuple[x509.Certificate, ...]


def verified(
    openssl: Path, data: bytes, response: bytes, roots: Sequence[x509.Certificate], others: Sequence[x509.Certificate]
) -> Told | None:
    """What a response says of ``data``, checked for the moment that it names; None when openssl does not accept it.

    Raises:
        ProofRefused: openssl did not come to an end with it.
    """
    with TemporaryDirectory(prefix="kuager-") as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        (folder / "response").write_bytes(response)
        (folder / "roots").write_bytes(_pem(roots))
        told = _told(openssl, folder)
        if told is None:
            return None
        untrusted: list[str] = []
        if others:
            (folder / "others").write_bytes(_pem(others))
            untrusted = ["-untrusted", "others"]
        moment = str(int(told.time.timestamp()))
        arguments = ["ts", "-verify", "-data", "data", "-in", "response", "-CAfile", "roots", "-attime", moment]
        outcome = run(openssl, [*arguments, *untrusted], folder)
        return told if outcome.code == 0 and "Verification: OK\n" in outcome.output else None


def _told(openssl: Path, folder: Path) -> Told | None:
    taken = run(openssl, ["ts", "-reply", "-in", "response", "-token_out", "-out", "token"], folder)
    if taken.code != 0:
        return None
    text = run(openssl, ["ts", "-reply", "-in", "token", "-token_in", "-text"], folder)
    found = _TEXT.match(text.output)
    if text.code != 0 or not found or max(len(found["serial"]), len(found["nonce"])) > _LONGEST_NUMBER:
        return None
    nonce = found["nonce"]
    try:
        time = datetime.strptime(re.sub(r"\.\d+", "", found["time"]), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        accuracy = _accuracy(found["accuracy"])
    except (ValueError, OverflowError):
        return None
    return Told(
        time,
        accuracy,
        found["algorithm"].lower(),
        found["policy"],
        int(found["serial"], 16),
        None if nonce == "unspecified" else int(nonce, 16),
        _certificates(openssl, folder),
    )


def _accuracy(text: str) -> timedelta | None:
    found = _ACCURACY.match(text)
    if not found:
        return None
    seconds, millis, micros = (0 if number == "unspecified" else int(number, 16) for number in found.groups())
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def _certificates(openssl: Path, folder: Path) -> tuple[x509.Certificate, ...]:
    printed = run(openssl, ["pkcs7", "-inform", "DER", "-in", "token", "-print_certs"], folder)
    try:
        return tuple(x509.load_pem_x509_certificates(printed.output.encode()))
    except UNREADABLE:
        return ()


def _pem(certificates: Sequence[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
