"""Season and noise of a series in which nothing happens, drawn from how its kind behaves (``behaviours.py``).

All shapes are factors around 1, float64 [n], one per sample. Noise is multiplicative, a mixture of white noise and a
first-order autoregression, AR(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy as np

from kuager.evaluation.behaviours import Behaviour
from kuager.model.series import Times, Values

HOUR_S = 3_600
DAY_S = 86_400
MONTH_S = 30 * DAY_S

_OFFSET_STEP_S = 1_800  # clocks change at full or half hours of UTC
_DRIFT_STEP_S = 5 * DAY_S
_MORNING_H, _NIGHT_H = 6.0, 23.0  # between them a day has its own factor; at night one day passes into the next


def local_seconds(times: Times, zone: str) -> Times:
    """Seconds that the local clock shows, counted as if it were UTC; int64 [n]. Source: the tz database."""
    first, last = int(times.min()) // _OFFSET_STEP_S, int(times.max()) // _OFFSET_STEP_S
    return times + _offsets_s(first, last, zone)[times // _OFFSET_STEP_S - first]


@lru_cache(maxsize=64)
def _offsets_s(first: int, last: int, zone: str) -> Times:
    """Offsets from UTC at every half hour from ``first`` to ``last``, counted from the epoch."""
    clock = ZoneInfo(zone)
    half_hours = range(first, last + 1)
    return np.array([_offset_s(half_hour * _OFFSET_STEP_S, clock) for half_hour in half_hours], dtype=np.int64)


def _offset_s(moment: int, clock: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(moment, UTC).astimezone(clock).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def weekday(day: int) -> int:
    """0 for Monday to 6 for Sunday of a day counted from 1970-01-01, which was a Thursday."""
    return (day + 3) % 7


def season(
    local: Times, behaviour: Behaviour, weekend: tuple[int, ...], holidays: Mapping[int, tuple[float, float]]
) -> Values:
    """Hour of day and day of week; 1 at the peak of a working day.

    Args:
        local: int64 [n], seconds of the local clock.
        behaviour: how strongly people's days show.
        weekend: weekdays off.
        holidays: for days counted from 1970-01-01, the level as a share of that day's usual and the hours later.
    """
    factors: dict[int, float] = {}
    hours_later: dict[int, float] = {}
    for day in _days(local):
        off = weekday(day) in weekend
        share, later = holidays.get(day, (1.0, 0.0))
        factors[day] = share * (behaviour.weekend_factor if off else 1.0)
        hours_later[day] = max(later, behaviour.weekend_later_h if off else 0.0)
    hours = (local % DAY_S) / HOUR_S - _through_days(local, hours_later)
    return _through_days(local, factors) * (1 - behaviour.swing * (1 - _daily(hours - behaviour.peak_h)))


def _daily(hours_from_peak: Values) -> Values:
    """A day's curve, 1 at the peak and 0 at the trough nine hours later: it falls faster than it rises."""
    to_trough, day = 9.0, 24.0
    since = hours_from_peak % day
    falling = 0.5 * since / to_trough
    rising = 0.5 + 0.5 * (since - to_trough) / (day - to_trough)
    turn = np.where(since < to_trough, falling, rising)
    return np.asarray(0.5 * (1 + np.cos(2 * np.pi * turn)))


def _days(local: Times) -> range:
    """Every local day that a sample falls on, and one on either side, so that there is something to pass into."""
    return range(int(local.min() // DAY_S) - 1, int(local.max() // DAY_S) + 2)


def _through_days(local: Times, of_day: Mapping[int, float]) -> Values:
    """A value per day, held from morning to night and passing into the next day's during the night."""
    knots = [day * DAY_S + hour * HOUR_S for day in of_day for hour in (_MORNING_H, _NIGHT_H)]
    return np.asarray(np.interp(local, knots, np.repeat(list(of_day.values()), 2)))


def day_variation(local: Times, behaviour: Behaviour, random: np.random.Generator) -> Values:
    """The factor that each day has of its own."""
    days = _days(local)
    drawn = np.exp(behaviour.day_variation * random.standard_normal(len(days)))
    return _through_days(local, dict(zip(days, drawn.tolist(), strict=True)))


def drift(times: Times, behaviour: Behaviour, random: np.random.Generator) -> Values:
    """A slow random walk of the level, 1 at the first sample."""
    knots = np.arange(times[0], times[-1] + 2 * _DRIFT_STEP_S, _DRIFT_STEP_S)
    per_step = behaviour.drift * np.sqrt(_DRIFT_STEP_S / MONTH_S)
    walk = np.concatenate(([0.0], np.cumsum(per_step * random.standard_normal(knots.size - 1))))
    return np.asarray(np.exp(np.interp(times, knots, walk)))


def noise(count: int, step_s: int, behaviour: Behaviour, random: np.random.Generator) -> Values:
    """White noise and a stationary AR(1) together, log-normal with median 1."""
    memory = float(np.exp(-step_s / behaviour.correlation_s))
    shocks = np.sqrt(1 - memory**2) * random.standard_normal(count)
    shocks[:1] /= np.sqrt(1 - memory**2)
    correlated = np.array(list(accumulate(shocks.tolist(), lambda before, shock: memory * before + shock)))
    white = random.standard_normal(count)
    share = behaviour.correlated_share
    return np.asarray(np.exp(behaviour.noise * (np.sqrt(share) * correlated + np.sqrt(1 - share) * white)))


def ordinary_dips(times: Times, behaviour: Behaviour, random: np.random.Generator) -> Values:
    """Short losses that are nobody's outage, such as the half per cent of networks that one operator moves."""
    return 1 - np.minimum(_bumps(times, behaviour.dips_per_month, behaviour.dip_depth, random), 0.5)


def ordinary_spikes(times: Times, behaviour: Behaviour, random: np.random.Generator) -> Values:
    """Short rises, such as scans that pass through a telescope."""
    return 1 + _bumps(times, behaviour.spikes_per_month, behaviour.spike_height, random)


def _bumps(times: Times, per_month: float, height: float, random: np.random.Generator) -> Values:
    """Rectangles at random times, of 15 minutes to 3 hours and of about the given height; float64 [n], 0 between."""
    bumps = np.zeros(times.size)
    for _ in range(random.poisson(per_month * (times[-1] - times[0]) / MONTH_S)):
        start = random.uniform(times[0], times[-1])
        length = np.exp(random.uniform(np.log(0.25 * HOUR_S), np.log(3 * HOUR_S)))
        bumps[(times >= start) & (times < start + length)] += height * random.gamma(4) / 4
    return bumps


def counted(expected: Values, behaviour: Behaviour, random: np.random.Generator) -> Values:
    """What an instrument that counts, up to its highest value, would have shown for these expected values."""
    if behaviour.overdispersion > 0:
        shape = behaviour.overdispersion**-2
        shown = random.poisson(expected * random.gamma(shape, 1 / shape, expected.size)).astype(np.float64)
    else:
        shown = np.rint(expected) if behaviour.whole else expected
    return np.minimum(shown, behaviour.ceiling)
