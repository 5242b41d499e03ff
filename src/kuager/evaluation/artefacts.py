"""What goes wrong with the measurement and not with people's access, as factors and masks over the samples of a series.

None of it is in the truth: a detector that takes it for an event raises a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kuager.evaluation.plans import (
    Artefact,
    FailureManner,
    Holiday,
    LevelShift,
    MissingWindow,
    RandomGaps,
    RegularHoles,
    SensorFailure,
    Spike,
)
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.model.series import Times, Values

Mask = npt.NDArray[np.bool_]

_HOURS_REPEATED = {FailureManner.FREEZES: 0, FailureManner.REPEATS: 6}
"""How much of what was measured before is given again; nothing but the last value when frozen."""
_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()


def holidays(artefacts: Iterable[Artefact]) -> dict[int, tuple[float, float]]:
    """For each holiday, as days since 1970-01-01: its level as a share of the usual, and the hours later."""
    return {
        artefact.day.toordinal() - _EPOCH_ORDINAL: (artefact.factor, artefact.later_h)
        for artefact in artefacts
        if isinstance(artefact, Holiday)
    }


def factor(artefacts: Iterable[Artefact], times: Times) -> Values:
    """Level shifts, spikes and falling sensors together; float64 [n]."""
    product = np.ones(times.size)
    for artefact in artefacts:
        match artefact:
            case LevelShift(at=at, factor=shift):
                product[times >= at] *= shift
            case Spike(start=start, end=end, factor=height):
                product[_within(times, start, end)] *= height
            case SensorFailure(manner=FailureManner.FALLS, remaining=remaining):
                product[_within(times, artefact.start, artefact.end)] *= remaining
            case _:
                pass
    return product


def stale(artefacts: Iterable[Artefact], times: Times, values: Values) -> Values:
    """The values, with each sensor that froze giving its last one, and each that repeats giving the hours before."""
    result = values.copy()
    for artefact in artefacts:
        if isinstance(artefact, SensorFailure) and artefact.manner in _HOURS_REPEATED:
            inside = np.flatnonzero(_within(times, artefact.start, artefact.end))
            first = int(inside[0]) if inside.size else 0
            if first > 0:
                since = times[first - 1] - _HOURS_REPEATED[artefact.manner] * HOUR_S
                begin = min(first - 1, int(np.searchsorted(times, since, side="right")))
                result[inside] = np.resize(values[begin:first], inside.size)
    return result


def missing(artefacts: Iterable[Artefact], times: Times, random: np.random.Generator) -> Mask:
    """The samples of which nothing was measured; bool [n]."""
    lost = np.zeros(times.size, dtype=np.bool_)
    for artefact in artefacts:
        match artefact:
            case (
                MissingWindow(start=start, end=end) | SensorFailure(start=start, end=end, manner=FailureManner.MISSING)
            ):
                lost |= _within(times, start, end)
            case RegularHoles(every_s=every_s, length_s=length_s):
                lost |= times % every_s < length_s
            case RandomGaps():
                lost |= _random_gaps(artefact, times, random)
            case _:
                pass
    return lost


def _random_gaps(gaps: RandomGaps, times: Times, random: np.random.Generator) -> Mask:
    lost = np.zeros(times.size, dtype=np.bool_)
    for _ in range(random.poisson(gaps.per_day * (times[-1] - times[0]) / DAY_S)):
        start = random.uniform(times[0], times[-1])
        lost |= _within(times, start, start + random.exponential(gaps.mean_s))
    return lost


def _within(times: Times, start: float, end: float) -> Mask:
    return np.asarray((times >= start) & (times < end))
