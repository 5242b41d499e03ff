"""What the record of an episode cannot tell, in the order in which a reader would ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.detection.gate import LEAST_COUNTRIES
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.errors import message
from kuager.model.episodes import Cause
from kuager.model.notes import Note
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Access, CauseValue, Scale

LONG_SILENCE_S = 6 * 3_600
"""A time without any measurement that a reader should be told of."""
SHORT_HISTORY_S = 14 * 86_400
"""Less of it, outside the episode, is little to learn from what is ordinary."""
NOT_TOLD_APART = message("Whether mobile and fixed access were hit alike: no signal here tells them apart.")
"""Left out where networks of known access tell them apart."""


def unknowns(
    place: str, cluster: Cluster, examined: Sequence[Examined], why: Cause, around: Circumstances
) -> tuple[Note, ...]:
    """Everything of this kind that holds for an episode."""
    return (
        *_of_the_end(cluster),
        *_of_the_cause(why),
        *_of_the_scope(place, examined, around),
        *_of_silence(cluster, examined),
        *_of_the_ordinary(cluster, examined),
        *_of_the_sensors(around),
        *_of_the_scale(examined),
        *_of_the_files(examined, around),
        *_of_levels(examined),
    )


def _of_the_end(cluster: Cluster) -> Iterator[Note]:
    if cluster.end is None:
        template = message("When it ended: the data end on {time} while it was going on.")
        yield Note(template, {"time": format_utc(from_epoch(cluster.horizon))})


def _of_the_cause(why: Cause) -> Iterator[Note]:
    if why.value in {CauseValue.UNKNOWN, CauseValue.SUSPECTED}:
        yield Note(message("Why it happened, and who ordered it if anyone did: no document here says so."), {})


def _of_the_scope(place: str, examined: Sequence[Examined], around: Circumstances) -> Iterator[Note]:
    if all(one.series.access is Access.MIXED for one in examined):
        yield Note(NOT_TOLD_APART, {})
    if len(place) == 2 and not around.parts:
        yield Note(message("Which regions and networks were hit: these signals look at the country as a whole."), {})


def _of_silence(cluster: Cluster, examined: Sequence[Examined]) -> Iterator[Note]:
    """Times inside the episode at which nothing was measured at all."""
    reached = cluster.first
    for start, end in sorted(
        (stretch.start, stretch.end)
        for one in examined
        for stretch in one.stretches
        if stretch.depth is not None and stretch.end > cluster.first and stretch.start < cluster.last
    ):
        if start - reached >= LONG_SILENCE_S:
            template = message("What happened from {start} to {end}: no signal was measuring.")
            yield Note(template, {"start": format_utc(from_epoch(reached)), "end": format_utc(from_epoch(start))})
        reached = max(reached, end)


def ordinary_days(cluster: Cluster, examined: Sequence[Examined]) -> int | None:
    """About how many days outside the episode show what is ordinary; None where they are two weeks or more."""
    measured = max(float(one.detection.observed.sum()) * one.series.step_s for one in examined)
    outside = measured - (cluster.last - cluster.first)
    return max(0, round(outside / 86_400)) if outside < SHORT_HISTORY_S else None


def _of_the_ordinary(cluster: Cluster, examined: Sequence[Examined]) -> Iterator[Note]:
    days = ordinary_days(cluster, examined)
    if days is not None:
        template = message("How ordinary days look: the files hold about {days} of them, and two weeks are needed.")
        yield Note(template, {"days": str(days)})


def _of_the_sensors(around: Circumstances) -> Iterator[Note]:
    if around.countries < LEAST_COUNTRIES:
        yield Note(
            message(
                "Whether a source failed itself: in fewer than ten countries that shows only when it takes the same "
                "share, and not nearly everything, from three of them or more; here the count is {count}."
            ),
            {"count": str(around.countries)},
        )


def _of_the_scale(examined: Sequence[Examined]) -> Iterator[Note]:
    relative = sorted({one.signal.id for one in examined if one.series.scale is Scale.RELATIVE})
    if relative:
        yield Note(
            message(
                "How many networks, people or requests: the values of {signals} are per cent of the highest value in "
                "the file, not counts."
            ),
            {"signals": " ".join(relative)},
        )


def _of_the_files(examined: Sequence[Examined], around: Circumstances) -> Iterator[Note]:
    mine = {one.signal.id for one in examined}
    if several := sorted(mine & set(around.set_aside)):
        yield Note(
            message(
                "How the windows of {signals} fit together: each is relative to its own highest value, so they are not "
                "spliced. Where two overlap the longer one is used and the other set aside."
            ),
            {"signals": " ".join(several)},
        )
    if retold := sorted(mine & set(around.retold)):
        yield Note(
            message(
                "Whether {signals} are what they are called: the numbers came in a series file and not in the form in "
                "which the source publishes them."
            ),
            {"signals": " ".join(retold)},
        )


def _of_levels(examined: Sequence[Examined]) -> Iterator[Note]:
    for one in examined:
        for first, _ in one.detection.shifts:
            yield Note(
                message("Whether the lasting change of {signals} from {time} on is an outage: it never came back."),
                {"signals": one.signal.id, "time": format_utc(from_epoch(int(one.detection.grid.times[first])))},
            )
