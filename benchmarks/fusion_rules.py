"""Rules for fusing the events of one place that are simpler than ``kuager.episodes.fuse``, to be compared with it.

Each turns the trusted events of a case into intervals; what only some hours part is one, as for episodes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from benchmarks.fusion_cases import FusedCase, united

from kuager.episodes.findings import TRUSTED, Sighting
from kuager.episodes.fuse import LONGEST_RESTORATION_S
from kuager.episodes.voices import Place
from kuager.evaluation.scores import Interval

DEEP, ALONE = 0.6, 0.9


def either(case: FusedCase) -> list[Interval]:
    """OR: every trusted event of any signal."""
    return _episodes((one.start, one.end) for one in _trusted(case))


def of_one(case: FusedCase, group: str) -> list[Interval]:
    """The trusted events of one group of signals alone."""
    return _episodes((one.start, one.end) for one in _trusted(case) if one.group == group)


def vote(case: FusedCase) -> list[Interval]:
    """Two of all groups: times at which trusted events of at least two groups overlap."""
    events = _trusted(case)
    bounds = sorted({bound for one in events for bound in (one.start, one.end)})
    both = (
        (start, end)
        for start, end in pairwise(bounds)
        if len({one.group for one in events if one.start <= start and one.end >= end}) > 1
    )
    return _episodes(both)


def chained(case: FusedCase) -> list[Interval]:
    """What this project did before: events that overlap are chained, and most chains of two groups are episodes."""
    groups: list[list[Sighting]] = []
    reach = 0
    for one in _trusted(case):
        if groups and one.start <= reach:
            groups[-1].append(one)
        else:
            groups.append([one])
        reach = max(reach, one.end) if len(groups[-1]) > 1 else one.end
    return _episodes(_span(events) for events in groups if _was_episode(case, events))


def independent(events: Iterable[Sighting]) -> float:
    """The probability with which those groups are not all wrong, were they wrong independently of each other."""
    best: dict[str, float] = defaultdict(float)
    for one in events:
        best[one.group] = max(best[one.group], one.finding.probability)
    wrong = 1.0
    for chance in best.values():
        wrong *= 1.0 - chance
    return 1.0 - wrong


def _was_episode(case: FusedCase, events: list[Sighting]) -> bool:
    seen = {one.group for one in events}
    if len(seen) > 1:
        deep = {one.group for one in events if one.finding.depth >= DEEP}
        return len(deep) > 1 or any(one.examined.looks_at_networks for one in events)
    sure = any(one.finding.probability >= ALONE and one.finding.depth >= DEEP for one in events)
    others = (one for one in case.examined if one.signal.independence not in seen and not one.is_routing)
    return sure and not any(one.could_have_seen(*_span(events)) for one in others if not one.rises)


def _span(events: list[Sighting]) -> tuple[int, int]:
    return min(one.start for one in events), max(one.end for one in events)


def _trusted(case: FusedCase) -> list[Sighting]:
    every = Place(case.examined).sightings
    return [one for one in every if one.finding.probability >= TRUSTED and not one.examined.rises]


def _episodes(intervals: Iterable[Interval]) -> list[Interval]:
    return united(intervals, LONGEST_RESTORATION_S)
