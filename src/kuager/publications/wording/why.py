"""Why it happened, as a reader sees it: the cause, what its timing adds, and what else it could have been.

The cause is the weakest claim of a page and the one that can hurt most: it is shown with everything that it rests on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kuager.errors import message
from kuager.model.episodes import Alternative, Cause, CauseFeature, Episode
from kuager.model.notes import Note
from kuager.model.words import CauseValue, Level
from kuager.publications.language import Translation
from kuager.publications.words import (
    ALTERNATIVE,
    ALTERNATIVE_SHAPE,
    CAUSE,
    CAUSE_FEATURE,
    EXPLANATION,
    EXPLANATION_MEANS,
)

NONE = "–"
_INDIFFERENT = 1.1
"""Odds changed by less than a tenth are not changed."""
_PLAIN = "×2"
_MOST_TOLD = 20
"""No list of this size tells greater changes apart."""


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One thing about the timing: what, how it was here, and what it does to the odds of an order."""

    name: str
    value: str
    odds: str


@dataclass(frozen=True, slots=True)
class AlternativeRow:
    """One other explanation; ``token`` is its status for programs, ``unmeasured`` what was not looked at."""

    name: str
    means: str
    shape: str
    status: str
    token: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    unmeasured: str


@dataclass(frozen=True, slots=True)
class Why:
    """The cause in words; ``against_all`` stands once instead of in every row of the alternatives."""

    cause: str
    rests_on: str
    notes: tuple[str, ...]
    features: tuple[FeatureRow, ...]
    against_all: tuple[str, ...]
    alternatives: tuple[AlternativeRow, ...]


def why(episode: Episode, translation: Translation) -> Why:
    """Everything that a page says of the cause of an episode."""
    shared = _against_all(episode.alternatives)
    return Why(
        cause=translation.gettext(CAUSE[episode.cause.value]),
        rests_on=_rests_on(episode.cause, translation),
        notes=tuple(translation.note(note) for note in episode.cause.notes),
        features=tuple(_feature(one, translation) for one in episode.cause.features),
        against_all=_shared_findings(episode.alternatives, shared, translation),
        alternatives=tuple(_row(one, shared, translation) for one in episode.alternatives),
    )


def how_tested(translation: Translation) -> str:
    """By which rule the findings make a status."""
    return translation.gettext(
        message("Each finding counts once, one marked ×2 twice; a side that is two ahead decides, else it stays open.")
    )


def _rests_on(cause: Cause, translation: Translation) -> str:
    """What the cause rests on, which is how sure it is."""
    if cause.value is CauseValue.SUSPECTED:
        return translation.gettext(message("That rests on its timing alone."))
    if cause.value is CauseValue.UNKNOWN:
        return translation.gettext(message("No document here names one."))
    if cause.level is Level.CORROBORATED:
        return translation.gettext(message("Independent parties say so in documents."))
    return translation.gettext(message("One party says so in documents."))


def _against_all(alternatives: tuple[Alternative, ...]) -> tuple[Note, ...]:
    """What speaks against every one of them, such as an order that was admitted."""
    if not alternatives:
        return ()
    first, *rest = alternatives
    return tuple(note for note in first.speaks_against if all(note in one.speaks_against for one in rest))


def _shared_findings(
    alternatives: tuple[Alternative, ...], shared: tuple[Note, ...], translation: Translation
) -> tuple[str, ...]:
    """What speaks against all of them, as the first has it."""
    if not alternatives:
        return ()
    first = alternatives[0]
    others = tuple(note for note in first.speaks_against if note not in shared)
    return _findings(first.speaks_against, first.weights_against, others, translation)


def _row(one: Alternative, shared: tuple[Note, ...], translation: Translation) -> AlternativeRow:
    return AlternativeRow(
        name=translation.gettext(EXPLANATION[one.explanation]),
        means=translation.gettext(EXPLANATION_MEANS[one.explanation]),
        shape=ALTERNATIVE_SHAPE[one.status],
        status=translation.gettext(ALTERNATIVE[one.status]),
        token=one.status.value,
        speaks_for=_findings(one.speaks_for, one.weights_for, (), translation),
        speaks_against=_findings(one.speaks_against, one.weights_against, shared, translation),
        unmeasured=" ".join(translation.note(note) for note in one.not_measured),
    )


def _findings(
    notes: tuple[Note, ...], weights: tuple[int, ...], shared: tuple[Note, ...], translation: Translation
) -> tuple[str, ...]:
    """Findings as sentences, a mark after each that counts twice."""
    marks = (f" {_PLAIN}" if weight > 1 else "" for weight in (*weights, *[1] * (len(notes) - len(weights))))
    return tuple(
        f"{translation.note(note)}{mark}" for note, mark in zip(notes, marks, strict=True) if note not in shared
    )


def _feature(one: CauseFeature, translation: Translation) -> FeatureRow:
    return FeatureRow(
        name=translation.gettext(CAUSE_FEATURE[one.name]),
        value=_value(one, translation),
        odds=_odds(one.contribution, translation),
    )


def _value(one: CauseFeature, translation: Translation) -> str:
    if one.name == "hours":
        return translation.gettext(message("{hours} h"), hours=translation.number(round(one.value, 1)))
    if one.name.startswith("outages-"):
        return translation.number(one.value)
    return translation.gettext(message("yes")) if one.value else translation.gettext(message("no"))


def _odds(contribution: float, translation: Translation) -> str:
    """How many times greater or smaller the odds become: ``× 2.5``, ``÷ 3``."""
    factor = math.exp(abs(contribution))
    if factor < _INDIFFERENT:
        return NONE
    number = f"{_MOST_TOLD}+" if factor > _MOST_TOLD else translation.number(round(factor, 1 if factor < 10 else None))
    return f"× {number}" if contribution > 0 else f"÷ {number}"
