"""Episodes of places against what happened there, in cases of several signals (``fused_cases``).

What happened at a place is the union of the true events of its series that could be seen at all; what only some hours
part is one, as in the words of this project. An episode is right when it shares at least half of its union with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from kuager.detection import Detection
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster, clusters, episode_clusters
from kuager.episodes.phases import Piece, phases
from kuager.evaluation.judged import Found, Judged, Origin
from kuager.evaluation.outcome import FusedRow
from kuager.evaluation.plans import Simulation
from kuager.evaluation.reliability import Forecast
from kuager.evaluation.scores import Match, match_events
from kuager.evaluation.shapes import HOUR_S, MONTH_S
from kuager.evaluation.tally import edge_row, ratio
from kuager.evaluation.truths import LONGEST_PAUSE_S, Interval, Wanted
from kuager.model.words import Access, PhaseKind
from kuager.sources.registry import signal

_DEEP_SHARE = 0.3
"""An access that loses less than this share of what the other one loses was spared."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened at a place.

    Attributes:
        interval: when.
        depth: the deepest loss that a series could see.
        access: to which access.
        windows: those in which it came back.
        kinds: how many kinds of signals could see it.
    """

    interval: Interval
    depth: float
    access: Access
    windows: tuple[Interval, ...]
    kinds: int


@dataclass(frozen=True, slots=True)
class PlaceJudged:
    """A place of a case: what happened, the episodes found, and what became of their probabilities."""

    origin: Origin
    place: str
    watched_s: float
    happened: tuple[Happening, ...]
    found: tuple[Found, ...]
    accesses: tuple[Access, ...]
    windows: tuple[Interval, ...]
    forecasts: tuple[Forecast, ...] = field(repr=False)

    def matches(self) -> tuple[Match, ...]:
        """Pairs of what happened and was found."""
        return match_events([one.interval for one in self.happened], [one.interval for one in self.found])


def judge_places(
    simulation: Simulation, detections: Sequence[Detection], judged: Sequence[Judged], origin: Origin
) -> Iterator[PlaceJudged]:
    """Every place of a simulation, its series fused; detections and judged series stand in the order of the series."""
    places: dict[str, list[int]] = {}
    for number, series in enumerate(simulation.series):
        places.setdefault(series.place, []).append(number)
    for place, numbers in places.items():
        own = [simulation.series[number] for number in numbers]
        examined = [
            Examined(signal(one.signal), one, detections[number]) for one, number in zip(own, numbers, strict=True)
        ]
        wanted = [
            (judged[number].kind.value, Access(judged[number].access), judged[number].wanted) for number in numbers
        ]
        yield _judged(origin, place, examined, tuple(happenings(wanted)))


def happenings(wanted: Sequence[tuple[str, Access, Sequence[Wanted]]]) -> Iterator[Happening]:
    """What happened at a place, from what could be seen in its series, each with its kind and its access."""
    seen = [(kind, access, one) for kind, access, events in wanted for one in events if one.visible]
    pieces = _union(one.interval for _, _, one in seen)
    for start, end in _union(pieces, LONGEST_PAUSE_S):
        within = [(kind, access, one) for kind, access, one in seen if start <= one.start and one.end <= end]
        inside = [(access, one) for _, access, one in within]
        kinds = len({kind for kind, _, _ in within})
        parts = [piece for piece in pieces if start <= piece[0] and piece[1] <= end]
        pauses = [(before[1], after[0]) for before, after in pairwise(parts)]
        windows = tuple(pause for pause in pauses if pause[1] - pause[0] >= HOUR_S)
        yield Happening((start, end), max(one.depth for _, one in inside), _hit(inside), windows, kinds)


def corroborable(place: PlaceJudged) -> PlaceJudged:
    """The same place without what only one kind of signal could see, and without the episodes of that."""
    kept = tuple(one for one in place.happened if one.kinds > 1)
    left_out = [one.interval for one in place.happened if one.kinds == 1]
    indices = [
        index
        for index, one in enumerate(place.found)
        if any(_meet(one.interval, true.interval) for true in kept)
        or not any(_meet(one.interval, interval) for interval in left_out)
    ]
    return replace(
        place,
        happened=kept,
        found=tuple(place.found[index] for index in indices),
        accesses=tuple(place.accesses[index] for index in indices),
    )


def fused_row(name: str, places: Sequence[PlaceJudged]) -> FusedRow:
    """The scores of many places together."""
    pairs = [(place, pair) for place in places for pair in place.matches()]
    true, found = sum(len(one.happened) for one in places), sum(len(one.found) for one in places)
    months = sum(one.watched_s for one in places) / MONTH_S
    false = sum(len(false_episodes(one)) for one in places)
    apart = [(place.happened[pair.truth], place.found[pair.found]) for place, pair in pairs]
    right = sum(place.happened[pair.truth].access is place.accesses[pair.found] for place, pair in pairs)
    windows = [(place, window) for place in places for one in place.happened for window in one.windows]
    scope_right, scope_of = _scope(places)
    return FusedRow(
        name=name,
        places=len(places),
        months=months,
        true=true,
        found=found,
        matched=len(pairs),
        precision=ratio(len(pairs), found),
        recall=ratio(len(pairs), true),
        f1=ratio(2 * len(pairs), true + found),
        false_episodes=false,
        false_episodes_per_month=ratio(false, months),
        restorations=len(windows),
        restorations_found=sum(bool(match_events([window], place.windows)) for place, window in windows),
        access_right=right,
        access_of=len(pairs),
        scope_right=scope_right,
        scope_of=scope_of,
        onset=edge_row([(other.start - one.interval[0]) / 60 for one, other in apart]),
        end=edge_row([(other.end - one.interval[1]) / 60 for one, other in apart]),
    )


def false_episodes(place: PlaceJudged) -> list[Found]:
    """The episodes of a place at whose time nothing happened there."""
    return [
        one
        for one in place.found
        if not any(one.start < true.interval[1] and true.interval[0] < one.end for true in place.happened)
    ]


def _judged(origin: Origin, place: str, examined: list[Examined], happened: tuple[Happening, ...]) -> PlaceJudged:
    episodes = episode_clusters(examined)
    pieces = [phases(episode, examined) for episode in episodes]
    entity = (origin.generator, origin.seed, origin.world, place)
    return PlaceJudged(
        origin=origin,
        place=place,
        watched_s=max(float(one.series.times[-1] - one.series.times[0]) for one in examined),
        happened=happened,
        found=tuple(_found(episode) for episode in episodes),
        accesses=tuple(_access(parts) for parts in pieces),
        windows=tuple(
            (piece.start, piece.end) for parts in pieces for piece in parts if piece.kind is PhaseKind.RESTORATION
        ),
        forecasts=tuple(
            Forecast(entity, cluster.probability, _is_true(cluster, happened)) for cluster in clusters(examined)
        ),
    )


def _found(cluster: Cluster) -> Found:
    depth = max(one.finding.depth for one in cluster.sightings)
    return Found(cluster.first, cluster.last, depth, cluster.probability)


def _is_true(cluster: Cluster, happened: Iterable[Happening]) -> bool:
    inside = sum(max(0, min(cluster.last, one.interval[1]) - max(cluster.first, one.interval[0])) for one in happened)
    return inside > (cluster.last - cluster.first) / 2


def _access(parts: Sequence[Piece]) -> Access:
    """The access that the longest part of an episode is about, restorations left out."""
    losing = [piece for piece in parts if piece.kind is not PhaseKind.RESTORATION] or list(parts)
    lengths = {access: sum(one.end - one.start for one in losing if one.access is access) for access in Access}
    return max(lengths, key=lambda access: lengths[access])


def _hit(inside: Sequence[tuple[Access, Wanted]]) -> Access:
    """The access that was hit: the one that lost most where they are measured apart and one of them was spared."""
    lost = {
        access: max((one.depth for other, one in inside if other is access), default=0.0)
        for access in (Access.MOBILE, Access.FIXED)
    }
    for access, other in ((Access.MOBILE, Access.FIXED), (Access.FIXED, Access.MOBILE)):
        if lost[other] < _DEEP_SHARE * lost[access]:
            return access
    return Access.MIXED


def _scope(places: Sequence[PlaceJudged]) -> tuple[int, int]:
    """Of what happened in a case, how often exactly those parts were found that were hit, and how often there was."""
    by_case: dict[Origin, list[PlaceJudged]] = {}
    for place in places:
        by_case.setdefault(place.origin, []).append(place)
    right, of = 0, 0
    for parts in by_case.values():
        for start, end in _union((one.interval for part in parts for one in part.happened), LONGEST_PAUSE_S):
            hit = {part.place for part in parts if any(_meet(one.interval, (start, end)) for one in part.happened)}
            found = {part.place for part in parts if any(_meet(one.interval, (start, end)) for one in part.found)}
            right += hit == found
            of += 1
    return right, of


def _meet(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _union(intervals: Iterable[Interval], longest_pause_s: int = 0) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start - joined[-1][1] <= longest_pause_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
