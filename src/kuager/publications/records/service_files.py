"""Sites and services for programs: every blocked and every slowed one of a case and every group, a row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from kuager.model.episodes import Episode
from kuager.model.services import ClockTimes
from kuager.model.time import format_utc
from kuager.sources.registry import SOURCES

BLOCKING, THROTTLING, GROUPS = "data/blocking.csv", "data/throttling.csv", "data/site-groups.csv"
PERMITTED = "data/permitted-services.csv"
_BY_PEOPLE = "ooni"
"""The source of permitted services: they are told from measurements by people alone."""

_BLOCKED = (
    "episode",
    "place",
    "service",
    "group",
    "network",
    "source",
    "layer",
    "methods",
    "first_earliest",
    "first",
    "first_latest",
    "already",
    "last_earliest",
    "last",
    "last_latest",
    "last_measured",
    "share",
    "share_low",
    "share_high",
    "base",
    "probability",
    "measurements",
    "blocked",
    "days_measured",
    "days_not_observable",
    "residual",
    "licence",
)
_SLOWED = (
    "episode",
    "place",
    "service",
    "network",
    "source",
    "sign",
    "start_earliest",
    "start",
    "end_earliest",
    "end",
    "slower",
    "slower_low",
    "slower_high",
    "runs",
    "baseline_runs",
    "days_measured",
    "probability",
    "plateau_kbps",
    "otherwise",
    "unlikely",
    "signal",
    "steps",
    "clock_zone",
    "clock_start",
    "clock_end",
    "clock_days",
    "licence",
)
_PERMITTED = (
    "episode",
    "place",
    "network",
    "start",
    "end",
    "days",
    "measurements",
    "measured_services",
    "blocked_services",
    "worked_services",
    "probability",
    "worked",
    "blocked",
    "source",
    "licence",
)
_GROUPED = (
    "episode",
    "place",
    "group",
    "network",
    "networks",
    "source",
    "first_earliest",
    "first",
    "first_latest",
    "last_earliest",
    "last",
    "last_latest",
    "blocked",
    "measured",
    "not_measured",
    "blocked_sites",
    "measured_sites",
    "not_measured_sites",
    "chance",
    "licence",
)


def service_files(episodes: Sequence[Episode]) -> dict[str, bytes]:
    """The files by path below ``public/``: only those that have rows."""
    found = {}
    if any(one.blocked for one in episodes):
        found[BLOCKING] = _csv(_BLOCKED, _blocked(episodes))
    if any(one.slowed for one in episodes):
        found[THROTTLING] = _csv(_SLOWED, _slowed(episodes))
    if any(one.groups for one in episodes):
        found[GROUPS] = _csv(_GROUPED, _grouped(episodes))
    if any(one.whitelisted for one in episodes):
        found[PERMITTED] = _csv(_PERMITTED, _permitted(episodes))
    return found


def _blocked(episodes: Iterable[Episode]) -> Iterable[tuple[object, ...]]:
    for episode in episodes:
        for one in episode.blocked:
            last = one.last_seen
            yield (
                episode.id,
                episode.place,
                one.service,
                one.group,
                one.network,
                one.source,
                one.layer,
                " ".join(one.methods),
                format_utc(one.first_seen.earliest),
                format_utc(one.first_seen.best),
                format_utc(one.first_seen.latest),
                str(one.already).lower(),
                *((_time(last.earliest), _time(last.best), _time(last.latest)) if last else ("", "", "")),
                format_utc(one.last_measured),
                one.share,
                one.share_low,
                one.share_high,
                one.base,
                one.probability,
                one.measurements,
                one.blocked,
                one.days_measured,
                one.days_without,
                str(one.residual).lower(),
                SOURCES[one.source].licence,
            )


def _slowed(episodes: Iterable[Episode]) -> Iterable[tuple[object, ...]]:
    for episode in episodes:
        for one in episode.slowed:
            yield (
                episode.id,
                episode.place,
                one.service,
                one.network,
                one.source,
                one.sign,
                format_utc(one.start.earliest),
                format_utc(one.start.best),
                _time(one.end.earliest if one.end else None),
                _time(one.end.best if one.end else None),
                one.slower,
                one.slower_low,
                one.slower_high,
                one.runs,
                one.baseline_runs,
                one.days_measured,
                one.probability,
                "" if one.plateau is None else one.plateau,
                " ".join(one.otherwise),
                " ".join(one.unlikely),
                one.signal,
                " ".join(f"{format_utc(step.start)}={step.left}" for step in one.steps),
                *_clock(one.windows),
                SOURCES[one.source].licence,
            )


def _clock(windows: ClockTimes | None) -> tuple[str, str, str, str]:
    """Zone, start and end of the hours that come back, and the local days on which they did."""
    if windows is None:
        return "", "", "", ""
    days = " ".join(day.isoformat() for day in windows.hit)
    return windows.zone, windows.start_clock, windows.end_clock or "", days


def _permitted(episodes: Iterable[Episode]) -> Iterable[tuple[object, ...]]:
    for episode in episodes:
        for one in episode.whitelisted:
            yield (
                episode.id,
                episode.place,
                one.network,
                format_utc(one.start),
                format_utc(one.end),
                one.days,
                one.measurements,
                one.measured,
                one.blocked,
                one.worked,
                one.probability,
                " ".join(one.working),
                " ".join(one.kept_away),
                _BY_PEOPLE,
                SOURCES[_BY_PEOPLE].licence,
            )


def _grouped(episodes: Iterable[Episode]) -> Iterable[tuple[object, ...]]:
    for episode in episodes:
        for one in episode.groups:
            last = one.last_seen
            yield (
                episode.id,
                episode.place,
                one.group,
                one.network,
                " ".join(one.networks),
                one.source,
                format_utc(one.first_seen.earliest),
                format_utc(one.first_seen.best),
                format_utc(one.first_seen.latest),
                *((_time(last.earliest), _time(last.best), _time(last.latest)) if last else ("", "", "")),
                len(one.services),
                len(one.measured),
                len(one.not_observable),
                " ".join(one.services),
                " ".join(one.measured),
                " ".join(one.not_observable),
                one.chance,
                SOURCES[one.source].licence,
            )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else format_utc(moment)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n")
    written.writerow(head)
    written.writerows(rows)
    return text.getvalue().encode()
