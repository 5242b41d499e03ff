"""The sentence of an episode: what, where, when, how sure, and who disagrees, in one line that can be quoted.

Every form is a whole template, so that each language can put the parts in its own order.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from kuager.errors import message
from kuager.model.episodes import Episode, Event, Reading
from kuager.model.services import ClockTimes
from kuager.model.words import Access, PhaseKind, Stance
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.service_names import MOST_NAMED
from kuager.publications.service_names import names as service_names
from kuager.publications.view import About, CaseView, EpisodeView
from kuager.publications.wording.hours import by_the_clock, common_hours, time_of_hours
from kuager.publications.words import ACCESS, KIND, LEVEL

IN_A_TITLE = 2
"""Services or networks that a title names."""
NO_SERIES = message("The case holds no series of this place and time: of whole networks nothing can be said.")
_ALREADY = {
    (True, True): message(
        "{place}: {what}, already so on {start}, when it was first measured, and still at {end}, when the data end; "
        "{sure}; {dissent}."
    ),
    (True, False): message(
        "{place}: {what}, already so on {start}, when it was first measured, and still at {end}, when the data end; "
        "{sure}."
    ),
    (False, True): message(
        "{place}: {what}, already so on {start}, when it was first measured, until {end}; {sure}; {dissent}."
    ),
    (False, False): message("{place}: {what}, already so on {start}, when it was first measured, until {end}; {sure}."),
}
"""By whether the data end before it, and whether anything disagrees."""


def title(view: EpisodeView) -> str:
    """What, where and when in days: the heading of the page and of the picture."""
    translation, episode = view.about.translation, view.episode
    first = episode.start.astimezone(UTC).date()
    last = (episode.end or episode.start).astimezone(UTC).date()
    template = message("{place}: {what}, since {days}") if episode.end is None else message("{place}: {what}, {days}")
    if episode.end is None and lasts_already(episode):
        template = message("{place}: {what}, seen since {days}")
    return translation.gettext(
        template,
        place=view.about.place_name,
        what=_what(episode, translation, IN_A_TITLE),
        days=clock.days(first, last, translation.locale),
    )


def sentence(view: EpisodeView) -> str:
    """The one sentence to quote."""
    translation, zone, episode = view.about.translation, view.about.zone, view.episode
    dissent = dissenters(episode, translation)
    sure = how_sure(episode, translation)
    if episode.ordinary_days is not None:
        sure = f"{sure}; {_little_known(episode.ordinary_days, translation)}"
    if lasts_already(episode):
        template = _ALREADY[episode.end is None, bool(dissent)]
    elif episode.end is None and dissent:
        template = message(
            "{place}: {what}, since {start}, still going on at {end}, when the data end; {sure}; {dissent}."
        )
    elif episode.end is None:
        template = message("{place}: {what}, since {start}, still going on at {end}, when the data end; {sure}.")
    elif dissent:
        template = message("{place}: {what}, from {start} to {end}; {sure}; {dissent}.")
    else:
        template = message("{place}: {what}, from {start} to {end}; {sure}.")
    return translation.gettext(
        template,
        place=view.about.place_name,
        what=_what(episode, translation),
        start=clock.both(episode.start, zone, translation),
        end=clock.both(view.horizon, zone, translation),
        sure=sure,
        dissent=dissent,
    )


def _little_known(days: int, translation: Translation) -> str:
    """That too few ordinary days are known, as a clause."""
    return translation.ngettext(
        "judged by about {n} ordinary day, where two weeks are needed",
        "judged by about {n} ordinary days, where two weeks are needed",
        days,
    )


def _what(episode: Episode, translation: Translation, most: int = MOST_NAMED) -> str:
    """What the episode is, of which services or networks, and by which clock it came back."""
    kind = translation.gettext(KIND[episode.kind])
    if not whole(episode):
        permitted = [phase for phase in episode.phases if phase.kind is PhaseKind.WHITELIST]
        if permitted and len(permitted) < len(episode.phases):
            networks = service_names(dict.fromkeys(code for phase in permitted for code in phase.networks), most)
            template = message("only permitted services worked ({networks}), and services were blocked ({services})")
            return translation.gettext(template, networks=networks, services=_about(episode, most))
        if permitted:
            kind = translation.gettext(message("only permitted services worked"))
        if hours := of_hours(episode):
            kind = translation.gettext(message("{what} {clock}"), what=kind, clock=by_the_clock(hours, translation))
        return translation.gettext(message("{what} ({services})"), what=kind, services=_about(episode, most))
    found = episode.recurrence
    if found is None or found.of is PhaseKind.RESTORATION:
        return kind
    return translation.gettext(message("{what} {clock}"), what=kind, clock=by_the_clock(found, translation))


def of_hours(episode: Episode) -> ClockTimes | None:
    """The hours of the day of what was slow at one time of day only; else None."""
    return None if whole(episode) or episode.blocked else common_hours(episode.slowed)


def _about(episode: Episode, most: int) -> str:
    """The services of an episode that is not of access as a whole; of all services, or of the permitted, networks."""
    named = [phase for phase in episode.phases if phase.kind is not PhaseKind.WHITELIST]
    services = list(dict.fromkeys(name for phase in named for name in phase.services))
    networks = dict.fromkeys(code for phase in episode.phases for code in phase.networks)
    return service_names(services or networks, most)


def darkness(view: EpisodeView) -> str:
    """How much of the episode was a blackout, and since when; and when service came back by the clock, if it did."""
    found, translation = view.episode.recurrence, view.about.translation
    dark = _darkness(view)
    if found is None or found.of is not PhaseKind.RESTORATION:
        return dark
    clause = by_the_clock(found, translation)
    return translation.gettext(message("{darkness} Service came back {clock}."), darkness=dark, clock=clause)


def lasts_already(episode: Episode) -> bool:
    """Whether it lasted when measuring began: of blocking whose beginning nobody saw no start is told."""
    return not whole(episode) and bool(episode.phases) and episode.began_unseen(episode.phases[0])


def whole(episode: Episode) -> bool:
    """Whether it is about access as a whole, not about some services or networks."""
    return not episode.phases or any(phase.is_of_everything for phase in episode.phases)


def _darkness(view: EpisodeView) -> str:
    translation = view.about.translation
    dark = [phase for phase in view.episode.phases if phase.kind is PhaseKind.BLACKOUT]
    if not whole(view.episode):
        return translation.gettext(
            message(
                "It is about single sites, services or networks: no wider cut was found at that time, as far as it was "
                "measured."
            )
        )
    if not dark:
        return translation.gettext(message("At no time of it was everything down that was measured."))
    facts = {
        "duration": clock.duration(
            sum(((one.end or view.horizon) - one.start for one in dark), timedelta()), translation
        ),
        "start": clock.both(dark[0].start, view.about.zone, translation),
    }
    days = view.episode.ordinary_days
    if days is None:
        return translation.gettext(message("Blackout for {duration} of it, first from {start}."), **facts)
    return translation.gettext(
        message("Blackout for {duration} of it, first from {start}, {caveat}."),
        caveat=translation.ngettext("with about {n} ordinary day known", "with about {n} ordinary days known", days),
        **facts,
    )


def beside_series(view: CaseView) -> list[str]:
    """What is to be said where no episode was found: that there are no series, and what sites and services show."""
    translation, told = view.about.translation, []
    if not view.measured and not view.site_measurements:
        told.append(message("Nothing was measured at all: the case holds no series of this place and time."))
    elif not view.measured:
        told.append(NO_SERIES)
    if view.site_measurements:
        told.append(
            message(
                "In {count} measurements of sites and services no blocking and no slowing stands out from what is "
                "ordinary in them."
            )
        )
    return [translation.gettext(one, count=translation.number(view.site_measurements)) for one in told]


def alone(event: Event, about: About) -> str:
    """An event that became no episode, so that nobody has to dig for it."""
    translation = about.translation
    facts = {
        "signal": translation.short_name(event.signal),
        "place": event.place,
        "start": clock.both(event.start.best, about.zone, translation),
        "depth": translation.share(event.depth),
    }
    if event.end is None:
        template = message(
            "{signal} ({place}) fell on {start} and stayed down to the end of its data, by {depth}. Nothing else bears "
            "it out, so it is not called an episode."
        )
        return translation.gettext(template, **facts)
    template = message(
        "{signal} ({place}) fell from {start} to {end}, by {depth}. Nothing else bears it out, so it is not called an "
        "episode."
    )
    return translation.gettext(template, end=clock.both(event.end.best, about.zone, translation), **facts)


def how_sure(episode: Episode, translation: Translation) -> str:
    """The level, with how many of how many signals agree; a quotation must not lose that they are simulated."""
    agreeing = sum(reading.stance is Stance.AGREES for reading in episode.signals)
    level, total = translation.gettext(LEVEL[episode.level]), len(episode.signals)
    if episode.simulated:
        return translation.ngettext(
            "{level}, {n} of {total} simulated signals agrees",
            "{level}, {n} of {total} simulated signals agree",
            agreeing,
            level=level,
            total=total,
        )
    return translation.ngettext(
        "{level}, {n} of {total} signals agrees",
        "{level}, {n} of {total} signals agree",
        agreeing,
        level=level,
        total=total,
    )


def onsets(view: EpisodeView) -> str:
    """That several sources published several starts; empty where none did."""
    count = len(view.published_onsets)
    if not count:
        return ""
    return view.about.translation.ngettext(
        "One start of the cut itself was published:",
        "{n} starts of the cut itself were published. They are kept apart, none is merged or averaged:",
        count,
    )


def dissenters(episode: Episode, translation: Translation) -> str:
    """Who disagrees, as a clause; empty when nobody does."""
    names = [
        name_of(reading, translation, short=True) for reading in episode.signals if reading.stance is Stance.DISAGREES
    ]
    if not names:
        return ""
    return translation.ngettext("{signals} disagrees", "{signals} disagree", len(names), signals=", ".join(names))


def name_of(reading: Reading, translation: Translation, *, short: bool = False) -> str:
    """The name of a signal, with the network or region, and with its access where it looks at mobile or fixed alone."""
    name = translation.short_name(reading.signal) if short else translation.signal_name(reading.signal)
    if len(reading.place) > 2:  # the signals of a country stand beside those of its networks and regions
        name = placed(name, reading.place, translation)
    if reading.access is Access.MIXED:
        return name
    return translation.gettext(
        message("{signal}, {access}"), signal=name, access=translation.gettext(ACCESS[reading.access])
    )


def placed(name: str, places: str, translation: Translation) -> str:
    """The name of a signal with the places that it looks at."""
    return translation.gettext(message("{signal} ({places})"), signal=name, places=places)


def status(episode: Episode, translation: Translation) -> str:
    """Whether it is over."""
    if episode.ongoing:
        return translation.gettext(message("▶ Going on when the data end"))
    return translation.gettext(message("■ Ended"))


def one_line(view: EpisodeView) -> str:
    """For lists: how long, how sure, whether it is over."""
    translation, hours = view.about.translation, of_hours(view.episode)
    template = message("{duration} so far, {level}") if view.episode.ongoing else message("{duration}, {level}")
    return translation.gettext(
        template,
        duration=time_of_hours(hours, translation) if hours else clock.duration(view.duration, translation),
        level=translation.gettext(LEVEL[view.episode.level]),
    )
