"""Months of speed tests and of TLS handshakes as they are drawn: ordinary ones with all their mishaps, and throttles.

Speed tests come as subscribers make them: each has a line of its own (a factor of ten between people is common), some
test once, some thrice in a row. Evenings are slower and have longer round-trip times, some evenings much more than
others, for queues fill. Now and then other people test, the servers move, or a line is congested for a day: none of
this is throttling. A throttle takes a share of every speed, or lets through what it lets through (a policer); it leaves
round-trip times as they are. Speeds are kbit/s, round-trip times ms, durations s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kuager.detection.throttling.pairs import Handshakes
from kuager.detection.throttling.runs import Runs
from kuager.evaluation.shapes import DAY_S, HOUR_S
from kuager.model.series import Times, Values

MONTH_START = 1_640_995_200
"""2022-01-01T00:00:00Z."""
DAYS = 30
VISIBLE_SNR = 7.0
"""A throttle that an oracle sees less clearly is not asked for. An oracle who knows where to look needs three scales;
who looks at every stretch of a month, five to be wrong once in a hundred, and two more to find nine of ten."""
DEPTHS = (0.5, 0.8, 0.95)
MOST_OF_A_RUN = 2.5
WINDOW_HOUR = 19


class Mishap(StrEnum):
    """What else happens in a month and is no throttling."""

    NONE = "nothing else"
    MIX = "other people test"
    SERVER = "the servers move"
    CONGESTION = "a day of congestion"


class Manner(StrEnum):
    """How a throttle works."""

    SHARE = "share"
    """Every speed loses the same share."""
    POLICER = "policer"
    """No speed passes a ceiling."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """What was done.

    Attributes:
        start, end: seconds since the epoch, half-open.
        depth: the share lost, of the median speed or of the speed of handshakes.
        manner: how.
        snr: what an oracle who knows the time and the noise of a run sees of it, in scales: the logarithm of the
            factor over the spread between subscribers, no more than 2.5 (no rank among a few hundred says more), times
            the root of the number of hours with a run, or of half of the handshakes.
    """

    start: int
    end: int
    depth: float
    manner: Manner
    snr: float


@dataclass(frozen=True, slots=True, eq=False)
class SpeedMonth:
    """A month of speed tests with what happened in it, if anything did."""

    runs: Runs
    throttle: Throttle | None
    mishap: Mishap

    @property
    def visible(self) -> bool:
        """Whether its throttle could be told: clear enough, and round-trip times measured or a ceiling to be seen."""
        told = bool(np.isfinite(self.runs.rtts).any())
        done = self.throttle
        return done is not None and done.snr >= VISIBLE_SNR and (told or done.manner is Manner.POLICER)


@dataclass(frozen=True, slots=True, eq=False)
class HandshakeMonth:
    """A month of handshakes likewise."""

    handshakes: Handshakes
    throttle: Throttle | None
    congested: bool

    @property
    def visible(self) -> bool:
        """Whether its throttle could be told."""
        return self.throttle is not None and self.throttle.snr >= VISIBLE_SNR


@dataclass(frozen=True, slots=True, eq=False)
class WindowMonth:
    """A month in which speeds are low for an hour on most evenings, by a throttle, by congestion, or by nothing."""

    runs: Runs
    manner: Manner | None
    congested: bool


def speed_months(seed: int, count: int) -> Iterator[SpeedMonth]:
    """Months of speed tests, every second one with a throttle; month i is the same whatever ``count`` is."""
    for number in range(count):
        stream = np.random.default_rng((seed, 1, number))
        yield _speed_month(stream, throttled=number % 2 == 1)


def handshake_months(seed: int, count: int) -> Iterator[HandshakeMonth]:
    """Months of handshakes likewise."""
    for number in range(count):
        stream = np.random.default_rng((seed, 2, number))
        yield _handshake_month(stream, throttled=number % 2 == 1)


def window_months(seed: int, count: int) -> Iterator[WindowMonth]:
    """Months with windows at 19 h UTC on seven days of ten, of every second one; 20 to 40 tests a day."""
    for number in range(count):
        stream = np.random.default_rng((seed, 3, number))
        drawn = _tests(stream, float(stream.uniform(20.0, 40.0)))
        logs, delays, _ = _ordinary(stream, drawn, 1, stream.uniform(0.5, 1.0))
        day, clock = (drawn.times - MONTH_START) // DAY_S, drawn.times % DAY_S / HOUR_S
        hit = (stream.random(DAYS + 1) < 0.7)[day]
        manner = Manner(stream.choice(list(Manner))) if number % 2 else None
        congested = manner is None and bool(stream.random() < 0.5)
        inside = hit & (np.floor(clock) == WINDOW_HOUR)
        if manner is Manner.POLICER:
            logs = np.where(inside, np.minimum(logs, np.log(600.0) + stream.normal(0.0, 0.05, logs.size)), logs)
        elif manner is Manner.SHARE:
            logs = logs + inside * np.log(0.2)
        elif congested:
            queue = 1.5 * np.exp(-((clock - WINDOW_HOUR - 0.5) ** 2) / 2.0) * hit
            logs, delays = logs - queue, delays + 0.5 * queue
        yield WindowMonth(Runs.of(drawn.times, np.exp(logs), rtts=np.exp(delays)), manner, congested)


@dataclass(frozen=True, slots=True, eq=False)
class _Tests:
    """Tests before any throttle: when, by whom, and how busy the hour is (0 to 1)."""

    times: Times
    testers: Times
    busy: Values


def _speed_month(stream: np.random.Generator, *, throttled: bool) -> SpeedMonth:
    networks = int(stream.integers(1, 4))
    drawn = _tests(stream, float(np.exp(stream.uniform(np.log(4.0), np.log(40.0)))))
    spread = stream.uniform(0.5, 1.0)
    logs, delays, network = _ordinary(stream, drawn, networks, spread)
    mishap = Mishap(stream.choice(list(Mishap), p=(0.55, 0.15, 0.15, 0.15)))
    servers = stream.integers(2, size=drawn.times.size)
    logs, delays, servers = _mishap(stream, mishap, drawn, logs, delays, servers)
    networks_known = network if stream.random() < 0.7 else np.zeros(drawn.times.size, dtype=np.int64)
    done = _throttle(stream, drawn.times, spread) if throttled else None
    if done is not None:
        logs = _throttled(stream, logs, drawn.times, done)
    rtts = np.exp(delays) if stream.random() < 0.85 else np.full(drawn.times.size, np.nan)
    runs = Runs.of(drawn.times, np.exp(logs), rtts=rtts, networks=networks_known, servers=servers)
    return SpeedMonth(runs, done, mishap)


def _ordinary(stream: np.random.Generator, drawn: _Tests, networks: int, spread: float) -> tuple[Values, Values, Times]:
    """Logarithms of speeds and round-trip times, and the network of each test, when nothing happens."""
    people = int(drawn.testers.max()) + 1
    network = stream.integers(networks, size=people)
    lines = np.log(15_000.0) + stream.normal(0.0, 0.6, networks)[network] + stream.normal(0.0, spread, people)
    paths = np.log(60.0) + stream.normal(0.0, 0.2, networks)[network] + stream.normal(0.0, 0.35, people)
    logs = lines[drawn.testers] + stream.normal(0.0, 0.3, drawn.times.size)
    delays = paths[drawn.testers] + np.abs(stream.normal(0.0, 0.08, drawn.times.size))
    heavy = np.exp(stream.normal(0.0, 0.5, DAYS + 1))[(drawn.times - MONTH_START) // DAY_S]
    load = drawn.busy * heavy * stream.uniform(0.1, 0.8)
    return logs - load, delays + 0.4 * load, network[drawn.testers]


def _tests(stream: np.random.Generator, a_day: float) -> _Tests:
    """Testers come at the hours of waking people, and one in four tests several times within an hour."""
    visits = int(stream.poisson(a_day * DAYS / 1.5))
    days = stream.integers(DAYS, size=max(20, visits))
    busy_hour = stream.uniform(18.0, 22.0)
    hours = (busy_hour + stream.vonmises(0.0, 0.8, days.size) * 12.0 / np.pi) % 24.0
    times = MONTH_START + days * DAY_S + (hours * HOUR_S).astype(np.int64)
    repeats = np.where(stream.random(days.size) < 0.25, stream.integers(2, 5, days.size), 1)
    testers = np.where(stream.random(days.size) < 0.3, stream.integers(5, size=days.size), 5 + np.arange(days.size))
    times, testers = np.repeat(times, repeats), np.repeat(testers, repeats)
    times = times + stream.integers(0, 1_800, times.size) * (np.repeat(repeats, repeats) > 1)
    order = np.argsort(times, kind="stable")
    clock = (times[order] % DAY_S) / HOUR_S
    busy = np.exp(2.0 * (np.cos(2.0 * np.pi * (clock - busy_hour) / 24.0) - 1.0))
    weekend = (times[order] // DAY_S + 3) % 7 >= 5
    return _Tests(times[order], testers[order], busy * np.where(weekend, 1.2, 1.0))


def _mishap(
    stream: np.random.Generator, mishap: Mishap, drawn: _Tests, logs: Values, delays: Values, servers: Times
) -> tuple[Values, Values, Times]:
    """Speeds, round-trip times and servers after what else happened."""
    start = MONTH_START + int(stream.integers(5 * DAY_S, 25 * DAY_S))
    if mishap is Mishap.MIX:
        others = (drawn.times >= start) & (drawn.times < start + stream.integers(2, 7) * DAY_S)
        others &= stream.random(others.size) < 0.5
        slow = np.log(4_000.0) + stream.normal(0.0, 0.7, others.size)
        far = np.log(110.0) + stream.normal(0.0, 0.3, others.size)
        return np.where(others, slow, logs), np.where(others, far, delays), servers
    if mishap is Mishap.SERVER:
        later = drawn.times >= start
        longer, known = stream.uniform(0.3, 0.9), stream.random() < 0.6
        moved = np.where(later & known, 7, servers)
        return logs - later * stream.uniform(0.2, 0.7), delays + later * longer, moved
    if mishap is Mishap.CONGESTION:
        bad = (drawn.times >= start) & (drawn.times < start + stream.integers(6, 48) * HOUR_S)
        queue = bad * stream.uniform(0.5, 1.5)
        return logs - queue, delays + 0.5 * queue, servers
    return logs, delays, servers


def _throttle(stream: np.random.Generator, times: Times, spread: float) -> Throttle:
    """Hours to days of it, of a depth that is used."""
    length = int(np.exp(stream.uniform(np.log(6.0), np.log(10 * 24.0)))) * HOUR_S
    start = MONTH_START + int(stream.integers(3 * DAY_S, DAYS * DAY_S - length))
    depth, manner = float(stream.choice(DEPTHS)), Manner(stream.choice(list(Manner)))
    visits = np.unique(times[(times >= start) & (times < start + length)] // HOUR_S).size
    each = min(MOST_OF_A_RUN, -np.log(1.0 - depth) / np.hypot(spread, 0.3))
    snr = each * np.sqrt(visits)
    return Throttle(start, start + length, depth, manner, float(snr) if visits >= 2 else 0.0)


def _throttled(stream: np.random.Generator, logs: Values, times: Times, done: Throttle) -> Values:
    inside = (times >= done.start) & (times < done.end)
    if done.manner is Manner.SHARE:
        return np.where(inside, logs + np.log(1.0 - done.depth), logs)
    ceiling = float(np.median(logs)) + np.log(1.0 - done.depth)
    return np.where(inside, np.minimum(logs, ceiling + stream.normal(0.0, 0.05, logs.size)), logs)


def _handshake_month(stream: np.random.Generator, *, throttled: bool) -> HandshakeMonth:
    networks = int(stream.integers(1, 6))
    count = int(np.exp(stream.uniform(np.log(3.0), np.log(30.0))) * DAYS)
    times = np.sort(MONTH_START + stream.integers(DAYS * DAY_S, size=2 * count))
    network = stream.integers(networks, size=times.size)
    target = stream.random(times.size) < stream.uniform(0.3, 0.7)
    logs = np.log(0.15) + stream.normal(0.0, 0.4, networks)[network] + stream.normal(0.0, 0.5, times.size)
    logs += target * stream.uniform(-0.3, 0.7)
    logs += stream.normal(0.0, 0.2, (networks, DAYS))[network, (times - MONTH_START) // DAY_S]
    congested = bool(stream.random() < 0.3)
    if congested:
        start = MONTH_START + int(stream.integers(5 * DAY_S, 25 * DAY_S))
        bad = (times >= start) & (times < start + stream.integers(1, 6) * DAY_S)
        logs += bad * stream.uniform(0.7, 2.0)
    done: Throttle | None = None
    if throttled:
        length = int(stream.integers(2, 12)) * DAY_S
        start = MONTH_START + int(stream.integers(3 * DAY_S, DAYS * DAY_S - length))
        depth = float(stream.choice(DEPTHS))
        inside = target & (times >= start) & (times < start + length)
        days = np.unique(times[inside] // DAY_S).size
        each = min(MOST_OF_A_RUN, -np.log(1.0 - depth) / 0.5)
        snr = each * np.sqrt(np.count_nonzero(inside) / 2.0)
        done = Throttle(start, start + length, depth, Manner.SHARE, float(snr) if days >= 2 else 0.0)
        logs += inside * -np.log(1.0 - depth) * np.exp(stream.normal(0.0, 0.2, times.size))
    durations = np.exp(logs)
    ended = durations > 10.0
    handshakes = Handshakes.of(times, np.minimum(durations, 10.0), target, networks=network, timed_out=ended)
    return HandshakeMonth(handshakes, done, congested)
