"""From verdicts on measurements to what was blocked on which network, since when: arrays per network and service.

A measurement that was kept away at one step says nothing of the steps after it, and that the steps before it were
open. So each step has counts of its own: what is blocked in DNS first and in TLS later is two findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kuager.case.folder import Case
from kuager.case.verdicts import CENSORED_PLANET, SITES
from kuager.detection.blocking.base_rates import BaseRate, base_rate
from kuager.detection.blocking.changepoint import stretches
from kuager.detection.blocking.counts import Counts, daily
from kuager.detection.blocking.finding import BlockedStretch, Bounds
from kuager.detection.blocking.unstable import down_share
from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.detection.permitted import permitted
from kuager.episodes.sightings import LEAST_DAYS, LEAST_MEASUREMENTS, Measured, Seen
from kuager.model.series import Times, Values
from kuager.model.services import Blocking, Whitelisting
from kuager.model.sites import sites
from kuager.model.time import Instant, from_epoch
from kuager.model.verdicts import Layer, VerdictKind

Table = Any
_ORDER = {layer.value: number for number, layer in enumerate(Layer)}
_NO_LAYER = ""
LEAST_JUDGED = 0.7
"""The mass of a verdict that rests on the record itself; a flag alone gives less."""
PEOPLE = "ooni"
"""The source whose measurements are made on the connections of people themselves."""
TELLS = frozenset({VerdictKind.OK.value, VerdictKind.BLOCKED.value})
"""Other verdicts speak neither for nor against blocking."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Verdicts of one place as arrays in order of time.

    Attributes:
        times: int64 [n], seconds since the epoch.
        blocked: float64 [n], probability.
        usable: bool [n], the verdict is ok or blocked.
        closed: bool [n], the verdict is blocked.
        down: bool [n], the verdict is that it was down for everybody.
        networks, services, tests, layers, methods, sources: text [n]; a layer is empty where it is not known.
    """

    times: Times
    blocked: Values
    usable: Mask
    closed: Mask
    down: Mask
    networks: Any
    services: Any
    tests: Any
    layers: Any
    methods: Any
    sources: Any

    @classmethod
    def of(cls, rows: Table) -> Verdicts:
        """From the rows of ``case.verdicts``."""
        text = {name: np.array(rows[name].to_pylist(), dtype=object) for name in ("layer", "verdict")}
        names = ("network", "service", "test", "method", "source")
        networks, services, tests, methods, sources = (
            np.array(rows[name].to_pylist(), dtype=np.str_) for name in names
        )
        return cls(
            times=rows["time"].to_numpy().astype(np.int64),
            blocked=rows["blocked"].to_numpy(),
            usable=np.isin(text["verdict"], list(TELLS)),
            closed=text["verdict"] == VerdictKind.BLOCKED.value,
            down=text["verdict"] == VerdictKind.DOWN.value,
            networks=networks,
            services=services,
            tests=tests,
            layers=np.array([one or _NO_LAYER for one in text["layer"]], dtype=np.str_),
            methods=methods,
            sources=sources,
        )

    def only(self, chosen: Mask | Times) -> Verdicts:
        """Some of them, by bool [n] or by index."""
        return Verdicts(*(getattr(self, name)[chosen] for name in self.__slots__))


def blocked_services(found: Verdicts, groups: Mapping[str, str]) -> list[Seen]:
    """What was blocked at a place: every stretch, also those that are hardly probable, ordered by service and time.

    Args:
        found: its verdicts.
        groups: the category of each site that a list names.
    """
    if not found.times.size:
        return []
    until = int(found.times[-1]) // DAY_S
    found = _without_downs(found)
    seen: list[Seen] = []
    for source, test in sorted(set(zip(found.sources.tolist(), found.tests.tolist(), strict=True))):
        own = found.only((found.sources == source) & (found.tests == test))
        for layer in sorted(set(own.layers[own.closed].tolist())):
            seen += _at_layer(own, layer, until, groups)
    return sorted(seen, key=lambda one: (one.row.service, one.row.network, one.row.first_seen.best, one.row.layer))


def _without_downs(found: Verdicts) -> Verdicts:
    """Verdicts that are blocked by so much less as their service may have been down then (``unstable.py``)."""
    services = np.unique(found.services, return_inverse=True)[1].astype(np.int64)
    share = down_share(found.times, services, found.usable, found.down)
    return replace(found, blocked=np.where(found.closed, found.blocked * (1.0 - share), found.blocked))


def groups_of(case: Case, place: str) -> dict[str, str]:
    """The category of each site that Kuager or a list of the case knows at a place."""
    rows = case.tables.read("sites").select(["domain", "category"]).to_pylist()
    return {row["domain"]: row["category"] for row in rows} | {one.domain: one.category for one in sites(place[:2])}


def measured_sites(found: Verdicts, groups: Mapping[str, str]) -> list[Measured]:
    """The sites of groups that were measured so that it could be told, by source and network.

    Args:
        found: verdicts of one place.
        groups: the category of each site that a list names.
    """
    told = found.only(found.usable & np.isin(found.services, sorted(name for name in groups if groups[name])))
    measured = []
    for source in sorted(set(told.sources.tolist())):
        own = told.only(told.sources == source)
        for rows in _pairs(own) if own.times.size else []:
            service = str(own.services[rows[0]])
            days = np.unique(own.times[rows] // DAY_S)
            measured.append(
                Measured(source, str(own.networks[rows[0]]), service, groups[service], days, int(rows.size))
            )
    return measured


def whitelists(found: Verdicts) -> list[Whitelisting]:
    """Stretches of days on which most of what people measured on a network was blocked while a few services worked."""
    told = []
    for network in sorted(set(found.networks.tolist()) - {""}):
        own = found.only((found.networks == network) & (found.sources == PEOPLE))
        names, codes = np.unique(own.services, return_inverse=True)
        for one in permitted(own.times, codes.astype(np.int64), np.where(own.closed, 1.0, 0.0), own.usable):
            inside = (own.times >= one.first) & (own.times <= one.last) & own.usable
            often = _often(codes[inside], own.times[inside], names.size)
            told.append(
                Whitelisting(
                    network=network,
                    start=from_epoch(one.first),
                    end=from_epoch(one.last),
                    days=one.days,
                    measurements=one.measurements,
                    measured=one.measured,
                    blocked=len(one.blocked),
                    worked=len(one.working),
                    working=tuple(str(names[code]) for code in one.working if often[code]),
                    kept_away=tuple(str(names[code]) for code in one.blocked if often[code]),
                    probability=one.probability,
                )
            )
    return told


def _often(codes: Times, times: Times, size: int) -> Mask:
    """Bool [size]: by number of a service whether it was measured often enough, and on enough days, to be named."""
    days = np.unique(np.stack((codes, times // DAY_S)), axis=1)[0]
    enough: Mask = np.bincount(codes, minlength=size) >= LEAST_MEASUREMENTS
    return enough & (np.bincount(days, minlength=size) >= LEAST_DAYS)


def _at_layer(own: Verdicts, layer: str, until: int, groups: Mapping[str, str]) -> Iterator[Seen]:
    """The stretches of one test at one step, of every network and service."""
    place = np.array([_ORDER.get(one, len(_ORDER)) for one in own.layers], dtype=np.int64)
    step = _ORDER.get(layer, len(_ORDER))
    usable = own.usable & ~(own.closed & (place < step))
    here = own.closed & (own.layers == layer)
    mass = np.where(own.closed & ~here, 0.0, own.blocked)
    pairs = _pairs(own)
    counts = [daily(own.times[one], mass[one], usable[one], until) for one in pairs]
    base = _base(counts, controlled=_controlled(own))
    for rows, counted in zip(pairs, counts, strict=True):
        if not here[rows].any():
            continue
        for stretch in stretches(counted, base):
            shut, told = own.only(rows[here[rows]]), own.times[rows[usable[rows]]]
            down = np.unique(own.times[rows[own.down[rows]]] // DAY_S)
            yield _seen(shut, told, _with_days_down(stretch, down, told, until), layer, groups)


def _pairs(own: Verdicts) -> list[Times]:
    """The rows of each network and service, in order of time."""
    keys = np.char.add(np.char.add(own.networks, " "), own.services)
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    return [part.astype(np.int64) for part in np.split(order, edges)]


def _controlled(own: Verdicts) -> bool:
    """Whether verdicts of a test are made against a control: those on sites are, unless only flags are known."""
    of_sites = own.tests[0] == SITES or own.sources[0] == CENSORED_PLANET
    return bool(of_sites and np.median(own.blocked[own.closed]) >= LEAST_JUDGED)


def _base(counts: list[Counts], *, controlled: bool) -> BaseRate:
    """What is ordinary for the test, learnt from all networks and services of the place."""
    pair = np.concatenate([np.full(one.days.size, number, dtype=np.int64) for number, one in enumerate(counts)])
    days, blocked, total = (
        np.concatenate([getattr(one, name) for one in counts]) for name in ("days", "blocked", "total")
    )
    return base_rate(pair, days, blocked, total, controlled=controlled)


def _with_days_down(stretch: BlockedStretch, down: Times, told: Times, until: int) -> BlockedStretch:
    """The same, with the days on which the target was only found down among those measured.

    Args:
        stretch: of a service on a network.
        down: int64, days since the epoch on which it was down.
        told: int64, times of all measurements that could tell.
        until: the last day that was looked at.
    """
    first = stretch.first_seen.best // DAY_S
    last = until if stretch.last_seen is None else stretch.last_seen.best // DAY_S
    more = int(np.setdiff1d(down[(down >= first) & (down <= last)], told // DAY_S).size)
    days_without = max(0, stretch.days_without - more)
    return replace(stretch, days_measured=stretch.days_measured + more, days_without=days_without)


def _seen(shut: Verdicts, told: Times, stretch: BlockedStretch, layer: str, groups: Mapping[str, str]) -> Seen:
    """A stretch with the blocked measurements of its service on its network, and the times of all that could tell."""
    measured = int(told[-1])
    end = stretch.last_seen.latest if stretch.last_seen is not None else measured
    inside = (shut.times >= stretch.first_seen.earliest) & (shut.times <= end)
    methods = Counter(one for one in shut.methods[inside].tolist() if one)
    service = str(shut.services[0])
    row = Blocking(
        source=str(shut.sources[0]),
        service=service,
        group=groups.get(service, ""),
        network=str(shut.networks[0]),
        layer=layer,
        methods=tuple(name for name, _ in sorted(methods.items(), key=lambda pair: (-pair[1], pair[0]))),
        first_seen=instant(stretch.first_seen),
        last_seen=None if stretch.last_seen is None else instant(stretch.last_seen),
        last_measured=from_epoch(measured if stretch.last_measured is None else stretch.last_measured),
        already=stretch.already,
        share=round(stretch.share, 4),
        share_low=round(stretch.share_low, 4),
        share_high=round(stretch.share_high, 4),
        base=round(stretch.base, 4),
        probability=stretch.probability,
        measurements=stretch.measurements,
        blocked=int(np.count_nonzero(inside)),
        days_measured=stretch.days_measured,
        days_without=stretch.days_without,
    )
    return Seen(row, shut.times[inside], told, shut.times)


def instant(bounds: Bounds) -> Instant:
    """Bounds in seconds as times."""
    return Instant(from_epoch(bounds.earliest), from_epoch(bounds.best), from_epoch(bounds.latest))
