"""What is shown of a case, made from its folder: values only, from which every page, feed and file is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced
from datetime import datetime

from kuager.case.collected import coverage_of, last_asked, remarks_of, was_collected
from kuager.case.derivation import code_version
from kuager.case.detecting import Detected
from kuager.case.documents import happenings
from kuager.case.examining import examine
from kuager.case.folder import Case
from kuager.case.founding import Happening, HappeningKind
from kuager.case.history import histories, received_by
from kuager.case.not_judged import NotJudged
from kuager.case.notices import notices_of
from kuager.case.operators import known_operators
from kuager.case.opinions import listed_of, opinions_of
from kuager.case.places import belongs
from kuager.case.published_stamps import logged_objects
from kuager.case.reached import ServiceTraces
from kuager.case.received import OWN_WORDS_KIND
from kuager.case.registers import record_citations, registers_of
from kuager.episodes.findings import TRUSTED, Examined
from kuager.episodes.stances import set_aside, spans
from kuager.errors import UsageError
from kuager.model.episodes import Episode, Event, Reading
from kuager.model.notes import Note
from kuager.model.places import find, name, zones
from kuager.model.series import Values
from kuager.model.time import parse_utc
from kuager.model.words import Stance
from kuager.publications import clock
from kuager.publications.language import Translation, translator
from kuager.publications.view import About, CaseView, DocumentaryEntry, EpisodeView, Trace

_OF_SERVICES = frozenset({HappeningKind.BLOCKING, HappeningKind.THROTTLING, HappeningKind.DISRUPTION})
"""What documents tell of services by name."""


def episode_views(
    case: Case, found: Detected, language: str, examined: Sequence[Examined] | None = None
) -> list[EpisodeView]:
    """Everything that is shown of each standing episode, in one language."""
    examined = examine(case) if examined is None else examined
    translation = translator(language)
    rows, service_traces, known = happenings(case), ServiceTraces(case), histories(case)
    return [
        EpisodeView(
            episode=episode,
            traces=(*(_trace(one) for one in examined if one.series.key in _shown(episode)), *service_traces(episode)),
            about=_about(case, episode.place, language, episode.start),
            documents=tuple(_entry(row, translation) for row in rows),
            history=known.get(episode.id),
        )
        for episode in found.episodes
    ]


def views_as_of(case: Case, found: Detected, language: str, moment: datetime) -> list[EpisodeView]:
    """What could be shown of each episode at a moment: without series, for those of today may have come since."""
    translation = translator(language)
    rows = happenings(case, received_by(case, moment))
    known = histories(case, moment)
    views = []
    for episode in found.episodes:
        about = _about(case, episode.place, language, episode.start)
        end = min(about.window[1], max(moment, episode.start))
        views.append(
            EpisodeView(
                episode=episode,
                traces=(),
                about=replaced(about, known=moment, window=(about.window[0], end)),
                documents=tuple(_entry(row, translation) for row in rows),
                history=known.get(episode.id),
            )
        )
    return views


def case_view(case: Case, found: Detected, language: str, examined: Sequence[Examined] | None = None) -> CaseView:
    """The list of episodes, and what was measured where there is none."""
    examined = examine(case) if examined is None else examined
    inside = [one for one in examined if belongs(case, one.series.place)]
    unjudged = NotJudged(case)
    return CaseView(
        about=about_case(case, language),
        episodes=tuple(episode_views(case, found, language, examined)),
        measured=tuple(_quiet_reading(case, one) for one in inside),
        alone=tuple(event for event in found.events if _stands_alone(case, event, found.episodes)),
        simulated=any(one.signal.simulated for one in inside),
        collected=coverage_of(case) if was_collected(case) else (),
        remarks=remarks_of(case),
        opinions=opinions_of(case),
        site_measurements=sum(unjudged.measurements_at(place) for place in case.settings.places),
        not_judged=_not_judged(case, unjudged, language),
        histories=histories(case),
        places=case.settings.places,
        operators=known_operators([case.path]),
        registers=registers_of(case),
        notices=notices_of(case),
        record=record_citations(case),
        listed=listed_of(case),
        logged=logged_objects(case),
    )


def about_case(case: Case, language: str) -> About:
    """What pages of a case as a whole say of it."""
    return _about(case, case.settings.places[0], language, case.settings.start)


def _not_judged(case: Case, unjudged: NotJudged, language: str) -> dict[str, tuple[Note, ...]]:
    """By the name of each place what was not judged there; under an empty name how files were read."""
    moment = case.settings.start
    told = {_place_name(place, language, moment): unjudged.at(place) for place in case.settings.places}
    told[""] = unjudged.of_reading
    return {place: notes for place, notes in told.items() if notes}


def _stands_alone(case: Case, event: Event, episodes: Sequence[Episode]) -> bool:
    """Whether an event of the window was probable and is part of no episode of its place."""
    end = event.end.best if event.end is not None else case.settings.end
    inside = event.start.best < case.settings.end and end > case.settings.start
    told = any(
        one.place == event.place and event.start.best < (one.end or case.settings.end) and end > one.start
        for one in episodes
    )
    return event.probability >= TRUSTED and inside and not told


def _about(case: Case, place: str, language: str, moment: datetime) -> About:
    return About(
        case_title=_title(case, language),
        place_name=_place_name(place, language, moment),
        window=(case.settings.start, case.settings.end),
        zone=_zone(place, moment),
        language=language,
        known=_known(case),
        code_version=code_version(),
        languages=case.settings.languages,
        address=case.settings.publication.address,
        first_entry=entries[0].hash if (entries := case.proving.log.entries()) else "",
        spoken=any(record.kind == OWN_WORDS_KIND for record in case.records.all()),
    )


def _known(case: Case) -> datetime:
    """When the last thing that the case holds was received, or the last question asked."""
    received = [parse_utc(record.received) for record in case.records.all()]
    asked = last_asked(case)
    return max(received) if received or asked is None else asked


def _title(case: Case, language: str) -> str:
    names = [_place_name(place, language, case.settings.start) for place in case.settings.places]
    return case.settings.title or ", ".join(names)


def _place_name(place: str, language: str, moment: datetime) -> str:
    try:
        return name(find(place), language, moment.date())
    except UsageError:
        return place  # a region of a country whose regions are not in the register


def _zone(place: str, moment: datetime) -> str:
    try:
        return zones(find(place), moment.date())[0]
    except UsageError:
        return _zone(place.partition("-")[0], moment)


def _shown(episode: Episode) -> set[tuple[str, str, str, str]]:
    """The keys of the series that an episode shows."""
    return {(one.signal, one.place, one.access.value, one.window) for one in episode.signals}


def _trace(one: Examined) -> Trace:
    return Trace(one.series, _expected(one))


def _expected(one: Examined) -> Values:
    """The expectation at the times of the series, which may leave cells of its grid empty."""
    grid = one.detection.grid
    expected: Values = one.detection.expected[(one.series.times - grid.start) // grid.step_s]
    return expected


def _quiet_reading(case: Case, one: Examined) -> Reading:
    """What a series measured over the window of the case, where nothing happened."""
    start, end = case.settings.window
    return Reading(
        signal=one.series.signal,
        place=one.series.place,
        access=one.series.access,
        window=one.series.window,
        stance=Stance.SILENT,
        start=None,
        end=None,
        depth=None,
        probability=None,
        coverage=round(one.coverage(start, end), 4),
        lowest=None,
        spans=spans(one, case.settings.window),
        set_aside=set_aside(one, start, end),
    )


def _entry(row: Happening, translation: Translation) -> DocumentaryEntry:
    code = translation.code
    return DocumentaryEntry(
        time=clock.stated(row.start, _zone(find(row.places[0]).code, row.begins.best), translation),
        text=row.text[code],
        source=f"{row.id} · {row.source}",
        link=row.urls[0],
        doubt=row.doubt.get(code, ""),
        onset=row.onset_of_cut,
        services=row.services if row.kind in _OF_SERVICES else (),
        slowed=row.kind is HappeningKind.THROTTLING,
        places=row.places,
        begins=row.begins.earliest,
    )
