"""All episodes of a case and all their phases, a row each: ``data/episodes.csv`` and ``data/phases.csv``.

Times are RFC 3339 in UTC. A notice stands in every row that rests on something drawn instead of measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from kuager.model.episodes import Episode
from kuager.model.words import Stance
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.table import listed, table, time
from kuager.publications.view import CaseView, EpisodeView

EPISODES, PHASES = "data/episodes.csv", "data/phases.csv"

_EPISODE = (
    "id",
    "version",
    "known",
    "place",
    "kind",
    "level",
    "probability",
    "start_earliest",
    "start",
    "start_latest",
    "end_earliest",
    "end",
    "end_latest",
    "ongoing",
    "cause",
    "cause_level",
    "phases",
    "agree",
    "disagree",
    "notice",
)
_PHASE = (
    "episode",
    "number",
    "kind",
    "start",
    "uncertainty_s",
    "end",
    "access",
    "places",
    "networks",
    "services",
    "notice",
)


def episodes_csv(view: CaseView) -> bytes:
    """A row per standing episode; signals are listed by id."""
    return table(_EPISODE, (_row(one) for one in view.episodes))


def phases_csv(view: CaseView) -> bytes:
    """A row per phase of every standing episode, in the order of the episode."""
    return table(_PHASE, _phases(view))


def _row(view: EpisodeView) -> tuple[object, ...]:
    one = view.episode
    return (
        one.id,
        one.version,
        time(view.history.newest.known if view.history is not None else None),
        one.place,
        one.kind.value,
        one.level.value,
        one.probability,
        time(one.start_earliest),
        time(one.start),
        time(one.start_latest),
        time(one.end_earliest),
        time(one.end),
        time(one.end_latest),
        str(one.ongoing).lower(),
        one.cause.value.value,
        one.cause.level.value,
        len(one.phases),
        _with(one, Stance.AGREES),
        _with(one, Stance.DISAGREES),
        _notice(one),
    )


def _phases(view: CaseView) -> Iterator[tuple[object, ...]]:
    for shown in view.episodes:
        for number, one in enumerate(shown.episode.phases, start=1):
            yield (
                shown.episode.id,
                number,
                one.kind.value,
                time(one.start),
                one.uncertainty_s,
                time(one.end),
                one.access.value,
                listed(one.places),
                listed(one.networks),
                listed(one.services),
                _notice(shown.episode),
            )


def _with(episode: Episode, stance: Stance) -> str:
    return listed(dict.fromkeys(one.signal for one in episode.signals if one.stance is stance))


def _notice(episode: Episode) -> str:
    return SIMULATED if episode.simulated else ""
