"""Events as they happen: the same detection as for the past, with a horizon that ends at the newest sample.

Whoever watches a series feeds each new sample to :func:`look` and reads the alarms of the :class:`Watch` that comes
back. Nothing is ever looked at that comes later: the alarms on the beginning of a series are those of the whole up to
then.

While all is normal, what is ordinary is learnt anew every three hours, with the coming hours given as missing; while an
alarm is open, its samples are not learnt from. Each look at which the forward scores speak for a loss is judged by
trees of its own (:mod:`kuager.detection.online_looks`). An alarm is *raised* when their probability reaches a bar that
was chosen for how rarely signals of that kind may be wrong, *confirmed* when a later look reaches a higher one, and
*restored* when two samples in a row say that service is back. Three days of measured samples are needed; before them
nothing can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.online_forward import AGE, CALM, SCORE, SERIES, advance, at_rest, best_level, calmed
from kuager.detection.online_looks import Bars, features, fitted, probability
from kuager.detection.online_outlook import MEMORY_DAYS, Outlook, outlook
from kuager.detection.order import Mask
from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

LEARN_EVERY_S = 3 * 3_600
CONFIRMED_AFTER = 2
"""Samples: an alarm is not confirmed by the look that raised it, nor by the next one."""

Judge = Callable[[int, Values], float]
"""The probability that a look sees a real loss, from the second at which it is made and its features."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One loss as it was told, in seconds since the epoch at which it could be told: ends of the samples that told it.

    Attributes:
        since: begin of the sample with which the loss began, as far as was known when the alarm was raised.
        at: when the alarm was raised.
        probability: that something really happened, as told then.
        confirmed: when it was confirmed, None until it is.
        restored: when service was seen to be back, None while it is not.
    """

    since: int
    at: int
    probability: float
    confirmed: int | None = None
    restored: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """All that is kept of a series that is being watched; it may be written down, and looked at again later.

    Attributes:
        step_s: seconds between samples.
        kind: what the series counts.
        start: seconds since the epoch of the first sample that is kept.
        values: float64 [n], the latest samples, NaN where missing.
        set_aside: bool [n], those not to be learnt from, for an alarm was open.
        state: float64 [7, levels], forward scores (:mod:`kuager.detection.online_forward`).
        outlook: what is expected, None while too little is known to tell; its indices count from ``start``.
        alarms: every alarm so far, in order of time; the last may be open.
    """

    step_s: int
    kind: SignalKind
    start: int
    values: Values
    set_aside: Mask
    state: Values
    outlook: Outlook | None
    alarms: tuple[Alarm, ...]

    @property
    def can_tell(self) -> bool:
        """Whether enough is known of the series for a loss to be told."""
        return self.outlook is not None

    @property
    def alarm(self) -> Alarm | None:
        """The alarm that is open, if any."""
        return self.alarms[-1] if self.alarms and self.alarms[-1].restored is None else None


def begin(step_s: int, kind: SignalKind) -> Watch:
    """A watch of a series of which nothing is known yet.

    Args:
        step_s: seconds between samples.
        kind: what the series counts; decides its noise floor.
    """
    return Watch(step_s, kind, 0, np.empty(0), np.empty(0, dtype=np.bool_), at_rest(), None, ())


def replay(times: Times, values: Values, step_s: int, kind: SignalKind) -> Sequence[Alarm]:
    """Every alarm that would have been raised, in order of time.

    Args:
        times: int64 [n], seconds since the epoch, strictly increasing.
        values: float64 [n], NaN where missing.
        step_s: seconds between samples.
        kind: what the series counts.
    """
    return look(begin(step_s, kind), times, values).alarms


def look(watch: Watch, times: Times, values: Values) -> Watch:
    """The watch after some new samples; one by one or many at once comes to the same.

    Args:
        watch: before them.
        times: int64 [n], seconds since the epoch, strictly increasing; samples of the past that come late are not
            looked at any more.
        values: float64 [n], NaN where missing; infinite values count as missing.
    """
    return follow(watch, times, values, lambda _, row: probability(row), fitted().bars[watch.kind])


def follow(watch: Watch, times: Times, values: Values, judge: Judge, bars: Bars) -> Watch:
    """What :func:`look` does, with any judge and any bars; for fitting them."""
    if times.size == 0:
        return watch
    if watch.values.size == 0:
        watch = replace(watch, start=int(times[0]))
    elif int(times[0]) - (watch.start + watch.values.size * watch.step_s) > MEMORY_DAYS * DAY_S:
        watch = replace(begin(watch.step_s, watch.kind), start=int(times[0]), alarms=watch.alarms)
    seen = watch.values.size
    cells = (times - watch.start + watch.step_s // 2) // watch.step_s
    new = cells >= seen
    if not new.any():
        return watch
    size = int(cells[-1]) + 1
    laid = np.concatenate([watch.values, np.full(size - seen, np.nan)])
    laid[cells[new]] = np.where(np.isfinite(values[new]), values[new], np.nan)
    aside = np.concatenate([watch.set_aside, np.zeros(size - seen, dtype=np.bool_)])
    going = _Going(watch, laid, aside, judge, bars)
    going.on(seen)
    return going.stopped()


class _Going:
    """A watch on its way through new samples."""

    def __init__(self, watch: Watch, values: Values, set_aside: Mask, judge: Judge, bars: Bars) -> None:
        self.watch, self.values, self.set_aside, self.judge, self.bars = watch, values, set_aside, judge, bars
        self.state, self.outlook, self.alarms = watch.state.copy(), watch.outlook, list(watch.alarms)
        self.a_day = max(1, DAY_S // watch.step_s)
        self.often = max(1, LEARN_EVERY_S // watch.step_s)

    def on(self, first: int) -> None:
        """Look at the samples from ``first`` on."""
        index = first
        while index < self.values.size:
            if self._is_due(index):
                self._learn(index)
            until = min(self.values.size, self._due_after(index))
            if self.outlook is None:
                self.state[:] = at_rest()
                index = until
                continue
            where = slice(index - self.outlook.first, until - self.outlook.first)
            expected = self.outlook.expected[where]
            ratio = np.full(until - index, np.nan)
            np.divide(self.values[index:until], expected, out=ratio, where=expected > 0)
            noise = self.outlook.sigma[where], self.outlook.tempering[where]
            is_open = self._open() is not None
            done = advance(ratio, expected, *noise, self.outlook.together, self.outlook.counts, is_open, self.state)
            if is_open:
                self.set_aside[index : index + done] = True
            index += done
            self._judge(index - 1)

    def stopped(self) -> Watch:
        """The watch after them, without what will never be looked at again."""
        too_old = max(0, (self.values.size - (MEMORY_DAYS + 2) * self.a_day) // self.a_day * self.a_day)
        outlook = self.outlook and replace(self.outlook, first=self.outlook.first - too_old)
        return Watch(
            self.watch.step_s,
            self.watch.kind,
            self.watch.start + too_old * self.watch.step_s,
            self.values[too_old:],
            self.set_aside[too_old:],
            self.state,
            outlook,
            tuple(self.alarms),
        )

    def _open(self) -> Alarm | None:
        return self.alarms[-1] if self.alarms and self.alarms[-1].restored is None else None

    def _end_of(self, index: int) -> int:
        return self.watch.start + (index + 1) * self.watch.step_s

    def _is_due(self, index: int) -> bool:
        """Every three hours by the clock, but while something is going on only if nothing is expected any more."""
        if self.outlook is not None and index >= self.outlook.last:
            return True
        if self._end_of(index) // self.watch.step_s % self.often != 0:
            return False
        return self.outlook is None or (self._open() is None and not self.state[SCORE, best_level(self.state)] > 0)

    def _due_after(self, index: int) -> int:
        following = index + 1
        while self._end_of(following) // self.watch.step_s % self.often != 0:
            following += 1
        return following if self.outlook is None else min(following, self.outlook.last)

    def _learn(self, index: int) -> None:
        midnight = -(self.watch.start // self.watch.step_s) % self.a_day
        earliest = index - MEMORY_DAYS * self.a_day
        first = max(0, earliest - (earliest - midnight) % self.a_day)
        start = self.watch.start + first * self.watch.step_s
        past = slice(first, index)
        self.outlook = outlook(
            start, self.watch.step_s, self.values[past], self.set_aside[past], index, self.watch.kind
        )

    def _judge(self, index: int) -> None:
        """What the look at a sample leads to."""
        if self.outlook is None or not np.isfinite(self.values[index]):
            return
        alarm, level = self._open(), best_level(self.state)
        if alarm is not None and calmed(self.state):
            self.alarms[-1] = replace(alarm, restored=self._end_of(index))
            calm = int(self.state[SERIES, CALM])
            self.set_aside[max(0, index + 1 - calm) : index + 1] = False
            self.state[:] = at_rest()
            return
        if not self.state[SCORE, level] > 0 or (alarm is not None and alarm.confirmed is not None):
            return
        row = features(self.state, self.outlook, index, self.watch.step_s, self.watch.kind)
        chance = self.judge(self._end_of(index), row)
        samples = self.state[AGE, level]
        if alarm is None and self.bars.raises(chance, samples):
            first = max(0, index + 1 - int(samples))
            self.set_aside[first : index + 1] = True
            since = self.watch.start + first * self.watch.step_s
            self.alarms.append(Alarm(since, self._end_of(index), round(chance, 4)))
        elif alarm is not None and chance >= self.bars.confirmed and self._end_of(index) >= self._confirmable(alarm):
            self.alarms[-1] = replace(alarm, confirmed=self._end_of(index))

    def _confirmable(self, alarm: Alarm) -> int:
        return alarm.at + CONFIRMED_AFTER * self.watch.step_s
