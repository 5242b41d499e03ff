"""An episode in the shape of IODA's answer to ``outages/events`` (its API v2, format ``codf``).

Times are seconds since the epoch, durations and uncertainties whole seconds. One row stands for each signal that
agrees, under the id of the signal, and one under ``overall`` for the episode itself. ``score`` is reckoned as IODA
reckons it: the drop in per cent times its minutes, and of several signals the product. It is ours all the same, and so
is ``method``: nothing here was found or published by IODA.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import msgspec

from kuager.model.episodes import Reading
from kuager.model.time import to_epoch
from kuager.model.words import Stance
from kuager.publications.records.episode import SIMULATED, Json
from kuager.publications.view import EpisodeView
from kuager.publications.wording.parts import place_name

_METHOD, _SEVERAL, _OVERALL = "kuager", "multiple", "overall"


def ioda_events(view: EpisodeView) -> bytes:
    """The answer with its envelope; the window is that of the case, and the view must be the English one."""
    first, last = view.about.window
    answer: dict[str, Json] = {"notice": SIMULATED} if view.episode.simulated else {}
    answer |= {
        "type": "outages.events",
        "requestParameters": {"from": to_epoch(first), "until": to_epoch(last), "format": "codf"},
        "error": None,
        "perf": None,
        "data": list(_events(view)),
    }
    return msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n"


def _events(view: EpisodeView) -> Iterator[Json]:
    episode = view.episode
    agreeing = [one for one in episode.signals if one.stance is Stance.AGREES and one.start is not None]
    scores: dict[str, float] = {}
    for one in agreeing:
        scores[one.signal] = max(_score(one, view), scores.get(one.signal, 0.0))
    uncertainty = int((episode.start_latest - episode.start_earliest).total_seconds()) // 2
    whole = math.prod(scores.values()) if scores else 0.0
    yield _event(view, episode.place, (episode.start, episode.end), _SEVERAL, _OVERALL, whole, uncertainty)
    for one in agreeing:
        if one.start is not None:
            yield _event(view, one.place, (one.start, one.end), _METHOD, one.signal, _score(one, view), None)


def _event(
    view: EpisodeView,
    place: str,
    time: tuple[datetime, datetime | None],
    method: str,
    source: str,
    score: float,
    uncertainty: int | None,
) -> dict[str, Json]:
    start, end = time
    until = end or view.horizon
    first, last = view.about.window
    return {
        "location": _location(place),
        "start": to_epoch(start),
        "duration": max(0, to_epoch(until) - to_epoch(start)),
        "uncertainty": uncertainty,
        "method": method,
        "datasource": source,
        "status": 0,
        "fraction": None,
        "score": round(score, 3),
        "location_name": place_name(place, start.date(), view.about.translation),
        "overlaps_window": end is None or start < first or until > last,
    }


def _score(one: Reading, view: EpisodeView) -> float:
    """Per cent lost times minutes."""
    if one.start is None or one.depth is None:
        return 0.0
    return 100 * one.depth * ((one.end or view.horizon) - one.start).total_seconds() / 60


def _location(place: str) -> str:
    """``country/KZ``, ``asn/9198``; a region by our code, for IODA's numbers of regions are its own."""
    if place.startswith("AS"):
        return f"asn/{place.removeprefix('AS')}"
    return f"region/{place}" if "-" in place else f"country/{place}"
