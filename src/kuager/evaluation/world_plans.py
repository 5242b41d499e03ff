"""What is watched in a random world: places with their clocks and weekends, and the series drawn there.

Every place has BGP, probing, a telescope and traffic; users, an index or a count come with them in half of the worlds
each. Steps are those at which such signals are published, from a minute to a day. One world in four is long and coarse,
for a daily series of a month holds too little. Places bear codes that ISO 3166 leaves to users (XA to XZ), so that no
world speaks of a country.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kuager.evaluation.behaviours import Behaviour, usual
from kuager.evaluation.plans import SeriesPlan
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.model.words import SignalKind

Random = np.random.Generator

PLACES = ("XA", "XB", "XC", "XD")
ALWAYS = (SignalKind.BGP, SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC)
SOMETIMES = (SignalKind.USERS, SignalKind.INDEX, SignalKind.COUNT)

WEEKENDS = {
    "Asia/Almaty": (5, 6),
    "Asia/Tehran": (3, 4),
    "Asia/Baghdad": (4, 5),
    "Africa/Lagos": (5, 6),
    "Africa/Casablanca": (5, 6),
    "Africa/Cairo": (4, 5),
    "America/Caracas": (5, 6),
    "America/Santiago": (5, 6),
    "Asia/Beirut": (5, 6),
    "Asia/Kolkata": (6,),
    "Asia/Kathmandu": (5,),
    "Europe/Chisinau": (5, 6),
    "Europe/Minsk": (5, 6),
}
"""Clocks of thirteen places, of which six change twice a year, and the days on which people do not work there."""
ZONES = tuple(WEEKENDS)

_STEPS_S = {
    SignalKind.BGP: (60, 300, 300, 300, 600, 900, 1_800, HOUR_S),
    SignalKind.PROBING: (300, 600, 600, 600, 1_800, HOUR_S),
    SignalKind.TELESCOPE: (60, 300, 300, 300, 900, 1_800),
    SignalKind.TRAFFIC: (60, 300, 900, 900, 1_800, HOUR_S),
    SignalKind.USERS: (HOUR_S, HOUR_S, 6 * HOUR_S, 12 * HOUR_S),
    SignalKind.INDEX: (900, 1_800, HOUR_S, 3 * HOUR_S),
    SignalKind.COUNT: (300, 900, HOUR_S, 6 * HOUR_S),
}
_COARSE_STEPS_S = {
    SignalKind.BGP: (1_800, HOUR_S, 6 * HOUR_S),
    SignalKind.PROBING: (1_800, HOUR_S, 6 * HOUR_S),
    SignalKind.TELESCOPE: (1_800, HOUR_S, DAY_S),
    SignalKind.TRAFFIC: (1_800, HOUR_S, DAY_S),
    SignalKind.USERS: (DAY_S,),
    SignalKind.INDEX: (HOUR_S, 3 * HOUR_S, DAY_S),
    SignalKind.COUNT: (HOUR_S, DAY_S),
}
_LONG_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: for how many days, the zone of each place, and the plans of all series."""

    days: int
    zones: dict[str, str]
    plans: tuple[SeriesPlan, ...]

    @property
    def kinds(self) -> tuple[SignalKind, ...]:
        """The kinds of signals watched, each once."""
        return tuple(dict.fromkeys(plan.kind for plan in self.plans))


def watched(random: Random, places: tuple[str, ...] = PLACES) -> Watched:
    """Draw what a world watches."""
    long = random.random() < _LONG_SHARE
    days = int(random.integers(90, 151) if long else random.integers(30, 61))
    zones = {place: str(random.choice(ZONES)) for place in places}
    kinds = (*ALWAYS, *(kind for kind in SOMETIMES if random.random() < 0.5))
    steps = {kind: int(random.choice((_COARSE_STEPS_S if long else _STEPS_S)[kind])) for kind in kinds}
    forms = {kind: _form(random, kind, steps[kind]) for kind in kinds}
    plans = [plan_at(random, forms[kind], kind, place, steps[kind], zones[place]) for place in places for kind in kinds]
    return Watched(days, zones, tuple(plans))


def plan_at(random: Random, form: Behaviour, kind: SignalKind, place: str, step_s: int, zone: str) -> SeriesPlan:
    """A place's own size, noise and season around the form that its signal has everywhere."""
    own = replace(
        form,
        noise=form.noise * between(random, 0.6, 2.0),
        swing=form.swing * random.uniform(0.6, 1.2),
        weekend_factor=1 - (1 - form.weekend_factor) * random.uniform(0, 2),
    )
    size = form.level * (1.0 if np.isfinite(form.ceiling) else between(random, 0.2, 5.0))
    return SeriesPlan(
        f"sim.{kind}",
        place,
        kind,
        step_s=step_s,
        level=size,
        zone=zone,
        weekend=WEEKENDS[zone],
        behaviour=own,
    )


def _form(random: Random, kind: SignalKind, step_s: int) -> Behaviour:
    """How a signal is counted: an index goes to 100 in parts or whole numbers, or to 10; a count is sparse."""
    form = usual(kind)
    if kind is SignalKind.INDEX:
        choice = int(random.integers(3))
        if choice == 0:
            return replace(form, level=9.0, ceiling=10.0, noise=0.06)
        return replace(form, whole=choice == 1)
    if kind is SignalKind.COUNT:
        mean = between(random, 0.3, 5.0)
        return replace(form, level=mean, overdispersion=random.uniform(0.1, 0.5))
    if step_s == DAY_S:
        return replace(form, day_variation=form.day_variation / 2)  # means of whole days
    return form


def between(random: Random, low: float, high: float) -> float:
    """Evenly by proportion: as often between 1 and 2 as between 2 and 4."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
