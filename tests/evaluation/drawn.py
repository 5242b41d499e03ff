"""What tests of the evaluation share: when their data begin, and one true event to change."""

from __future__ import annotations

from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.truths import Wanted

START = 1_600_041_600
"""2020-09-14, midnight."""

WANTED = Wanted(
    start=0,
    end=1_000,
    depth=0.9,
    observed=1.0,
    samples=10,
    snr=50.0,
    piece=False,
    curfew=False,
    begins=True,
    ends=True,
)


def at(day: float, hour: float = 0.0) -> int:
    """A moment so long after the beginning."""
    return START + int(day * DAY_S + hour * HOUR_S)
