"""Daily counts of one target on one network: how many measurements spoke for blocking, of how many that could tell.

Days are whole UTC days since the epoch, times seconds since the epoch. A day without a usable measurement is absent: it
is *not observable*, and never a day with nothing blocked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection.grid import DAY_S
from kuager.model.series import Times, Values


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Counts of one (network, target, method), a row for each day with usable measurements, in order of time.

    Attributes:
        days: int64 [n], days since the epoch, strictly rising.
        blocked: float64 [n], measurements that were blocked; sums of probabilities where single verdicts are unsure.
        total: float64 [n], usable measurements, more than 0 and at least ``blocked``.
        first, last: int64 [n], times of the first and the last usable measurement of each day.
        until: the last day that was looked at; what lies between it and the last row is not observable.
    """

    days: Times
    blocked: Values
    total: Values
    first: Times
    last: Times
    until: int

    @property
    def empty(self) -> bool:
        """Whether there was no usable measurement at all."""
        return self.days.size == 0


def daily(times: Times, blocked: Values, usable: npt.NDArray[np.bool_], until: int | None = None) -> Counts:
    """Counts of single measurements.

    Args:
        times: int64 [n] seconds since the epoch, in any order.
        blocked: float64 [n], the probability that the measurement was blocked; values without meaning (NaN, outside 0
            to 1) make it unusable.
        usable: bool [n], False where the verdict is failed or down: such a measurement speaks neither for nor against.
        until: the last day that was looked at, days since the epoch; by default that of the last usable measurement.
    """
    kept = usable & (blocked >= 0) & (blocked <= 1)
    order = np.argsort(times[kept], kind="stable")
    at, mass = times[kept][order], blocked[kept][order]
    days, begins = np.unique(at // DAY_S, return_index=True)
    if days.size == 0:
        nothing = np.empty(0, dtype=np.int64)
        return Counts(nothing, np.empty(0), np.empty(0), nothing, nothing, 0 if until is None else until)
    ends = np.append(begins[1:], at.size)
    return Counts(
        days=days,
        blocked=np.add.reduceat(mass, begins),
        total=(ends - begins).astype(np.float64),
        first=at[begins],
        last=at[ends - 1],
        until=int(days[-1]) if until is None else max(until, int(days[-1])),
    )


def of_days(days: Times, blocked: Values, total: Values, until: int | None = None) -> Counts:
    """Counts that come as counts, one row a day; the time of day of a measurement is then not known.

    Args:
        days: int64 [n] days since the epoch, each once, in any order.
        blocked: float64 [n], as in ``Counts``.
        total: float64 [n]; rows without a total, or with more blocked than there are, are left out.
        until: as in ``daily``.
    """
    kept = (total > 0) & (blocked >= 0) & (blocked <= total) & np.isfinite(total)
    order = np.argsort(days[kept], kind="stable")
    own = days[kept][order]
    last = int(own[-1]) if own.size else 0
    return Counts(
        days=own,
        blocked=blocked[kept][order],
        total=total[kept][order],
        first=own * DAY_S,
        last=own * DAY_S + DAY_S - 1,
        until=last if until is None else max(until, last),
    )
