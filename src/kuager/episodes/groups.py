"""Kinds of sites (news media, banks, health, education) as groups: which of them became blocked together, and when.

Blocking that a cut explains makes no group. A site that was blocked at several steps, or on several networks where a
place is looked at as a whole, is blocked from the first of them on until the last. A host with ``www.`` before it is
the same site as without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
import numpy as np

from kuager.detection.blocking.finding import BlockedStretch, Bounds
from kuager.detection.blocking.groups import (
    LEAST_TARGETS,
    TOGETHER_DAYS,
    GroupStretch,
    Target,
    group_days,
    group_stretches,
)
from kuager.detection.grid import DAY_S
from kuager.episodes.sightings import Measured, Seen, Sightings
from kuager.model.episodes import Episode
from kuager.model.series import Times
from kuager.model.services import Blocking, GroupBlocking, GroupDays
from kuager.model.time import Instant, from_epoch, to_epoch

EVERY = ""
"""The network of what is said of all networks of a place together."""


def groups_of(found: Sightings, seen: Sequence[Seen], end: int) -> list[GroupBlocking]:
    """The groups of sites that became blocked together: first on all networks of a place, then on each.

    Args:
        found: what was measured at the place.
        seen: of what was blocked, that which no cut explains.
        end: of the case, seconds since the epoch.
    """
    told: list[GroupBlocking] = []
    for source, group in sorted({(one.source, one.group) for one in found.measured if one.group}):
        alike = [one for one in found.measured if (one.source, one.group) == (source, group)]
        networks = sorted({one.network for one in alike})
        of_each: list[GroupBlocking] = []
        for network in networks if len(networks) == 1 else [one for one in networks if one != EVERY]:
            own = [one for one in alike if one.network == network]
            rows = [one.row for one in seen if one.row.source == source and one.row.network == network]
            of_each += _of_network(network, own, rows, found.listed.get(group, ()), end)
        if len(networks) > 1:
            rows = [one.row for one in seen if one.row.source == source]
            together = _of_network(EVERY, alike, rows, found.listed.get(group, ()), end)
            told += [one for one in together if not any(_is_the_same(one, other) for other in of_each)]
        told += of_each
    return told


def with_groups(episodes: Sequence[Episode], place: str, groups: Sequence[GroupBlocking]) -> list[Episode]:
    """The episodes, each group told with the one of its place that holds most of what it rests on."""
    homes: dict[str, list[GroupBlocking]] = {}
    for group in groups:
        held = [(_held(one, group), one.id) for one in episodes if one.place == place]
        most = max((count for count, _ in held), default=0)
        if most:
            homes.setdefault(next(name for count, name in held if count == most), []).append(group)
    return [
        msgspec.structs.replace(one, groups=tuple(homes[one.id])) if one.place == place and one.id in homes else one
        for one in episodes
    ]


def _is_the_same(one: GroupBlocking, other: GroupBlocking) -> bool:
    """Whether what was found on all networks together rests on that one network alone, where it is told already."""
    apart = abs(one.first_seen.best - other.first_seen.best)
    return (
        one.networks == other.networks
        and not set(one.services).isdisjoint(other.services)
        and apart <= timedelta(days=TOGETHER_DAYS)
    )


def without_a_kind(group: GroupBlocking, blocked: Sequence[Blocking]) -> tuple[str, ...]:
    """Sites that became blocked with a group, where it did, of which no list says of what kind they are."""
    return tuple(
        sorted(
            {
                _site(one.service)
                for one in blocked
                if not one.group
                and "." in one.service  # apps have no kind
                and one.source == group.source
                and one.network in group.networks
                and not one.already
                and _began_then(one, group.first_seen)
            }
        )
    )


def _held(episode: Episode, group: GroupBlocking) -> int:
    """How many of its rows are of the sites that the group names, from the beginnings that it names."""
    return sum(
        one.source == group.source
        and _site(one.service) in group.services
        and one.network in (*group.networks, EVERY)
        and _began_then(one, group.first_seen)
        for one in episode.blocked
    )


def _of_network(
    network: str, measured: Sequence[Measured], rows: Sequence[Blocking], listed: Sequence[str], end: int
) -> Iterator[GroupBlocking]:
    names = {_site(one.service) for one in measured}
    if len(names) < LEAST_TARGETS:
        return
    targets = [
        Target(name, _days(measured, name), _spans([row for row in rows if _site(row.service) == name]))
        for name in sorted({*names, *map(_site, listed)})
    ]
    for one in group_stretches(targets):
        first_seen = _instant(one.first_seen)
        blocked = [row for row in rows if _site(row.service) in one.targets and _began_then(row, first_seen)]
        yield GroupBlocking(
            source=measured[0].source,
            group=measured[0].group,
            network=network,
            networks=tuple(sorted({row.network for row in blocked} - {EVERY})),
            services=one.targets,
            measured=one.measured,
            not_observable=one.not_observable,
            first_seen=first_seen,
            last_seen=None if one.last_seen is None else _instant(one.last_seen),
            chance=float(f"{one.chance:.2g}"),
            days=tuple(_counted(targets, one, end)),
        )


def _site(host: str) -> str:
    return host.removeprefix("www.")


def _days(measured: Sequence[Measured], name: str) -> Times:
    own = [one.days for one in measured if _site(one.service) == name]
    return np.unique(np.concatenate(own)) if own else np.empty(0, dtype=np.int64)


def _spans(rows: Sequence[Blocking]) -> tuple[BlockedStretch, ...]:
    """The rows of one site as stretches apart from each other: those that overlap, at several steps, are one."""
    found: list[BlockedStretch] = []
    for row in sorted(rows, key=lambda one: (one.first_seen.best, one.layer, one.network)):
        one = _stretch(row)
        before = found[-1] if found else None
        if before is None or (before.last_seen is not None and before.last_seen.best < one.first_seen.best):
            found.append(one)
        elif before.last_seen is not None and (one.last_seen is None or one.last_seen.best > before.last_seen.best):
            found[-1] = replace(before, last_seen=one.last_seen, last_measured=one.last_measured)
    return tuple(found)


def _stretch(row: Blocking) -> BlockedStretch:
    return BlockedStretch(
        first_seen=_bounds(row.first_seen),
        last_seen=None if row.last_seen is None else _bounds(row.last_seen),
        share=row.share,
        share_low=row.share_low,
        share_high=row.share_high,
        base=row.base,
        probability=row.probability,
        measurements=row.measurements,
        blocked=row.blocked,
        days_measured=row.days_measured,
        days_without=row.days_without,
        already=row.already,
        last_measured=to_epoch(row.last_measured),
    )


def _began_then(row: Blocking, first_seen: Instant) -> bool:
    """Whether it began with a group, or so soon after it that it is another network that follows."""
    return first_seen.earliest <= row.first_seen.best <= first_seen.latest + timedelta(days=TOGETHER_DAYS)


def _counted(targets: Sequence[Target], one: GroupStretch, end: int) -> list[GroupDays]:
    """How many were blocked from the earliest beginning to the day after the last end, or to ``end``."""
    last = end - 1 if one.last_seen is None else min(end - 1, one.last_seen.latest + DAY_S)
    found: list[GroupDays] = []
    for part in group_days(targets, one.first_seen.earliest // DAY_S, last // DAY_S):
        fresh = GroupDays(
            first=from_epoch(part.first * DAY_S).date(),
            last=from_epoch(part.last * DAY_S).date(),
            blocked=len(part.blocked),
            reachable=len(part.reachable),
            not_observable=len(part.not_observable),
        )
        if found and msgspec.structs.replace(fresh, first=found[-1].first, last=found[-1].last) == found[-1]:
            fresh = msgspec.structs.replace(fresh, first=found.pop().first)
        found.append(fresh)
    return found


def _bounds(one: Instant) -> Bounds:
    return Bounds(to_epoch(one.earliest), to_epoch(one.best), to_epoch(one.latest))


def _instant(one: Bounds) -> Instant:
    return Instant(from_epoch(one.earliest), from_epoch(one.best), from_epoch(one.latest))
