"""What an episode may have cost an economy, by each method that has a published form; ``data/cost-methods.toml``.

A method is a function in a register: figures of a country, hours, and the shares of people and of services hit, to an
estimate in US dollars with its formula, its inputs and its source. Estimates are of an order of size: the methods
disagree by more than the measurements do, and none of them was ever held against what was really lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

import msgspec

from kuager.accountability.economies import Connectivity, Economy, digital_share, economy_of
from kuager.accountability.questions import read_table
from kuager.accountability.range import Range
from kuager.errors import message
from kuager.model.notes import Note

_DAYS_OF_A_YEAR = 365
_HOURS_OF_A_DAY = 24
_TEN_MILLION = 10_000_000


class MethodStatus(StrEnum):
    """What is made of a method."""

    COMPUTED = "computed"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


class Method(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way to reckon cost. ``about`` says what it is, or why it is not computed, by language.

    ``since`` is when it was published, or withdrawn. ``unread``: its own text was not read for the table.
    """

    id: str
    name: str
    status: MethodStatus
    since: str
    source: str
    about: dict[str, str]
    unread: bool


class Band(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a day without the internet loses at one level of connectivity (Deloitte 2016)."""

    level: Connectivity
    gdp_share: float
    usd_per_ten_million: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one method gives. ``usd`` is null where it is not computed; ``inputs`` then say what is missing."""

    method: str
    status: MethodStatus
    usd: Range | None
    formula: Note | None
    inputs: tuple[Note, ...]
    source: str


Reckoning = Callable[[Economy, Range, Range, Range], Estimate]
"""Figures of a country, hours, share of people hit, share of services hit (both 0 to 1), to an estimate."""
_RECKONINGS: dict[str, Reckoning] = {}


@cache
def _methods() -> Mapping[str, Method]:
    found = msgspec.convert(read_table("cost-methods.toml")["methods"], tuple[Method, ...])
    return MappingProxyType({one.id: one for one in found})


@cache
def _bands() -> Mapping[Connectivity, Band]:
    found = msgspec.convert(read_table("cost-methods.toml")["bands"], tuple[Band, ...])
    return MappingProxyType({one.level: one for one in found})


METHODS = _methods()


def method(name: str) -> Callable[[Reckoning], Reckoning]:
    """Register the function of a method that the table calls computed."""

    def registered(reckoning: Reckoning) -> Reckoning:
        _RECKONINGS[name] = reckoning
        return reckoning

    return registered


def estimates(place: str, year: int, hours: Range, people: Range, services: Range) -> tuple[Estimate, ...]:
    """What every method gives for one episode, in the order of the table; those that give nothing stand with the rest.

    Args:
        place: the country, ISO 3166-1 alpha-2.
        year: of the episode.
        hours: lost.
        people: the share of the country's people hit, 0 to 1.
        services: the share of services hit, 0 to 1; 1 when all access was lost.

    Raises:
        ValueError: a share above 1, or one that nothing bounds.
    """
    if any(one.high is None or one.high > 1 for one in (people, services)):
        raise ValueError("shares lie between 0 and 1")
    economy = economy_of(place, year)
    return tuple(_estimate(one, economy, place, (hours, people, services)) for one in METHODS.values())


def _estimate(one: Method, economy: Economy | None, place: str, hit: tuple[Range, Range, Range]) -> Estimate:
    if one.status is not MethodStatus.COMPUTED:
        return Estimate(one.id, one.status, None, None, (), one.source)
    if economy is None:
        missing = Note(
            message("No inputs: the table of economies has no figures of {place} for that time."), {"place": place}
        )
        return Estimate(one.id, one.status, None, None, (missing,), one.source)
    if hit[0].high == 0:
        missing = Note(message("No inputs: no hours without service were measured."), {})
        return Estimate(one.id, one.status, None, None, (missing,), one.source)
    return _RECKONINGS[one.id](economy, *hit)


@method("deloitte-2016-gdp")
def deloitte_by_gdp(economy: Economy, hours: Range, people: Range, services: Range) -> Estimate:
    """A share of daily GDP for each day, by level of connectivity; the shares of people and services are added."""
    share = _between([_bands()[level].gdp_share for level in economy.connectivity])
    usd = _days(hours).times(economy.gdp_usd / _DAYS_OF_A_YEAR) * share * people * services
    formula = message(
        "GDP ÷ 365 × days × {low}–{high} % × share of people × share of services; the two shares are not in the source"
    )
    facts = {"low": f"{share.low * 100:.1f}", "high": f"{(share.high or share.best) * 100:.1f}"}
    return _told("deloitte-2016-gdp", usd, Note(formula, facts), (*_gdp(economy), *_hit(hours, people, services)))


@method("deloitte-2016-people")
def deloitte_by_people(economy: Economy, hours: Range, people: Range, services: Range) -> Estimate:
    """An amount for every ten million people and day, by level of connectivity; the shares are added."""
    amount = _between([_bands()[level].usd_per_ten_million for level in economy.connectivity])
    usd = _days(hours).times(economy.population / _TEN_MILLION) * amount * people * services
    formula = message(
        "people ÷ 10 million × days × USD {low}–{high} million × share of people × share of services; the two shares "
        "are not in the source"
    )
    facts = {"low": f"{amount.low / 1e6:.1f}", "high": f"{(amount.high or amount.best) / 1e6:.1f}"}
    count = Note(
        message("people of {place} in {year}: {population} million, rounded"),
        {"place": economy.place, "year": str(economy.year), "population": f"{economy.population / 1e6:g}"},
    )
    inputs = (count, *_unread(economy), *_hit(hours, people, services))
    return _told("deloitte-2016-people", usd, Note(formula, facts), inputs)


@method("brookings-2016")
def brookings(economy: Economy, hours: Range, people: Range, services: Range) -> Estimate:
    """The digital share of GDP for the days lost; the exact form is from general knowledge."""
    digital = digital_share()
    usd = _days(hours).times(economy.gdp_usd / _DAYS_OF_A_YEAR) * digital.share * people * services
    formula = message(
        "GDP ÷ 365 × days × digital share of GDP × share of people × share of services; the form is from general "
        "knowledge, without its multiplier"
    )
    share = Note(
        message("digital share of GDP: {low}–{high} %; no share of this country is at hand"),
        {"low": f"{digital.low * 100:g}", "high": f"{digital.high * 100:g}"},
    )
    return _told("brookings-2016", usd, Note(formula, {}), (*_gdp(economy), share, *_hit(hours, people, services)))


def _told(name: str, usd: Range, formula: Note, inputs: tuple[Note, ...]) -> Estimate:
    return Estimate(name, METHODS[name].status, usd, formula, inputs, METHODS[name].source)


def _between(amounts: list[float]) -> Range:
    """Any of these: the best is the middle and no claim."""
    return Range(min(amounts), (min(amounts) + max(amounts)) / 2, max(amounts))


def _days(hours: Range) -> Range:
    return hours.times(1 / _HOURS_OF_A_DAY)


def _gdp(economy: Economy) -> tuple[Note, ...]:
    facts = {"place": economy.place, "year": str(economy.year), "gdp": f"{economy.gdp_usd / 1e9:g}"}
    return Note(message("GDP of {place} in {year}: USD {gdp} billion, rounded"), facts), *_unread(economy)


def _unread(economy: Economy) -> tuple[Note, ...]:
    """That figures were not looked up, where that is so."""
    if not economy.unread:
        return ()
    return (Note(message("figures from general knowledge, to be looked up at: {source}"), {"source": economy.source}),)


def _hit(hours: Range, people: Range, services: Range) -> tuple[Note, ...]:
    facts = {"low": f"{hours.low:.2f}", "high": "" if hours.high is None else f"{hours.high:.2f}"}
    lost = (
        message("hours lost: {low} at least, and it lasts")
        if hours.high is None
        else message("hours lost: {low} to {high}")
    )
    shares = Note(
        message("share of people, by the share of signals lost: {people} %; share of services: {services} %"),
        {"people": _percent(people), "services": _percent(services)},
    )
    return Note(lost, facts), shares


def _percent(share: Range) -> str:
    low, high = f"{share.low * 100:g}", f"{(share.high or share.best) * 100:g}"
    return low if low == high else f"{low}–{high}"
