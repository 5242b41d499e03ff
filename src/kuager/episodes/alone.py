"""An episode of single services, where nothing wider happened at the same time: how sure, and who saw it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from kuager.detection.grid import DAY_S
from kuager.episodes import grade
from kuager.episodes.circumstances import Circumstances
from kuager.episodes.cuts import Piece
from kuager.episodes.sightings import Seen, Sightings
from kuager.model.documents import Acknowledgement
from kuager.model.episodes import Episode, Kinds, Phase, Reading, Span
from kuager.model.series import Times, Values
from kuager.model.services import Blocking, Slowing, Whitelisting
from kuager.model.time import from_epoch, to_epoch
from kuager.model.words import Access, EpisodeKind, PhaseKind, Stance, State

REACHED = "reached"
"""The last part of the names of signals that say what was reached: ``ooni.reached``."""


def alone(
    place: str,
    phase: Phase,
    behind: Sequence[Piece],
    whitelisted: Whitelisting | None,
    found: Sightings,
    around: Circumstances,
) -> Episode:
    """The episode of one phase, without what is told of it in words and without an id of its own."""
    start = to_epoch(phase.start)
    first = min(behind, key=lambda one: (one.best, one.latest), default=None)
    known = 0 if behind else phase.uncertainty_s  # days of permitted services have no row with bounds of its own
    earliest = start - known if first is None else min(start, first.earliest)
    latest = max(start, min((one.latest for one in behind), default=start + known))
    admitted = _acknowledged(place, phase, around)
    shown = _readings(place, phase, behind, whitelisted, found, around.window)
    sources = _independent(behind)
    end, bounds = phase.end, _end_bounds(phase, behind)
    sure = [one.row.probability for one in behind] + ([] if whitelisted is None else [whitelisted.probability])
    return Episode(
        id="",
        version=1,
        place=place,
        kind=EpisodeKind.THROTTLING if phase.kind is PhaseKind.THROTTLING else EpisodeKind.BLOCKING,
        level=grade.level_of_kinds(len(sources), admitted),
        probability=max(sure),
        start=phase.start,
        start_earliest=from_epoch(earliest),
        start_latest=from_epoch(latest),
        end=end,
        end_earliest=bounds[0],
        end_latest=bounds[1],
        ongoing=end is None,
        phases=(phase,),
        signals=shown,
        cause=grade.cause(admitted),
        evidence=(),
        simulated=False,
        reasons=tuple(grade.of_documents(admitted)),
        unknowns=(),
        inputs=(),
        kinds=Kinds({one.signal.partition(".")[0]: (one.signal,) for one in shown}, {}, {}, {}),
    )


def _independent(behind: Sequence[Piece]) -> set[str]:
    """Sources that saw the same service, or one of them where no two did."""
    by_service: dict[str, set[str]] = {}
    for one in behind:
        by_service.setdefault(one.row.service, set()).add(one.row.source)
    return max(by_service.values(), key=len, default=set())


def _end_bounds(phase: Phase, behind: Sequence[Piece]) -> tuple[datetime | None, datetime | None]:
    """The earliest and the latest end of what ended last; null while it lasts."""
    if phase.end is None:
        return None, None
    ends = [one.row.last_seen if isinstance(one.row, Blocking) else one.row.end for one in behind]
    last = max((one for one in ends if one is not None), key=lambda one: one.best, default=None)
    if last is None:
        half = timedelta(seconds=phase.uncertainty_s)
        return phase.end - half, phase.end + half
    return min(last.earliest, phase.end), max(last.latest, phase.end)


def _acknowledged(place: str, phase: Phase, around: Circumstances) -> list[Acknowledgement]:
    """Who admitted it: only a statement that names one of the services speaks of them and not of access as a whole."""
    last = phase.end or from_epoch(around.window[1])
    return [
        one
        for one in around.acknowledgements
        if place in one.places
        and {name.lower() for name in one.services} & {name.lower() for name in phase.services}
        and phase.start - grade.ACKNOWLEDGED_BEFORE <= one.at <= last + grade.ACKNOWLEDGED_WITHIN
    ]


def reached(measured: Times, blocked: Times) -> tuple[Times, Values]:
    """The share of measurements that were not blocked, a value for each day from the first to the last.

    Args:
        measured: int64, seconds since the epoch of every measurement that could tell.
        blocked: those of the blocked ones among them.

    Returns:
        int64 [n] midnights in seconds since the epoch, and float64 [n] per cent, NaN where nothing was measured.
    """
    first, last = int(measured.min()) // DAY_S, int(measured.max()) // DAY_S
    size = last - first + 1
    every = np.bincount(measured // DAY_S - first, minlength=size).astype(np.float64)
    shut = blocked[(blocked // DAY_S >= first) & (blocked // DAY_S <= last)]
    closed = np.bincount(shut // DAY_S - first, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(every > 0, 100.0 * (1.0 - closed / every), np.nan)
    return (first + np.arange(size, dtype=np.int64)) * DAY_S, share


def _readings(
    place: str,
    phase: Phase,
    behind: Sequence[Piece],
    whitelisted: Whitelisting | None,
    found: Sightings,
    window: tuple[int, int],
) -> tuple[Reading, ...]:
    rows = [one.row for one in behind]
    sources = sorted({one.source for one in rows if isinstance(one, Blocking)})
    seen = [one for one in found.blocked if one.row in rows]
    blocked = (
        _of_blocked(place, phase, source, [one for one in seen if one.row.source == source], window)
        for source in sources
    )
    slow = [one for one in rows if isinstance(one, Slowing)]
    speeds = (_of_slow(place, phase, name, slow, window) for name in sorted({one.seen_by for one in slow}))
    listed = () if whitelisted is None else (_of_whitelist(place, phase, whitelisted),)
    return (*blocked, *speeds, *listed)


def _of_blocked(place: str, phase: Phase, source: str, seen: Sequence[Seen], window: tuple[int, int]) -> Reading:
    """What one source says, with its states day by day over the window of the case."""
    parts = {(one.row.network, one.row.service, one.row.layer): one for one in seen}.values()
    days, share = reached(
        np.concatenate([one.measured for one in parts]), np.concatenate([one.blocked for one in parts])
    )
    start, end = to_epoch(phase.start), window[1] if phase.end is None else to_epoch(phase.end)
    inside = (days + DAY_S > start) & (days < end)
    known = inside & np.isfinite(share)
    lowest = float(np.nanmin(share[known])) / 100.0 if known.any() else None
    length = max(1, -(-(end - start + start % DAY_S) // DAY_S))
    return _agrees(
        phase,
        place=place,
        signal=f"{source}.{REACHED}",
        depth=round(float(np.median([one.row.share for one in seen])), 4),
        probability=max(one.row.probability for one in seen),
        coverage=round(min(1.0, int(known.sum()) / length), 4),
        lowest=None if lowest is None else round(lowest, 4),
        spans=_spans(days, share, (start, end), window),
    )


def _spans(days: Times, share: Values, lasted: tuple[int, int], window: tuple[int, int]) -> tuple[Span, ...]:
    """The state of each day of the window, equal neighbours joined."""
    by_day = dict(zip(days.tolist(), share.tolist(), strict=True))
    found: list[Span] = []
    for day in range(window[0] - window[0] % DAY_S, window[1], DAY_S):
        value = by_day.get(day, float("nan"))
        blocked = lasted[0] - DAY_S < day < lasted[1]
        state = State.NOT_OBSERVABLE if np.isnan(value) else State.DEGRADED if blocked else State.NORMAL
        first, last = from_epoch(max(day, window[0])), from_epoch(min(day + DAY_S, window[1]))
        depth = None if state is State.NOT_OBSERVABLE else round(1.0 - value / 100.0, 4) if blocked else 0.0
        if found and found[-1].state is state:
            found[-1] = Span(found[-1].start, last, state, found[-1].depth)
        else:
            found.append(Span(first, last, state, depth))
    return tuple(found)


def _of_slow(place: str, phase: Phase, signal: str, slow: Sequence[Slowing], window: tuple[int, int]) -> Reading:
    own = [one for one in slow if one.seen_by == signal]
    end = window[1] if phase.end is None else to_epoch(phase.end)
    days = max(1, (end - to_epoch(phase.start)) // DAY_S)
    return _agrees(
        phase,
        place=place,
        signal=signal,
        depth=round(1.0 - 1.0 / max(one.slower for one in own), 4),
        probability=max(one.probability for one in own),
        coverage=round(min(1.0, max(one.days_measured for one in own) / days), 4),
        lowest=round(1.0 / max(one.slower for one in own), 4),
    )


def _of_whitelist(place: str, phase: Phase, one: Whitelisting) -> Reading:
    share = one.blocked / one.measured
    return _agrees(
        phase,
        place=place,
        signal=f"ooni.{REACHED}",
        depth=round(share, 4),
        probability=one.probability,
        coverage=1.0,
        lowest=round(1.0 - share, 4),
    )


def _agrees(
    phase: Phase,
    *,
    place: str,
    signal: str,
    depth: float,
    probability: float,
    coverage: float,
    lowest: float | None,
    spans: tuple[Span, ...] = (),
) -> Reading:
    """What a signal says that saw the phase itself; single services are measured on any access."""
    return Reading(
        signal=signal,
        place=place,
        access=Access.MIXED,
        window="",
        stance=Stance.AGREES,
        start=phase.start,
        end=phase.end,
        depth=depth,
        probability=probability,
        coverage=coverage,
        lowest=lowest,
        spans=spans,
    )
