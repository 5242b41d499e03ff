"""Measurements as OONI's API lists them, as ``measurements`` with its own flags and the scores behind them.

``{"metadata": {"next_url": …}, "results": [{"measurement_uid", "input", "probe_asn": "AS9198", "probe_cc",
"test_name", "measurement_start_time", "anomaly", "confirmed", "failure", "scores", …}]}``; ``measurement_meta`` gives
one such row by itself, with ``probe_asn`` as a number and ``scores`` as a text. Rows of OONI's table of scored
measurements, one a line, are the same rows with ``msm_failure`` in place of ``failure`` and more columns. Times are
UTC, also where they name no zone.

A report's name ties all measurements of one sitting to each other and so to a person: it is not kept, and neither is
the address of a measurement that holds it. Source: the API's own code (ooni/backend, ``measurements.py``).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from kuager.codecs.censoredplanet.row import host, moment, without_user
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.measured import in_batches
from kuager.codecs.ooni.answer import Metadata, not_an_answer, read_if, read_part
from kuager.codecs.ooni.names import SOURCE_ID
from kuager.codecs.ooni.scores import summary
from kuager.codecs.ooni.text import name, test_name
from kuager.codecs.piece import MOST_STRANGE
from kuager.codecs.text import FETCH_AGAIN, excerpt, refusal
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.tables import MEASUREMENTS

_ROWS_AT_ONCE = 1_000
_MOST_ROWS = 1_000_000
"""The most that the API gives at once."""

_UID = re.compile(r"([0-9]{14})\.[0-9]{6}_[A-Z]{2}_[a-z0-9]{1,60}_[0-9a-f]{16}|01[0-9]{8}[0-9a-f]{28,32}")
_LONGEST_INPUT = 2_000
_MOBILE = "mobile"
_NO_SCORES = msgspec.Raw(b"{}")

_UNREADABLE = message("Rows that are no measurements and were passed over: {count}.")
_NO_TIME = message("Measurements without a time that could be read: {count}.")
_NO_UID = message("Measurements without the public name that OONI gives to new ones: {count}.")
_NO_PLACE = message("Measurements of which OONI does not know the country: {count}.")
_NOTHING = message("OONI answered, and has no measurement for this request.")
_UNKNOWN_THERE = message("OONI answered that it does not know this measurement.")


class _Annotations(msgspec.Struct, frozen=True):
    network_type: str | None = None


class _Raw(msgspec.Struct, frozen=True):
    """What a row may learn from the measurement itself, when the API sends that along."""

    software_name: str | None = None
    software_version: str | None = None
    test_version: str | None = None
    annotations: _Annotations | None = None


class _Row(msgspec.Struct, frozen=True):
    test_name: str
    measurement_uid: str | None = None
    measurement_start_time: str | None = None
    input: str | None = None
    probe_cc: str | None = None
    probe_asn: int | str | None = None
    anomaly: bool | None = None
    confirmed: bool | None = None
    failure: bool | None = None
    msm_failure: bool | None = None
    scores: msgspec.Raw = _NO_SCORES
    software_name: str | None = None
    software_version: str | None = None
    test_version: str | None = None
    raw_measurement: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page of a list leads: the address of the next one, empty on the last, and what it holds itself.

    ``last`` is the time of its last measurement, seconds since the epoch; None without one.
    """

    next_url: str
    rows: int
    last: int | None


def decode_results(results: bytes | msgspec.Raw) -> Decoded:
    """The measurements of a list's ``results``.

    Raises:
        CodecError: it is no list of measurements.
    """
    rows = read_part(results, list[msgspec.Raw])
    return _decoded(rows) if rows else Decoded(remarks=(Note(_NOTHING, {}),))


def decode_lines(lines: Iterable[bytes]) -> Decoded:
    """The measurements of a text with one of them a line.

    Raises:
        CodecError: no line is a measurement, or there are more than the API ever gives.
    """
    return _decoded(lines)


def decode_one(whole: bytes) -> Decoded:
    """The one measurement of an answer to ``measurement_meta``; none when OONI does not know it.

    Raises:
        CodecError: it is something else.
    """
    members = read_part(whole, dict[str, msgspec.Raw])
    if members.keys() <= {"raw_measurement"} and all(bytes(one) in {b'""', b"{}", b"null"} for one in members.values()):
        return Decoded(remarks=(Note(_UNKNOWN_THERE, {}),))
    return _decoded([whole])


def page_of(metadata: bytes | msgspec.Raw, results: bytes | msgspec.Raw) -> Page:
    """Where a page leads.

    Raises:
        CodecError: the parts have another shape.
    """
    rows = read_part(results, list[msgspec.Raw])
    row = read_if(rows[-1], _Row) if rows else None
    start = _start(row) if row is not None else None
    next_url = read_part(metadata, Metadata).next_url
    return Page(next_url or "", len(rows), None if start is None else int(start.timestamp()))


def is_row(line: bytes) -> bool:
    """Whether a line is a measurement by itself."""
    return read_if(line, _Row) is not None


def _decoded(parts: Iterable[bytes | msgspec.Raw]) -> Decoded:
    counts: Counter[str] = Counter()
    batches = list(in_batches(_rows(parts, counts), _ROWS_AT_ONCE))
    if not batches:
        raise not_an_answer("there is no measurement in it")
    table = pa.Table.from_batches(batches, schema=MEASUREMENTS)
    told = (_UNREADABLE, _NO_TIME, _NO_UID, _NO_PLACE)
    remarks = tuple(Note(one, {"count": str(counts[one])}) for one in told if counts[one])
    return Decoded(remarks=remarks, tables={"measurements": table})


def _rows(parts: Iterable[bytes | msgspec.Raw], counts: Counter[str]) -> Iterator[dict[str, Any]]:
    kept = 0
    for part in parts:
        row = read_if(part, _Row)
        if row is None or test_name(row.test_name) is None:
            counts[_UNREADABLE] += 1
            if not kept and counts[_UNREADABLE] >= MOST_STRANGE:
                break
            continue
        kept += 1
        if kept > _MOST_ROWS:
            raise refusal(message("There are more measurements in {file} than OONI ever lists."), remedy=FETCH_AGAIN)
        yield _measurement(row, counts)


def _measurement(row: _Row, counts: Counter[str]) -> dict[str, Any]:
    raw = (read_if(row.raw_measurement.encode(), _Raw) if row.raw_measurement else None) or _Raw()
    start, (uid, received) = _start(row), _uid(row.measurement_uid or "")
    country = place_code(row.probe_cc or "")
    place = country if country is not None and len(country) == 2 and country != "ZZ" else ""
    network = place_code(f"AS{str(row.probe_asn or 0).upper().removeprefix('AS')}") or ""
    annotations = raw.annotations or _Annotations()
    program = name(row.software_name or raw.software_name or "")
    version = name(row.software_version or raw.software_version or "")
    tested = without_user((row.input or "").encode("utf-8", "replace").decode())
    counts[_NO_TIME] += start is None
    counts[_NO_UID] += not uid
    counts[_NO_PLACE] += not place
    return {
        "source": SOURCE_ID,
        "uid": uid,
        "test": row.test_name,
        "test_version": name(row.test_version or raw.test_version or ""),
        "software": f"{program} {version}".strip(),
        "start": start,
        "received": received,
        "place": place,
        "network": network,
        "access": _MOBILE if annotations.network_type == _MOBILE else "unknown",
        "input": excerpt(tested, _LONGEST_INPUT),
        "domain": host(tested),
        "anomaly": row.anomaly,
        "confirmed": row.confirmed,
        "failed": row.failure if row.failure is not None else row.msm_failure,
        "details": json.dumps(summary(row.scores), sort_keys=True),
    }


def _start(row: _Row) -> datetime | None:
    """By the clock of whoever measured; the table of scored measurements writes a blank in place of the T and Z."""
    text = (row.measurement_start_time or "").strip()[:40]
    if len(text) == len("2024-01-01 00:00:01"):
        text = f"{text.replace(' ', 'T')}Z"
    return moment(text)


def _uid(text: str) -> tuple[str, datetime | None]:
    """The public name, and the moment of the server's clock with which it begins; empty for a text of another shape."""
    matched = _UID.fullmatch(text)
    if matched is None:
        return "", None
    if matched[1] is None:
        return text, None
    try:
        return text, datetime.strptime(matched[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return text, None
