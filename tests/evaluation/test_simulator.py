"""The simulator: reproducible, shaped like the signals it stands for, and true to what was asked of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.evaluation.behaviours import usual
from kuager.evaluation.losses import curfew
from kuager.evaluation.plans import (
    Artefact,
    Disturbance,
    FailureManner,
    Holiday,
    LevelShift,
    MissingWindow,
    RandomGaps,
    Reach,
    RegularHoles,
    Restoration,
    SensorFailure,
    SeriesPlan,
    Simulation,
    Spike,
)
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.simulator import simulate
from kuager.model.series import Series, Values
from kuager.model.words import Access, Scale, SignalKind

START = int(datetime(2023, 6, 5, tzinfo=UTC).timestamp())  # a Monday
DAYS = 28
KINDS = (SignalKind.BGP, SignalKind.PROBING, SignalKind.TELESCOPE, SignalKind.TRAFFIC)


def plan(kind: SignalKind = SignalKind.TRAFFIC, place: str = "XA") -> SeriesPlan:
    return SeriesPlan(f"sim.{kind}", place, kind)


def draw(
    *plans: SeriesPlan,
    disturbances: tuple[Disturbance, ...] = (),
    artefacts: tuple[Artefact, ...] = (),
    seed: int = 7,
) -> Simulation:
    return simulate(plans, disturbances, artefacts, START, START + DAYS * DAY_S, seed)


def at(day: float, hour: float = 0.0) -> int:
    return START + int(day * DAY_S + hour * HOUR_S)


def inside(series: Series, start: int, end: int) -> npt.NDArray[np.bool_]:
    return (series.times >= start) & (series.times < end)


def share(disturbed: Series, untouched: Series) -> Values:
    return disturbed.values / untouched.values


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    plans = [plan(kind) for kind in KINDS]
    first, again, other = draw(*plans), draw(*plans), draw(*plans, seed=8)
    for one, same, different in zip(first.series, again.series, other.series, strict=True):
        assert one.values.tobytes() == same.values.tobytes()
        assert one.values.tobytes() != different.values.tobytes()


def test_adding_a_series_a_disturbance_or_a_gap_leaves_the_rest_as_it_was() -> None:
    alone = draw(plan()).series[0]
    outage = Disturbance(at(20), at(21), reach=Reach(places=("XA",)))
    series = draw(
        plan(SignalKind.BGP, "XB"), plan(), disturbances=(outage,), artefacts=(MissingWindow(at(22), at(23)),)
    ).series[1]
    assert np.array_equal(series.values[inside(series, at(0), at(20))], alone.values[inside(alone, at(0), at(20))])
    assert np.array_equal(series.values[inside(series, at(23), at(28))], alone.values[inside(alone, at(23), at(28))])


def test_series_carry_what_their_plan_says() -> None:
    series = draw(replace(plan(SignalKind.BGP), access=Access.FIXED, step_s=1_800, level=500)).series[0]
    assert series.key == ("sim.bgp", "XA", "fixed", "")
    assert (series.scale, series.unit, series.step_s) == (Scale.ABSOLUTE, "visible /24s", 1_800)
    assert np.all(np.diff(series.times) == 1_800)
    assert np.median(series.values) == pytest.approx(500, rel=0.03)
    assert np.array_equal(series.values, np.rint(series.values))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Almaty", "America/Caracas"])
def test_traffic_follows_the_local_clock_and_week(zone: str) -> None:
    series = draw(replace(plan(), zone=zone)).series[0]
    local = [datetime.fromtimestamp(int(moment), ZoneInfo(zone)) for moment in series.times]
    hours = np.array([moment.hour for moment in local])
    by_hour = np.array([np.median(series.values[hours == hour]) for hour in range(24)])
    assert abs(int(by_hour.argmax()) - 20) <= 1
    assert abs(int(by_hour.argmin()) - 5) <= 1
    assert 0.25 < by_hour.min() / by_hour.max() < 0.45
    days_off = np.array([moment.weekday() >= 5 for moment in local])
    afternoon = (hours >= 14) & (hours < 18)
    assert np.mean(series.values[afternoon & days_off]) < 0.95 * np.mean(series.values[afternoon & ~days_off])


def test_each_kind_has_its_own_noise() -> None:
    bgp, probing, telescope, _ = draw(*(plan(kind) for kind in KINDS)).series
    assert np.std(bgp.values) / np.mean(bgp.values) < 0.01
    swing = 1 - np.percentile(probing.values, 5) / np.percentile(probing.values, 95)
    assert 0.01 < swing < 0.06
    calm = telescope.values[: 2 * 96]
    assert np.var(np.diff(calm)) / 2 > 1.5 * np.mean(calm)  # more than Poisson's


def test_noise_is_correlated_over_hours() -> None:
    flat = replace(usual(SignalKind.TRAFFIC), swing=0, weekend_factor=1, day_variation=0, drift=0, spikes_per_month=0)
    values = np.log(draw(replace(plan(), behaviour=flat)).series[0].values)
    values -= values.mean()
    correlations = [float(np.corrcoef(values[lag:], values[:-lag])[0, 1]) for lag in (1, 10, 96)]
    assert correlations[0] > 0.6 > correlations[1] > 0.15 > abs(correlations[2])
    assert np.std(values) == pytest.approx(flat.noise, rel=0.2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("remaining", [0.0, 0.1, 0.6])
def test_a_disturbance_leaves_the_share_that_was_asked(kind: SignalKind, remaining: float) -> None:
    cut = Disturbance(at(14, 3), at(16, 9), remaining)
    drawn = draw(plan(kind), disturbances=(cut,))
    series, calm = drawn.series[0], draw(plan(kind)).series[0]
    left = np.sum(series.values[inside(series, cut.start, cut.end)]) / np.sum(
        calm.values[inside(calm, cut.start, cut.end)]
    )
    assert left == pytest.approx(remaining, abs=0.02)
    (event,) = drawn.truth
    assert (event.key, event.start, event.end, event.observed) == (series.key, cut.start, cut.end, 1.0)
    assert event.depth == pytest.approx(1 - remaining)


def test_an_edge_within_a_sample_shows_in_part() -> None:
    cut = Disturbance(at(14) + 450, at(15) + 225)
    series, calm = draw(plan(), disturbances=(cut,)).series[0], draw(plan()).series[0]
    left = share(series, calm)[14 * 96 : 15 * 96 + 2]
    assert left[0] == pytest.approx(0.5, abs=0.06)
    assert left[1] == 0
    assert left[96] == pytest.approx(0.75, abs=0.06)
    assert left[97] == 1


def test_ramps_and_stairs_go_through_the_shares_between() -> None:
    slow = Disturbance(at(10), at(12), 0.0, onset_ramp_s=4 * HOUR_S, end_ramp_s=8 * HOUR_S)
    stairs = Disturbance(at(20), at(22), 0.8, steps=((at(20, 12), 0.5), (at(20, 20), 0.1)))
    drawn = draw(plan(), disturbances=(slow, stairs))
    left = share(drawn.series[0], draw(plan()).series[0])

    def at_hour(day: int, hour: float) -> float:
        return float(left[round((day * 24 + hour) * 4)])

    assert at_hour(10, 2) == pytest.approx(0.5, abs=0.05)
    assert at_hour(10, 5) == 0
    assert at_hour(11, 20) == pytest.approx(0.5, abs=0.05)
    assert [at_hour(20, hour) for hour in (6, 15, 30)] == pytest.approx([0.8, 0.5, 0.1])
    assert at_hour(22, 0) == 1
    assert [event.start for event in drawn.truth] == [slow.start, stairs.start]
    assert drawn.truth[1].depth == pytest.approx(0.9)


def test_kinds_see_a_disturbance_in_their_own_measure_and_time() -> None:
    cut = Disturbance(
        at(14),
        at(15),
        seen={SignalKind.BGP: 0.0, SignalKind.PROBING: 0.5},
        delays_s={SignalKind.PROBING: 2 * HOUR_S},
    )
    bgp, probing = plan(SignalKind.BGP), plan(SignalKind.PROBING)
    drawn, calm = draw(bgp, probing, disturbances=(cut,)), draw(bgp, probing)
    assert np.array_equal(drawn.series[0].values, calm.series[0].values)
    left = share(drawn.series[1], calm.series[1])
    assert left[14 * 96 + 7] == 1
    assert left[14 * 96 + 9] == pytest.approx(0.5, abs=0.01)
    (event,) = drawn.truth
    assert (event.signal, event.start) == ("sim.probing", at(14, 2))
    assert event.depth == pytest.approx(0.5)


def test_a_part_restored_stays_inside_and_everything_restored_splits() -> None:
    partly = Disturbance(at(10), at(12), 0.0, restorations=(Restoration(at(11), at(11, 4), 0.7),))
    wholly = Disturbance(at(20), at(22), 0.0, restorations=(Restoration(at(21), at(21, 4), 1.0),))
    drawn = draw(plan(), disturbances=(partly, wholly))
    left = share(drawn.series[0], draw(plan()).series[0])
    assert left[11 * 96 + 4] == pytest.approx(0.7)
    assert left[11 * 96 + 20] == 0
    assert left[21 * 96 + 4] == 1
    assert [(event.start, event.end) for event in drawn.truth] == [
        (at(10), at(12)),
        (at(20), at(21)),
        (at(21, 4), at(22)),
    ]
    assert drawn.truth[0].restorations == ((at(11), at(11, 4)),)
    assert drawn.truth[0].depth == 1


def test_disturbances_that_touch_are_one_true_event_cut_at_the_end_of_the_window() -> None:
    parts = (Disturbance(at(20), at(22), 0.5), Disturbance(at(21), at(40), 0.2))
    (event,) = draw(plan(), disturbances=parts).truth
    assert (event.start, event.end) == (at(20), at(DAYS))
    assert event.depth == pytest.approx(0.8)


@pytest.mark.parametrize("zone", ["Asia/Almaty", "Europe/Chisinau"])
def test_a_curfew_keeps_local_hours_through_a_change_of_clocks(zone: str) -> None:
    windows = curfew(date(2023, 3, 24), date(2023, 3, 28), time(23), time(5), zone, Disturbance(0, 1, 0.05))
    start = int(datetime(2023, 3, 10, tzinfo=UTC).timestamp())
    drawn = simulate([replace(plan(), zone=zone)], windows, (), start, start + 30 * DAY_S, 1)
    clock = ZoneInfo(zone)
    starts = [datetime.fromtimestamp(event.start, clock) for event in drawn.truth]
    ends = [datetime.fromtimestamp(event.end, clock) for event in drawn.truth]
    assert [(moment.day, moment.hour) for moment in starts] == [(day, 23) for day in range(24, 29)]
    assert [(moment.day, moment.hour) for moment in ends] == [(day, 5) for day in range(25, 30)]
    series = drawn.series[0]
    low = series.times[series.values < 8]
    hours = {datetime.fromtimestamp(int(moment), clock).hour for moment in low}
    assert hours == {23, 0, 1, 2, 3, 4}


def test_a_sensor_failure_hits_every_place_of_its_signal_and_is_no_event() -> None:
    plans = [plan(kind, place) for place in ("XA", "XB", "XC") for kind in (SignalKind.PROBING, SignalKind.TRAFFIC)]
    for manner in FailureManner:
        failure = SensorFailure("sim.probing", at(14), at(15), manner, remaining=0.4)
        drawn, calm = draw(*plans, artefacts=(failure,)), draw(*plans)
        assert drawn.truth == ()
        for series, normal in zip(drawn.series, calm.series, strict=True):
            during = inside(series, at(14), at(15))
            assert np.array_equal(series.values[~during], normal.values[~during])
            if series.signal == "sim.traffic":
                assert np.array_equal(series.values, normal.values)
            elif manner is FailureManner.FALLS:
                assert share(series, normal)[during] == pytest.approx(0.4, abs=0.001)
            elif manner is FailureManner.FREEZES:
                assert set(series.values[during]) == {normal.values[14 * 96 - 1]}
            elif manner is FailureManner.REPEATS:
                assert np.array_equal(series.values[during], np.tile(normal.values[14 * 96 - 24 : 14 * 96], 4))
            else:
                assert np.all(np.isnan(series.values[during]))


def test_what_was_not_measured_is_nan_and_lowers_what_could_be_observed() -> None:
    cut = Disturbance(at(14), at(16))
    silence = MissingWindow(at(15), at(18))
    drawn = draw(plan(), disturbances=(cut,), artefacts=(silence,))
    series = drawn.series[0]
    assert np.array_equal(np.isnan(series.values), inside(series, at(15), at(18)))
    assert np.all(series.values[inside(series, at(14), at(15))] == 0)
    assert drawn.truth[0].observed == pytest.approx(0.5)


def test_holes_and_random_gaps() -> None:
    holes = draw(plan(), artefacts=(RegularHoles(6 * HOUR_S, HOUR_S),)).series[0]
    assert np.array_equal(np.isnan(holes.values), holes.times % (6 * HOUR_S) < HOUR_S)
    gaps = RandomGaps(per_day=1, mean_s=2 * HOUR_S)
    here, there = draw(plan(), plan(place="XB"), artefacts=(gaps,)).series
    assert 0.02 < np.mean(np.isnan(here.values)) < 0.2
    assert not np.array_equal(np.isnan(here.values), np.isnan(there.values))


def test_shifts_last_spikes_end_and_holidays_are_quieter() -> None:
    telescope, traffic = plan(SignalKind.TELESCOPE), plan()
    artefacts = (
        LevelShift(at(20), 1.5, Reach(kinds=(SignalKind.TRAFFIC,))),
        Spike(at(10), at(10, 2), 5.0),
        Holiday(date(2023, 6, 13), factor=0.7),
    )
    drawn, calm = draw(telescope, traffic, artefacts=artefacts), draw(telescope, traffic)
    spiked = drawn.series[0].values / calm.series[0].values
    assert spiked[10 * 96 : 10 * 96 + 8].mean() == pytest.approx(5, rel=0.1)
    assert np.all(spiked[: 10 * 96] == 1)
    changed = share(drawn.series[1], calm.series[1])
    assert changed[20 * 96 :] == pytest.approx(1.5)
    assert changed[8 * 96 + 12 * 4 : 8 * 96 + 22 * 4].mean() == pytest.approx(0.7, abs=0.06)
    assert np.all(changed[: 7 * 96] == 1)
    assert drawn.truth == ()


def test_a_window_makes_values_relative_to_its_maximum() -> None:
    series = draw(replace(plan(), window="june"), artefacts=(MissingWindow(at(3), at(4)),)).series[0]
    absolute = draw(plan(), artefacts=(MissingWindow(at(3), at(4)),)).series[0]
    assert (series.scale, series.key[3]) == (Scale.RELATIVE, "june")
    assert np.nanmax(series.values) == 100
    assert np.array_equal(np.isnan(series.values), np.isnan(absolute.values))
    assert np.allclose(series.values, absolute.values / np.nanmax(absolute.values) * 100, equal_nan=True)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    kind=st.sampled_from(KINDS),
    step_s=st.sampled_from([60, 900, 3_600, DAY_S]),
    begin=st.integers(-3 * DAY_S, 3 * DAY_S),
    length=st.integers(1, 6 * DAY_S),
    remaining=st.floats(0, 1),
    ramp_s=st.integers(0, 10 * DAY_S),
)
def test_values_are_never_negative_and_truth_stays_in_the_window(
    seed: int, kind: SignalKind, step_s: int, begin: int, length: int, remaining: float, ramp_s: int
) -> None:
    ramp_s = min(ramp_s, (length - 1) // 2)
    cut = Disturbance(START + begin, START + begin + length, remaining, onset_ramp_s=ramp_s, end_ramp_s=ramp_s)
    drawn = simulate([replace(plan(kind), step_s=step_s)], (cut,), (), START, START + 2 * DAY_S, seed)
    assert np.all(drawn.series[0].values >= 0)
    for event in drawn.truth:
        assert START <= event.start < event.end <= START + 2 * DAY_S
        assert 0 <= event.depth <= 1 - remaining + 1e-9


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(ValueError, match="same series"):
        draw(plan(), plan())
    with pytest.raises(ValueError, match="no sample"):
        simulate([plan()], (), (), START, START, 1)
    with pytest.raises(ValueError, match="no usual behaviour"):
        draw(SeriesPlan("sim.rtt", "XA", SignalKind.RTT))
    with pytest.raises(ValueError, match="between 0 and 1"):
        Disturbance(0, 10, 1.5)
    with pytest.raises(ValueError, match="ramps"):
        Disturbance(0, 10, 0.5, onset_ramp_s=5, end_ramp_s=5)
    with pytest.raises(ValueError, match="in order"):
        Disturbance(0, 10, 0.5, restorations=(Restoration(8, 12, 0.9),))
