"""Pages: one self-contained HTML file each, without scripts, readable from a web server, a USB stick or a mail.

The style sheet stands inside and is allowed by its hash; the policy forbids everything else, so that a page asks
nothing of any network. Links between pages are relative: ``{language}/episode/{id}/index.html`` below ``public/``.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import jinja2

from kuager.errors import message
from kuager.model.episodes import Reading
from kuager.publications import clock
from kuager.publications.charts import drawing, figures
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.records import files, service_files
from kuager.publications.view import About, EpisodeView, IndexView
from kuager.publications.wording import collected, contrast, history, opinions, sentence, services, tables
from kuager.publications.wording.why import how_tested, why
from kuager.publications.words import LEVEL, LEVEL_SHAPE


def index_path(language: str) -> str:
    """Where the list of episodes in a language lies below ``public/``."""
    return f"{language}/index.html"


def episode_path(language: str, identifier: str) -> str:
    """Where the page of an episode lies below ``public/``."""
    return f"{language}/episode/{identifier}/index.html"


def render_episode(view: EpisodeView) -> str:
    """The page of one episode, which links to its pictures beside it and to its data below ``data/`` (``files``)."""
    translation, episode = view.about.translation, view.episode
    return _render(
        "episode.html",
        view.about,
        languages=_language_links(view.about, "../../../", f"episode/{episode.id}/index.html"),
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
        blocking_csv=f"../../../{service_files.BLOCKING}",
        groups_csv=f"../../../{service_files.GROUPS}",
        permitted_csv=f"../../../{service_files.PERMITTED}",
        throttling_csv=f"../../../{service_files.THROTTLING}",
        pictures=figures.embedded(view) if view.traces else None,
        spanned=drawing.seen_at(view),
        answers=drawing.written_answer(view),
        contrasts=contrast.contrasts(view),
        sources=tables.source_rows(episode.signals, view),
        documents=view.documents,
        versions=history.version_rows(view.history, translation),
        onsets=sentence.onsets(view),
        published_onsets=view.published_onsets,
        csv=f"../../../{files.csv_path(episode.id)}",
        json=f"../../../{files.json_path(episode.id)}",
        files=files,
    )


def render_index(view: IndexView) -> str:
    """The list of the episodes of a case, or what was measured where none was found."""
    about = view.about
    return _render(
        "index.html",
        about,
        languages=_language_links(about, "../", "index.html"),
        title=about.case_title,
        simulated=view.simulated or any(one.episode.simulated for one in view.episodes),
        episodes=[
            (f"episode/{one.episode.id}/index.html", sentence.title(one), sentence.one_line(one))
            for one in view.episodes
        ],
        measured=list(_measured(view.measured, about)),
        beside_series=sentence.beside_series(view),
        alone=[sentence.alone(event, about) for event in view.alone],
        retracted=history.retracted_lines(view.histories, about.translation),
        not_judged=[
            (place, [about.translation.note(note) for note in notes]) for place, notes in view.not_judged.items()
        ],
        collected=collected.rows(view.collected, view.remarks, about.translation),
        days=collected.day_heads(view.collected, about.translation),
        collected_csv=f"../{files.COLLECTED}",
        opinions=opinions.opinion_rows(view.opinions, about.translation),
        opinions_in_all=len(view.opinions),
        opinions_csv=f"../{files.OPINIONS}",
    )


def render_front(languages: Sequence[str], *, simulated: bool) -> str:
    """The page at the top of ``public/``: the way to each language, the first one taken by itself."""
    return (
        _templates()
        .get_template("front.html")
        .render(
            style_hash=_style_hash(),
            languages=[
                (code, LANGUAGES[code], index_path(code), translator(code).gettext("simulated signals"))
                for code in languages
            ],
            simulated=simulated,
        )
    )


def _measured(readings: Sequence[Reading], about: About) -> Iterator[tuple[str, str]]:
    """What signals say where there is no episode, one line for all places of which a signal says the same."""
    places: dict[tuple[str, str], list[str]] = {}
    for reading in readings:
        said = (sentence.name_of(reading, about.translation), _said(reading, about))
        places.setdefault(said, []).append(reading.place)
    for (name, line), where in places.items():
        yield sentence.placed(name, ", ".join(dict.fromkeys(where)), about.translation), line


def _said(reading: Reading, about: About) -> str:
    translation = about.translation
    if reading.set_aside:
        template = (
            message(
                "For {missing} of the time it has no values. For {aside} its values were set aside: they repeat "
                "themselves, or fell together with those of other countries, as when a sensor or a source fails. In "
                "the rest, {coverage}, is no fall that others bear out."
            )
            if reading.coverage
            else message(
                "It says nothing of this time: for {missing} of it there are no values, and for {aside} they were set "
                "aside, because they repeat themselves or fell together with those of other countries, as when a "
                "sensor or a source fails."
            )
        )
        missing = max(0.0, 1.0 - reading.coverage - reading.set_aside)
        return translation.gettext(
            template,
            missing=translation.share(missing),
            aside=translation.share(reading.set_aside),
            coverage=translation.share(reading.coverage),
        )
    if reading.coverage == 0:
        return translation.gettext(message("It gave no values: it says nothing of this time."))
    template = message("It has values for {coverage} of the time, and no fall in them that others bear out.")
    return translation.gettext(template, coverage=translation.share(reading.coverage))


def _language_links(about: About, up: str, rest: str) -> list[tuple[str, str, str, bool]]:
    """Code, own name, relative address and whether it is this page's, for each language of the publication."""
    return [(code, LANGUAGES[code], f"{up}{code}/{rest}", code == about.language) for code in about.languages]


def _render(template: str, about: About, **facts: Any) -> str:
    translation = about.translation
    return (
        _templates()
        .get_template(template)
        .render(
            about=about,
            style_hash=_style_hash(),
            gettext=translation.gettext,
            ngettext=translation.ngettext,
            reviewed=translation.reviewed,
            known=clock.utc(about.known, translation.locale),
            window=[
                clock.day(about.window[0].date(), translation.locale),
                clock.day(
                    (about.window[1] - timedelta(seconds=1)).date(), translation.locale
                ),  # the end is not included
            ],
            **facts,
        )
    )


@cache
def _style_hash() -> str:
    """The hash by which the policy of a page allows its style sheet."""
    style = _templates().get_template("page.css").render()
    return b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("kuager.publications"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
