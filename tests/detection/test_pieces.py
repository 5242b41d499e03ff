"""Where losses begin and end, which are told, and what parts one from the next."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.detection.drawn import DAY, HOUR, MINUTE, START, beat, between, rhythm, told

from kuager.detection import Finding, detect
from kuager.model.words import SignalKind

CUT = START + 20 * DAY + 13 * HOUR


def spans(found: list[Finding]) -> list[tuple[int, int | None]]:
    return [(one.start.best, one.end.best if one.end is not None else None) for one in found]


@pytest.mark.parametrize("minutes", [10, 15])
@pytest.mark.parametrize("kind", [SignalKind.TRAFFIC, SignalKind.BGP, SignalKind.PROBING])
def test_a_full_cut_of_minutes_is_found(kind: SignalKind, minutes: int) -> None:
    times = beat(30, 5 * MINUTE)
    values = rhythm(times, swing=0.4 if kind is SignalKind.TRAFFIC else 0.0)
    values[between(times, CUT, CUT + minutes * MINUTE)] *= 0.01
    (event,) = told(times, values, 5 * MINUTE, kind)
    assert spans([event]) == [(CUT, CUT + minutes * MINUTE)]
    assert (event.start.earliest, event.start.latest) == (CUT - 5 * MINUTE, CUT + 5 * MINUTE)
    assert event.end is not None
    end = CUT + minutes * MINUTE
    assert (event.end.earliest, event.end.latest) == (end - 5 * MINUTE, end + 5 * MINUTE)
    assert event.depth == pytest.approx(0.99, abs=0.01)


@pytest.mark.parametrize("kind", [SignalKind.TRAFFIC, SignalKind.BGP, SignalKind.PROBING])
def test_a_cut_of_one_sample_is_named_and_not_held_probable(kind: SignalKind) -> None:
    """One wrong sample and a cut as short as the step look the same."""
    times = beat(30, 5 * MINUTE)
    values = rhythm(times, swing=0.4 if kind is SignalKind.TRAFFIC else 0.0)
    values[between(times, CUT, CUT + 5 * MINUTE)] *= 0.01
    (event,) = detect(times, values, 5 * MINUTE, kind).findings
    assert spans([event]) == [(CUT, CUT + 5 * MINUTE)]
    assert 0.05 <= event.probability < 0.5


def test_a_partial_loss_of_hours_is_found() -> None:
    times = beat(30, 5 * MINUTE)
    values = rhythm(times)
    values[between(times, CUT, CUT + 6 * HOUR)] *= 0.7
    (event,) = told(times, values, 5 * MINUTE)
    assert abs(event.start.best - CUT) <= 5 * MINUTE
    assert event.end is not None
    assert abs(event.end.best - CUT - 6 * HOUR) <= 5 * MINUTE
    assert event.depth == pytest.approx(0.3, abs=0.05)


def test_ten_nights_of_curfew_are_ten_events() -> None:
    times = beat(40, 30 * MINUTE)
    values = rhythm(times)
    nights = [START + (20 + night) * DAY + 20 * HOUR for night in range(10)]
    for night in nights:
        values[between(times, night, night + 8 * HOUR)] *= 0.1
    assert spans(told(times, values, 30 * MINUTE)) == [(night, night + 8 * HOUR) for night in nights]


def test_hours_of_service_part_a_long_cut() -> None:
    times = beat(30, 5 * MINUTE)
    values = rhythm(times)
    back = [(CUT + hours * HOUR, CUT + (hours + 1) * HOUR) for hours in (20, 40, 60)]
    whole = values.copy()
    values[between(times, CUT, CUT + 80 * HOUR)] *= 0.03
    for begin, end in back:
        values[between(times, begin, end)] = whole[between(times, begin, end)]
    edges = [CUT, *(edge for pair in back for edge in pair), CUT + 80 * HOUR]
    assert spans(told(times, values, 5 * MINUTE)) == list(zip(edges[::2], edges[1::2], strict=True))


def test_a_change_of_depth_parts_nothing() -> None:
    times = beat(30, 5 * MINUTE)
    values = rhythm(times)
    values[between(times, CUT, CUT + 10 * HOUR)] *= 0.4
    values[between(times, CUT + 5 * HOUR, CUT + 10 * HOUR)] *= 0.1
    assert spans(told(times, values, 5 * MINUTE)) == [(CUT, CUT + 10 * HOUR)]


def test_a_faint_prelude_and_aftermath_are_left_out() -> None:
    times = beat(30, 5 * MINUTE)
    values = rhythm(times)
    values[between(times, CUT - 2 * HOUR, CUT + 8 * HOUR)] *= 0.85
    values[between(times, CUT, CUT + 6 * HOUR)] *= 0.03
    assert spans(told(times, values, 5 * MINUTE)) == [(CUT, CUT + 6 * HOUR)]


def test_what_begins_before_the_data_or_ends_after_them_is_open() -> None:
    times = beat(30, 30 * MINUTE)
    values = rhythm(times)
    values[between(times, START, START + 9 * HOUR)] *= 0.05
    values[between(times, START + 30 * DAY - 9 * HOUR, START + 30 * DAY)] *= 0.05
    first, last = told(times, values, 30 * MINUTE)
    assert first.start.earliest == first.start.best == START
    assert first.end is not None
    assert first.end.best == START + 9 * HOUR
    assert last.start.best == START + 30 * DAY - 9 * HOUR
    assert last.end is None


def test_an_end_inside_a_gap_is_as_uncertain_as_the_gap() -> None:
    times = beat(30, 30 * MINUTE)
    values = rhythm(times)
    values[between(times, CUT, CUT + 6 * HOUR)] *= 0.05
    values[between(times, CUT + 6 * HOUR, CUT + 9 * HOUR)] = np.nan
    (event,) = told(times, values, 30 * MINUTE)
    assert event.end is not None
    assert event.end.earliest == CUT + 6 * HOUR - 30 * MINUTE
    assert event.end.latest == CUT + 9 * HOUR + 30 * MINUTE


@pytest.mark.parametrize("factor", [2.5, 6.0])
def test_a_signal_that_rises_is_found_when_asked_for(factor: float) -> None:
    times = beat(30, 30 * MINUTE)
    values = rhythm(times, swing=0.1)
    values[between(times, CUT, CUT + 6 * HOUR)] *= factor
    assert told(times, values, 30 * MINUTE, SignalKind.RTT) == []
    (event,) = told(times, values, 30 * MINUTE, SignalKind.RTT, rises=True)
    assert spans([event]) == [(CUT, CUT + 6 * HOUR)]
    assert event.depth == pytest.approx(1.0 - 1.0 / factor, abs=0.06)


def test_events_of_one_series_do_not_overlap() -> None:
    times = beat(30, 5 * MINUTE)
    generator = np.random.default_rng(5)
    values = rhythm(times)
    for _ in range(40):
        first = int(generator.integers(0, times.size))
        values[first : first + int(generator.integers(1, 200))] *= generator.uniform(0.0, 0.9)
    found = told(times, values, 5 * MINUTE)
    assert len(found) > 5
    assert all(one.last <= other.first for one, other in pairwise(found))
