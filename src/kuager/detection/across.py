"""The series of one signal in several countries, judged together: what all of them share is the source's own.

Two things are shared. At some times the source fails, and nothing can be seen there. At all other times its values may
waver for every country alike, with the number of its sensors; where that makes up much of a series' noise, each is
compared with the median country's course, so that what is left is the country's own. That a country's course is held
against those of others is the idea of Tor's early detector of censorship (Danezis 2011, against the 50 largest).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kuager.detection.detect import Detection, detect
from kuager.detection.gate import LEAST_COUNTRIES, MAD_TO_SIGMA, failing_everywhere, fallen_alike, own_falls
from kuager.detection.order import Mask, median, quantile_of_rows
from kuager.model.series import Series, Values
from kuager.model.words import SignalKind

MUCH_OF_THE_NOISE = 0.5
"""The median country's scale as a share of the usual noise, from which on it is taken out of every series."""


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What a series shares with those of other countries, on its grid.

    ``failing``, bool [n]: the source failed, and that explains the sample. ``course``, float64 [n]: what the median
    country has of its expected value; 1 throughout where it is not to be taken out.
    """

    failing: Mask
    course: Values

    @property
    def is_nothing(self) -> bool:
        """Whether a series may stand as it was judged alone."""
        return not self.failing.any() and bool(np.all(self.course == 1.0))


def detect_across(
    every: Sequence[Series],
    kind: SignalKind,
    unhealthy: Sequence[Mask],
    alone: Sequence[Detection],
    shared: list[Shared],
) -> list[Detection]:
    """The series of one signal judged again without what they share.

    Args:
        every: all series of one signal, of one step.
        kind: what they count.
        unhealthy: for each the samples of its own failing sensor, bool on its grid.
        alone: for each what was found in it alone.
        shared: for each what :func:`shared` gives.
    """
    return [
        first if common.is_nothing else _again(series, kind, mask | common.failing, common.course)
        for series, mask, first, common in zip(every, unhealthy, alone, shared, strict=True)
    ]


def shared(detections: Sequence[Detection], countries: Sequence[int]) -> list[Shared]:
    """For each series what it shares with the others.

    A country that lies far below what a failure left to the others keeps its samples.

    Args:
        detections: of all series of one signal, of one step.
        countries: positions among them, one for each country.
    """
    times = np.unique(np.concatenate([found.grid.times for found in detections]))
    where = [np.searchsorted(times, found.grid.times) for found in detections]
    ratios = np.full((len(detections), times.size), np.nan)
    for row, cells, found in zip(ratios, where, detections, strict=True):
        row[cells] = found.ratio
    of_countries = ratios[list(countries)]
    failing = failing_everywhere(of_countries)
    if failing is None:
        failing = fallen_alike(of_countries)
    explained = failing & ~own_falls(ratios, failing)
    course = _course(of_countries, detections)
    return [Shared(row[cells], course[cells]) for row, cells in zip(explained, where, strict=True)]


def _course(ratios: Values, detections: Sequence[Detection]) -> Values:
    """The median country's course, float64 [n], 1 where too few countries have a value or where it hardly wavers."""
    flat = np.ones(ratios.shape[1])
    if ratios.shape[0] < LEAST_COUNTRIES:
        return flat
    middle = quantile_of_rows(ratios, 0.5)
    known = (np.count_nonzero(np.isfinite(ratios), axis=0) >= LEAST_COUNTRIES // 2) & (middle > 0)
    scale = MAD_TO_SIGMA * median(np.abs(middle[known] - 1.0))
    usual = float(np.median([np.median(one.ordinary.noise.sigma) for one in detections if one.ordinary is not None]))
    return np.where(known, middle, 1.0) if scale >= MUCH_OF_THE_NOISE * usual else flat


def _again(series: Series, kind: SignalKind, unhealthy: Mask, course: Values) -> Detection:
    """A series judged against a course; its grid and its expectation stay in its own unit."""
    start = int(series.times[0]) if series.times.size else 0
    divided = series.values / course[(series.times - start) // series.step_s]
    found = detect(series.times, divided, series.step_s, kind, unhealthy)
    own = found.grid.values * course
    return replace(found, grid=replace(found.grid, values=own), expected=found.expected * course)
