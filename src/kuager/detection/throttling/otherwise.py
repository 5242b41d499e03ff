"""What else a slow stretch could be, from what was measured in it; nothing here is decided from the speeds alone.

*Congestion* fills queues: the round-trip time under load rises with it, and often the shortest one, and it comes at the
busy hours of the day. A policer drops what is too much and keeps no queue: speeds fall and round-trip times stay.
*Another server or route* changes the round-trip time at once and for good. *Other people* come in other numbers, and
the fastest of those who stay are as fast as before. *Fewer people* make fewer runs, not slower ones. A *service* in
trouble is slow for other places too.

An explanation that was not tested is open, never excluded; who the people were is never known, so when all others are
spoken against, other probes stay as the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask
from kuager.detection.throttling.expected import Expected
from kuager.detection.throttling.finding import Otherwise
from kuager.detection.throttling.quiet_hours import slow_when_quiet
from kuager.detection.throttling.runs import Codes, Runs
from kuager.detection.throttling.scan import contrast_of
from kuager.model.series import Times, Values

SURE = 3.0
"""Scales from which a change of a quantity is believed."""
RISEN = 1.10
"""A round-trip time that is longer by less is no queue of any size."""
NOT_RISEN = 1.0
SOMEWHAT = 1.25
LASTING_S = 3 * DAY_S
MORE_RUNS, FEWER_RUNS = 2.5, 0.4
LEAST_FAST = 0.05
"""So large a share of a throttled stretch may be fast: its edges are not exact."""
UNLIKELY = 0.01
LEAST_OF_DECILE = 20
LEAST_OF_TOP = 0.65
"""The ninth decile must have fallen by at least this share of the fall of the median, in logarithms."""
TOP_AS_ALL = 0.75
"""From this share on the fast lost as all others did, and it was no matter of who measured."""
WITH_RHYTHM = 0.5
LEAST_RHYTHM = 0.1
HOUR_S = 3_600
LEAST_HOURS = 2
LEAST_OUTSIDE = 20
NEW_SERVER, OLD_SERVER = 0.6, 0.2

ORDER = (Otherwise.CONGESTION, Otherwise.FAR_SERVER, Otherwise.PROBES, Otherwise.SERVICE, Otherwise.LOSS_OF_USERS)
"""Of those that nothing speaks for, the likeliest first."""


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


def weighed(one: Measured) -> tuple[tuple[Otherwise, ...], tuple[Otherwise, ...], tuple[Otherwise, ...]]:
    """Which explanations stay open (likeliest first, never none), which are spoken against, and which spoken for."""
    standing = _under_load(one, _delays(one)) | _people(one)
    if one.elsewhere_scales is not None:
        standing[Otherwise.SERVICE] = one.elsewhere_scales >= SURE
    return sorted_out(standing)


def sorted_out(
    standing: Mapping[Otherwise, bool],
) -> tuple[tuple[Otherwise, ...], tuple[Otherwise, ...], tuple[Otherwise, ...]]:
    """Open, spoken against and spoken for, from what was measured for (true) and against (false) explanations."""
    spoken_for = tuple(one for one in ORDER if standing.get(one, False))
    against = tuple(one for one in ORDER if not standing.get(one, True))
    still_open = spoken_for + tuple(one for one in ORDER if one not in standing)
    if not still_open:
        still_open = (Otherwise.PROBES,)
        against = tuple(one for one in against if one is not Otherwise.PROBES)
    return still_open, against, spoken_for


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


def _delays(one: Measured) -> dict[Otherwise, bool]:
    found: dict[Otherwise, bool] = {}
    if one.new_server:
        found[Otherwise.FAR_SERVER] = True
    if one.rtt_ratio is None or one.rtt_scales is None:
        if one.quiet_hours or (one.loss_scales is not None and one.loss_scales < 1.0):
            found[Otherwise.CONGESTION] = False
        return found
    risen = one.rtt_ratio >= RISEN and one.rtt_scales >= SURE
    lasting = one.days >= LASTING_S / DAY_S and not _follows_the_day(one)
    if risen and lasting:  # a queue, or another way: a longer round-trip time is never spoken against by speeds
        if _distance_explains(one):
            found[Otherwise.FAR_SERVER] = True
    elif risen and not one.ceiling:
        found[Otherwise.CONGESTION] = True
    elif one.rtt_ratio < RISEN or one.rtt_scales < NOT_RISEN:
        found[Otherwise.CONGESTION] = False
        if one.same_server or not _distance_explains(one):
            found.setdefault(Otherwise.FAR_SERVER, False)
    elif one.quiet_hours and not risen:
        found[Otherwise.CONGESTION] = False
    return found


def _under_load(one: Measured, found: dict[Otherwise, bool]) -> dict[Otherwise, bool]:
    """What the shortest round-trip times say, corrected by those under load: a queue is in them first."""
    ratio, scales = one.loaded_ratio, one.loaded_scales
    if ratio is None or scales is None:
        return found
    if ratio >= RISEN and scales >= SURE:
        lasting = one.days >= LASTING_S / DAY_S and not _follows_the_day(one)
        if not lasting and not one.ceiling:
            return found | {Otherwise.CONGESTION: True}
        return _unless_spoken_against(found)
    if ratio >= RISEN and scales >= NOT_RISEN and not one.quiet_hours:
        return _unless_spoken_against(found)
    if one.rtt_ratio is None:
        return found | {Otherwise.CONGESTION: False}
    return found


def _unless_spoken_against(found: dict[Otherwise, bool]) -> dict[Otherwise, bool]:
    """Congestion stays open where it was spoken against."""
    return {one: holds for one, holds in found.items() if holds or one is not Otherwise.CONGESTION}


def _distance_explains(one: Measured) -> bool:
    """Whether the round-trip time grew by enough for what was lost."""
    return one.slower <= explained_by_distance(max(1.0, one.rtt_ratio or 1.0))


def explained_by_distance(ratio: float) -> float:
    """By how much a TCP connection may slow when its round-trip time grows by a factor: by that, hardly by its square.

    The throughput of one connection goes with the inverse of its round-trip time (Mathis et al., CCR 1997).
    """
    return SOMEWHAT * ratio**2


def _follows_the_day(one: Measured) -> bool:
    return one.rhythm is not None and one.rhythm >= WITH_RHYTHM


def _people(one: Measured) -> dict[Otherwise, bool]:
    found: dict[Otherwise, bool] = {}
    if one.run_ratio is not None and one.run_scales is not None:
        fewer = one.run_ratio <= FEWER_RUNS and one.run_scales <= -SURE
        if not fewer:
            found[Otherwise.LOSS_OF_USERS] = False
    stayed = one.top_share is not None and one.top_share < LEAST_OF_TOP and not one.ceiling
    if stayed or (one.fast is not None and one.fast < UNLIKELY):
        found[Otherwise.PROBES] = True
    elif _fast_gone(one) and not _many_more(one):
        found[Otherwise.PROBES] = False
    return found


def _fast_gone(one: Measured) -> bool:
    """Whether hardly any run was as fast as before, and the fastest lost as much as the others."""
    as_all = one.ceiling or one.top_share is None or one.top_share >= TOP_AS_ALL
    return as_all and one.fast_lost is not None and one.fast_lost < UNLIKELY


def _many_more(one: Measured) -> bool:
    """Whether so many more people tested that others may have come; slowness itself makes people test, too."""
    return one.run_ratio is not None and one.run_ratio >= MORE_RUNS and (one.run_scales or 0.0) >= SURE


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
