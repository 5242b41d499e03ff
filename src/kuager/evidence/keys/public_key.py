"""How a public key of Ed25519 is written, and the fingerprints by which people compare it. A key is 32 bytes here.

The wire form and the line are those of OpenSSH (RFC 4253, section 6.6; RFC 8709, section 4), the PEM that of RFC 8410.
Lines have no comment: OpenSSH would put the names of a user and of a machine there.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text

ALGORITHM = b"ssh-ed25519"
KEY_BYTES = 32
_GROUP = 4
_LONGEST_LINE = 200


def public_of(private: Ed25519PrivateKey) -> bytes:
    """The public half of a key."""
    return private.public_key().public_bytes_raw()


def ssh_string(data: bytes) -> bytes:
    """Bytes with their number before them, as every field of OpenSSH is written (RFC 4251, section 5)."""
    return len(data).to_bytes(4, "big") + data


def wire(public: bytes) -> bytes:
    """A key as OpenSSH sends it."""
    return ssh_string(ALGORITHM) + ssh_string(public)


def ssh_line(public: bytes) -> str:
    """A key as a line of OpenSSH, without its end."""
    return f"{ALGORITHM.decode()} {base64_text.encode(wire(public))}"


def parse_ssh_line(line: str) -> bytes:
    """Read a key from a line of OpenSSH that has no comment.

    Raises:
        ProofRefused: it is no such line, or the key is of another algorithm.
    """
    algorithm, _, encoded = line.partition(" ")
    if len(line) > _LONGEST_LINE or algorithm.encode() != ALGORITHM:
        raise _no_line()
    data = base64_text.decode(encoded)
    public = data[-KEY_BYTES:]
    if data != wire(public) or len(public) != KEY_BYTES:
        raise _no_line()
    return public


def pem(public: bytes) -> bytes:
    """A key as OpenSSL reads it."""
    return Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(public: bytes) -> str:
    """The fingerprint that ``ssh-keygen -l`` shows: ``SHA256:`` and 43 signs."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(wire(public)).digest()).decode().rstrip("=")


def spoken(public: bytes) -> str:
    """The SHA-256 of the bare 32 bytes in 16 groups of hexadecimal digits, to be read aloud and compared by ear.

    ``openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | sha256sum`` shows the same digits.
    """
    digits = hashlib.sha256(public).hexdigest()
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def _no_line() -> ProofRefused:
    return ProofRefused(
        message("The text is no public key of OpenSSH."),
        remedy=message("It looks like ssh-ed25519 AAAA…, in one line."),
    )
