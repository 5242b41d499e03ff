"""Randomness for the second simulator: named streams, and processes in time that are heavier than white noise.

What they must be able to do was measured on the half-hourly export of IODA for Iran, 1 December 2025 to 7 January 2026,
after the median of each time of day was taken out:

* what is left moves together for hours: autocorrelation at half an hour, two and twelve hours .95, .63 and .18 for web
  search, .94, .78 and .15 for probing, .96, .88 and .48 for the telescope;
* its steps are far from normal: the 99.9th percentile lies at 8, 11 and 67 robust deviations for web search, probing
  and BGP (of a normal one at 3.1), the largest at 24, 20 and 136;
* large steps come together: autocorrelation of the absolute step .53, .28, .17 and .12 at lags 1, 2, 4 and 8 for web
  search, which falls off like the logarithm of the lag, as that of a multiplicative cascade does.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from kuager.model.series import Values

MEMORY_LOST = 1e-9
"""A share of an old deviation that is as good as none."""


def dice(seed: int, *names: str | int) -> np.random.Generator:
    """A stream of its own for a seed and names: the same on every machine, whatever else is drawn."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in (seed, *names)).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def cascade(stream: np.random.Generator, count: int, spread: float, octaves: int = 9) -> Values:
    """Float64 [count] of mean about 1: the variance of a turbulent process, a product over octaves of time.

    Every octave holds a constant factor for twice as many samples as the one before, so that calm and stormy spells of
    all lengths occur. ``spread`` is the standard deviation of the logarithm added by an octave.
    """
    logarithm = np.zeros(count)
    for octave in range(octaves):
        held = 1 << octave
        offset = int(stream.integers(held))
        factors = stream.normal(0.0, spread, (count + offset) // held + 1)
        logarithm += np.repeat(factors, held)[offset : offset + count]
    result: Values = np.exp(logarithm - octaves * spread**2 / 2)
    return result


def heavy(stream: np.random.Generator, shape: tuple[int, ...], freedom: float) -> Values:
    """Student's t with ``freedom`` > 2 degrees, scaled to unit variance."""
    result: Values = stream.standard_t(freedom, shape) * np.sqrt((freedom - 2) / freedom)
    return result


def turbulent(stream: np.random.Generator, count: int, freedom: float, spread: float) -> Values:
    """Float64 [count], uncorrelated, of variance about 1: heavy tails that come in bursts."""
    result: Values = heavy(stream, (count,), freedom) * np.sqrt(cascade(stream, count, spread))
    return result


def remembered(innovations: Values, step_s: float, memory_s: float, first: npt.ArrayLike) -> Values:
    """An Ornstein-Uhlenbeck process along the last axis, driven by innovations of unit variance.

    Deviations fall to 1/e within ``memory_s``; the variance in the long run is one.
    """
    kept = float(np.exp(-step_s / memory_s))
    path: Values = innovations * np.sqrt(1 - kept**2)
    path[..., 0] = first
    return _fading(path, kept)


def eased(path: Values, step_s: float, over_s: float) -> Values:
    """The same a little later and smoother, as many people do not change their minds at once: an exponential mean.

    Steps then go on in their direction: of web search, autocorrelation .29 from one half hour to the next.
    """
    kept = float(np.exp(-step_s / over_s))
    mean: Values = path * (1 - kept)
    mean[..., 0] = path[..., 0]
    return _fading(mean, kept)


def _fading(path: Values, kept: float) -> Values:
    """``path`` plus ``kept`` of the sample before, which holds the ones before it, in place.

    The recursion is unrolled by doubling: after k rounds each sample holds the contributions of the 2^k before it.
    """
    reach, share = 1, kept
    while reach < path.shape[-1] and share > MEMORY_LOST:
        path[..., reach:] += share * path[..., :-reach]
        reach, share = 2 * reach, share * share
    return path


def wander(stream: np.random.Generator, shape: tuple[int, ...], step_s: float, memory_s: float) -> Values:
    """A stationary normal Ornstein-Uhlenbeck process of unit variance along the last axis of ``shape``."""
    innovations = stream.standard_normal(shape)
    return remembered(innovations, step_s, memory_s, innovations[..., 0].copy())


def stormy_wander(stream: np.random.Generator, count: int, step_s: float, memory_s: float, spread: float) -> Values:
    """The same with turbulent innovations: quiet for days, then restless for hours."""
    return remembered(turbulent(stream, count, 4.0, spread), step_s, memory_s, float(stream.standard_normal()))


def between(stream: np.random.Generator, low: float, high: float) -> float:
    """A number between two bounds, all ratios equally likely (log-uniform); both are positive."""
    return float(np.exp(stream.uniform(np.log(low), np.log(high))))


def crowd(stream: np.random.Generator, mean: Values, clumping: float) -> Values:
    """Counts of things that come in clumps: negative binomial with variance ``mean * clumping``; Poisson at 1.

    A crowd of no mean is empty.
    """
    if clumping <= 1.0:
        counted: Values = stream.poisson(mean).astype(np.float64)
        return counted
    # Its waiting rate is itself gamma distributed: variance mean + mean * (clumping - 1).
    rate = stream.gamma(np.maximum(mean, 1e-12) / (clumping - 1), clumping - 1)
    result: Values = np.where(mean > 0, stream.poisson(rate), 0).astype(np.float64)
    return result
