"""One service's part of the traffic of a place falls where that of its controls does not.

Controls are of two sorts: the same service in other places, and other services in the same place. The service is
measured against the middle one of each sort, so what everything loses alike cancels: a cut of the place falls with the
other services there, trouble of the service falls with itself elsewhere. Only what falls against *both* is the
service's own loss in that place. The ratio is judged by the detector of single series (``detection/detect.py``), with
its lasting changes of level, for a slow loss comes in steps and stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.decode import LEVELS
from kuager.detection.detect import Detection, detect
from kuager.detection.grid import DAY_S, to_grid
from kuager.detection.order import Mask, median, quantile_of_rows, runs
from kuager.detection.throttling.finding import LEAST_RUNS, Otherwise, Sign, Throttled
from kuager.detection.throttling.otherwise import sorted_out
from kuager.detection.throttling.sizes import slower
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

LEAST_CONTROLS = 3
LEAST_LOST = 0.2
"""A smaller part of the share may be a habit that changed."""
OF_BOTH = 0.5
"""Against each sort of controls it must have lost this part (in logarithms) of what it lost against the other."""
MORE_WHEN_BUSY = 1.5
LEAST_SLOTS = 6
TOGETHER_S = 2 * DAY_S
LEAST_STEP_S = DAY_S
SURE_OF_SHIFT = 0.95
"""The probability of a lasting change of level that holds in every day of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Traffic:
    """A service's traffic and its controls, all at the same times.

    Attributes:
        times: int64 [n], seconds since the epoch, strictly increasing.
        step_s: seconds between samples.
        own: float64 [n], of the service in the place, NaN where missing.
        elsewhere: float64 [controls, n], of the service in other places.
        others: float64 [controls, n], of other services in the place.
    """

    times: Times
    step_s: int
    own: Values
    elsewhere: Values
    others: Values


def shares_lost(traffic: Traffic) -> tuple[Throttled, ...]:
    """Stretches in which the service lost against both sorts of controls, in order of time.

    With fewer than three controls of a sort nothing can be told, and nothing is.

    Raises:
        ValueError: a series is not as long as the times.
    """
    for series in (traffic.own, *traffic.elsewhere, *traffic.others):
        if series.shape != traffic.times.shape:
            raise ValueError("every series has one value for each time")
    if min(traffic.elsewhere.shape[0], traffic.others.shape[0]) < LEAST_CONTROLS:
        return ()
    against = [_against(traffic, controls) for controls in (traffic.elsewhere, traffic.others)]
    both = np.sqrt(against[0] * against[1])
    detection = detect(traffic.times, both, traffic.step_s, SignalKind.TRAFFIC)
    parts = [to_grid(traffic.times, one, traffic.step_s).values for one in against]
    told = (_told(traffic, detection, parts, first, last, chance) for first, last, chance in _stretches(detection))
    return tuple(one for one in told if one is not None)


def _against(traffic: Traffic, controls: Values) -> Values:
    """The service over the middle control of a sort, each control over its own median, float64 [n]."""
    middles = np.array([median(np.where(one > 0, one, np.nan)) for one in controls])
    usable = controls[np.isfinite(middles)] / middles[np.isfinite(middles)][:, np.newaxis]
    ratio = np.full(traffic.own.size, np.nan)
    if usable.shape[0] < LEAST_CONTROLS:
        return ratio
    middle = quantile_of_rows(usable, 0.5)
    np.divide(traffic.own, middle, out=ratio, where=np.isfinite(middle) & (middle > 0))
    return ratio


def _stretches(detection: Detection) -> list[tuple[int, int, float]]:
    """Events and lasting lower levels as half-open indices with a probability; those that follow each other are one."""
    found = [(one.first, one.last, one.probability) for one in detection.findings]
    found += [
        (first, last, SURE_OF_SHIFT)
        for first, last in detection.shifts
        if first > 0 and _lower(detection.grid.values, first, last)
    ]
    joined: list[tuple[int, int, float]] = []
    for first, last, chance in sorted(found):
        if joined and (first - joined[-1][1]) * detection.grid.step_s <= TOGETHER_S:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last), max(joined[-1][2], chance))
        else:
            joined.append((first, last, chance))
    return joined


def _lower(values: Values, first: int, last: int) -> bool:
    return median(values[first:last]) < (1.0 - LEAST_LOST) * median(values[:first])


def _told(
    traffic: Traffic, detection: Detection, parts: list[Values], first: int, last: int, chance: float
) -> Throttled | None:
    """A stretch as a finding; None where the service lost too little, or only against one sort of controls."""
    grid = detection.grid
    inside: Mask = np.zeros(grid.values.size, dtype=np.bool_)
    inside[first:last] = True
    outside = ~inside & (detection.path == 0)
    measured = np.isfinite(grid.values) & (grid.values > 0)
    inside, outside = inside & measured, outside & measured
    if np.count_nonzero(inside) < LEAST_RUNS or np.count_nonzero(outside) < LEAST_RUNS:
        return None
    logs = np.log(np.where(measured, grid.values, np.nan))
    factor, low, high = slower(logs, inside, outside, grid.times // DAY_S)
    lost = [median(part[outside]) / median(part[inside]) for part in parts]
    if factor < 1.0 / (1.0 - LEAST_LOST) or min(lost) <= 1.0:
        return None
    alike = np.log(min(lost)) < OF_BOTH * np.log(max(lost))
    if alike:
        return None
    seen = np.flatnonzero(inside)
    after = np.flatnonzero(measured[last:])
    before = np.flatnonzero(measured[:first])
    standing = {Otherwise.SERVICE: False}
    if (lean := _at_busy_hours(traffic, detection, inside, outside)) is not None:
        standing[Otherwise.CONGESTION] = lean
    still_open, against, spoken_for = sorted_out(standing)
    times = grid.times
    return Throttled(
        sign=Sign.SHARE,
        first=int(times[seen[0]]),
        last=int(times[last + after[0]] if after.size else times[seen[-1]]),
        first_earliest=int(times[before[-1]] if before.size else times[seen[0]]),
        last_earliest=int(times[seen[-1]]),
        ongoing=not after.size,
        slower=factor,
        slower_low=low,
        slower_high=high,
        runs=int(seen.size),
        baseline_runs=int(np.count_nonzero(outside)),
        probability=chance,
        plateau=None,
        otherwise=still_open,
        unlikely=against,
        speaks_for=spoken_for,
        steps=_steps(logs, median(logs[outside]), grid.start, grid.step_s, (first, last)),
    )


def _at_busy_hours(traffic: Traffic, detection: Detection, inside: Mask, outside: Mask) -> bool | None:
    """Whether the service lost more at its busy hours than at the quiet ones, as on a link that is full then.

    None where samples are too coarse, or too few, to know hours.
    """
    slots = DAY_S // traffic.step_s
    if slots < LEAST_SLOTS:
        return None
    grid, own = detection.grid, to_grid(traffic.times, traffic.own, traffic.step_s).values
    slot = (grid.times % DAY_S) // traffic.step_s
    usual = np.array([median(own[outside & (slot == one)]) for one in range(slots)])
    order = np.argsort(usual)
    quiet, busy = np.isin(slot, order[: slots // 3]), np.isin(slot, order[-(slots // 3) :])
    lost = [
        np.log(median(grid.values[outside & hours]) / median(grid.values[inside & hours])) for hours in (quiet, busy)
    ]
    if not np.isfinite(lost).all():
        return None
    return bool(lost[1] > MORE_WHEN_BUSY * max(lost[0], np.log(1.0 / (1.0 - LEAST_LOST))))


def _steps(
    logs: Values, usual: float, start: int, step_s: int, stretch: tuple[int, int]
) -> tuple[tuple[int, float], ...]:
    """Levels of a day and more, as the start of each and the share that was left; empty when there is one only."""
    first, last = stretch
    left = np.exp(_smoothed(logs[first:last], max(1, LEAST_STEP_S // step_s)) - usual)
    nearest = np.argmin(np.abs(left[:, np.newaxis] - LEVELS[np.newaxis, :]), axis=1)
    levels: list[tuple[int, int, int]] = []
    for level in np.unique(nearest).tolist():
        for begin, end in runs(nearest == level):
            if (end - begin) * step_s >= LEAST_STEP_S:
                levels.append((begin, end, level))
    levels.sort()
    told: list[tuple[int, float]] = []
    before = -1
    for begin, end, level in levels:
        if level != before:
            told.append((start + (first + begin) * step_s, float(np.nanmedian(left[begin:end]))))
            before = level
    return tuple(told) if len(told) > 1 else ()


def _smoothed(logs: Values, width: int) -> Values:
    """Medians of a day around each sample, float64 [n]; gaps take their neighbours'."""
    padded = np.pad(logs, (width // 2, width - 1 - width // 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    medians = quantile_of_rows(windows.T, 0.5)
    known = np.flatnonzero(np.isfinite(medians))
    return np.asarray(np.interp(np.arange(medians.size), known, medians[known])) if known.size else medians
