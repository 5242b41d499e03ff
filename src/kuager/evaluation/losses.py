"""What disturbances leave of a series, and the true events that follow from them.

The share left is piecewise linear in time. A sample shows its mean over ``[t, t + step)``, as a source that counts
would, so that an edge inside a sample shows in part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from kuager.evaluation.plans import Disturbance, Restoration, SeriesPlan, TrueEvent
from kuager.model.series import Series, Times, Values

LEAST_LOSS = 0.01
"""A series that loses less than this has no event: nobody asks for it to be found."""

_SUBSAMPLES = 10
_SHORTEST_RAMP_S = 0.001
_DEPTH_STEP_S = 60


def curfew(
    first: date, last: date, closes: time, opens: time, zone: str, pattern: Disturbance
) -> tuple[Disturbance, ...]:
    """The same cut every day from ``first`` to ``last``, by the local clock.

    Args:
        first: local date on which the first window begins.
        last: local date on which the last window begins.
        closes: local time at which access is taken.
        opens: local time at which it returns; at or before ``closes``, it is that of the next day.
        zone: tz database name.
        pattern: everything else; its own start and end are not used.
    """
    clock = ZoneInfo(zone)
    windows = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        until = day if opens > closes else day + timedelta(days=1)
        start = int(datetime.combine(day, closes, clock).timestamp())
        end = int(datetime.combine(until, opens, clock).timestamp())
        windows.append(replace(pattern, start=start, end=end, steps=(), restorations=()))
    return tuple(windows)


def share_left(plan: SeriesPlan, disturbances: Iterable[Disturbance], times: Times) -> Values:
    """The share that all disturbances together leave in each sample of a series; float64 [n]."""
    within = (np.arange(_SUBSAMPLES) + 0.5) / _SUBSAMPLES * plan.step_s
    share = np.ones(times.size)
    for disturbance in disturbances:
        near = (times > disturbance.start - plan.step_s) & (times < disturbance.end)
        moments = times[near][:, None] + within[None, :]
        share[near] *= _left_at(plan, disturbance, moments).mean(axis=1)
    return share


def _left_at(plan: SeriesPlan, disturbance: Disturbance, moments: Values) -> Values:
    """The share that one disturbance leaves at each moment, as the series sees it."""
    if not disturbance.reach.covers(plan):
        return np.ones(moments.shape)
    moments_of_change, shares = _knots(disturbance, disturbance.delays_s.get(plan.kind, 0))
    seen = disturbance.seen.get(plan.kind, 1.0)
    return 1 - seen * (1 - np.interp(moments, moments_of_change, shares))


def _knots(disturbance: Disturbance, delay_s: int) -> tuple[list[float], list[float]]:
    """Corners of the piecewise linear share left, of which the first and the last hold outwards."""
    return_start = disturbance.end - max(_SHORTEST_RAMP_S, disturbance.end_ramp_s)
    changes = [change for change in _changes(disturbance) if change[0] < return_start]
    ends = [moment for moment, _, _ in changes[1:]] + [return_start]
    moments, shares = [float(disturbance.start)], [1.0]
    for (moment, share, ramp_s), next_change in zip(changes, ends, strict=True):
        seen_from = min(moment + delay_s, next_change) if moment == disturbance.start else moment
        moments += [seen_from, min(seen_from + max(_SHORTEST_RAMP_S, ramp_s), next_change)]
        shares += [shares[-1], share]
    return [*moments, return_start, disturbance.end], [*shares, shares[-1], 1.0]


def _changes(disturbance: Disturbance) -> list[tuple[int, float, int]]:
    """When the share left changes, to what, and within how many seconds; in order, without the final return."""
    stairs = [(disturbance.start, disturbance.remaining), *disturbance.steps]
    changes = [
        (moment, share, disturbance.onset_ramp_s)
        for moment, share in stairs
        if not any(back.start <= moment <= back.end for back in disturbance.restorations)
    ]
    for back in disturbance.restorations:
        after = [share for moment, share in stairs if moment <= back.end][-1]
        changes += [(back.start, back.remaining, back.ramp_s), (back.end, after, back.ramp_s)]
    return sorted(changes)


def true_events(plan: SeriesPlan, disturbances: Iterable[Disturbance], series: Series) -> tuple[TrueEvent, ...]:
    """The intervals in which the series lost at least ``LEAST_LOSS``, disturbances that touch made one.

    A restoration that brings everything back ends one event, and the cut after it begins another; one that brings
    back a part stays inside. The clock of the truth runs to the end of the last sample.
    """
    touching = [disturbance for disturbance in disturbances if disturbance.reach.covers(plan)]
    first, last = int(series.times[0]), int(series.times[-1]) + series.step_s
    pieces = [piece for disturbance in touching for piece in _pieces(plan, disturbance)]
    clipped = sorted((max(start, first), min(end, last)) for start, end in pieces if start < last and end > first)
    return tuple(_true_event(plan, touching, series, start, end) for start, end in _merged(clipped))


def _pieces(plan: SeriesPlan, disturbance: Disturbance) -> list[tuple[int, int]]:
    """The disturbance's interval as this series sees it, cut where a restoration brings everything back."""
    seen = disturbance.seen.get(plan.kind, 1.0)
    lowest = min(disturbance.remaining, *(share for _, share in disturbance.steps), 1.0)
    if seen * (1 - lowest) < LEAST_LOSS:
        return []
    bounds = [disturbance.start + disturbance.delays_s.get(plan.kind, 0)]
    for back in disturbance.restorations:
        if seen * (1 - back.remaining) < LEAST_LOSS:
            bounds += [back.start, back.end]
    bounds.append(disturbance.end)
    return [(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if start < end]


def _merged(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in pieces:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _true_event(plan: SeriesPlan, touching: list[Disturbance], series: Series, start: int, end: int) -> TrueEvent:
    moments = np.arange(start + 0.5, end, _DEPTH_STEP_S)
    left = np.ones(moments.size)
    for disturbance in touching:
        left *= _left_at(plan, disturbance, moments)
    inside = (series.times + series.step_s > start) & (series.times < end)
    backs = [
        (back, _brought_back(disturbance, back))
        for disturbance in touching
        for back in disturbance.restorations
        if start <= back.start and back.end <= end
    ]
    return TrueEvent(
        *(plan.signal, plan.place, plan.access, plan.window),
        start=start,
        end=end,
        depth=float(np.median(1 - left)),
        restorations=tuple((back.start, back.end) for back, _ in backs),
        observed=float(np.mean(np.isfinite(series.values[inside]))) if inside.any() else 0.0,
        brought_back=tuple(share for _, share in backs),
    )


def _brought_back(disturbance: Disturbance, back: Restoration) -> float:
    """The share of what was lost before a restoration that it brings back; a kind's own measure cancels out."""
    stairs = [(disturbance.start, disturbance.remaining), *disturbance.steps]
    before = [share for moment, share in stairs if moment < back.start][-1]
    return max(0.0, (back.remaining - before) / (1 - before)) if before < 1 else 0.0
