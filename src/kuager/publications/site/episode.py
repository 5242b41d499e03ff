"""The page of an episode: what, when and where in one sentence, then everything behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuager.publications.charts import drawing
from kuager.publications.charts.zooms import Zoom
from kuager.publications.pictures import Figure, MapFigure
from kuager.publications.records import files, service_files
from kuager.publications.records.linked import page_data
from kuager.publications.records.links import measurement_links
from kuager.publications.site import addresses, zooming
from kuager.publications.site.rendering import render
from kuager.publications.view import EpisodeView
from kuager.publications.wording import contrast, history, sentence, services, tables
from kuager.publications.wording.parts import parts_tables
from kuager.publications.wording.why import how_tested, why
from kuager.publications.words import LEVEL, LEVEL_SHAPE


@dataclass(frozen=True, slots=True)
class Charts:
    """The pictures of the signals: the whole, its phases looked at closely, and day by day."""

    overview: Figure
    zooms: tuple[Zoom, ...] = ()
    days: Figure | None = None


def render_episode(
    view: EpisodeView,
    pages: Mapping[str, str] | None = None,
    charts: Charts | None = None,
    maps: tuple[MapFigure, ...] = (),
) -> str:
    """The page of one episode, which links to its pictures beside it and to its data below ``data/``.

    Args:
        view: all that is shown.
        pages: the pages of places by their codes, to link to.
        charts: the signals over time.
        maps: the parts of the place.
    """
    translation, episode = view.about.translation, view.episode
    return render(
        "episode.html",
        view.about,
        addresses.episode(view.about.language, episode.id),
        title=sentence.title(view),
        simulated=episode.simulated,
        episode=episode,
        sentence=sentence.sentence(view),
        darkness=sentence.darkness(view),
        status=sentence.status(episode, translation),
        level=f"{LEVEL_SHAPE[episode.level]} {translation.gettext(LEVEL[episode.level])}",
        why=why(episode, translation),
        tested=how_tested(translation),
        facts=tables.facts(view),
        reasons=[translation.note(note) for note in episode.reasons],
        unknowns=[translation.note(note) for note in episode.unknowns],
        phases=tables.phase_rows(view),
        services=services.services(view),
        blocking_csv=service_files.BLOCKING,
        groups_csv=service_files.GROUPS,
        permitted_csv=service_files.PERMITTED,
        throttling_csv=service_files.THROTTLING,
        chart=charts.overview if charts else None,
        zooms=charts.zooms if charts else (),
        zoom_words=zooming.words(view) if charts and zooming.can_be_zoomed(view) else "",
        zoom_script=zooming.SCRIPT,
        links=measurement_links(view),
        linked=page_data(view),
        day_strips=charts.days if charts else None,
        pages=pages or {},
        maps=maps,
        parts=parts_tables(view),
        spanned=drawing.seen_at(view),
        answers=drawing.written_answer(view),
        contrasts=contrast.contrasts(view),
        sources=tables.source_rows(episode.signals, view),
        documents=view.documents,
        conduct=addresses.account(view.about.language, episode.id),
        versions=history.version_rows(view.history, translation),
        onsets=sentence.onsets(view),
        published_onsets=view.published_onsets,
        csv=files.csv_path(episode.id),
        json=files.json_path(episode.id),
    )
