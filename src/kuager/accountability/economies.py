"""The size of economies, for estimates of cost: ``data/economies.toml``, read once."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import msgspec

from kuager.accountability.questions import read_table
from kuager.accountability.range import Range

NEAR_YEARS = 2
"""Figures of a year that lies further off say nothing of the year asked for."""


class Connectivity(StrEnum):
    """How connected a country is, in the three bands of Deloitte (2016)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Economy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A country in a year: GDP in current US dollars, people, and the bands in which it may be.

    ``unread``: its figures were not looked up for the table.
    """

    place: str
    year: int
    gdp_usd: float
    population: float
    connectivity: tuple[Connectivity, ...]
    source: str
    unread: bool


class DigitalShare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The share of GDP that is made over the internet, 0 to 1, as far as sources agree."""

    low: float
    high: float
    source: str
    unread: bool

    @property
    def share(self) -> Range:
        """From one source to the other; the best is the middle and no claim."""
        return Range(self.low, (self.low + self.high) / 2, self.high)


@cache
def _economies() -> tuple[Economy, ...]:
    return msgspec.convert(read_table("economies.toml")["economies"], tuple[Economy, ...])


@cache
def digital_share() -> DigitalShare:
    """The same for every country: none has a share of its own in the table."""
    return msgspec.convert(read_table("economies.toml")["digital_share"], DigitalShare)


def economy_of(place: str, year: int) -> Economy | None:
    """The figures of a country for the year nearest to one; None where there are none within two years.

    Args:
        place: ISO 3166-1 alpha-2. Regions and networks have no figures: those of their country are not theirs.
        year: of the episode.
    """
    near = [one for one in _economies() if one.place == place and abs(one.year - year) <= NEAR_YEARS]
    return min(near, key=lambda one: (abs(one.year - year), one.year), default=None)
