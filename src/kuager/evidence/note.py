"""Signed notes: text with lines of signatures under it (C2SP signed-note v1.0.0), by Ed25519 (RFC 8032).

A key is named by who signs and by a short hash, and written as a *vkey*. Reading is strict: a note that could be read
in two ways is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kuager.errors import ProofRefused, message
from kuager.evidence import base64_text

ED25519, COSIGNATURE = 0x01, 0x04
"""Kinds of keys: a note's own signature, and a witness's cosignature (cosignature.py)."""

ID_BYTES = 4
LARGEST_NOTE = 256 * 1024
MOST_SIGNATURES = 64
LONGEST_NAME = 255
_LARGEST_KEY = 4096
_OTHER_ID = 0x02
"""The kind whose id is taken from another encoding of the key."""

_DASH = "— "
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who signs, with what. ``kind`` is the signature type's byte, ``public`` the key, 32 bytes for Ed25519."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before a signature of this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """The key as a vkey."""
        return f"{self.name}+{self.id.hex()}+{base64_text.encode(bytes([self.kind]) + self.public)}"

    @classmethod
    def of(cls, name: str, kind: int, private: Ed25519PrivateKey) -> VerifierKey:
        """The public half of a key under a name.

        Raises:
            ProofRefused: the name cannot stand in a note.
        """
        return cls(_checked_name(name), kind, private.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a vkey. Keys of kinds that nobody here can check are read too, and never verify anything.

        Raises:
            ProofRefused: it is not one, or its id is not that of the key.
        """
        name, _, rest = text.partition("+")
        identity, _, encoded = rest.partition("+")
        data = base64_text.decode(encoded) if encoded and len(encoded) <= _LARGEST_KEY else b""
        if len(data) < 2 or not re.fullmatch("[0-9a-f]{8}", identity):
            raise _no_key()
        key = cls(_checked_name(name), data[0], data[1:])
        if (key.id.hex() != identity and key.kind != _OTHER_ID) or (
            key.kind in (ED25519, COSIGNATURE) and len(key.public) != 32
        ):
            raise _no_key()
        return key

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether this key signed these very bytes; keys that are not of Ed25519 signed nothing that can be checked."""
        if self.kind not in (ED25519, COSIGNATURE):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A line under a note: whose it is, the id of the key, and the signature without it."""

    name: str
    id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line without its end."""
        return f"{_DASH}{self.name} {base64_text.encode(self.id + self.signature)}"

    def is_of(self, key: VerifierKey) -> bool:
        """Whether it says that it was made with a key."""
        return (self.name, self.id) == (key.name, key.id)


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, which ends in a newline, and the lines under it."""

    text: bytes
    signatures: tuple[SignatureLine, ...]

    def encode(self) -> bytes:
        """The note as a file."""
        return self.text + b"\n" + "".join(f"{line.text}\n" for line in self.signatures).encode()

    def with_lines(self, lines: Iterable[SignatureLine]) -> SignedNote:
        """The note with further lines; those of a key that has one already take its place."""
        kept = {(line.name, line.id): line for line in (*self.signatures, *lines)}
        return SignedNote(self.text, tuple(kept.values()))

    @classmethod
    def parse(cls, data: bytes) -> SignedNote:
        """Read a note. What it says counts only once a signature was checked.

        Raises:
            ProofRefused: it is not one.
        """
        if len(data) > LARGEST_NOTE or _CONTROL.search(data):
            raise _no_note()
        text, blank, below = data.rpartition(b"\n\n")
        if not blank or not below.endswith(b"\n"):
            raise _no_note()
        try:
            (text + b"\n").decode("utf-8")
            lines = below.decode("utf-8").removesuffix("\n").split("\n")
        except UnicodeDecodeError as error:
            raise _no_note() from error
        if len(lines) > MOST_SIGNATURES:
            raise _no_note()
        return cls(text + b"\n", tuple(_line(line) for line in lines))


def sign(text: bytes, name: str, private: Ed25519PrivateKey) -> SignatureLine:
    """Sign a note's text."""
    key = VerifierKey.of(name, ED25519, private)
    return SignatureLine(name, key.id, private.sign(text))


def verified(note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The keys of those given that signed a note. Lines of unknown keys are passed over, as the standard asks.

    Raises:
        ProofRefused: none of them did, or a line that says that it is of one of them is not.
    """
    signers = []
    for key in keys:
        for line in note.signatures:
            if key.kind == ED25519 and line.is_of(key):
                if not key.signed(note.text, line.signature):
                    raise _false_signature(key.name)
                signers.append(key)
    if not signers:
        raise ProofRefused(
            message("None of the keys that are trusted signed the note."),
            meaning=message("Whoever wrote it is not who should have."),
            remedy=message("Compare the key with its fingerprint, published elsewhere."),
        )
    return tuple(dict.fromkeys(signers))


def _line(text: str) -> SignatureLine:
    name, _, encoded = text.removeprefix(_DASH).partition(" ")
    if not text.startswith(_DASH) or not encoded:
        raise _no_note()
    data = base64_text.decode(encoded)
    if len(data) <= ID_BYTES:
        raise _no_note()
    return SignatureLine(_checked_name(name), data[:ID_BYTES], data[ID_BYTES:])


def _checked_name(name: str) -> str:
    wrong = not name or len(name.encode("utf-8", "replace")) > LONGEST_NAME
    if wrong or "+" in name or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise ProofRefused(
            message("A key has a name that cannot stand under a note."),
            remedy=message("Names have no spaces, no “+” and no signs that cannot be seen."),
        )
    return name


def _false_signature(name: str) -> ProofRefused:
    return ProofRefused(
        message("The signature of {name} under the note is false."),
        meaning=message("The note was changed after it was signed, or somebody pretends to be {name}."),
        name=name,
    )


def _no_note() -> ProofRefused:
    return ProofRefused(
        message("The file is no signed note."),
        meaning=message("It was changed, or not written by a program that keeps to the standard."),
    )


def _no_key() -> ProofRefused:
    return ProofRefused(
        message("The text is no verifier key."),
        remedy=message("It looks like name+01234567+AbC…, in one line."),
    )
