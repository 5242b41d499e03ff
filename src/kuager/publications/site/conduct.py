"""The pages that hold episodes and operators to account, and those of the registers behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.accountability.archive import archives
from kuager.accountability.dossier import Account
from kuager.accountability.harms import HarmCard
from kuager.accountability.operators import Card
from kuager.accountability.peers import peers
from kuager.accountability.pledges import Breach
from kuager.accountability.registers import REGISTERS
from kuager.accountability.rows.conduct import Canary
from kuager.accountability.rows.documents import Claim, Counts, Search
from kuager.accountability.rows.row import Status
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.dossiers import dossier_of
from kuager.publications.feeds.days_to_watch import risk_calendar_path
from kuager.publications.records import canary_files, conduct_files, peer_files
from kuager.publications.records.denouncements import DENOUNCEMENTS
from kuager.publications.site import addresses
from kuager.publications.site.conduct_parts import CanaryPart, CardPart, HarmPart, OperatorPart
from kuager.publications.site.places import pages_of_places
from kuager.publications.site.rendering import render
from kuager.publications.view import CaseView
from kuager.publications.wording import sentence
from kuager.publications.wording.archive import archive_part
from kuager.publications.wording.conduct import Conduct
from kuager.publications.wording.conduct_words import FIELD
from kuager.publications.wording.costs import told_cost
from kuager.publications.wording.field_words import REGISTER
from kuager.publications.wording.history_rows import day_rows, earlier_rows, since_last
from kuager.publications.wording.law_rows import instrument_rows, law_parts
from kuager.publications.wording.losses import person_hours, remedies
from kuager.publications.wording.parts import REACHED
from kuager.publications.wording.peers import PeerTable, peer_table
from kuager.publications.wording.register_rows import RegisterRow, Speaker

MOST_COLUMNS = 4
"""More operators side by side do not fit on a sheet of paper."""


def conduct_pages(view: CaseView) -> dict[str, bytes]:
    """All of these pages in the language of a view, by path below ``public/``."""
    pages = _Pages(view)
    return {path: page.encode() for path, page in pages.all()}


class _Pages:
    """Writes the pages of one view."""

    def __init__(self, view: CaseView) -> None:
        self.view = view
        self.about, self.translation = view.about, view.about.translation
        self.dossier = dossier_of(view)
        self.speaker = Speaker(self.translation, view.operators, self.dossier, view.about.window[0].date())
        self.episodes = {one.episode.id: one for one in view.episodes}

    def all(self) -> Iterator[tuple[str, str]]:
        """Every page with its path."""
        language = self.about.language
        yield addresses.conduct(language), self.index()
        for account in self.dossier.accounts:
            yield addresses.account(language, account.episode.id), self.account(account)
        for name, cards in self.dossier.operators.items():
            yield addresses.operator(language, name), self.operator(name, [card for _, card in cards])
        for name in self.registers:
            yield addresses.register(language, name), self.register(name)
        yield addresses.law(language), self.law()
        yield addresses.history(language), self.history()

    @property
    def registers(self) -> tuple[str, ...]:
        """Those that have rows, or in which something was searched for."""
        searched = {one.register for one in self.dossier.registers.of(Search)}
        return tuple(name for name in REGISTERS if name in self.dossier.registers.rows or name in searched)

    def index(self) -> str:
        """The page of the whole case."""
        language = self.about.language
        return render(
            "conduct/index.html",
            self.about,
            addresses.conduct(language),
            title=self.translation.gettext(message("Who answers for it")),
            simulated=self.view.holds_simulated,
            accounts=[
                (
                    addresses.account(language, one.episode.id),
                    sentence.title(self.episodes[one.episode.id]),
                    self.known_answers(one),
                )
                for one in self.dossier.accounts
            ],
            counter=since_last(self.dossier.since_last, self.dossier.counted_until, self.translation),
            operators=[
                (addresses.operator(language, name), self.speaker.operator(name)) for name in self.dossier.operators
            ],
            breaches=self.breaches(self.dossier.breaches),
            canaries=[self.translation.note(one.notice) for one in self.dossier.missed_canaries],
            registers=[
                (
                    addresses.register(language, name),
                    self.translation.gettext(REGISTER[name]),
                    self.translation.number(len(self.dossier.registers.rows.get(name, ()))),
                )
                for name in self.registers
            ],
            law=addresses.law(language),
            history=addresses.history(language),
        )

    def account(self, account: Account) -> str:
        """The page of one episode."""
        language, told = self.about.language, Conduct(account, self.speaker, self.about.window[1])
        view = self.episodes[account.episode.id]
        operators = [
            OperatorPart(
                page=addresses.operator(language, card.operator.id),
                row=told.operator(card),
                remedies=remedies(card, self.speaker),
            )
            for card in account.operators
        ]
        cost = told_cost(account.cost, self.speaker)
        return render(
            "conduct/account.html",
            self.about,
            addresses.account(language, account.episode.id),
            title=self.translation.gettext(message("Who answers for it: {title}"), title=sentence.title(view)),
            simulated=account.episode.simulated,
            episode_page=addresses.episode(language, account.episode.id),
            parts=told.proportionality(),
            orders=told.orders(),
            statements=told.statements(),
            operators=operators,
            comparisons=self.comparisons(account, told),
            peers=peer_files.peers_path(account.episode.id),
            tests=told.answers(account.answers),
            formulas=list(
                dict.fromkeys(line for one in operators for row in one.remedies for line in (row.formula, *row.remarks))
            ),
            cost=cost,
            person_hours=person_hours(account.person_hours, self.translation),
            harms=[self.harm(card, told) for card in account.harms],
            restoration=told.restoration(),
            disputed=self.claims(),
            json=conduct_files.account_path(account.episode.id),
        )

    def comparisons(self, account: Account, told: Conduct) -> list[PeerTable]:
        """The same dates and questions for every operator, a table for each few of them."""
        every = peers(account, self.dossier)
        return [peer_table(every[first : first + MOST_COLUMNS], told) for first in range(0, len(every), MOST_COLUMNS)]

    def operator(self, name: str, cards: Sequence[Card]) -> str:
        """The page of an operator."""
        first, language = cards[0], self.about.language
        pages = pages_of_places(self.view)
        codes = [f"AS{held.asn}" for held in first.operator.networks]
        return render(
            "conduct/operator.html",
            self.about,
            addresses.operator(language, name),
            title=self.speaker.operator(name),
            simulated=self.view.holds_simulated,
            owners=[
                (
                    self.speaker.operator(one.name),
                    self.translation.share(one.share / 100) if one.share is not None else "",
                )
                for one in first.owners
            ],
            access=self.translation.gettext(REACHED[first.operator.access]),
            networks=[(code, pages.get(code, "")) for code in codes],
            replies=[self.speaker.row(row) for row in first.replies],
            breaches=self.breaches([one for one in self.dossier.breaches if one.operator == name]),
            canaries=[
                self.translation.note(one.notice) for one in self.dossier.missed_canaries if one.operator == name
            ],
            archive=archive_part(
                next(one for one in archives(self.dossier) if one.operator == name), self.view.logged, self.speaker
            ),
            denouncements=DENOUNCEMENTS,
            signed=self.canaries(name),
            signers=canary_files.SIGNERS,
            command=canary_files.command(name),
            cards=[self.card(episode.id, card) for episode, card in self.dossier.operators[name]],
        )

    def canaries(self, operator: str) -> list[CanaryPart]:
        """The canaries of an operator, the newest first."""
        every = [one for one in self.dossier.registers.of(Canary) if one.operator == operator]
        signed = {one.id for one, _ in canary_files.signed_here(every)}
        return [
            CanaryPart(
                row=self.speaker.row(one),
                text=canary_files.canary_path(one, "txt") if one.id in signed else "",
                signature=canary_files.canary_path(one, "sig") if one.id in signed else "",
            )
            for one in sorted(every, key=lambda one: (one.at, one.id), reverse=True)
        ]

    def card(self, episode: str, card: Card) -> CardPart:
        """An episode on the page of an operator."""
        account = next(one for one in self.dossier.accounts if one.episode.id == episode)
        told = Conduct(account, self.speaker, self.about.window[1])
        return CardPart(
            id=episode,
            page=addresses.account(self.about.language, episode),
            title=sentence.title(self.episodes[episode]),
            row=told.operator(card),
            statements=tuple(told.statement(one.statement, one) for one in card.statements),
            searched=told.searched(card.searches),
            answers=told.answers(card.answers),
            elements=told.answers(card.scorecard.elements),
        )

    def register(self, name: str) -> str:
        """The page of a register, the same for all."""
        searches = [one for one in self.dossier.registers.of(Search) if one.register == name]
        return render(
            "conduct/register.html",
            self.about,
            addresses.register(self.about.language, name),
            title=self.translation.gettext(REGISTER[name]),
            simulated=False,
            rows=self.speaker.rows(name),
            searched=[self.speaker.row(one) for one in searches],
            csv=conduct_files.register_path(name, "csv"),
            json=conduct_files.register_path(name, "json"),
        )

    def law(self) -> str:
        """Laws with their versions, challenges, instruments."""
        return render(
            "conduct/law.html",
            self.about,
            addresses.law(self.about.language),
            title=self.translation.gettext(message("Laws and instruments")),
            simulated=False,
            laws=law_parts(self.speaker),
            challenges=self.speaker.rows("challenges"),
            instruments=instrument_rows(self.speaker),
        )

    def history(self) -> str:
        """Earlier episodes, the time since the last, days to watch."""
        return render(
            "conduct/history.html",
            self.about,
            addresses.history(self.about.language),
            title=self.translation.gettext(message("Earlier episodes and days to watch")),
            simulated=self.view.holds_simulated,
            counter=since_last(self.dossier.since_last, self.dossier.counted_until, self.translation),
            earlier=earlier_rows(self.dossier.history, self.speaker),
            days=day_rows(self.dossier.days_to_watch, self.speaker),
            calendar=risk_calendar_path(self.about.language),
        )

    def harm(self, card: HarmCard, told: Conduct) -> HarmPart:
        """One field of life; where nothing stands on it, it says so."""
        none = self.translation.gettext(message("No evidence in this case. That access was cut does not show it."))
        template = message("Measured: {service} was kept away on {network}.")
        measured = [
            self.translation.gettext(template, service=row.service, network=row.network or clock.NOTHING)
            for row in card.measured
        ]
        return HarmPart(
            id=card.field.value,
            name=self.translation.gettext(FIELD[card.field]),
            rows=tuple(self.speaker.row(row) for row in (*card.harms, *card.reached)),
            measured=tuple(dict.fromkeys(measured)),
            none="" if card.has_evidence else none,
            searched=told.searched(card.searched) if not card.has_evidence else (),
        )

    def claims(self) -> list[RegisterRow]:
        """What others claim that is no amount of money, and is not withdrawn."""
        return [
            self.speaker.row(one)
            for one in self.dossier.registers.of(Claim)
            if one.counts is Counts.NOTHING and one.status is not Status.WITHDRAWN
        ]

    def breaches(self, found: Sequence[Breach]) -> list[str]:
        """Broken pledges as sentences."""
        sure = message("{who} had promised to keep people connected; an episode began after that: {episode}.")
        perhaps = message("{who} promised to keep people connected about when an episode began: {episode}.")
        return [
            self.translation.gettext(
                perhaps if one.possible else sure,
                who=self.speaker.operator(one.operator) if one.operator else one.who,
                episode=sentence.title(self.episodes[one.episode]),
            )
            for one in found
        ]

    def known_answers(self, account: Account) -> str:
        """How many of the questions have an answer."""
        known = sum(one.answer != "unknown" for one in account.answers)
        return self.translation.gettext(
            message("{known} of {total} questions about the state have an answer; the others are unknown."),
            known=known,
            total=len(account.answers),
        )
