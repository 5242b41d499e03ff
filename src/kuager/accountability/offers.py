"""What a subscriber lost against what was offered: in days, in per cent of a 30-day fee, and by a known fee in money.

Everything is weighed in days of a fee. A per cent of a monthly fee is that of 30 days, so 20 % are 6 days. Minutes,
messages and gigabytes are worth days by the single prices of the tariff alone; without them they cannot be weighed,
which is not nothing. All amounts are those of one subscriber.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kuager.accountability.range import Range
from kuager.accountability.rows.people import Offer, Tariff
from kuager.errors import message
from kuager.model.notes import Note

DAYS_OF_A_FEE = 30
_HOURS_OF_A_DAY = 24
_GOODS = {
    "minutes": ("minute", message("The minutes of offer {offer} cannot be weighed: no price of one is known.")),
    "messages": ("message", message("The messages of offer {offer} cannot be weighed: no price of one is known.")),
    "gigabytes": ("gigabyte", message("The gigabytes of offer {offer} cannot be weighed: no price of one is known.")),
}


class Balance(StrEnum):
    """How an offer stands to a loss."""

    COVERED = "covered"
    """At least as much was offered as can have been lost."""
    SHORT = "short"
    """Less was offered than was certainly lost."""
    OPEN = "open"
    """The two ranges overlap: it may be covered, and may fall short."""
    CANNOT_WEIGH = "cannot-weigh"
    """Something was offered that has no known price."""
    NONE_KNOWN = "none-known"
    """No offer is known; that is not that there was none."""


@dataclass(frozen=True, slots=True)
class Amount:
    """The same in days, in per cent of a 30-day fee, and in money, null where no fee in the currency is known."""

    days: Range
    percent: Range
    money: Range | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """One offer in days; null where nothing of it can be weighed, without ``high`` where a part of it cannot."""

    offer: str
    days: Range | None
    unweighed: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What was lost, what was offered, and what is missing, of one subscriber.

    Attributes:
        lost: what the hours come to.
        offered: from the least of the offers alone to all of them together; null where none can be weighed.
        short: what was lost beyond what was offered; null where that cannot be told.
        at_most_days: what can be missing at most, also where ``short`` is null; null while it lasts.
        balance: the same in a word.
        each: the offers one by one.
        currency: of the money, ISO 4217.
        formula: how it was reckoned.
        inputs: from what.
        notes: what was left aside, and why.
    """

    lost: Amount
    offered: Amount | None
    short: Amount | None
    at_most_days: float | None
    balance: Balance
    each: tuple[Weighed, ...]
    currency: str
    formula: Note
    inputs: tuple[Note, ...]
    notes: tuple[Note, ...]


def shortfall(offers: Sequence[Offer], tariff: Tariff | None, hours: Range, currency: str) -> Shortfall:
    """What one subscriber is short of.

    Args:
        offers: what was offered to subscribers such as these, by one operator.
        tariff: of these subscribers. In another currency than the one asked for it still weighs single prices in days;
            its money is left aside and not converted.
        hours: lost.
        currency: in which money is told, ISO 4217.
    """
    lost = hours.times(1 / _HOURS_OF_A_DAY)
    each = tuple(_weighed(one, tariff) for one in offers)
    offered = _offered(each)
    short = _short(lost, offered, each)
    rate = _rate(tariff) if tariff is not None and tariff.currency == currency else None
    return Shortfall(
        lost=_amount(lost, rate),
        offered=None if offered is None else _amount(offered, rate),
        short=None if short is None else _amount(short, rate),
        at_most_days=_at_most(lost, offered, short),
        balance=_balance(short, each),
        each=each,
        currency=currency,
        formula=Note(
            message(
                "days lost = hours ÷ 24; per cent = days ÷ 30; money = days × fee ÷ days of the fee; less the offer"
            ),
            {},
        ),
        inputs=tuple(_inputs(offers, tariff, hours)),
        notes=tuple(_notes(offers, each, tariff, currency)),
    )


def _weighed(offer: Offer, tariff: Tariff | None) -> Weighed:
    of_fee = _of_fee(offer)
    weights = [] if of_fee is None else [of_fee]
    unweighed = []
    for good, (price_of, refusal) in _GOODS.items():
        count = getattr(offer, good)
        if count is None:
            continue
        price, rate = getattr(tariff, price_of, None), _rate(tariff)
        if price is None or rate is None:
            unweighed.append(Note(refusal, {"offer": offer.id}))
        else:
            weights.append(Range.exactly(count * price / rate))
    if not weights and not unweighed:
        unweighed.append(Note(message("Offer {offer} names no amount: it cannot be weighed."), {"offer": offer.id}))
    if not weights:
        return Weighed(offer.id, None, tuple(unweighed))
    days = sum(weights[1:], weights[0])
    return Weighed(offer.id, Range(days.low, days.best, None) if unweighed else days, tuple(unweighed))


def _of_fee(offer: Offer) -> Range | None:
    """The days that a per cent of a fee comes to, or that the offerer says it pays for; both are the same offer."""
    percent = [] if offer.percent is None else [offer.percent * DAYS_OF_A_FEE / 100]
    both = [*percent, *([] if offer.days is None else [offer.days])]
    return Range(min(both), both[0], max(both)) if both else None


def _offered(each: Sequence[Weighed]) -> Range | None:
    """From one offer to all: whether a subscriber could have them together is not known."""
    found = [one.days for one in each if one.days is not None]
    if not found:
        return None
    whole = len(found) == len(each)
    together = sum(found[1:], found[0])
    low = min(one.low for one in found) if whole else 0.0
    return Range(low, max(one.best for one in found), together.high if whole else None)


def _short(lost: Range, offered: Range | None, each: Sequence[Weighed]) -> Range | None:
    if offered is None:
        return None
    covered = lost.high is not None and lost.high <= offered.low
    if any(one.unweighed for one in each) and not covered:
        return None
    return lost.beyond(offered)


def _at_most(lost: Range, offered: Range | None, short: Range | None) -> float | None:
    if short is not None:
        return short.high
    return (lost if offered is None else lost.beyond(offered)).high


def _balance(short: Range | None, each: Sequence[Weighed]) -> Balance:
    if short is None:
        return Balance.CANNOT_WEIGH if each else Balance.NONE_KNOWN
    if short.high == 0:
        return Balance.COVERED
    return Balance.SHORT if short.low > 0 else Balance.OPEN


def _rate(tariff: Tariff | None) -> float | None:
    """What a day costs; None where there is no fee by the day."""
    if tariff is None or tariff.fee <= 0 or tariff.period_days <= 0:
        return None
    return tariff.fee / tariff.period_days


def _amount(days: Range, rate: float | None) -> Amount:
    return Amount(days, days.times(100 / DAYS_OF_A_FEE), None if rate is None else days.times(rate))


def _inputs(offers: Sequence[Offer], tariff: Tariff | None, hours: Range) -> Iterator[Note]:
    if hours.high is None:
        yield Note(message("hours lost: {low} at least, and it lasts"), {"low": f"{hours.low:.2f}"})
    else:
        ends = {"low": f"{hours.low:.2f}", "best": f"{hours.best:.2f}", "high": f"{hours.high:.2f}"}
        yield Note(message("hours lost: {low} to {high}, best {best}"), ends)
    if offers:
        yield Note(message("offers: {offers}"), {"offers": ", ".join(one.id for one in offers)})
    if tariff is not None:
        facts = {"fee": f"{tariff.fee:g}", "currency": tariff.currency, "days": str(tariff.period_days)}
        yield Note(message("tariff {tariff}: {fee} {currency} for {days} days"), {"tariff": tariff.id, **facts})


def _notes(offers: Sequence[Offer], each: Sequence[Weighed], tariff: Tariff | None, currency: str) -> Iterator[Note]:
    for one in each:
        yield from one.unweighed
    for offer in offers:
        if offer.on_request:
            yield Note(message("Offer {offer} was only for those who asked for it."), {"offer": offer.id})
        of_fee = _of_fee(offer)
        if of_fee is not None and of_fee.low != of_fee.high:
            template = message("The per cent and the days of offer {offer} are not the same: it lies between them.")
            yield Note(template, {"offer": offer.id})
    if len(offers) > 1:
        yield Note(message("Several offers: from the least of them alone to all of them together."), {})
    if tariff is None:
        yield Note(message("No tariff is known: nothing is told in money."), {})
    elif tariff.currency != currency:
        template = message(
            "The tariff is in {tariff}; {asked} was asked for: money is left aside, nothing is converted."
        )
        yield Note(template, {"tariff": tariff.currency, "asked": currency})
    elif _rate(tariff) is None:
        yield Note(message("The tariff has no fee by the day: nothing is told in money."), {})
