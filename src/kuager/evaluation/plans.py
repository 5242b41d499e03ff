"""What a simulation is asked for and what it gives back, as frozen values.

Times are whole seconds since the epoch UTC, intervals are half open ``[start, end)``, and shares are 0 to 1. Everything
that goes wrong names by its ``Reach`` the series it touches. A ``Disturbance`` happens to people's access and is
therefore part of the truth; an *artefact* happens to the measurement alone, and finding it is a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kuager.evaluation.behaviours import Behaviour
from kuager.evaluation.oracle import OwnNoise
from kuager.model.series import Series
from kuager.model.words import Access, SignalKind


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """One series to draw.

    Attributes:
        signal: id of the signal, such as ``sim.bgp``; its unit is the one that the registry knows.
        place: a place code.
        kind: decides season and noise unless ``behaviour`` is given.
        access: how the people that it counts reach the network.
        step_s: seconds between samples.
        level: the value at the daily peak of an ordinary working day; by default that of the behaviour.
        zone: tz database name of the local clock that people live by.
        weekend: weekdays off, 0 for Monday to 6 for Sunday.
        behaviour: season and noise; by default those usual for the kind.
        window: when not empty, values are given in per cent of the maximum of the window so named.
    """

    signal: str
    place: str
    kind: SignalKind
    access: Access = Access.MIXED
    step_s: int = 900
    level: float | None = None
    zone: str = "UTC"
    weekend: tuple[int, ...] = (5, 6)
    behaviour: Behaviour | None = None
    window: str = ""

    def __post_init__(self) -> None:
        if self.step_s <= 0:
            raise ValueError("a step is positive")
        if self.level is not None and self.level <= 0:
            raise ValueError("a level is positive")


@dataclass(frozen=True, slots=True)
class Reach:
    """The series that something touches; an empty field stands for all."""

    signals: tuple[str, ...] = ()
    kinds: tuple[SignalKind, ...] = ()
    places: tuple[str, ...] = ()
    access: tuple[Access, ...] = ()

    def covers(self, plan: SeriesPlan) -> bool:
        """Whether the series of that plan is touched."""
        wanted = (
            (self.signals, plan.signal),
            (self.kinds, plan.kind),
            (self.places, plan.place),
            (self.access, plan.access),
        )
        return all(not allowed or own in allowed for allowed, own in wanted)


EVERYWHERE = Reach()


@dataclass(frozen=True, slots=True)
class Restoration:
    """A window inside a disturbance during which ``remaining`` of the expected value is back."""

    start: int
    end: int
    remaining: float
    ramp_s: int = 0


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Access lost from ``start`` to ``end``: an outage, a partial drop, a staircase, with or without restorations.

    Attributes:
        start: when the loss begins; it is complete ``onset_ramp_s`` later.
        end: when everything is back; the return begins ``end_ramp_s`` earlier.
        remaining: the share of the expected value that is left.
        steps: a staircase: times, in order, from which another share is left; each step takes ``onset_ramp_s``.
        restorations: windows, in order and apart, during which a share comes back.
        reach: the series that it touches.
        seen: share of the loss that a kind of signal sees, 0 for a blind one; a kind not named sees all of it.
        delays_s: seconds by which a kind of signal sees the start later.
    """

    start: int
    end: int
    remaining: float = 0.0
    onset_ramp_s: int = 0
    end_ramp_s: int = 0
    steps: tuple[tuple[int, float], ...] = ()
    restorations: tuple[Restoration, ...] = ()
    reach: Reach = EVERYWHERE
    seen: Mapping[SignalKind, float] = field(default_factory=dict)
    delays_s: Mapping[SignalKind, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shares = (self.remaining, *(share for _, share in self.steps), *(back.remaining for back in self.restorations))
        if not all(0 <= share <= 1 for share in (*shares, *self.seen.values())):
            raise ValueError("a share lies between 0 and 1")
        bounds = [self.start, *(bound for back in self.restorations for bound in (back.start, back.end)), self.end]
        moments = [self.start, *(moment for moment, _ in self.steps), self.end]
        if self.start >= self.end or bounds != sorted(set(bounds)) or moments != sorted(set(moments)):
            raise ValueError("a disturbance starts before it ends, and its parts lie inside it, apart and in order")
        if self.onset_ramp_s + self.end_ramp_s >= self.end - self.start:
            raise ValueError("the ramps of a disturbance are together shorter than it")


@dataclass(frozen=True, slots=True)
class LevelShift:
    """The level is ``factor`` times what it was, from ``at`` on and for good: networks moved, sensors were added."""

    at: int
    factor: float
    reach: Reach = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Holiday:
    """A local day on which people use the network less (or more) and rise ``later_h`` hours later."""

    day: date
    factor: float = 0.9
    later_h: float = 1.5
    reach: Reach = Reach(kinds=(SignalKind.TRAFFIC, SignalKind.USERS))


@dataclass(frozen=True, slots=True)
class Spike:
    """Values ``factor`` times as high for a while: a scan that reaches a telescope or, below 1, a source's glitch."""

    start: int
    end: int
    factor: float
    reach: Reach = Reach(kinds=(SignalKind.TELESCOPE,))


@dataclass(frozen=True, slots=True)
class MissingWindow:
    """Nothing was measured from ``start`` to ``end``."""

    start: int
    end: int
    reach: Reach = EVERYWHERE


@dataclass(frozen=True, slots=True)
class RandomGaps:
    """Gaps that begin at random, ``per_day`` on average, with exponential lengths of mean ``mean_s``."""

    per_day: float
    mean_s: float
    reach: Reach = EVERYWHERE


@dataclass(frozen=True, slots=True)
class RegularHoles:
    """Nothing is measured in the first ``length_s`` of every ``every_s`` seconds, counted from the epoch."""

    every_s: int
    length_s: int
    reach: Reach = EVERYWHERE


class FailureManner(StrEnum):
    """What a sensor that goes wrong shows."""

    FALLS = "falls"
    FREEZES = "freezes"
    """It goes on giving the last value that it measured."""
    REPEATS = "repeats"
    """It gives the hours before once more, again and again."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SensorFailure:
    """A signal goes wrong for all places at once. ``remaining`` is the share that it still shows when it falls."""

    signal: str
    start: int
    end: int
    manner: FailureManner = FailureManner.FALLS
    remaining: float = 0.3

    @property
    def reach(self) -> Reach:
        """Every series of the signal."""
        return Reach(signals=(self.signal,))


Artefact = LevelShift | Holiday | Spike | MissingWindow | RandomGaps | RegularHoles | SensorFailure


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """An interval in which one series truly lost something that it could see.

    Attributes:
        signal: with place, access and window, the key of the series.
        place: see signal.
        access: see signal.
        window: see signal.
        start: start of the loss.
        end: end of the return, or the end of the simulation when that comes first.
        depth: the median over time of the share lost.
        restorations: windows inside, (start, end), in which a share, but not everything, came back.
        observed: share of the samples inside that have a value; nobody can find what was not measured.
        brought_back: for each restoration the share of what was lost that it brings back.
    """

    signal: str
    place: str
    access: Access
    window: str
    start: int
    end: int
    depth: float
    restorations: tuple[tuple[int, int], ...]
    observed: float
    brought_back: tuple[float, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The key of its series."""
        return (self.signal, self.place, self.access.value, self.window)


@dataclass(frozen=True, slots=True)
class Simulation:
    """Series that were drawn, and what truly happened in them.

    Attributes:
        series: in the order of their plans.
        truth: the true events of all of them.
        noises: the noise of each series, where whoever drew them knows it; else empty.
        artefacts: what went wrong with the measurement, where that is told; a reader of false alarms wants to know.
    """

    series: tuple[Series, ...]
    truth: tuple[TrueEvent, ...]
    noises: tuple[OwnNoise, ...] = ()
    artefacts: tuple[Artefact, ...] = ()

    def truth_of(self, series: Series) -> tuple[TrueEvent, ...]:
        """The true events of one of its series, in order of time."""
        return tuple(event for event in self.truth if event.key == series.key)
