"""Where things lie by the codes of the register of places, how far apart they are, and whose day it was there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from kuager.errors import UsageError
from kuager.model.places import Country, Network, Region, find, zones

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the Earth, IUGG."""


@cache
def country_of(place: str) -> str:
    """The country of a place; empty for a network whose country nobody knows."""
    try:
        found = find(place)
    except UsageError:
        return place.partition("-")[0]
    return found.code if isinstance(found, Country) else found.country


def share_ground(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one place of each side is the same, or is the country in which the other lies."""
    return any(_share(one, other) for one in map(_code, some) for other in map(_code, others))


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great-circle distance in kilometres of two points in degrees of WGS 84, by the haversine on a sphere."""
    first, second = radians(latitude), radians(other_latitude)
    half_chord = sin((second - first) / 2) ** 2
    half_chord += cos(first) * cos(second) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))


def local_days(earliest: datetime, latest: datetime, place: str) -> tuple[date, date]:
    """The first and the last day between two times, both included, by the clocks of a place, UTC if none are known."""
    try:
        zone = ZoneInfo(zones(find(place), earliest.date())[0])
    except UsageError:
        zone = ZoneInfo("UTC")
    return earliest.astimezone(zone).date(), latest.astimezone(zone).date()


def _share(one: str, other: str) -> bool:
    return one == other or one == country_of(other) or other == country_of(one)


@cache
def _code(place: str) -> str:
    """A region has several codes and is one place."""
    try:
        found = find(place)
    except UsageError:
        return place
    match found:
        case Region() | Country() | Network():
            return found.code
