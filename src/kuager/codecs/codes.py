"""Codes of places and names of signals as files write them: checked for their shape, not for their existence.

A country is two letters (ISO 3166-1), a region the country and its own part (``KZ-75``, ISO 3166-2 or our stable
id), a network ``AS`` and its number (RFC 6793, 32 bits). Names of signals become names of files, so they are plain.
"""

from __future__ import annotations

import re

_COUNTRY_OR_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,32}){0,4}")
_NETWORK = re.compile(r"AS([1-9][0-9]{0,9})")
_SIGNAL = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_LARGEST_NETWORK = 2**32 - 1
_LONGEST_SIGNAL = 100


def place_code(text: str) -> str | None:
    """The code in its one spelling, in capitals; None if it has no such shape."""
    if not text.isascii():
        return None
    code = text.strip().upper()
    network = _NETWORK.fullmatch(code)
    if network is not None:
        return code if int(network.group(1)) <= _LARGEST_NETWORK else None
    return code if _COUNTRY_OR_REGION.fullmatch(code) else None


def signal_name(text: str) -> str | None:
    """The name in small letters without blanks around it; None if it is not letters and digits joined by .-_ signs."""
    name = text.strip().lower()
    return name if len(name) <= _LONGEST_SIGNAL and _SIGNAL.fullmatch(name) else None
