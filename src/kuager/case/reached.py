"""The series behind an episode of single services: which share of their measurements was not blocked, day by day."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from kuager.case.blocked import TELLS
from kuager.case.folder import Case
from kuager.case.services import of_place
from kuager.case.verdicts import verdicts
from kuager.detection.grid import DAY_S
from kuager.episodes.alone import REACHED, reached
from kuager.model.episodes import Episode
from kuager.model.series import Series
from kuager.model.verdicts import VerdictKind
from kuager.model.words import Access, Scale
from kuager.publications.view import Trace

UNIT = "per cent of measurements that were not blocked"
_COLUMNS = ["network", "service", "source", "verdict", "time"]


class ServiceTraces:
    """Draws the series of episodes of one case; its verdicts are read when the first one asks for them."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def __call__(self, episode: Episode) -> tuple[Trace, ...]:
        """A trace for each source that saw services of the episode blocked; none for other episodes."""
        sources = [one.signal.partition(".")[0] for one in episode.signals if one.signal.endswith(f".{REACHED}")]
        return tuple(trace for source in sources if (trace := self._trace(episode, source)) is not None)

    @cached_property
    def _rows(self) -> Any:
        return verdicts(self._case)

    def _trace(self, episode: Episode, source: str) -> Trace | None:
        found = [one for one in episode.blocked if one.source == source]
        kept = {(one.network, one.service) for one in found}
        rows = of_place(self._rows, episode.place).select(_COLUMNS).to_pylist()
        own = [row for row in rows if (row["network"], row["service"]) in kept and row["source"] == source]
        told = [row for row in own if row["verdict"] in TELLS]
        if not told:
            return None
        measured = np.array([row["time"] for row in told], dtype=np.int64)
        shut = measured[[row["verdict"] == VerdictKind.BLOCKED.value for row in told]]
        days, share = reached(measured, shut)
        base = float(np.mean([one.base for one in found]))
        signal = f"{source}.{REACHED}"
        series = Series(signal, episode.place, Access.MIXED, Scale.ABSOLUTE, "", DAY_S, days, share, UNIT)
        return Trace(series, np.full(share.size, 100.0 * (1.0 - base)))
