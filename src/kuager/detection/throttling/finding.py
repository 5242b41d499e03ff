"""What is found of throttling: when, how much slower, from how many runs, and what else it could be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sign(StrEnum):
    """What the slowness was seen in."""

    THROUGHPUT = "throughput"
    """Speed tests: median and upper quantile fall, and speeds gather at a ceiling."""
    HANDSHAKES = "handshakes"
    """TLS handshakes of a target take longer than those of a baseline name on the same network and day."""
    SHARE = "share"
    """One service's part of the traffic falls where that of control places does not."""


class Otherwise(StrEnum):
    """What else can look like throttling."""

    CONGESTION = "congestion"
    """Has a daily rhythm, and comes with more delay."""
    LOSS_OF_USERS = "loss-of-users"
    """Fewer people, not slower ones."""
    FAR_SERVER = "far-server"
    """Another route or server: the delay changes and stays."""
    PROBES = "probes"
    """Other people measured, over other links."""
    SERVICE = "service"
    """The service itself was slow, everywhere."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """A stretch of time in which something was slower than it should have been.

    Attributes:
        sign: in what it was seen.
        first, last: int seconds since the epoch: the first slow run, and the first normal one after the last slow one
            (or the end of the data).
        first_earliest, last_earliest: the normal run before the first, and the last slow run.
        ongoing: the data end before it does.
        slower: factor by which it was slower (speed before / speed while, or duration while / duration before), with a
            95 % interval ``slower_low`` to ``slower_high``.
        runs: slow runs it rests on, never fewer than ``LEAST_RUNS``; ``baseline_runs``: those it was compared with.
        probability: that it is no accident of the runs, 0 to 1.
        plateau: the ceiling in kbit/s when speeds gather at one, else None.
        otherwise: what else it could be, the likeliest first; never empty.
        unlikely: of all explanations those that the measurements speak against.
        speaks_for: of ``otherwise`` those that the measurements speak *for*: with any of them it is slowness that has
            another explanation, and no verdict of throttling.
        contrast: how many scales the runs lie below all others (``scan.py``); 0 where nothing was scanned.
        steps: where it came in several steps, the start of each and the share that was left from then on, 0 to 1.
    """

    sign: Sign
    first: int
    last: int
    first_earliest: int
    last_earliest: int
    ongoing: bool
    slower: float
    slower_low: float
    slower_high: float
    runs: int
    baseline_runs: int
    probability: float
    plateau: float | None
    otherwise: tuple[Otherwise, ...]
    unlikely: tuple[Otherwise, ...]
    speaks_for: tuple[Otherwise, ...] = ()
    contrast: float = 0.0
    steps: tuple[tuple[int, float], ...] = ()

    @property
    def is_verdict(self) -> bool:
        """Whether it is more likely than not no accident, and nothing that was measured explains it otherwise.

        Congestion slows everybody, too: it must have been spoken against, unless speeds gather at a ceiling, as they
        never do in a queue.
        """
        no_queue = self.plateau is not None or Otherwise.CONGESTION in self.unlikely
        return self.probability >= LEAST_PROBABLE and not self.speaks_for and no_queue


LEAST_PROBABLE = 0.5
LEAST_RUNS = 3
"""One slow run is an accident, and two may be one person's bad link."""
