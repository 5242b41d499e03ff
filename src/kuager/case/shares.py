"""From the traffic of single services to which of them lost their share at a place: slowly, at once, or in steps.

A service is compared with itself in every other country that the case has series of, and with the other services of
the same source at the place. Only sources that publish traffic service by service can be read so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from kuager.case.folder import Case
from kuager.case.places import is_country
from kuager.case.slow_rows import slowing
from kuager.detection.throttling.share import Traffic, shares_lost
from kuager.model.series import Series, Values
from kuager.model.services import Slowing
from kuager.sources.registry import signal

Key = tuple[str, str]
"""A signal and a place."""


class Shares:
    """The traffic of single services in a case, of every place; read once."""

    def __init__(self, case: Case) -> None:
        """Of several windows of one signal and place the one with most values speaks."""
        self._known: dict[Key, tuple[Series, tuple[str, ...]]] = {}
        for series, objects in case.observations.series():
            key = series.signal, series.place
            if signal(series.signal).service and _values(series) > self._count(key):
                self._known[key] = series, objects

    def lost(self, place: str) -> tuple[list[Slowing], tuple[str, ...]]:
        """What lost its share at a place, and the sha256 of the sealed objects behind all that was compared."""
        if not is_country(place):
            return [], ()
        objects: set[str] = set()
        rows: list[Slowing] = []
        for own, elsewhere, others in self._families(place):
            series, known = self._known[own][0], signal(own[0])
            objects |= {digest for key in (own, *elsewhere, *others) for digest in self._known[key][1]}
            controls = self._laid(own, elsewhere), self._laid(own, others)
            rows += [
                slowing(known.source.id, known.service, "", one, series.times, signal=known.id)
                for one in shares_lost(Traffic(series.times, series.step_s, series.values, *controls))
                if one.is_verdict
            ]
        return rows, tuple(sorted(objects))

    def _families(self, place: str) -> Iterator[tuple[Key, list[Key], list[Key]]]:
        """Each service of the place with its controls: itself elsewhere, and others here, of the same step."""
        by_step: dict[tuple[str, int], list[Key]] = defaultdict(list)
        for key, (series, _) in self._known.items():
            by_step[signal(key[0]).source.id, series.step_s].append(key)
        for alike in by_step.values():
            for own in (key for key in alike if key[1] == place):
                elsewhere = [key for key in alike if key[0] == own[0] and key[1] != place and is_country(key[1])]
                yield own, elsewhere, [key for key in alike if key[0] != own[0] and key[1] == place]

    def _laid(self, own: Key, controls: Sequence[Key]) -> Values:
        """The values of controls at the times of a series, float64 [controls, n], NaN where they have none."""
        times = self._known[own][0].times
        laid = np.full((len(controls), times.size), np.nan)
        for row, key in zip(laid, controls, strict=True):
            control = self._known[key][0]
            _, here, there = np.intersect1d(times, control.times, assume_unique=True, return_indices=True)
            row[here] = control.values[there]
        return laid

    def _count(self, key: Key) -> int:
        return _values(self._known[key][0]) if key in self._known else 0


def _values(series: Series) -> int:
    return int(np.isfinite(series.values).sum())
