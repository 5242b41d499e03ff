"""From everything examined at one place to its episodes."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

from kuager.episodes import grade
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.coincidence import beside_dates
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster, episode_clusters
from kuager.episodes.kinds import kinds_of
from kuager.episodes.recurrence_notes import recurrence_reasons, recurrence_unknowns
from kuager.episodes.recurring import Strand, readings, strands
from kuager.episodes.unknowns import ordinary_days, unknowns
from kuager.episodes.why import why
from kuager.model.episodes import Episode, Event, Phase
from kuager.model.time import Instant, from_epoch


def episodes_at(place: str, examined: Sequence[Examined], around: Circumstances) -> tuple[Episode, ...]:
    """The episodes of one place that touch the window, in order of time, with provisional ids and version 1.

    Args:
        place: its code.
        examined: every series of that place.
        around: the case.
    """
    start, end = around.window
    every = strands(place, episode_clusters(examined), examined)
    found = [one for one in every if one.cluster.first < end and one.cluster.last > start]
    names = _identifiers(place, [one.cluster for one in found])
    made = (_episode(name, place, strand, every, examined, around) for name, strand in zip(names, found, strict=True))
    return beside_dates(place, every, list(zip(found, made, strict=True)), around)


def events_of(examined: Iterable[Examined]) -> tuple[Event, ...]:
    """Every event of every series, also those that are part of no episode."""
    return tuple(
        Event(
            signal=one.series.signal,
            place=one.series.place,
            access=one.series.access,
            window=one.series.window,
            start=_instant(f.start.earliest, f.start.best, f.start.latest),
            end=_instant(f.end.earliest, f.end.best, f.end.latest) if f.end is not None else None,
            depth=round(f.depth, 4),
            probability=f.probability,
        )
        for one in examined
        for f in one.detection.findings
    )


def _episode(
    identifier: str,
    place: str,
    strand: Strand,
    every: Sequence[Strand],
    examined: Sequence[Examined],
    around: Circumstances,
) -> Episode:
    cluster = strand.cluster
    shown = readings(strand, _one_window_each(examined, cluster), around.window)
    acknowledged = grade.pertinent(place, around.acknowledgements, cluster)
    cause, others = why(place, strand, every, examined, around, acknowledged, shown)
    kinds = kinds_of(shown, cluster)
    parts = _phases(place, strand)
    end = cluster.end
    return Episode(
        id=identifier,
        version=1,
        place=place,
        kind=strand.kind(grade.kind(parts, cause)),
        level=grade.level(cluster, examined, kinds, acknowledged),
        probability=cluster.probability,
        start=from_epoch(cluster.start.best),
        start_earliest=from_epoch(cluster.start.earliest),
        start_latest=from_epoch(cluster.start.latest),
        end=from_epoch(end.best) if end else None,
        end_earliest=from_epoch(end.earliest) if end else None,
        end_latest=from_epoch(end.latest) if end else None,
        ongoing=end is None,
        phases=parts,
        signals=shown,
        cause=cause,
        evidence=(),
        simulated=any(one.signal.simulated for one in examined),
        reasons=(
            *grade.reasons(shown, cluster, kinds, acknowledged),
            *grade.weighing(cluster, examined, kinds),
            *recurrence_reasons(strand),
        ),
        unknowns=(*unknowns(place, cluster, examined, cause, around), *recurrence_unknowns(strand)),
        inputs=around.inputs[place],
        recurrence=strand.recurrence,
        alternatives=others,
        kinds=kinds,
        ordinary_days=ordinary_days(cluster, examined),
    )


def _one_window_each(examined: Sequence[Examined], cluster: Cluster) -> list[Examined]:
    """Of several windows of one relative signal the one that covers most of the episode; they are never spliced."""
    chosen: dict[tuple[str, str], Examined] = {}
    for one in examined:
        key = (one.series.signal, one.series.access.value)
        best = chosen.get(key)
        if best is None or one.coverage(cluster.first, cluster.last) > best.coverage(cluster.first, cluster.last):
            chosen[key] = one
    return list(chosen.values())


def _phases(place: str, strand: Strand) -> tuple[Phase, ...]:
    pieces = strand.pieces
    return tuple(
        Phase(
            kind=piece.kind,
            start=from_epoch(piece.start),
            end=None if strand.cluster.end is None and piece is pieces[-1] else from_epoch(piece.end),
            access=piece.access,
            places=(place,),
            uncertainty_s=piece.blur_s,
        )
        for piece in pieces
    )


def _identifiers(place: str, found: Sequence[Cluster]) -> list[str]:
    """``kz-2022-01-05-a``: place, first day in UTC, and a letter that tells episodes of one day apart."""
    days = [f"{place.lower()}-{from_epoch(cluster.first):%Y-%m-%d}" for cluster in found]
    return [f"{day}-{letters(days[:index].count(day))}" for index, day in enumerate(days)]


def letters(number: int) -> str:
    """a, b, ... z, ba, bb, ...: the number in letters."""
    rest, last = divmod(number, 26)
    return (letters(rest) if rest else "") + string.ascii_lowercase[last]


def _instant(earliest: int, best: int, latest: int) -> Instant:
    return Instant(from_epoch(earliest), from_epoch(best), from_epoch(latest))
