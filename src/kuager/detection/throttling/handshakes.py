"""TLS handshakes of a target against a baseline name: slow for one name alone, on the same network and day.

The method is OONI's for Kazakhstan in 2022 (ooni.org, report of 28 April 2023): handshakes with the throttled name
succeed, in seconds instead of tenths, while those with another name at the same provider stay quick. Each handshake
with the target is compared with the median of the baseline on its network and day; a day of a network without baseline
is not observable. A handshake that ended in a timeout lasted at least that long: it ranks above every one that ended
well, and a median that falls among such is a lower bound. Timeouts beside handshakes as quick as ever are blocking that
comes and goes, and no slowness.

A target that is slow for all of the time, so that nothing tells its ordinary ratio, is called throttled only when it is
ten times slower than the baseline: a distant server explains three times (OONI's design document dd-007 asks for ten).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.detection.order import Mask, median
from kuager.detection.throttling.certainty import HANDSHAKES_CERTAINTY, probability
from kuager.detection.throttling.expected import expected
from kuager.detection.throttling.finding import LEAST_RUNS, Otherwise, Sign, Throttled
from kuager.detection.throttling.otherwise import sorted_out
from kuager.detection.throttling.pairs import Handshakes, Paired, paired
from kuager.detection.throttling.runs import Codes
from kuager.detection.throttling.scan import sharpest
from kuager.detection.throttling.sizes import slower
from kuager.model.series import Times, Values

LEAST_CONTRAST = 3.0
LEAST_SLOWER = 1.5
ALWAYS_SLOWER = 10.0
MOST_STRETCHES = 8
FARTHEST = 3.0
"""A server far away explains a handshake that takes so many times longer than with one nearby."""
LEAST_DAYS = 2
LEAST_ENDED_WELL = 0.2
"""Where less than this share of handshakes ends well the name is blocked rather than slow."""


def throttled_names(handshakes: Handshakes, elsewhere: Handshakes | None = None) -> tuple[Throttled, ...]:
    """The slow stretches that are a verdict of throttling, in order of time; arguments as of ``slow_handshakes``."""
    return tuple(one for one in slow_handshakes(handshakes, elsewhere) if one.is_verdict)


def slow_handshakes(handshakes: Handshakes, elsewhere: Handshakes | None = None) -> tuple[Throttled, ...]:
    """Stretches of days in which the target was slow, in order of time.

    Where the baseline was slow by half as much or more on the same days, ``speaks_for`` names congestion: it was the
    network, by congestion or by a throttling of everything, which these measurements cannot tell apart.

    Args:
        handshakes: of one target and one baseline.
        elsewhere: the same target and baseline in other places: slow there too, it is the service.
    """
    pairs = paired(handshakes)
    away = None if elsewhere is None else paired(elsewhere)
    found, ordinary = _stretches(pairs.times, _ranked(pairs), _groups(pairs.networks))
    told = (_of_target(pairs, ordinary, one, away) for one in found)
    own = tuple(one for one in told if one is not None) or _always(pairs, away)
    return tuple(sorted((*own, *_of_everything(handshakes)), key=lambda one: (one.first, one.speaks_for)))


def _stretches(times: Times, speeds: Values, groups: Codes) -> tuple[list[tuple[int, int, float]], Mask]:
    """Slow stretches as half-open indices with their contrast, in order of time, and what is ordinary beside them."""
    ordinary = np.ones(times.size, dtype=np.bool_)
    found: list[tuple[int, int, float]] = []
    while times.size >= 3 * LEAST_RUNS and len(found) < MOST_STRETCHES:
        learnt = expected(times, speeds, groups, ordinary, "UTC")
        left = np.flatnonzero(ordinary & np.isfinite(learnt.scores))
        slow = sharpest(times[left], learnt.scores[left], DAY_S)
        if slow is None or slow.contrast < LEAST_CONTRAST:
            break
        ordinary[left[slow.first : slow.last]] = False
        found.append((int(left[slow.first]), int(left[slow.last - 1]) + 1, slow.contrast))
    return sorted(found), ordinary


def _ranked(pairs: Paired) -> Values:
    """Speeds of handshakes relative to the baseline; what timed out is slower than everything that ended well."""
    speeds: Values = 1.0 / pairs.ratios
    ended = speeds[~pairs.timed_out]
    slowest_ended = float(ended.min()) if ended.size else 1.0
    return np.where(pairs.timed_out, np.minimum(speeds, slowest_ended / 2.0), speeds)


def _groups(networks: Codes) -> Codes:
    return np.asarray(np.unique(networks, return_inverse=True)[1], dtype=np.int64).reshape(-1)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """A slow stretch: indices of its slow members, bool [n] of all inside and of the ordinary ones, and its size."""

    slow: Codes
    inside: Mask
    outside: Mask
    size: tuple[float, float, float]
    contrast: float
    probability: float


def _measured(
    times: Times, ranked: Values, speeds: Values, groups: Codes, ordinary: Mask, found: tuple[int, int, float]
) -> _Stretch | None:
    """A stretch with its size; None where it rests on too little."""
    learnt = expected(times, ranked, groups, ordinary, "UTC")
    known = np.isfinite(learnt.residual)
    usual, low = median(learnt.residual[ordinary]), median(learnt.residual[found[0] : found[1]])
    slow = np.flatnonzero(known & (learnt.residual <= min(usual, (usual + low) / 2.0)))
    slow = slow[(slow >= found[0]) & (slow < found[1])]
    if slow.size < LEAST_RUNS or np.unique(times[slow] // DAY_S).size < LEAST_DAYS:
        return None
    inside = np.zeros(times.size, dtype=np.bool_)
    inside[slow[0] : slow[-1] + 1] = True
    inside &= known
    outside = ordinary & known & ~inside
    residual = expected(times, speeds, groups, ordinary, "UTC").residual
    size = slower(residual, inside, outside, times // DAY_S)
    if size[0] < LEAST_SLOWER:
        return None
    chance = probability(HANDSHAKES_CERTAINTY, found[2], size[0])
    return _Stretch(slow, inside, outside, size, found[2], chance)


def _of_target(pairs: Paired, ordinary: Mask, found: tuple[int, int, float], away: Paired | None) -> Throttled | None:
    """A stretch of the target's own; None where it is blocking.

    That is where hardly a handshake ended well, or where those that ended well were as quick as ever: then the others
    were not slow but kept from ending.
    """
    groups = _groups(pairs.networks)
    one = _measured(pairs.times, _ranked(pairs), 1.0 / pairs.ratios, groups, ordinary, found)
    if one is None or np.mean(~pairs.timed_out[one.inside]) < LEAST_ENDED_WELL:
        return None
    ended = expected(pairs.times, 1.0 / pairs.ratios, groups, ordinary & ~pairs.timed_out, "UTC").residual
    if pairs.timed_out[one.inside].any() and -median(ended[one.inside & ~pairs.timed_out]) < np.log(LEAST_SLOWER):
        return None
    standing = {Otherwise.LOSS_OF_USERS: False}
    logs = expected(pairs.times, 1.0 / pairs.baselines, groups, ordinary, "UTC").residual
    change = float(np.median(logs[one.outside]) - np.median(logs[one.inside]))
    standing[Otherwise.CONGESTION] = change >= np.log(one.size[0]) / 2.0
    if one.size[0] >= FARTHEST:
        standing[Otherwise.FAR_SERVER] = False
    if _several_networks(pairs, one):
        standing[Otherwise.PROBES] = False
    first, last = int(pairs.times[one.slow[0]]), int(pairs.times[one.slow[-1]])
    if away is not None and (there := _slower_elsewhere(away, first, last)) is not None:
        standing[Otherwise.SERVICE] = there >= float(np.sqrt(one.size[0]))
    return _finding(pairs.times, one, standing, int(pairs.baseline_runs[one.inside].sum()))


def _of_everything(handshakes: Handshakes) -> tuple[Throttled, ...]:
    """Stretches in which the baseline itself was slow: the network, and not the name."""
    base = ~handshakes.target
    times, speeds, groups = handshakes.times[base], 1.0 / handshakes.durations[base], _groups(handshakes.networks[base])
    found, ordinary = _stretches(times, speeds, groups)
    told = []
    for stretch in found:
        one = _measured(times, speeds, speeds, groups, ordinary, stretch)
        if one is not None:
            standing = {Otherwise.LOSS_OF_USERS: False, Otherwise.CONGESTION: True}
            told.append(_finding(times, one, standing, int(np.count_nonzero(one.outside))))
    return tuple(told)


def _finding(times: Times, one: _Stretch, standing: Mapping[Otherwise, bool], baseline_runs: int) -> Throttled:
    still_open, against, spoken_for = sorted_out(standing)
    first, last = int(one.slow[0]), int(one.slow[-1])
    ongoing = last == times.size - 1
    return Throttled(
        sign=Sign.HANDSHAKES,
        first=int(times[first]),
        last=int(times[last] if ongoing else times[last + 1]),
        first_earliest=int(times[max(0, first - 1)]),
        last_earliest=int(times[last]),
        ongoing=ongoing,
        slower=one.size[0],
        slower_low=one.size[1],
        slower_high=one.size[2],
        runs=int(one.slow.size),
        baseline_runs=baseline_runs,
        probability=one.probability,
        plateau=None,
        otherwise=still_open,
        unlikely=against,
        speaks_for=spoken_for,
        contrast=one.contrast,
    )


def _several_networks(pairs: Paired, one: _Stretch) -> bool:
    """Whether slow handshakes were seen in two networks or more: then it is no one person's link."""
    return np.unique(pairs.networks[one.slow]).size > 1


def _slower_elsewhere(away: Paired, first: int, last: int) -> float | None:
    """Factor by which the target was slower in other places from one time to another; None where it was not seen."""
    here = (away.times >= first) & (away.times <= last)
    if np.count_nonzero(here) < LEAST_RUNS or np.count_nonzero(~here) < LEAST_RUNS:
        return None
    return float(np.median(away.ratios[here]) / np.median(away.ratios[~here]))


def _always(pairs: Paired, away: Paired | None) -> tuple[Throttled, ...]:
    """All of the time as one stretch, when nearly every day's median is far above what distance explains.

    The probability is that of a sign test over days: that the usual ratio is larger than distance explains.
    """
    days, where = np.unique(pairs.times // DAY_S, return_inverse=True)
    if days.size < LEAST_DAYS or pairs.times.size < LEAST_RUNS:
        return ()
    ratio = float(np.median(pairs.ratios))
    if ratio < ALWAYS_SLOWER or np.mean(~pairs.timed_out) < LEAST_ENDED_WELL:
        return ()
    medians = np.array([np.median(pairs.ratios[where == day]) for day in range(days.size)])
    slow = int(np.count_nonzero(pairs.ratios > FARTHEST))
    chance = _sign_test(int(np.count_nonzero(medians > FARTHEST)), days.size)
    standing = {Otherwise.LOSS_OF_USERS: False, Otherwise.CONGESTION: False}
    if np.unique(pairs.networks).size > 1:
        standing[Otherwise.PROBES] = False
    if away is not None and away.times.size >= LEAST_RUNS:
        standing[Otherwise.SERVICE] = float(np.median(away.ratios)) >= FARTHEST
    still_open, against, spoken_for = sorted_out(standing)
    first, last = int(pairs.times[0]), int(pairs.times[-1])
    low, high = _median_interval(medians)
    return (
        Throttled(
            sign=Sign.HANDSHAKES,
            first=first,
            last=last,
            first_earliest=first,
            last_earliest=last,
            ongoing=True,
            slower=ratio,
            slower_low=min(ratio, low),
            slower_high=max(ratio, high),
            runs=slow,
            baseline_runs=int(pairs.baseline_runs.sum()),
            probability=1.0 - chance,
            plateau=None,
            otherwise=still_open,
            unlikely=against,
            speaks_for=spoken_for,
        ),
    )


def _sign_test(above: int, of: int) -> float:
    """How likely chance puts so many of so many days above the median, or more."""
    return float(sum(comb(of, count) for count in range(above, of + 1)) / 2**of)


def _median_interval(values: Values) -> tuple[float, float]:
    """The 95 % interval of a median by order statistics; the whole range where there are too few values for one."""
    ordered = np.sort(values)
    below = 0
    while 2.0 * (1.0 - _sign_test(below + 1, ordered.size)) <= 0.05 and below < (ordered.size - 1) // 2:
        below += 1
    return float(ordered[max(0, below - 1)]), float(ordered[ordered.size - max(1, below)])
