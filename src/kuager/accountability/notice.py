"""How long people were left without a word: from the measured beginning to the first notice, and to the first words.

A lag is an interval, as both ends of it are; below zero it was said before. What only a reply said on being asked is
no notice (``data/channels.toml``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from kuager.accountability.moments import known_interval
from kuager.accountability.questions import read_table
from kuager.accountability.rows.conduct import Named, Statement, StatementKind
from kuager.accountability.rows.documents import Channel
from kuager.accountability.rows.row import Answer
from kuager.model.episodes import Episode
from kuager.model.time import Instant
from kuager.model.words import Access, PartsKind

NEAR = timedelta(days=14)
"""What was said longer before an episode, or after it, is not about it."""


class Grade(StrEnum):
    """What a channel makes of what is said on it."""

    NOTICE = "notice"
    PUBLIC = "public"
    ANSWER = "answer"
    UNKNOWN = "unknown"


@cache
def _grades() -> dict[str, Grade]:
    return {channel: Grade(grade) for grade, channels in read_table("channels.toml").items() for channel in channels}


def grade(channel: Channel) -> Grade:
    """Whether a channel tells users by itself, tells whoever looks, or answers whoever asks."""
    return _grades().get(channel.value, Grade.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Lag:
    """From the beginning to a statement, both ends uncertain."""

    least: timedelta
    most: timedelta
    statement: str

    @property
    def before(self) -> Answer:
        """Whether it was said before the beginning: partial where the times do not tell."""
        if self.most < timedelta():
            return Answer.YES
        return Answer.NO if self.least >= timedelta() else Answer.PARTIAL


@dataclass(frozen=True, slots=True)
class Silence:
    """Of an operator, or of a state: ``notice`` is the first notice and ``words`` the first words of any kind.

    ``onset`` is when service was first measured as lost; ``of_network`` whether on its own networks.
    """

    onset: Instant
    of_network: bool
    notice: Lag | None
    words: Lag | None
    until: datetime | None


def onset_for(episode: Episode, networks: Iterable[str], access: Access) -> tuple[Instant, bool]:
    """When an operator's customers lost service: on its networks, by its access, else when the episode began."""
    wanted = set(networks)
    found = [
        Instant(part.since_earliest or part.since, part.since, part.since_latest or part.since)
        for division in (episode.scope.divisions if episode.scope is not None else ())
        if division.kind is PartsKind.NETWORKS
        for part in division.parts
        if part.place in wanted and part.since is not None
    ]
    if found:
        return min(found), True
    any_access = {Access.MIXED, Access.UNKNOWN}
    for phase in episode.phases:
        if phase.is_of_everything and (phase.access in {access} | any_access or access in any_access):
            blur = timedelta(seconds=phase.uncertainty_s)
            return Instant(phase.start - blur, phase.start, phase.start + blur), False
    return Instant(episode.start_earliest, episode.start, episode.start_latest), False


def silence(
    episode: Episode, statements: Sequence[Statement], onset: tuple[Instant, bool], horizon: datetime
) -> Silence:
    """The lags of the statements of one speaker about one episode."""
    began, of_network = onset
    lags = [(one, lag) for one in about(episode, statements, horizon) if (lag := _lag(one, began)) is not None]
    notices = [lag for one, lag in lags if grade(one.channel) is Grade.NOTICE]
    by_time = sorted(notices, key=lambda lag: (lag.most, lag.least))
    words = sorted((lag for _, lag in lags), key=lambda lag: (lag.most, lag.least))
    return Silence(began, of_network, next(iter(by_time), None), next(iter(words), None), episode.end)


def about(episode: Episode, statements: Sequence[Statement], horizon: datetime) -> tuple[Statement, ...]:
    """The statements that can be about an episode: made near it, of no other place."""
    first, last = episode.start_earliest - NEAR, (episode.end_latest or horizon) + NEAR
    return tuple(
        one
        for one in statements
        if one.kind is not StatementKind.REPLY
        and (when := known_interval(one.at, next(iter(one.places), episode.place))) is not None
        and when.latest >= first
        and when.earliest <= last
        and (not one.places or any(same_land(episode.place, place) for place in one.places))
    )


def same_land(place: str, other: str) -> bool:
    """Whether one of two places lies in the other, or they are the same; networks lie wherever."""
    return place == other or place[:2] == other or other[:2] == place or "AS" in (place[:2], other[:2])


def score(statement: Statement) -> tuple[int, int] | None:
    """How many of the six things a statement named, of six; None where its words were not read."""
    return None if statement.unread else (len(set(statement.names)), len(Named))


def _lag(statement: Statement, began: Instant) -> Lag | None:
    when = known_interval(statement.at, next(iter(statement.places), ""))
    if when is None:
        return None
    return Lag(when.earliest - began.latest, when.latest - began.earliest, statement.id)
