"""Which parts of a place an episode hit, from when, and what share of the place that was.

All shares are 0 to 1 of the weight of the whole place, the parts that nobody measured included.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from kuager.model.words import Access, PartsKind, PartState, State, Weighting


class Share(msgspec.Struct, frozen=True):
    """What a place had lost at a time, as three masses that sum to 1, and an interval.

    Attributes:
        down: what is expected to have been lost; a part that lost half of its service counts half.
        up: what is expected to have been there.
        unknown: the weight of the parts of which nothing can be said.
        low: at least so much was lost, with 95 per cent probability, even if all unknown parts were up.
        high: at most so much was lost, with 95 per cent probability, even if all unknown parts were down.
        chance: the probability that more was lost than the least loss that counts.
        verdict: the state of the place as far as its parts tell.
    """

    down: float
    up: float
    unknown: float
    low: float
    high: float
    chance: float
    verdict: State


class Moment(msgspec.Struct, frozen=True):
    """The share lost from ``start`` to ``end``."""

    start: datetime
    end: datetime
    share: Share


class Part(msgspec.Struct, frozen=True):
    """One network or region during an episode.

    ``since`` is its own onset with the interval in which it lies, ``until`` its own end; null where it has none.
    ``depth`` is the greatest share that it lost and ``probability`` that of its loss, both null when it is unknown.
    """

    place: str
    weight: float
    access: Access
    state: PartState
    since: datetime | None
    since_earliest: datetime | None
    since_latest: datetime | None
    until: datetime | None
    depth: float | None
    probability: float | None


class OperatorShare(msgspec.Struct, frozen=True):
    """The share lost by one operator, of the weight of its own networks, when the whole place had lost most."""

    operator: str
    weight: float
    share: Share


class Onsets(msgspec.Struct, frozen=True):
    """How the onsets of the parts that were hit lie in time; percentiles over parts, whatever their weight."""

    count: int
    first: datetime
    tenth: datetime
    median: datetime
    ninetieth: datetime
    last: datetime


class Division(msgspec.Struct, frozen=True):
    """A place divided into networks or regions.

    Attributes:
        kind: what the parts are.
        weighting: what a part's weight counts.
        whole: whether a register names all parts; where none does, the parts measured are taken for the place.
        covered: the share of the place that was measured, on average over the episode.
        worst: when most had been lost, or first within a hundredth of it.
        mobile: the share lost at that time of networks known to be mobile; null where none is.
        fixed: the same of fixed ones. Networks that are both, or not known to be either, count in neither.
        mobile_only: whether mobile access was lost and fixed access was not.
        operators: each operator's share at that time, the largest first.
        onsets: null when no part was hit.
        course: the share lost over time; a new row wherever a hundredth of the place changed.
        parts: every part that was measured or is large, in the order of onset, then of weight.
    """

    kind: PartsKind
    weighting: Weighting
    whole: bool
    covered: float
    worst: Moment
    mobile: Share | None
    fixed: Share | None
    mobile_only: bool
    operators: tuple[OperatorShare, ...]
    onsets: Onsets | None
    course: tuple[Moment, ...]
    parts: tuple[Part, ...]


class Scope(msgspec.Struct, frozen=True):
    """What the parts of a place tell of an episode.

    ``rolled_up`` says that the episode was put together from its parts. ``correlation`` is that of the failures of two
    parts, ``depth_error`` how far the depth of a loss may be off, as a share of it (``kuager.episodes.rollup``). The
    divisions look at the same place in different ways and are never added up.
    """

    rolled_up: bool
    correlation: float
    depth_error: float
    divisions: tuple[Division, ...]
