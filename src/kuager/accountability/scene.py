"""What a fact may look at: an episode, the rows around it, and whom it is asked of; and what a fact answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kuager.accountability.assemblies import Overlap
from kuager.accountability.citing import Library
from kuager.accountability.notice import Silence, about
from kuager.accountability.orders import orders_of
from kuager.accountability.registers import Registers
from kuager.accountability.rows.conduct import Order, Statement
from kuager.accountability.rows.documents import Search, SourceClass
from kuager.accountability.rows.row import Answer, Row
from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.notes import Note


@dataclass(frozen=True, slots=True)
class Fact:
    """An answer with its reasons and the ids of what it cites."""

    answer: Answer
    reasons: tuple[Note, ...] = ()
    sources: tuple[str, ...] = ()


UNKNOWN = Fact(Answer.UNKNOWN)
_RESPONSIBLE = frozenset({SourceClass.COMPANY, SourceClass.GOVERNMENT, SourceClass.COURT})


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a fact may look at.

    ``operator`` is the id of the one that is asked about; empty where it is the state. ``overlap`` is null where no
    assemblies are listed. ``earlier`` are ids of episodes within 36 months before.
    """

    episode: Episode
    registers: Registers
    library: Library
    horizon: datetime
    operator: str = ""
    silence: Silence | None = None
    overlap: Overlap | None = None
    overlap_sources: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    earlier_sources: tuple[str, ...] = ()
    elements: Mapping[str, Answer] = field(default_factory=dict)

    def with_elements(self, elements: Mapping[str, Answer]) -> Scene:
        """The same, knowing the answers to single elements of a scorecard."""
        return replace(self, elements=elements)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was said about the episode by whom it is asked of, as far as it counts."""
        said = about(self.episode, self.registers.of(Statement), self.horizon)
        return tuple(one for one in said if self.library.counts(one) and (one.operator == self.operator))

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders that can be behind the episode."""
        rows = [one for one in self.registers.of(Order) if self.library.counts(one)]
        return tuple(one.row for one in orders_of(self.episode, rows, (), self.horizon) if one.row is not None)

    def not_found(self, check: str) -> Fact:
        """What a search for this says: no where a source of its own says so, else where was looked."""
        searches = [
            one
            for one in self.registers.of(Search)
            if check in one.checks and (not self.operator or not one.operators or self.operator in one.operators)
        ]
        said = [one for one in searches if self.library.has(one)]
        days = dict.fromkeys(one.on for one in searches)
        reasons = tuple(Note(message("None was found; searched on {day}."), {"day": day}) for day in days)
        if said:
            return Fact(Answer.NO, reasons, cited(said))
        return Fact(Answer.UNKNOWN, reasons)

    def of_elements(self, names: Sequence[str]) -> Fact:
        """One answer of several elements: yes when all are, unknown when one is and none tells otherwise."""
        answers = [self.elements.get(name, Answer.UNKNOWN) for name in names]
        if all(one is Answer.UNKNOWN for one in answers):
            return UNKNOWN
        for same in (Answer.YES, Answer.NO):
            if all(one is same for one in answers):
                return Fact(same)
        return Fact(Answer.PARTIAL if Answer.YES in answers or Answer.PARTIAL in answers else Answer.UNKNOWN)


def cited(rows: Sequence[Row]) -> tuple[str, ...]:
    """What rows cite, each once."""
    return tuple(dict.fromkeys(source for row in rows for source in row.sources))


def everyone(scene: Scene) -> tuple[Statement, ...]:
    """What anyone responsible said: operators and the state; not those who only comment on it."""
    said = about(scene.episode, scene.registers.of(Statement), scene.horizon)
    return tuple(one for one in said if scene.library.counts(one) and _responsible(one, scene.library))


def _responsible(statement: Statement, shelf: Library) -> bool:
    classes = {one for citation in shelf.of(statement.sources) for one in citation.source_class}
    return bool(statement.operator) or bool(classes & _RESPONSIBLE)
