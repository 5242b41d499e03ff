"""The first page in a language, which lists what happened, and the page above the languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.errors import message
from kuager.model.episodes import Reading
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.records import files
from kuager.publications.site import addresses
from kuager.publications.site.rendering import render, style_hash, templates
from kuager.publications.view import About, CaseView
from kuager.publications.wording import collected, history, opinions, sentence


def render_home(view: CaseView) -> str:
    """The list of the episodes of a case, or what was measured where none was found."""
    about = view.about
    return render(
        "home.html",
        about,
        addresses.home(about.language),
        title=about.case_title,
        simulated=view.holds_simulated,
        episodes=[
            (addresses.episode(about.language, one.episode.id), sentence.title(one), sentence.one_line(one))
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
        collected_csv=files.COLLECTED,
        opinions=opinions.opinion_rows(view.opinions, about.translation),
        opinions_in_all=len(view.opinions),
        opinions_csv=files.OPINIONS,
    )


def render_front(languages: Sequence[str], *, simulated: bool) -> str:
    """The page at the top of ``public/``: the way to each language, the first one taken by itself."""
    return (
        templates()
        .get_template("front.html")
        .render(
            style_hash=style_hash(),
            languages=[
                (code, LANGUAGES[code], addresses.home(code), translator(code).gettext("simulated signals"))
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
