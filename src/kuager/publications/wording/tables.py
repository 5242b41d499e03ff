"""The rows of a page in the reader's words: facts, phases, sources. Templates only lay them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kuager.errors import message
from kuager.model.episodes import Episode, Phase, Reading
from kuager.model.time import format_utc
from kuager.model.words import Access, Stance
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.licences import terms
from kuager.publications.service_names import some
from kuager.publications.view import EpisodeView
from kuager.publications.wording.hours import by_the_clock, common_hours, time_of_hours
from kuager.publications.wording.sentence import name_of, of_hours
from kuager.publications.wording.services import about, slow_behind
from kuager.publications.words import ACCESS, LEVEL, LEVEL_MEANS, LEVEL_SHAPE, PHASE, STANCE, STANCE_SHAPE
from kuager.sources import registry

NONE = "–"


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the four facts: its name, its value, and why."""

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC and on the clocks of the place; ``machine`` is RFC 3339."""

    machine: str
    utc: str
    local: str


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A row of the table of phases; ``end`` is None while it lasts. ``about`` names services and networks, if any."""

    number: int
    kind: str
    about: str
    token: str
    start: Moment
    uncertainty: str
    end: Moment | None
    length: str
    access: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the matrix of sources."""

    name: str
    sees: str
    cannot_see: str
    shape: str
    stance: str
    token: str
    start: Moment | None
    end: Moment | None
    lowest: str
    coverage: str
    source: str
    home: str
    licence: str


def facts(view: EpisodeView) -> tuple[Fact, ...]:
    """How long, how sure, where, and by which access."""
    translation, episode = view.about.translation, view.episode
    edges = translation.gettext(
        message("Start known to ± {start}, end to ± {end}."),
        start=_half(episode.start_earliest, episode.start_latest, translation),
        end=_half(episode.end_earliest or view.horizon, episode.end_latest or view.horizon, translation),
    )
    open_end = translation.gettext(
        message("So far: it was going on when the data end. Start known to ± {start}."),
        start=_half(episode.start_earliest, episode.start_latest, translation),
    )
    hours = of_hours(episode)
    return (
        Fact(
            translation.gettext(message("Duration")),
            by_the_clock(hours, translation) if hours else clock.duration(view.duration, translation),
            open_end if episode.ongoing else edges,
        ),
        Fact(
            translation.gettext(message("Confidence")),
            f"{LEVEL_SHAPE[episode.level]} {translation.gettext(LEVEL[episode.level])}",
            _how_sure(episode, translation),
        ),
        Fact(translation.gettext(message("Where")), view.about.place_name, _scope(view)),
        Fact(translation.gettext(message("Mobile and fixed")), *_access(view)),
    )


def _how_sure(episode: Episode, translation: Translation) -> str:
    """How many signals agree, and what the level means; drawn signals are called so."""
    agreeing = sum(one.stance is Stance.AGREES for one in episode.signals)
    meaning = translation.gettext(LEVEL_MEANS[episode.level])
    if episode.simulated:
        return translation.ngettext(
            "{n} of {total} simulated signals agrees. {meaning}",
            "{n} of {total} simulated signals agree. {meaning}",
            agreeing,
            total=len(episode.signals),
            meaning=meaning,
        )
    return translation.ngettext(
        "{n} of {total} signals agrees. {meaning}",
        "{n} of {total} signals agree. {meaning}",
        agreeing,
        total=len(episode.signals),
        meaning=meaning,
    )


def _access(view: EpisodeView) -> tuple[str, str]:
    """Whether mobile and fixed access are told apart, and if so which of them was hit."""
    translation, episode = view.about.translation, view.episode
    told_apart = {reading.access for reading in episode.signals} - {Access.MIXED}
    hit = {reading.access for reading in episode.signals if reading.stance is Stance.AGREES} - {Access.MIXED}
    phases = translation.gettext(message("The table of phases says which phase was about which access."))
    if not told_apart:
        why = translation.gettext(message("Every signal looks at mobile and fixed access together."))
        return translation.gettext(message("not told apart")), why
    if hit == {Access.MOBILE, Access.FIXED}:
        return translation.gettext(message("both hit")), phases
    if len(hit) == 1 and told_apart - hit:
        only = translation.gettext(ACCESS[next(iter(hit))])
        why = translation.gettext(
            message("The other kind of access was measured apart, too, and did not fall with it.")
        )
        return translation.gettext(message("{access}: hit"), access=only), f"{why} {phases}"
    if len(hit) == 1:
        only = translation.gettext(ACCESS[next(iter(hit))])
        why = translation.gettext(message("Other signals look at both together; only this one is measured apart."))
        return translation.gettext(message("{access}: hit"), access=only), f"{why} {phases}"
    return translation.gettext(message("neither stood out alone")), phases


def _scope(view: EpisodeView) -> str:
    translation = view.about.translation
    if not any(phase.is_of_everything for phase in view.episode.phases):
        networks = sorted({network for phase in view.episode.phases for network in phase.networks})
        if networks:
            template = message("Seen on {networks}; nothing is said of other networks.")
            return translation.gettext(template, networks=some(networks))
    places = sorted({place for phase in view.episode.phases for place in phase.places} | {view.episode.place})
    if len(places) > 1:
        return translation.gettext(message("Places: {places}."), places=", ".join(places))
    if len(view.episode.place) == 2:
        return translation.gettext(message("The country as a whole; these signals do not tell regions apart."))
    return translation.gettext(message("This place only; nothing is said of its surroundings."))


def _half(earliest: datetime, latest: datetime, translation: Translation) -> str:
    return _blur((latest - earliest) / 2, translation)


def _blur(length: timedelta, translation: Translation) -> str:
    """An uncertainty in minutes, rounded up: it must not look smaller than it is."""
    return clock.duration(-(-length // timedelta(minutes=1)) * timedelta(minutes=1), translation)


def phase_rows(view: EpisodeView) -> tuple[PhaseRow, ...]:
    """The phases in order, numbered as in the picture."""
    return tuple(_phase_row(number, phase, view) for number, phase in enumerate(view.episode.phases, start=1))


def _phase_row(number: int, phase: Phase, view: EpisodeView) -> PhaseRow:
    translation, hours = view.about.translation, common_hours(slow_behind(phase, view.episode.slowed))
    lasted = view.lasted_until(phase) - phase.start
    return PhaseRow(
        number=number,
        kind=translation.gettext(PHASE[phase.kind]),
        about=about(phase),
        token=phase.kind.value,
        start=moment(phase.start, view),
        uncertainty=_blur(timedelta(seconds=phase.uncertainty_s), translation),
        end=moment(phase.end, view) if phase.end else None,
        length=time_of_hours(hours, translation) if hours else clock.duration(lasted, translation),
        access=translation.gettext(ACCESS[phase.access]),
    )


def moment(when: datetime, view: EpisodeView) -> Moment:
    """A time as a page shows it."""
    translation, zone = view.about.translation, view.about.zone
    local = ""
    if zone != "UTC":
        local = translation.gettext(
            message("{local} {city}"),
            local=clock.here(when, zone, translation.locale),
            city=clock.city(zone, translation.locale),
        )
    return Moment(format_utc(when), clock.short_utc(when, translation.locale), local)


def source_rows(readings: tuple[Reading, ...], view: EpisodeView) -> tuple[SourceRow, ...]:
    """What each signal sees and how it stands to the episode, agreeing ones first."""
    order = list(Stance)
    return tuple(
        _source_row(one, view) for one in sorted(readings, key=lambda one: (order.index(one.stance), one.signal))
    )


def _measured(reading: Reading, translation: Translation) -> str:
    """The share of the time that was judged, and the one whose values were set aside."""
    judged = translation.share(reading.coverage)
    if not reading.set_aside:
        return judged
    template = message("{judged}; {aside} set aside")
    return translation.gettext(template, judged=judged, aside=translation.share(reading.set_aside))


def _source_row(reading: Reading, view: EpisodeView) -> SourceRow:
    translation = view.about.translation
    known = registry.signal(reading.signal)
    return SourceRow(
        name=name_of(reading, translation),
        sees=translation.gettext(known.sees),
        cannot_see=translation.gettext(known.cannot_see),
        shape=STANCE_SHAPE[reading.stance],
        stance=translation.gettext(STANCE[reading.stance]),
        token=reading.stance.value,
        start=moment(reading.start, view) if reading.start else None,
        end=moment(reading.end, view) if reading.end else None,
        lowest=NONE if reading.lowest is None else translation.share_above(reading.lowest),
        coverage=_measured(reading, translation),
        source=translation.gettext(known.source.name),
        home=known.source.home,
        licence=terms(known.source, translation),
    )
