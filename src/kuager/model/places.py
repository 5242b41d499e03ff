"""Places: countries (ISO 3166-1), Kazakhstan's regions (our own stable ids) and networks (AS numbers).

Names come in English, Russian and Kazakh: of countries from CLDR through Babel, of regions from
``data/regions-kz.toml``, which names its sources and holds the dates from which a code or a name is valid, of networks
from ``kuager.model.networks``. Zones are names of the tz database; which country has which stands in its ``zone.tab``,
read from the package ``tzdata``. A region is the same place before and after a change of its name, code or borders.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import msgspec
import pycountry
from babel import Locale

from kuager.errors import UsageError, message
from kuager.model.networks import Doubt, Network, Role, registered

__all__ = [
    "LANGUAGES",
    "Country",
    "DatedCode",
    "DatedName",
    "Doubt",
    "Network",
    "Place",
    "Region",
    "RegionKind",
    "Role",
    "find",
    "name",
    "networks",
    "regions",
    "zones",
]

LANGUAGES = ("en", "ru", "kk")

_PRINCIPAL_ZONES = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FM": "Pacific/Pohnpei",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
"""The capital's zone, where ``zone.tab`` (which goes from west to east or by history) lists another one first."""

_NETWORK = re.compile(r"AS([1-9][0-9]{0,9})", re.ASCII | re.IGNORECASE)
_REGION_OF_ISO = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}", re.ASCII)
_LARGEST_AS_NUMBER = 2**32 - 1


class RegionKind(StrEnum):
    """What a first-level region is."""

    REGION = "region"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class DatedCode:
    """A code of ISO 3166-2 and its first day; null when it is as old as the register."""

    code: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name in three languages and its first day; null when it is as old as the register."""

    en: str
    ru: str
    kk: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its two letters of ISO 3166-1; ``zones`` are its zones, the principal one first."""

    code: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A first-level region of a country.

    ``codes`` and ``names`` go from old to new, each valid until the next begins. ``since`` is the day on which the
    region came to be, null when it is as old as the register; ``parent`` is the region it was carved from.
    """

    id: str
    country: str
    kind: RegionKind
    zone: str
    codes: tuple[DatedCode, ...]
    names: tuple[DatedName, ...]
    since: date | None = None
    parent: str | None = None

    @property
    def code(self) -> str:
        """The code for series and episodes whatever their date: the newest of ISO 3166-2, such as ``KZ-75``."""
        return self.codes[-1].code


Place = Country | Region | Network


def find(code: str, on: date | None = None) -> Place:
    """The place of a code: ``KZ``, a region's code of any edition or its stable id, or ``AS9198``; in any case.

    With ``on``, a region must have existed at that date.

    Raises:
        UsageError: no such place, or not at that date.
    """
    text = code.strip()
    network = _NETWORK.fullmatch(text)
    if network and (number := int(network[1])) <= _LARGEST_AS_NUMBER:
        return registered().get(number, Network(number))
    key = text.upper() if text.isascii() else ""  # the upper case of “ß” would be South Sudan
    region = _regions_by_code().get(key)
    if region:
        if on and region.since and on < region.since:
            raise _not_yet(region, on)
        return region
    if key in _country_codes():
        return Country(key, _zones_by_country().get(key, ("UTC",)))
    raise _unknown(text)


def regions(country: str, on: date) -> tuple[Region, ...]:
    """The regions that a country had at a date, by id; none for a country whose regions are not in the register."""
    return tuple(
        region for region in _regions() if region.country == country and (region.since is None or region.since <= on)
    )


def networks() -> tuple[Network, ...]:
    """The networks in the register, by number."""
    return tuple(registered()[number] for number in sorted(registered()))


def name(place: Place, language: str, on: date) -> str:
    """The name of a place at a date, in one of ``LANGUAGES``.

    A network is called by its operator and number, ``Kazakhtelecom (AS9198)``, or by its number alone. Before a
    region's first name in the register, that first name is used.
    """
    if language not in LANGUAGES:
        raise ValueError(f"names are in {', '.join(LANGUAGES)}, not in {language}")
    match place:
        case Country():
            return _country_names(language)[place.code]
        case Region():
            valid = [given for given in place.names if given.since is None or given.since <= on]
            return str(getattr((valid or place.names)[-1], language))
        case Network():
            known_as = place.operator or place.holder
            return f"{known_as} ({place.code})" if known_as else place.code


def zones(place: Place, on: date) -> tuple[str, ...]:
    """The zones of a place, as names of the tz database; a region has one.

    A country's principal zone comes first, then those whose clocks agreed with it at that date, then the others. A
    network has the zones of its holder's country, or UTC when that is not known.
    """
    match place:
        case Region():
            return (place.zone,)
        case Network():
            return zones(find(place.country), on) if place.country else ("UTC",)
        case Country():
            principal = _offset(place.zones[0], on)
            return tuple(sorted(place.zones, key=lambda zone: _offset(zone, on) != principal))


def _offset(zone: str, on: date) -> timedelta | None:
    return datetime.combine(on, time(12), UTC).astimezone(ZoneInfo(zone)).utcoffset()


def _not_yet(region: Region, on: date) -> UsageError:
    return UsageError(
        message("{place} did not exist on {date}: it was created on {since}."),
        remedy=message("Use {parent}, of which it was a part until then."),
        place=name(region, "en", on),
        date=on.isoformat(),
        since=region.since,
        parent=region.parent,
    )


def _unknown(text: str) -> UsageError:
    region = _REGION_OF_ISO.fullmatch(text.upper())
    if region and region[1] in _country_codes():
        return _unknown_region(text, region[1])
    likely = _likely_codes(text)
    if likely:
        return UsageError(
            message("“{text}” is not the code of a place."),
            remedy=message("Did you mean {likely}? Use a two-letter country code of ISO 3166-1, such as KZ."),
            text=text,
            likely=", ".join(f"{code} ({name(find(code), 'en', date.max)})" for code in likely),
        )
    return UsageError(
        message("“{text}” is not the code of a place."),
        remedy=message(
            "Use a two-letter country code of ISO 3166-1, such as KZ, the code of a region, such as KZ-75, "
            "or an AS number, such as AS9198."
        ),
        text=text,
    )


def _unknown_region(text: str, country: str) -> UsageError:
    known = ", ".join(sorted(region.code for region in _regions() if region.country == country))
    facts = {"text": text, "country": _country_names("en")[country], "code": country, "known": known}
    if known:
        return UsageError(
            message("{country} has no region with the code “{text}”."),
            remedy=message("Use one of {known}."),
            **facts,
        )
    return UsageError(
        message("The register has no regions of {country} yet, so it does not know “{text}”."),
        remedy=message("Use the code of the country, {code}."),
        **facts,
    )


def _likely_codes(text: str) -> list[str]:
    """Codes that the text may have meant: a number without AS, three letters, or a name, also misspelt."""
    if _NETWORK.fullmatch(f"AS{text}"):
        return [f"AS{text}"]
    by_three_letters = pycountry.countries.get(alpha_3=text.upper())
    if by_three_letters:
        return [by_three_letters.alpha_2]
    wanted = text.casefold()
    names = _codes_by_name()
    begun = [known for known in names if known.startswith(wanted)] if len(wanted) > 3 else []
    close = begun or get_close_matches(wanted, names, n=3, cutoff=0.75)
    return list(dict.fromkeys(names[known] for known in close))[:3]


@cache
def _codes_by_name() -> dict[str, str]:
    countries = {_country_names(language)[code].casefold(): code for language in LANGUAGES for code in _country_codes()}
    cities_and_regions = {
        getattr(given, language).casefold().removeprefix("город "): region.id
        for region in _regions()
        for given in region.names
        for language in LANGUAGES
    }
    return countries | cities_and_regions


@cache
def _country_codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def _country_names(language: str) -> dict[str, str]:
    known = Locale(language).territories
    return {code: known.get(code, code) for code in _country_codes()}


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    listed: dict[str, list[str]] = {}
    for line in resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            listed.setdefault(country, []).append(zone)
    return {
        country: tuple(sorted(found, key=lambda zone: zone != _PRINCIPAL_ZONES.get(country, found[0])))
        for country, found in listed.items()
    }


@cache
def _regions() -> tuple[Region, ...]:
    rows = tomllib.loads(_data("regions-kz.toml"))["regions"]
    return msgspec.convert([{"country": "KZ", **row} for row in rows], tuple[Region, ...])


@cache
def _regions_by_code() -> dict[str, Region]:
    by_id = {region.id.upper(): region for region in _regions()}
    return by_id | {dated.code: region for region in _regions() for dated in region.codes}


def _data(file: str) -> str:
    return resources.files("kuager.model").joinpath("data", file).read_text("utf-8")
