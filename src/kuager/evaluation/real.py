"""Quiet stretches of real series, as what the bootstrap draws from: a usual day and what each day made of it.

They are read where they lie (``KUAGER_DATA``) and never kept. Quiet is what the documents know no event of: Iran's
signals on IODA's dashboard in December 2025, ten regions on both sides of the border of Ukraine and Russia in December
2021 (Monash IP Observatory), Canada and France in November 2022 (Cloudflare Radar), and the direct users of Tor from
2010 in countries that never blocked it (Tor Metrics).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from kuager.codecs import tor_users
from kuager.codecs.cells import numbers, zoned_times
from kuager.codecs.ioda import export
from kuager.codecs.text import Table, read_table, refusal
from kuager.errors import message
from kuager.evaluation.oracle import OwnNoise, noise_of_residual, ratio_to_season
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.model.series import Times, Values
from kuager.model.time import to_epoch
from kuager.model.words import SignalKind
from kuager.sources.registry import signal

_IRAN = "ioda/iran-2026-01-dashboard-export.csv"
_IRAN_UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
_BORDER = "regional/ukraine-border-2022-01-quiet.csv"
_BORDER_STEP_S = 3 * HOUR_S
_RADAR = ("cloudflare/canada_2022-11_netflows_hourly.csv", "cloudflare/france_2022-11_netflows_hourly.csv")
_TOR = "tor/direct-users.csv"
_TOR_FROM = datetime(2010, 1, 1, tzinfo=UTC)
_TOR_COUNTRIES = ("AT", "AU", "BR", "CA", "CH", "CZ", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "PL", "SE", "US")

_LEAST_BLOCKS = 4
_MOST_LATTICE = 200


@dataclass(frozen=True, slots=True, eq=False)
class Quiet:
    """A quiet stretch, cut into blocks of a day, or of a week where a sample is a day.

    Attributes:
        name: where it comes from.
        kind: what it counts.
        step_s: seconds between samples.
        usual: float64 [samples of a block], the value that is usual at that time of day.
        ratios: float64 [blocks, samples of a block], value over what was usual then, NaN where missing.
        weekdays: int64 [blocks], 0 for Monday; a block of a week has that of its first day.
        quantum: the smallest difference of its values where they lie on a lattice, else 0.
        noise: measured on the ratios.
    """

    name: str
    kind: SignalKind
    step_s: int
    usual: Values
    ratios: Values
    weekdays: Times
    quantum: float
    noise: OwnNoise


def quiet_stretches(folder: Path | None) -> tuple[Quiet, ...]:
    """Every quiet stretch that lies below a folder; none where there is no folder, or nothing in it.

    Raises:
        CodecError: a file is there and is not what its name says.
    """
    if folder is None:
        return ()
    readers: tuple[tuple[str, Callable[[Path], Iterator[Quiet | None]]], ...] = (
        (_IRAN, _iran),
        (_BORDER, _border),
        *((name, _radar) for name in _RADAR),
        (_TOR, _tor),
    )
    found = (quiet for name, read in readers if (folder / name).is_file() for quiet in read(folder / name))
    return tuple(quiet for quiet in found if quiet is not None)


def _iran(path: Path) -> Iterator[Quiet | None]:
    for series in export.decode(path.read_bytes(), "IR").series:
        before = series.times < to_epoch(_IRAN_UNTIL)
        kind = signal(series.signal).kind
        yield quiet_of(series.signal, kind, series.step_s, series.times[before], series.values[before])


def _border(path: Path) -> Iterator[Quiet | None]:
    table = _with_columns(read_table(path.read_bytes()), ("adm1_unique_identifier", "time_local", "latency_indx"))
    regions = np.array(table.columns["adm1_unique_identifier"].to_pylist())
    values = numbers(table.columns["latency_indx"], table.lines)
    local = np.array([_local(text) for text in table.columns["time_local"].to_pylist()], dtype=np.int64)
    for region in np.unique(regions):
        own = np.flatnonzero(regions == region)
        own = own[np.unique(local[own], return_index=True)[1]]
        yield quiet_of(f"border {region}", SignalKind.INDEX, _BORDER_STEP_S, local[own], values[own])


def _radar(path: Path) -> Iterator[Quiet | None]:
    table = _with_columns(read_table(path.read_bytes()), ("timestamp_utc", "value"))
    times = zoned_times(table.columns["timestamp_utc"], table.lines).times
    yield quiet_of(path.stem, SignalKind.TRAFFIC, HOUR_S, times, numbers(table.columns["value"], table.lines))


def _tor(path: Path) -> Iterator[Quiet | None]:
    for series in tor_users.decode(path.read_bytes()).series:
        if series.place in _TOR_COUNTRIES:
            late = series.times >= to_epoch(_TOR_FROM)
            name = f"{series.signal} {series.place}"
            yield quiet_of(name, SignalKind.USERS, series.step_s, series.times[late], series.values[late])


def quiet_of(name: str, kind: SignalKind, step_s: int, times: Times, values: Values) -> Quiet | None:
    """A stretch cut into blocks, or None when it has too few whole ones.

    Args:
        name: where it comes from.
        kind: what it counts.
        step_s: seconds between samples.
        times: int64 [n], seconds since the epoch, strictly increasing.
        values: float64 [n], NaN where missing.
    """
    block_s = 7 * DAY_S if step_s >= DAY_S else DAY_S
    size = block_s // step_s
    ratio = ratio_to_season(times, values, step_s)
    first = int(times[0]) // block_s if times.size else 0
    blocks = int(times[-1]) // block_s - first + 1 if times.size else 0
    laid, seen = np.full((2, blocks, size), np.nan)
    where = (times // block_s - first, times % block_s // step_s)
    laid[where], seen[where] = ratio, values
    whole = np.count_nonzero(np.isfinite(laid), axis=1) >= 0.8 * size
    if np.count_nonzero(whole) < _LEAST_BLOCKS:
        return None
    usual = np.nan_to_num(np.array([_median(column) for column in seen[whole].T]))
    return Quiet(
        name=name,
        kind=kind,
        step_s=step_s,
        usual=usual,
        ratios=laid[whole],
        weekdays=((np.flatnonzero(whole) + first) * (block_s // DAY_S) + 3) % 7,
        quantum=_quantum(values),
        noise=noise_of_residual(times, ratio, step_s),
    )


def _median(values: Values) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def _quantum(values: Values) -> float:
    """The spacing of values that lie on a lattice of few points, else 0."""
    points = np.unique(values[np.isfinite(values)])
    if not 2 < points.size <= _MOST_LATTICE:
        return 0.0
    spacing = float(np.min(np.diff(points)))
    return spacing if np.allclose(points / spacing, np.rint(points / spacing), atol=0.02) else 0.0


def _local(text: str) -> int:
    """Seconds that the local clock showed, counted as if it were UTC: days stay days."""
    try:
        return to_epoch(datetime.strptime(text, "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC))
    except ValueError as error:
        raise refusal(message("{file} holds a time that is none: “{text}”."), text=text[:40]) from error


def _with_columns(table: Table, wanted: Sequence[str]) -> Table:
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise refusal(message("{file} lacks the columns {columns}."), columns=", ".join(missing))
    return table
