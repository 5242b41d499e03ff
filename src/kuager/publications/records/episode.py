"""An episode as the JSON that ``kuager show --json`` promises to programs. Fields are added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from kuager.model.episodes import Alternative, Cause, Episode
from kuager.model.history import History, Version
from kuager.model.notes import Note
from kuager.model.time import format_utc
from kuager.publications.language import translator
from kuager.sources import registry

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

SIMULATED = "simulated signals"
"""Stands in every file that holds something drawn instead of measured; not translated, so that programs find it."""


def licences(signals: Iterable[str]) -> list[Json]:
    """Where signals come from and on what terms, each once; an empty licence means that the source states none."""
    known = (registry.signal(name) for name in sorted(set(signals)))
    return [
        {
            "signal": one.id,
            "source": one.source.name,
            "home": one.source.home,
            "licence": one.source.licence,
            "non_commercial": one.source.non_commercial,
            "values_passed_on": one.source.passed_on,
        }
        for one in known
    ]


def published_episode(episode: Episode, history: History | None = None) -> bytes:
    """As :func:`whole_episode`, with the sources of its signals and their licences, and its entries in the log."""
    record = msgspec.json.decode(whole_episode(episode))
    record |= _known(history)
    record["sources"] = licences((*(reading.signal for reading in episode.signals), *episode.service_signals))
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def whole_episode(episode: Episode) -> bytes:
    """Everything about an episode as JSON, with the states of every signal; a notice first when they are simulated."""
    notice = {"notice": SIMULATED} if episode.simulated else {}
    return msgspec.json.format(msgspec.json.encode(notice | msgspec.to_builtins(episode)), indent=2) + b"\n"


def case_record(
    case: str, episodes: Sequence[Episode], histories: Mapping[str, History] | None = None
) -> dict[str, Json]:
    """The whole answer. ``notice`` is there only when signals of the case are simulated.

    With ``histories`` each episode says since when it is known and what it replaces, and ``retracted`` lists those that
    were taken back.
    """
    known = histories or {}
    record: dict[str, Json] = {"case": case}
    if any(episode.simulated for episode in episodes):
        record["notice"] = SIMULATED
    record["episodes"] = [episode_record(episode) | _known(known.get(episode.id)) for episode in episodes]
    gone = [version_record(one.newest) for one in known.values() if one.newest.retraction is not None]
    if gone:
        record["retracted"] = list(gone)
    return record


def version_record(one: Version) -> dict[str, Json]:
    """One version of an episode as it was claimed."""
    return {
        "id": one.id,
        "version": one.number,
        "entry": one.entry,
        "known": format_utc(one.known),
        "until": _time(one.until),
        "start": format_utc(one.start),
        "end": _time(one.end),
        "kind": one.episode.kind.value if one.episode is not None else None,
        "level": one.episode.level.value if one.episode is not None else None,
        "retraction": one.retraction.template if one.retraction is not None else None,
    }


def _known(history: History | None) -> dict[str, Json]:
    """Since when a version is known, what it replaces, and the log's entries that it rests on, its own among them."""
    if history is None:
        return {}
    return {
        "known": format_utc(history.newest.known),
        "replaces": [version_record(one) for one in history.earlier],
        "evidence": list(history.entries),
    }


def episode_record(episode: Episode) -> dict[str, Json]:
    """One episode; times are RFC 3339 in UTC, an absent end is null."""
    record: dict[str, Json] = {
        "id": episode.id,
        "version": episode.version,
        "place": episode.place,
        "kind": episode.kind.value,
        "level": episode.level.value,
        "probability": episode.probability,
        "start": format_utc(episode.start),
        "start_earliest": format_utc(episode.start_earliest),
        "start_latest": format_utc(episode.start_latest),
        "end": _time(episode.end),
        "end_earliest": _time(episode.end_earliest),
        "end_latest": _time(episode.end_latest),
        "ongoing": episode.ongoing,
        "phases": [
            {
                "kind": phase.kind.value,
                "start": format_utc(phase.start),
                "end": _time(phase.end),
                "access": phase.access.value,
                "places": list(phase.places),
                "uncertainty_s": phase.uncertainty_s,
                "networks": list(phase.networks),
                "services": list(phase.services),
            }
            for phase in episode.phases
        ],
        "signals": [
            {
                "signal": reading.signal,
                "place": reading.place,
                "access": reading.access.value,
                "stance": reading.stance.value,
                "start": _time(reading.start),
                "end": _time(reading.end),
                "depth": reading.depth,
                "probability": reading.probability,
                "licence": registry.signal(reading.signal).source.licence,
                "non_commercial": registry.signal(reading.signal).source.non_commercial,
            }
            for reading in episode.signals
        ],
        "cause": _cause(episode.cause),
        "alternatives": [_alternative(one) for one in episode.alternatives],
        "evidence": list(episode.evidence),
        "scope": msgspec.to_builtins(episode.scope),
        "recurrence": msgspec.to_builtins(episode.recurrence),
        "kinds": msgspec.to_builtins(episode.kinds),
        "reasons": _sentences(episode.reasons),
        "unknowns": _sentences(episode.unknowns),
        "ordinary_days": episode.ordinary_days,
        "blocked": msgspec.to_builtins(episode.blocked),
        "slowed": msgspec.to_builtins(episode.slowed),
        "whitelisted": msgspec.to_builtins(episode.whitelisted),
        "groups": msgspec.to_builtins(episode.groups),
    }
    if episode.simulated:
        record["notice"] = SIMULATED
    return record


def _cause(cause: Cause) -> dict[str, Json]:
    """The cause; ``probability`` compares its timing with a list and is null where that is not known."""
    return {
        "value": cause.value.value,
        "level": cause.level.value,
        "probability": cause.probability,
        "features": [
            {"name": one.name, "value": one.value, "contribution": one.contribution} for one in cause.features
        ],
        "notes": _sentences(cause.notes),
    }


def _alternative(one: Alternative) -> dict[str, Json]:
    return {
        "explanation": one.explanation.value,
        "status": one.status.value,
        "for": _sentences(one.speaks_for),
        "against": _sentences(one.speaks_against),
        "not_measured": _sentences(one.not_measured),
        "weights_for": list(one.weights_for),
        "weights_against": list(one.weights_against),
    }


def _sentences(notes: Iterable[Note]) -> list[Json]:
    """Notes in English, whatever the language of the reader: programs compare them."""
    return [translator("en").note(note) for note in notes]


def _time(moment: datetime | None) -> str | None:
    return format_utc(moment) if moment is not None else None
