"""Every page of a case with its pictures, by path below ``public/``."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname

from kuager.publications.charts.days import day_strips
from kuager.publications.charts.figures import overview
from kuager.publications.charts.zooms import zooms
from kuager.publications.maps.figures import country_map, region_map, tile_grid, world_map
from kuager.publications.pictures import File
from kuager.publications.site import addresses, zooming
from kuager.publications.site.conduct import conduct_pages
from kuager.publications.site.country import render_country
from kuager.publications.site.episode import Charts, render_episode
from kuager.publications.site.guides import guide_pages
from kuager.publications.site.home import render_front, render_home
from kuager.publications.site.network import render_network
from kuager.publications.site.notices import notice_pages
from kuager.publications.site.places import countries, networks, pages_of_places
from kuager.publications.view import CaseView, EpisodeView


def site_files(views: Mapping[str, CaseView]) -> dict[str, File]:
    """The pages in every language.

    Args:
        views: of the same case by language, the first being the one to which a bare address leads.
    """
    simulated = any(view.holds_simulated for view in views.values())
    files: dict[str, File] = {"index.html": render_front(tuple(views), simulated=simulated).encode()}
    files |= zooming.scripts()
    for language, view in views.items():
        world = world_map(view, language)
        files |= world.figure.sketches if world is not None else {}
        files[addresses.home(language)] = render_home(view, (world,) if world is not None else ()).encode()
        conduct = conduct_pages(view)
        files |= conduct
        files |= notice_pages(view)
        for code in countries(view):
            page = addresses.country(language, code)
            regions = country_map(view, code, dirname(page))
            files |= regions.figure.sketches if regions is not None else {}
            files[page] = render_country(view, code, (regions,) if regions is not None else ()).encode()
        for code in networks(view):
            files[addresses.network(language, code)] = render_network(view, code, conduct).encode()
        files |= guide_pages(view)
        pages = pages_of_places(view)
        for episode in view.episodes:
            files |= _of_episode(episode, pages)
    return files


def _of_episode(view: EpisodeView, pages: Mapping[str, str]) -> dict[str, File]:
    """The page of an episode in one language with its pictures."""
    page = addresses.episode(view.about.language, view.episode.id)
    folder = dirname(page)
    maps = tuple(one for one in (region_map(view, folder), tile_grid(view, folder)) if one is not None)
    drawn: dict[str, File] = {path: sketch for one in maps for path, sketch in one.figure.sketches.items()}
    if not view.traces:
        return {page: render_episode(view, pages, maps=maps).encode(), **drawn}
    chart, closer, days = overview(view, folder), zooms(view, folder), day_strips(view, folder)
    zoomed: dict[str, File] = {}
    if zooming.can_be_zoomed(view):
        zoomed[zooming.values_path(view.episode.id)] = zooming.values(view)
    figures = [chart, *(one.figure for one in closer), *([days] if days is not None else [])]
    sketches: dict[str, File] = {path: sketch for figure in figures for path, sketch in figure.sketches.items()}
    return {
        page: render_episode(view, pages, Charts(chart, closer, days), maps).encode(),
        **sketches,
        **drawn,
        **zoomed,
    }
