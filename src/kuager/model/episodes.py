"""Events, episodes and their parts, as frozen values that go to JSON and back unchanged (msgspec)."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from kuager.model.notes import Note
from kuager.model.scope import Scope
from kuager.model.services import Blocking, GroupBlocking, Slowing, Whitelisting
from kuager.model.time import Instant
from kuager.model.words import (
    Access,
    AlternativeStatus,
    CauseValue,
    EpisodeKind,
    Explanation,
    Level,
    PhaseKind,
    Stance,
    State,
)


class Span(msgspec.Struct, frozen=True):
    """A stretch of one series in one state; ``depth`` is the mean share lost, 0 to 1, null when not observable."""

    start: datetime
    end: datetime
    state: State
    depth: float | None


class Event(msgspec.Struct, frozen=True):
    """An interval that a detector found in ONE series.

    ``depth`` is the median share of the expected value that was missing (0..1), ``probability`` the calibrated
    probability that something happened at all. ``end`` is null when the series stops inside the event.
    """

    signal: str
    place: str
    access: Access
    window: str
    start: Instant
    end: Instant | None
    depth: float
    probability: float


class Phase(msgspec.Struct, frozen=True):
    """A part of an episode. ``uncertainty_s`` is the half-width of its start; ``end`` is null while it lasts.

    ``networks`` are the codes of those it was seen on and ``services`` the hosts or names of what was kept away or
    slowed; both are empty in phases of everything.
    """

    kind: PhaseKind
    start: datetime
    end: datetime | None
    access: Access
    places: tuple[str, ...]
    uncertainty_s: int
    networks: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    @property
    def is_of_everything(self) -> bool:
        """Whether it is about all that the place reaches, not about some networks or services."""
        return not self.networks and not self.services


class Recurrence(msgspec.Struct, frozen=True):
    """Windows of an episode that come back at the same local clock time.

    ``of`` says what comes back: a kind of loss, or ``restoration`` within a longer cut. ``start_clock`` and
    ``end_clock`` are local times ``22:00`` in ``zone``; the end is null when the windows end at no common time. A
    spread lies between the earliest and the latest, and ``tolerance_s`` is what the starts were allowed. ``hit``,
    ``not_hit`` and ``not_observable`` are local dates from the first to the last day hit; not hit means measured at
    that time. ``step_s`` is the time between the samples: no clock time is finer.
    ``weekdays`` (0 is Monday) when it was those days of the week alone. ``chance`` is the probability, at most, that
    the ``windows`` windows of those days would gather on as many days at any clock time if each began at any measured
    moment of its own day alike.
    """

    of: PhaseKind
    zone: str
    start_clock: str
    start_spread_s: int
    end_clock: str | None
    end_spread_s: int | None
    tolerance_s: int
    step_s: int
    hit: tuple[date, ...]
    not_hit: tuple[date, ...]
    not_observable: tuple[date, ...]
    weekdays: tuple[int, ...]
    windows: int
    chance: float

    @property
    def measured(self) -> int:
        """The days of which it is known whether they were hit."""
        return len(self.hit) + len(self.not_hit)


class Reading(msgspec.Struct, frozen=True):
    """What one signal says of an episode.

    ``start`` and ``end`` are its own onset and end, null where it has none. ``coverage`` is the share of the
    episode's time of which its values were used, ``set_aside`` that of which it has values that were not, for they
    look like those of a failing sensor. ``lowest`` is its smallest value as a share of the expected one.
    ``window`` names the window of a relative series. ``spans`` are its states over the case window.
    """

    signal: str
    place: str
    access: Access
    window: str
    stance: Stance
    start: datetime | None
    end: datetime | None
    depth: float | None
    probability: float | None
    coverage: float
    lowest: float | None
    spans: tuple[Span, ...]
    set_aside: float = 0.0


class Kinds(msgspec.Struct, frozen=True):
    """Independent kinds of signal by what they did while an episode lasted, each kind once, with ids of its signals.

    ``saw`` it for most of its time; ``in_part`` saw some of it and were normal for most; ``missed`` could have seen it
    and did not; ``neither`` count neither for nor against it: too noisy, not measuring, or not sure enough.
    """

    saw: dict[str, tuple[str, ...]]
    in_part: dict[str, tuple[str, ...]]
    missed: dict[str, tuple[str, ...]]
    neither: dict[str, tuple[str, ...]]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.saw) + len(self.in_part) + len(self.missed) + len(self.neither)


class CauseFeature(msgspec.Struct, frozen=True):
    """One thing about the timing of an episode, and what it adds to the log-odds of an order.

    ``contribution`` is counted from the average outage of the list from which the weights were learnt.
    """

    name: str
    value: float
    contribution: float


class Cause(msgspec.Struct, frozen=True):
    """Why it happened, with a level of its own.

    ``probability`` is how often outages of that timing were ordered in the list from which it was learnt, null where
    the timing is not known well enough; it is a resemblance and no evidence. ``notes`` say so in words.
    """

    value: CauseValue
    level: Level
    probability: float | None = None
    features: tuple[CauseFeature, ...] = ()
    notes: tuple[Note, ...] = ()


class Alternative(msgspec.Struct, frozen=True):
    """What else it could have been: what was measured that speaks for and against it, and what was not measured.

    ``weights_for`` and ``weights_against`` go with the findings: 1, or 2 for a plain one.
    """

    explanation: Explanation
    status: AlternativeStatus
    speaks_for: tuple[Note, ...]
    speaks_against: tuple[Note, ...]
    not_measured: tuple[Note, ...]
    weights_for: tuple[int, ...] = ()
    weights_against: tuple[int, ...] = ()


class Episode(msgspec.Struct, frozen=True):
    """One thing that happened at a place, fused from the events of all signals.

    ``end``, ``end_earliest`` and ``end_latest`` are null while it is ongoing. ``reasons`` say why it has its level,
    ``unknowns`` what the record cannot tell. ``inputs`` are the sha256 of the sealed objects it was derived from.
    ``kinds`` say who saw it, for everything that is said of that. ``ordinary_days`` are those from which was learnt
    what is ordinary, null where they are enough. ``blocked``, ``slowed`` and ``whitelisted`` are the measured facts
    behind its phases of single services and networks; such phases stand after those of everything, may overlap them,
    and may begin before the episode and end after it. ``groups`` say which kinds of sites became blocked together.
    """

    id: str
    version: int
    place: str
    kind: EpisodeKind
    level: Level
    probability: float
    start: datetime
    start_earliest: datetime
    start_latest: datetime
    end: datetime | None
    end_earliest: datetime | None
    end_latest: datetime | None
    ongoing: bool
    phases: tuple[Phase, ...]
    signals: tuple[Reading, ...]
    cause: Cause
    evidence: tuple[int, ...]
    simulated: bool
    reasons: tuple[Note, ...]
    unknowns: tuple[Note, ...]
    inputs: tuple[str, ...]
    scope: Scope | None = None
    alternatives: tuple[Alternative, ...] = ()
    recurrence: Recurrence | None = None
    kinds: Kinds | None = None
    ordinary_days: int | None = None
    blocked: tuple[Blocking, ...] = ()
    slowed: tuple[Slowing, ...] = ()
    whitelisted: tuple[Whitelisting, ...] = ()
    groups: tuple[GroupBlocking, ...] = ()

    def began_unseen(self, phase: Phase) -> bool:
        """Whether a phase is of services that were blocked when they were first measured: its start is not known."""
        return phase.kind is PhaseKind.BLOCKING and any(
            one.already
            and one.service in phase.services
            and one.network in phase.networks
            and one.first_seen.best == phase.start
            for one in self.blocked
        )

    @property
    def service_signals(self) -> tuple[str, ...]:
        """Ids of the signals behind its single services, each once."""
        reached = {f"{one.source}.reached" for one in self.blocked} | {"ooni.reached" for _ in self.whitelisted}
        return tuple(sorted(reached | {one.seen_by for one in self.slowed}))
