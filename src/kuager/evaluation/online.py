"""The live detector against truth: how soon it tells of a total outage, at how many false alarms.

The replay gets a series as it grows and may look at nothing that comes later. An alarm belongs to an outage when it is
raised between the outage's start and its end; the first one counts. One raised at no true event, however slight, and
not within an hour after one, is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from kuager.evaluation.oracle import measured_noise
from kuager.evaluation.outcome import OnlineRow
from kuager.evaluation.plans import Simulation
from kuager.evaluation.shapes import HOUR_S, MONTH_S
from kuager.evaluation.truths import Wanted, to_find
from kuager.model.series import Series, Times, Values
from kuager.model.words import SignalKind
from kuager.sources.registry import signal

STEP_S = 300
WITHIN_MINUTES = (5, 10, 15, 20, 30, 60)
TOTAL = 0.97
LEAST_LENGTH_S = HOUR_S
_AFTER_S = HOUR_S


class Alarm(Protocol):
    """What the live detector says of one loss, in seconds since the epoch at which it said so."""

    @property
    def at(self) -> int:
        """When the alarm was raised: the end of the last sample that it had seen."""

    @property
    def confirmed(self) -> int | None:
        """When it was confirmed."""

    @property
    def restored(self) -> int | None:
        """When it was called off."""


class Replay(Protocol):
    """A live detector, fed sample by sample with a series that is already known whole."""

    def __call__(self, times: Times, values: Values, step_s: int, kind: SignalKind) -> Sequence[Alarm]:
        """Every alarm it would have raised, in order of time."""


def online_row(name: str, replay: Replay, simulations: Iterable[Simulation]) -> OnlineRow:
    """Latency and false alarms over all series of five minutes."""
    delays: list[int | None] = []
    false, watched = 0, 0
    for simulation in simulations:
        for number, series in enumerate(simulation.series):
            if series.step_s != STEP_S:
                continue
            alarms = replay(series.times, series.values, series.step_s, signal(series.signal).kind)
            wanted = wanted_in(simulation, number, series)
            moments = [alarm.at for alarm in alarms]
            delays += [_delay(one, moments) for one in wanted if is_total(one)]
            false += sum(not any(one.start <= at <= one.end + _AFTER_S for one in wanted) for at in moments)
            watched += series.times.size * series.step_s
    told = {
        str(minutes): sum(delay is not None and delay <= 60 * minutes for delay in delays) / len(delays)
        if delays
        else None
        for minutes in WITHIN_MINUTES
    }
    months = watched / MONTH_S
    return OnlineRow(name, len(delays), told, false, false / months if months else None)


def wanted_in(simulation: Simulation, number: int, series: Series) -> tuple[Wanted, ...]:
    """What is to be told in the series of that number."""
    truth = simulation.truth_of(series)
    known = simulation.noises[number] if simulation.noises else None
    noise = known or measured_noise(series, [(event.start, event.end) for event in truth])
    return to_find(series, truth, noise)


def is_total(one: Wanted) -> bool:
    """Whether it is a total outage of at least an hour that could be seen from its start."""
    return one.visible and one.begins and one.depth >= TOTAL and one.end - one.start >= LEAST_LENGTH_S


def _delay(one: Wanted, moments: Sequence[int]) -> int | None:
    """Seconds from the start of an outage to the first alarm during it."""
    during = [at - one.start for at in moments if one.start <= at <= one.end]
    return min(during, default=None)
