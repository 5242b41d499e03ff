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

from kuager.detection.grid import DAY_S
from kuager.detection.throttling.finding import Otherwise
from kuager.detection.throttling.measured import Measured

SURE = 3.0
"""Scales from which a change of a quantity is believed."""
RISEN = 1.10
"""A round-trip time that is longer by less is no queue of any size."""
NOT_RISEN = 1.0
SOMEWHAT = 1.25
LASTING_S = 3 * DAY_S
MORE_RUNS, FEWER_RUNS = 2.5, 0.4
UNLIKELY = 0.01
LEAST_OF_TOP = 0.65
"""The ninth decile must have fallen by at least this share of the fall of the median, in logarithms."""
TOP_AS_ALL = 0.75
"""From this share on the fast lost as all others did, and it was no matter of who measured."""
WITH_RHYTHM = 0.5

ORDER = (Otherwise.CONGESTION, Otherwise.FAR_SERVER, Otherwise.PROBES, Otherwise.SERVICE, Otherwise.LOSS_OF_USERS)
"""Of those that nothing speaks for, the likeliest first."""


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
