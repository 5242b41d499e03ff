"""How each kind of signal behaves on ordinary days: its size, its season and its noise, as numbers.

The usual magnitudes resemble a quiet month of public dashboards: BGP moves by a hundredth of a per cent within a day,
probing by some tenths, a telescope by a tenth, and traffic halves every night. Users are those of Tor, a few thousand
and a tenth up or down from day to day; an index is a share of places that answer, pinned at its highest value most of
the time; a count is of few things, such as tests that volunteers ran in an hour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kuager.model.words import SignalKind

HOUR_S = 3_600


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
        ceiling: the highest value that the instrument can show.
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
    ceiling: float = math.inf


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
    SignalKind.USERS: Behaviour(
        level=3_000,
        swing=0.35,
        peak_h=19,
        weekend_factor=0.96,
        weekend_later_h=1,
        day_variation=0.035,
        noise=0.04,
        correlated_share=0.5,
        correlation_s=12 * HOUR_S,
        drift=0.12,
        dips_per_month=0,
        dip_depth=0,
        spikes_per_month=0.3,
        spike_height=0.2,
        overdispersion=0,
        whole=True,
    ),
    SignalKind.INDEX: Behaviour(
        level=99,
        swing=0.02,
        peak_h=15,
        weekend_factor=1.0,
        weekend_later_h=0,
        day_variation=0.01,
        noise=0.02,
        correlated_share=0.5,
        correlation_s=3 * HOUR_S,
        drift=0.01,
        dips_per_month=2,
        dip_depth=0.05,
        spikes_per_month=0,
        spike_height=0,
        overdispersion=0,
        whole=True,
        ceiling=100,
    ),
    SignalKind.COUNT: Behaviour(
        level=2,
        swing=0.5,
        peak_h=18,
        weekend_factor=0.9,
        weekend_later_h=1,
        day_variation=0.1,
        noise=0.05,
        correlated_share=0.5,
        correlation_s=6 * HOUR_S,
        drift=0.15,
        dips_per_month=0,
        dip_depth=0,
        spikes_per_month=1,
        spike_height=1.5,
        overdispersion=0.3,
        whole=True,
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
