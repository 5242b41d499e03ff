"""What was documented of each case: ``labels/cases.json``.

A moment is written as a time in UTC (``2026-01-08T16:30:00Z``), a day (``2022-02-22``), two days (``2026-01-27/28``) or
a local time with its offset (``2019-07-22T16:41 local (UTC-4)``), with words after it that are for people. It becomes
the interval in which the moment lies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec

from kuager.codecs.text import refusal
from kuager.errors import message
from kuager.model.time import parse_utc, to_epoch

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d) local \(UTC([+-]\d{1,2})\)")
_DAYS = re.compile(r"(\d{4}-\d\d-)(\d\d)(?:/(\d\d))?(?!T)")


class Case(msgspec.Struct, frozen=True):
    """A documented case, as far as it is compared here; moments as they are written."""

    id: str
    country: str
    start: str | None = None
    full_by: str | None = None
    end: str | None = None
    google_search_restored: str | None = None


class _File(msgspec.Struct, frozen=True):
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """The interval in which a documented moment lies, in seconds since the epoch, ends included."""

    earliest: int
    latest: int


def labels(folder: Path) -> Path:
    """Where the documented cases stand below the folder of data."""
    return folder / "labels" / "cases.json"


def documented(folder: Path, name: str) -> Case:
    """The case of that id.

    Raises:
        CodecError: there is none, or the file is not a list of cases.
    """
    try:
        cases = msgspec.json.decode(labels(folder).read_bytes(), type=_File).cases
    except msgspec.DecodeError as error:
        raise refusal(message("{file} is not a list of documented cases."), file=labels(folder).name) from error
    for case in cases:
        if case.id == name:
            return case
    raise refusal(message("{file} has no case “{case}”."), file=labels(folder).name, case=name)


def moment(text: str | None) -> Moment:
    """The interval that a written moment means.

    Raises:
        CodecError: it is none of the forms that are known.
    """
    written = text or ""
    if found := _UTC.match(written):
        seconds = to_epoch(parse_utc(found.group()))
        return Moment(seconds, seconds)
    if found := _LOCAL.match(written):
        zone = timezone(timedelta(hours=int(found.group(2))))
        seconds = to_epoch(datetime.fromisoformat(found.group(1)).replace(tzinfo=zone))
        return Moment(seconds, seconds)
    if found := _DAYS.match(written):
        month, first, last = found.groups()
        return Moment(to_epoch(parse_utc(month + first)), to_epoch(parse_utc(month + (last or first), end_of_day=True)))
    raise refusal(message("“{text}” is not a documented moment."), text=written)
