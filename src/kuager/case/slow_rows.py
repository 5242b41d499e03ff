"""Findings of throttling as rows of a case: a stretch of slowness, or hours that come back at one clock time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.throttling.finding import Throttled
from kuager.detection.throttling.windows import SlowWindows
from kuager.model.series import Times
from kuager.model.services import ClockTimes, Slowing, Step
from kuager.model.time import Instant, clock_time, from_epoch


def slowing(source: str, service: str, network: str, one: Throttled, times: Times, signal: str = "") -> Slowing:
    """A finding of throttling as a row.

    Args:
        source: id of who measured.
        service: what was slow; empty for everything.
        network: where; empty for all of the place.
        one: the finding.
        times: int64, seconds since the epoch, of all runs or samples that it was looked for in.
        signal: id of the signal whose share it is, if so.
    """
    inside = times[(times >= one.first) & (times <= one.last_earliest)]
    first, last = from_epoch(one.first), from_epoch(one.last)
    last_slow = from_epoch(one.last_earliest)
    # a sample stands for all of the time until the next one, a run for its moment
    end = None if one.ongoing else Instant(last_slow, last if signal else last_slow, last)
    return Slowing(
        source=source,
        service=service,
        network=network,
        sign=one.sign.value,
        start=Instant(min(from_epoch(one.first_earliest), first), first, first),
        end=end,
        slower=round(one.slower, 3),
        slower_low=round(one.slower_low, 3),
        slower_high=round(one.slower_high, 3),
        runs=one.runs,
        baseline_runs=one.baseline_runs,
        days_measured=int(np.unique(inside // DAY_S).size),
        probability=round(one.probability, 4),
        plateau=None if one.plateau is None else round(one.plateau, 1),
        otherwise=tuple(other.value for other in one.otherwise),
        unlikely=tuple(other.value for other in one.unlikely),
        signal=signal,
        steps=tuple(Step(from_epoch(start), round(left, 3)) for start, left in one.steps),
    )


def at_clock_times(row: Slowing, found: SlowWindows) -> Slowing:
    """The row of hours that come back, with the clock times at which they do."""
    clock = found.clock
    windows = ClockTimes(
        zone=clock.zone,
        start_clock=clock_time(clock.start_clock),
        end_clock=None if clock.end_clock is None else clock_time(clock.end_clock),
        hit=clock.hit,
        not_hit=clock.not_hit,
        not_observable=clock.not_observable,
        weekdays=clock.weekdays,
        chance=float(f"{clock.chance:.2g}"),
    )
    return msgspec.structs.replace(row, windows=windows)


def is_told(found: SlowWindows, told: Sequence[Slowing]) -> bool:
    """Whether most of the hours lie in stretches that are told: what is slow all the time is slow at that hour, too."""
    zone, at = ZoneInfo(found.clock.zone), timedelta(seconds=found.clock.start_clock)
    starts = [datetime.combine(day, time(), zone) + at for day in found.clock.hit]
    inside = [any(_holds(one, moment) for one in told) for moment in starts]
    return 2 * sum(inside) > len(starts)


def _holds(one: Slowing, moment: datetime) -> bool:
    return one.start.best <= moment and (one.end is None or moment < one.end.best)
