"""Lists of sites worth testing, in the format of the Citizen Lab's test lists.

CSV with the columns ``url,category_code,category_description,date_added,source,notes``; the lists of 2013 have the
first three only. ``date_added`` is a date of ISO 8601. A list is of one country, or of the whole world, which only the
name of its file says: the kind ``site-list`` reads it as of the place given beside the file, ``site-list:global`` as of
no place. Category codes are those of the list's legend; a code of the older legend becomes the one that replaced it.

``source`` is by the format's description the name of whoever added the row, and is left out, as are notes that hold an
address of e-mail: nothing in a case points at a volunteer. Source: ``docs/spec.md``, ``lists/00-LEGEND-*`` and
``scripts/lint-lists.py`` of github.com/citizenlab/test-lists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from kuager.codecs.decoded import Decoded
from kuager.codecs.text import Table, excerpt, read_table, refusal
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.sites import domain_of
from kuager.model.tables import SITES

SOURCE = "site-list"
_CATEGORY = re.compile(
    "ALDR|ANON|COMM|COMT|CTRL|CULTR|DATE|ECON|ENV|FILE|GAME|GMB|GOVT|GRP|HACK|HATE|HOST|HUMR|IGO|LGBT|MILX|MISC|MMED|"
    "NEWS|POLR|PORN|PROV|PUBH|REL|SRCH|XED"
)
"""The codes of the legend in force."""

_REPLACED = {
    "BLGSERV": "HOST",
    "DEV": "ECON",
    "EMAIL": "COMT",
    "FEXP": "NEWS",
    "FREL": "GOVT",
    "GAYL": "LGBT",
    "HAL": "CULTR",
    "MINR": "HUMR",
    "P2P": "FILE",
    "POLT": "POLR",
    "TRNS": "COMT",
    "VOIP": "COMT",
    "WOMR": "HUMR",
}
"""Codes of the legend before 2014, and those that replaced them."""

_NEEDED = ("url", "category_code")
_COLUMNS = (*_NEEDED, "category_description", "date_added", "source", "notes")
_LONGEST_URL, _LONGEST_NOTE, _LONGEST_CODE = 2000, 500, 12
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].{0,30})?")
_EARLIEST, _LATEST = date(1990, 1, 1), date(2099, 12, 31)
_MAIL = re.compile(r"[^\s@/]{1,64}@[^\s@/]{1,190}\.[a-z]", re.IGNORECASE)

_NO_URL = message("Rows without an address that can be tested, which were passed over: {count} (such as line {name}).")
_TWICE = message("Rows that name an address a second time, which were passed over: {count} (such as {name}).")
_UNKNOWN_CATEGORY = message("Category codes that the Citizen Lab's legend does not have: {names} ({count} rows).")
_OLDER_CATEGORY = message("Category codes of the legend before 2014, read as those that replaced them: {count} rows.")
_NO_DATE = message("Rows whose date could not be read, which are kept without one: {count} (such as {name}).")
_NOTE_LEFT_OUT = message("Notes that hold an address of e-mail, which were left out: {count}.")


def decode(data: bytes, place: str) -> Decoded:
    """The sites of one list, in its order, as ``model.tables.SITES``.

    Args:
        data: the file's bytes.
        place: code of the place whose list it is, a region's list being its country's; empty for the whole world.

    Raises:
        CodecError: it is no such list, or none of its rows has an address.
    """
    table = read_table(data)
    if not set(_NEEDED) <= set(table.columns) <= set(_COLUMNS):
        raise refusal(
            message("The columns of {file} ({columns}) are not those of a list of sites."),
            meaning=message("A list has the columns {expected}; of them only the first two must be there."),
            remedy=message("Fetch the list again, or write that header above your own rows."),
            columns=excerpt(", ".join(table.columns), 120),
            expected=", ".join(_COLUMNS),
        )
    odd = _Odd()
    country = place if place.startswith("AS") else place.partition("-")[0]
    rows = list(_rows(table, country, odd))
    if not rows:
        raise _no_addresses(odd)
    return Decoded(remarks=tuple(odd.remarks()), tables={"sites": pa.Table.from_pylist(rows, schema=SITES)})


KINDS: Mapping[str, Callable[[bytes, str], Decoded]] = MappingProxyType(
    {"site-list": decode, "site-list:global": lambda data, _place: decode(data, "")}
)
"""The kinds of files that this codec reads, each taking the bytes and the place."""


class _Odd:
    """Rows that are not as they should be: per remark how many, and the first few examples of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, dict[str, None]] = {}

    def note(self, template: str, example: str) -> None:
        self._counts[template] += 1
        examples = self._examples.setdefault(template, {})
        if len(examples) < 5:
            examples[excerpt(example)] = None

    def first(self, template: str) -> str:
        return next(iter(self._examples.get(template, {})), "")

    def remarks(self) -> Iterator[Note]:
        for template in (_NO_URL, _TWICE, _UNKNOWN_CATEGORY, _OLDER_CATEGORY, _NO_DATE, _NOTE_LEFT_OUT):
            if count := self._counts[template]:
                names = ", ".join(self._examples[template])
                facts = {"count": str(count), "name": self.first(template), "names": names}
                yield Note(template, {name: facts[name] for name in facts if f"{{{name}}}" in template})


def _rows(table: Table, place: str, odd: _Odd) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    columns = {name: cells.to_pylist() for name, cells in table.columns.items()}
    for index, cell in enumerate(columns["url"]):
        row = {name: cells[index].strip() for name, cells in columns.items()}
        url = cell.strip()
        domain = _domain(url)
        if domain is None:
            odd.note(_NO_URL, str(table.lines[index]))
        elif url in seen:
            odd.note(_TWICE, domain)
        else:
            seen.add(url)
            yield {
                "source": SOURCE,
                "place": place,
                "url": url,
                "domain": domain,
                "category": _category(row["category_code"], odd),
                "added": _added(row.get("date_added", ""), odd),
                "note": _note(row.get("notes", ""), odd),
            }


def _domain(url: str) -> str | None:
    if len(url) > _LONGEST_URL:
        return None
    try:
        return domain_of(url)
    except ValueError:
        return None


def _category(code: str, odd: _Odd) -> str:
    """A code of the legend in force; another one as it is, and told."""
    written = code.upper()
    if written in _REPLACED:
        odd.note(_OLDER_CATEGORY, written)
        return _REPLACED[written]
    if not _CATEGORY.fullmatch(written):
        shown = excerpt(written, _LONGEST_CODE) or "–"
        odd.note(_UNKNOWN_CATEGORY, shown)
        return "" if shown == "–" else shown
    return written


def _added(cell: str, odd: _Odd) -> date | None:
    if not cell:
        return None
    matched = _DATE.fullmatch(cell)
    try:
        day = date.fromisoformat(matched[1]) if matched else None
    except ValueError:
        day = None
    if day is None or not _EARLIEST <= day <= _LATEST:
        odd.note(_NO_DATE, cell)
        return None
    return day


def _note(cell: str, odd: _Odd) -> str:
    if _MAIL.search(cell):
        odd.note(_NOTE_LEFT_OUT, "")
        return ""
    return excerpt(cell, _LONGEST_NOTE)


def _no_addresses(odd: _Odd) -> CodecError:
    return refusal(
        message("No row of {file} has the address of a site; the first without is line {line}."),
        remedy=message("Write addresses with their scheme, such as https://orda.kz/."),
        line=odd.first(_NO_URL),
    )
