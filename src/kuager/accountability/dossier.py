"""All that is known of the conduct around the episodes of a case: what pages, files and packs are made from.

A pure function of rows and episodes, so that the same case gives the same dossier, and a row that is taken out takes
its answers with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.answering import Answered, answered
from kuager.accountability.assemblies import Beginning, Overlap, overlap
from kuager.accountability.canaries import Missed, missed
from kuager.accountability.citing import Citation, Library, library, standing
from kuager.accountability.costing import cost_of, person_hours_of
from kuager.accountability.harms import HarmCard, harm_cards
from kuager.accountability.history import Earlier, SinceLast, days_since_last, earlier, within_months
from kuager.accountability.notice import same_land
from kuager.accountability.notices import NoticeHistory, as_citation, as_statement
from kuager.accountability.operators import Card, card
from kuager.accountability.orders import OrderOf, orders_of
from kuager.accountability.pledges import Breach, breaches
from kuager.accountability.proportionality import Proportionality, proportionality
from kuager.accountability.questions import CHECKS, Subject, checks_of
from kuager.accountability.registers import Registers, name_of
from kuager.accountability.remedy import PersonHours
from kuager.accountability.restoration import Restoration, restoration
from kuager.accountability.risk_dates import RiskDay, risk_calendar
from kuager.accountability.rows.conduct import Canary, Order, Pledge, Statement
from kuager.accountability.rows.documents import Claim, Search
from kuager.accountability.rows.law import Judgement
from kuager.accountability.rows.people import Assembly, Past, Reachability, RiskDate
from kuager.accountability.rows.row import Row, Status
from kuager.accountability.scene import Scene
from kuager.accountability.totals import CostRange
from kuager.accountability.whereabouts import country_of
from kuager.model.episodes import Episode
from kuager.model.operators import Operator
from kuager.model.operators import operators as operators_of
from kuager.model.opinions import Opinion
from kuager.model.time import Instant, format_utc

WITHIN_MONTHS = 36
"""A repetition counts within this time (check K16)."""
YEARS_AHEAD = 2
"""For how many years days to watch are listed, the year of what is known being the first."""


@dataclass(frozen=True, slots=True)
class Account:
    """One episode held to account.

    Attributes:
        episode: as measured.
        orders: never none; of unknown state where none was found.
        answers: K01 to K16.
        proportionality: in parts.
        overlap: with assemblies; null where none are listed.
        restoration: whether everything came back.
        operators: a card each, the same questions for all.
        cost: a range of several methods and published claims.
        person_hours: hours times people; null where a factor is not known.
        harms: a card for each field of life.
    """

    episode: Episode
    orders: tuple[OrderOf, ...]
    answers: tuple[Answered, ...]
    proportionality: Proportionality
    overlap: Overlap | None
    restoration: Restoration
    operators: tuple[Card, ...]
    cost: CostRange
    person_hours: PersonHours | None
    harms: tuple[HarmCard, ...]

    def answer(self, check: str) -> Answered:
        """The answer to one check of the state."""
        return next(one for one in self.answers if one.check.id == check)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case: an account of each episode, what came before, and every row with how it stands."""

    registers: Registers
    library: Library
    accounts: tuple[Account, ...]
    history: tuple[Earlier, ...]
    since_last: SinceLast
    counted_until: datetime
    breaches: tuple[Breach, ...]
    missed_canaries: tuple[Missed, ...]
    days_to_watch: tuple[RiskDay, ...]

    def standing(self, row: Row) -> Status:
        """How a row stands."""
        return standing(row, self.library, self.registers.of(Claim))

    @property
    def operators(self) -> Mapping[str, tuple[tuple[Episode, Card], ...]]:
        """By the id of each operator its cards, with the episode of each."""
        found: dict[str, list[tuple[Episode, Card]]] = {}
        for account in self.accounts:
            for one in account.operators:
                found.setdefault(one.operator.id, []).append((account.episode, one))
        return {name: tuple(cards) for name, cards in found.items()}


def dossier(
    registers: Registers,
    record: Sequence[Citation],
    episodes: Sequence[Episode],
    operators: Sequence[Operator],
    listed: Sequence[Opinion],
    countries: Sequence[str],
    window: tuple[datetime, datetime],
    known: datetime,
    notices: Sequence[NoticeHistory] = (),
) -> Dossier:
    """The dossier of a case.

    Args:
        registers: the rows that may be shown.
        record: the rows of the documentary record as they are cited.
        episodes: those that stand.
        operators: all that are known.
        listed: what registers such as STOP have of the countries of the case.
        countries: of the case, by two letters.
        window: of the case; what goes on is counted up to its end.
        known: when the last thing was received: what was due by then is missed.
        notices: of operators, each of which is also a statement, made when it was first said.
    """
    said = [(one, format_utc(one.first_known)) for one in notices]
    statements = tuple(as_statement(one, moment) for one, moment in said)
    registers = registers.with_later(Registers({name_of(Statement): statements})) if statements else registers
    shelf = library(registers, [*record, *(as_citation(one, moment) for one, moment in said)])
    past = [one for one in registers.of(Past) if shelf.counts(one)]
    history = tuple(one for country in countries for one in earlier(country, past, listed))
    return Dossier(
        registers=registers,
        library=shelf,
        accounts=tuple(
            _account(one, registers, shelf, history, operators, window, alone=len(episodes) == 1) for one in episodes
        ),
        history=history,
        since_last=days_since_last(episodes, history, min(known, window[1])),
        counted_until=min(known, window[1]),
        breaches=breaches([one for one in registers.of(Pledge) if shelf.counts(one)], episodes, operators),
        missed_canaries=missed([one for one in registers.of(Canary) if shelf.counts(one)], known),
        days_to_watch=risk_calendar(
            [one for one in registers.of(RiskDate) if shelf.counts(one)], history, known.year, YEARS_AHEAD
        ),
    )


def _account(
    episode: Episode,
    registers: Registers,
    shelf: Library,
    history: Sequence[Earlier],
    operators: Sequence[Operator],
    window: tuple[datetime, datetime],
    *,
    alone: bool,
) -> Account:
    orders = orders_of(
        episode,
        [one for one in registers.of(Order) if shelf.counts(one)],
        registers.of(Search),
        window[1],
    )
    gathered = [one for one in registers.of(Assembly) if shelf.counts(one)]
    onset = Instant(episode.start_earliest, episode.start, episode.start_latest)
    inside = window[0] <= onset.earliest and onset.latest < window[1]
    found = overlap([Beginning(onset, (episode.place,))], gathered or None, window) if inside else None
    recent = within_months(history, onset, episode.end, WITHIN_MONTHS).certain
    scene = Scene(
        episode=episode,
        registers=registers,
        library=shelf,
        horizon=window[1],
        overlap=found,
        overlap_sources=tuple(
            dict.fromkeys(
                source for one in gathered if found is not None and one.id in found.assemblies for source in one.sources
            )
        ),
        earlier=tuple(one.id for one in recent),
        earlier_sources=tuple(dict.fromkeys(source for one in recent for source in one.sources)),
    )
    judgements = registers.of(Judgement)
    country = country_of(episode.place)
    answers = tuple(answered(check, country, scene, judgements) for check in checks_of(Subject.STATE))
    end = answered(CHECKS["K08"], country, scene, judgements).answer
    seen = [one for one in registers.of(Reachability) if shelf.counts(one) and _near(one, episode)]
    return Account(
        episode=episode,
        orders=orders,
        answers=answers,
        proportionality=proportionality(episode, end),
        overlap=found,
        restoration=restoration(episode, seen),
        operators=tuple(card(one, scene) for one in _held_to_account(country, episode, registers, operators)),
        cost=cost_of(episode, [one for one in registers.of(Claim) if shelf.counts(one)], window[1], alone=alone),
        person_hours=person_hours_of(episode, window[1]),
        harms=harm_cards(episode, registers, shelf),
    )


def _near(row: Reachability, episode: Episode) -> bool:
    return not row.places or any(same_land(episode.place, place) for place in row.places)


def _held_to_account(
    country: str, episode: Episode, registers: Registers, operators: Sequence[Operator]
) -> tuple[Operator, ...]:
    """The operators of the country of which any row speaks; where none does, all that are known."""
    known = operators_of(country, episode.start.date(), operators)
    named = {name for rows in registers.rows.values() for row in rows for name in _operators_named(row)}
    return tuple(one for one in known if one.id in named) or known


def _operators_named(row: Row) -> tuple[str, ...]:
    several: tuple[str, ...] = getattr(row, "operators", ())
    single: str = getattr(row, "operator", "") or getattr(row, "subject", "")
    return (*several, single)
