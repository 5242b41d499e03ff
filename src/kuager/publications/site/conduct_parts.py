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
class CanaryPart:
    """A canary on the page of its operator: its row, and where its text and its signature lie; empty if elsewhere."""

    row: RegisterRow
    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class HarmPart:
    """One field of life: rows, sentences of what was measured, or that none was found and where was looked."""

    id: str
    name: str
    rows: tuple[RegisterRow, ...]
    measured: tuple[str, ...]
    none: str
    searched: tuple[tuple[str, Told], ...]
