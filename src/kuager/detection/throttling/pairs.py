"""Handshakes with a target beside those with a baseline name, on the same network and day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.detection.throttling.runs import Codes
from kuager.model.series import Times, Values

SHORTEST_S, LONGEST_S = 1e-6, 600.0


@dataclass(frozen=True, slots=True, eq=False)
class Handshakes:
    """Handshakes in order of time.

    Attributes:
        times: int64 [n], seconds since the epoch.
        durations: float64 [n], s, positive.
        target: bool [n], of the name that is asked about; else of the baseline.
        networks: int64 [n], the same number for the same network.
        timed_out: bool [n], ended without success after ``durations``.
    """

    times: Times
    durations: Values
    target: Mask
    networks: Codes
    timed_out: Mask

    @classmethod
    def of(
        cls,
        times: Times,
        durations: Values,
        target: Mask,
        *,
        networks: Codes | None = None,
        timed_out: Mask | None = None,
    ) -> Handshakes:
        """Order handshakes by time and leave out those without a duration that a handshake can have."""
        with np.errstate(invalid="ignore"):
            told = np.flatnonzero((durations >= SHORTEST_S) & (durations <= LONGEST_S))
        order = told[np.argsort(times[told], kind="stable")]
        return cls(
            times[order].astype(np.int64),
            durations[order].astype(np.float64),
            target[order],
            (np.zeros(times.size, dtype=np.int64) if networks is None else networks)[order],
            (np.zeros(times.size, dtype=np.bool_) if timed_out is None else timed_out)[order],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Handshakes with the target beside the baseline of their network and day.

    Attributes:
        times: int64 [m].
        ratios: float64 [m], duration over the baseline's median.
        baselines: float64 [m], that median in s; ``baseline_runs`` int64 [m] of how many.
        networks: int64 [m].
        timed_out: bool [m].
        not_observable: handshakes with the target on days without baseline.
    """

    times: Times
    ratios: Values
    baselines: Values
    baseline_runs: Codes
    networks: Codes
    timed_out: Mask
    not_observable: int


def paired(handshakes: Handshakes) -> Paired:
    """Every handshake with the target that has a baseline on its network and day."""
    keys = np.stack((handshakes.networks, handshakes.times // DAY_S), axis=1)
    where = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    base = ~handshakes.target
    order = np.lexsort((handshakes.durations[base], where[base]))
    named, firsts, counts = np.unique(where[base][order], return_index=True, return_counts=True)
    ordered = np.append(handshakes.durations[base][order], np.nan)
    medians = np.sqrt(ordered[firsts + (counts - 1) // 2] * ordered[firsts + counts // 2])
    aims = np.flatnonzero(handshakes.target & np.isin(where, named))
    pairs = np.searchsorted(named, where[aims])
    return Paired(
        times=handshakes.times[aims],
        ratios=handshakes.durations[aims] / medians[pairs],
        baselines=medians[pairs],
        baseline_runs=counts[pairs].astype(np.int64),
        networks=handshakes.networks[aims],
        timed_out=handshakes.timed_out[aims],
        not_observable=int(np.count_nonzero(handshakes.target)) - aims.size,
    )
