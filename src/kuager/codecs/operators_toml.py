"""A person's own operators, of any country, in TOML 1.0: the form of the register that Kuager carries, checked.

[[operators]]
id = "mci-ir"                                  # small letters, digits and hyphens
name = { en = "MCI", ru = "", kk = "" }        # Russian and Kazakh only where they differ
country = "IR"
access = "mobile"                              # mobile, fixed, mixed (known to be both) or unknown
source = "the operator's site, read on 3 February 2026"
owner = "Telecommunication Company of Iran"    # may be left out, as may owner_since, since, until and access
owner_since = 2009-09-27
networks = [
  { asn = 197207 },
  { asn = 64500, since = 2015-01-01, until = 2019-12-31, access = "fixed" },
]

A network was the operator's from ``since`` to ``until``, both days included. ``source`` must say something: what
nobody can look up is no entry of a register.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import msgspec

from kuager.codecs.text import excerpt, refusal, text_of
from kuager.errors import CodecError, UsageError, message
from kuager.model.operators import HeldNetwork, Operator, OperatorName
from kuager.model.places import Country, find
from kuager.model.words import Access

LARGEST_FILE = 256 * 2**10
_LONGEST_LINE = 1000
"""A key of many parts takes time that grows with their square; no line of a register is long."""
_LONGEST_TEXT = 300
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LARGEST_NETWORK = 2**32 - 1

_AS_DOCUMENTED = message("docs/how-to.md shows what may stand in a file of operators.")


class _Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    ru: str = ""
    kk: str = ""


class _Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    asn: int
    since: date | None = None
    until: date | None = None
    access: str | None = None


class _Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: _Name
    country: str
    networks: list[_Held]
    source: str
    access: str = Access.UNKNOWN.value
    owner: str = ""
    owner_since: date | None = None


def decode(data: bytes) -> tuple[Operator, ...]:
    """The operators of one file, in its order.

    Raises:
        CodecError: it is too large or no TOML, an operator is not as the form wants it, an id stands twice, or two
            operators have one network on the same day. The error names the operator and the field.
    """
    found = tuple(_operator(raw, place) for place, raw in enumerate(_tables(data), start=1))
    _refuse_repeated_ids(found)
    _refuse_overlaps(found)
    return found


def _tables(data: bytes) -> list[Any]:
    if len(data) > LARGEST_FILE or max((len(line) for line in data.split(b"\n")), default=0) > _LONGEST_LINE:
        raise refusal(
            message("There is more in {file} than operators take, or a line of more than {signs} signs."),
            remedy=_AS_DOCUMENTED,
            signs=_LONGEST_LINE,
        )
    try:
        said = tomllib.loads(text_of(data))
    except RecursionError as error:
        raise refusal(message("The values in {file} lie too deep in each other."), remedy=_AS_DOCUMENTED) from error
    except ValueError as error:  # TOMLDecodeError, and what numbers of thousands of digits raise
        raise refusal(
            message("The text of {file} is not TOML: {what}."), remedy=_AS_DOCUMENTED, what=excerpt(str(error), 120)
        ) from error
    tables = said.pop("operators", [])
    if said or not isinstance(tables, list):
        raise refusal(
            message("What {file} calls “{field}” is no list of operators."),
            meaning=message("Such a file holds nothing but tables that each begin with [[operators]]."),
            remedy=_AS_DOCUMENTED,
            field=excerpt(next(iter(said), "operators")),
        )
    if not tables:
        raise refusal(message("There is no operator in {file}."), remedy=_AS_DOCUMENTED)
    return tables


def _operator(raw: Any, place: int) -> Operator:
    called = raw.get("id") if isinstance(raw, dict) else None
    name = excerpt(called) if isinstance(called, str) and called.strip() else str(place)
    try:
        said = msgspec.convert(_without_clocks(raw, name), _Operator)
    except (msgspec.ValidationError, RecursionError) as error:
        raise refusal(
            message("The operator “{operator}” in {file} cannot be read: {what}."),
            remedy=_AS_DOCUMENTED,
            operator=name,
            what=excerpt(str(error), 120),
        ) from error
    if len(said.id) > _LONGEST_TEXT or not _ID.fullmatch(said.id):
        raise _wrong(name, "id", said.id, message("An id is small letters and digits, joined by hyphens."))
    texts = {"name.en": said.name.en, "name.ru": said.name.ru, "name.kk": said.name.kk}
    for field, text in (texts | {"source": said.source, "owner": said.owner}).items():
        empty_is_wrong = field in ("name.en", "source")
        if len(text) > _LONGEST_TEXT or not _is_line(text) or (empty_is_wrong and not text.strip()):
            meaning = message("It is one line of text, at most {signs} signs; name.en and source are never empty.")
            raise _wrong(name, field, text, meaning, signs=_LONGEST_TEXT)
    if not said.networks:
        raise _wrong(name, "networks", "[]", message("An operator without a network is in no measurement."))
    return Operator(
        id=said.id,
        name=OperatorName(said.name.en.strip(), said.name.ru.strip(), said.name.kk.strip()),
        country=_country(name, said.country),
        networks=tuple(_held(name, held) for held in said.networks),
        source=said.source.strip(),
        access=_access(name, "access", said.access),
        owner=said.owner.strip(),
        owner_since=said.owner_since,
    )


def _is_line(text: str) -> bool:
    return text.replace("\u00a0", " ").isprintable()


def _without_clocks(raw: Any, operator: str) -> Any:
    """The table itself; TOML's local times of day would be taken for days.

    Raises:
        CodecError: a day has a time.
    """
    tables = [raw, *raw["networks"]] if isinstance(raw, dict) and isinstance(raw.get("networks"), list) else [raw]
    for table in tables:
        for field, value in table.items() if isinstance(table, dict) else ():
            if isinstance(value, datetime):
                meaning = message("It is a day, such as 2018-12-12, without a time.")
                raise _wrong(operator, excerpt(field), value.isoformat(), meaning)
    return raw


def _country(operator: str, written: str) -> str:
    try:
        place = find(written)
    except UsageError:
        place = None
    if not isinstance(place, Country):
        raise _wrong(operator, "country", written, message("It is two letters of ISO 3166-1, such as KZ."))
    return place.code


def _held(operator: str, said: _Held) -> HeldNetwork:
    if not 1 <= said.asn <= _LARGEST_NETWORK:
        meaning = message("The number of a network lies between 1 and 4294967295.")
        raise _wrong(operator, "asn", str(said.asn), meaning)
    if said.since is not None and said.until is not None and said.since > said.until:
        meaning = message("AS{asn} would have been given up ({until}) before it was the operator's.")
        raise _wrong(operator, "since", said.since.isoformat(), meaning, asn=said.asn, until=said.until.isoformat())
    access = None if said.access is None else _access(operator, f"access of AS{said.asn}", said.access)
    return HeldNetwork(said.asn, said.since, said.until, access)


def _access(operator: str, field: str, written: str) -> Access:
    try:
        return Access(written)
    except ValueError as error:
        meaning = message("Access is one of {kinds}.")
        raise _wrong(operator, field, written, meaning, kinds=", ".join(Access)) from error


def _wrong(operator: str, field: str, value: str, meaning: str, **facts: object) -> CodecError:
    return refusal(
        message("In {file} the operator “{operator}” cannot have “{value}” as its {field}."),
        meaning=meaning,
        remedy=_AS_DOCUMENTED,
        operator=operator,
        field=field,
        value=excerpt(value),
        **facts,
    )


def _refuse_repeated_ids(found: tuple[Operator, ...]) -> None:
    seen: set[str] = set()
    for one in found:
        if one.id in seen:
            raise _wrong(one.id, "id", one.id, message("An operator before it in the file has the same id."))
        seen.add(one.id)


def _refuse_overlaps(found: tuple[Operator, ...]) -> None:
    every = [(held, one) for one in found for held in one.networks]
    in_order = sorted(every, key=lambda pair: (pair[0].asn, pair[0].since or date.min))
    for (before, other), (held, one) in pairwise(in_order):
        if held.overlaps(before):
            meaning = message("The operator “{other}” has AS{asn} on the same day; say since and until of both.")
            raise _wrong(one.id, "asn", str(held.asn), meaning, other=other.id, asn=held.asn)
