"""How one part of a place stands over time: how probably it has lost service, and how much of it.

A part is what several signals may look at. Signals of one independence group count once; groups are wrong independently
of each other; each group that would have shown the loss and shows none halves the odds. That is the probability of a
loss at that very moment, for which the correlation of parts was fitted; that of an episode of the part is another one.
Where nothing that would show a loss is measuring, nothing can be said: routes that stay announced are no sign of
service, nor is a day's count of an hour.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kuager.detection import Edge, Finding, Stretch
from kuager.episodes.findings import FAINT, Examined
from kuager.model.words import Direction, State

COARSEST_STEP_S = 6 * 3_600
"""Series with longer samples do not say at which hour a part was up."""
SIGHT_S = 6 * 3_600
"""A part counts as up while a series of it would have shown the loss of half of everything over so long."""
BRIEF_GAP_SAMPLES = 3
"""A gap of so few samples keeps the word before it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The probability that service was lost, None where nothing can be said, and the share of it lost if it was."""

    probability: float | None
    depth: float


UNKNOWN = Standing(None, 0.0)
UP = Standing(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Course:
    """Standings from each of ascending moments (seconds since the epoch) to the next; the last one lasts."""

    moments: tuple[int, ...]
    standings: tuple[Standing, ...]

    def at(self, moment: int) -> Standing:
        """The standing at a moment not before the first."""
        return self.standings[bisect_right(self.moments, moment) - 1]

    def worst(self, start: int, end: int) -> Standing:
        """The most probable loss within an interval; unknown when it was unknown throughout."""
        inside = [self.at(start)]
        inside += [s for m, s in zip(self.moments, self.standings, strict=True) if start < m < end]
        return max((s for s in inside if s.probability is not None), key=_severity, default=UNKNOWN)


def course_of(examined: Sequence[Examined], window: tuple[int, int]) -> Course:
    """The standings of one part over a window.

    Args:
        examined: every series of the part.
        window: seconds since the epoch, half-open.
    """
    start, end = window
    witnesses = [_Witness(one) for one in telling(examined)]
    changes = {start, *range(start - start % SIGHT_S + SIGHT_S, end, SIGHT_S)}
    for witness in witnesses:
        changes |= {moment for moment in witness.changes() if start < moment < end}
    moments: list[int] = []
    standings: list[Standing] = []
    for moment in sorted(changes):
        now = _standing(witnesses, moment)
        if not standings or now != standings[-1]:
            moments.append(moment)
            standings.append(now)
    return Course(tuple(moments), tuple(standings))


def telling(examined: Sequence[Examined]) -> list[Examined]:
    """The series that can say at which hour a part was up or down."""
    return [
        one
        for one in examined
        if one.signal.direction is Direction.FALLS and one.series.step_s <= COARSEST_STEP_S and one.stretches
    ]


def would_have_shown(one: Examined, start: int, end: int, depth: float = 0.5) -> bool:
    """Whether the loss of ``depth`` over the part of an interval for which a series has data would have stood out."""
    first, last = max(start, one.stretches[0].start), min(end, one.stretches[-1].end)
    return first < last and one.could_have_seen(first, last, depth)


def end_of_data(examined: Sequence[Examined]) -> int:
    """Seconds since the epoch at which the last sample of a part ends, 0 without any."""
    return max((one.end_of_data for one in telling(examined)), default=0)


def edges(examined: Sequence[Examined], start: int, end: int) -> tuple[Edge, Edge | None] | None:
    """The onset and the end of a part's own loss within an interval, the end None while it lasts.

    They are those of its best resolved series, the finest step and then the highest contrast, as far as it saw anything
    more probable than not; None where none did.
    """
    seen = [(one, found) for one in telling(examined) if (found := _trusted_within(one, start, end))]
    if not seen:
        return None
    _, best = min(seen, key=lambda pair: (pair[0].series.step_s, -max(one.features.contrast for one in pair[1])))
    return best[0].start, best[-1].end


def _trusted_within(one: Examined, start: int, end: int) -> list[Finding]:
    return [
        f for f in one.trusted if f.start.best < end and (f.end.best if f.end is not None else one.end_of_data) > start
    ]


class _Witness:
    """One series, asked for many moments."""

    def __init__(self, examined: Examined) -> None:
        self.examined = examined
        self._starts = [stretch.start for stretch in examined.stretches]
        self._losses = [
            (found.start.best, found.end.best if found.end is not None else examined.end_of_data, found)
            for found in examined.detection.findings
            if found.probability >= FAINT
        ]
        self._sight: dict[int, bool] = {}

    def changes(self) -> set[int]:
        """The moments at which its word may change."""
        edges = {moment for start, end, _ in self._losses for moment in (start, end)}
        return edges | set(self._starts) | {self.examined.end_of_data}

    def word(self, moment: int) -> Stretch | None:
        """What it shows; None where it measures nothing."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0 or moment >= self.examined.end_of_data:
            return None
        stretch = self.examined.stretches[index]
        if stretch.state is not State.NOT_OBSERVABLE:
            return stretch
        brief = stretch.end - stretch.start <= BRIEF_GAP_SAMPLES * self.examined.series.step_s
        return self.examined.stretches[index - 1] if brief and index > 0 else None

    def loss(self, moment: int) -> Finding | None:
        """The event that lasts at a moment."""
        return next((found for start, end, found in self._losses if start <= moment < end), None)

    def sees(self, moment: int) -> bool:
        """Whether a loss at about this time would have shown."""
        first = moment - moment % SIGHT_S
        if first not in self._sight:
            self._sight[first] = would_have_shown(self.examined, first, first + SIGHT_S)
        return self._sight[first]


def _standing(witnesses: Sequence[_Witness], moment: int) -> Standing:
    saw: dict[str, float] = defaultdict(float)
    depths: list[tuple[bool, float]] = []
    clear: set[str] = set()
    for witness in witnesses:
        word, found = witness.word(moment), witness.loss(moment)
        group = witness.examined.signal.independence
        if word is None:
            continue
        if found is not None:
            saw[group] = max(saw[group], found.probability)
            shown = word.depth if word.state in (State.DOWN, State.DEGRADED) and word.depth else found.depth
            depths.append((witness.examined.is_routing, shown))
        elif not witness.examined.is_routing and witness.sees(moment):
            clear.add(group)
    if saw:
        dissent = len(clear - set(saw))
        depth = median([shown for routing, shown in depths if not routing] or [shown for _, shown in depths])
        return Standing(_fused(list(saw.values()), dissent), round(depth, 4))
    return UP if clear else UNKNOWN


def _fused(probabilities: Sequence[float], dissent: int) -> float:
    wrong = math.prod(1.0 - one for one in sorted(probabilities))
    odds = (1.0 - wrong) / max(wrong, 1e-6) * 0.5**dissent
    return round(min(0.9999, odds / (1.0 + odds)), 4)


def _severity(standing: Standing) -> tuple[float, float]:
    return standing.probability or 0.0, standing.depth
