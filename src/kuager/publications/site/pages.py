"""Every page of a case with its pictures, by path below ``public/``."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname

from kuager.publications.charts.figures import overview
from kuager.publications.pictures import File
from kuager.publications.site import addresses
from kuager.publications.site.episode import render_episode
from kuager.publications.site.home import render_front, render_home
from kuager.publications.view import CaseView, EpisodeView


def site_files(views: Mapping[str, CaseView]) -> dict[str, File]:
    """The pages in every language.

    Args:
        views: of the same case by language, the first being the one to which a bare address leads.
    """
    simulated = any(view.holds_simulated for view in views.values())
    files: dict[str, File] = {"index.html": render_front(tuple(views), simulated=simulated).encode()}
    for language, view in views.items():
        files[addresses.home(language)] = render_home(view).encode()
        for episode in view.episodes:
            files |= _of_episode(episode)
    return files


def _of_episode(view: EpisodeView) -> dict[str, File]:
    """The page of an episode in one language with its pictures."""
    page = addresses.episode(view.about.language, view.episode.id)
    if not view.traces:
        return {page: render_episode(view).encode()}
    chart = overview(view, dirname(page))
    return {page: render_episode(view, chart).encode(), **chart.sketches}
