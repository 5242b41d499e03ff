"""One episode held to account, in the reader's words: a row for each order, question, statement and operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuager.accountability.answering import Answered, From
from kuager.accountability.dossier import Account
from kuager.accountability.moments import is_known
from kuager.accountability.notice import about
from kuager.accountability.operators import Card, Said
from kuager.accountability.orders import OrderOf
from kuager.accountability.questions import INSTRUMENTS, Instrument
from kuager.accountability.restoration import Residual
from kuager.accountability.rows.conduct import Named, Order, Statement
from kuager.accountability.rows.documents import Search
from kuager.errors import message
from kuager.model.notes import Note
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.wording.conduct_words import (
    ANSWER,
    END,
    GRADE,
    NAMED,
    ORDER_STATE,
    ORIGIN,
    SERVICES,
    SEVERITY,
    SPEAKS_SHAPE,
    WIDTH,
)
from kuager.publications.wording.register_rows import Cited, RegisterRow, Speaker, Told


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question, its answer, where that comes from, and what is cited, with the ``clause`` that a person went by."""

    id: str
    question: str
    shape: str
    answer: str
    origin: str
    reasons: tuple[str, ...]
    judged: Told | None
    clause: str
    otherwise: str
    cited: tuple[Cited, ...]
    instruments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order behind the episode, or that none was found; ``row`` is its row."""

    state: str
    row: RegisterRow | None
    over: str
    searched: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement: who, its row, what its channel makes of it, how many of six things it names, and which.

    ``against`` holds what it gave as start, end and place against what was measured.
    """

    who: str
    row: RegisterRow
    grade: str
    score: str
    named: tuple[tuple[str, bool], ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator in a table of all: its silence in words, its scores."""

    id: str
    name: str
    owners: str
    onset: str
    notice: str
    words: str
    six: str
    scorecard: str


ROLE_WITHHELD = message("role withheld")


class Conduct:
    """Tells an account in one language."""

    def __init__(self, account: Account, speaker: Speaker, horizon: datetime) -> None:
        self.account = account
        self.horizon = horizon
        self.speaker = speaker
        self.translation: Translation = speaker.translation

    def orders(self) -> tuple[OrderRow, ...]:
        """Never none."""
        return tuple(self._order(one) for one in self.account.orders)

    def answers(self, answered: Sequence[Answered]) -> tuple[AnswerRow, ...]:
        """Questions with their answers."""
        return tuple(self._answer(one) for one in answered)

    def statements(self) -> tuple[StatementRow, ...]:
        """What anyone said about the episode, in the order of time."""
        cards = {one.statement.id: one for card in self.account.operators for one in card.statements}
        registers, shelf = self.speaker.dossier.registers, self.speaker.dossier.library
        said = about(self.account.episode, registers.of(Statement), self.horizon)
        ordered = sorted((one for one in said if shelf.counts(one)), key=lambda one: (one.at, one.id))
        return tuple(self.statement(one, cards.get(one.id)) for one in ordered)

    def statement(self, one: Statement, said: Said | None) -> StatementRow:
        """One statement; those of others than operators have no channel to be graded by, and no score."""
        named = self._named(one) if one.operator else ()
        score = ""
        if one.operator and said is not None:
            template = message("It names {n} of 6 things that users need.")
            score = self._gettext(template, n=said.named[0]) if said.named else self._gettext(message("Not read."))
        return StatementRow(
            who=self.speaker.operator(one.operator) if one.operator else one.who,
            row=self.speaker.row(one),
            grade=self._gettext(GRADE[said.grade]) if said is not None else "",
            score=score,
            named=named,
            against=tuple(self._against(one)),
        )

    def proportionality(self) -> tuple[tuple[str, str], ...]:
        """The parts, and the class that follows from them."""
        parts, episode = self.account.proportionality, self.account.episode
        length = (parts.until or self.horizon) - episode.start
        return (
            (self._gettext(message("Where")), self._gettext(WIDTH[parts.places])),
            (self._gettext(message("What")), self._gettext(SERVICES[parts.services])),
            (self._gettext(message("How long")), clock.duration(length, self.translation)),
            (self._gettext(message("Until when")), self._gettext(END[parts.end])),
            (self._gettext(message("Taken together")), self._gettext(SEVERITY[parts.severity])),
        )

    def restoration(self) -> tuple[str, ...]:
        """Whether everything came back, and what did not."""
        found = self.account.restoration
        if found.end is None:
            return (self._gettext(message("It was still going on when the data end.")),)
        lines = [self._residual(one) for one in found.residual]
        if not lines:
            lines = [self._gettext(message("Whether everything came back is unknown: nothing in this case looked."))]
        return tuple(dict.fromkeys(lines))

    def operators(self) -> tuple[OperatorRow, ...]:
        """The operators side by side."""
        return tuple(self.operator(one) for one in self.account.operators)

    def operator(self, card: Card) -> OperatorRow:
        """One operator in short."""
        read = [one for one in card.statements if one.named is not None]
        owners = [self.speaker.operator(owner.name) for owner in card.owners]
        six = ", ".join(f"{one.named[0]}/{one.named[1]}" for one in read if one.named)
        score = card.scorecard
        range_template = message("{low} to {high} of 100; {known} of 8 elements known")
        return OperatorRow(
            id=card.operator.id,
            name=card.operator.called(self.translation.code),
            owners=" ← ".join(owners) or self._gettext(message("not known")),
            onset=clock.utc(card.silence.onset.best, self.translation.locale),
            notice=self._notice(card),
            words=self.lag(card.silence.words.least, card.silence.words.most)
            if card.silence.words
            else self._none(card),
            six=six or self._none(card),
            scorecard=self._gettext(range_template, low=round(score.low), high=round(score.high), known=score.known),
        )

    def searched(self, rows: Sequence[Search]) -> tuple[tuple[str, Told], ...]:
        """Where was looked, each with the day."""
        return tuple((self.speaker.moment(one.on), self.speaker.told(one.text)) for one in rows)

    def lag(self, least: timedelta, most: timedelta) -> str:
        """A lag in words: after, before, or that it cannot be told which."""
        low, high = (clock.duration(abs(one), self.translation) for one in (least, most))
        zero = timedelta()
        if least >= zero:
            return self._gettext(message("{least} to {most} after it began"), least=low, most=high)
        if most < zero:
            return self._gettext(message("{least} to {most} before it began"), least=high, most=low)
        return self._gettext(
            message("between {before} before and {after} after it began: only the day is known"), before=low, after=high
        )

    def _gettext(self, template: str, **facts: object) -> str:
        return self.translation.gettext(template, **facts)

    def _order(self, one: OrderOf) -> OrderRow:
        return OrderRow(
            state=self._gettext(ORDER_STATE[one.state]),
            row=self.speaker.row(one.row) if isinstance(one.row, Order) else None,
            over=self._over(one.ran_over_hours),
            searched=tuple(self.speaker.told(search.text) for search in one.searched),
        )

    def _over(self, hours: float | None) -> str:
        if hours is None:
            return ""
        length = clock.duration(timedelta(hours=abs(hours)), self.translation)
        if hours > 0:
            return self._gettext(
                message("It was measured for {length} after the end that the order names."), length=length
            )
        return self._gettext(message("It ended {length} before the end that the order names."), length=length)

    def _answer(self, one: Answered) -> AnswerRow:
        judged = one.judgement
        facts = {}
        if judged is not None:
            facts = {"role": judged.role or self._gettext(ROLE_WITHHELD), "day": self.speaker.moment(judged.on)}
        otherwise = ""
        if one.otherwise is not None:
            template = message("The record itself says: {answer}.")
            otherwise = self._gettext(template, answer=self._gettext(ANSWER[one.otherwise]))
        return AnswerRow(
            id=one.check.id,
            question=self.speaker.told(one.check.question).text,
            shape=SPEAKS_SHAPE[one.speaks],
            answer=self._gettext(ANSWER[one.answer]),
            origin=self._gettext(ORIGIN[one.origin], **facts)
            if one.origin is not From.FACTS or not one.judgement
            else "",
            reasons=tuple(self._note(reason) for reason in one.reasons),
            judged=self.speaker.told(judged.text) if judged is not None else None,
            clause=judged.clause if judged is not None else "",
            otherwise=otherwise,
            cited=self.speaker.cited(one.sources),
            instruments=tuple(
                self._instrument(INSTRUMENTS[name]) for name in one.check.instruments if name in INSTRUMENTS
            ),
        )

    def _instrument(self, one: Instrument) -> str:
        body, citation = self.speaker.told(one.body).text, self.speaker.told(one.citation).text
        return self._gettext(message("{body}, {citation}"), body=body, citation=citation)

    def _note(self, note: Note) -> str:
        return self.translation.note(note)

    def _named(self, one: Statement) -> tuple[tuple[str, bool], ...]:
        return tuple((self._gettext(NAMED[name]), name in one.names) for name in Named)

    def _against(self, one: Statement) -> Iterator[str]:
        episode, locale = self.account.episode, self.translation.locale
        if is_known(one.stated_start):
            template = message("It gave as the start: {stated}. Measured: {measured}.")
            yield self._gettext(
                template, stated=self.speaker.moment(one.stated_start), measured=clock.utc(episode.start, locale)
            )
        if is_known(one.stated_end):
            ended = self._gettext(message("still going on"))
            if episode.end is not None:
                ended = clock.utc(episode.end, locale)
            template = message("It gave as the end: {stated}. Measured: {measured}.")
            yield self._gettext(template, stated=self.speaker.moment(one.stated_end), measured=ended)
        if one.stated_places:
            template = message("It gave as the place: {stated}. Measured: {measured}.")
            stated = ", ".join(self.speaker.place(place) for place in one.stated_places)
            yield self._gettext(template, stated=stated, measured=self.speaker.place(episode.place))

    def _notice(self, card: Card) -> str:
        if card.silence.notice is not None:
            return self.lag(card.silence.notice.least, card.silence.notice.most)
        return self._none(card)

    def _none(self, card: Card) -> str:
        """That nothing was found, where somebody looked; else that it is unknown."""
        looked = any(one.register == "statements" for one in card.searches)
        return self._gettext(message("none found") if looked else message("unknown"))

    def _residual(self, one: Residual) -> str:
        when = clock.day(one.seen.best.date(), self.translation.locale)
        if one.row:
            return self._gettext(
                message("{service} was still kept away on {day}, after it had ended."), service=one.service, day=when
            )
        template = message("{service} was still measured as kept away on {network} on {day}, after it had ended.")
        return self._gettext(template, service=one.service, network=one.network, day=when)
