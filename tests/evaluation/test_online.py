"""The live detector's scores, with a plain threshold in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from kuager.evaluation.online import online_row
from kuager.evaluation.plans import Disturbance, SeriesPlan, Simulation
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.evaluation.simulator import simulate
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

START = 1_600_041_600


@dataclass(frozen=True)
class Raised:
    at: int
    confirmed: int | None = None
    restored: int | None = None


@dataclass(frozen=True)
class Threshold:
    """An alarm when so many samples in a row lie below half of the median."""

    samples: int

    def __call__(self, times: Times, values: Values, step_s: int, kind: SignalKind) -> Sequence[Raised]:
        assert kind is SignalKind.PROBING
        low = values < 0.5 * np.median(values)
        alarms, run = [], 0
        for moment, is_low in zip(times.tolist(), low.tolist(), strict=True):
            run = run + 1 if is_low else 0
            if run == self.samples:
                alarms.append(Raised(moment + step_s))
        return alarms


def drawn(*losses: Disturbance, step_s: int = 300) -> Simulation:
    plan = SeriesPlan("sim.probing", "XA", SignalKind.PROBING, step_s=step_s)
    return simulate([plan], losses, (), START, START + 30 * DAY_S, 2)


def cut(day: float, hours: float, remaining: float = 0.0) -> Disturbance:
    start = START + int(day * DAY_S)
    return Disturbance(start, start + int(hours * HOUR_S), remaining)


def test_delays_are_counted_from_the_onset() -> None:
    row = online_row("x", Threshold(3), [drawn(cut(10, 5), cut(15, 3))])
    assert row.outages == 2
    assert row.within == {"5": 0, "10": 0, "15": 1, "20": 1, "30": 1, "60": 1}
    assert (row.false_alarms, row.false_alarms_per_month) == (0, 0)
    assert online_row("x", Threshold(1), [drawn(cut(10, 5))]).within["5"] == 1


def test_only_total_outages_of_an_hour_in_series_of_five_minutes_count() -> None:
    assert online_row("x", Threshold(1), [drawn(cut(10, 5, remaining=0.2), cut(15, 0.5))]).outages == 0
    coarse = online_row("x", Threshold(1), [drawn(cut(10, 5), step_s=900)])
    assert (coarse.outages, coarse.within["60"], coarse.false_alarms_per_month) == (0, None, None)


def test_an_alarm_at_no_event_is_false() -> None:
    simulation = drawn(cut(10, 5), cut(20, 3))
    without_the_second = Simulation(simulation.series, simulation.truth[:1], simulation.noises)
    row = online_row("x", Threshold(2), [without_the_second])
    assert (row.outages, row.false_alarms) == (1, 1)
    assert row.false_alarms_per_month == pytest.approx(1)
