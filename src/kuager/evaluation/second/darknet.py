"""A telescope: infected machines that scan at random, family by family, and each family with days of its own.

Measured on Iran: at 8 local time the count doubles within an hour (.49 to 1.0 of the day's top), then falls off all
day as the machines are switched off one by one; on Fridays that top is nearly missing, and days are unlike (daily
means .65 to 1.3 of the median, and 2.0 on the last day before the shutdown). Without the time of day the
standard deviation is .24, autocorrelation .96 at half an hour, .78 at four hours, .48 at twelve; a step of half an
hour is 5 %, more by day than by night. Its floor in the shutdown was .01 to 1 % of the maximum.
"""

from __future__ import annotations

import numpy as np

from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.dice import between, crowd, stormy_wander, turbulent, wander
from kuager.evaluation.second.hours import Clock, spell
from kuager.evaluation.second.population import Population
from kuager.model.series import Values

_LARGEST_FAMILY = 0.35


def darknet(stream: np.random.Generator, country: Country, clock: Clock) -> Population:
    """Source addresses seen: 80 in a small place, 16,000 in a large one."""
    sources = 80 * 200**country.size
    families = int(stream.integers(5, 13))
    weight = np.minimum(stream.dirichlet(np.full(families, 1.2)), _LARGEST_FAMILY)
    restless = between(stream, 0.08, 0.3)
    parts = np.array(
        [
            share * sources * _rhythm(stream, clock) * _life(stream, clock, restless, grown=share < 0.12)
            for share in (weight / weight.sum()).tolist()
        ]
    )
    owners = stream.dirichlet(1.0 + 8.0 * country.customers, size=families)
    held = np.maximum(owners.T @ parts, 0.15 * sources * country.customers[:, np.newaxis])
    breath = between(stream, 0.01, 0.05)
    clumping = between(stream, 1.0, 4.0)

    def read(look: np.random.Generator, there: Values) -> Values:
        uneven = breath * turbulent(look, there.size, 5.0, 0.2)
        return crowd(look, there * np.exp(np.clip(uneven, -1.0, 1.0)), clumping)

    return Population(held, read, "source addresses")


def _rhythm(stream: np.random.Generator, clock: Clock) -> Values:
    """Float64 [n], when the machines of a family are switched on: office machines, home machines, or always."""
    manner = stream.random()
    days = clock.free.size
    if manner < 0.4:
        opens = float(stream.uniform(7.2, 9.2))
        late = (clock.days * 24 - opens) % 24
        lasts = between(stream, 5.0, 12.0)
        height = between(stream, 0.4, 2.5) * np.exp(stream.normal(0.0, 0.3, days)) * np.where(clock.free, 0.4, 1.0)
        opened = (1 - np.exp(-late / 0.4)) * np.exp(-late / lasts)
        result: Values = 0.6 + clock.of_day(height, opens) * opened
        return result
    if manner < 0.7:
        awake = spell(clock.hour(float(stream.normal(0.0, 0.5))), 8.0, 24.5, 1.0, 0.8)
        return between(stream, 0.2, 1.0) + awake
    return np.ones(clock.count)


def _life(stream: np.random.Generator, clock: Clock, restless: float, *, grown: bool) -> Values:
    """Float64 [n], how many there are: some of the small families are born in the month, or cleaned up within days."""
    slow = restless * wander(stream, (clock.count,), clock.step_s, between(stream, 1.0, 8.0) * 86400)
    quick = 0.35 * restless * stormy_wander(stream, clock.count, clock.step_s, between(stream, 0.7, 4.0) * 3600, 0.25)
    living = np.exp(slow + np.clip(quick, -1.0, 1.0))
    fate = stream.random()
    if grown and fate < 0.5:
        moment = float(stream.uniform(2, 28))
        if fate < 0.25:
            living *= spell_from(clock.days, moment, between(stream, 0.1, 0.6))
        else:
            living *= np.exp(-np.maximum(clock.days - moment, 0.0) / between(stream, 1.5, 6.0))
    result: Values = living
    return result


def spell_from(days: Values, moment: float, width: float) -> Values:
    """Float64 [n], from 0 to 1 around a moment, within about four times ``width`` days."""
    result: Values = 0.5 * (1 + np.tanh((days - moment) / (2 * width)))
    return result
