"""Active probing: blocks of addresses in which somebody answers, born and dying as people's lines do.

Measured on Iran: a quiet daily curve, lowest at 6 local time with .97 of the evening's value (in places where lines
are switched off at night it is far deeper), deviations of .4 % that last for a day (autocorrelation .94 at half an
hour, .55 at four hours, .3 at a day), a reading error of about .1 % that does not last, steps of up to 20 robust
deviations, kurtosis 56. Its floor in the shutdown of January 2026 was 3.3 to 4 % of the whole.
"""

from __future__ import annotations

import numpy as np

from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.dice import between, stormy_wander, turbulent
from kuager.evaluation.second.hours import Clock, bump, spell
from kuager.evaluation.second.population import Population
from kuager.model.series import Values


def hosts(stream: np.random.Generator, country: Country, clock: Clock) -> Population:
    """Answering blocks: 90 in a small place, 40,000 in a large one."""
    blocks = 90 * 450**country.size
    held = blocks * _answering(stream, country, clock, between(stream, 0.0015, 0.006))
    error = between(stream, 0.0006, 0.003)

    def read(look: np.random.Generator, there: Values) -> Values:
        seen = there * (1 + error * turbulent(look, there.size, 3.5, 0.25))
        counted: Values = np.maximum(np.rint(seen), 0.0)
        return counted

    return Population(held, read, "answering /24s")


def index(stream: np.random.Generator, country: Country, clock: Clock) -> Population:
    """A connectivity index from 0 to 100, as of a region that is watched by a few dozen hosts.

    Measured on 73 counties of Iran, hourly, November 2019: the mean over counties falls from 99 by day to 90 at night,
    a county has a standard deviation of 3 to 10, 72 % of the hours repeat the one before, and values have one
    significant digit: 100, 90, 80 ... 10, 9, 8 ... 0. Kurtosis of the steps 6.
    """
    watched = round(between(stream, 60.0, 1200.0))
    coarse = bool(stream.random() < 0.5)
    held = 100 * _answering(stream, country, clock, between(stream, 0.003, 0.012))

    def read(look: np.random.Generator, there: Values) -> Values:
        answering = look.binomial(watched, np.clip(there / 103, 0.0, 1.0)) / watched
        value = np.minimum(103.0 * answering, 100.0)
        rounded: Values = np.where(value >= 10, np.rint(value / 10) * 10, np.rint(value)) if coarse else value
        return rounded

    return Population(held, read, "per cent")


def _answering(stream: np.random.Generator, country: Country, clock: Clock, restless: float) -> Values:
    """Float64 [o, n] that sums to about 1 by day: steady and nightly hosts of each operator, with births and deaths."""
    nightly = between(stream, 0.015, 0.25)
    rows = []
    for share in country.hosts.tolist():
        hour = clock.hour(float(stream.normal(0.0, 0.3)))
        asleep = np.maximum(1 - spell(hour, 7.0, 25.5, 0.7, 0.9), 0.6 * bump(hour, 6.3, 2.2))
        off = 1 + float(stream.normal(0.0, 0.15)) * clock.of_day(clock.free.astype(np.float64))
        switched_off = nightly * between(stream, 0.5, 1.6) * asleep * off
        memory = between(stream, 8.0, 50.0) * 3600
        # In a small pool, single births and deaths are seen: their share goes with the root of its size.
        pool = restless / np.sqrt(max(share, 0.02))
        living = pool * stormy_wander(stream, clock.count, clock.step_s, memory, 0.3)
        moved = _renumbered(stream, clock.count)
        rows.append(share * np.clip(1 - switched_off + np.clip(living, -0.04, 0.04) + moved, 0.0, None))
    return np.array(rows)


def _renumbered(stream: np.random.Generator, count: int) -> Values:
    """Float64 [n], blocks that an operator gives up or takes into use for good, a few times a month."""
    change = np.zeros(count)
    for _ in range(int(stream.poisson(2))):
        change[int(stream.integers(count))] += float(np.clip(stream.laplace(0.0, 0.003), -0.012, 0.012))
    result: Values = np.cumsum(change)
    return result
