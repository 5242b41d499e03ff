"""The view that records are made from: programs compare their words, which are English whatever readers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kuager.errors import UsageError
from kuager.model import places
from kuager.publications.view import About, CaseView, EpisodeView

ENGLISH = "en"


def in_english(views: Mapping[str, CaseView]) -> CaseView:
    """The English view of a case, or another one with its own words in English.

    Args:
        views: of the same case by language, at least one.
    """
    if ENGLISH in views:
        return views[ENGLISH]
    view = next(iter(views.values()))
    code = view.places[0] if view.places else ""
    return replace(view, about=_about(view.about, code), episodes=tuple(_episode(one) for one in view.episodes))


def _episode(view: EpisodeView) -> EpisodeView:
    return replace(view, about=_about(view.about, view.episode.place))


def _about(about: About, code: str) -> About:
    try:
        name = places.name(places.find(code), ENGLISH, about.window[0].date())
    except UsageError:
        name = about.place_name
    return replace(about, language=ENGLISH, place_name=name)
