"""Versions of an episode as they were told when they were new: with the end of the data of that time, not of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kuager.errors import UsageError
from kuager.model import places
from kuager.model.episodes import Episode
from kuager.model.history import Version
from kuager.model.words import State
from kuager.publications.view import About, CaseView, EpisodeView


def as_told(version: Version, case: CaseView, about: About | None = None) -> EpisodeView | None:
    """A version that was replaced or taken back, without series; None where its file is gone.

    Args:
        version: what was claimed.
        case: in the language to write in.
        about: of the episode's place, where something of it is still shown.
    """
    episode = version.episode
    if episode is None:
        return None
    about = about or about_place(case, episode.place, episode.start)
    start, end = about.window
    until = max(episode.start, min(end, version.known, _end_of_data(episode) or end))
    return EpisodeView(episode, (), replace(about, window=(start, until)))


def about_place(case: CaseView, place: str, moment: datetime) -> About:
    """What a page about one place of a case says of itself; a place that nobody knows is called by its code."""
    about = case.about
    try:
        found = places.find(place)
        name, zone = places.name(found, about.language, moment.date()), places.zones(found, moment.date())[0]
    except UsageError:
        name, zone = place, about.zone
    return replace(about, place_name=name, zone=zone)


def place_of(episode: str) -> str:
    """The place that an episode's id begins with: ``kz-75-2022-01-05-a`` is of KZ-75."""
    return episode.rsplit("-", 4)[0].upper()


def _end_of_data(episode: Episode) -> datetime | None:
    """When the last stretch ends in which a signal behind the episode could see anything."""
    ends = [span.end for reading in episode.signals for span in reading.spans if span.state is not State.NOT_OBSERVABLE]
    return max(ends, default=None)
