"""What an oracle could see: the signal-to-noise ratio of a loss for somebody who knows the season and the noise.

An event is held to be visible when its depth is at least five times the standard deviation of the mean of its samples.
Neighbouring samples err together, so that this deviation falls more slowly than with the root of their number. Where
the simulator knows the noise, it is taken from there; where it does not, it is measured outside of the true events by
means that have nothing in common with detection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kuager.evaluation.behaviours import Behaviour
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.model.series import Series, Times, Values

VISIBLE_SNR = 5.0

_MAD_TO_SIGMA = 1.4826
_COUNTED_TWICE_S = 6 * HOUR_S
_LEVEL_DAYS = 7
_LEAST_SAMPLES = 20
_ROUNDING_VARIANCE = 1 / 12


@dataclass(frozen=True, slots=True)
class OwnNoise:
    """The relative noise of a series around its expectation, as three independent parts, each a standard deviation.

    Attributes:
        white: of every sample anew.
        correlated: of an AR(1).
        correlation_s: seconds in which the correlation of that AR(1) falls to 1/e.
        daily: of the factor that each day has of its own.
    """

    white: float
    correlated: float
    correlation_s: float
    daily: float

    def of_mean(self, samples: int, step_s: int) -> float:
        """The standard deviation of the mean of so many samples, of which at least one is needed."""
        memory = float(np.exp(-step_s / self.correlation_s))
        shared = (1 + memory) / (1 - memory) / samples
        shared -= 2 * memory * (1 - memory**samples) / (samples * (1 - memory)) ** 2
        days = max(1.0, samples * step_s / DAY_S)
        return float(np.sqrt(self.white**2 / samples + self.correlated**2 * max(0.0, shared) + self.daily**2 / days))

    def snr(self, depth: float, samples: int, step_s: int) -> float:
        """Depth over the deviation of the mean; 0 without a sample."""
        return depth / max(self.of_mean(samples, step_s), 1e-9) if samples > 0 else 0.0


def known_noise(behaviour: Behaviour, level: float) -> OwnNoise:
    """The noise of a series that was drawn, of which everything is known; counting and rounding are part of it.

    Args:
        behaviour: how it was drawn.
        level: its value at the daily peak.
    """
    usual_level = level * (1 - behaviour.swing / 2)
    counting = behaviour.overdispersion**2 + 1 / usual_level if behaviour.overdispersion > 0 else 0.0
    rounding = _ROUNDING_VARIANCE / usual_level**2 if behaviour.whole else 0.0
    drawn = behaviour.noise**2
    return OwnNoise(
        white=float(np.sqrt((1 - behaviour.correlated_share) * drawn + counting + rounding)),
        correlated=float(np.sqrt(behaviour.correlated_share * drawn)),
        correlation_s=behaviour.correlation_s,
        daily=behaviour.day_variation,
    )


def measured_noise(series: Series, truth: Iterable[tuple[int, int]]) -> OwnNoise:
    """The noise of a series outside of its true events, measured around medians of weeks and of times of day.

    Args:
        series: values over time.
        truth: intervals to leave out, seconds since the epoch.
    """
    quiet = series.values.copy()
    for start, end in truth:
        quiet[(series.times > start - series.step_s) & (series.times < end + series.step_s)] = np.nan
    return noise_of_residual(series.times, ratio_to_season(series.times, quiet, series.step_s), series.step_s)


def ratio_to_season(times: Times, values: Values, step_s: int) -> Values:
    """Values over what is usual at that time of day in that week, NaN where nothing is usual; float64 [n].

    The usual value is the median of the week around times the median of what the time of day makes of it: no masks,
    no rounds, nothing that detection does.
    """
    ratio = np.full(values.shape, np.nan)
    level = _in_groups(values, times // (_LEVEL_DAYS * DAY_S))
    np.divide(values, level, out=ratio, where=level > 0)
    if step_s < DAY_S:
        shape = _in_groups(ratio, times % DAY_S // max(step_s, HOUR_S))
        np.divide(ratio, shape, out=ratio, where=shape > 0)
    return ratio


def noise_of_residual(times: Times, ratio: Values, step_s: int) -> OwnNoise:
    """The parts of the noise of a ratio that should be 1: its scale, and its correlation after a step and six hours.

    Everything that lasts is taken for one AR(1); days have no part of their own.
    """
    stray = ratio - 1.0
    known = np.isfinite(stray)
    if np.count_nonzero(known) < _LEAST_SAMPLES:
        return OwnNoise(1.0, 0.0, float(HOUR_S), 0.0)
    median = float(np.median(stray[known]))
    scale = _MAD_TO_SIGMA * float(np.median(np.abs(stray[known] - median)))
    scale = max(scale, 0.5 * float(np.std(stray[known])))  # a pinned series has no spread in its middle
    clipped = np.clip((stray - median) / max(scale, 1e-9), -4, 4)
    lag = max(2, _COUNTED_TWICE_S // step_s)
    near, far = _correlation(times, clipped, step_s, 1), _correlation(times, clipped, step_s, lag)
    if near <= 0.05:
        return OwnNoise(scale, 0.0, float(HOUR_S), 0.0)
    correlation_s = (lag - 1) * step_s / float(np.log(near / min(max(far, 0.01), 0.99 * near)))
    share = min(1.0, near * float(np.exp(step_s / correlation_s)))
    return OwnNoise(scale * float(np.sqrt(1 - share)), scale * float(np.sqrt(share)), correlation_s, 0.0)


def _correlation(times: Times, stray: Values, step_s: int, lag: int) -> float:
    """The correlation of samples that lie exactly ``lag`` steps apart; 0 with too few pairs."""
    where = np.searchsorted(times, times + lag * step_s)
    inside = where < times.size
    first, second = np.flatnonzero(inside), where[inside]
    paired = (times[second] == times[first] + lag * step_s) & np.isfinite(stray[first]) & np.isfinite(stray[second])
    one, other = stray[first[paired]], stray[second[paired]]
    if one.size < _LEAST_SAMPLES or np.std(one) == 0 or np.std(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _in_groups(values: Values, groups: npt.NDArray[np.int64]) -> Values:
    """For every sample the median of the finite values of its group, NaN where there is none; float64 [n]."""
    result = np.full(values.shape, np.nan)
    names, where = np.unique(groups, return_inverse=True)
    order = np.argsort(where, kind="stable")
    bounds = np.searchsorted(where[order], np.arange(names.size + 1))
    for first, last in pairwise(bounds.tolist()):
        inside = order[first:last]
        finite = values[inside][np.isfinite(values[inside])]
        if finite.size:
            result[inside] = np.median(finite)
    return result
