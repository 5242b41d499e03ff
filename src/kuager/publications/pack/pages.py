"""The files of a pack that follow from its bundle alone: the page, two tables for programs, and what they mean."""

from __future__ import annotations

from kuager.errors import message
from kuager.publications import clock
from kuager.publications.pack import certification, chronology, legal, limits, method, who
from kuager.publications.pack.context import Context
from kuager.publications.pack.custody import exhibit_rows
from kuager.publications.pack.held import Held
from kuager.publications.pack.presets import Preset
from kuager.publications.pack.sentences import Section
from kuager.publications.pack.tables import table_files
from kuager.publications.site.rendering import render
from kuager.publications.wording import sentence
from kuager.publications.words import LEVEL, LEVEL_SHAPE

PAGE = "pack.html"
SECTIONS = {
    "chronology": chronology.section,
    "who": who.section,
    "method": method.section,
    "legal": legal.section,
    "limits": limits.section,
    "certification": certification.section,
}
"""Those made of sentences; exhibits and hashes are tables of their own."""
LISTED = {"exhibits": message("Exhibits and custody"), "hashes": message("Hashes")}


def derived_files(held: Held, preset: Preset) -> dict[str, bytes]:
    """The files that anyone makes again from the same bundle, by name."""
    context = Context(held, preset)
    return {
        PAGE: _page(context).encode(),
        **table_files(context),
    }


def _page(context: Context) -> str:
    view, preset, gettext = context.view, context.preset, context.gettext
    episode, locale = view.episode, context.translation.locale
    made: dict[str, Section] = {}
    for name in preset.sections:
        if name in SECTIONS and (section := SECTIONS[name](context)) is not None:
            made[name] = section
    titles = {name: made[name].title if name in made else gettext(LISTED[name]) for name in preset.sections}
    return render(
        "pack/pack.html",
        view.about,
        PAGE,
        title=sentence.title(view),
        forum=gettext(preset.title),
        case_title=view.about.case_title,
        simulated=context.held.case.holds_simulated,
        confidential=context.held.confidential,
        sentence=sentence.sentence(view),
        lead=context.exhibits.of_signals(),
        settings=context.exhibits.settings,
        version=context.exhibits.episode,
        log=context.exhibits.log,
        episode=episode,
        level=f"{LEVEL_SHAPE[episode.level]} {gettext(LEVEL[episode.level])}",
        since=clock.utc(context.held.derived.known, locale),
        head=clock.utc(context.held.head.known, locale),
        starts=clock.both(episode.start, view.about.zone, context.translation),
        ends=clock.both(episode.end, view.about.zone, context.translation)
        if episode.end is not None
        else gettext(message("still going on")),
        titles=titles,
        sections=made,
        exhibits=exhibit_rows(context),
    )
