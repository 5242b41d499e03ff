"""How much of the time nothing happens, counted from the truth, and what precision means when events are that rare."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kuager.evaluation.outcome import EmptyRow, ScoreRow
from kuager.evaluation.plans import Simulation
from kuager.evaluation.shapes import MONTH_S

RARE = 0.1
"""Events per month of a place that nobody would call restive."""


@dataclass(slots=True)
class Emptiness:
    """Months of places seen so far, and those of them in which no series of the place has a true event."""

    months: int = 0
    empty: int = 0

    def add(self, simulation: Simulation) -> None:
        """Count the whole months of each place of a simulation."""
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for series in simulation.series:
            spans[series.place].append((int(series.times[0]), int(series.times[-1]) + series.step_s))
        for place, seen in spans.items():
            first, last = min(start for start, _ in seen), max(end for _, end in seen)
            events = [(event.start, event.end) for event in simulation.truth if event.place == place]
            for start in range(first, last - MONTH_S + 1, MONTH_S):
                self.months += 1
                self.empty += not any(begin < start + MONTH_S and end > start for begin, end in events)

    def row(self, generator: str, scores: ScoreRow) -> EmptyRow:
        """The row of a table; ``scores`` are those of the generator's visible events."""
        tenth = None
        if scores.recall is not None and scores.false_alarms_per_month is not None:
            right = RARE * scores.recall
            tenth = right / (right + scores.false_alarms_per_month) if right > 0 else None
        return EmptyRow(
            generator=generator,
            place_months=self.months,
            empty=self.empty,
            share=self.empty / self.months if self.months else None,
            events_per_series_month=scores.true / scores.months if scores.months else None,
            precision=scores.precision,
            precision_at_tenth=tenth,
        )
