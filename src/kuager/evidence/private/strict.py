"""Text forms of one spelling each: canonical JSON (RFC 8785), base64url without padding (RFC 4648, section 5), digests.

Whatever is read is written again and compared, so that two different texts never mean the same: another order of
members, a member twice, a space, an escaped letter, trailing bits of base64 that nobody reads.
"""

from __future__ import annotations

import base64
from typing import TypeVar

import msgspec
import rfc8785

from kuager.errors import ProofRefused, message

T = TypeVar("T")

DIGEST = "sha256:"
_NOT_WHAT_WAS_MADE = message("It is damaged, or was not made by the format that it claims.")
_ASK_AGAIN = message("Ask for it again from where it came, and rely on nothing that it says.")


def refused(happened: str, **facts: object) -> ProofRefused:
    """The refusal of something from outside that is not as its format says."""
    return ProofRefused(happened, meaning=_NOT_WHAT_WAS_MADE, remedy=_ASK_AGAIN, **facts)


def canonical(value: object) -> bytes:
    """RFC 8785 of plain values or of a msgspec Struct.

    Raises:
        ValueError: a number or a text that canonical JSON has no form for.
    """
    return rfc8785.dumps(msgspec.to_builtins(value))


def read_canonical(data: bytes, kind: type[T], most: int) -> T:
    """A typed value from canonical JSON of at most that many bytes.

    Raises:
        ProofRefused: it is longer, of another type, or spelt in another way than the canonical one.
    """
    if len(data) > most:
        raise refused(message("It has {size} bytes; at most {most} are read."), size=len(data), most=most)
    try:
        value = msgspec.json.decode(data, type=kind)
        same = canonical(value) == data
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise refused(message("It is not JSON of the expected form.")) from error
    if not same:
        raise refused(message("It is not in canonical form (RFC 8785)."))
    return value


def to_base64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes of base64url without padding, in its one spelling.

    Raises:
        ProofRefused: another alphabet, padding, or trailing bits that are not zero.
    """
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise refused(message("It is not base64url.")) from error
    if to_base64url(data) != text:
        raise refused(message("It is not base64url in its one spelling."))
    return data


def to_digest(digest: bytes) -> str:
    """``sha256:`` and 64 hexadecimal digits."""
    return f"{DIGEST}{digest.hex()}"


def from_digest(text: str) -> bytes:
    """The 32 bytes of ``sha256:`` and 64 lower-case hexadecimal digits.

    Raises:
        ProofRefused: it is anything else.
    """
    return from_hex(text.removeprefix(DIGEST)) if text.startswith(DIGEST) else _no_digest()


def from_hex(text: str) -> bytes:
    """The 32 bytes of 64 lower-case hexadecimal digits.

    Raises:
        ProofRefused: it is anything else.
    """
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        return _no_digest()
    return digest if len(digest) == 32 and digest.hex() == text else _no_digest()


def _no_digest() -> bytes:
    raise refused(message("A SHA-256 is not written as 64 lower-case hexadecimal digits."))
