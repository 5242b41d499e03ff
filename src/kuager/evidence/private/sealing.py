"""Originals sealed with age (age-encryption.org/v1) for two or more recipients, so that their size tells nothing.

Padding is that of ISO/IEC 7816-4: the original, one byte 0x80, zeros up to the size class (64 KiB, and from there
each power of two up to 256 MiB). ``age -d`` opens the seal without Kuager; most programs read the padded file as it
is, and what precedes the last 0x80 is the original to the byte. Each seal has the same number of recipients, the
missing ones being keys that nobody holds: neither who can open it nor how many can is seen. Recipients are X25519
keys (``age1…``) only: SSH keys would name themselves in the header.

The log learns the SHA-256 of the sealed bytes, and of the original only a salted commitment to its SHA-256: a plain
hash would let everyone who has the document check who else had it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyrage import DecryptError, IdentityError, RecipientError, decrypt, encrypt, x25519

from kuager.errors import EvidenceError, KeyUnusable, message
from kuager.evidence.private.commitments import SALT_BYTES, Disclosure
from kuager.evidence.private.strict import refused, to_digest

SMALLEST_CLASS, LARGEST_CLASS = 2**16, 2**28
RECIPIENTS = 8
"""In the header of every seal."""
ORIGINAL = "original"
"""The name under which the hash of an original is committed to."""

_LARGEST_SEAL = LARGEST_CLASS + LARGEST_CLASS // 4096 + 65_536
"""age adds 16 bytes to every 64 KiB, and a header."""
_LARGEST_IDENTITIES, _MOST_IDENTITIES = 65_536, 64
_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}")
_RECIPIENT = re.compile(r"age1[0-9a-z]{58}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed original.

    Attributes:
        data: the age file.
        disclosure: opens the commitment to the original's SHA-256; it stays with those who can open the seal.
    """

    data: bytes = field(repr=False)
    disclosure: Disclosure

    def leaf(self) -> dict[str, str]:
        """What the log may know: of constant length, the size left out."""
        return {
            "type": "sealed/v1",
            "sealed": to_digest(hashlib.sha256(self.data).digest()),
            ORIGINAL: to_digest(self.disclosure.commitment),
        }


def seal(original: bytes, recipients: Sequence[str]) -> Sealed:
    """Seal an original for its recipients.

    Raises:
        KeyUnusable: fewer than two recipients, one of them twice, or no X25519 recipient of age.
        EvidenceError: the original is larger than the largest class holds.
    """
    if len(set(recipients)) != len(recipients):
        raise KeyUnusable(
            message("A recipient is named twice."),
            meaning=message("With one key lost, the original would be lost."),
            remedy=message("Name two different people's keys."),
        )
    if not 2 <= len(recipients) <= RECIPIENTS:
        raise KeyUnusable(
            message("An original is sealed for {least} to {most} recipients, not {count}."),
            meaning=message("With one key lost or seized, nobody else could open it."),
            remedy=message("Name the age keys of people who do not share a roof."),
            least=2,
            most=RECIPIENTS,
            count=len(recipients),
        )
    keys = [_recipient(text) for text in recipients]
    keys += [x25519.Identity.generate().to_public() for _ in range(RECIPIENTS - len(keys))]
    secrets.SystemRandom().shuffle(keys)
    disclosure = Disclosure(secrets.token_bytes(SALT_BYTES), ORIGINAL, hashlib.sha256(original).hexdigest())
    return Sealed(encrypt(_padded(original), keys), disclosure)


def unseal(sealed: bytes, identities: str) -> bytes:
    """The original from a seal, with the text of an age identity file (``age-keygen``).

    Raises:
        KeyUnusable: the file holds no X25519 identity of age, or none that the seal was made for.
        ProofRefused: the seal is damaged, too large, or was not padded by these rules.
    """
    if len(sealed) > _LARGEST_SEAL:
        raise refused(message("The seal is larger than any that is made."))
    keys = _identities(identities)
    try:
        padded: bytes = decrypt(sealed, keys)
    except DecryptError as error:
        if "No matching keys" in str(error):
            raise KeyUnusable(
                message("None of these keys opens the seal."),
                remedy=message("Use the identity file of one of those for whom it was sealed."),
            ) from error
        raise refused(message("The seal is not an age file, or was changed.")) from error
    original = padded.rstrip(b"\0")
    if not original.endswith(b"\x80") or len(padded) != _size_class(len(original) - 1):
        raise refused(message("The seal was not padded to a size class."))
    return original[:-1]


def check_identities(identities: str) -> None:
    """That a text is an age identity file, whatever it opens.

    Raises:
        KeyUnusable: it holds no X25519 identity of age.
    """
    _identities(identities)


def check_original(original: bytes, disclosure: Disclosure, commitment: bytes) -> None:
    """That an original is the one whose hash was committed to.

    Raises:
        ProofRefused: the disclosure does not open the commitment, or tells the hash of something else.
    """
    told = (disclosure.name, disclosure.value)
    if disclosure.commitment != commitment or told != (ORIGINAL, hashlib.sha256(original).hexdigest()):
        raise refused(message("The original is not the one that was committed to."))


def _padded(original: bytes) -> bytes:
    size = _size_class(len(original))
    if size > LARGEST_CLASS:
        raise EvidenceError(
            message("The original has {size} bytes; at most {most} can be sealed at once."),
            remedy=message("Cut it into parts, and seal each."),
            size=len(original),
            most=LARGEST_CLASS - 1,
        )
    return (original + b"\x80").ljust(size, b"\0")


def _size_class(size: int) -> int:
    """The smallest class that holds so many bytes and the byte that ends them."""
    return max(SMALLEST_CLASS, 1 << size.bit_length())


def _recipient(text: str) -> x25519.Recipient:
    try:
        if _RECIPIENT.fullmatch(text):
            return x25519.Recipient.from_str(text)
    except RecipientError:
        pass
    raise KeyUnusable(
        message("A recipient is not an X25519 key of age."),
        meaning=message(
            "Such a key begins with age1 and has 62 characters; SSH keys would show in the seal whose they are."
        ),
        remedy=message("Let each recipient make one with age-keygen and read its public half to you."),
    )


def _identities(text: str) -> list[x25519.Identity]:
    lines = [line.strip() for line in text[:_LARGEST_IDENTITIES].splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    try:
        if len(text) <= _LARGEST_IDENTITIES and len(lines) <= _MOST_IDENTITIES:
            keys = [x25519.Identity.from_str(line) for line in lines if _IDENTITY.fullmatch(line)]
            if keys and len(keys) == len(lines):
                return keys
    except IdentityError:
        pass
    raise KeyUnusable(
        message("The identity file does not hold X25519 identities of age, one to a line."),
        remedy=message("Use the file that age-keygen made."),
    )
