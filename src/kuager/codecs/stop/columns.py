"""The columns and cells of the coalition's register of shutdowns (STOP), over its three generations of sheets.

Since 2020 a sheet has up to 47 columns under the names used here. That of 2019 has other names, some with blanks at
their ends, and levels 1 to 3 in place of the words for the extent; the one of 2016 to 2018 calls the networks
``shutdown_type``. Dates are ``2022-01-05``, ``1/5/2022`` with the month first, dates of a spreadsheet, or words such as
``ongoing``. Source: the published sheets themselves and the codebook of the newest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache

import pycountry
from babel import Locale

NOT_KNOWN_YET = frozenset({"", "ongoing", "unknown", "not sure", "unkown", "n/a", "na", "none", "-", "tbd"})
"""Words in place of an end date that say that there is none."""

EARLIEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)

_NEWEST = {
    "news_link": "info_source_link",
    "shutdown_type_new": "shutdown_type",
    "full_or_service_based": "shutdown_extent",
    "other_service_details_specify": "other_affected",
    "service_details": "other_affected",
    "official_just": "gov_justification",
    "other_just_details": "gov_just_details",
    "other_cause_details": "actual_cause_details",
    "users_affected_targetted": "users_targeted",
    "legal_justif": "legal_just",
    "duration_days": "duration",
    "year": "count_year",
}
_NEWEST_BEFORE_2019 = {"shutdown_type": "affected_network", "shutdown_type_group": "shutdown_type"}
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")

_SCOPES = (
    ("it only affected one city", "one city"),
    ("it affected more than one city in the same", "several cities of one region"),
    ("it affected locations in more than one", "several regions"),
    ("level 1", "one city"),
    ("level 2", "several cities of one region"),
    ("level 3", "several regions"),
)

_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_IN_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y")
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.\d+)?")
_SERIAL_ZERO = date(1899, 12, 30)
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,9})?")
_LONGEST_CELL_WITH_A_DATE = 40

_LONGEST_NAME = 120

_ALIASES = {
    "burma": "MM",
    "cape verde": "CV",
    "congo brazzaville": "CG",
    "congo kinshasa": "CD",
    "democratic republic congo": "CD",
    "democratic republic of congo": "CD",
    "democraticrepubliccongo": "CD",
    "drc": "CD",
    "east timor": "TL",
    "ivory coast": "CI",
    "kyrgyz republic": "KG",
    "macedonia": "MK",
    "north korea": "KP",
    "occupied palestinian territory": "PS",
    "palestine": "PS",
    "republic of congo": "CG",
    "russia": "RU",
    "south korea": "KR",
    "swaziland": "SZ",
    "the gambia": "GM",
    "turkey": "TR",
    "uk": "GB",
    "usa": "US",
}
"""Names that neither ISO 3166-1 nor CLDR has."""


def newest_names(header: Sequence[str]) -> list[str]:
    """The newest name of each column; a column that has no successor keeps its own, in small letters with underscores.

    A second column of the same name and one without a name get their position behind it, so that none is lost.
    """
    plain = [_NOT_OF_A_NAME.sub("_", name.strip().lower()).strip("_") for name in header]
    successors = {**_NEWEST, **(_NEWEST_BEFORE_2019 if "shutdown_type_group" in plain else {})}
    names: list[str] = []
    seen: set[str] = set()
    for position, name in enumerate(plain, start=1):
        newest = successors.get(name, name) or "column"
        unique = newest if newest not in seen and name else f"{newest}_{position}"
        seen.add(unique)
        names.append(unique)
    return names


def cell_text(cell: object) -> str:
    """A cell of a spreadsheet as the CSV export of it has it: dates by ISO 8601, whole numbers without a point."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == datetime.min.time():
            return cell.date().isoformat()
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell).strip()


def day(text: str) -> date | None:
    """The day that a cell names, or None if it names none between 1970 and 2099.

    Of ``3/4/2019`` the first number is the month, as the sheets have it, unless it is greater than twelve.
    """
    plain = " ".join(text.replace(",", " ").split())
    if not plain or len(plain) > _LONGEST_CELL_WITH_A_DATE:
        return None
    found = _written_day(plain)
    return found if found is not None and EARLIEST <= found <= LATEST else None


def _written_day(plain: str) -> date | None:
    if matched := _ISO_DATE.fullmatch(plain):
        return _date(int(matched[1]), int(matched[2]), int(matched[3]))
    if matched := _MONTH_FIRST.fullmatch(plain):
        year = int(matched[3]) + (2000 if len(matched[3]) == 2 else 0)
        first, second = int(matched[1]), int(matched[2])
        return _date(year, first, second) if first <= 12 else _date(year, second, first)
    if matched := _SERIAL.fullmatch(plain):
        return _SERIAL_ZERO + timedelta(days=int(matched[1]))
    for form in _IN_WORDS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a day of a register has no zone
        except ValueError:
            continue
    return None


def _date(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def says_no_end(text: str) -> bool:
    """Whether a cell says that the end has not come or is not known, rather than something unreadable."""
    return text.strip().lower() in NOT_KNOWN_YET


def own_days(text: str) -> float | None:
    """The number of days that a sheet gives itself; None for an empty cell or a formula; NaN for words."""
    plain = text.strip()
    if not plain or plain.startswith("="):
        return None
    return float(plain) if _NUMBER.fullmatch(plain) else float("nan")


def short_scope(text: str) -> str:
    """The extent in a few words: a level or a whole sentence of the codebook is shortened, other words stay."""
    plain = " ".join(text.split())
    small = plain.lower()
    return next((short for beginning, short in _SCOPES if small.startswith(beginning)), plain[:60])


def countries(text: str) -> list[str | None]:
    """The code of each country that a cell names, separated by semicolons; None for one without a code."""
    return [_country(name) for name in text.split(";") if name.strip()]


def _country(name: str) -> str | None:
    if len(name) > _LONGEST_NAME:
        return None
    known = _codes_by_name()
    before, _, within = name.partition("(")
    return known.get(_key(name)) or known.get(_key(f"{within} {before}"))  # Iran (Islamic Republic of)


@cache
def _codes_by_name() -> Mapping[str, str]:
    territories = Locale("en").territories
    known: dict[str, str] = {}
    for country in pycountry.countries:
        names = [country.alpha_2, country.alpha_3, country.name, territories.get(country.alpha_2, "")]
        names += [getattr(country, "official_name", ""), getattr(country, "common_name", "")]
        names += [re.sub(r"^(.*?), (.*)$", r"\2 \1", country.name)]  # Congo, The Democratic Republic of the
        for name in names:
            if name:
                known.setdefault(_key(name), country.alpha_2)
    return {**known, **{_key(name): code for name, code in _ALIASES.items()}}


def _key(name: str) -> str:
    """Letters alone, without marks, blanks, or the article: ``Türkiye`` and ``Turkiye``, ``SriLanka`` are one."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"[^\W\d_]+", "".join(sign for sign in letters if not unicodedata.combining(sign)))
    return "".join(word for word in words if word not in {"the"})
