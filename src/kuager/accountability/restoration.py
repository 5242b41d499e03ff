"""Whether everything came back: what was still kept away after an episode had ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kuager.accountability.moments import is_known, known_interval
from kuager.accountability.rows.people import Reach, Reachability
from kuager.accountability.rows.row import Answer
from kuager.model.episodes import Episode
from kuager.model.time import Instant


@dataclass(frozen=True, slots=True)
class Residual:
    """A service still kept away at ``seen``, after the end; ``row`` says so, or a measurement on ``network``."""

    service: str
    seen: Instant
    row: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Restoration:
    """Whether it is over, and whether everything is back: unknown where nobody looked."""

    end: datetime | None
    complete: Answer
    residual: tuple[Residual, ...]


def restoration(episode: Episode, seen: Iterable[Reachability]) -> Restoration:
    """What is known of the time after an episode.

    Args:
        episode: measured.
        seen: what documents say could be reached, of the same place.
    """
    if episode.end is None or episode.end_latest is None:
        return Restoration(None, Answer.NO, ())
    left = [
        Residual(one.service, last, row=one.id)
        for one in seen
        if one.reach is Reach.BLOCKED and (last := _last(one)) is not None and last.earliest > episode.end_latest
    ]
    left += [
        Residual(
            row.service,
            row.last_seen or Instant(row.last_measured, row.last_measured, row.last_measured),
            network=row.network,
        )
        for row in episode.blocked
        if (row.last_seen.earliest if row.last_seen is not None else row.last_measured) > episode.end_latest
    ]
    left.sort(key=lambda one: (one.service, one.seen, one.network))
    return Restoration(episode.end, Answer.NO if left else Answer.UNKNOWN, tuple(left))


def _last(row: Reachability) -> Instant | None:
    return known_interval(row.until if is_known(row.until) else row.at, next(iter(row.places), ""))
