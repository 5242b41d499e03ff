"""Words that say that one thing brought about another. Kuager uses none of them without a test behind it.

What somebody said keeps its own words: statements, claims, laws and titles are reports of what others say. Everywhere
else such a word needs another register, ``claims``, where the sentence stays the claim of whoever makes it.
"""

from __future__ import annotations

import re

from kuager.accountability.rows.conduct import Statement
from kuager.accountability.rows.disclosure import Notice
from kuager.accountability.rows.documents import Claim, Document, Search
from kuager.accountability.rows.law import Challenge, Judgement, LawVersion
from kuager.accountability.rows.row import Row, Status

REPORTS = (Document, Statement, Notice, Claim, Search, LawVersion, Challenge, Judgement)
"""Registers that tell what somebody else says or decides."""

_WORDS = {
    "en": r"\b(?:caused?|causes|causing|led to|leads? to|resulted in|results? in|because of|due to|as a result of"
    r"|brought about|triggered|sparked)\b",
    "ru": r"\b(?:вызвал\w*|прив[её]л\w* к|из-за|вследствие|в результате|по причине|обусловил\w*|спровоцировал\w*)"
    r"(?!\w)",
    "kk": r"(?<!\w)(?:салдарынан|себебінен|кесірінен|әкелді|әкеліп соқты|тудырды|туғызды|нәтижесінде)(?!\w)",
}
_CAUSAL = {language: re.compile(pattern, re.IGNORECASE) for language, pattern in _WORDS.items()}


def causal_word(text: str) -> str:
    """The first word of a text, in any of the languages, that says what brought something about; empty if none does."""
    found = [match for pattern in _CAUSAL.values() if (match := pattern.search(text))]
    return min(found, key=lambda match: match.start()).group() if found else ""


def unfounded(row: Row) -> str:
    """A causal word that a row may not use; empty where it uses none, or reports who says so, or calls it unproven."""
    if isinstance(row, REPORTS) or row.status is Status.UNPROVEN:
        return ""
    return next((word for text in row.text.values() if (word := causal_word(text))), "")
