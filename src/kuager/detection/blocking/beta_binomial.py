"""The beta-binomial law: counts of measurements that are not independent of each other.

Measurements of one day come from few probes, so they err together. The share of a day is drawn from a beta law whose
mean is the share of the state and whose width is the *correlation* of two measurements of one day (0: independent, 1:
all alike); given it, measurements are independent (Skellam, J. R. Stat. Soc. B 10, 1948). The factor that counts orders
is left out: it is the same in every state, and without it ``blocked`` may be a sum of probabilities.
"""

from __future__ import annotations

import numpy as np

from kuager.model.series import Values

_SHIFT = 7
_HALF_LOG_CIRCLE = float(0.5 * np.log(2 * np.pi))
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
"""Coefficients of Stirling's series (DLMF 5.11.1)."""


def log_gamma(values: Values) -> Values:
    """The logarithm of the gamma function of numbers above 0 and below 1e40, to 1e-11 or 1e-14 of itself."""
    product = values
    for step in range(1, _SHIFT):
        product = product * (values + step)
    far = values + _SHIFT
    inverse = 1.0 / far
    square = inverse * inverse
    series = _STIRLING[-1] * square
    for coefficient in _STIRLING[-2:0:-1]:
        series = (series + coefficient) * square
    series = (series + _STIRLING[0]) * inverse
    return (far - 0.5) * np.log(far) - far + _HALF_LOG_CIRCLE + series - np.log(product)


def log_likelihood(blocked: Values, total: Values, share: Values, correlation: Values) -> Values:
    """Of ``blocked`` of ``total`` measurements when the share is ``share``, in nats, without the factor of orders.

    Args:
        blocked: float64, 0 or more.
        total: float64, ``blocked`` or more.
        share: float64, above 0 and below 1.
        correlation: float64, of two measurements of one day, above 0 and below 1. All four broadcast.
    """
    width = 1.0 / correlation - 1.0
    for_it, against = share * width, (1.0 - share) * width
    return np.asarray(
        log_gamma(blocked + for_it)
        + log_gamma(total - blocked + against)
        - log_gamma(total + width)
        - log_gamma(for_it)
        - log_gamma(against)
        + log_gamma(width),
        dtype=np.float64,
    )
