"""Base 64 of RFC 4648, section 4, in the one spelling that each value has: no other alphabet, padding or spare bits."""

from __future__ import annotations

import binascii

from kuager.errors import ProofRefused, message


def encode(data: bytes) -> str:
    """The one spelling."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes.

    Raises:
        ProofRefused: it is not spelt so.
    """
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise _refused() from error
    if encode(data) != text:
        raise _refused()
    return data


def _refused() -> ProofRefused:
    return ProofRefused(
        message("Something that should be base 64 is not."),
        meaning=message("It was changed, or not written by a program that keeps to the standard."),
    )
