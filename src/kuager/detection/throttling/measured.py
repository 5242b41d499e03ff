"""What a slow stretch shows beside its speeds: delays, losses, the rhythm of the day, how many and how fast runs were.

Nothing is decided here; ``otherwise.py`` weighs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.detection.throttling.expected import Expected
from kuager.detection.throttling.quiet_hours import slow_when_quiet
from kuager.detection.throttling.runs import Codes, Runs
from kuager.detection.throttling.scan import contrast_of
from kuager.model.series import Times, Values

LEAST_FAST = 0.05
"""So large a share of a throttled stretch may be fast: its edges are not exact."""
LEAST_OF_DECILE = 20
LEAST_RHYTHM = 0.1
HOUR_S = 3_600
LEAST_HOURS = 2
LEAST_OUTSIDE = 20
NEW_SERVER, OLD_SERVER = 0.6, 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """What a stretch shows beside its speeds; None where it was not measured.

    Attributes:
        rtt_ratio: factor of the round-trip time, and ``rtt_scales`` how many scales it lies from 1.
        loaded_ratio, loaded_scales: the same of the round-trip time while data flowed.
        loss_scales: how many scales more was sent again.
        rhythm: correlation of the slowness with the usual slowness of that time of day, of stretches of days.
        run_ratio: factor of the number of runs an hour, and ``run_scales`` how many scales it lies from 1.
        fast: chance that a throttle of everybody leaves as many fast runs, and ``fast_lost`` that an ordinary time
            has as few; a fast run is above the upper quartile of the ordinary ones.
        top_share: fall of the ninth decile over that of the median, in logarithms; of 20 runs and more. At a ceiling
            the quick networks lose more than the slow ones, and it says nothing.
        new_server: whether most runs went to a server that hardly anybody used before; ``same_server`` whether they
            went to the servers of before.
        elsewhere_scales: how many scales slower other places were.
        days: length of the stretch.
        slower: factor by which it was slower.
        ceiling: whether speeds gather at one, as they do not in a queue.
        quiet_hours: whether it was slow at the hours that are usually least busy, as no load explains.
    """

    rtt_ratio: float | None = None
    rtt_scales: float | None = None
    loaded_ratio: float | None = None
    loaded_scales: float | None = None
    loss_scales: float | None = None
    rhythm: float | None = None
    run_ratio: float | None = None
    run_scales: float | None = None
    fast: float | None = None
    fast_lost: float | None = None
    top_share: float | None = None
    new_server: bool = False
    same_server: bool = False
    elsewhere_scales: float | None = None
    days: float = 0.0
    slower: float = 1.0
    ceiling: bool = False
    quiet_hours: bool | None = None


def measured(
    runs: Runs, speeds: Expected, delays: Expected, loaded: Expected, inside: Mask, outside: Mask, zone: str
) -> Measured:
    """Everything that runs of speed tests show beside their speeds.

    Args:
        runs: in order of time.
        speeds: of their speeds.
        delays: of their shortest round-trip times.
        loaded: of their round-trip times while data flowed.
        inside: bool [n], the slow stretch, from its first to its last run.
        outside: bool [n], what is ordinary.
        zone: tz database name of the place's clocks.
    """
    times = runs.times[inside]
    length = float(times[-1] - times[0])
    rtt_ratio, rtt_scales = _delay(delays, runs.times, inside, outside)
    loaded_ratio, loaded_scales = _delay(loaded, runs.times, inside, outside)
    ratio, scales = _rate(runs.times, inside, outside)
    fast, lost = _fast(speeds.residual[inside], speeds.residual[outside])
    new, same = _servers(runs.servers, inside, outside)
    return Measured(
        rtt_ratio=rtt_ratio,
        rtt_scales=rtt_scales,
        loaded_ratio=loaded_ratio,
        loaded_scales=loaded_scales,
        loss_scales=_losses(runs.losses, inside, outside),
        rhythm=_with_rhythm(times, speeds, inside) if length >= 2 * DAY_S else None,
        run_ratio=ratio,
        run_scales=scales,
        fast=fast,
        fast_lost=lost,
        top_share=_top_share(speeds.residual[inside], speeds.residual[outside]),
        new_server=new,
        same_server=same,
        days=length / DAY_S,
        slower=float(np.exp(np.median(speeds.residual[outside]) - np.median(speeds.residual[inside]))),
        quiet_hours=slow_when_quiet(runs.times, speeds, inside, outside, zone),
    )


def _fast(inside: Values, outside: Values) -> tuple[float, float]:
    """Two binomial tails of the number of fast runs inside: too many for a throttle, too few for an ordinary time."""
    quartile = float(np.quantile(outside, 0.75))
    factor = float(np.median(outside) - np.median(inside))
    count, of = int(np.count_nonzero(inside > quartile)), inside.size
    if_throttled = max(LEAST_FAST, float(np.mean(outside > quartile + factor)))
    return binomial_tail(count, of, if_throttled), 1.0 - binomial_tail(count + 1, of, 0.25)


def _top_share(inside: Values, outside: Values) -> float | None:
    """What the ninth decile lost over what the median lost: a throttle takes from the fast as from all others."""
    fall = float(np.median(outside) - np.median(inside))
    if inside.size < LEAST_OF_DECILE or fall <= 0.0:
        return None
    return float(np.quantile(outside, 0.9) - np.quantile(inside, 0.9)) / fall


def binomial_tail(least: int, of: int, share: float) -> float:
    """P(at least so many of so many), each with this probability; exact, by logarithms of factorials."""
    counts = range(max(0, least), of + 1)
    whole = lgamma(of + 1)
    return min(
        1.0,
        sum(
            exp(whole - lgamma(k + 1) - lgamma(of - k + 1) + k * log(share) + (of - k) * log1p(-share)) for k in counts
        ),
    )


def _delay(delays: Expected, times: Times, inside: Mask, outside: Mask) -> tuple[float | None, float | None]:
    """Factor of the round-trip time, and how many scales it is off; None where it was hardly measured."""
    known = np.isfinite(delays.scores)
    here, there = inside & known, outside & known
    if np.unique(times[here] // HOUR_S).size < LEAST_HOURS or np.count_nonzero(there) < LEAST_OUTSIDE:
        return None, None
    ratio = float(np.exp(np.median(delays.residual[here]) - np.median(delays.residual[there])))
    return ratio, contrast_of(times, delays.scores, here, there, HOUR_S)


def _losses(losses: Values, inside: Mask, outside: Mask) -> float | None:
    """How many scales more is sent again: the rank-sum test (Mann and Whitney, 1947), large samples."""
    here, there = losses[inside & np.isfinite(losses)], losses[outside & np.isfinite(losses)]
    if here.size < 3 or there.size < LEAST_OUTSIDE:
        return None
    ordered = np.sort(there)
    above = np.searchsorted(ordered, here, side="left") + np.searchsorted(ordered, here, side="right")
    share = float(np.mean(above)) / (2.0 * there.size)
    return (share - 0.5) / float(np.sqrt((here.size + there.size + 1) / (12.0 * here.size * there.size)))


def _with_rhythm(times: Times, speeds: Expected, inside: Mask) -> float | None:
    """Correlation over hours of the day of the residual with the usual rhythm; None where the day has no rhythm."""
    hours = times % DAY_S // 3_600
    named = np.unique(hours)
    usual = np.array([np.mean(speeds.rhythm[inside][hours == hour]) for hour in named])
    low = np.array([np.median(speeds.residual[inside][hours == hour]) for hour in named])
    if named.size < 8 or usual.std() < LEAST_RHYTHM or low.std() == 0.0:
        return None
    return float(np.corrcoef(usual, low)[0, 1])


def _rate(times: Times, inside: Mask, outside: Mask) -> tuple[float | None, float | None]:
    """Runs an hour inside over those outside at the same hours of the day, in scales of a count that is over-dispersed.

    The variance of daily counts over their mean is measured outside.
    """
    here = times[inside]
    hours = np.arange(here[0] // 3_600, here[-1] // 3_600 + 1)
    days = np.unique(times[outside] // DAY_S)
    if days.size < 5:
        return None, None
    by_hour = np.bincount(times[outside] % DAY_S // 3_600, minlength=24) / days.size
    due = float(by_hour[hours % 24].sum())
    daily = np.unique(times[outside] // DAY_S, return_counts=True)[1]
    dispersion = max(1.0, float(np.var(daily) / np.mean(daily)))
    if due <= 0.0:
        return None, None
    return here.size / due, (here.size - due) / float(np.sqrt(due * dispersion))


def _servers(servers: Codes, inside: Mask, outside: Mask) -> tuple[bool, bool]:
    """Whether most runs inside went to a server that was hardly used outside, or to those that were."""
    named, counts = np.unique(servers[inside], return_counts=True)
    shares = counts / counts.sum()
    before = np.array([np.mean(servers[outside] == one) for one in named])
    known = np.unique(servers).size > 1
    new = float(shares[before < OLD_SERVER].sum())
    return known and new >= NEW_SERVER, known and float(np.minimum(shares, before).sum()) >= NEW_SERVER
