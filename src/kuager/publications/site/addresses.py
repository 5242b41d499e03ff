"""Where each page lies below ``public/``: small letters, digits and hyphens, each a folder with its own index.

The same in every language, so that a link to another language is the same path below another folder.
"""

from __future__ import annotations

from posixpath import dirname, relpath

GUIDES = ("verify", "subscribe", "method", "glossary", "volunteer")
"""The pages that say how to use the others."""


def status(language: str) -> str:
    """The page of what operators say of disruptions."""
    return f"{language}/status/index.html"


def notice(language: str, identifier: str) -> str:
    """The page of one notice."""
    return f"{language}/notice/{identifier}/index.html"


def home(language: str) -> str:
    """The first page in a language."""
    return f"{language}/index.html"


def episode(language: str, identifier: str) -> str:
    """The page of an episode."""
    return f"{language}/episode/{identifier}/index.html"


def country(language: str, code: str) -> str:
    """The page of a country, by its two letters."""
    return f"{language}/country/{code.lower()}/index.html"


def network(language: str, code: str) -> str:
    """The page of a network, by its code such as ``AS9198``."""
    return f"{language}/network/{code.lower()}/index.html"


def conduct(language: str) -> str:
    """The page of what was ordered, said, owed and done in a whole case."""
    return f"{language}/conduct/index.html"


def account(language: str, identifier: str) -> str:
    """The page that holds one episode to account."""
    return f"{language}/episode/{identifier}/conduct/index.html"


def operator(language: str, identifier: str) -> str:
    """The page of an operator, by its id."""
    return f"{language}/operator/{identifier}/index.html"


def register(language: str, name: str) -> str:
    """The page of a register."""
    return f"{language}/register/{name}/index.html"


def law(language: str) -> str:
    """The page of laws with their versions, and of the instruments."""
    return f"{language}/law/index.html"


def history(language: str) -> str:
    """The page of earlier episodes and of days to watch."""
    return f"{language}/history/index.html"


def guide(language: str, name: str) -> str:
    """One of ``GUIDES``."""
    return f"{language}/{name}/index.html"


def relative(here: str, there: str) -> str:
    """From one path below ``public/`` to another, as a link that also works from a USB stick."""
    return relpath(there, dirname(here) or ".")
