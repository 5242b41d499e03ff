"""What is known of an operator's conduct in one episode: a card of the same questions for every operator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from babel.numbers import get_territory_currencies

from kuager.accountability.answering import Answered, answered
from kuager.accountability.citing import standing
from kuager.accountability.moments import known_interval
from kuager.accountability.notice import Grade, Silence, about, grade, onset_for, score, silence
from kuager.accountability.offers import Shortfall, shortfall
from kuager.accountability.ownership import Owner, owners_of
from kuager.accountability.questions import CHECKS, ELEMENTS, Subject, checks_of
from kuager.accountability.range import Range
from kuager.accountability.remedy import hours_degraded, hours_lost
from kuager.accountability.rows.conduct import Ownership, Statement, StatementKind
from kuager.accountability.rows.documents import Search
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.people import Offer, Tariff
from kuager.accountability.rows.row import Answer, Status
from kuager.accountability.scene import Scene
from kuager.model.episodes import Episode
from kuager.model.operators import Operator
from kuager.model.words import Access

OFFERED_WITHIN = timedelta(days=183)
_POINTS = {Answer.YES: 100.0, Answer.PARTIAL: 50.0, Answer.NO: 0.0}
"""Points of an element, after the published levels of Ranking Digital Rights."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, what its channel makes of it, and how many of six things it names; null where it was not read."""

    statement: Statement
    grade: Grade
    named: tuple[int, int] | None
    status: Status


@dataclass(frozen=True, slots=True)
class Loss:
    """One access of an operator: hours without service, hours in which it was bad, offers, and what is missing."""

    access: Access
    lost: Range
    degraded: Range
    offers: tuple[Offer, ...]
    shortfall: Shortfall


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Indicator F10: the elements, and the mean as a range, as what is unknown may be none or all of it."""

    elements: tuple[Answered, ...]
    low: float
    high: float

    @property
    def known(self) -> int:
        """How many elements have an answer."""
        return sum(one.answer is not Answer.UNKNOWN for one in self.elements)


@dataclass(frozen=True, slots=True)
class Card:
    """One operator in one episode.

    Attributes:
        operator: whose card it is.
        owners: up to the top, each with through whom.
        statements: what it said about the episode, in order.
        replies: what it replied to what is said here.
        silence: from the beginning to its notice and its first words.
        answers: P01 to P13 and the process of remedy.
        scorecard: indicator F10.
        losses: what its subscribers lost and were offered, by access.
        searches: what was looked for about it.
    """

    operator: Operator
    owners: tuple[Owner, ...]
    statements: tuple[Said, ...]
    replies: tuple[Statement, ...]
    silence: Silence
    answers: tuple[Answered, ...]
    scorecard: Scorecard
    losses: tuple[Loss, ...]
    searches: tuple[Search, ...]

    def answer(self, check: str) -> Answered:
        """The answer to one check."""
        return next(one for one in (*self.answers, *self.scorecard.elements) if one.check.id == check)


def card(operator: Operator, scene: Scene) -> Card:
    """The card of an operator.

    Args:
        operator: with its networks of that time.
        scene: what is known; ``operator`` and ``silence`` of it are filled in here.
    """
    registers, shelf, episode = scene.registers, scene.library, scene.episode
    said = [one for one in registers.of(Statement) if one.operator == operator.id]
    counted = [one for one in said if shelf.counts(one)]
    onset = onset_for(episode, [f"AS{held.asn}" for held in operator.networks], operator.access)
    silent = silence(episode, counted, onset, scene.horizon)
    judgements = registers.of(Judgement)
    own = replace(scene, operator=operator.id, silence=silent)
    elements = tuple(answered(CHECKS[name], operator.id, own, judgements) for name in ELEMENTS)
    own = own.with_elements({one.check.id: one.answer for one in elements})
    return Card(
        operator=operator,
        owners=owners_of(
            operator.id, episode.start.date(), [one for one in registers.of(Ownership) if shelf.counts(one)]
        ),
        statements=tuple(
            Said(one, grade(one.channel), score(one), standing(one, shelf))
            for one in about(episode, said, scene.horizon)
        ),
        replies=tuple(one for one in said if one.kind is StatementKind.REPLY),
        silence=silent,
        answers=tuple(answered(check, operator.id, own, judgements) for check in checks_of(Subject.OPERATOR)),
        scorecard=scorecard(elements),
        losses=_losses(operator, scene),
        searches=tuple(one for one in registers.of(Search) if operator.id in one.operators),
    )


def _losses(operator: Operator, scene: Scene) -> tuple[Loss, ...]:
    """What was lost and offered, for each access that the operator gives."""
    registers, shelf, episode = scene.registers, scene.library, scene.episode
    currencies = get_territory_currencies(operator.country, episode.start.date())
    networks = frozenset(f"AS{held.asn}" for held in operator.networks)
    known = operator.access in (Access.MOBILE, Access.FIXED)
    found = []
    for access in (operator.access,) if known else (Access.MOBILE, Access.FIXED):
        offers = tuple(
            one
            for one in registers.of(Offer)
            if one.operator in (operator.id, "")
            and _of(one.access, access)
            and shelf.counts(one)
            and is_for(one, episode, scene.horizon)
        )
        tariffs = [
            one
            for one in registers.of(Tariff)
            if one.operator == operator.id
            and _of(one.access, access)
            and shelf.counts(one)
            and _in_force(one, episode.start)
        ]
        hours = hours_lost(episode, access, networks, scene.horizon)
        weighed = shortfall(offers, tariffs[-1] if tariffs else None, hours, currencies[0] if currencies else "")
        slow = hours_degraded(episode, access, networks, scene.horizon)
        found.append(Loss(access, hours, slow, offers, weighed))
    return tuple(found)


def is_for(offer: Offer, episode: Episode, horizon: datetime) -> bool:
    """Whether an offer can be for an episode: made while it lasted or within half a year after it."""
    when = known_interval(offer.at, episode.place)
    last = (episode.end_latest or horizon) + OFFERED_WITHIN
    return when is not None and when.latest >= episode.start_earliest and when.earliest <= last


def _in_force(tariff: Tariff, on: datetime) -> bool:
    since, until = known_interval(tariff.since), known_interval(tariff.until)
    return (since is None or since.earliest <= on) and (until is None or until.latest >= on)


def _of(access: Access, wanted: Access) -> bool:
    return access in (wanted, Access.MIXED, Access.UNKNOWN)


def scorecard(elements: tuple[Answered, ...]) -> Scorecard:
    """The mean of the elements: unknown ones count as nothing for the low end and as everything for the high end."""
    low = sum(_POINTS.get(one.answer, 0.0) for one in elements) / len(elements)
    high = sum(_POINTS.get(one.answer, 100.0) for one in elements) / len(elements)
    return Scorecard(elements, low, high)
