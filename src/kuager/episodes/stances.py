"""How each signal stands to an episode: agrees, disagrees, silent, not measuring."""

from __future__ import annotations

import numpy as np

from kuager.detection.grid import to_grid
from kuager.episodes.agreement import WELL, Core, agreement, joins, part_expected
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.model.episodes import Reading, Span
from kuager.model.time import from_epoch
from kuager.model.words import Stance, State

LEAST_COVERAGE = 0.1
"""A signal with values for less of the episode than this was not measuring it."""
MOST_OF_IT = 0.25
"""A signal whose events fill less of what it measured of the losses of an episode than this says that it was over much
sooner."""
WHOLE = 0.5
"""The share of the loss that a series must be able to show which looks at an access that was not hit."""
LESSER = 2 / 3
"""Dips shallower than this share of a signal's deepest event show in its states, but do not move its onset and end."""


def reading(one: Examined, cluster: Cluster, window: tuple[int, int], depth: float | None = None) -> Reading:
    """What one series says of a cluster; its states are given for the whole window of the case.

    Args:
        one: the series.
        cluster: the episode.
        window: of the case, seconds since the epoch.
        depth: the share that was lost of what the series looks at; that of the deepest event where it is left out.
    """
    mine = [s.finding for s in (*cluster.sightings, *cluster.faint) if s.examined is one]
    deepest = max((finding.depth for finding in mine), default=0.0)
    main = [finding for finding in mine if finding.depth >= LESSER * deepest]
    ends = [finding.end.best for finding in main if finding.end is not None]
    coverage = one.coverage(cluster.first, cluster.last)
    first, last = one.indices(cluster.first, cluster.last)
    ratio = one.detection.ratio[first:last]
    observed = ratio[np.isfinite(ratio)]
    return Reading(
        signal=one.series.signal,
        place=one.series.place,
        access=one.series.access,
        window=one.series.window,
        stance=_stance(one, cluster, coverage, depth, saw_it=bool(mine)),
        start=from_epoch(min(finding.start.best for finding in main)) if main else None,
        end=from_epoch(max(ends)) if main and len(ends) == len(main) else None,
        depth=round(deepest, 4) if main else None,
        probability=max(finding.probability for finding in main) if main else None,
        coverage=round(coverage, 4),
        lowest=round(max(0.0, float(observed.min())), 4) if observed.size else None,
        spans=spans(one, window),
        set_aside=set_aside(one, cluster.first, cluster.last),
    )


def set_aside(one: Examined, start: int, end: int) -> float:
    """The share of an interval whose values were not used, as those of a failing sensor, 0 to 1."""
    given = to_grid(one.series.times, one.series.values, one.series.step_s)
    unused = np.isfinite(given.values) & ~one.detection.observed
    first, last = one.touched(start, end)
    return round(float(unused[first:last].sum()) / max(1, last - first), 4)


def spans(one: Examined, window: tuple[int, int]) -> tuple[Span, ...]:
    """The states of a series over the window of the case; where it has no samples it is not observable."""
    start, end = window
    pieces: list[tuple[int, int, State, float | None]] = []
    reached = start
    for stretch in one.stretches:
        begin, finish = max(stretch.start, start), min(stretch.end, end)
        if begin >= finish:
            continue
        if begin > reached:
            pieces.append((reached, begin, State.NOT_OBSERVABLE, None))
        pieces.append((begin, finish, stretch.state, stretch.depth))
        reached = finish
    if reached < end:
        pieces.append((reached, end, State.NOT_OBSERVABLE, None))
    return tuple(Span(from_epoch(a), from_epoch(b), state, depth) for a, b, state, depth in pieces)


def _stance(one: Examined, cluster: Cluster, coverage: float, depth: float | None, *, saw_it: bool) -> Stance:
    if coverage < LEAST_COVERAGE and not saw_it:
        return Stance.NOT_MEASURING
    if saw_it and _was_low_anyway(one, cluster):
        return Stance.SILENT
    if saw_it:
        return Stance.AGREES if _share_in_events(one, cluster) >= MOST_OF_IT else Stance.DISAGREES
    if one.rises:  # many losses make nobody search for a way around: its calm says nothing
        return Stance.SILENT
    core = cluster.core
    expected = (part_expected(core, one.series.access) or WHOLE) * core.depth if depth is None else depth
    return Stance.DISAGREES if one.could_have_seen(core.start, core.end, expected) else Stance.SILENT


def _was_low_anyway(one: Examined, cluster: Cluster) -> bool:
    """Whether all that a series shows is an event that had begun long before or ended long after."""
    if any(sighting.examined is one for sighting in cluster.sightings):
        return False
    core = Core(cluster.first, cluster.last, 1.0, one.series.access)
    mine = [sighting for sighting in cluster.faint if sighting.examined is one]
    return all(agreement((s,), core) < WELL and not joins(s, core) for s in mine)


def _share_in_events(one: Examined, cluster: Cluster) -> float:
    """The share of what the series measured of the losses of the episode that lies within its own events.

    Hours of service between them are nobody's dissent.
    """
    first, last = one.indices(cluster.first, cluster.last)
    lost = np.zeros(last - first, dtype=np.bool_)
    for sighting in cluster.sightings:
        begun, ended = one.touched(sighting.start, sighting.end)
        lost[max(0, begun - first) : max(0, ended - first)] = True
    observed = one.detection.observed[first:last] & lost
    inside = np.zeros(observed.shape, dtype=np.bool_)
    for sighting in (*cluster.sightings, *cluster.faint):
        if sighting.examined is one:
            inside[max(0, sighting.finding.first - first) : max(0, sighting.finding.last - first)] = True
    return float((inside & observed).sum()) / max(1.0, float(observed.sum()))
