"""From the tables of a case to what detection says of every series, with failing sensors taken out first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from kuager.case.folder import Case
from kuager.case.places import is_country
from kuager.detection import Detection, detect
from kuager.detection.gate import LEAST_COUNTRIES, failing_everywhere, stuck
from kuager.detection.grid import to_grid
from kuager.detection.order import Mask
from kuager.episodes.findings import Examined
from kuager.model.series import Series
from kuager.sources.registry import signal


def examine(case: Case) -> list[Examined]:
    """Every series of the case that falls in outages with its detection, ordered by signal and key.

    Each series is judged alone first; a signal that is watched in many countries is then judged across them, and where
    it failed everywhere its series are judged again without those samples.
    """
    every, _ = chosen_windows(case)
    detections = [_judge(series) for series in every]
    for indices in _watched_widely(every).values():
        failing = _failing([every[index] for index in indices], [detections[index] for index in indices])
        for index in indices:
            unhealthy = _on_grid(failing, detections[index])
            if unhealthy.any():
                detections[index] = _judge(every[index], unhealthy)
    return [Examined(signal(one.signal), one, found) for one, found in zip(every, detections, strict=True)]


def chosen_windows(case: Case) -> tuple[list[Series], list[Series]]:
    """The series to be judged, and those set aside because a longer window of the same relative signal covers them.

    Two windows that do not overlap are two series, each judged by its own ordinary days; overlapping ones would say the
    same thing twice and in two scales.
    """
    every = [series for series, _ in case.observations.series() if signal(series.signal).falls_in_outages]
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


def _judge(series: Series, unhealthy: Mask | None = None) -> Detection:
    frozen = stuck(to_grid(series.times, series.values, series.step_s))
    mask = frozen if unhealthy is None else frozen | unhealthy
    return detect(series.times, series.values, series.step_s, signal(series.signal).kind, mask)


def _watched_widely(every: Sequence[Series]) -> dict[tuple[str, int], list[int]]:
    """Indices of the series of each signal and step that is watched in enough countries to judge the source."""
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index, series in enumerate(every):
        if is_country(series.place):
            groups[(series.signal, series.step_s)].append(index)
    return {
        key: indices for key, indices in groups.items() if len({every[i].place for i in indices}) >= LEAST_COUNTRIES
    }


def _failing(series: Sequence[Series], detections: Sequence[Detection]) -> Mapping[int, bool]:
    """Times at which the source failed everywhere, by seconds since the epoch."""
    times = np.unique(np.concatenate([found.grid.times for found in detections]))
    table = np.full((len(series), times.size), np.nan)
    for row, found in zip(table, detections, strict=True):
        row[np.searchsorted(times, found.grid.times)] = found.ratio
    failing = failing_everywhere(table)
    return {} if failing is None else {int(moment): True for moment in times[failing]}


def _on_grid(failing: Mapping[int, bool], detection: Detection) -> Mask:
    return np.array([failing.get(int(moment), False) for moment in detection.grid.times], dtype=np.bool_)
