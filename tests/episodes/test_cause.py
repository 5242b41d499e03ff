"""Timing adds a suspicion at most, only where outages came back by the clock, and says what it rests on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.detection.drawn import DAY, beat
from tests.episodes.drawn import examined, ordinary

from kuager.episodes.assemble import episodes_at
from kuager.episodes.cause import SUREST, SUSPECTED_AT, Timing, cause, learnt, timing
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.findings import Examined
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Alternative, Cause, Episode
from kuager.model.time import from_epoch, parse_utc, to_epoch
from kuager.model.words import AlternativeStatus, CauseValue, EpisodeKind, Explanation, Level

TEHRAN = "Asia/Tehran"
UNKNOWN = Cause(CauseValue.UNKNOWN, Level.CANNOT_TELL)
START = to_epoch(parse_utc("2025-12-01"))
STEP = 300
REPEATED = Timing(minute=4 * 60, hours=5.0, earlier=3, same_clock=3)


def at(text: str) -> int:
    return to_epoch(datetime.fromisoformat(text))


def when(start: str, *earlier: str, zone: str = TEHRAN, hours: float | None = 5.0, resolution_s: int = 300) -> Timing:
    first = at(start)
    found = timing(
        first,
        resolution_s=resolution_s,
        end=None if hours is None else first + int(hours * 3600),
        earlier=[at(one) for one in earlier],
        zone=zone,
    )
    assert found is not None
    return found


def test_the_hour_is_that_of_the_local_clock() -> None:
    assert when("2026-01-08T00:30:00+00:00").values()["on-the-hour"] == 1.0  # 04:00 in Tehran, +03:30
    assert when("2026-01-08T00:30:00+00:00", zone="Asia/Almaty").values()["on-the-half-hour"] == 1.0
    assert when("2026-01-08T00:40:00+00:00").values()["on-the-hour"] == 0.0


def test_the_clock_time_is_kept_when_the_clocks_are_changed() -> None:
    in_winter, in_summer = "2021-03-27T01:10:00+00:00", "2021-03-29T00:10:00+00:00"  # both 02:10 in Berlin
    found = when(in_summer, in_winter, zone="Europe/Berlin")
    assert (found.earlier, found.same_clock) == (1, 1)
    assert when("2021-03-29T01:10:00+00:00", in_winter, zone="Europe/Berlin").same_clock == 0


def test_only_the_four_days_before_count_and_midnight_does_not_part() -> None:
    found = when(
        "2026-01-08T20:32:00+00:00",  # 00:02
        "2026-01-07T20:25:00+00:00",  # 23:55
        "2026-01-06T12:00:00+00:00",
        "2026-01-03T20:32:00+00:00",  # five days before
        "2026-01-09T20:32:00+00:00",  # later
    )
    assert (found.earlier, found.same_clock) == (2, 1)


def test_a_start_that_is_not_known_to_ten_minutes_is_not_judged() -> None:
    assert timing(0, resolution_s=1800, end=None, earlier=[], zone=TEHRAN) is None
    judged = cause(UNKNOWN, None, ())
    assert (judged.value, judged.probability, judged.features) == (CauseValue.UNKNOWN, None, ())
    assert "not judged" in judged.notes[0].template


def test_what_is_not_known_is_left_out_and_not_guessed() -> None:
    ongoing = timing(START, resolution_s=300, end=None, earlier=None, zone=TEHRAN)
    assert ongoing is not None
    assert set(ongoing.values()) == {"on-the-hour", "on-the-half-hour"}
    assert {feature.name for feature in cause(UNKNOWN, ongoing, ()).features} == set(ongoing.values())


def test_outages_that_come_back_by_the_clock_are_suspected_and_no_more() -> None:
    judged = cause(UNKNOWN, REPEATED, ())
    assert (judged.value, judged.level) == (CauseValue.SUSPECTED, Level.SIGNAL)
    assert judged.probability is not None
    assert SUSPECTED_AT <= judged.probability <= SUREST
    said = " ".join(note.template for note in judged.notes)
    assert "no evidence that anyone ordered" in said
    assert "Planned power cuts" in said
    assert next(one for one in judged.features if one.name == "outages-at-the-same-time").contribution > 1


def test_a_single_outage_is_never_suspected_however_regular() -> None:
    for hours in (1.0, 5.0, 24.0, 500.0):
        for earlier in (0, 3, 9):
            single = Timing(minute=240, hours=hours, earlier=earlier, same_clock=0)
            assert cause(UNKNOWN, single, ()).value is CauseValue.UNKNOWN


def test_a_supported_explanation_takes_the_suspicion_away() -> None:
    power = Alternative(Explanation.POWER, AlternativeStatus.SUPPORTED, (), (), ())
    judged = cause(UNKNOWN, REPEATED, (power,))
    assert (judged.value, judged.level) == (CauseValue.UNKNOWN, Level.CANNOT_TELL)
    assert "another explanation" in judged.notes[0].template


def test_documents_are_neither_raised_nor_lowered_by_timing() -> None:
    for level in (Level.SIGNAL, Level.CORROBORATED):
        judged = cause(Cause(CauseValue.ORDERED, level), REPEATED, ())
        assert (judged.value, judged.level) == (CauseValue.ORDERED, level)
        assert judged.probability is not None


@given(
    minute=st.integers(0, 1439),
    hours=st.none() | st.floats(0, 1e5),
    earlier=st.none() | st.integers(0, 50),
    share=st.floats(0, 1),
)
def test_a_probability_is_the_sum_of_its_features_and_never_sure(
    minute: int, hours: float | None, earlier: int | None, share: float
) -> None:
    told = Timing(minute, hours, earlier, int((earlier or 0) * share))
    judged = cause(UNKNOWN, told, ())
    assert judged.probability is not None
    assert round(1 - SUREST, 3) <= judged.probability <= SUREST
    score = learnt().models[told.known].intercept + sum(one.contribution for one in judged.features)
    expected = min(SUREST, max(1 - SUREST, 1 / (1 + np.exp(-score))))
    assert judged.probability == pytest.approx(expected, abs=0.002)
    assert judged.value is CauseValue.UNKNOWN or told.same_clock > 0


@given(st.integers(0, 5), st.integers(0, 4))
def test_more_outages_at_the_same_time_never_make_an_order_less_probable(other: int, same: int) -> None:
    chances = [cause(UNKNOWN, Timing(240, 5.0, other + n, n), ()).probability or 0.0 for n in (same, same + 1)]
    assert chances[0] <= chances[1]


def series(name: str, cuts: Sequence[tuple[int, int]]) -> Examined:
    times = beat(30, STEP, START)
    values = ordinary(times, name)
    for first, last in cuts:
        values[(times >= first) & (times < last)] *= 0.05
    return examined(name, "IR", times, values)


def episodes(cuts: Sequence[tuple[int, int]], *acknowledged: Acknowledgement) -> tuple[Episode, ...]:
    around = Circumstances((START, START + 30 * DAY), 1, False, (), (), acknowledged, {"IR": ("ab",)})
    return episodes_at("IR", [series("ioda.ping-slash24", cuts), series("ioda.gtr", cuts)], around)


def at_four(day: int, hours: float = 5.0) -> tuple[int, int]:
    first = START + day * DAY + 1800  # 04:00 in Tehran
    return first, first + int(hours * 3600)


def test_cuts_of_one_week_at_four_in_the_morning_are_suspected_through_the_whole_chain() -> None:
    found = episodes([at_four(day) for day in (20, 21, 22, 23)])
    last = found[-1]
    assert last.cause.value is CauseValue.SUSPECTED
    assert last.cause.level is Level.SIGNAL
    assert last.kind in {EpisodeKind.OUTAGE, EpisodeKind.RECURRING}  # never a shutdown: no document says so
    assert any("no document here says so" in note.template for note in last.unknowns)
    assert len(last.alternatives) == len(Explanation)


def test_cuts_at_any_hour_are_not_suspected() -> None:
    cuts = [
        (first + shift, last + shift)
        for (first, last), shift in zip(
            [at_four(day) for day in (20, 21, 22, 23)], (0, 25_500, 11_100, 50_400), strict=True
        )
    ]
    for one in episodes(cuts):
        assert one.cause.value is CauseValue.UNKNOWN
        assert one.cause.probability is not None


def test_an_order_that_was_admitted_stays_an_order() -> None:
    said = Acknowledgement("T1", "state", from_epoch(at_four(20)[0]) + timedelta(hours=1), True, ("IR",))
    (one,) = episodes([at_four(20)], said)
    assert (one.cause.value, one.kind) == (CauseValue.ORDERED, EpisodeKind.SHUTDOWN)
    assert {other.status for other in one.alternatives} == {AlternativeStatus.UNLIKELY}


def test_the_list_says_what_the_page_says_of_it(shared_data: Path) -> None:
    with (shared_data / "labels" / "ioda_curated_events.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["scope"].strip() == "Country"]
    possible = [row for row in rows if row["end_utc"] > row["begin_utc"]]
    ordered = [row for row in possible if row["cause"].strip() in {"Government-Ordered", "Exams"}]
    assert (learnt().outages, learnt().ordered) == (len(possible), len(ordered)) == (396, 59)
    assert learnt().countries_with_orders == len({row["country"] for row in ordered}) == 6
