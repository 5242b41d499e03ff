"""The first page in a language, which lists what happened, and the page above the languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuager.errors import message
from kuager.model.episodes import Reading
from kuager.publications import clock
from kuager.publications.language import LANGUAGES, translator
from kuager.publications.pictures import MapFigure
from kuager.publications.records import files
from kuager.publications.site import addresses
from kuager.publications.site.listing import listed
from kuager.publications.site.notices import going_on
from kuager.publications.site.places import countries, networks, pages_of_places
from kuager.publications.site.rendering import render, style_hash, templates
from kuager.publications.view import About, CaseView
from kuager.publications.wording import collected, history, opinions, sentence
from kuager.publications.wording.held_back import held_back_lines
from kuager.publications.wording.parts import place_name


def render_home(view: CaseView, maps: tuple[MapFigure, ...] = ()) -> str:
    """What happened, as a list and then on a map; or what was measured where nothing was found."""
    about = view.about
    whole, parts = listed(view.episodes)
    return render(
        "home.html",
        about,
        addresses.home(about.language),
        title=about.case_title,
        simulated=view.holds_simulated,
        whole=whole,
        parts=parts,
        notices=going_on(view),
        lead=_lead(view),
        data_age=_data_age(view),
        maps=maps,
        held_back=held_back_lines(view.held_back, about.translation),
        countries=_links(countries(view), view),
        networks=_links(networks(view), view),
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


def _links(codes: Sequence[str], view: CaseView) -> list[tuple[str, str]]:
    """The pages of places, each with its name."""
    pages, on = pages_of_places(view), view.about.window[0].date()
    return [(pages[code], place_name(code, on, view.about.translation)) for code in codes]


def _lead(view: CaseView) -> str:
    """What is going on, in one sentence; of a case whose data end in the past it says until when it knows."""
    translation = view.about.translation
    until = clock.utc(view.about.window[1], translation.locale)
    shown = [one for one in view.episodes if len(one.episode.place) == 2] or view.episodes
    going_on = sum(one.episode.ongoing for one in shown)
    if going_on:
        return translation.ngettext(
            "{n} disruption was going on when the data end.",
            "{n} disruptions were going on when the data end.",
            going_on,
        )
    if shown:
        return translation.ngettext(
            "{n} disruption was found up to {until}. None was going on then.",
            "{n} disruptions were found up to {until}. None was going on then.",
            len(shown),
            until=until,
        )
    return translation.gettext(message("Nothing was found up to {until}."), until=until)


def _data_age(view: CaseView) -> str:
    """When the newest sample of what is shown ends: this site does not know what came later."""
    translation = view.about.translation
    ends = [trace.end_of_data for one in view.episodes for trace in one.traces if trace.end_of_data is not None]
    if not ends:
        return ""
    return translation.gettext(message("The newest data end on {time}."), time=clock.utc(max(ends), translation.locale))


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
