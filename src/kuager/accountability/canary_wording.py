"""What a canary says, and what none may promise (``data/canary-words.toml``).

A canary that promises the future, or denies what its operator would have to keep silent about, could not be renewed
honestly; one that promises safety does harm. Such words are refused with the phrase and the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kuager.accountability.questions import read_table

_FILE = "canary-words.toml"


@dataclass(frozen=True, slots=True)
class Promise:
    """A phrase that no canary may hold: as it stands in the text, and by language why not."""

    phrase: str
    reason: Mapping[str, str]


def standard_wording(operator: Mapping[str, str], at: str, due: str) -> dict[str, str]:
    """What a canary says by language.

    Args:
        operator: its name by language.
        at: when it is signed, RFC 3339 in UTC.
        due: the day by which the next is due.
    """
    return {
        language: template.strip().format(operator=operator[language], at=at, due=due)
        for language, template in _words()["wording"].items()
    }


def named(operator: Mapping[str, str], at: str) -> dict[str, str]:
    """What the signed text of a canary is, by language."""
    return {
        language: template.format(operator=operator[language], at=at)
        for language, template in _words()["named"].items()
    }


def looked_for(operator: Mapping[str, str], row: str) -> dict[str, str]:
    """That a canary which should have followed the row ``row`` was looked for and not found, by language."""
    return {
        language: template.format(operator=operator[language], row=row)
        for language, template in _words()["looked"].items()
    }


def promises(text: str) -> tuple[Promise, ...]:
    """What a text promises and must not, in whatever language, in the order in which it stands there."""
    flat = " ".join(text.split())
    found = [(match.start(), match[0], reason) for pattern, reason in _phrases() for match in pattern.finditer(flat)]
    return tuple(Promise(phrase, _words()["reasons"][reason]) for _, phrase, reason in sorted(found))


@cache
def _words() -> dict[str, Any]:
    return read_table(_FILE)


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(_patterns())


def _patterns() -> Iterator[tuple[re.Pattern[str], str]]:
    for reasons in _words()["phrases"].values():
        for reason, phrases in reasons.items():
            for phrase in phrases:
                stem = re.escape(phrase.removesuffix("*"))
                end = r"\w*" if phrase.endswith("*") else r"(?!\w)"
                yield re.compile(rf"(?<!\w){stem}{end}", re.IGNORECASE), reason
