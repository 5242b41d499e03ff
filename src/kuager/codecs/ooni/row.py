"""Rows of ``measurements`` from measurements of OONI: who, where and when, as far as it can be trusted.

``measurement_start_time`` is by the probe's clock, which may be years off; it is UTC without saying so. The public name
of a measurement begins with the time at which the server received it, in UTC:
``20220105103000.123456_KZ_webconnectivity_<16 hexadecimal digits>`` since October 2020, ``01<year, month, day>
<hexadecimal digits>`` before, of which only the day is known: its midnight.

A file names few countries, networks and sites many times over, so what was made of each is remembered.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.censoredplanet.row import host, moment, without_user
from kuager.codecs.codes import place_code
from kuager.codecs.ooni import text as ooni_text
from kuager.codecs.ooni.measurement import Envelope, Measurement
from kuager.codecs.ooni.names import SOURCE_ID
from kuager.model.schemas import TIME
from kuager.model.tables import MEASUREMENTS

OLD_UID = "01"
"""With this a public name of the first generation begins."""

_UID = re.compile(r"20[0-9]{12}\.[0-9]{6}_[A-Z]{2}_[a-z0-9]{1,60}_[0-9a-f]{16}")
_OLD_UID = re.compile(r"0120[0-9]{6}[0-9a-f]{28,32}")
_ASN = re.compile(r"(?:AS)?([0-9]{1,10})")
_UNKNOWN_COUNTRY = "ZZ"
_LONGEST_INPUT = 2_000
_LONGEST_CODE = 20
_REMEMBERED = 4_096
_EARLIEST, _LATEST = (pa.scalar(datetime.fromtimestamp(bound, UTC), TIME) for bound in (EARLIEST_S, LATEST_S))

Row = tuple[Any, ...]
"""The values of one row in the order of ``model.tables.MEASUREMENTS``; times are still texts."""

Identity = tuple[str, str, str | None, str, str, str, str, str, str | None, str | None]
"""Source, public name, test, input, domain, place, network, access, start and time of receipt, both still texts."""


def row(measurement: Envelope) -> Row:
    """The row of a measurement; the test's name is taken as it is."""
    source, uid, test, tested, domain, place, network, access, start, received = identity(measurement)
    keys = measurement.test_keys if isinstance(measurement, Measurement) else None
    return (
        source,
        uid,
        test,
        ooni_text.name(measurement.test_version),
        _software(measurement.software_name, measurement.software_version),
        start,
        received,
        place,
        network,
        access,
        tested,
        domain,
        measurement.anomaly,
        measurement.confirmed,
        measurement.failure if measurement.msm_failure is None else measurement.msm_failure,
        b"{}" if keys is None else keys.details(),
    )


def identity(measurement: Envelope) -> Identity:
    """Who measured what, where and when; the test's name is taken as it is."""
    uid, received = _received(measurement.measurement_uid or "")
    tested = measurement.input
    if isinstance(tested, list):
        tested = tested[0] if tested else ""
    tested = without_user((tested or "")[:_LONGEST_INPUT])
    annotations = measurement.annotations
    return (
        SOURCE_ID,
        uid,
        measurement.test_name,
        tested,
        _domain(tested),
        _place((measurement.probe_cc or "")[:_LONGEST_CODE]),
        _network(str(measurement.probe_asn)[:_LONGEST_CODE]),
        "mobile" if annotations is not None and annotations.network_type == "mobile" else "unknown",
        measurement.measurement_start_time,
        received,
    )


def batch(rows: list[Row]) -> Any:
    """An Arrow record batch of ``model.tables.MEASUREMENTS``."""
    arrays = [
        times(values) if field.type == TIME else pa.array(values, field.type)
        for field, values in zip(MEASUREMENTS, zip(*rows, strict=True), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=MEASUREMENTS)


def times(texts: tuple[str | None, ...]) -> Any:
    """Times of a column; null where the text is none, or lies outside 1970 to 2099."""
    try:
        times = pa.array(texts, pa.string()).cast(pa.timestamp("ms")).cast(TIME)
    except pa.ArrowInvalid:
        times = pa.array([_time(text) for text in texts], TIME)
    possible = pc.and_(pc.greater_equal(times, _EARLIEST), pc.less(times, _LATEST))
    return pc.if_else(possible, times, None)


def _time(text: str | None) -> datetime | None:
    return moment(text if text is None or text.endswith("Z") else f"{text}Z")


def _received(uid: str) -> tuple[str, str | None]:
    """The public name, empty if it has no such shape, and when the server received what it names."""
    if _UID.fullmatch(uid):
        return uid, f"{uid[:4]}-{uid[4:6]}-{uid[6:8]} {uid[8:10]}:{uid[10:12]}:{uid[12:18]}"
    if _OLD_UID.fullmatch(uid):
        return uid, f"{uid[2:6]}-{uid[6:8]}-{uid[8:10]} 00:00:00"
    return "", None


def _software(name: str | None, version: str | None) -> str:
    known, exactly = ooni_text.name(name), ooni_text.name(version)
    return f"{known} {exactly}" if known and exactly else known or exactly


@lru_cache(maxsize=_REMEMBERED)
def _place(country: str) -> str:
    """The country's code; empty when the probe did not know it (``ZZ``)."""
    return (place_code(country) or "") if len(country) == 2 and country.upper() != _UNKNOWN_COUNTRY else ""


@lru_cache(maxsize=_REMEMBERED)
def _network(asn: str) -> str:
    """The network's code; empty when the probe did not know it (``AS0``)."""
    number = _ASN.fullmatch(asn)
    return (place_code(f"AS{int(number[1])}") or "") if number else ""


@lru_cache(maxsize=_REMEMBERED)
def _domain(tested: str) -> str:
    return host(tested)
