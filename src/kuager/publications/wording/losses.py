"""What subscribers lost and were offered, in the reader's words: ranges of hours, days and money, and person-hours."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.accountability.offers import Balance, Weighed
from kuager.accountability.operators import Card, Loss
from kuager.accountability.range import Range
from kuager.accountability.remedy import PersonHours
from kuager.errors import message
from kuager.publications.language import Translation
from kuager.publications.wording.register_rows import Speaker, Told
from kuager.publications.words import ACCESS

_MILLION = 1_000_000
FINE_BELOW = 1_000
"""Amounts above are told without decimals."""


@dataclass(frozen=True, slots=True)
class RemedyRow:
    """One access of an operator: what was lost, what was offered, and what is left."""

    access: str
    lost: str
    slow: str
    offers: tuple[tuple[Told, str], ...]
    shortfall: str
    formula: str
    money: str
    remarks: tuple[str, ...]


def remedies(card: Card, speaker: Speaker) -> tuple[RemedyRow, ...]:
    """A row for each access of an operator."""
    return tuple(_loss(one, speaker) for one in card.losses)


def person_hours(found: PersonHours | None, translation: Translation) -> str:
    """Hours times people in a sentence; empty where a factor is not known."""
    if found is None:
        return ""
    millions = found.amount.times(1 / _MILLION)
    if found.coverage is None:
        template = message(
            "About {value} million person-hours without service, if as many people lost it as signals did; how "
            "much of the country was measured is not known."
        )
        return in_words(millions, template, translation)
    template = message(
        "About {value} million person-hours without service, if as many people lost it as signals did; {share} of "
        "the country's networks were measured."
    )
    return in_words(millions, template, translation, share=translation.share(found.coverage))


def in_words(found: Range, unit: str, translation: Translation, **facts: object) -> str:
    """A range in words; ``unit`` is a template with ``{value}``."""
    low = translation.number(_rounded(found.low))
    if found.high is None:
        value = translation.gettext(message("{low} or more"), low=low)
    elif _rounded(found.low) == _rounded(found.high):
        value = low
    else:
        value = translation.gettext(message("{low} to {high}"), low=low, high=translation.number(_rounded(found.high)))
    return translation.gettext(unit, value=value, **facts)


def _loss(one: Loss, speaker: Speaker) -> RemedyRow:
    translation = speaker.translation
    offers = zip(one.offers, one.shortfall.each, strict=True)
    slow = in_words(one.degraded, message("{value} h slow"), translation) if one.degraded.high != 0 else ""
    return RemedyRow(
        access=translation.gettext(ACCESS[one.access]),
        lost=in_words(one.lost, message("{value} h without service"), translation),
        slow=slow,
        offers=tuple((speaker.told(offer.text), _weighed(weighed, translation)) for offer, weighed in offers),
        shortfall=_shortfall(one, translation),
        formula=translation.note(one.shortfall.formula),
        money=_money(one, translation),
        remarks=tuple(translation.note(note) for note in one.shortfall.notes),
    )


def _weighed(one: Weighed, translation: Translation) -> str:
    return "" if one.days is None else in_words(one.days, message("pays for {value} days"), translation)


def _shortfall(one: Loss, translation: Translation) -> str:
    short, days = one.shortfall.short, one.shortfall.lost.days
    match one.shortfall.balance:
        case Balance.COVERED:
            return translation.gettext(message("nothing: at least as much was offered as can have been lost"))
        case Balance.NONE_KNOWN:
            return in_words(days, message("{value} days of service, and no offer is known"), translation)
        case Balance.CANNOT_WEIGH:
            template = message("{value} days of service, against an offer that cannot be weighed")
            return in_words(days, template, translation)
    assert short is not None  # noqa: S101 - the other balances have one
    return in_words(short.days, message("{value} days not made good"), translation)


def _money(one: Loss, translation: Translation) -> str:
    lost, short, currency = one.shortfall.lost.money, one.shortfall.short, one.shortfall.currency
    if lost is None:
        return ""
    if short is None or short.money is None:
        return in_words(lost, message("{value} {currency} lost"), translation, currency=currency)
    return in_words(short.money, message("{value} {currency} not made good"), translation, currency=currency)


def _rounded(amount: float) -> float:
    """To a tenth, and to whole ones where a tenth would pretend."""
    return round(amount, 1) if amount < FINE_BELOW else float(round(amount))
