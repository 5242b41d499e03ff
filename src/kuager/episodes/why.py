"""Why an episode may have happened: what documents name, what its timing resembles, what else it could have been."""

from __future__ import annotations

from collections.abc import Sequence

from kuager.episodes import grade
from kuager.episodes.alternatives import alternatives
from kuager.episodes.cause import Timing, cause, timing_of
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.episodes.fuse import Cluster
from kuager.episodes.recurring import Strand
from kuager.episodes.scene import Scene
from kuager.model.documents import Acknowledgement, Explained
from kuager.model.episodes import Alternative, Cause, Reading
from kuager.model.time import from_epoch


def why(
    place: str,
    strand: Strand,
    every: Sequence[Strand],
    examined: Sequence[Examined],
    around: Circumstances,
    acknowledged: Sequence[Acknowledgement],
    shown: Sequence[Reading] = (),
) -> tuple[Cause, tuple[Alternative, ...]]:
    """The cause of an episode and its other explanations.

    Args:
        place: its code.
        strand: the episode.
        every: all episodes of the place.
        examined: every series of the place.
        around: the case.
        acknowledged: what documents say of this episode.
        shown: what its signals say of it; none where its parts tell of it.
    """
    windows = [window for one in every for window in one.windows]
    when = _most_repeated(place, strand.windows, windows)
    scene = Scene(
        place=place,
        cluster=strand.cluster,
        examined=examined,
        everywhere=around.everywhere or examined,
        pieces=strand.pieces,
        timing=when,
        acknowledged=acknowledged,
        explained=_pertinent(place, around.explained, strand.cluster),
        shown=shown,
    )
    others = alternatives(scene)
    return cause(grade.cause(acknowledged), when, others), others


def _pertinent(place: str, explained: Sequence[Explained], cluster: Cluster) -> list[Explained]:
    """Those about that very place, of a time while it lasted or shortly around it, as for acknowledgements."""
    earliest = from_epoch(cluster.first) - grade.ACKNOWLEDGED_BEFORE
    latest = from_epoch(cluster.last) + grade.ACKNOWLEDGED_WITHIN
    return [one for one in explained if place in one.places and earliest <= one.at.best <= latest]


def _most_repeated(place: str, windows: Sequence[Cluster], others: Sequence[Cluster]) -> Timing | None:
    """Of the windows of a recurring episode the one that most others came before at the same clock time."""
    known = [when for one in windows if (when := timing_of(place, one, others)) is not None]
    return max(known, key=lambda when: (when.same_clock, when.earlier or 0), default=None)
