"""Cases to tell of in feeds: one with an update, one that was taken back, one found again, one of several places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.publications.conftest import in_language

from kuager.errors import message
from kuager.model.episodes import Episode
from kuager.model.history import History, Version
from kuager.model.notes import Note
from kuager.publications.feeds.files import feed_files
from kuager.publications.language import LANGUAGES
from kuager.publications.safety import delay
from kuager.publications.view import CaseView, EpisodeView

FIRST, SECOND = datetime(2022, 1, 6, 12, tzinfo=UTC), datetime(2022, 1, 12, 12, tzinfo=UTC)
TAKEN_BACK = SECOND + timedelta(days=1)
ENTRY = "5a" * 32
REASON = Note(message("Too noisy to tell: {signals}."), {"signals": "sim.bgp"})
Views = dict[str, CaseView]


def version(episode: Episode, number: int, known: datetime, until: datetime | None = None) -> Version:
    return Version(episode.id, number, episode.start, episode.end, episode, number, known, until)


def with_history(view: EpisodeView, history: History) -> Views:
    """A case of one episode in every language."""
    found = {}
    for language in LANGUAGES:
        one = in_language(view, language)
        about = replace(one.about, first_entry=ENTRY)
        shown = replace(one, about=about, history=history)
        found[language] = CaseView(about, (shown,), places=("KZ",), histories={one.episode.id: history})
    return found


def alerts_of(views: Views) -> dict[str, bytes]:
    """The messages of CAP by their paths, in the order in which they were sent."""
    return {path: data for path, data in feed_files(views).items() if path.startswith("feeds/cap/")}


@pytest.fixture(scope="session")
def views(simulated_view: EpisodeView) -> Views:
    """An episode that was going on at first and is over in its second version."""
    now = msgspec.structs.replace(simulated_view.episode, version=2)
    then = delay.episode(now, FIRST)
    assert then is not None
    before = msgspec.structs.replace(then, version=1)
    history = History((version(before, 1, FIRST, SECOND), version(now, 2, SECOND)), (1, 2))
    return with_history(replace(simulated_view, episode=now), history)


@pytest.fixture(scope="session")
def retracted(views: Views) -> Views:
    """The same, taken back."""
    return each_newest(
        views, lambda newest: msgspec.structs.replace(newest, until=TAKEN_BACK, retraction=REASON), stands=False
    )


def each_newest(views: Views, change: Callable[[Version], Version], *, stands: bool) -> Views:
    """The same cases with another newest version."""
    found = {}
    for language, view in views.items():
        (history,) = view.histories.values()
        changed = History((*history.earlier, change(history.newest)), history.entries)
        episodes = tuple(replace(one, history=changed) for one in view.episodes) if stands else ()
        found[language] = replace(view, episodes=episodes, histories={history.newest.id: changed})
    return found


@pytest.fixture(scope="session")
def found_again(retracted: Views, simulated_view: EpisodeView) -> Views:
    """Taken back, and found again as a third version."""
    (history,) = retracted["en"].histories.values()
    now = msgspec.structs.replace(simulated_view.episode, version=3)
    third = version(now, 3, TAKEN_BACK + timedelta(days=1))
    again = History((*history.versions, third), history.entries)
    return with_history(replace(simulated_view, episode=now), again)


@pytest.fixture(scope="session")
def several(views: Views) -> Views:
    """A country, one of its networks, and a country of which nothing was measured."""
    found = {}
    for language, view in views.items():
        (country,) = view.episodes
        episode = msgspec.structs.replace(country.episode, id="as9198-2022-01-05-a", place="AS9198", version=1)
        about = replace(country.about, place_name="Kazakhtelecom (AS9198)")
        network = EpisodeView(episode, (), about)
        found[language] = replace(view, episodes=(country, network), places=("KZ", "AS9198", "UZ"))
    return found


@pytest.fixture(scope="session")
def empty(views: Views) -> Views:
    """A case without episodes."""
    return {language: replace(view, episodes=(), histories={}) for language, view in views.items()}
