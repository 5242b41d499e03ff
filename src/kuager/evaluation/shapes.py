"""Season and noise of a series in which nothing happens: how each kind of signal behaves on ordinary days.

All shapes are factors around 1, float64 [n], one per sample. The usual magnitudes resemble a quiet month of public
dashboards: BGP moves by a hundredth of a per cent within a day, probing by some tenths, a telescope by a tenth, and
traffic halves every night. Noise is multiplicative, a mixture of white noise and a first-order autoregression, AR(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy as np

from kuager.model.series import Times, Values
from kuager.model.words import SignalKind

HOUR_S = 3_600
DAY_S = 86_400
MONTH_S = 30 * DAY_S

_OFFSET_STEP_S = 1_800  # clocks change at full or half hours of UTC
_DRIFT_STEP_S = 5 * DAY_S
_MORNING_H, _NIGHT_H = 6.0, 23.0  # between them a day has its own factor; at night one day passes into the next


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Season and noise of a series.

    Attributes:
        level: the usual value at the peak of a working day.
        swing: share of the daily peak that is missing at the daily trough.
        peak_h: local hour of the peak; the trough comes nine hours after it.
        weekend_factor: level of a day off as a share of a working day's.
        weekend_later_h: hours by which a day off begins later.
        day_variation: standard deviation of the factor that each day has of its own.
        noise: standard deviation of the relative noise.
        correlated_share: share of the noise's variance that is AR(1).
        correlation_s: seconds in which the correlation of the AR(1) part falls to 1/e.
        drift: standard deviation of the relative change of level within 30 days.
        dips_per_month: short losses of no account that belong to the ordinary, on average per 30 days.
        dip_depth: mean share lost in such a dip.
        spikes_per_month: short rises, on average per 30 days.
        spike_height: mean rise of such a spike, relative to the level.
        overdispersion: when above 0, values are counts drawn from a negative binomial distribution with this relative
            standard deviation beyond Poisson's.
        whole: whether values are whole numbers.
    """

    level: float
    swing: float
    peak_h: float
    weekend_factor: float
    weekend_later_h: float
    day_variation: float
    noise: float
    correlated_share: float
    correlation_s: float
    drift: float
    dips_per_month: float
    dip_depth: float
    spikes_per_month: float
    spike_height: float
    overdispersion: float
    whole: bool


USUAL: dict[SignalKind, Behaviour] = {
    SignalKind.BGP: Behaviour(
        level=8_000,
        swing=0.0,
        peak_h=12,
        weekend_factor=1.0,
        weekend_later_h=0,
        day_variation=0.0004,
        noise=0.0005,
        correlated_share=0.8,
        correlation_s=6 * HOUR_S,
        drift=0.004,
        dips_per_month=6,
        dip_depth=0.004,
        spikes_per_month=0,
        spike_height=0,
        overdispersion=0,
        whole=True,
    ),
    SignalKind.PROBING: Behaviour(
        level=5_000,
        swing=0.03,
        peak_h=15,
        weekend_factor=0.998,
        weekend_later_h=0.5,
        day_variation=0.004,
        noise=0.004,
        correlated_share=0.6,
        correlation_s=2 * HOUR_S,
        drift=0.01,
        dips_per_month=2,
        dip_depth=0.015,
        spikes_per_month=0,
        spike_height=0,
        overdispersion=0,
        whole=True,
    ),
    SignalKind.TELESCOPE: Behaviour(
        level=900,
        swing=0.3,
        peak_h=14,
        weekend_factor=0.97,
        weekend_later_h=1,
        day_variation=0.05,
        noise=0.07,
        correlated_share=0.7,
        correlation_s=3 * HOUR_S,
        drift=0.1,
        dips_per_month=0,
        dip_depth=0,
        spikes_per_month=3,
        spike_height=0.6,
        overdispersion=0.04,
        whole=True,
    ),
    SignalKind.TRAFFIC: Behaviour(
        level=100,
        swing=0.65,
        peak_h=20,
        weekend_factor=0.9,
        weekend_later_h=1.5,
        day_variation=0.03,
        noise=0.03,
        correlated_share=0.8,
        correlation_s=2.5 * HOUR_S,
        drift=0.06,
        dips_per_month=0,
        dip_depth=0,
        spikes_per_month=1,
        spike_height=0.1,
        overdispersion=0,
        whole=False,
    ),
}
"""The kinds that can be drawn without saying how they behave."""


def usual(kind: SignalKind) -> Behaviour:
    """The usual behaviour of a kind.

    Raises:
        ValueError: that kind has none; give the plan a behaviour of its own.
    """
    if kind not in USUAL:
        raise ValueError(f"no usual behaviour is known for signals of kind {kind}")
    return USUAL[kind]


def local_seconds(times: Times, zone: str) -> Times:
    """Seconds that the local clock shows, counted as if it were UTC; int64 [n]. Source: the tz database."""
    half_hours, where = np.unique(times // _OFFSET_STEP_S, return_inverse=True)
    clock = ZoneInfo(zone)
    offsets = np.array([_offset_s(int(half_hour) * _OFFSET_STEP_S, clock) for half_hour in half_hours], dtype=np.int64)
    return times + offsets[where]


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
    """What an instrument that counts would have shown for these expected values."""
    if behaviour.overdispersion > 0:
        shape = behaviour.overdispersion**-2
        return random.poisson(expected * random.gamma(shape, 1 / shape, expected.size)).astype(np.float64)
    return np.rint(expected) if behaviour.whole else expected
