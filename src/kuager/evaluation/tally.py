"""Judged series added up: the rows of the tables.

A score is given for a choice of true events, usually those that could be seen. What was found and belongs to a true
event outside of that choice is then neither right nor wrong; everything else that was found and belongs to nothing
lowers precision. Edges are compared in steps of their series, and only where truth and finding lie inside the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from kuager.evaluation.judged import Found, Judged, touches
from kuager.evaluation.outcome import EdgeRow, ScoreRow
from kuager.evaluation.scores import Match, edge_errors, match_events
from kuager.evaluation.shapes import MONTH_S
from kuager.evaluation.truths import Wanted, restoration_windows

Choice = Callable[[Judged, Wanted], bool]

STRICT_IOU = 0.8


def visible(_judged: Judged, wanted: Wanted) -> bool:
    """Those that could be seen at all."""
    return wanted.visible


def every(_judged: Judged, _wanted: Wanted) -> bool:
    """All of them."""
    return True


def score(name: str, cases: Sequence[Judged], choice: Choice = visible) -> ScoreRow:
    """The scores of some series for some of their true events."""
    half = [case.matches() for case in cases]
    strict = [case.matches(STRICT_IOU) for case in cases]
    precision, recall, f1, true, found, matched = _rates(cases, half, choice)
    chosen = [(case, one) for case in cases for one in case.wanted if choice(case, one)]
    touched = sum(any(_overlap(one, other) for other in case.found) for case, one in chosen)
    touching = sum(touches(one, case.wanted) for case in cases for one in case.found)
    every_found = sum(len(case.found) for case in cases)
    months = sum(case.watched_s for case in cases) / MONTH_S
    windows, windows_found = _windows(cases)
    return ScoreRow(
        name=name,
        series=len(cases),
        months=months,
        true=true,
        found=found,
        matched=matched,
        precision=precision,
        recall=recall,
        f1=f1,
        f1_strict=_rates(cases, strict, choice)[2],
        precision_any=ratio(touching, every_found),
        recall_any=ratio(touched, len(chosen)),
        false_alarms=every_found - touching,
        false_alarms_per_month=ratio(every_found - touching, months),
        merges=sum(_merges(case, one, choice) for case in cases for one in case.found),
        splits=sum(_split(case, one) for case, one in chosen),
        restorations=windows,
        restorations_found=windows_found,
        onset=_edges(cases, half, choice, onset=True),
        end=_edges(cases, half, choice, onset=False),
    )


def unmatched(case: Judged, choice: Choice = visible) -> tuple[list[Wanted], list[Found]]:
    """The chosen true events of a series that were not found, and what was found there and is wrong."""
    pairs = case.matches()
    seen, right = {pair.truth for pair in pairs}, {pair.found for pair in pairs}
    missed = [one for index, one in enumerate(case.wanted) if index not in seen and choice(case, one)]
    return missed, [one for index, one in enumerate(case.found) if index not in right]


def _rates(
    cases: Sequence[Judged], matches: Sequence[Sequence[Match]], choice: Choice
) -> tuple[float | None, float | None, float | None, int, int, int]:
    """Precision, recall, F1, and the numbers of true, found and matched events."""
    true = sum(choice(case, one) for case in cases for one in case.wanted)
    found, matched = 0, 0
    for case, pairs in zip(cases, matches, strict=True):
        counted = sum(choice(case, case.wanted[pair.truth]) for pair in pairs)
        matched += counted
        found += len(case.found) - (len(pairs) - counted)
    return ratio(matched, found), ratio(matched, true), ratio(2 * matched, true + found), true, found, matched


def _windows(cases: Sequence[Judged]) -> tuple[int, int]:
    """How many windows of restoration there were between visible pieces, and how many were found as pauses."""
    true, seen = 0, 0
    for case in cases:
        windows = restoration_windows([one for one in case.wanted if one.visible])
        found = case.found
        pauses = [(one.end, other.start) for one, other in pairwise(found) if one.end < other.start]
        true += len(windows)
        seen += len(match_events(windows, pauses))
    return true, seen


def _edges(cases: Sequence[Judged], matches: Sequence[Sequence[Match]], choice: Choice, *, onset: bool) -> EdgeRow:
    errors = []
    for case, pairs in zip(cases, matches, strict=True):
        found = case.found
        for pair in pairs:
            one, other = case.wanted[pair.truth], found[pair.found]
            if choice(case, one) and (one.begins if onset else one.ends):
                apart = other.start - one.start if onset else other.end - one.end
                errors.append(apart / case.step_s)
    return edge_row(errors)


def _merges(case: Judged, found: Found, choice: Choice) -> bool:
    """Whether one finding covers most of two true events or more."""
    mostly = [one for one in case.wanted if choice(case, one) and 2 * _overlap(one, found) > one.end - one.start]
    return len(mostly) > 1


def _split(case: Judged, wanted: Wanted) -> bool:
    """Whether two findings or more lie mostly within one true event."""
    return sum(2 * _overlap(wanted, one) > one.end - one.start for one in case.found) > 1


def _overlap(wanted: Wanted, found: Found) -> int:
    return max(0, min(wanted.end, found.end) - max(wanted.start, found.start))


def ratio(part: float, whole: float) -> float | None:
    """A share or a rate; null of nothing."""
    return part / whole if whole > 0 else None


def edge_row(found_minus_true: Sequence[float]) -> EdgeRow:
    """The errors of edges, in the unit in which they are given; nulls without any."""
    counted = edge_errors(found_minus_true)
    return EdgeRow(counted.p50, counted.p90, counted.bias) if found_minus_true else EdgeRow(None, None, None)
