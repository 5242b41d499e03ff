"""RIPEstat's ``country-resource-stats``: how many prefixes and networks of a country RIPE's collectors see routed.

``{"resource": "kz", "resolution": "5m", "query_starttime": …, "query_endtime": …, "stats": [{"timeline": [{"starttime":
…, "endtime": …}], "v4_prefixes_ris": 8209, "v6_prefixes_ris": 433, "asns_ris": 556, …}]}``. A row holds for every
period of its timeline; neighbours that say the same come as one period, from the first sample's time to the last
one's, both counted in, and a lone sample begins and ends at the same moment. Where periods begin as others end, ends
are read as not counted in. Rows come in any order. A value may be fractional, the mean of a longer step; -1 means "not
available" and becomes missing. There is no key ``announced_prefixes``; an answer without the keys above is refused.

The columns ``v4_prefixes_stats``, ``v6_prefixes_stats`` and ``asns_stats`` are left out: they count what registries
have assigned, by day and mostly -1, and say nothing of what can be reached.
Source: RIPEstat's manual of the call, recorded answers of 2017 and 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.decoded import Decoded
from kuager.codecs.ripestat.answer import (
    Answer,
    Moment,
    country_of,
    milliseconds,
    not_an_answer,
    read_part,
    read_rows,
    sayable,
)
from kuager.codecs.samples import in_order, remarks_on_order
from kuager.codecs.text import FETCH_AGAIN, refusal
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.series import Series, Times
from kuager.model.words import Access, Scale

UNITS = {
    "ripestat.v4_prefixes_ris": "IPv4 prefixes",
    "ripestat.v6_prefixes_ris": "IPv6 prefixes",
    "ripestat.asns_ris": "networks",
}
"""The signals of this call in the order of the columns, and what each counts."""

_STEPS_S = {"5m": 300, "1h": 3600, "1d": 86_400, "1w": 604_800}
_NOT_AVAILABLE = -1.0
_MOST_SAMPLES = 3_000_000
"""More than 20 years in steps of five minutes."""

_ODD = message("Rows of RIPEstat without usable times or counts, which were passed over: {count}.")
_OUTSIDE = message("Samples outside the time that was asked for, which were dropped: {count}.")
_MISSING = message("Values that RIPEstat marks with -1, “not available”, and that are missing here: {count}.")
_NOTHING = message("RIPEstat answered, but has no values for {place}.")


class _Period(msgspec.Struct, frozen=True):
    starttime: Moment
    endtime: Moment | None = None


class _Row(msgspec.Struct, frozen=True):
    timeline: list[_Period] | _Period
    v4_prefixes_ris: float | None = None
    v6_prefixes_ris: float | None = None
    asns_ris: float | None = None


class _Data(msgspec.Struct, frozen=True):
    stats: list[msgspec.Raw]
    resource: str | list[str] | None = None
    resolution: str | None = None
    query_starttime: Moment | None = None
    query_endtime: Moment | None = None


@dataclass(frozen=True, slots=True)
class _Samples:
    """Samples as they stand: int64 [n] times, float64 [n, 3] values by signal, int64 [n] numbers of their rows."""

    times: Times
    values: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]

    def inside(self, first: int, last: int) -> _Samples:
        kept = (self.times >= first) & (self.times <= last)
        return _Samples(self.times[kept], self.values[kept], self.rows[kept])


def decode(answer: Answer, place: str) -> Decoded:
    """Three series of one country, each with every moment that the answer has.

    Raises:
        CodecError: another shape, a step that is not known, or two values for one moment.
    """
    data = read_part(answer.data, _Data)
    code = country_of(data.resource, place)
    step_s = _STEPS_S.get(data.resolution or "")
    if step_s is None:
        raise refusal(
            message("The answer of RIPEstat in {file} has the resolution “{resolution}”, which Kuager does not know."),
            meaning=message("The known ones are 5m, 1h, 1d and 1w; without one, gaps cannot be told from steps."),
            remedy=FETCH_AGAIN,
            resolution=sayable(data.resolution or ""),
        )
    remarks = list(answer.remarks)
    every = _expanded(data.stats, step_s, remarks)
    samples = every.inside(*_window(data, answer))
    if dropped := every.times.size - samples.times.size:
        remarks.append(Note(_OUTSIDE, {"count": str(dropped)}))
    if samples.times.size == 0:
        remarks.append(Note(_NOTHING, {"place": code}))
        return Decoded(remarks=tuple(remarks))
    unavailable = samples.values == _NOT_AVAILABLE
    if count := int(np.count_nonzero(unavailable)):
        remarks.append(Note(_MISSING, {"count": str(count)}))
    values = np.where(unavailable, np.nan, samples.values)
    ordered = [in_order(samples.times, values[:, column], samples.rows, signal) for column, signal in enumerate(UNITS)]
    remarks.extend(remarks_on_order(ordered[0].moved, ordered[0].repeated))
    series = tuple(
        Series(signal, code, Access.MIXED, Scale.ABSOLUTE, "", step_s, one.times, one.values, unit)
        for one, (signal, unit) in zip(ordered, UNITS.items(), strict=True)
    )
    return Decoded(series, tuple(remarks))


def _window(data: _Data, answer: Answer) -> tuple[int, int]:
    """First and last second of what was asked for; what is later than the answer cannot have been measured."""
    start, end = milliseconds(data.query_starttime), milliseconds(data.query_endtime)
    first = EARLIEST_S if start is None else start // 1000
    last = LATEST_S if end is None else end // 1000
    return first, min(last, answer.until_s)


def _expanded(stats: list[msgspec.Raw], step_s: int, remarks: list[Note]) -> _Samples:
    """Every sample that the rows stand for."""
    starts: list[int] = []
    ends: list[int] = []
    values: list[tuple[float, float, float]] = []
    rows: list[int] = []
    odd = 0
    for number, row in enumerate(read_rows(stats, _Row), start=1):
        counts = None if row is None else _counts(row)
        periods = [] if row is None or counts is None else _periods(row)
        if counts is None or not periods:
            odd += 1
            continue
        for start, end in periods:
            starts.append(start)
            ends.append(end)
            values.append(counts)
            rows.append(number)
    if odd and not rows:
        raise not_an_answer("no row of stats has a timeline and one of v4_prefixes_ris, v6_prefixes_ris, asns_ris")
    if odd:
        remarks.append(Note(_ODD, {"count": str(odd)}))
    first, last = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    longer = last > first
    if np.isin(last[longer], first).any():  # periods that touch do not count their ends in
        last = np.where(longer, last - 1, last)
    many = (last - first) // step_s + 1
    if many.sum() > _MOST_SAMPLES:
        raise not_an_answer(f"more than {_MOST_SAMPLES} samples")
    which = np.repeat(np.arange(many.size), many)
    within = np.arange(which.size) - np.repeat(np.cumsum(many) - many, many)
    return _Samples(
        first[which] + within * step_s,
        np.array(values, dtype=np.float64).reshape(-1, len(UNITS))[which],
        np.array(rows, dtype=np.int64)[which],
    )


def _counts(row: _Row) -> tuple[float, float, float] | None:
    """The row's values, NaN for one that it has not; None if it has none or an impossible one."""
    written = (row.v4_prefixes_ris, row.v6_prefixes_ris, row.asns_ris)
    if all(one is None for one in written) or any(
        one is not None and one < 0 and one != _NOT_AVAILABLE for one in written
    ):
        return None
    v4, v6, networks = (np.nan if one is None else one for one in written)
    return v4, v6, networks


def _periods(row: _Row) -> list[tuple[int, int]]:
    """First and last second of every period; none if one of them cannot be read or ends before it begins."""
    found = []
    for period in row.timeline if isinstance(row.timeline, list) else [row.timeline]:
        start = milliseconds(period.starttime)
        end = start if period.endtime is None else milliseconds(period.endtime)
        if start is None or end is None or end < start:
            return []
        found.append((start // 1000, end // 1000))
    return found
