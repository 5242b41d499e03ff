"""From the details of measurements to what was slow: runs of speed tests, and how long TLS handshakes took.

Speed tests are OONI's ``ndt`` and those of M-Lab, each source by itself. A handshake with one name is compared with
those with all other names on the same network and day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kuager.case.folder import Case
from kuager.case.slow_rows import at_clock_times, is_told, slowing
from kuager.codecs.registry import MEASUREMENT_KINDS
from kuager.detection.throttling.finding import LEAST_RUNS
from kuager.detection.throttling.handshakes import throttled_names
from kuager.detection.throttling.pairs import Handshakes
from kuager.detection.throttling.runs import Runs
from kuager.detection.throttling.throughput import throttled
from kuager.detection.throttling.windows import slow_windows
from kuager.model.places import find, zones
from kuager.model.series import Values
from kuager.model.services import Blocking, Slowing
from kuager.model.sites import is_public_name

Table = Any
_COLUMNS = ("source", "uid", "test", "place", "network", "access", "start", "received", "domain", "details")
_HANDSHAKES = '"tls_'
TIMEOUT_S = 10.0
"""After so long OONI's probe gives a handshake up."""
_TIMED_OUT = "generic_timeout_error"
MOST_RUNS = 0.5
"""Of averages, OONI's "ping" and maxima, the first that so large a share of runs has is the time under load."""
MOST_NAMES = 200
"""Names of which handshakes are compared, those measured most often first."""


class _Speeds(msgspec.Struct):
    download: float | None = None
    min_rtt: float | None = None
    avg_rtt: float | None = None
    ping: float | None = None
    max_rtt: float | None = None
    retransmit_rate: float | None = None


class _Details(msgspec.Struct):
    """What is read of the details: OONI's speeds are in kbit/s and ms, M-Lab's in Mbit/s and ms."""

    summary: _Speeds | None = None
    simple: _Speeds | None = None
    download_mbps: float | None = None
    min_rtt_ms: float | None = None
    loss_rate: float | None = None
    tls_handshake_s: dict[str, list[float]] | None = None
    tls_failures: dict[str, dict[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    source: str
    time: int
    network: str
    mobile: bool
    speed: float
    rtt: float
    loaded: tuple[float, ...]
    loss: float


@dataclass(frozen=True, slots=True)
class _Handshake:
    source: str
    time: int
    network: str
    name: str
    seconds: float
    timed_out: bool


def slowed_services(case: Case, place: str, blocked: Sequence[Blocking]) -> list[Slowing]:
    """What was slow at a place, as far as it is no accident and nothing that was measured explains it otherwise.

    Args:
        case: the case.
        place: code of a country or a network.
        blocked: what was blocked there: handshakes that blocking keeps from ending are not slow ones.
    """
    runs, every = _read(case, place)
    handshakes = _not_blocked(every, blocked)
    zone = zones(find(place), case.settings.start.date())[0]
    found = list(_of_runs(runs, zone)) + list(_of_handshakes(handshakes))
    return sorted(found, key=lambda one: (one.start.best, one.service, one.network, one.source))


def _not_blocked(handshakes: list[_Handshake], blocked: Sequence[Blocking]) -> list[_Handshake]:
    spans: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in blocked:
        end = float("inf") if row.last_seen is None else row.last_seen.latest.timestamp()
        spans.setdefault((row.network, row.service), []).append((row.first_seen.earliest.timestamp(), end))
    return [
        one
        for one in handshakes
        if not any(first <= one.time <= last for first, last in spans.get((one.network, one.name), ()))
    ]


def _of_runs(runs: list[_Run], zone: str) -> Iterator[Slowing]:
    """By network; where no network alone shows a stretch, all of the place together."""
    for source in sorted({one.source for one in runs}):
        own = [one for one in runs if one.source == source]
        told: list[Slowing] = []
        for network in sorted({one.network for one in own} - {""}):
            told += _judged(source, network, [one for one in own if one.network == network], zone)
        for one in _judged(source, "", own, zone):
            if not any(_overlap(one, other) for other in told):
                told.append(one)
        yield from told


def _judged(source: str, network: str, own: list[_Run], zone: str) -> list[Slowing]:
    if len(own) < 3 * LEAST_RUNS:
        return []
    times = np.array([one.time for one in own], dtype=np.int64)
    runs = Runs.of(
        times,
        np.array([one.speed for one in own]),
        rtts=np.array([one.rtt for one in own]),
        loaded_rtts=_loaded(own),
        losses=np.array([one.loss for one in own]),
        networks=np.unique([one.network for one in own], return_inverse=True)[1].astype(np.int64),
        accesses=np.array([one.mobile for one in own], dtype=np.int64),
    )
    told = [slowing(source, "", network, one, times) for one in throttled(runs, zone)]
    hours = (one for one in slow_windows(runs, zone) if one.found.is_verdict and not is_told(one, told))
    return told + [at_clock_times(slowing(source, "", network, one.found, times), one) for one in hours]


def _loaded(own: list[_Run]) -> Values:
    """The round-trip times under load, of one kind for all runs: the first that most of them have, else none."""
    kinds = np.array([one.loaded for one in own], dtype=np.float64)
    known = np.mean(np.isfinite(kinds), axis=0) >= MOST_RUNS
    return kinds[:, int(np.argmax(known))] if known.any() else np.full(len(own), np.nan)


def _of_handshakes(handshakes: list[_Handshake]) -> Iterator[Slowing]:
    for source in sorted({one.source for one in handshakes}):
        for network in sorted({one.network for one in handshakes} - {""}):
            own = [one for one in handshakes if (one.source, one.network) == (source, network)]
            times = np.array([one.time for one in own], dtype=np.int64)
            seconds = np.array([one.seconds for one in own])
            late = np.array([one.timed_out for one in own], dtype=np.bool_)
            names, codes, counts = np.unique([one.name for one in own], return_inverse=True, return_counts=True)
            for code in np.argsort(-counts, kind="stable")[:MOST_NAMES].tolist():
                target = codes == code
                if counts[code] < LEAST_RUNS or target.all():
                    continue
                compared = target | ~late  # whoever never answers is no measure of what is ordinary
                found = Handshakes.of(times[compared], seconds[compared], target[compared], timed_out=late[compared])
                for one in throttled_names(found):
                    yield slowing(source, str(names[code]), network, one, times[target])


def _overlap(one: Slowing, other: Slowing) -> bool:
    after = other.end is not None and other.end.best <= one.start.best
    before = one.end is not None and one.end.best <= other.start.best
    return not after and not before


def _read(case: Case, place: str) -> tuple[list[_Run], list[_Handshake]]:
    runs: list[_Run] = []
    handshakes: list[_Handshake] = []
    told: set[str] = set()
    for batch in _measurements(case):
        for row in _of_place(batch, place).to_pylist():
            if row["uid"] in told:
                continue
            told |= {row["uid"]} - {""}
            _add(row, runs, handshakes)
    return runs, handshakes


def _add(row: dict[str, Any], runs: list[_Run], handshakes: list[_Handshake]) -> None:
    try:
        found = msgspec.json.decode(row["details"], type=_Details)
    except (msgspec.DecodeError, RecursionError):
        return
    moment = row["start"] or row["received"]
    if moment is None:
        return
    source, at, network = row["source"], int(moment.timestamp()), row["network"]
    speeds = found.summary or found.simple or _Speeds()
    kbps = speeds.download if found.download_mbps is None else 1000.0 * found.download_mbps
    if kbps is not None:
        rtt = speeds.min_rtt if found.min_rtt_ms is None else found.min_rtt_ms
        loss = speeds.retransmit_rate if found.loss_rate is None else found.loss_rate
        mobile = row["access"] == "mobile"
        loaded = tuple(_or_nan(one) for one in (speeds.avg_rtt, speeds.ping, speeds.max_rtt))
        runs.append(_Run(source, at, network, mobile, kbps, _or_nan(rtt), loaded, _or_nan(loss)))
    for name, seconds in (found.tls_handshake_s or {}).items():
        handshakes += [
            _Handshake(source, at, network, name, one, timed_out=False) for one in seconds if is_public_name(name)
        ]
    for name, failures in (found.tls_failures or {}).items():
        if is_public_name(name) and failures.get(_TIMED_OUT):
            handshakes.append(_Handshake(source, at, network, name, TIMEOUT_S, timed_out=True))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _measurements(case: Case) -> Iterator[Table]:
    yield case.tables.read("measurements")
    for record in {one.digest: one for one in case.records.all() if one.kind in MEASUREMENT_KINDS}.values():
        for batch in case.tables.measurements(record.digest):
            yield pa.Table.from_batches([batch])


def _of_place(rows: Table, place: str) -> Table:
    """Rows of a place that hold a speed or a handshake."""
    column = "network" if place.startswith("AS") else "place"
    details = rows["details"]
    telling = pc.or_(pc.match_substring(details, _HANDSHAKES), pc.match_substring(details, "download"))
    return rows.filter(pc.and_(pc.equal(rows[column], place), telling)).select(list(_COLUMNS))
