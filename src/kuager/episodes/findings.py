"""What fusion starts from: a series, what its signal is, and what detection found in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kuager.detection import Detection, Finding, Stretch, could_have_seen, stretches
from kuager.model.series import Series
from kuager.model.signals import Signal
from kuager.model.words import Access, SignalKind

TRUSTED = 0.5
"""An event at least this probable counts as seen."""
FAINT = 0.1
"""One at least this probable counts as seen where others saw something at the same time, but corroborates nothing."""

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
    def is_for_part_of_the_access(self) -> bool:
        """Whether the series looks at mobile or fixed access alone."""
        return self.series.access is not Access.MIXED

    @property
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

    def coverage(self, start: int, end: int) -> float:
        """The share of an interval's samples that were observed, 0 to 1."""
        first, last = self.indices(start, end)
        wanted = max(1, (end - start) // self.detection.grid.step_s)
        return min(1.0, float(self.detection.observed[first:last].sum()) / wanted)

    def could_have_seen(self, start: int, end: int) -> bool:
        """Whether half of everything being lost over the interval would have stood out of the noise."""
        first, last = self.indices(start, end)
        return last > first and could_have_seen(self.detection, first, last)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One trusted event together with the series it was seen in."""

    examined: Examined
    finding: Finding

    @property
    def end(self) -> int:
        """The best end, or the end of the series while the event lasts."""
        return self.finding.end.best if self.finding.end is not None else self.examined.end_of_data

    @property
    def group(self) -> str:
        """The independence group of the signal."""
        return self.examined.signal.independence
