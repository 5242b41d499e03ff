"""Whether access was cut where and when people gathered, against what chance alone would do.

An episode falls together with an assembly that was on within 24 hours of its beginning and within 50 kilometres. Chance
is that of circular shifts: all beginnings are moved through the window together by whole days, and wrap around at its
end, so that the hour of the day, the distances between the beginnings and all about the assemblies stay as they are.
The p-value is the share of shifts in which as many or more beginnings fall together with an assembly; the shift by
nothing is one of them. Sources: Besag and Diggle, Simple Monte Carlo tests for spatial pattern, 1977; Lotwick and
Silverman, Methods for analysing spatial processes of several types of points, 1982 (shifts that wrap around).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from kuager.accountability.moments import known_interval
from kuager.accountability.rows.people import Assembly
from kuager.accountability.rows.row import Status
from kuager.accountability.whereabouts import country_of, distance_km, local_days, share_ground
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.time import Instant

NEAR_IN_TIME = timedelta(hours=24)
NEAR_KM = 50.0

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_SEED = 2022
_WIDEST = timedelta(hours=48)
"""What is known only to lie in a longer time than this is not known to lie within a day of anything."""
_MOST_DAYS = 0.5
"""Where chance alone does it on so large a share of days, that it happened tells nothing."""
_FEW_DAYS = 20
"""With fewer, no share of shifts can be as small as 1 in 20."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When and where an episode began; degrees of WGS 84, null where only its places are known."""

    start: Instant
    places: tuple[str, ...]
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How beginnings fell together with assemblies.

    Attributes:
        assemblies: ids of those with which one fell together, by their beginning.
        days: local days within 24 hours of a beginning on which one of them was on.
        together: how many beginnings fell together with one, of ``beginnings``.
        expected: how many would by chance, on average.
        p_value: how often chance alone makes it as many or more.
        permutations: how many shifts that rests on; ``exact`` when those are all there are.
        days_with_assemblies: days of the window, of ``days_in_window``, with a listed assembly near one of the places.
        notes: what to know before reading the numbers.
    """

    assemblies: tuple[str, ...]
    days: tuple[date, ...]
    together: int
    beginnings: int
    expected: float
    p_value: float
    permutations: int
    exact: bool
    days_with_assemblies: int
    days_in_window: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    row: Assembly
    start: datetime
    end: datetime


def overlap(
    beginnings: Sequence[Beginning],
    assemblies: Sequence[Assembly] | None,
    window: tuple[datetime, datetime],
    permutations: int = 9999,
) -> Overlap | None:
    """How the beginnings of episodes fell together with assemblies, and how often chance alone does that.

    Args:
        beginnings: one or several; the best time of each lies in the window.
        assemblies: the list; those withdrawn, or known only to a month or a year, are set aside.
        window: the time that the list covers, from and to; days that have begun count whole.
        permutations: the most shifts that are made.

    Returns:
        None without a beginning or a list of dated assemblies: then it cannot be told, and is not “no”.

    Raises:
        ValueError: a beginning lies outside the window, or no shifts are allowed.
    """
    listed = [found for row in assemblies or () if (found := _listed(row)) is not None]
    if not assemblies or not listed or not beginnings:
        return None
    first, last = window
    if permutations < 1 or any(not first <= one.start.best < last for one in beginnings):
        raise ValueError("every beginning lies in the window, and there is one shift at least")
    nearby = [[found for found in listed if _is_near(one, found.row)] for one in beginnings]
    length = ceil((last - first) / _DAY)
    exact = length <= permutations
    shifts = np.arange(length) if exact else np.random.default_rng(_SEED).integers(0, length, permutations)
    counts = np.zeros(len(shifts), np.int64)
    for one, near in zip(beginnings, nearby, strict=True):
        counts += _fall_together(one.start, near, first, length)[shifts]
    meeting = [
        [found for found in near if _meets(one.start, found)] for one, near in zip(beginnings, nearby, strict=True)
    ]
    together = sum(bool(found) for found in meeting)
    reached = int((counts >= together).sum())
    expected = float(counts.mean())
    overlapping = sorted({found.row.id: found for met in meeting for found in met}.values(), key=_by_start)
    anywhere_near = {found.row.id: found for near in nearby for found in near}.values()
    days_with = {day for found in anywhere_near for day in _local_days(found, first, last)}
    notes = [
        *_about_list(assemblies, listed, len(days_with)),
        *_about_places(beginnings, meeting),
        *_about_chance(length, expected / len(beginnings)),
    ]
    return Overlap(
        assemblies=tuple(found.row.id for found in overlapping),
        days=tuple(
            sorted({day for one, met in zip(beginnings, meeting, strict=True) for day in _days(one.start, met)})
        ),
        together=together,
        beginnings=len(beginnings),
        expected=expected,
        p_value=reached / length if exact else (reached + 1) / (permutations + 1),
        permutations=len(shifts),
        exact=exact,
        days_with_assemblies=min(len(days_with), length),
        days_in_window=length,
        notes=tuple(notes),
    )


def _listed(row: Assembly) -> _Listed | None:
    start = known_interval(row.at, row.places[0] if row.places else "")
    if row.status is Status.WITHDRAWN or start is None or start.latest - start.earliest > _WIDEST:
        return None
    end = known_interval(row.until, row.places[0] if row.places else "")
    if end is None or end.latest - end.earliest > _WIDEST:
        end = start
    return _Listed(row, start.earliest, max(start.latest, end.latest))


def _is_near(one: Beginning, row: Assembly) -> bool:
    known = one.latitude, one.longitude, row.latitude, row.longitude
    if _all_known(known):
        return distance_km(*known) <= NEAR_KM
    return share_ground([_on_the_ground(place) for place in one.places], row.places)


def _all_known(
    degrees: tuple[float | None, float | None, float | None, float | None],
) -> TypeGuard[tuple[float, float, float, float]]:
    return None not in degrees


def _on_the_ground(place: str) -> str:
    """Of a network only its country is known."""
    return country_of(place) or place if place.startswith("AS") else place


def _last_moment(start: datetime, end: datetime) -> datetime:
    """The midnight that ends a day is not of that day."""
    return max(start, end - _MICROSECOND)


def _hours_around(found: _Listed) -> tuple[datetime, datetime]:
    """Between which times, both included, whatever goes on is within 24 hours of an assembly."""
    return found.start - NEAR_IN_TIME, _last_moment(found.start, found.end) + NEAR_IN_TIME


def _meets(start: Instant, found: _Listed) -> bool:
    after, before = _hours_around(found)
    return start.earliest <= before and _last_moment(start.earliest, start.latest) >= after


def _fall_together(start: Instant, near: Sequence[_Listed], first: datetime, length: int) -> npt.NDArray[np.bool_]:
    """For each shift by whole days, bool [length], whether an assembly is near in time; in microseconds."""
    around = [[(moment - first) // _MICROSECOND for moment in _hours_around(found)] for found in near]
    after, before = np.array(around, np.int64).reshape(-1, 2).T
    place, step = (start.best - first) // _MICROSECOND, _DAY // _MICROSECOND
    moved = ((place + step * np.arange(length)) % (step * length) - place)[:, np.newaxis]
    earliest = (start.earliest - first) // _MICROSECOND + moved
    latest = (_last_moment(start.earliest, start.latest) - first) // _MICROSECOND + moved
    together: npt.NDArray[np.bool_] = np.any((earliest <= before) & (latest >= after), axis=1)
    return together


def _by_start(found: _Listed) -> tuple[datetime, str]:
    return found.start, found.row.id


def _days(start: Instant, met: Sequence[_Listed]) -> Iterator[date]:
    for found in met:
        yield from _local_days(found, start.earliest - NEAR_IN_TIME, start.latest + NEAR_IN_TIME)


def _local_days(found: _Listed, after: datetime, before: datetime) -> Iterator[date]:
    """The local days between two times on which an assembly was on; none where it was not."""
    begins, ends = max(found.start, after), min(_last_moment(found.start, found.end), before)
    if begins > ends:
        return
    day, last = local_days(begins, ends, found.row.places[0] if found.row.places else "")
    while day <= last:
        yield day
        day += _DAY


def _about_list(assemblies: Sequence[Assembly], listed: Sequence[_Listed], days: int) -> Iterator[Note]:
    if aside := sum(one.status is not Status.WITHDRAWN for one in assemblies) - len(listed):
        template = message("Assemblies whose day is not known, which were set aside: {count}.")
        yield Note(template, {"count": str(aside)})
    if not days:
        yield Note(
            message("The list has no assembly there in this time, which does not tell that nobody gathered."), {}
        )


def _about_places(beginnings: Sequence[Beginning], meeting: Sequence[Sequence[_Listed]]) -> Iterator[Note]:
    by_code = {
        found.row.id
        for one, met in zip(beginnings, meeting, strict=True)
        for found in met
        if not _all_known((one.latitude, one.longitude, found.row.latitude, found.row.longitude))
    }
    if by_code:
        template = message(
            "Assemblies in the same place whose distance is not known, so that 50 km could not be checked: {count}."
        )
        yield Note(template, {"count": str(len(by_code))})


def _about_chance(days: int, share: float) -> Iterator[Note]:
    if share >= _MOST_DAYS:
        template = message(
            "On {share} per cent of the days it would have fallen together with a listed assembly anyway:"
            " that it did says little."
        )
        yield Note(template, {"share": f"{100 * share:.0f}"})
    if days < _FEW_DAYS:
        template = message("With {days} days to compare with, chance can never be put below 1 in {days}.")
        yield Note(template, {"days": str(days)})
