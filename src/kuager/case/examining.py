"""From the tables of a case to what detection says of every series, with failing sensors taken out first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kuager.case.folder import Case
from kuager.case.places import is_country
from kuager.detection import Detection, detect
from kuager.detection.across import detect_across, shared
from kuager.detection.gate import FEW_COUNTRIES, frozen_together, stuck
from kuager.detection.grid import Grid, to_grid
from kuager.detection.order import Mask
from kuager.episodes.findings import Examined
from kuager.model.series import Series
from kuager.model.words import Direction
from kuager.sources.registry import signal


def examine(case: Case) -> list[Examined]:
    """Every series of the case that falls or rises in outages with its detection, ordered by signal and key.

    Each series is judged alone first, without the samples at which it or its source is stuck; a signal that is watched
    in several countries is then judged across them, without what its source's failures explain and what they share.
    """
    every, _ = chosen_windows(case)
    frozen = _stuck(every)
    detections = [_judge(one, mask) for one, mask in zip(every, frozen, strict=True)]
    for indices, countries in _watched_widely(every):
        alone = [detections[index] for index in indices]
        again = detect_across(
            [every[index] for index in indices],
            signal(every[indices[0]].signal).kind,
            [frozen[index] for index in indices],
            alone,
            shared(alone, [indices.index(index) for index in countries]),
        )
        for index, found in zip(indices, again, strict=True):
            detections[index] = found
    return [Examined(signal(one.signal), one, found) for one, found in zip(every, detections, strict=True)]


def chosen_windows(case: Case) -> tuple[list[Series], list[Series]]:
    """The series to be judged, and those set aside because a longer window of the same relative signal covers them.

    Two windows that do not overlap are two series, each judged by its own ordinary days; overlapping ones would say the
    same thing twice and in two scales.
    """
    told = ((series, signal(series.signal).direction) for series, _ in case.observations.series())
    every = [series for series, direction in told if direction is not Direction.NONE]
    kept: list[Series] = []
    for series in sorted(every, key=lambda one: -int(np.isfinite(one.values).sum())):
        if not any(one.key[:3] == series.key[:3] and _overlap(one, series) for one in kept):
            kept.append(series)
    keys = {one.key for one in kept}
    return [one for one in every if one.key in keys], [one for one in every if one.key not in keys]


def _overlap(one: Series, other: Series) -> bool:
    if not one.times.size or not other.times.size:
        return False
    return bool(one.times[0] <= other.times[-1] and other.times[0] <= one.times[-1])


def countries_watched(examined: Sequence[Examined]) -> int:
    """In how many countries the most widely watched signal is watched."""
    places: dict[str, set[str]] = defaultdict(set)
    for one in examined:
        if is_country(one.series.place):
            places[one.signal.id].add(one.series.place)
    return max((len(found) for found in places.values()), default=0)


def _judge(series: Series, unhealthy: Mask) -> Detection:
    known = signal(series.signal)
    rises = known.direction is Direction.RISES
    return detect(series.times, series.values, series.step_s, known.kind, unhealthy, rises=rises)


def _stuck(every: Sequence[Series]) -> list[Mask]:
    """For each series the samples, on its grid, at which it repeats itself alone or with others of its source.

    One instrument may freeze for all places, or a source for all its signals of one place.
    """
    grids = [to_grid(one.times, one.values, one.step_s) for one in every]
    frozen = [stuck(grid) for grid in grids]
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, one in enumerate(every):
        if one.times.size:
            groups["signal", one.signal, str(one.step_s)].append(index)
            groups["source", signal(one.signal).source.id, one.place, str(one.step_s)].append(index)
    for indices in groups.values():
        common = _aligned([grids[index] for index in indices])
        together = frozen_together(common)
        for index in indices:
            first = (grids[index].start - common[0].start) // common[0].step_s
            frozen[index] = frozen[index] | together[first : first + frozen[index].size]
    return frozen


def _aligned(grids: Sequence[Grid]) -> list[Grid]:
    """Grids of one step laid on the span of all of them."""
    step_s = grids[0].step_s
    start = min(grid.start for grid in grids)
    offsets = [(grid.start - start) // step_s for grid in grids]
    size = max(offset + grid.values.size for offset, grid in zip(offsets, grids, strict=True))
    laid = []
    for offset, grid in zip(offsets, grids, strict=True):
        values = np.full(size, np.nan)
        values[offset : offset + grid.values.size] = grid.values
        laid.append(Grid(start, step_s, values))
    return laid


def _watched_widely(every: Sequence[Series]) -> list[tuple[list[int], list[int]]]:
    """The series of each signal and step that is watched in enough countries to say anything of the source.

    Returns:
        For each such signal the indices of its series, and those of one series for each country: mobile and fixed
        access of one country are one country, for which the series speaks that has the most values.
    """
    groups: dict[tuple[str, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, series in enumerate(every):
        if is_country(series.place) and signal(series.signal).direction is Direction.FALLS:
            groups[series.signal, series.step_s][series.place].append(index)
    found = []
    for by_country in groups.values():
        if len(by_country) >= FEW_COUNTRIES:
            countries = [
                max(indices, key=lambda index: np.count_nonzero(np.isfinite(every[index].values)))
                for indices in by_country.values()
            ]
            found.append(([index for indices in by_country.values() for index in indices], countries))
    return found
