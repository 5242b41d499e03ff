"""Targets of one kind (news, banks, health, education) looked at together: how many were blocked when.

That one of many targets is blocked says nothing of its kind. A *group stretch* takes two targets at least, and a good
part of those that were measured, that change within days of each other more often than chance would have it. Targets
that nobody measured are named: they are not observable, and count neither as blocked nor as reachable.

Chance: each change of a target is taken to fall on any day alike, so that within a window around the first of them each
of the other targets begins with the rate at which targets of the group begin at all; the tail of the binomial law,
times the number of windows that were tried, bounds how often that happens by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb

import numpy as np

from kuager.detection.blocking.finding import BlockedStretch, Bounds
from kuager.detection.grid import DAY_S
from kuager.model.series import Times

TOGETHER_DAYS = 3
"""Changes that may lie so close belong together: an order reaches networks over some days."""
LEAST_TARGETS = 2
LEAST_SHARE = 0.25
"""Of the targets of the group that were measured then."""
MOST_CHANCE = 0.05
OBSERVED_DAYS = 7
"""A target is observable on days no farther than this from a measured one."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A target of the group: its name, the days with measurements that can tell, and the stretches found in them.

    ``days`` are int64 days since the epoch, strictly rising.
    """

    name: str
    days: Times
    stretches: tuple[BlockedStretch, ...]


@dataclass(frozen=True, slots=True)
class GroupDays:
    """Days, first to last, on which the same targets were blocked, and the same could be seen.

    Names in order; ``reachable`` were measured and not blocked, ``not_observable`` were not measured.
    """

    first: int
    last: int
    blocked: tuple[str, ...]
    reachable: tuple[str, ...]
    not_observable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupStretch:
    """Targets of a group that became blocked together.

    Attributes:
        targets: names, in the order in which they were first seen blocked.
        measured: names of all targets that could be seen then.
        not_observable: names of those that could not.
        first_seen: spanning the beginnings of all; ``best`` is the middle one.
        last_seen: spanning their ends; None while any lasts.
        chance: at most so often would chance bring as many beginnings together, 0 to 1.
    """

    targets: tuple[str, ...]
    measured: tuple[str, ...]
    not_observable: tuple[str, ...]
    first_seen: Bounds
    last_seen: Bounds | None
    chance: float


def group_days(targets: Sequence[Target], first: int, last: int) -> tuple[GroupDays, ...]:
    """How many and which targets were blocked from day ``first`` to day ``last`` (since the epoch), as intervals."""
    if last < first:
        return ()
    state = np.zeros((len(targets), last - first + 1), dtype=np.int64)  # 0 not observable, 1 reachable, 2 blocked
    for row, target in zip(state, targets, strict=True):
        for day in target.days.tolist():
            row[max(0, day - OBSERVED_DAYS - first) : max(0, day + OBSERVED_DAYS + 1 - first)] = 1
        for stretch in target.stretches:
            begins, ends = _days_of(stretch, last)
            held = row[max(0, begins - first) : max(0, ends + 1 - first)]
            held[held == 1] = 2
    edges = [0, *(np.flatnonzero((np.diff(state, axis=1) != 0).any(axis=0)) + 1).tolist(), state.shape[1]]
    return tuple(
        GroupDays(first + begin, first + end - 1, *(_named(targets, state[:, begin] == one) for one in (2, 1, 0)))
        for begin, end in pairwise(edges)
    )


def group_stretches(targets: Sequence[Target]) -> tuple[GroupStretch, ...]:
    """The times at which targets of the group became blocked together, in order of time.

    What was blocked when measuring began does not count: when it changed is not known.
    """
    begun = sorted(
        ((one.first_seen.best // DAY_S, index, one) for index, target in enumerate(targets) for one in target.stretches
         if not one.already),
        key=lambda item: item[:2],
    )  # fmt: skip
    looked = sum(target.days.size for target in targets)
    found: list[GroupStretch] = []
    taken = 0
    for start in range(len(begun)):
        if start < taken:
            continue
        own: dict[int, BlockedStretch] = {}
        for _, index, one in begun[start:]:
            if one.first_seen.best // DAY_S - begun[start][0] <= TOGETHER_DAYS:
                own.setdefault(index, one)
        made = _together(targets, own, begun[start][0], len(begun), looked)
        if made is not None:
            found.append(made)
            taken = start + sum(day - begun[start][0] <= TOGETHER_DAYS for day, _, _ in begun[start:])
    return tuple(found)


def _together(
    targets: Sequence[Target], own: dict[int, BlockedStretch], day: int, changes: int, looked: int
) -> GroupStretch | None:
    """A group stretch of these targets, where they are enough."""
    seen = [bool((np.abs(one.days - day) <= OBSERVED_DAYS).any()) or k in own for k, one in enumerate(targets)]
    measured = sum(seen)
    if len(own) < LEAST_TARGETS or len(own) < LEAST_SHARE * measured:
        return None
    # the rate of beginnings is that of all others, and half a one more, so that it is never nothing
    rate = min(1.0, (changes - len(own) + 0.5) * (TOGETHER_DAYS + 1) / max(1, looked))
    chance = min(1.0, changes * _at_least(len(own) - 1, measured - 1, rate))
    if chance > MOST_CHANCE:
        return None
    ends = [one.last_seen for one in own.values()]
    closed = [one for one in ends if one is not None]
    mask = np.array(seen)
    return GroupStretch(
        targets=tuple(targets[index].name for index in own),
        measured=_named(targets, mask),
        not_observable=_named(targets, ~mask),
        first_seen=_spanning([one.first_seen for one in own.values()]),
        last_seen=_spanning(closed) if len(closed) == len(ends) else None,
        chance=chance,
    )


def _days_of(stretch: BlockedStretch, until: int) -> tuple[int, int]:
    """The first and the last day of it; what lasts at the end of its data lasts as far as is looked."""
    last = until if stretch.last_seen is None else stretch.last_seen.best // DAY_S
    return stretch.first_seen.best // DAY_S, last


def _named(targets: Sequence[Target], mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[str, ...]:
    return tuple(sorted(target.name for target, one in zip(targets, mask.tolist(), strict=True) if one))


def _spanning(bounds: Sequence[Bounds]) -> Bounds:
    middle = sorted(one.best for one in bounds)[len(bounds) // 2]
    return Bounds(min(one.earliest for one in bounds), middle, max(one.latest for one in bounds))


def _at_least(count: int, of: int, rate: float) -> float:
    """P(at least ``count`` of ``of``), the tail of the binomial law."""
    return sum(comb(of, k) * rate**k * (1 - rate) ** (of - k) for k in range(count, of + 1))
