"""Speed tests drawn for tests: people with lines of their own, an evening that is slower, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kuager.detection.order import Mask
from kuager.detection.throttling.runs import Codes, Runs
from kuager.model.series import Times, Values

DAY, HOUR = 86_400, 3_600
START = 1_640_995_200
"""2022-01-01T00:00:00Z, a Saturday."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Times, speeds in kbit/s and round-trip times in ms, to be changed by a test."""

    times: Times
    speeds: Values
    rtts: Values

    def between(self, start: int, end: int) -> Mask:
        chosen: Mask = (self.times >= start) & (self.times < end)
        return chosen

    def runs(self, networks: Codes | None = None, accesses: Codes | None = None) -> Runs:
        return Runs.of(self.times, self.speeds, rtts=self.rtts, networks=networks, accesses=accesses)


def drawn(a_day: int = 20, days: int = 30, seed: int = 7) -> Drawn:
    stream = np.random.default_rng(seed)
    times = np.sort(START + stream.integers(days * DAY, size=a_day * days))
    evening = np.exp(2.0 * (np.cos(2.0 * np.pi * (times % DAY / HOUR - 20.0) / 24.0) - 1.0))
    logs = np.log(15_000.0) + 0.7 * stream.standard_normal(times.size) - 0.4 * evening
    delays = np.log(60.0) + 0.3 * stream.standard_normal(times.size) + 0.15 * evening
    return Drawn(times, np.exp(logs), np.exp(delays))
