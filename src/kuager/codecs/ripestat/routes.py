"""RIPEstat's ``routing-history``: when routes of a network were seen, and by how many of RIPE's peers.

``{"time_granularity": 28800, "by_origin": [{"origin": "3333", "prefixes": [{"prefix": "193.0.0.0/21", "timelines":
[{"starttime": "2022-11-12T00:00:00", "endtime": "2022-11-12T07:59:59", "full_peers_seeing": 369}]}]}]}``. The grain is
eight hours, so a shutdown shorter than that leaves no trace; ``full_peers_seeing`` is a mean and may be fractional.
Routes that fewer than ten peers see are left out by RIPEstat itself. After 3,000 routes it adds no further origin.
Source: RIPEstat's manual of the call and recorded answers of 2017 and 2022.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa

from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.ripestat.answer import (
    SOURCE_ID,
    Answer,
    Moment,
    milliseconds,
    not_an_answer,
    read_part,
    read_rows,
)
from kuager.codecs.routes import prefix_of
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.tables import ROUTES

_MOST_ROUTES = 3_000

_ODD = message("Routes of RIPEstat without a usable prefix, origin or time, which were passed over: {count}.")
_NOTHING = message("RIPEstat saw no route in that time.")
_LIMIT = message("RIPEstat stops adding origins after {count} routes: others may be missing.")


class _Timeline(msgspec.Struct, frozen=True):
    starttime: Moment
    endtime: Moment | None = None
    full_peers_seeing: float | None = None


class _Prefix(msgspec.Struct, frozen=True):
    prefix: str
    timelines: list[_Timeline]


class _Origin(msgspec.Struct, frozen=True):
    origin: str | int
    prefixes: list[msgspec.Raw]


class _Data(msgspec.Struct, frozen=True):
    by_origin: list[_Origin]


@dataclass(slots=True)
class _Columns:
    """Rows so far, by column, and what was passed over."""

    networks: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int | None] = field(default_factory=list)
    peers: list[float | None] = field(default_factory=list)
    odd: int = 0

    def table(self) -> object:
        columns = {
            "source": [SOURCE_ID] * len(self.starts),
            "network": self.networks,
            "prefix": self.prefixes,
            "start": self.starts,
            "end": self.ends,
            "peers": self.peers,
        }
        arrays = [
            pa.array(columns[one.name], pa.int64()).cast(one.type)
            if pa.types.is_temporal(one.type)
            else pa.array(columns[one.name], one.type)
            for one in ROUTES
        ]
        order = np.argsort(np.array(self.starts, dtype=np.int64), kind="stable")
        return pa.table(arrays, schema=ROUTES).take(pa.array(order))


def decode(answer: Answer, _place: str) -> Decoded:
    """One row per route and period, in order of their beginnings.

    Raises:
        CodecError: another shape.
    """
    data = read_part(answer.data, _Data)
    columns = _Columns()
    routes = 0
    for one in data.by_origin:
        routes += len(one.prefixes)
        network = place_code(f"AS{str(one.origin).strip().upper().removeprefix('AS')}")
        for given in read_rows(one.prefixes, _Prefix):
            _take(columns, network, given)
    if columns.odd and not columns.starts:
        raise not_an_answer("no route has a prefix, an origin and a time")
    remarks = list(answer.remarks)
    if columns.odd:
        remarks.append(Note(_ODD, {"count": str(columns.odd)}))
    if not columns.starts:
        remarks.append(Note(_NOTHING, {}))
    if routes >= _MOST_ROUTES and len(data.by_origin) > 1:
        remarks.append(Note(_LIMIT, {"count": str(_MOST_ROUTES)}))
    return Decoded(remarks=tuple(remarks), tables={"routes": columns.table()})


def _take(columns: _Columns, network: str | None, given: _Prefix | None) -> None:
    prefix = None if given is None else prefix_of(given.prefix)
    if network is None or given is None or prefix is None:
        columns.odd += 1
        return
    for period in given.timelines:
        start, end = milliseconds(period.starttime), milliseconds(period.endtime)
        unreadable = end is None and period.endtime is not None
        peers = period.full_peers_seeing
        if start is None or unreadable or (end is not None and end < start) or (peers is not None and peers < 0):
            columns.odd += 1
            continue
        columns.networks.append(network)
        columns.prefixes.append(prefix)
        columns.starts.append(start)
        columns.ends.append(end)
        columns.peers.append(peers)
