"""The statement archive: what each operator said in public about shutdowns, and whether it ever denounced them.

A statement counts while a document that it cites is in the case; without any the answer is none found where somebody
looked, with the day, and unknown where nobody did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kuager.accountability.citing import Citation
from kuager.accountability.dossier import Dossier
from kuager.accountability.operators import Card
from kuager.accountability.rows.conduct import Statement, StatementKind
from kuager.accountability.rows.documents import Search
from kuager.accountability.rows.row import Answer

DENOUNCED = "P11"
"""The check whether an operator spoke out."""


class Denounced(StrEnum):
    """Whether an operator denounced shutdowns in public."""

    YES = "yes"
    NO = "no"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement and the documents of the case that it cites, at least one."""

    statement: Statement
    citations: tuple[Citation, ...]

    @property
    def denounces(self) -> bool:
        """Whether it speaks out against a shutdown."""
        return self.statement.kind is StatementKind.DENOUNCEMENT


@dataclass(frozen=True, slots=True)
class Archive:
    """Of one operator: whether it denounced shutdowns, all its statements in time, and on which days was looked."""

    operator: str
    answer: Denounced
    kept: tuple[Kept, ...]
    searched: tuple[str, ...]


def archives(dossier: Dossier) -> tuple[Archive, ...]:
    """The archive of every operator that is held to account, by id."""
    return tuple(
        _archive(name, [card for _, card in cards], dossier) for name, cards in sorted(dossier.operators.items())
    )


def _archive(operator: str, cards: Sequence[Card], dossier: Dossier) -> Archive:
    shelf = dossier.library
    said = [one for one in dossier.registers.of(Statement) if one.operator == operator and shelf.counts(one)]
    kept = tuple(Kept(one, shelf.of(one.sources)) for one in sorted(said, key=lambda one: (one.at, one.id)))
    searched = {
        one.on
        for one in dossier.registers.of(Search)
        if DENOUNCED in one.checks and (not one.operators or operator in one.operators)
    }
    return Archive(operator, _answer(kept, cards, bool(searched)), kept, tuple(sorted(searched)))


def _answer(kept: Sequence[Kept], cards: Sequence[Card], searched: bool) -> Denounced:
    answers = {card.answer(DENOUNCED).answer for card in cards}
    if any(one.denounces for one in kept) or answers & {Answer.YES, Answer.PARTIAL}:
        return Denounced.YES
    if Answer.NO in answers:
        return Denounced.NO
    return Denounced.NONE_FOUND if searched else Denounced.UNKNOWN
