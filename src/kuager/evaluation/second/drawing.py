"""A month of series at several places, drawn from what their people do, what happens to them and what misleads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from kuager.evaluation.plans import Artefact, Simulation, TrueEvent
from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.darknet import darknet
from kuager.evaluation.second.devices import count, traffic, users
from kuager.evaluation.second.dice import dice
from kuager.evaluation.second.happenings import Happening
from kuager.evaluation.second.hosts import hosts, index
from kuager.evaluation.second.hours import DAYS
from kuager.evaluation.second.nuisances import Manner, Nuisance, clashes, gain, lone_dip, nuisances
from kuager.evaluation.second.population import Population
from kuager.evaluation.second.readings import cut_short, glitched, missing, relative
from kuager.evaluation.second.routes import routes
from kuager.evaluation.second.truth import Sight, Told, sight
from kuager.model.series import Series, Values
from kuager.model.words import Access, Scale, SignalKind


@dataclass(frozen=True, slots=True)
class Asked:
    """What a series of one kind looks like in a world."""

    kind: SignalKind
    step_s: int
    scale: Scale

    @property
    def signal(self) -> str:
        """The signal that it is given out as."""
        return f"sim.{self.kind.value}"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One series with what is known of it.

    Attributes:
        series: as a source would hand it out.
        remaining: float64 [n], the share of what there would have been that is left by what truly happened.
        truth: its true events.
        nuisances: what misleads in it alone, which is no truth.
    """

    series: Series
    remaining: Values
    truth: tuple[TrueEvent, ...]
    nuisances: tuple[Nuisance, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A world with all that is known of it: for tests, and to learn why something was missed.

    Attributes:
        drawn: its series, place by place.
        happenings: what happened, by place code.
        failures: what went wrong with the source in all places at once.
    """

    drawn: tuple[Drawn, ...]
    happenings: Mapping[str, tuple[Happening, ...]]
    failures: tuple[Nuisance, ...] = ()

    @property
    def simulation(self) -> Simulation:
        """The series, the truth, and what misleads as artefacts."""
        truth = tuple(event for drawn in self.drawn for event in drawn.truth)
        artefacts = [_artefact(drawn.series, nuisance) for drawn in self.drawn for nuisance in drawn.nuisances]
        artefacts += [_artefact(self.drawn[0].series, failure) for failure in self.failures]
        return Simulation(tuple(drawn.series for drawn in self.drawn), truth, artefacts=tuple(artefacts))


def _artefact(series: Series, nuisance: Nuisance) -> Artefact:
    return nuisance.artefact(int(series.times[0]), series.signal, series.place)


def draw_place(
    seed: int,
    name: str,
    country: Country,
    asked: tuple[Asked, ...],
    happened: tuple[Happening, ...],
    failures: tuple[Nuisance, ...] = (),
) -> list[Drawn]:
    """The series of one place, one for each kind that is asked for.

    Args:
        seed: of everything.
        name: the world's, which sets its dice apart.
        country: the place.
        asked: kinds, steps and scales.
        happened: what happens there.
        failures: what goes wrong with the source in all places at once.
    """
    alone = lone_dip(dice(seed, name, country.code, "alone"), tuple(each.kind for each in asked))
    drawn = []
    for each in asked:
        streams = _Streams(seed, name, country.code, each.kind)
        found = nuisances(streams("nuisances"), country, each.kind, happened)
        if alone and alone[0] is each.kind and not clashes(alone[1], happened):
            found = (*found, alone[1])
        drawn.append(_draw(streams, country, each, happened, found, failures))
    return drawn


class _Streams:
    """Named dice for one series, so that no part of it depends on how many numbers another one took."""

    def __init__(self, seed: int, *names: str) -> None:
        self._seed = seed
        self._names = names

    def __call__(self, *names: str | int) -> np.random.Generator:
        """The stream of that name."""
        return dice(self._seed, *self._names, *names)


def _draw(
    streams: _Streams,
    country: Country,
    asked: Asked,
    happened: tuple[Happening, ...],
    found: tuple[Nuisance, ...],
    failures: tuple[Nuisance, ...],
) -> Drawn:
    minutes = asked.step_s // 60
    times = country.begin + asked.step_s * np.arange(DAYS * 86400 // asked.step_s, dtype=np.int64)
    population = _population(streams("population"), country, asked)
    sights = [
        sight(streams("sight", number), population, happening, asked.kind, asked.step_s)
        for number, happening in enumerate(happened)
    ]
    reach = np.ones_like(population.held)
    for seen in sights:
        reach *= seen.reach
    whole, left = population.whole(), population.reached(reach)
    remaining = np.divide(left, whole, out=np.ones_like(whole), where=whole > 0)
    falls = tuple(failure for failure in failures if failure.manner is Manner.FALLS)
    there = left * gain(streams("gain"), (*found, *falls), times.size, asked.kind)
    values = population.look(streams("look"), there)
    values, glitches = glitched(streams("glitches"), values, asked.kind, minutes)
    gone = missing(streams("missing"), times.size, minutes)
    values, short = cut_short(streams("short"), values, gone, asked.kind, minutes)
    for failure in failures:
        if failure.manner is Manner.FREEZES:
            values = _frozen(values, failure, minutes)
    values[gone] = np.nan
    window, unit = "", population.unit
    if asked.scale is Scale.RELATIVE:
        values, window, unit = relative(values), _window(country.begin), "per cent of the window's maximum"
    series = Series(asked.signal, country.code, Access.MIXED, asked.scale, window, asked.step_s, times, values, unit)
    return Drawn(series, remaining, _truth(series, sights), (*found, *glitches, *short))


def _population(stream: np.random.Generator, country: Country, asked: Asked) -> Population:
    """What a kind counts there."""
    if asked.kind is SignalKind.BGP:
        return routes(stream, country, asked.step_s)
    drawn = {
        SignalKind.PROBING: hosts,
        SignalKind.TELESCOPE: darknet,
        SignalKind.TRAFFIC: traffic,
        SignalKind.USERS: users,
        SignalKind.INDEX: index,
        SignalKind.COUNT: count,
    }
    return drawn[asked.kind](stream, country, country.clock(asked.step_s))


def _frozen(values: Values, failure: Nuisance, minutes: int) -> Values:
    """The same where from the first whole sample of a failure on the value before it is repeated."""
    values = values.copy()
    first, last = -(-failure.start // minutes), failure.end // minutes
    values[first:last] = values[first - 1]
    return values


def _truth(series: Series, sights: list[Sight]) -> tuple[TrueEvent, ...]:
    """The true events of a series, in order of time."""
    told = sorted((loss for seen in sights for loss in seen.told), key=lambda loss: loss.start)
    return tuple(_event(series, loss) for loss in told)


def _event(series: Series, loss: Told) -> TrueEvent:
    begin = int(series.times[0])
    return TrueEvent(
        signal=series.signal,
        place=series.place,
        access=series.access,
        window=series.window,
        start=begin + 60 * loss.start,
        end=begin + 60 * loss.end,
        depth=loss.depth,
        restorations=(),
        observed=float(np.isfinite(series.values[loss.first : loss.last]).mean()),
    )


def _window(begin: int) -> str:
    """The name of the month's window: its first day and the day after its last."""
    start = datetime.fromtimestamp(begin, UTC).date()
    return f"{start.isoformat()}/{(start + timedelta(days=DAYS)).isoformat()}"
