"""What a chart shows, before anybody draws it. All words are translated already; times are seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass

from kuager.model.series import Times, Values
from kuager.model.words import PhaseKind, SignalKind, State


@dataclass(frozen=True, slots=True)
class Axis:
    """The declared range of one panel. ``zoomed`` are the words of its badge where it does not start at zero."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    zoomed: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in one state: a part of the strip below a panel; hatched where nothing could be observed."""

    start: int
    end: int
    state: State


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One signal. ``kind`` chooses the colour; ``expected`` float64 [n] is drawn as a thin grey line when given."""

    label: str
    unit: str
    kind: SignalKind
    times: Times
    values: Values
    expected: Values | None
    step_s: int
    axis: Axis
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A phase: a band behind all panels, with its number at the top."""

    number: int
    kind: PhaseKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Marks along the time, each a moment with its label; ``name`` says whose clocks they are."""

    name: str
    ticks: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the legend."""

    expected: str
    not_measuring: str
    down: str
    degraded: str
    restoration: str


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A chart whole. ``window`` is half open; ``banner`` stands inside the picture, such as "simulated signals".

    ``common_unit`` is said once where all panels share it. Title, unit and footer may be empty.
    """

    title: str
    banner: str
    common_unit: str
    footer: str
    window: tuple[int, int]
    panels: tuple[Panel, ...]
    bands: tuple[Band, ...]
    time_axes: tuple[TimeAxis, ...]
    words: Words
