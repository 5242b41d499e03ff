"""Runs of speed tests: one person, one moment, one server. Who it was is never known, and need not be.

The sources give them as details of measurements: OONI's ``ndt`` in kbit/s, ms and a share of segments sent again, M-Lab
in Mbit/s, ms and a share of bytes sent again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuager.detection.order import Mask
from kuager.model.series import Times, Values

Codes = npt.NDArray[np.int64]

SLOWEST_KBPS, FASTEST_KBPS = 1e-3, 1e9
SHORTEST_MS, LONGEST_MS = 1e-3, 1e6
"""What lies outside was not measured but mistaken."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Speed tests in order of time.

    Attributes:
        times: int64 [n], seconds since the epoch.
        speeds: float64 [n], kbit/s, positive.
        rtts: float64 [n], the shortest round-trip time in ms, NaN where it was not measured.
        loaded_rtts: float64 [n], the round-trip time in ms while data flowed, NaN where it was not measured: a queue
            shows in it, and not in the shortest one where the queue was empty once.
        losses: float64 [n], share sent again, 0 to 1, NaN where it was not measured.
        networks, accesses, servers: int64 [n], the same number for the same network, access and server (or its metro);
            one number throughout where they are not known.
    """

    times: Times
    speeds: Values
    rtts: Values
    loaded_rtts: Values
    losses: Values
    networks: Codes
    accesses: Codes
    servers: Codes

    @classmethod
    def of(
        cls,
        times: Times,
        speeds: Values,
        *,
        rtts: Values | None = None,
        loaded_rtts: Values | None = None,
        losses: Values | None = None,
        networks: Codes | None = None,
        accesses: Codes | None = None,
        servers: Codes | None = None,
    ) -> Runs:
        """Order runs by time and leave out those without a speed.

        A speed of zero, of less, or none at all is a test that failed, and missing is never slow.
        """
        with np.errstate(invalid="ignore"):
            told = np.flatnonzero((speeds >= SLOWEST_KBPS) & (speeds <= FASTEST_KBPS))
        order = told[np.argsort(times[told], kind="stable")]
        unknown, one = np.full(times.size, np.nan), np.zeros(times.size, dtype=np.int64)
        return cls(
            times[order].astype(np.int64),
            speeds[order].astype(np.float64),
            _possible(unknown if rtts is None else rtts)[order],
            _possible(unknown if loaded_rtts is None else loaded_rtts)[order],
            (unknown if losses is None else losses)[order],
            (one if networks is None else networks)[order],
            (one if accesses is None else accesses)[order],
            (one if servers is None else servers)[order],
        )

    @property
    def groups(self) -> Codes:
        """The same number for runs of the same network and access, int64 [n], counted from 0."""
        pairs = np.stack((self.networks, self.accesses), axis=1)
        return np.asarray(np.unique(pairs, axis=0, return_inverse=True)[1], dtype=np.int64).reshape(-1)

    def parted(self, epochs: Codes) -> Codes:
        """Groups that are also parted by a number of each run, int64 [n], counted from 0."""
        pairs = np.stack((self.groups, epochs), axis=1)
        return np.asarray(np.unique(pairs, axis=0, return_inverse=True)[1], dtype=np.int64).reshape(-1)

    def only(self, chosen: Mask) -> Runs:
        """Some of the runs, bool [n]."""
        return Runs(
            self.times[chosen],
            self.speeds[chosen],
            self.rtts[chosen],
            self.loaded_rtts[chosen],
            self.losses[chosen],
            self.networks[chosen],
            self.accesses[chosen],
            self.servers[chosen],
        )


def _possible(values: Values) -> Values:
    with np.errstate(invalid="ignore"):
        return np.where((values >= SHORTEST_MS) & (values <= LONGEST_MS), values, np.nan).astype(np.float64)
