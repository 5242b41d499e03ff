"""An episode of a whole place that was put together from its parts.

Its edges are the times at which the share lost left nothing and came back to it, with the intervals of the parts that
began or ended then. Independent kinds of signal bear it out when the parts in which each of them saw a loss are at
least half of the weight that was hit: two kinds that saw two different networks do not corroborate each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kuager.episodes import grade
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import FAINT, TRUSTED, Examined, Sighting
from kuager.episodes.fuse import Cluster
from kuager.episodes.kinds import kinds_of
from kuager.episodes.phases import Piece as Stage
from kuager.episodes.recurring import Strand
from kuager.episodes.scope import Divided, division, hit_between
from kuager.episodes.scope_notes import (
    not_all_shown,
    reasons_of,
    rolled_up_note,
    unknowns_of,
    whole_stayed_normal,
    without_answered,
)
from kuager.episodes.spells import Spell, stages
from kuager.episodes.stances import reading
from kuager.episodes.standing import telling, would_have_shown
from kuager.episodes.unknowns import ordinary_days, unknowns
from kuager.episodes.why import why
from kuager.model.episodes import Episode, Phase, Reading
from kuager.model.scope import Division, Scope
from kuager.model.time import from_epoch
from kuager.model.words import PartState

MOST_SHOWN = 4
"""So many parts that were hit are shown with their series, so that a page stays small; the scope lists every part."""
BEARS_OUT = 0.5
"""The share of the weight hit in which a kind of signal must have seen a loss itself."""


def rolled_up(
    place: str,
    spell: Spell,
    view: Divided,
    views: Sequence[Divided],
    examined: Sequence[Examined],
    around: Circumstances,
) -> Episode:
    """The episode of one spell, with a provisional id and version 1.

    Args:
        place: code of the whole.
        spell: when it was losing service.
        view: the division that says so.
        views: all divisions of the place.
        examined: the series of the whole itself, which may be none.
        around: the case.
    """
    cluster = _cluster(spell, view, examined)
    acknowledged = grade.pertinent(place, around.acknowledgements, cluster)
    pieces = stages(view, spell.first, spell.last)
    strand = Strand(cluster, (cluster,), pieces)
    series = [one for part in view.measured for one in view.examined[part.place]]
    cause, others = why(place, strand, (strand,), series, around, acknowledged)
    phases = _phases(place, spell, view, pieces)
    found = [one for other in views if (one := division(other, spell.first, spell.last)) is not None]
    scope = Scope(True, view.fitted.correlation, view.fitted.depth_error, tuple(found))
    own = next(one for one in found if one.kind is view.parts.kind)
    kinds = kinds_of((), cluster)
    normal = [one.signal.id for one in telling(examined) if one.signal.independence in cluster.against]
    behind = {place, *(part.place for other in views for part in other.measured)}
    return Episode(
        id=f"{place.lower()}-{from_epoch(spell.first):%Y-%m-%d}-a",
        version=1,
        place=place,
        kind=grade.kind(phases, cause),
        level=grade.level(cluster, series, kinds, acknowledged),
        probability=cluster.probability,
        start=from_epoch(spell.start.best),
        start_earliest=from_epoch(spell.start.earliest),
        start_latest=from_epoch(spell.start.latest),
        end=from_epoch(spell.end.best) if spell.end is not None else None,
        end_earliest=from_epoch(spell.end.earliest) if spell.end is not None else None,
        end_latest=from_epoch(spell.end.latest) if spell.end is not None else None,
        ongoing=spell.end is None,
        phases=phases,
        signals=tuple(_readings(view, own, spell, examined, cluster, around)),
        cause=cause,
        evidence=(),
        simulated=any(one.signal.simulated for one in (*series, *examined)),
        reasons=(
            rolled_up_note(own),
            *([whole_stayed_normal(normal)] if normal else []),
            *reasons_of(scope),
            *grade.reasons((), cluster, kinds, acknowledged),
        ),
        unknowns=(
            *without_answered(unknowns(place, cluster, series, cause, around), scope),
            *unknowns_of(scope),
            *not_all_shown(own, MOST_SHOWN),
        ),
        inputs=tuple(sorted({one for code in behind for one in around.inputs.get(code, ())})),
        scope=scope,
        alternatives=others,
        kinds=kinds,
        ordinary_days=ordinary_days(cluster, series),
    )


def _readings(
    view: Divided,
    own: Division,
    spell: Spell,
    examined: Sequence[Examined],
    cluster: Cluster,
    around: Circumstances,
) -> Iterator[Reading]:
    """What each series of the whole shows, and those of the heaviest parts that were hit."""
    least = _least(view, spell)
    for one in examined:
        yield reading(one, cluster, around.window, least)
    for code in _heaviest_hit(own):
        for one in view.examined[code]:
            yield reading(one, cluster, around.window)


def _least(view: Divided, spell: Spell) -> float:
    """The least share that the parts lost of the whole at the worst, 0 to 1."""
    return max(piece.share.low for piece in view.between(spell.first, spell.last))


def _cluster(spell: Spell, view: Divided, examined: Sequence[Examined]) -> Cluster:
    """The spell as what fusion calls a cluster: all events of its time, and who bears them out or speaks against.

    Signals of the whole place speak against it when they would have shown the least that its parts lost at the worst.
    """
    of_parts = [one for part in view.measured for one in _within(view.examined[part.place], spell)]
    of_whole = _within(examined, spell)
    pieces = view.between(spell.first, spell.last)
    groups = _groups([one for one in of_parts if one.finding.probability >= TRUSTED], view, spell)
    saw = frozenset(one.group for one in of_whole if one.finding.probability >= TRUSTED)
    least = _least(view, spell)
    against = frozenset(
        one.signal.independence
        for one in telling(examined)
        if not one.is_routing and would_have_shown(one, spell.first, spell.last, least)
    )
    against -= frozenset(one.group for one in of_whole) | groups
    surest = max(piece.share.chance for piece in pieces)
    odds = surest / max(1e-4, 1.0 - surest) * 0.5 ** len(against)
    sightings = [*of_parts, *of_whole]
    return Cluster(
        sightings=tuple(one for one in sightings if _counts(one, groups | saw)),
        faint=tuple(one for one in sightings if not _counts(one, groups | saw)),
        start=spell.start,
        end=spell.end,
        horizon=view.pieces[-1].end,
        groups=groups | saw,
        against=against,
        probability=round(min(0.9999, odds / (1.0 + odds)), 4),
    )


def _counts(sighting: Sighting, groups: frozenset[str]) -> bool:
    """Whether an event bears the spell out: it is trusted, and so is what its kind of signal says of the whole."""
    return sighting.finding.probability >= TRUSTED and sighting.group in groups


def _within(examined: Sequence[Examined], spell: Spell) -> list[Sighting]:
    """The events of a spell's time, faint ones too."""
    every = (Sighting(one, found) for one in telling(examined) for found in one.detection.findings)
    return [
        one
        for one in every
        if one.finding.probability >= FAINT and one.finding.start.best < spell.last and one.end > spell.first
    ]


def _groups(trusted: Sequence[Sighting], view: Divided, spell: Spell) -> frozenset[str]:
    """The independence groups that saw a loss in at least half of what was hit; the widest one in any case."""
    weights = {part.place: part.weight for part in view.measured}
    hit = sum(weights[code] for code in hit_between(view, spell.first, spell.last))
    saw: dict[str, set[str]] = defaultdict(set)
    for one in trusted:
        saw[one.examined.signal.independence].add(one.examined.series.place)
    wide = {group: sum(weights[code] for code in codes) for group, codes in saw.items()}
    widest = max(sorted(wide), key=lambda group: wide[group], default=None)
    bearing = {group for group, weight in wide.items() if weight >= BEARS_OUT * hit}
    return frozenset(bearing | ({widest} if widest is not None else set()))


def _phases(place: str, spell: Spell, view: Divided, pieces: Sequence[Stage]) -> tuple[Phase, ...]:
    return tuple(
        Phase(
            kind=stage.kind,
            start=from_epoch(stage.start),
            end=None if spell.end is None and stage is pieces[-1] else from_epoch(stage.end),
            access=stage.access,
            places=(place, *hit_between(view, stage.start, stage.end)),
            uncertainty_s=stage.blur_s,
        )
        for stage in pieces
    )


def _heaviest_hit(own: Division) -> list[str]:
    """Codes of the parts with the greatest weight among those that were hit."""
    hit = sorted(
        (part for part in own.parts if part.state is PartState.HIT), key=lambda part: (-part.weight, part.place)
    )
    return [part.place for part in hit[:MOST_SHOWN]]
