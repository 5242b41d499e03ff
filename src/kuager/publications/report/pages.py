"""A report as HTML for print. The words are those of the episode's page; only the choice and the order are its own."""

from __future__ import annotations

from kuager.errors import message
from kuager.publications import clock
from kuager.publications.charts import drawing
from kuager.publications.report.presets import PRESETS, Preset
from kuager.publications.site import addresses
from kuager.publications.site.rendering import render
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording import contrast, history, sentence, services, tables
from kuager.publications.wording.parts import parts_tables
from kuager.publications.wording.why import how_tested, why
from kuager.publications.words import LEVEL, LEVEL_SHAPE


def report_path(language: str, episode: str, name: str) -> str:
    """Where a file of the reports of an episode lies below ``public/``, such as ``court.html``."""
    return f"{language}/report/{episode}/{name}"


def list_path(language: str) -> str:
    """The page that lists all reports."""
    return f"{language}/report/index.html"


def picture_path(view: EpisodeView) -> str:
    """The chart of the episode's page, wide and light."""
    return addresses.episode(view.about.language, view.episode.id).replace("index.html", "chart.png")


def render_report(view: EpisodeView, kind: Preset) -> str:
    """A report; its picture is that of the episode's page, where the episode has one."""
    translation, episode = view.about.translation, view.episode
    page = addresses.episode(view.about.language, episode.id)
    newest = view.history.newest.known if view.history is not None else view.about.known
    return render(
        "report/report.html",
        view.about,
        report_path(view.about.language, episode.id, f"{kind.name}.html"),
        title=sentence.title(view),
        kind=translation.gettext(kind.title),
        sections=[f"report/{name}.html" for name in kind.sections],
        simulated=episode.simulated,
        episode=episode,
        page=page,
        address=view.about.address + page if view.about.address else "",
        picture=picture_path(view) if view.traces else "",
        sentence=sentence.sentence(view),
        darkness=sentence.darkness(view),
        status=sentence.status(episode, translation),
        level=f"{LEVEL_SHAPE[episode.level]} {translation.gettext(LEVEL[episode.level])}",
        since=clock.utc(newest, translation.locale),
        facts=tables.facts(view),
        reasons=[translation.note(note) for note in episode.reasons],
        unknowns=[translation.note(note) for note in episode.unknowns],
        answers=drawing.written_answer(view),
        contrasts=contrast.contrasts(view),
        phases=tables.phase_rows(view),
        parts=parts_tables(view),
        services=services.services(view),
        sources=tables.source_rows(episode.signals, view),
        why=why(episode, translation),
        tested=how_tested(translation),
        documents=view.documents,
        versions=history.version_rows(view.history, translation),
    )


def render_list(view: CaseView, printed: str) -> str:
    """The page that leads to every report of a case; ``printed`` names the preset of which there is a PDF, if any."""
    about, translation = view.about, view.about.translation
    language = about.language
    return render(
        "report/list.html",
        about,
        list_path(language),
        title=translation.gettext(message("Reports")),
        simulated=view.holds_simulated,
        kinds=[(one.name, translation.gettext(one.title)) for one in PRESETS],
        printed=printed,
        episodes=[
            (one.episode.id, sentence.title(one), report_path(language, one.episode.id, "")) for one in view.episodes
        ],
    )
