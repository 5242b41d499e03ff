"""A transparency report as one page for print, in one language; a file of its own that needs nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kuager.accountability.demands import DemandKind
from kuager.accountability.questions import CHECKS
from kuager.accountability.transparency.effects import DemandEffect, Effect, NoticeGiven, Unexplained
from kuager.accountability.transparency.elements import Element, Serves
from kuager.accountability.transparency.report import Report
from kuager.accountability.transparency.totals import NUMBERS
from kuager.accountability.transparency.withholding import Number, ToldRow
from kuager.errors import message
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.site.rendering import templates
from kuager.publications.wording.notices import WITHHELD, WITHHELD_WITHOUT, services_in_words
from kuager.publications.wording.parts import place_name

NUMBER = {
    "received": message("Received"),
    "complied": message("Complied with"),
    "partly": message("Complied with in part"),
    "refused": message("Refused"),
    "pending": message("Not decided yet"),
    "gagged": message("Gagged: may be counted, not told"),
    "executed": message("Executed"),
    "ended": message("Ended"),
    "challenged": message("Challenged"),
}
"""The numbers of a report; all but the first and the gagged are of demands whose content may be told."""
KIND = {
    DemandKind.CUT: message("to cut service"),
    DemandKind.SLOW: message("to slow service down"),
    DemandKind.BLOCK: message("to block services"),
}
_EFFECT = {
    Effect.MEASURED: message("an effect was measured"),
    Effect.NOT_SEEN: message("measured there, and no effect found"),
    Effect.NOT_OBSERVABLE: message("nobody measured there: not observable"),
    Effect.NOT_EXECUTED: message("not executed"),
    Effect.UNDATED: message("executed at a time that is not known"),
}
_SERVES = {
    Serves.TOLD: message("told"),
    Serves.WITHHELD: message("withheld by law"),
    Serves.MISSING: message("not told"),
}
_SHAPE = {Serves.TOLD: "●", Serves.WITHHELD: "▒", Serves.MISSING: "○"}
_FOLLOWS = message("withheld, because it would give away what is")
_NO_MORE = message("no more may be told: {basis}")


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A demand beside what was measured."""

    number: int
    kind: str
    executed: str
    ended: str
    effect: str
    episodes: str
    notices: str


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element of indicator F10."""

    id: str
    question: str
    shape: str
    serves: str
    words: tuple[str, ...]


def render_report(report: Report, translation: Translation) -> str:
    """The page."""
    return _Page(report, translation).render()


class _Page:
    """Tells one report in one language."""

    def __init__(self, report: Report, translation: Translation) -> None:
        self.report, self.translation = report, translation
        self.zone = report.period.zone

    def render(self) -> str:
        """All of it."""
        report, gettext = self.report, self.translation.gettext
        about = message("Demands to cut, slow or block service: {operator}, {period}")
        name = report.operator.called(self.translation.code)
        period = clock.days(report.period.first, report.period.last, self.translation.locale)
        return (
            templates()
            .get_template("transparency/report.html")
            .render(
                language=self.translation.code,
                gettext=gettext,
                reviewed=self.translation.reviewed,
                title=gettext(about, operator=name, period=period),
                simulated=report.simulated,
                known=clock.utc(report.known, self.translation.locale),
                totals=[(gettext(NUMBER[one]), self.number(report.told.totals[one])) for one in NUMBERS],
                carried_over=self.translation.number(report.told.carried_over),
                rows=[self.row(one) for one in report.told.rows],
                elements=[self.element(one) for one in report.elements],
                demands=[self.demand(place, one) for place, one in enumerate(report.compared.demands, start=1)],
                unexplained=[self.unexplained(one) for one in report.compared.unexplained],
                notices=[self.notice(one) for one in report.compared.notices],
                empty=report.told.totals["received"].value == 0,
            )
        )

    def number(self, one: Number) -> str:
        """A number, or by which law it is withheld."""
        if one.value is not None:
            return self.translation.number(one.value)
        return self.translation.gettext(_FOLLOWS if one.follows else WITHHELD, basis=one.basis)

    def row(self, one: ToldRow) -> tuple[str, str, str, str, list[tuple[str, str]]]:
        """Who demanded, on which basis, what, where; and the numbers that are told and not zero."""
        gettext, row = self.translation.gettext, one.row
        numbers = [
            (gettext(NUMBER[name]), self.translation.number(number.value))
            for name, number in one.numbers.items()
            if number.value
        ]
        if row.gag_basis is not None:
            line = gettext(_NO_MORE, basis=row.gag_basis) if row.gag_basis else gettext(WITHHELD_WITHOUT)
            return line, "", "", "", numbers
        places = ", ".join(place_name(code, self.report.period.first, self.translation) for code in row.places)
        services = services_in_words(row.services, self.translation)
        return (
            row.authority,
            row.legal_basis or gettext(message("none was named")),
            gettext(KIND[row.kind]) if row.kind is not None else "",
            "; ".join(part for part in (places, services) if part) or clock.NOTHING,
            numbers,
        )

    def element(self, one: Element) -> ElementRow:
        """What a reader of the indicator finds."""
        gettext, code = self.translation.gettext, self.translation.code
        question = CHECKS[one.id].question
        words = [next((row.text[key] for key in (code, "en") if key in row.text), "") for row in one.policies]
        if one.serves is Serves.WITHHELD:
            words.append(gettext(WITHHELD, basis=one.basis))
        if one.notices:
            said = message("Notices given in this period: {notices}.")
            words.append(gettext(said, notices=", ".join(one.notices)))
        return ElementRow(
            one.id, question.get(code, question["en"]), _SHAPE[one.serves], gettext(_SERVES[one.serves]), tuple(words)
        )

    def demand(self, number: int, one: DemandEffect) -> DemandRow:
        """A demand beside its effect."""
        return DemandRow(
            number,
            self.translation.gettext(KIND[one.demand.kind]),
            self._moment(one.demand.executed),
            self._moment(one.demand.ended),
            self.translation.gettext(_EFFECT[one.effect]),
            ", ".join(one.episodes),
            ", ".join(one.notices),
        )

    def unexplained(self, one: Unexplained) -> tuple[str, str, str]:
        """An effect that no demand of this report explains."""
        return one.episode, clock.interval(one.start, self.translation), ", ".join(one.notices) or clock.NOTHING

    def notice(self, one: NoticeGiven) -> tuple[str, str]:
        """How long after the start that it named a notice was said."""
        if one.after is None:
            return one.notice, self.translation.gettext(message("it named no start"))
        least, most = one.after
        if most.total_seconds() < 0:
            template = message("{duration} before the start that it named")
            return one.notice, self.translation.gettext(template, duration=clock.duration(-most, self.translation))
        template = message("{duration} after the start that it named")
        length = max(least, timedelta())
        return one.notice, self.translation.gettext(template, duration=clock.duration(length, self.translation))

    def _moment(self, written: str) -> str:
        return clock.stated(written, self.zone, self.translation) if written else clock.NOTHING
