"""Results of M-Lab's speed tests NDT7 and NDT5 as ``measurements``: one JSON object a file, or one a line.

A result is what the server kept: ``{"ClientIP": …, "StartTime": …, "Download": {"ServerMeasurements":
[{"TCPInfo": {"ElapsedTime": µs, "BytesAcked": …}}]}}`` for NDT7, ``S2C`` and ``C2S`` with ready-made figures for
NDT5. Rows that were exported from M-Lab's tables hold it as ``raw``, with the client's country and network beside it.
Speed is what arrived between the first and the last snapshot of the connection, in Mbit/s: acknowledged bytes
downwards, received bytes upwards. The shortest delay is in ms; loss is the share of bytes sent again, downwards only,
for a receiver cannot tell.

Addresses, ports and names of connections lead to the person who tested, so none of them is kept, nor any error's text.
Source: the structures of M-Lab's ndt-server and the columns of its published tables.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
import pyarrow as pa

from kuager.codecs import piece
from kuager.codecs.censoredplanet.row import moment
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.measured import in_batches
from kuager.codecs.text import FETCH_AGAIN, refusal, text_of
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.tables import MEASUREMENTS

SOURCE_ID = "mlab"

_ROWS_AT_ONCE = 1_000
_LARGEST_DOCUMENT = 32 * 2**20
_FASTEST_MBPS = 1e6
_SLOWEST_RTT_MS = 1e6

_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")

_UNREADABLE = message("Lines that are not whole results of NDT and were passed over: {count}.")
_NO_TIME = message("Results without a time that could be read: {count}.")
_NO_SPEED = message("Results from which no speed could be computed: {count}.")
_NO_PLACE = message("Results that do not say in which country the test was made: {count}.")


class _TcpInfo(msgspec.Struct, frozen=True, rename="pascal"):
    elapsed_time: float | None = None
    bytes_acked: float | None = None
    bytes_received: float | None = None
    bytes_sent: float | None = None
    bytes_retrans: float | None = None
    min_rtt: float | None = msgspec.field(name="MinRTT", default=None)


class _Snapshot(msgspec.Struct, frozen=True):
    tcp: _TcpInfo | None = msgspec.field(name="TCPInfo", default=None)


class _Seven(msgspec.Struct, frozen=True):
    """One direction of NDT7."""

    snapshots: list[_Snapshot] | None = msgspec.field(name="ServerMeasurements", default=None)


class _Five(msgspec.Struct, frozen=True):
    """One direction of NDT5; the delay is in nanoseconds."""

    speed: float | None = msgspec.field(name="MeanThroughputMbps", default=None)
    min_rtt: float | None = msgspec.field(name="MinRTT", default=None)
    error: str | None = msgspec.field(name="Error", default=None)


class _Control(msgspec.Struct, frozen=True):
    """The connection over which NDT5 agrees on its tests; nothing of it is wanted but that it is there."""


class _Geo(msgspec.Struct, frozen=True):
    country: str | None = msgspec.field(name="CountryCode", default=None)


class _Network(msgspec.Struct, frozen=True):
    number: int | None = msgspec.field(name="ASNumber", default=None)


class _Client(msgspec.Struct, frozen=True):
    geo: _Geo | None = msgspec.field(name="Geo", default=None)
    network: _Network | None = msgspec.field(name="Network", default=None)


class _Result(msgspec.Struct, frozen=True):
    start: str | None = msgspec.field(name="StartTime", default=None)
    version: str | None = msgspec.field(name="Version", default=None)
    download: _Seven | None = msgspec.field(name="Download", default=None)
    upload: _Seven | None = msgspec.field(name="Upload", default=None)
    down: _Five | None = msgspec.field(name="S2C", default=None)
    up: _Five | None = msgspec.field(name="C2S", default=None)
    control: _Control | None = msgspec.field(name="Control", default=None)


class _Line(_Result, frozen=True):
    """A result, or a row of M-Lab's tables that holds one."""

    raw: _Result | None = None
    client: _Client | None = None


class Reading:
    """The measurements of one file, read once from its beginning to its end; remarks are complete after that."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._counts: Counter[str] = Counter()
        self._understood = 0

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What a reader should be told about how the file was read."""
        told = (_UNREADABLE, _NO_TIME, _NO_SPEED, _NO_PLACE)
        return tuple(Note(one, {"count": str(self._counts[one])}) for one in told if self._counts[one])

    def __iter__(self) -> Iterator[Any]:
        """Arrow record batches of ``model.tables.MEASUREMENTS``.

        Raises:
            CodecError: when everything was read and nothing was a result.
        """
        yield from in_batches(map(self._row, self._results()), _ROWS_AT_ONCE)
        if not self._understood:
            raise refusal(message("Nothing in {file} is a result of NDT7 or NDT5."), remedy=FETCH_AGAIN)

    def _results(self) -> Iterator[_Line]:
        """One result a line; when not even the first line is one, the whole text may be one written over many lines."""
        lines = iter(self._lines)
        first = next(lines, None)
        if first is None:
            return
        rest: Iterable[bytes] = lines
        if _read(first) is None and first.strip() in {b"{", b"[", b"[{"}:
            document = _together(first, lines)
            found = _documents(document)
            if found:
                self._understood = len(found)
                yield from found
                return
            first, rest = b"", document.split(b"\n")
        for line in chain((first,), rest):
            if line.strip():
                read = _read(line)
                if read is not None:
                    self._understood += 1
                    yield read
                    continue
                self._counts[_UNREADABLE] += 1
                if not self._understood and self._counts[_UNREADABLE] >= piece.MOST_STRANGE:
                    return

    def _row(self, line: _Line) -> dict[str, Any]:
        result = line.raw if line.raw is not None else line
        details = _details(result)
        start = moment(result.start)
        client = line.client or _Client()
        country = place_code(client.geo.country or "") if client.geo else None
        number = client.network.number if client.network else None
        self._counts[_NO_TIME] += start is None
        self._counts[_NO_SPEED] += not {"download_mbps", "upload_mbps"} & details.keys()
        self._counts[_NO_PLACE] += country is None
        five = [one for one in (result.down, result.up) if one is not None]
        return _measurement(
            test="ndt5" if five or result.control is not None else "ndt7",
            start=start,
            software=_software(result.version),
            place=country if country and len(country) == 2 else "",
            network=(place_code(f"AS{number}") or "") if number is not None and 0 < number < 2**32 else "",
            failed=any(one.error for one in five) if five else None,
            details=details,
        )


def batches(lines: Iterable[bytes]) -> Reading:
    """The measurements in these lines; to be read once.

    Args:
        lines: every line of a file, without its line break.
    """
    return Reading(lines)


def decode(data: bytes) -> Decoded:
    """The measurements of a file held in one piece, plain or compressed with gzip.

    Raises:
        CodecError: nothing in it is a result of NDT.
    """
    if not data.startswith(piece.GZIP):
        text_of(data)
    reading = batches(piece.lines(data))
    rows = pa.Table.from_batches(list(reading), schema=MEASUREMENTS)
    return Decoded(remarks=reading.remarks, tables={"measurements": rows})


def _read(line: bytes) -> _Line | None:
    """The result in a line; None if it is none. The reason is not asked for: it could quote the line."""
    try:
        found = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    result = found.raw if found.raw is not None else found
    tested = (result.download, result.upload, result.down, result.up, result.control)
    return None if all(one is None for one in tested) else found


def _documents(document: bytes) -> list[_Line]:
    try:
        parts = msgspec.json.decode(document, type=list[msgspec.Raw]) if document.startswith(b"[") else [document]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return []
    found = [_read(bytes(part)) for part in parts]
    return [one for one in found if one is not None]


def _together(first: bytes, lines: Iterator[bytes]) -> bytes:
    collected, size = [first.strip()], len(first)
    for line in lines:
        collected.append(line)
        size += len(line)
        if size > _LARGEST_DOCUMENT:
            raise refusal(message("The content of {file} is larger than any result of NDT is."), remedy=FETCH_AGAIN)
    return b"\n".join(collected)


def _details(result: _Result) -> dict[str, float]:
    """The figures that can be computed; one that cannot is left out."""
    found: dict[str, float | None] = {}
    delays: list[float | None] = []
    if result.download is not None:
        snapshots = _snapshots(result.download)
        found["download_mbps"] = _speed(snapshots, "bytes_acked")
        found["loss_rate"] = _loss(snapshots)
        delays.append(_delay(snapshots))
    if result.upload is not None:
        snapshots = _snapshots(result.upload)
        found["upload_mbps"] = _speed(snapshots, "bytes_received")
        delays.append(_delay(snapshots))
    if result.down is not None:
        found["download_mbps"] = _ready_speed(result.down)
        delays.append(_milliseconds(result.down.min_rtt, 1e6))
    if result.up is not None:
        found["upload_mbps"] = _ready_speed(result.up)
        delays.append(_milliseconds(result.up.min_rtt, 1e6))
    found["min_rtt_ms"] = min((delay for delay in delays if delay is not None), default=None)
    return {name: round(value, 6) for name, value in found.items() if value is not None}


def _snapshots(direction: _Seven) -> list[_TcpInfo]:
    """The snapshots that say when they were taken, the earliest first."""
    timed = [one.tcp for one in direction.snapshots or () if one.tcp is not None and one.tcp.elapsed_time is not None]
    return sorted(
        (tcp for tcp in timed if math.isfinite(tcp.elapsed_time or 0.0)), key=lambda tcp: tcp.elapsed_time or 0.0
    )


def _speed(snapshots: list[_TcpInfo], counter: str) -> float | None:
    """Mbit/s between the first and the last snapshot: bits per microsecond are just that."""
    counted = [(tcp.elapsed_time or 0.0, getattr(tcp, counter)) for tcp in snapshots]
    counted = [(time, count) for time, count in counted if count is not None]
    if len(counted) < 2 or counted[-1][0] <= counted[0][0]:
        return None
    return _within(8.0 * (counted[-1][1] - counted[0][1]) / (counted[-1][0] - counted[0][0]), _FASTEST_MBPS)


def _ready_speed(direction: _Five) -> float | None:
    """The figure of NDT5; a zero beside an error was never measured."""
    return None if direction.error and not direction.speed else _within(direction.speed, _FASTEST_MBPS)


def _loss(snapshots: list[_TcpInfo]) -> float | None:
    last = snapshots[-1] if snapshots else _TcpInfo()
    if last.bytes_sent is None or last.bytes_retrans is None or last.bytes_sent <= 0:
        return None
    return _within(last.bytes_retrans / last.bytes_sent, 1.0)


def _delay(snapshots: list[_TcpInfo]) -> float | None:
    """The kernel keeps the shortest delay so far, in microseconds; zero means that it has none yet."""
    delays = (_milliseconds(tcp.min_rtt, 1e3) for tcp in snapshots)
    return min((delay for delay in delays if delay is not None), default=None)


def _milliseconds(delay: float | None, per_millisecond: float) -> float | None:
    found = _within(None if delay is None else delay / per_millisecond, _SLOWEST_RTT_MS)
    return found or None


def _within(value: float | None, largest: float) -> float | None:
    return value if value is not None and math.isfinite(value) and 0.0 <= value <= largest else None


def _software(version: str | None) -> str:
    """The server's version, if it looks like one: whatever else stands there may lead to somebody."""
    return f"ndt-server {version}" if version and _VERSION.fullmatch(version) else ""


def _measurement(
    *, test: str, start: datetime | None, software: str, place: str, network: str, failed: bool | None, details: Any
) -> dict[str, Any]:
    return {
        "source": SOURCE_ID,
        "uid": "",
        "test": test,
        "test_version": "",
        "software": software,
        "start": start,
        "received": None,
        "place": place,
        "network": network,
        "access": "unknown",
        "input": "",
        "domain": "",
        "anomaly": None,
        "confirmed": None,
        "failed": failed,
        "details": json.dumps(details),
    }
