"""The files of real series, each in its publisher's own form, as series.

* Monash IP Observatory, connectivity of counties and states (``time_e,connectivity`` beside names and numbers of
  places): ``time_e`` is the clock on the wall written as if it were UTC, so that it needs the zone. The index is 0 to
  100; a value below is no value.
* The same, latency of regions (``time_local,latency_indx,timezone_name``), about 100.
* Google Trends (``date,value``).

IODA's export, Cloudflare's netflows and Tor's users have codecs of their own.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from kuager.codecs.samples import common_step
from kuager.codecs.text import refusal
from kuager.errors import message
from kuager.model.series import Series
from kuager.model.time import parse_utc, to_epoch
from kuager.model.words import Access, Scale

CONNECTIVITY, LATENCY, SEARCHES = "ipobservatory.connectivity", "ipobservatory.latency", "trends.vpn"

Samples = Iterable[tuple[str, int, float]]


def connectivity(file: Path, country: str, zone: str) -> dict[str, Series]:
    """The index of each county or state, by its name; ``zone`` is that of its clocks.

    Raises:
        CodecError: the file has other columns or cells.
    """
    samples = ((_name(row), _wall(int(row["time_e"]), zone), float(row["connectivity"])) for row in _rows(file))
    return _series(CONNECTIVITY, country, samples, file)


def latency(file: Path, country: str) -> dict[str, Series]:
    """The latency of each region of a country (ISO 3166-1, three letters), by its name.

    Raises:
        CodecError: the file has other columns or cells.
    """
    samples = (
        (row["adm1_name"], _wall(_plain(row["time_local"]), row["timezone_name"]), float(row["latency_indx"]))
        for row in _rows(file)
        if row["country_iso_three_char_code"] == country
    )
    return _series(LATENCY, country[:2], samples, file)


def searches(file: Path, country: str) -> Series:
    """One topic's share of searches, by days.

    Raises:
        CodecError: the file has other columns or cells.
    """
    samples = (("", to_epoch(parse_utc(row["date"])), float(row["value"])) for row in _rows(file))
    (series,) = _series(SEARCHES, country, samples, file).values()
    return series


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _name(row: dict[str, str]) -> str:
    return f"{row['name_1']}, {row['name_2']}" if "name_2" in row else row["name_1"]


def _plain(text: str) -> int:
    return to_epoch(datetime.strptime(text, "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC))


def _wall(seconds: int, zone: str) -> int:
    """Seconds since the epoch of a clock on the wall that was written as if it were UTC."""
    return to_epoch(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=ZoneInfo(zone)))


def _series(signal: str, country: str, samples: Samples, file: Path) -> dict[str, Series]:
    by_place: dict[str, dict[int, float]] = defaultdict(dict)
    try:
        for name, time, value in samples:
            by_place[name][time] = value if value >= 0 else np.nan
    except (KeyError, ValueError) as error:
        raise refusal(message("{file} has other columns or cells than its publisher's."), file=file.name) from error
    if not by_place:
        raise refusal(message("There is nothing in {file}."), file=file.name)
    found = {}
    for number, (name, values) in enumerate(by_place.items(), start=1):
        times = np.array(sorted(values), dtype=np.int64)
        found[name] = Series(
            signal=signal,
            place=f"{country}-{number}" if name else country,
            access=Access.MIXED,
            scale=Scale.RELATIVE,
            window=file.stem,
            step_s=common_step(times),
            times=times,
            values=np.array([values[time] for time in times.tolist()]),
            unit="",
        )
    return found
