"""What is to be found in one series: the true events as somebody would tell them who looks at that series alone.

A restoration that brings back more than ``GIVES_BACK`` of what was lost, for a whole sample at least, ends one event,
and the cut after it begins another: whoever looks at the curve sees two. Every event says whether it could be seen at
all (``visible``), so that scores can be given for those that could and, beside them, for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kuager.evaluation.oracle import VISIBLE_SNR, OwnNoise
from kuager.evaluation.plans import TrueEvent
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.model.series import Series

GIVES_BACK = 0.6
"""A restoration that brings back more than this share of the loss cuts it into pieces."""
LEAST_DEPTH, LEAST_OBSERVED = 0.05, 0.5
LONGEST_PAUSE_S = 12 * HOUR_S
"""Two cuts with a longer pause between them are not pieces of one."""
CURFEW_WINDOWS = 3
_CURFEW_SPREAD_S = 65 * 60  # an hour of summer time, and a few minutes

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A true event of one series.

    Attributes:
        start: seconds since the epoch.
        end: see start.
        depth: the median over time of the share lost.
        observed: share of its samples that have a value.
        samples: whole samples inside that have a value.
        snr: depth over the noise of their mean.
        piece: whether only a restoration parts it from another cut.
        curfew: whether it is a window that comes back at the same time of at least ``CURFEW_WINDOWS`` days.
        begins: whether its start lies within the data.
        ends: whether its end does.
    """

    start: int
    end: int
    depth: float
    observed: float
    samples: int
    snr: float
    piece: bool
    curfew: bool
    begins: bool
    ends: bool

    @property
    def interval(self) -> Interval:
        """Start and end."""
        return (self.start, self.end)

    @property
    def visible(self) -> bool:
        """Whether somebody who knew season and noise could have seen it."""
        return (
            self.samples >= 1
            and self.observed >= LEAST_OBSERVED
            and self.depth >= LEAST_DEPTH
            and self.snr >= VISIBLE_SNR
        )


def to_find(series: Series, truth: Sequence[TrueEvent], noise: OwnNoise) -> tuple[Wanted, ...]:
    """The events to be found in a series, in order of time.

    Args:
        series: what was drawn.
        truth: its true events.
        noise: its own noise, known or measured.
    """
    pieces = ((interval, event) for event in truth for interval in _pieces(event, series))
    cut = sorted(pieces, key=lambda pair: pair[0])
    intervals = [interval for interval, _ in cut]
    curfews = _curfews(intervals)
    return tuple(
        _wanted(series, event, noise, interval, intervals, curfew=interval in curfews) for interval, event in cut
    )


def restoration_windows(wanted: Sequence[Wanted]) -> tuple[Interval, ...]:
    """The windows of at least an hour between the pieces of a cut."""
    pauses = [(before.end, after.start) for before, after in pairwise(wanted) if after.piece and before.piece]
    return tuple(pause for pause in pauses if HOUR_S <= pause[1] - pause[0] <= LONGEST_PAUSE_S)


def _pieces(event: TrueEvent, series: Series) -> list[Interval]:
    """What restorations leave of an event; one that lasts no whole sample of the series shows in no curve."""
    backs = sorted(
        window
        for window, share in zip(event.restorations, event.brought_back, strict=True)
        if share > GIVES_BACK
        and bool(((series.times >= window[0]) & (series.times + series.step_s <= window[1])).any())
    )
    bounds = [event.start, *(bound for window in backs for bound in window), event.end]
    return [(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if start < end]


def _wanted(
    series: Series, event: TrueEvent, noise: OwnNoise, interval: Interval, every: Sequence[Interval], *, curfew: bool
) -> Wanted:
    start, end = interval
    whole = (series.times >= start) & (series.times + series.step_s <= end)
    touched = (series.times + series.step_s > start) & (series.times < end)
    measured = np.isfinite(series.values)
    samples = int(np.count_nonzero(whole & measured))
    pauses = [start - other[1] for other in every if other[1] <= start]
    pauses += [other[0] - end for other in every if other[0] >= end]
    return Wanted(
        start=start,
        end=end,
        depth=event.depth,
        observed=float(np.mean(measured[touched])) if touched.any() else 0.0,
        samples=samples,
        snr=noise.snr(event.depth, samples, series.step_s),
        piece=not curfew and any(pause <= LONGEST_PAUSE_S for pause in pauses),
        curfew=curfew,
        begins=start > int(series.times[0]),
        ends=end < int(series.times[-1]) + series.step_s,
    )


def _curfews(intervals: Sequence[Interval]) -> set[Interval]:
    """Those of at most half a day that share the times of day of their ends with enough others."""
    brief = [interval for interval in intervals if interval[1] - interval[0] <= LONGEST_PAUSE_S]
    return {
        one
        for one in brief
        if sum(_same_clock(one[0], other[0]) and _same_clock(one[1], other[1]) for other in brief) >= CURFEW_WINDOWS
    }


def _same_clock(one: int, other: int) -> bool:
    apart = (one - other) % DAY_S
    return min(apart, DAY_S - apart) <= _CURFEW_SPREAD_S
