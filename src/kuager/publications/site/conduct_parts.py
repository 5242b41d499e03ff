"""What the templates of the pages about conduct lay out: operators, episodes on an operator's page, fields of life."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.publications.wording.conduct import AnswerRow, OperatorRow, StatementRow
from kuager.publications.wording.losses import RemedyRow
from kuager.publications.wording.register_rows import RegisterRow, Told


@dataclass(frozen=True, slots=True)
class OperatorPart:
    """An operator on the page of an episode: its page, its row, what its subscribers lost."""

    page: str
    row: OperatorRow
    remedies: tuple[RemedyRow, ...]


@dataclass(frozen=True, slots=True)
class CardPart:
    """An episode on the page of an operator."""

    id: str
    page: str
    title: str
    row: OperatorRow
    statements: tuple[StatementRow, ...]
    searched: tuple[tuple[str, Told], ...]
    answers: tuple[AnswerRow, ...]
    elements: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Questions by row and operators by column; each answer is a shape and a word."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class HarmPart:
    """One field of life: rows, sentences of what was measured, or that none was found and where was looked."""

    id: str
    name: str
    rows: tuple[RegisterRow, ...]
    measured: tuple[str, ...]
    none: str
    searched: tuple[tuple[str, Told], ...]
