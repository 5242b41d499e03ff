"""Counts so small that zero is ordinary: when a series is such a one, and in what steps values are rounded."""

from __future__ import annotations

import numpy as np

from kuager.model.series import Values
from kuager.model.words import SignalKind

COUNTED = frozenset({SignalKind.COUNT, SignalKind.USERS, SignalKind.TELESCOPE, SignalKind.BGP, SignalKind.PROBING})
"""Kinds whose values are numbers of something; an index of small whole numbers is not."""
FEW = 12.0
"""With more than this in a sample a Gaussian about the median does as well."""
LOOKED_AT, GLANCED_AT = 20_000, 500
"""Samples, taken evenly, from which it is seen what sort of numbers they are."""
MANY = 150
"""With more different values than this the smallest step between them is of no account."""
COARSE, SELDOM = 0.25, 0.1
"""A step of more than this share of the median that is made more seldom than this is a loss and no rounding."""


def counts_per_sample(values: Values, kind: SignalKind) -> float | None:
    """The mean count of a sample, for series of small whole counts among which zero is ordinary; else None.

    Args:
        values: float64 [n], NaN where missing.
        kind: what the series counts.
    """
    if kind not in COUNTED:
        return None
    glance = values[:: max(1, values.size // GLANCED_AT)]
    if np.count_nonzero(glance > 4 * FEW) > 0.5 * glance.size:
        return None
    some = values[:: max(1, values.size // LOOKED_AT)]
    some = some[np.isfinite(some)]
    if some.size < 2 or bool((some < 0).any()) or bool((some % 1 != 0).any()):
        return None
    mean = float(some.mean())
    zeros = float(np.count_nonzero(some == 0)) / some.size
    # at this mean a Poisson variable would be zero so often; where zero is rarer the values are no such counts
    return mean if 0 < mean < FEW and zeros > 0.2 * float(np.exp(-mean)) and zeros > 0.001 else None


def quantum(values: Values) -> float:
    """The smallest difference between two values of the series, 0 where they are so many that it does not matter.

    Small whole numbers and rounded per cents stray by their rounding alone. Where most values are whole numbers the
    others are taken for exceptions. A series that stands at one number, but for a cut, shows no step.
    """
    some = values[:: max(1, values.size // GLANCED_AT)]
    some = some[np.isfinite(some)]
    whole = some[np.floor(some) == some]
    ordered = np.sort(whole if 2 * whole.size > some.size else some)
    steps = ordered[1:] - ordered[:-1]
    steps = steps[steps > 0]
    if steps.size < 1 or steps.size >= MANY:
        return 0.0
    step = float(steps.min())
    seldom = np.count_nonzero(some[1:] != some[:-1]) < SELDOM * some.size
    return 0.0 if seldom and step > COARSE * float(np.median(some)) else step
