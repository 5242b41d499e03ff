"""What is found in the verdicts on one target from one network: stretches of days in which it was blocked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """A moment in seconds since the epoch, known only to lie between two measurements; both ends are possible.

    ``best`` is the one to quote.
    """

    earliest: int
    best: int
    latest: int


@dataclass(frozen=True, slots=True)
class BlockedStretch:
    """Days in which a target was blocked by one method on one network.

    Attributes:
        first_seen: when it began: between the last measurement that spoke against it and the first for it.
        last_seen: when it ended, likewise; None while it lasts at the end of the data.
        share, share_low, share_high: of the measurements that were blocked while it lasted, with a 95 % interval.
        base: the share of this test and country that is always flagged.
        probability: that the share really rose above the base, 0 to 1.
        measurements, blocked: counts inside.
        days_measured, days_without: days inside with and without measurements; the latter are not observable.
        already: it lasted when the first measurement was made, so ``first_seen`` says only that it was no later.
        last_measured: time of the last measurement inside; None where that is not known.
    """

    first_seen: Bounds
    last_seen: Bounds | None
    share: float
    share_low: float
    share_high: float
    base: float
    probability: float
    measurements: int
    blocked: int
    days_measured: int
    days_without: int
    already: bool = False
    last_measured: int | None = None
