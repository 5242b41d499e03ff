"""What fusion starts from: a series, what its signal is, and what detection found in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kuager.detection import Detection, Finding, Stretch, could_have_seen, stretches
from kuager.model.series import Series
from kuager.model.signals import Signal
from kuager.model.words import Access, Direction, SignalKind

TRUSTED = 0.5
"""An event at least this probable counts as seen."""
FAINT = 0.1
"""One at least this probable counts as seen where others saw something at the same time, but corroborates nothing."""

HARDLY_ANY = 0.05
"""A share lost that no series is expected to show: detection reports no event below it."""

REACHABILITY = frozenset({SignalKind.BGP, SignalKind.PROBING})
"""Kinds that look at networks. All others look at what people and machines do, and so fall on holidays too."""


@dataclass(frozen=True, eq=False)
class Examined:
    """A series with its signal and its detection."""

    signal: Signal
    series: Series
    detection: Detection

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The states of the series over its own time."""
        return stretches(self.detection)

    @property
    def trusted(self) -> tuple[Finding, ...]:
        """The events that count as seen."""
        return tuple(finding for finding in self.detection.findings if finding.probability >= TRUSTED)

    @property
    def faint(self) -> tuple[Finding, ...]:
        """The events that count only beside others."""
        return tuple(finding for finding in self.detection.findings if FAINT <= finding.probability < TRUSTED)

    @property
    def looks_at_networks(self) -> bool:
        """Whether the signal sees networks rather than activity."""
        return self.signal.kind in REACHABILITY

    @property
    def is_routing(self) -> bool:
        """Routes can stay announced while nothing passes: staying normal, they refute nothing."""
        return self.signal.kind is SignalKind.BGP

    @property
    def rises(self) -> bool:
        """Whether the signal goes up when something happens: it may accompany a loss of access and is none itself."""
        return self.signal.direction is Direction.RISES

    @property
    def is_for_part_of_the_access(self) -> bool:
        """Whether the series looks at mobile or fixed access alone."""
        return self.series.access is not Access.MIXED

    @cached_property
    def end_of_data(self) -> int:
        """Seconds since the epoch at which the last observed sample ends."""
        observed = self.detection.observed.nonzero()[0]
        grid = self.detection.grid
        return grid.start + (int(observed[-1]) + 1 if observed.size else 0) * grid.step_s

    def indices(self, start: int, end: int) -> tuple[int, int]:
        """Half-open indices of the grid inside an interval of seconds since the epoch."""
        grid = self.detection.grid
        size = grid.values.size
        first = -(-(start - grid.start) // grid.step_s)
        last = -(-(end - grid.start) // grid.step_s)
        return min(max(first, 0), size), min(max(last, 0), size)

    def touched(self, start: int, end: int) -> tuple[int, int]:
        """Half-open indices of the samples of which any part lies inside an interval."""
        grid = self.detection.grid
        size = grid.values.size
        first = (start - grid.start) // grid.step_s
        last = -(-(end - grid.start) // grid.step_s)
        return min(max(first, 0), size), min(max(last, 0), size)

    def coverage(self, start: int, end: int) -> float:
        """The share of an interval's samples that were observed, 0 to 1.

        A day's count covers an hour of that day; that it can hardly show it is for :meth:`could_have_seen` to say.
        """
        short = end - start < self.detection.grid.step_s
        first, last = self.touched(start, end) if short else self.indices(start, end)
        wanted = last - first if short else (end - start) // self.detection.grid.step_s
        return min(1.0, float(self.detection.observed[first:last].sum()) / max(1, wanted))

    def could_have_seen(self, start: int, end: int, depth: float = 0.5) -> bool:
        """Whether losing ``depth`` of everything over the interval would have stood out of the noise.

        Samples that lie wholly inside would have shown all of it. One that lies partly inside, as a day does around an
        hour, shows its part only.
        """
        grid = self.detection.grid
        first, last = self.indices(start, end)[0], max(0, (end - grid.start) // grid.step_s)
        if last > first and depth >= HARDLY_ANY and could_have_seen(self.detection, first, last, depth):
            return True
        first, last = self.touched(start, end)
        if last <= first:
            return False
        diluted = depth * min(1.0, (end - start) / ((last - first) * grid.step_s))
        return diluted >= HARDLY_ANY and could_have_seen(self.detection, first, last, diluted)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One event together with the series it was seen in."""

    examined: Examined
    finding: Finding

    @property
    def start(self) -> int:
        """The best start, seconds since the epoch."""
        return self.finding.start.best

    @property
    def end(self) -> int:
        """The best end, or the end of the series while the event lasts."""
        return self.finding.end.best if self.finding.end is not None else self.examined.end_of_data

    @property
    def group(self) -> str:
        """The independence group of the signal."""
        return self.examined.signal.independence
