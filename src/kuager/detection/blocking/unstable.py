"""Targets that were down for everybody now and then: what fails there at another moment may be down as well.

The control and the probe do not measure at the same second. How often the control found a target down around a day is
about how probable it was down when only the probe failed; by so much less does such a failure speak of blocking.
"""

from __future__ import annotations

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.model.series import Times, Values

AROUND_DAYS = 3
"""Days before and after that tell how a target was."""


def down_share(times: Times, targets: Times, told: Mask, down: Mask) -> Values:
    """How probable it is that the target of each measurement was down then, float64 [n], 0 to 1.

    Args:
        times: int64 [n], seconds since the epoch, in any order.
        targets: int64 [n], the same number for the same target, on whatever network it was measured.
        told: bool [n], the measurement says that the target was reached, or kept away while the control reached it.
        down: bool [n], it says that the target was down for the control, too.

    Returns:
        the share of such measurements among those that tell, within three days; 0 where none tells.
    """
    share = np.zeros(times.size)
    days = times // DAY_S
    for target in np.unique(targets[down]):
        own = np.flatnonzero(targets == target)
        at = days[own] - int(days[own].min()) + AROUND_DAYS
        fell, known = (_around(at, chosen[own]) for chosen in (down, told | down))
        share[own] = np.divide(fell, known, out=np.zeros(own.size), where=known > 0)
    return share


def _around(days: Times, chosen: Mask) -> Values:
    """How many of the chosen lie within ``AROUND_DAYS`` of each day, float64 [n]; days begin with ``AROUND_DAYS``."""
    counts = np.bincount(days[chosen], minlength=int(days.max()) + AROUND_DAYS + 1)
    before = np.concatenate(([0], np.cumsum(counts)))
    return (before[days + AROUND_DAYS + 1] - before[days - AROUND_DAYS]).astype(np.float64)
