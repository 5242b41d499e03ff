"""What was measured of single sites and services: where they were kept away or slowed, since when, and how surely.

A *service* is a site's host (``orda.kz``) or an app by the name of its test (``telegram``). Rows name no probe, and
rest on enough measurements that none of them points at one.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from kuager.model.time import Instant


class Blocking(msgspec.Struct, frozen=True, kw_only=True):
    """Days in which a service was blocked on a network, at one step of reaching it, as one source saw it.

    Attributes:
        source: id of who measured.
        service: its host or the name of its test; ``group`` the category of the site lists that name it, else empty.
        network: code of the network, empty where the source does not say it.
        layer: ``dns``, ``tcp``, ``tls`` or ``http``; empty where the source does not say it.
        methods: how it was kept away, the most frequent first, as in ``model.verdicts``.
        first_seen: between the last measurement that spoke against it and the first for it.
        last_seen: the end likewise; null while it lasted when the measurements end.
        last_measured: when it was last measured while it lasted.
        already: it lasted when the first measurement was made, so that it is not known when it began.
        share, share_low, share_high: of the measurements that were blocked, with a 95 % interval.
        base: the share that is flagged all the time.
        probability: that the share rose above it, 0 to 1.
        measurements, blocked: how many, while it lasted.
        days_measured, days_without: days with and without measurements; the latter are not observable.
        residual: it went on after a wider cut of the place had ended.
    """

    source: str
    service: str
    group: str
    network: str
    layer: str
    methods: tuple[str, ...]
    first_seen: Instant
    last_seen: Instant | None
    last_measured: datetime
    already: bool
    share: float
    share_low: float
    share_high: float
    base: float
    probability: float
    measurements: int
    blocked: int
    days_measured: int
    days_without: int
    residual: bool = False


class Step(msgspec.Struct, frozen=True):
    """A level to which a service fell: from when on, and the share of what is usual that was left, 0 to 1."""

    start: datetime
    left: float


class ClockTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of slowness that come back at one local clock time.

    Attributes:
        zone: tz database name of the clocks.
        start_clock, end_clock: such as ``19:00``; the end is null where they end at no common time.
        hit, not_hit, not_observable: local dates from the first to the last day hit; not hit means measured then.
        weekdays: 0 (Monday) to 6 when it was those days of the week alone; else empty.
        chance: at most so often would chance gather as many at any clock time, 0 to 1.
    """

    zone: str
    start_clock: str
    end_clock: str | None
    hit: tuple[date, ...]
    not_hit: tuple[date, ...]
    not_observable: tuple[date, ...]
    weekdays: tuple[int, ...]
    chance: float

    @property
    def measured(self) -> int:
        """The days of which it is known whether they were hit."""
        return len(self.hit) + len(self.not_hit)


class Slowing(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which connections, or one service, were slower than usual.

    Attributes:
        source: id of who measured.
        service: the host that was slow; empty for everything.
        network: code of the network.
        sign: what it was seen in: ``throughput``, ``handshakes``, or ``share`` of a service in the traffic.
        start: between the last ordinary run before it and the first slow one.
        end: between the last slow run and the next ordinary one; null while it lasted when the measurements end.
        slower, slower_low, slower_high: the factor by which, with a 95 % interval.
        runs, baseline_runs: slow runs, and those that they were compared with.
        days_measured: days with slow runs.
        probability: that it is no accident of the runs, 0 to 1.
        plateau: the ceiling in kbit/s at which speeds gathered; null where they did not.
        otherwise: what else it could be; ``unlikely`` of all explanations those that the measurements speak against.
        signal: id of the signal of which the share fell; empty where runs were compared.
        steps: where it came in several steps, each of them; else empty.
        windows: the hours, where it was slow at one clock time only; null where it was slow all the time.

    Of a share ``slower`` is the factor by which it fell, and ``runs`` are samples.
    """

    source: str
    service: str
    network: str
    sign: str
    start: Instant
    end: Instant | None
    slower: float
    slower_low: float
    slower_high: float
    runs: int
    baseline_runs: int
    days_measured: int
    probability: float
    plateau: float | None
    otherwise: tuple[str, ...]
    unlikely: tuple[str, ...]
    signal: str = ""
    steps: tuple[Step, ...] = ()
    windows: ClockTimes | None = None

    @property
    def seen_by(self) -> str:
        """The id of the signal that saw it."""
        return self.signal or f"{self.source}.speeds"


class Whitelisting(msgspec.Struct, frozen=True, kw_only=True):
    """Days in which most of what was measured on a network was unreachable while a few services went on working.

    ``blocked`` and ``measured`` count targets of all of its days, ``worked`` those that were never blocked on two days
    or more. ``working`` and ``kept_away`` name those that were measured often enough to be named. ``probability``
    follows from those counts and is not calibrated; versions of episodes from before it was reckoned have 0.5.
    """

    network: str
    start: datetime
    end: datetime
    days: int
    measurements: int
    measured: int
    blocked: int
    worked: int
    working: tuple[str, ...]
    probability: float = 0.5
    kept_away: tuple[str, ...] = ()


class GroupDays(msgspec.Struct, frozen=True, kw_only=True):
    """Days, first to last, on which as many sites of a group were blocked, reachable, and not measured."""

    first: date
    last: date
    blocked: int
    reachable: int
    not_observable: int


class GroupBlocking(msgspec.Struct, frozen=True, kw_only=True):
    """Sites of one kind that became blocked within a few days of each other.

    Attributes:
        source: id of who measured.
        group: the category of the sites in the codes of the Citizen Lab.
        network: code of the network; empty for all networks of the place together.
        networks: codes of the networks on which they were blocked.
        services: the hosts, in the order in which they were first seen blocked.
        measured: all sites of the group that could be seen then; ``not_observable`` those that could not.
        first_seen: from the earliest to the latest beginning of any of them; ``best`` is the middle one.
        last_seen: of their ends likewise; null while any lasts.
        chance: at most so often would chance bring as many beginnings together, 0 to 1.
        days: how many of the group were blocked when, from the earliest beginning on.
    """

    source: str
    group: str
    network: str
    networks: tuple[str, ...]
    services: tuple[str, ...]
    measured: tuple[str, ...]
    not_observable: tuple[str, ...]
    first_seen: Instant
    last_seen: Instant | None
    chance: float
    days: tuple[GroupDays, ...]
