"""Fingerprints of blocks: addresses that filters answer with, and texts and headers of the pages that they show.

Tables in OONI's form: ``name, scope, other_names, location_found, pattern_type, pattern, confidence_no_fp,
expected_countries, source, exp_url, notes``. ``scope`` is how widely one is used: ``nat`` by a whole country, ``isp``
by a provider, ``prod`` comes with a filter's make, ``inst`` with a school or company, ``vbw`` warns of viruses, ``fp``
was taken for a block by mistake. The rules of comparison are those of OONI's fastpath (ooni/backend, ``core.py``): an
answer is equal to the pattern, a page holds the pattern as it is written, whatever its type, letters count as they are.

Headers that begin with the pattern, are equal to it, or hold it are found as well. OONI's fastpath means to compare
the first two of these, but cuts one letter too many off the header's name, so that none was ever found: among the
1,081 rows that it scored in January 2024 there is none. ``of_scores`` leaves them out.

A page is searched once for all patterns together (``many_texts``).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import msgspec

from kuager.codecs.many_texts import ManyTexts
from kuager.codecs.ooni.record import Blob, Content, Query, Response
from kuager.codecs.text import read_table, refusal
from kuager.errors import message

_COLUMNS = ("name", "scope", "location_found", "pattern_type", "pattern", "confidence_no_fp", "expected_countries")
_MOST, _MOST_BYTES = 50_000, 2**21
_LONGEST_HEADER = 8_192
_NO_MARKS: Mapping[str, str] = MappingProxyType({})
_HEADER = "header."


class Fingerprint(msgspec.Struct, frozen=True, gc=False):
    """One row of a table; ``expected_countries`` in capital letters, sorted."""

    name: str
    scope: str
    location_found: str
    pattern_type: str
    pattern: str
    confidence_no_fp: int
    expected_countries: tuple[str, ...]
    other_names: str = ""


class Found(msgspec.Struct, gc=False):
    """What was found in a record, in OONI's order: answers first, then request by request the page and its headers.

    Attributes:
        fingerprints: one may be found several times.
        kinds: of the marks of pages that were found.
    """

    fingerprints: list[Fingerprint]
    kinds: set[str]

    @property
    def of_scores(self) -> list[Fingerprint]:
        """Those that OONI's fastpath finds, too."""
        return [one for one in self.fingerprints if not one.location_found.startswith(_HEADER)]


class UndecodableError(ValueError):
    """A page is not the base64 that it says it is."""


class Fingerprints:
    """A register of fingerprints, to be compared with any number of records."""

    def __init__(self, rows: Iterable[Fingerprint], marks: Mapping[str, str] = _NO_MARKS) -> None:
        """Build the automaton.

        Args:
            rows: in the order of their table.
            marks: texts in pages that are searched for in the same pass, and the kind that each tells of.
        """
        self.count = 0
        self._answers: dict[str, list[Fingerprint]] = {}
        self._headers: dict[str, list[Fingerprint]] = {}
        self._of_text: list[tuple[list[tuple[int, Fingerprint]], str | None]] = []
        texts: dict[str, list[tuple[int, Fingerprint]]] = {mark: [] for mark in marks}
        for number, row in enumerate(rows):
            self.count += 1
            if row.location_found == "dns":
                self._answers.setdefault(row.pattern, []).append(row)
            elif row.location_found.startswith(_HEADER):
                self._headers.setdefault(row.location_found[len(_HEADER) :].lower(), []).append(row)
            elif row.location_found == "body":
                texts.setdefault(row.pattern, []).append((number, row))
        self._of_text = [(found, marks.get(text)) for text, found in texts.items()]
        patterns = [text.encode() for text in texts]
        self._texts = ManyTexts(patterns)
        self._in_header = {
            name: ManyTexts([one.pattern.encode() for one in named]) for name, named in self._headers.items()
        }

    def find(self, queries: Iterable[Query] | None, responses: Iterable[Response | None]) -> Found:
        """What the answers and pages of a record hold.

        Raises:
            UndecodableError: a page in base64 is none.
        """
        found = Found([], set())
        if self._answers:
            for query in queries or ():
                for answer in query.answers or ():
                    value = answer.ipv4 or answer.hostname or answer.ipv6
                    if value in self._answers:
                        found.fingerprints += self._answers[value]
        for response in responses:
            if response is not None:
                body = _bytes_of(response.body)
                if body:
                    self._find_in_page(body, found)
                if response.headers and self._headers:
                    found.fingerprints += self._in_headers(response.headers)
        return found

    def _find_in_page(self, body: bytes, found: Found) -> None:
        indexes = self._texts.find(body)
        if not indexes:
            return
        rows: list[tuple[int, Fingerprint]] = []
        for index in indexes:
            of_text, kind = self._of_text[index]
            rows += of_text
            if kind is not None:
                found.kinds.add(kind)
        rows.sort(key=itemgetter(0))
        found.fingerprints += [row for _, row in rows]

    def _in_headers(self, headers: Mapping[str, Content]) -> Iterator[Fingerprint]:
        for name in [name for name in headers if name.lower() in self._headers]:
            value, rows = _text_of(headers[name])[:_LONGEST_HEADER], self._headers[name.lower()]
            for number in self._in_header[name.lower()].find(value.encode()):
                if _fits(rows[number], value):
                    yield rows[number]


def _fits(row: Fingerprint, value: str) -> bool:
    match row.pattern_type:
        case "full":
            return value == row.pattern
        case "prefix":
            return value.startswith(row.pattern)
        case "contains":
            return row.pattern in value
    return False


def _bytes_of(body: Content) -> bytes:
    if isinstance(body, str):
        return body.encode()
    if body is None or body.format != "base64" or body.data is None:
        return b""
    try:
        return b64decode(body.data)
    except ValueError as error:
        raise UndecodableError from error


def _text_of(content: Content) -> str:
    if isinstance(content, Blob):
        try:
            return b64decode(content.data or "").decode("latin-1")
        except (binascii.Error, ValueError):
            return ""
    return content or ""


def read(tables: Iterable[bytes], marks: Mapping[str, str] = _NO_MARKS) -> Fingerprints:
    """A register from tables in OONI's form, CSV in UTF-8.

    Raises:
        CodecError: one is no such table, or there is more in them than in any list of fingerprints.
    """
    rows = [row for table in tables for row in _rows(table)]
    if len(rows) > _MOST or sum(len(row.pattern.encode()) for row in rows) > _MOST_BYTES:
        raise refusal(
            message("There are more fingerprints in {file} than in any list of them."),
            remedy=message("Name the folder with OONI's fingerprints_dns.csv and fingerprints_http.csv."),
        )
    return Fingerprints(rows, marks)


def _rows(data: bytes) -> Iterator[Fingerprint]:
    table = read_table(data)
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise refusal(
            message("There is no column “{column}” in {file}, so it is no table of fingerprints."),
            remedy=message("Take OONI's fingerprints_dns.csv and fingerprints_http.csv as they are."),
            column=missing[0],
        )
    columns: dict[str, list[Any]] = {name: column.to_pylist() for name, column in table.columns.items()}
    others = columns.get("other_names") or [""] * len(columns["name"])
    cells = zip(*(columns[name] for name in _COLUMNS), others, table.lines.tolist(), strict=True)
    for name, scope, place, kind, pattern, confidence, countries, other, line in cells:
        if not pattern or not confidence.isdecimal() or len(confidence) > 2:
            raise refusal(
                message("Line {line} of {file} is no fingerprint: it has no pattern, or no figure of confidence."),
                remedy=message("Take OONI's fingerprints_dns.csv and fingerprints_http.csv as they are."),
                line=line,
            )
        yield Fingerprint(name, scope, place, kind, pattern, int(confidence), _countries(countries), other)


def _countries(text: str) -> tuple[str, ...]:
    return tuple(sorted({code.upper() for code in text.strip().split(",")} - {"", "ZZ"}))
