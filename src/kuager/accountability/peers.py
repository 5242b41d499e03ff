"""The operators of one episode on the same questions and the same dates, so that nobody is asked more than another.

What was not found is told with the days on which it was looked for; where nobody looked it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kuager.accountability.answering import Answered
from kuager.accountability.dossier import Account, Dossier
from kuager.accountability.moments import known_interval
from kuager.accountability.notice import Lag
from kuager.accountability.operators import Card
from kuager.accountability.rows.conduct import Statement, StatementKind
from kuager.accountability.rows.documents import Search
from kuager.accountability.rows.law import Challenge, ChallengeKind
from kuager.accountability.rows.people import Offer
from kuager.accountability.rows.row import Row
from kuager.model.time import Instant
from kuager.model.words import PartsKind


class Asked(StrEnum):
    """What is held side by side beside the questions about operators."""

    LOST = "lost"
    """When service was first measured as lost."""
    NOTICE = "notice"
    NOTICE_LAG = "notice-lag"
    WORDS = "words"
    WORDS_LAG = "words-lag"
    BACK = "back"
    CHALLENGE = "challenge"
    OFFER = "offer"
    DENOUNCEMENT = "denouncement"
    OWNERS = "owners"
    """Those at the top, of whom no owner is known."""


class State(StrEnum):
    """Whether something is known of one operator."""

    FOUND = "found"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one operator on one point.

    Attributes:
        asked: the point.
        state: whether anything is.
        between: when it was, as an interval.
        lag: from the loss of service, at least and at most.
        row: of which register row this is; empty where it was measured.
        written: when it was, as the row has it.
        names: of owners.
        searched: on which days it was looked for, where nothing was found.
        of_network: whether it was measured on the operator's own networks.
    """

    asked: Asked
    state: State
    between: Instant | None = None
    lag: tuple[timedelta, timedelta] | None = None
    row: str = ""
    written: str = ""
    names: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    of_network: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """One operator: a finding for every point of ``Asked``, in its order, and the answers to the same questions."""

    operator: str
    findings: tuple[Finding, ...]
    answers: tuple[Answered, ...]

    def on(self, asked: Asked) -> Finding:
        """What is known on one point."""
        return next(one for one in self.findings if one.asked is asked)


def peers(account: Account, dossier: Dossier) -> tuple[Peer, ...]:
    """The operators of an episode side by side."""
    return tuple(
        Peer(one.operator.id, tuple(_Asking(account, one, dossier).every()), one.answers) for one in account.operators
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks one operator's card."""

    account: Account
    card: Card
    dossier: Dossier

    def every(self) -> Iterable[Finding]:
        silence = self.card.silence
        yield Finding(Asked.LOST, State.FOUND, silence.onset, of_network=silence.of_network)
        yield self.said(Asked.NOTICE, silence.notice)
        yield self.lag(Asked.NOTICE_LAG, silence.notice)
        yield self.said(Asked.WORDS, silence.words)
        yield self.lag(Asked.WORDS_LAG, silence.words)
        yield self.back()
        yield self.first(Asked.CHALLENGE, self.challenges(), "challenges", "P04")
        yield self.first(Asked.OFFER, self.offers(), "offers", "P10")
        yield self.first(Asked.DENOUNCEMENT, self.denouncements(), "", "P11")
        yield self.owners()

    def said(self, asked: Asked, lag: Lag | None) -> Finding:
        if lag is None:
            return self.nothing(asked, "statements", "")
        rows = (one for one in self.dossier.registers.of(Statement) if one.id == lag.statement)
        return self.first(asked, rows, "statements", "")

    def lag(self, asked: Asked, lag: Lag | None) -> Finding:
        if lag is None:
            return self.nothing(asked, "statements", "")
        return Finding(asked, State.FOUND, lag=(lag.least, lag.most), row=lag.statement)

    def back(self) -> Finding:
        """When the last of its own networks was back, or service where those were not measured apart."""
        episode = self.account.episode
        own = {f"AS{held.asn}" for held in self.card.operator.networks}
        parts = [
            part
            for division in (episode.scope.divisions if episode.scope is not None else ())
            if division.kind is PartsKind.NETWORKS
            for part in division.parts
            if part.place in own and part.since is not None
        ]
        ends = [part.until for part in parts if part.until is not None]
        if parts and len(ends) == len(parts):
            return Finding(Asked.BACK, State.FOUND, _moment(max(ends)), of_network=True)
        if parts or episode.end is None or episode.end_earliest is None or episode.end_latest is None:
            return Finding(Asked.BACK, State.UNKNOWN)
        return Finding(Asked.BACK, State.FOUND, Instant(episode.end_earliest, episode.end, episode.end_latest))

    def challenges(self) -> Iterable[Challenge]:
        return (
            one
            for one in self.dossier.registers.of(Challenge)
            if self.card.operator.id in one.operators
            and one.kind is not ChallengeKind.DISCLOSURE
            and self.dossier.library.counts(one)
        )

    def offers(self) -> Iterable[Offer]:
        """Its own; what somebody ordered of all operators is no offer that this one made."""
        every = {offer.id: offer for loss in self.card.losses for offer in loss.offers}
        return (one for one in every.values() if one.operator == self.card.operator.id)

    def denouncements(self) -> Iterable[Statement]:
        return (
            one.statement
            for one in self.card.statements
            if one.statement.kind is StatementKind.DENOUNCEMENT and self.dossier.library.counts(one.statement)
        )

    def owners(self) -> Finding:
        below = {name for one in self.card.owners for name in one.through}
        tops = tuple(dict.fromkeys(one.name for one in self.card.owners if one.name not in below))
        if not tops:
            return self.nothing(Asked.OWNERS, "ownership", "")
        return Finding(Asked.OWNERS, State.FOUND, names=tops)

    def first(self, asked: Asked, rows: Iterable[Row], register: str, check: str) -> Finding:
        """The earliest of some rows; one of which nobody says when it was comes last."""
        dated = [(known_interval(getattr(row, row.about), _place(row)), row) for row in rows]
        if not dated:
            return self.nothing(asked, register, check)
        when, row = min(dated, key=lambda one: (one[0] is None, one[0].earliest if one[0] else None, one[1].id))
        return Finding(asked, State.FOUND, when, row=row.id, written=getattr(row, row.about))

    def nothing(self, asked: Asked, register: str, check: str) -> Finding:
        """That none was found, where somebody looked for it with this operator; else that it is unknown."""
        mine = self.card.operator.id
        days = {
            one.on
            for one in self.dossier.registers.of(Search)
            if (check in one.checks and (not one.operators or mine in one.operators))
            or (register == one.register and mine in one.operators)
        }
        state = State.NONE_FOUND if days else State.UNKNOWN
        return Finding(asked, state, searched=tuple(sorted(days)))


def _moment(when: datetime) -> Instant:
    return Instant(when, when, when)


def _place(row: Row) -> str:
    places: tuple[str, ...] = getattr(row, "places", ())
    return next(iter(places), "")
