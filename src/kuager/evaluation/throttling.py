"""Verdicts of throttling against the truth of drawn months: how many are found, how many are false.

A throttle is found when a verdict overlaps it. A verdict that overlaps none is false, whatever slowed the runs: in
these months congestion, other people and other servers do, and a verdict of throttling says that it was none of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kuager.detection.throttling.finding import LEAST_PROBABLE, Throttled
from kuager.detection.throttling.handshakes import slow_handshakes
from kuager.detection.throttling.throughput import slow_stretches
from kuager.detection.throttling.windows import slow_windows
from kuager.evaluation.outcome import ThrottlingRow
from kuager.evaluation.throttled_months import (
    DEPTHS,
    WINDOW_HOUR,
    Manner,
    Throttle,
    handshake_months,
    speed_months,
    window_months,
)

HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class JudgedMonth:
    """A month with what was found in it; ``visible`` whether its throttle could be told."""

    throttle: Throttle | None
    visible: bool
    found: tuple[Throttled, ...]


def throttling_rows(seed: int, count: int) -> tuple[ThrottlingRow, ...]:
    """Rows for speed tests, handshakes, and windows at one clock time.

    Args:
        seed: of the months.
        count: months of the first two, and half as many of windows; every second one has a throttle.
    """
    speeds = [JudgedMonth(one.throttle, one.visible, slow_stretches(one.runs)) for one in speed_months(seed, count)]
    handshakes = [
        JudgedMonth(one.throttle, one.visible, slow_handshakes(one.handshakes)) for one in handshake_months(seed, count)
    ]
    return (*_rows("speed tests", speeds), *_rows("handshakes", handshakes), _windows(seed, -(-count // 2)))


def _rows(name: str, months: Sequence[JudgedMonth]) -> Iterator[ThrottlingRow]:
    yield row(f"{name}, visible", months, [one for one in months if one.visible])
    yield row(f"{name}, every throttle", months, [one for one in months if one.throttle is not None])
    for depth in DEPTHS:
        every = [one for one in months if one.throttle is not None and one.throttle.depth == depth]
        if every:
            yield row(f"{name}, every throttle of {depth:.0%}", every, every)
    for depth in DEPTHS:
        for manner in Manner:
            asked = [
                one
                for one in months
                if one.visible and one.throttle and (one.throttle.depth, one.throttle.manner) == (depth, manner)
            ]
            if asked:
                yield row(f"{name}, {manner}, {depth:.0%}", asked, asked)


def row(name: str, months: Sequence[JudgedMonth], asked: Sequence[JudgedMonth]) -> ThrottlingRow:
    """One row: the throttles of some months that are asked for, and the false verdicts of all of them."""
    hits = [(one.throttle, _verdict(one.throttle, one.found)) for one in asked if one.throttle is not None]
    found = [(true, hit) for true, hit in hits if hit is not None]
    sized = [
        hit.slower_low <= 1.0 / (1.0 - true.depth) <= hit.slower_high
        for true, hit in found
        if true.manner is Manner.SHARE
    ]
    elsewhere = [
        one for month in months for one in month.found if month.throttle is None or not _overlaps(month.throttle, one)
    ]
    false = sum(one.is_verdict for one in elsewhere)
    explained = sum(one.probability >= LEAST_PROBABLE and not one.is_verdict for one in elsewhere)
    return ThrottlingRow(
        name=name,
        months=len(months),
        throttles=len(hits),
        found=len(found),
        recall=len(found) / len(hits) if hits else None,
        false_verdicts=false,
        false_per_month=false / len(months) if months else None,
        false_at_most=_poisson_upper(false) / len(months) if months else None,
        explained=explained,
        size_held=sum(sized) / len(sized) if sized else None,
    )


def _windows(seed: int, count: int) -> ThrottlingRow:
    """Windows count as found when a verdict names an hour next to the true one at most."""
    months = found = false = explained = throttles = 0
    for month in window_months(seed, count):
        months += 1
        throttles += month.manner is not None
        told = slow_windows(month.runs, "UTC")
        verdicts = [one for one in told if one.found.is_verdict]
        right = [abs(one.clock.start_clock // HOUR_S - WINDOW_HOUR) <= 1 for one in verdicts]
        found += month.manner is not None and any(right)
        false += len(verdicts) if month.manner is None else len(right) - sum(right)
        explained += len(told) - len(verdicts)
    return ThrottlingRow(
        name="windows at one clock time, visible",
        months=months,
        throttles=throttles,
        found=found,
        recall=found / throttles if throttles else None,
        false_verdicts=false,
        false_per_month=false / months if months else None,
        false_at_most=_poisson_upper(false) / months if months else None,
        explained=explained,
        size_held=None,
    )


def _verdict(throttle: Throttle, found: Iterable[Throttled]) -> Throttled | None:
    """The most probable verdict that overlaps a throttle."""
    over = (one for one in found if one.is_verdict and _overlaps(throttle, one))
    return max(over, key=lambda one: one.probability, default=None)


def _overlaps(throttle: Throttle, found: Throttled) -> bool:
    return found.first < throttle.end and found.last_earliest >= throttle.start


def _poisson_upper(count: int) -> float:
    """The largest mean at which so few events, or fewer, still come in five of a hundred times."""
    low, high = 0.0, 10.0 + 3.0 * count
    for _ in range(60):
        middle = (low + high) / 2.0
        at_most = sum(math.exp(-middle) * middle**number / math.factorial(number) for number in range(count + 1))
        low, high = (middle, high) if at_most > 0.05 else (low, middle)
    return high
