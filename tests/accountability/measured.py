"""An episode as fusion leaves it, with no more than what these tests are about."""

from __future__ import annotations

from datetime import datetime, timedelta

from kuager.model.episodes import Cause, Episode, Phase
from kuager.model.words import CauseValue, EpisodeKind, Level

HALF_WIDTH = timedelta(minutes=5)


def episode(
    name: str,
    start: datetime,
    end: datetime | None,
    *,
    place: str = "KZ",
    level: Level = Level.CONFIRMED,
    cause: CauseValue = CauseValue.UNKNOWN,
    phases: tuple[Phase, ...] = (),
) -> Episode:
    """One whose edges are known to five minutes."""
    return Episode(
        id=name,
        version=1,
        place=place,
        kind=EpisodeKind.SHUTDOWN,
        level=level,
        probability=0.99,
        start=start,
        start_earliest=start - HALF_WIDTH,
        start_latest=start + HALF_WIDTH,
        end=end,
        end_earliest=end - HALF_WIDTH if end else None,
        end_latest=end + HALF_WIDTH if end else None,
        ongoing=end is None,
        phases=phases,
        signals=(),
        cause=Cause(cause, Level.SIGNAL),
        evidence=(),
        simulated=False,
        reasons=(),
        unknowns=(),
        inputs=(),
    )
