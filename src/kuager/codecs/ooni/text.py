"""Short texts of OONI's measurements as they may be kept: without anything that could lead to a volunteer.

Errors that a probe could not name itself quote the operating system, addresses of the volunteer's own network included
(``unknown_failure: read udp 192.168.1.7:53…``); names of programs and versions are written by whoever sends results.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kuager.codecs.censoredplanet.row import without_addresses

_CODE = re.compile(r"[a-z_][a-z0-9_-]{0,63}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+ -]{0,63}")
_TEST = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LONGEST = 600


def harmless(text: str) -> str:
    """The text, shortened, with every address in it hidden; names of failures and states come back as they are."""
    return _harmless(text[:_LONGEST])


@lru_cache(maxsize=1024)
def _harmless(text: str) -> str:
    return text if _CODE.fullmatch(text) else without_addresses(text)


def name(text: str | None) -> str:
    """The name or version of a program; empty if it looks like neither, and an address in it is hidden."""
    return _named(text[:_LONGEST]) if text else ""


@lru_cache(maxsize=1024)
def _named(text: str) -> str:
    return without_addresses(text) if _NAME.fullmatch(text) else ""


def test_name(text: str) -> str | None:
    """The name of a test, such as ``web_connectivity``; None if it is not letters, digits and underscores."""
    return text if _TEST.fullmatch(text) else None
