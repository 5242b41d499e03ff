"""The scores broken down: by what the series are, and by what the events are like.

A row about a sort of event has no precision: what was found and is wrong belongs to no sort of true event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from kuager.evaluation.judged import Judged
from kuager.evaluation.outcome import ScoreRow
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.tally import score
from kuager.evaluation.truths import Wanted

SHORT, PARTIAL, SPLIT, CURFEW = "at most 15 min", "depth at most 50 %", "pieces split by restorations", "curfew windows"
"""Names of rows about sorts of events for which a goal was set."""

_STEPS: tuple[tuple[str, int], ...] = (
    ("step 1 min", 60),
    ("step 5 to 10 min", 600),
    ("step 15 to 30 min", 1_800),
    ("step 1 to 12 h", DAY_S - 1),
    ("step 1 day", DAY_S),
)
_SORTS: tuple[tuple[str, Callable[[Wanted], bool]], ...] = (
    (SHORT, lambda one: one.end - one.start <= 900),
    ("15 min to 2 h", lambda one: 900 < one.end - one.start <= 2 * HOUR_S),
    ("2 h to 1 day", lambda one: 2 * HOUR_S < one.end - one.start <= DAY_S),
    ("longer than 1 day", lambda one: one.end - one.start > DAY_S),
    (PARTIAL, lambda one: one.depth <= 0.5),
    ("depth above 50 %", lambda one: one.depth > 0.5),
    (SPLIT, lambda one: one.piece),
    (CURFEW, lambda one: one.curfew),
    ("begun before the data", lambda one: not one.begins),
    ("lasting when the data end", lambda one: not one.ends),
)


def by_series(cases: Sequence[Judged]) -> Iterator[ScoreRow]:
    """A row for each kind of signal and each class of steps."""
    for kind in sorted({case.kind for case in cases}):
        yield score(kind.value, [case for case in cases if case.kind is kind])
    shortest = 0
    for name, longest in _STEPS:
        inside = [case for case in cases if shortest < case.step_s <= longest]
        shortest = longest
        if inside:
            yield score(name, inside)


def by_event(cases: Sequence[Judged]) -> Iterator[ScoreRow]:
    """A row for each sort of visible events: by length, depth and form."""
    for name, belongs in _SORTS:
        yield _of_events(name, cases, belongs)


def _of_events(name: str, cases: Sequence[Judged], belongs: Callable[[Wanted], bool]) -> ScoreRow:
    row = score(name, cases, lambda _case, one: one.visible and belongs(one))
    return msgspec.structs.replace(
        row, found=row.matched, precision=None, f1=None, f1_strict=None, precision_any=None, false_alarms_per_month=None
    )
