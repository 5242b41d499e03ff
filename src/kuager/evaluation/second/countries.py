"""The places of a world: who lives there, by which clock and calendar, and on whose networks.

A place is a handful of operators. What happens, happens to operators, and each kind of signal sees other shares of
them: of the address blocks that answer a ping hardly any belongs to mobile operators, of the traffic most does. In
Kazakhstan one fixed operator holds 45 % of the address space and a mobile one 22 %, with 200 small ones behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from kuager.evaluation.second.dice import between, dice
from kuager.evaluation.second.hours import Clock, clock, free_days
from kuager.model.series import Values

_SATURDAY_SUNDAY = (5, 6)
_FRIDAY_SATURDAY = (4, 5)

# code, zone, weekend, whether a month of fasting is kept there
_PLACES: tuple[tuple[str, str, tuple[int, ...], bool], ...] = (
    ("KZ", "Asia/Almaty", _SATURDAY_SUNDAY, False),
    ("KZ-75", "Asia/Almaty", _SATURDAY_SUNDAY, False),
    ("AS9198", "Asia/Almaty", _SATURDAY_SUNDAY, False),
    ("AS29355", "Asia/Almaty", _SATURDAY_SUNDAY, False),
    ("IR", "Asia/Tehran", (3, 4), True),
    ("IQ", "Asia/Baghdad", _FRIDAY_SATURDAY, True),
    ("SY", "Asia/Damascus", _FRIDAY_SATURDAY, True),
    ("JO", "Asia/Amman", _FRIDAY_SATURDAY, True),
    ("EG", "Africa/Cairo", _FRIDAY_SATURDAY, True),
    ("SD", "Africa/Khartoum", _FRIDAY_SATURDAY, True),
    ("DZ", "Africa/Algiers", _FRIDAY_SATURDAY, True),
    ("TN", "Africa/Tunis", _SATURDAY_SUNDAY, True),
    ("ML", "Africa/Bamako", _SATURDAY_SUNDAY, True),
    ("SN", "Africa/Dakar", _SATURDAY_SUNDAY, True),
    ("PK", "Asia/Karachi", _SATURDAY_SUNDAY, True),
    ("BD", "Asia/Dhaka", _FRIDAY_SATURDAY, True),
    ("ET", "Africa/Addis_Ababa", _SATURDAY_SUNDAY, False),
    ("UG", "Africa/Kampala", _SATURDAY_SUNDAY, False),
    ("GA", "Africa/Libreville", _SATURDAY_SUNDAY, False),
    ("ZW", "Africa/Harare", _SATURDAY_SUNDAY, False),
    ("IN-MN", "Asia/Kolkata", (6,), False),
    ("MM", "Asia/Yangon", _SATURDAY_SUNDAY, False),
    ("NP", "Asia/Kathmandu", (5,), False),
    ("VE", "America/Caracas", _SATURDAY_SUNDAY, False),
    ("CU", "America/Havana", _SATURDAY_SUNDAY, False),
    ("CL", "America/Santiago", _SATURDAY_SUNDAY, False),
    ("PY", "America/Asuncion", _SATURDAY_SUNDAY, False),
    ("UA", "Europe/Kyiv", _SATURDAY_SUNDAY, False),
    ("BY", "Europe/Minsk", _SATURDAY_SUNDAY, False),
    ("FR", "Europe/Paris", _SATURDAY_SUNDAY, False),
    ("TO", "Pacific/Tongatapu", _SATURDAY_SUNDAY, False),
)


@dataclass(frozen=True, slots=True, eq=False)
class Country:
    """A place during one month.

    Attributes:
        code: its place code.
        zone: tz database name.
        begin: first instant of the month, seconds since the epoch UTC.
        size: how large it is, 0 (a few networks) to 1.
        mobile: bool [o], for each operator whether people reach it by mobile.
        customers: float64 [o], its share of the people.
        networks: float64 [o], its share of the announced address blocks.
        hosts: float64 [o], its share of the blocks that answer pings.
        free: float64 [days], 1 on days off.
        shift_h: float64 [days], hours by which people are late.
        fasting: whether people eat after sunset this month.
    """

    code: str
    zone: str
    begin: int
    size: float
    mobile: np.ndarray[tuple[int], np.dtype[np.bool_]]
    customers: Values
    networks: Values
    hosts: Values
    free: Values
    shift_h: Values
    fasting: bool

    def clock(self, step_s: int) -> Clock:
        """Its clock at a step."""
        return clock(self.zone, self.begin, step_s, self.free, self.shift_h)


def month(seed: int, name: str) -> int:
    """The first instant of a month of 30 days; two in five run into a change of summer time somewhere."""
    stream = dice(seed, name, "month")
    year = int(stream.integers(2016, 2031))
    if stream.random() < 0.4:
        spring = bool(stream.random() < 0.5)
        begins = date(year, 3 if spring else 10, int(stream.integers(3, 25)))
    else:
        begins = date(year, 1, 1) + timedelta(days=int(stream.integers(365)))
    return int(datetime(begins.year, begins.month, begins.day, tzinfo=UTC).timestamp())


def countries(seed: int, name: str, begin: int, number: int) -> tuple[Country, ...]:
    """That many different places during the month that begins at ``begin``."""
    chosen = dice(seed, name, "places").permutation(len(_PLACES))[:number]
    return tuple(_country(dice(seed, name, "place", _PLACES[index][0]), begin, int(index)) for index in chosen)


def _country(stream: np.random.Generator, begin: int, index: int) -> Country:
    code, zone, weekend, fasts = _PLACES[index]
    few = code.startswith("AS")  # one network: no country has this code in the list
    count = int(stream.integers(1, 3)) if few else int(stream.integers(3, 8))
    mobile = stream.random(count) < 0.5
    mobile[0] = code == "AS29355" if few else False  # a country has one of each at least
    if not few:
        mobile[1] = True
    weight = stream.pareto(1.2, count) + 0.3
    customers = _shares(weight * np.where(mobile, between(stream, 0.8, 3.0), 1.0))
    networks = _shares(weight * np.where(mobile, between(stream, 0.2, 0.8), 1.0))
    hosts = _shares(weight * np.where(mobile, between(stream, 0.02, 0.3), 1.0))
    holidays = _holidays(stream)
    free = free_days(zone, begin, weekend, holidays)
    fasting = fasts and bool(stream.random() < 0.25)
    late = between(stream, 0.4, 1.8) * free + stream.normal(0.0, between(stream, 0.1, 0.4), free.size)
    if fasting:
        late += 1.5
    return Country(
        code=code,
        zone=zone,
        begin=begin,
        size=float(stream.uniform(0.0, 0.5) if few else stream.beta(1.6, 1.3)),
        mobile=mobile,
        customers=customers,
        networks=networks,
        hosts=hosts,
        free=free,
        shift_h=late,
        fasting=fasting,
    )


def _holidays(stream: np.random.Generator) -> tuple[int, ...]:
    """Numbers of the days off: none to three single ones, and in one month of five a feast of three to five days."""
    single = stream.integers(1, 31, size=int(stream.integers(0, 4))).tolist()
    if stream.random() < 0.2:
        start = int(stream.integers(1, 27))
        single.extend(range(start, start + int(stream.integers(3, 6))))
    return tuple(sorted(set(single)))


def _shares(weights: Values) -> Values:
    result: Values = weights / weights.sum()
    return result
