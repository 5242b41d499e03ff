"""Answers to the questions: what a fact of the case says, what a person judged, and unknown where there is neither.

A judgement goes first, and what the facts say otherwise is told beside it. Either counts only as long as what it
cites is in the case: without its evidence an answer is unknown, never no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kuager.accountability.facts import FACTS
from kuager.accountability.questions import Check
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.row import Answer
from kuager.accountability.scene import Fact, Scene
from kuager.model.notes import Note


class Speaks(StrEnum):
    """Whether an answer speaks for or against whom was asked of."""

    FOR = "for"
    AGAINST = "against"
    PARTLY = "partly"
    NEITHER = "neither"


class From(StrEnum):
    """Where an answer comes from."""

    FACTS = "facts"
    JUDGEMENT = "judgement"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer.

    Attributes:
        check: the question.
        answer: yes, partial, no or unknown.
        speaks: for or against whom it was asked of.
        origin: what answered.
        reasons: what the facts say, as sentences.
        judgement: the person's answer, null where there is none that counts.
        sources: ids of what is cited.
        otherwise: what the facts say, where a person judged otherwise; null where they agree or say nothing.
    """

    check: Check
    answer: Answer
    speaks: Speaks
    origin: From
    reasons: tuple[Note, ...] = ()
    judgement: Judgement | None = None
    sources: tuple[str, ...] = ()
    otherwise: Answer | None = None


def answered(check: Check, subject: str, scene: Scene, judgements: Sequence[Judgement]) -> Answered:
    """The answer to one question about one subject."""
    fact = _fact(check, scene)
    judged = next(
        (
            one
            for one in reversed(judgements)
            if (one.check, one.subject) == (check.id, subject) and scene.library.counts(one)
        ),
        None,
    )
    if judged is not None:
        otherwise = fact.answer if fact.answer not in (Answer.UNKNOWN, judged.answer) else None
        return Answered(
            check,
            judged.answer,
            _speaks(check, judged.answer),
            From.JUDGEMENT,
            fact.reasons,
            judged,
            tuple(dict.fromkeys((*judged.sources, *fact.sources))),
            otherwise,
        )
    origin = From.FACTS if fact.answer is not Answer.UNKNOWN else From.NOTHING
    return Answered(check, fact.answer, _speaks(check, fact.answer), origin, fact.reasons, None, fact.sources)


def _fact(check: Check, scene: Scene) -> Fact:
    name, *elements = check.filled_by.split() or ("",)
    if not name or name == "elements":
        return Fact(Answer.UNKNOWN) if not elements else scene.of_elements(elements)
    return FACTS[name](scene)


def _speaks(check: Check, answer: Answer) -> Speaks:
    if answer is Answer.UNKNOWN:
        return Speaks.NEITHER
    if answer is Answer.PARTIAL:
        return Speaks.PARTLY
    return Speaks.FOR if answer is check.good else Speaks.AGAINST
