"""Slowness at the hours at which the network is ordinarily least busy: what speeds alone say against congestion.

Load follows people's day, and so does congestion: it is heavy at the busiest hour of the day and light in the half of
the day that lies opposite. A throttle takes as much at both. Where the runs of the quiet half lost as much as those of
the busy half, or a loss lies in the quiet half altogether, no load explains it. A line that broke does: it is congested
day and night until it is mended; and so does a longer way to other servers. Both are taken for impossible only where
even at quiet hours three quarters of the speed are lost, or where it lasts for two days or more, as mending hardly
takes, and then ends, as a move hardly does. A lesser loss stays open.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask, median
from kuager.detection.throttling.expected import MAD_TO_SIGMA, Expected, wall_clock
from kuager.detection.throttling.finding import LEAST_RUNS
from kuager.model.series import Times, Values

HOUR_S = 3_600
HALF_DAY_H = 12
LEAST_RHYTHM = 0.1
"""The usual loss of the busiest hour against the least busy one, in logarithms; below it no hour is known as quiet."""
LEAST_HOURS = 3
"""Runs from fewer hours may be one person's."""
LIGHT = 0.5
"""Congestion takes at quiet hours less than this part of what it takes at busy ones, in logarithms."""
LASTING_S = 2 * DAY_S
ENDED_S = DAY_S
"""It has ended when for so long afterwards runs were ordinary."""
DEEP = float(np.log(4.0))
SURE = 1.645
"""Standard errors of a one-sided test at one in twenty."""
MEDIAN_ERROR = 1.2533
"""Standard error of a median over that of a mean, of normal values."""


def slow_when_quiet(times: Times, speeds: Expected, inside: Mask, outside: Mask, zone: str) -> bool | None:
    """Whether a stretch was slow at the quiet hours as well, as no load explains; None where they were not observed.

    Args:
        times: int64 [n], seconds since the epoch, in order.
        speeds: of the runs; the rhythm says which hours are busy.
        inside: bool [n], the slow stretch.
        outside: bool [n], the ordinary runs.
        zone: tz database name of the place's clocks.
    """
    quiet = _quiet(times, speeds.rhythm, zone)
    if quiet is None:
        return None
    here = inside & quiet
    hours = np.unique(times[here] // HOUR_S).size
    if hours < LEAST_HOURS or np.count_nonzero(outside & quiet) < LEAST_RUNS:
        return None
    lost, error = _lost(times, speeds.residual, here, outside & quiet)
    busy, busy_error = 0.0, 0.0
    if np.count_nonzero(inside & ~quiet) >= LEAST_RUNS and np.count_nonzero(outside & ~quiet) >= LEAST_RUNS:
        busy, busy_error = _lost(times, speeds.residual, inside & ~quiet, outside & ~quiet)
    spared = max(0.0, LIGHT * busy)
    if lost - spared < SURE * float(np.hypot(error, LIGHT * busy_error)):
        return False
    found, last = times[here], times[outside][-1]
    ended = found[-1] - found[0] >= LASTING_S and last - times[inside][-1] >= ENDED_S
    return bool(ended or lost >= DEEP)


def _quiet(times: Times, rhythm: Values, zone: str) -> Mask | None:
    """Runs in the half of the day opposite to the usually slowest hour, bool [n]; None where a day has no rhythm."""
    hours = wall_clock(times, zone) % DAY_S // HOUR_S
    counts = np.bincount(hours, minlength=24)
    usual = np.bincount(hours, weights=rhythm, minlength=24) / np.maximum(counts, 1)
    observed = usual[counts > 0]
    if observed.size == 0 or observed.max() - observed.min() < LEAST_RHYTHM:
        return None
    busiest = int(np.argmin(np.where(counts > 0, usual, np.inf)))
    apart = np.abs((hours - busiest + HALF_DAY_H) % 24 - HALF_DAY_H)
    quiet: Mask = apart > HALF_DAY_H // 2
    return quiet


def _lost(times: Times, residual: Values, inside: Mask, outside: Mask) -> tuple[float, float]:
    """Fall of the median in logarithms and its standard error; runs of one hour count as one."""
    low, usual = residual[inside], residual[outside]
    hours = np.unique(times[inside] // HOUR_S).size
    spread = MAD_TO_SIGMA * max(median(np.abs(low - median(low))), median(np.abs(usual - median(usual))) / 2.0)
    return median(usual) - median(low), MEDIAN_ERROR * spread / float(np.sqrt(hours))
