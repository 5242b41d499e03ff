"""What changes values though nobody lost access: it is no truth, and finding it is a false alarm.

Measured: the telescope of the Iranian export misses 9.6 % (26 single half hours, 9 pairs, runs of 6 to 120), BGP
.24 % in two gaps, web search and probing one gap of an hour; of Mozilla's count the last 16 hours were not in yet.
Planned work and renumbering are a large share of what looks like outages to a CDN (Richter and others, IMC 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kuager.evaluation.plans import Artefact, FailureManner, LevelShift, Reach, SensorFailure, Spike
from kuager.evaluation.second.countries import Country
from kuager.evaluation.second.dice import between
from kuager.evaluation.second.happenings import Happening
from kuager.evaluation.second.hours import DAYS, MINUTES, minute_of
from kuager.model.series import Values
from kuager.model.words import SignalKind


class Manner(StrEnum):
    """How something misleads."""

    SHIFT = "shift"
    """The level is another one for good."""
    MAINTENANCE = "maintenance"
    """A night's dip of 1 to 3 %."""
    COLLECTOR = "collector"
    """A part of the instrument is lost, for hours or days."""
    LONE_DIP = "lone-dip"
    """One source dips alone, minutes to hours, as deep as an outage."""
    SCAN = "scan"
    """A telescope sees a wave of scans."""
    RUSH = "rush"
    """Everybody is back at once and makes up for it."""
    GLITCH = "glitch"
    """One sample is wrong."""
    CUT_SHORT = "cut-short"
    """The sample before a gap counted only a part of its time."""
    FALLS = "falls"
    """A source fails and shows too little, for all places at once."""
    FREEZES = "freezes"
    """A source fails and repeats its last values, for all places at once."""


@dataclass(frozen=True, slots=True)
class Nuisance:
    """Something misleading in one series: minutes of the month, half open, and by what values are multiplied."""

    manner: Manner
    start: int
    end: int
    factor: float

    def artefact(self, begin: int, signal: str, place: str) -> Artefact:
        """The same in the words of a simulation, for a signal and place in the month that begins at ``begin``."""
        start, end = begin + 60 * max(self.start, 0), begin + 60 * min(self.end, MINUTES)
        if self.manner is Manner.FALLS:
            return SensorFailure(signal, start, end, FailureManner.FALLS, self.factor)
        if self.manner is Manner.FREEZES:
            return SensorFailure(signal, start, end, FailureManner.FREEZES)
        reach = Reach(signals=(signal,), places=(place,))
        if self.manner is Manner.SHIFT:
            return LevelShift(start, self.factor, reach)
        return Spike(start, end, self.factor, reach)


_PEOPLE = (SignalKind.TRAFFIC, SignalKind.USERS, SignalKind.COUNT)


def lone_dip(stream: np.random.Generator, kinds: tuple[SignalKind, ...]) -> tuple[SignalKind, Nuisance] | None:
    """One place of 16 has one source that dips alone, by 15 to 95 %, for 5 minutes to 6 hours."""
    if stream.random() > 1 / 16:
        return None
    kind = kinds[int(stream.integers(len(kinds)))]
    start, length = _sometime(stream), round(between(stream, 5, 360))
    return kind, Nuisance(Manner.LONE_DIP, start, start + length, 1 - float(stream.uniform(0.15, 0.95)))


def nuisances(
    stream: np.random.Generator, country: Country, kind: SignalKind, happened: tuple[Happening, ...]
) -> tuple[Nuisance, ...]:
    """What misleads in one series of a kind; nothing that dips falls into half a day around what truly happened."""
    found: list[Nuisance] = []
    if stream.random() < 0.1:
        size = between(stream, 0.02, 0.3) if kind is SignalKind.BGP else between(stream, 0.06, 0.7)
        factor = float(np.exp(size * stream.choice([-1.0, 1.0])))
        found.append(Nuisance(Manner.SHIFT, int(stream.integers(6 * 1440, 22 * 1440)), MINUTES, factor))
    if stream.random() < 0.3:
        for day in stream.integers(1, DAYS - 1, size=int(stream.integers(1, 5))).tolist():
            start = minute_of(country.zone, country.begin, day, float(stream.uniform(0, 5)))
            length = round(between(stream, 20, 240))
            found.append(Nuisance(Manner.MAINTENANCE, start, start + length, 1 - float(stream.uniform(0.01, 0.03))))
    if kind not in _PEOPLE and stream.random() < 0.03:
        start, length = _sometime(stream), round(between(stream, 60, 4320))
        found.append(Nuisance(Manner.COLLECTOR, start, start + length, 1 - between(stream, 0.03, 0.15)))
    if kind is SignalKind.TELESCOPE:
        for _ in range(int(stream.poisson(2.0))):
            start, length = _sometime(stream), round(between(stream, 5, 480))
            found.append(Nuisance(Manner.SCAN, start, start + length, between(stream, 1.25, 8.0)))
    for happening in happened:
        found.extend(_afterwards(stream, kind, happening))
    return tuple(nuisance for nuisance in found if not clashes(nuisance, happened))


def clashes(nuisance: Nuisance, happened: tuple[Happening, ...]) -> bool:
    """Whether a dip lies within half a day of something that truly happened."""
    if nuisance.manner in {Manner.SHIFT, Manner.RUSH, Manner.SCAN}:
        return False
    return any(nuisance.start < other.last + 720 and nuisance.end > other.first - 720 for other in happened)


def _afterwards(stream: np.random.Generator, kind: SignalKind, happening: Happening) -> list[Nuisance]:
    """After a loss of hours people rush back; after one in ten, some customers are gone for good, or new ones came."""
    found = []
    saw = happening.sight.get(kind, 0.0) > 0
    if saw and kind in _PEOPLE:
        for piece in happening.pieces:
            if piece.last - piece.first >= 120 and piece.last < MINUTES and stream.random() < 0.6:
                length = round(between(stream, 40, 360))
                found.append(Nuisance(Manner.RUSH, piece.last, piece.last + length, 1 + between(stream, 0.02, 0.35)))
    if saw and kind is not SignalKind.BGP and happening.last < MINUTES and stream.random() < 0.1:
        found.append(Nuisance(Manner.SHIFT, happening.last, MINUTES, float(stream.uniform(0.85, 1.1))))
    return found


def gain(stream: np.random.Generator, found: tuple[Nuisance, ...], count: int, kind: SignalKind) -> Values:
    """Float64 [n], by what the true values are multiplied: all that misleads for a while, and a slow drift."""
    minutes = np.ones(MINUTES)
    for nuisance in found:
        start, end = max(nuisance.start, 0), min(nuisance.end, MINUTES)
        if nuisance.manner is Manner.RUSH:
            fading = np.exp(-3 * np.arange(end - start) / (nuisance.end - nuisance.start))
            minutes[start:end] *= 1 + (nuisance.factor - 1) * fading
        else:
            minutes[start:end] *= nuisance.factor
    strongest = 0.004 if kind is SignalKind.BGP else 0.02 if kind in {SignalKind.PROBING, SignalKind.INDEX} else 0.2
    drift = float(stream.uniform(-strongest, strongest)) if stream.random() < 0.5 else 0.0
    samples = minutes.reshape(count, -1).mean(axis=1)
    result: Values = samples * np.exp(drift * np.linspace(-0.5, 0.5, count))
    return result


def _sometime(stream: np.random.Generator) -> int:
    return int(stream.integers(720, MINUTES - 720))
