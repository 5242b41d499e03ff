"""Traffic, users and counts of tests: sums of device classes, each on its own day, and of sessions of unequal size.

Measured: half-hourly web search from Iran has steps of about 2 % beside its day, large ones close to each other, and
what is left of the day is 8 % and lasts for hours; hourly flows of Canada and France have steps of 2 to 3 %, those of
Tonga, 100,000 people, 23 %. Night is .2 to .35 of the top, .7 in the whole world's sum. The mobile share in South
Africa goes from 57 % at 10 to 77 % at 5 local time: mobile and desktop have unlike days. Tor's users vary by 16 to
23 % from day to day (2010). Mozilla counts about 30 cities by day, 5 by night. In the shutdown of January 2026 the
floor of web search was 1.4 to 2 % of the maximum.
"""

from __future__ import annotations

import numpy as np

from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.dice import between, crowd, eased, stormy_wander, turbulent, wander
from kuager.evaluation.second.hours import Clock, bump, spell
from kuager.evaluation.second.population import Population
from kuager.model.series import Values


def traffic(stream: np.random.Generator, country: Country, clock: Clock) -> Population:
    """Requests, relative: as many sessions at a time as a place of its size has, of very unequal size."""
    held = _living(stream, country, clock, between(stream, 0.015, 0.06))
    sessions = 120 * 1500**country.size
    held = held * sessions
    uneven = between(stream, 0.001, 0.015)
    clumping = between(stream, 1.0, 4.0)

    def read(look: np.random.Generator, there: Values) -> Values:
        # The sum of many sessions of exponential size is gamma distributed: the fewer, the more uneven.
        volume = look.gamma(np.maximum(there, 1e-9) / clumping, clumping)
        stormy = np.exp(np.clip(uneven * turbulent(look, there.size, 3.0, 0.4), -0.7, 0.7))
        result: Values = np.where(there > 0, volume * stormy, 0.0)
        return result

    return Population(held, read, "requests, relative")


def users(stream: np.random.Generator, country: Country, clock: Clock) -> Population:
    """People who use one service: 120 in a small place, 40,000 in a large one, a part of them always connected."""
    always = between(stream, 0.1, 0.6)
    people = 120 * 350**country.size
    living = _living(stream, country, clock, between(stream, 0.03, 0.1))
    held = people * (always * country.customers[:, np.newaxis] + (1 - always) * living)
    clumping = between(stream, 1.0, 6.0)
    return Population(held, lambda look, there: crowd(look, there, clumping), "users")


def count(stream: np.random.Generator, country: Country, clock: Clock) -> Population:
    """Tests that volunteers run: some by hand through the day, some by a timer; 60 to 600 in a step, never many."""
    timed = between(stream, 0.15, 0.7)
    living = _living(stream, country, clock, between(stream, 0.05, 0.12))
    held = between(stream, 60.0, 600.0) * (timed * country.customers[:, np.newaxis] + (1 - timed) * living)
    clumping = between(stream, 1.0, 2.5)
    return Population(held, lambda look, there: crowd(look, there, clumping), "tests")


def _living(stream: np.random.Generator, country: Country, clock: Clock, restless: float) -> Values:
    """Float64 [o, n] that sums to about 1 at the top of a day: what the classes of devices of each operator do."""
    together = restless * wander(stream, (clock.count,), clock.step_s, between(stream, 2.0, 6.0) * 3600)
    together = eased(together, clock.step_s, between(stream, 0.2, 1.0) * 3600)
    mood = clock.gradual(between(stream, 0.01, 0.05) * stream.standard_normal(clock.free.size))
    rows = []
    for share, mobile in zip(country.customers.tolist(), country.mobile.tolist(), strict=True):
        classes = _mobile(stream, clock, country) if mobile else _fixed(stream, clock, country)
        row = np.zeros(clock.count)
        for weight, curve in classes:
            memory = between(stream, 1.5, 10.0) * 3600
            own = restless * stormy_wander(stream, clock.count, clock.step_s, memory, 0.45)
            own = eased(own, clock.step_s, between(stream, 0.05, 1.0) * 3600)
            row += weight * curve * np.exp(np.clip(own, -0.4, 0.4))
        churn = 0.03 * wander(stream, (clock.count,), clock.step_s, 6 * 86400.0)
        rows.append(share * row * np.exp(together + mood + churn))
    return np.array(rows)


def _mobile(stream: np.random.Generator, clock: Clock, country: Country) -> list[tuple[float, Values]]:
    """Phones in hand, and the things that report by mobile all day."""
    hour = clock.hour(float(stream.normal(0.0, 0.3)))
    up = float(stream.uniform(5.8, 7.8))
    down = float(stream.uniform(22.8, 25.2))
    awake = spell(hour, up, down, float(stream.uniform(0.4, 0.9)), float(stream.uniform(0.4, 0.9)))
    phones = 0.05 + 0.6 * awake + 0.2 * bump(hour, 13.0, 1.5) + float(stream.uniform(0.1, 0.4)) * bump(hour, 21.3, 1.8)
    if country.fasting:
        phones *= 1 - float(stream.uniform(0.1, 0.3)) * bump(clock.days * 24 % 24, 19.2, 0.35)  # the table is laid
    weight = float(stream.uniform(0.75, 0.97))
    return [(weight, phones), (1 - weight, np.ones(clock.count))]


def _fixed(stream: np.random.Generator, clock: Clock, country: Country) -> list[tuple[float, Values]]:
    """Homes in the evening, offices on working days, machines that never sleep and are backed up at night."""
    hour = clock.hour(float(stream.normal(0.0, 0.3)))
    free = clock.gradual(clock.free.astype(np.float64))
    at_home = spell(hour, 7.0, float(stream.uniform(23.4, 25.6)), 0.8, 0.6)
    evening = float(stream.uniform(20.0, 22.5))
    homes = 0.08 + (0.3 + 0.12 * free) * at_home + 0.6 * bump(hour, evening, float(stream.uniform(1.6, 2.8)))
    if country.fasting:
        homes *= 1 - float(stream.uniform(0.05, 0.25)) * bump(clock.days * 24 % 24, 19.2, 0.35)
    plain = clock.days * 24 % 24
    opens = float(stream.uniform(7.5, 9.5))
    work = spell(plain, opens, opens + float(stream.uniform(7.5, 9.5)), 0.35, 0.5)
    lunch = 1 - float(stream.uniform(0.0, 0.35)) * bump(plain, float(stream.uniform(12.3, 13.8)), 0.6)
    offices = 0.05 + work * lunch * np.where(clock.of_day(clock.free.astype(np.float64)) > 0, 0.12, 1.0)
    machines = 0.8 + 0.5 * bump(plain, float(stream.uniform(1.0, 4.0)), 0.8)
    weights = stream.dirichlet((6.0, 2.5, 0.8))
    return [(float(weights[0]), homes), (float(weights[1]), offices), (float(weights[2]), machines)]
