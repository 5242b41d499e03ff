"""What happens to people's access in a random world: how often, how long, how deep and in which form.

Lengths and the habit of starting on the hour resemble those of the documented national shutdowns and outages in
"Destination Unreachable" (SIGCOMM 2023), shorter and longer ones beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np

from kuager.evaluation.losses import curfew
from kuager.evaluation.plans import Disturbance, Reach, Restoration
from kuager.evaluation.shapes import DAY_S, HOUR_S, MONTH_S
from kuager.evaluation.world_plans import Random, between
from kuager.model.words import SignalKind

Window = tuple[int, int]

_PAUSE_S = 6 * HOUR_S
_SHORTEST_S, _LONGEST_S = 900, 12 * DAY_S
_BRIEF_SHARE, _COMPLETE_SHARE = 0.12, 0.6
_BLIND_SHARE = 0.1


def disturbances(random: Random, place: str, zone: str, window: Window, event_rate: float) -> Iterator[Disturbance]:
    """The disturbances of one place, none in most months; where two would touch, the later one is left out.

    Args:
        random: what draws.
        place: where.
        zone: of the local clock, by which curfews go.
        window: seconds since the epoch.
        event_rate: how many per 30 days; a curfew or an outage with restorations counts once.
    """
    free_from = window[0] - 2 * DAY_S
    how_many = random.poisson(event_rate * (window[1] - window[0]) / MONTH_S)
    for start in sorted(int(random.uniform(window[0] + 2 * DAY_S, window[1] - DAY_S)) for _ in range(how_many)):
        form: _Form = _FORMS[int(random.choice(len(_FORMS), p=_FORM_SHARES))]
        parts = form(random, simple(random, place, _habitual_start(random, start)), zone, window)
        if parts[0].start >= free_from and parts[-1].end > window[0]:
            free_from = parts[-1].end + _PAUSE_S
            yield from parts


def simple(random: Random, place: str, start: int) -> Disturbance:
    """An outage, brief or not, or a partial drop, seen by each kind in its own measure."""
    brief = random.random() < _BRIEF_SHARE
    complete = brief or random.random() < _COMPLETE_SHARE
    usual_length = np.exp(random.normal(np.log(4 * HOUR_S), 1.4))
    length = float(random.uniform(300, 900) if brief else np.clip(usual_length, _SHORTEST_S, _LONGEST_S))
    ramp = int(min(between(random, 1, 3_600), length / 4))
    return Disturbance(
        start=start,
        end=start + int(length),
        remaining=random.uniform(0, 0.1) if complete else random.uniform(0.3, 0.9),
        onset_ramp_s=ramp if not brief and random.random() < 0.3 else 0,
        end_ramp_s=ramp if not brief and random.random() < 0.5 else 0,
        reach=Reach(places=(place,)),
        seen=seen(random),
        delays_s={kind: int(min(random.exponential(300), length / 4)) for kind in SignalKind},
    )


def seen(random: Random) -> dict[SignalKind, float]:
    """How much of a loss each kind sees: routes often nothing, every other kind sometimes nothing."""
    least = {
        SignalKind.PROBING: 0.5,
        SignalKind.TELESCOPE: 0.7,
        SignalKind.TRAFFIC: 0.85,
        SignalKind.USERS: 0.7,
        SignalKind.INDEX: 0.7,
        SignalKind.COUNT: 0.8,
    }
    routes = random.uniform(0.3, 1) if random.random() < 0.5 else random.uniform(0, 0.06)
    others = {kind: 0.0 if random.random() < _BLIND_SHARE else random.uniform(low, 1) for kind, low in least.items()}
    return {SignalKind.BGP: routes, **others}


def _habitual_start(random: Random, moment: int) -> int:
    """Half of all disturbances begin at a full hour, for it is people who begin many of them."""
    return moment // HOUR_S * HOUR_S if random.random() < 0.5 else moment


def _as_it_is(_random: Random, whole: Disturbance, _zone: str, _window: Window) -> tuple[Disturbance, ...]:
    return (whole,)


def _staircase(random: Random, whole: Disturbance, _zone: str, _window: Window) -> tuple[Disturbance, ...]:
    """A third goes first and the rest later, or the other way round."""
    turn = whole.start + (whole.end - whole.start) // 2
    higher = whole.remaining + (1 - whole.remaining) * random.uniform(0.3, 0.6)
    falls = random.random() < 0.5
    first, then = (higher, whole.remaining) if falls else (whole.remaining, higher)
    return (replace(whole, remaining=first, steps=((turn, then),)),)


def _with_restorations(random: Random, whole: Disturbance, _zone: str, _window: Window) -> tuple[Disturbance, ...]:
    """A cut of some days, with a window of one to six hours on each in which everything, or most of it, comes back."""
    days = int(random.integers(2, 7))
    wholly = random.random() < 0.5
    backs = []
    for day in range(days):
        opens = whole.start + day * DAY_S + int(random.uniform(6, 14) * HOUR_S)
        closes = opens + int(random.uniform(1, 6) * HOUR_S)
        backs.append(Restoration(opens, closes, 1.0 if wholly else random.uniform(0.6, 0.95), ramp_s=300))
    return (replace(whole, end=whole.start + days * DAY_S, remaining=whole.remaining / 4, restorations=tuple(backs)),)


def _curfew(random: Random, whole: Disturbance, zone: str, _window: Window) -> tuple[Disturbance, ...]:
    """The same hours of the local clock on three to ten days: of the night, or of an examination."""
    first = datetime.fromtimestamp(whole.start, UTC).date() + timedelta(days=1)
    last = first + timedelta(days=int(random.integers(2, 10)))
    closes, opens = (time(23), time(5)) if random.random() < 0.5 else (time(5), time(8))
    pattern = replace(whole, remaining=whole.remaining / 4, onset_ramp_s=0, end_ramp_s=0, delays_s={})
    return curfew(first, last, closes, opens, zone, pattern)


def _slow(random: Random, whole: Disturbance, _zone: str, _window: Window) -> tuple[Disturbance, ...]:
    """Hours pass until everything is lost, as when batteries run out, and longer ones until all is back."""
    length = int(random.uniform(12, 72) * HOUR_S)
    going, coming = int(length * random.uniform(0.1, 0.35)), int(length * random.uniform(0.2, 0.5))
    return (replace(whole, end=whole.start + length, onset_ramp_s=going, end_ramp_s=coming),)


def _to_the_end(random: Random, whole: Disturbance, _zone: str, window: Window) -> tuple[Disturbance, ...]:
    """It lasts when the data end."""
    start = window[1] - int(between(random, HOUR_S, 4 * DAY_S))
    return (replace(whole, start=start, end=window[1] + DAY_S, onset_ramp_s=0, end_ramp_s=0),)


def _from_the_start(random: Random, whole: Disturbance, _zone: str, window: Window) -> tuple[Disturbance, ...]:
    """It had begun before the data did."""
    end = window[0] + int(between(random, 6 * HOUR_S, 4 * DAY_S))
    return (replace(whole, start=window[0] - DAY_S, end=end, onset_ramp_s=0, end_ramp_s=0),)


def _after_a_long_one(random: Random, whole: Disturbance, _zone: str, window: Window) -> tuple[Disturbance, ...]:
    """An outage of a week or two came first, from which nobody may learn what is ordinary."""
    begin = window[0] + int(random.uniform(3, 7) * DAY_S)
    lasting = int(random.uniform(7, 14) * DAY_S)
    earlier = replace(whole, start=begin, end=begin + lasting, remaining=random.uniform(0, 0.3))
    start = _habitual_start(random, earlier.end + int(random.uniform(1, 5) * DAY_S))
    return earlier, replace(whole, start=start, end=start + whole.end - whole.start)


_Form = Callable[[Random, Disturbance, str, Window], tuple[Disturbance, ...]]

_FORMS: tuple[_Form, ...] = (
    _as_it_is,
    _staircase,
    _with_restorations,
    _curfew,
    _slow,
    _to_the_end,
    _from_the_start,
    _after_a_long_one,
)
_FORM_SHARES = (0.54, 0.08, 0.12, 0.08, 0.05, 0.05, 0.04, 0.04)
