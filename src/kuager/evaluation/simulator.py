"""The simulator: plans, disturbances and artefacts in, series with known truth out.

Each series draws from streams of its own (NumPy's PCG64, seeded by the seed, signal, place and access), one for each
part of its noise; what two windows show differs in scale only. The same seed gives the same bytes, and adding a series,
a disturbance or an artefact leaves everything else as it was. Whoever writes a detector while looking at this simulator
is an optimist: what is measured on it ranks methods, and says nothing of accuracy in the world.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from kuager.evaluation import artefacts as measurement
from kuager.evaluation import shapes
from kuager.evaluation.behaviours import usual
from kuager.evaluation.losses import share_left, true_events
from kuager.evaluation.oracle import OwnNoise, known_noise
from kuager.evaluation.plans import Artefact, Disturbance, SeriesPlan, Simulation
from kuager.model.series import Series, Times, Values
from kuager.model.words import Scale
from kuager.sources import registry


def simulate(
    plans: Sequence[SeriesPlan],
    disturbances: Sequence[Disturbance],
    artefacts: Sequence[Artefact],
    start: int,
    end: int,
    seed: int,
) -> Simulation:
    """Draw the series of all plans.

    Args:
        plans: what to draw; no two with the same signal, place, access and window.
        disturbances: what happens to access.
        artefacts: what happens to the measurement.
        start: seconds since the epoch UTC of the first sample, rounded up to each series' grid.
        end: seconds since the epoch UTC; samples begin before it.
        seed: not negative.

    Raises:
        ValueError: two plans have one key, or the window holds no sample.
    """
    if len({_key(plan) for plan in plans}) < len(plans):
        raise ValueError("two plans describe the same series")
    series = tuple(_draw(plan, disturbances, artefacts, _grid(start, end, plan.step_s), seed) for plan in plans)
    truth = (true_events(plan, disturbances, drawn) for plan, drawn in zip(plans, series, strict=True))
    noises = tuple(_noise(plan) for plan in plans)
    return Simulation(series, tuple(event for events in truth for event in events), noises, tuple(artefacts))


def stream(seed: int, *names: str) -> np.random.Generator:
    """The random numbers that belong to these names alone."""
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def _key(plan: SeriesPlan) -> tuple[str, str, str, str]:
    return (plan.signal, plan.place, plan.access.value, plan.window)


def _grid(start: int, end: int, step_s: int) -> Times:
    times = np.arange(-(-start // step_s) * step_s, end, step_s, dtype=np.int64)
    if times.size == 0:
        raise ValueError("the window holds no sample")
    return times


def _draw(
    plan: SeriesPlan, disturbances: Sequence[Disturbance], artefacts: Sequence[Artefact], times: Times, seed: int
) -> Series:
    behaviour = plan.behaviour or usual(plan.kind)
    own = [artefact for artefact in artefacts if artefact.reach.covers(plan)]

    def random(part: str) -> np.random.Generator:
        return stream(seed, plan.signal, plan.place, plan.access.value, part)

    local = shapes.local_seconds(times, plan.zone)
    expected = (
        (plan.level or behaviour.level)
        * shapes.season(local, behaviour, plan.weekend, measurement.holidays(own))
        * shapes.day_variation(local, behaviour, random("days"))
        * shapes.drift(times, behaviour, random("drift"))
        * shapes.noise(times.size, plan.step_s, behaviour, random("noise"))
        * shapes.ordinary_dips(times, behaviour, random("dips"))
        * shapes.ordinary_spikes(times, behaviour, random("spikes"))
    )
    shown = expected * share_left(plan, disturbances, times) * measurement.factor(own, times)
    values = measurement.stale(own, times, shapes.counted(shown, behaviour, random("count")))
    values[measurement.missing(own, times, random("gaps"))] = np.nan
    return _as_published(plan, times, values)


def _noise(plan: SeriesPlan) -> OwnNoise:
    behaviour = plan.behaviour or usual(plan.kind)
    return known_noise(behaviour, plan.level or behaviour.level)


def _as_published(plan: SeriesPlan, times: Times, values: Values) -> Series:
    relative = plan.window != ""
    return Series(
        signal=plan.signal,
        place=plan.place,
        access=plan.access,
        scale=Scale.RELATIVE if relative else Scale.ABSOLUTE,
        window=plan.window,
        step_s=plan.step_s,
        times=times,
        values=_per_cent_of_maximum(values) if relative else values,
        unit="per cent of the window's maximum" if relative else registry.signal(plan.signal).unit,
    )


def _per_cent_of_maximum(values: Values) -> Values:
    """The way in which dashboards export; a window without any value above zero stays as it is."""
    highest = np.max(values, initial=0.0, where=np.isfinite(values))
    return values / highest * 100 if highest > 0 else values
