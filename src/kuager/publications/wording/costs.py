"""What an episode may have cost, in the reader's words: a range, every method and claim, and what is not counted."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.accountability.cost import METHODS, Estimate, MethodStatus
from kuager.accountability.range import Range
from kuager.accountability.rows.documents import Claim
from kuager.accountability.totals import Bound, CostRange, Spread
from kuager.errors import message
from kuager.publications.language import Translation
from kuager.publications.wording.register_rows import Speaker

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class CostRow:
    """A method or a claim: its name, its amount, from what, after whom."""

    name: str
    amount: str
    inputs: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Cost:
    """The range in sentences, a row for each method and claim, and the claims that are not counted, with the reason."""

    lead: tuple[str, ...]
    rows: tuple[CostRow, ...]
    apart: tuple[str, ...]


def told_cost(cost: CostRange, speaker: Speaker) -> Cost:
    """A cost in one language."""
    translation = speaker.translation
    lead = []
    if cost.published is not None:
        template = message("Published claims: {low} to {high} million US dollars.")
        lead.append(_spread(template, cost.published, translation))
    if cost.computed is not None:
        template = message("Reckoned here by published methods: {low} to {high} million US dollars.")
        lead.append(_spread(template, cost.computed, translation))
    notes = [translation.note(note) for note in cost.notes]
    return Cost(
        lead=(*lead, *notes),
        rows=(*(_estimate(one, speaker) for one in cost.estimates), *(_claim(one, speaker) for one in cost.claims)),
        apart=tuple(
            translation.gettext(
                message("{who}: {amount}. {reason}"),
                who=one.claim.by,
                amount=_amount(one.claim, translation),
                reason=translation.note(one.reason),
            )
            for one in cost.apart
        ),
    )


def _spread(template: str, spread: Spread, translation: Translation) -> str:
    return translation.gettext(template, low=_bound(spread.low, translation), high=_bound(spread.high, translation))


def _bound(bound: Bound, translation: Translation) -> str:
    return "∞" if bound.usd is None else _millions(bound.usd, translation)


def _estimate(one: Estimate, speaker: Speaker) -> CostRow:
    translation, method = speaker.translation, METHODS[one.method]
    inputs = [translation.note(note) for note in one.inputs]
    if one.formula is not None:
        inputs = [translation.note(one.formula), *inputs]
    if one.status is not MethodStatus.COMPUTED:
        inputs = [speaker.told(method.about).text]
    return CostRow(method.name, _range(one.usd, one.status, translation), tuple(inputs), one.source)


def _range(usd: Range | None, status: MethodStatus, translation: Translation) -> str:
    if status is MethodStatus.WITHDRAWN:
        return translation.gettext(message("withdrawn"))
    if usd is None:
        return translation.gettext(message("not computed"))
    low = _millions(usd.low, translation)
    if usd.high is None:
        return translation.gettext(message("{low} million US dollars or more"), low=low)
    high = _millions(usd.high, translation)
    return translation.gettext(message("{low} to {high} million US dollars"), low=low, high=high)


def _claim(one: Claim, speaker: Speaker) -> CostRow:
    cited = ", ".join(source.by for source in speaker.cited(one.sources))
    return CostRow(one.by, _amount(one, speaker.translation), (speaker.told(one.text).text,), cited)


def _amount(one: Claim, translation: Translation) -> str:
    return translation.gettext(
        message("{amount} million {currency}"),
        amount=_millions(one.amount or 0.0, translation),
        currency=one.currency,
    )


def _millions(amount: float, translation: Translation) -> str:
    """Two significant digits below a hundred million, whole millions above: no method is finer."""
    millions = amount / _MILLION
    return translation.number(round(millions) if millions >= 10 else float(f"{millions:.2g}"))
