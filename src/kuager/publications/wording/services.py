"""Sites and services in a reader's words: what was kept away or slowed on which network, since when, how surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kuager.errors import message
from kuager.model.episodes import Phase
from kuager.model.services import Blocking, Slowing
from kuager.model.words import PhaseKind
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.licences import credit
from kuager.publications.service_names import names, service_name, some
from kuager.publications.view import DocumentaryEntry, EpisodeView
from kuager.publications.wording.groups import group_name, of_groups
from kuager.publications.wording.slowed import SlowRow, slow_lines, slow_row
from kuager.sources.registry import SOURCES

INTERCEPTED = "tls.interception"
"""The method of whoever puts a certificate of his own in the way."""
MOST_ROWS = 30
"""More rows than this would make the page heavy; all of them stand in the file beside it."""
_METHODS = {
    "dns": message("its name was answered wrongly or not at all"),
    "tcp": message("no connection could be made"),
    "tls": message("the encrypted connection was broken off or never came about"),
    "http": message("another page came, or none"),
    "": message("the test was flagged, without the step at which it failed"),
}
_WAYS = {
    "timeout": message("no answer came"),
    "reset": message("the connection was reset"),
    "blockpage": message("a known blocking page"),
    "interception": message("somebody else’s certificate"),
    "bogon": message("an impossible address"),
    "nxdomain": message("“no such name”"),
}


@dataclass(frozen=True, slots=True)
class BlockedRow:
    """A service on a network; ``base`` is the share that is always flagged."""

    service: str
    group: str
    network: str
    source: str
    first: str
    last: str
    share: str
    base: str
    how: str
    measured: str
    without: str


@dataclass(frozen=True, slots=True)
class Services:
    """The section of a page; ``more_`` says how many rows of a sort were left out.

    ``data`` names the sources of what was measured, with their licences.
    """

    lead: tuple[str, ...]
    groups: tuple[str, ...]
    more_groups: int
    blocked: tuple[BlockedRow, ...]
    more_blocked: int
    not_secure: tuple[str, ...]
    slow_lines: tuple[str, ...]
    slowed: tuple[SlowRow, ...]
    more_slowed: int
    whitelisted: tuple[str, ...]
    documented: tuple[DocumentaryEntry, ...]
    data: str

    @property
    def measured(self) -> bool:
        """Whether anything of it was measured."""
        return bool(self.blocked or self.slowed or self.whitelisted)


def services(view: EpisodeView) -> Services:
    """Everything that a page says of single services."""
    episode = view.episode
    return Services(
        lead=lead(view),
        groups=of_groups(episode.groups[:MOST_ROWS], episode.blocked, view.about.translation),
        more_groups=max(0, len(episode.groups) - MOST_ROWS),
        blocked=tuple(_blocked(one, view) for one in episode.blocked[:MOST_ROWS]),
        more_blocked=max(0, len(episode.blocked) - MOST_ROWS),
        not_secure=tuple(_not_secure(view)),
        slow_lines=slow_lines(episode.slowed[:MOST_ROWS], view.about.translation),
        slowed=tuple(slow_row(one, view.about.translation) for one in episode.slowed[:MOST_ROWS]),
        more_slowed=max(0, len(episode.slowed) - MOST_ROWS),
        whitelisted=tuple(_listed(view)),
        documented=tuple(entry for entry in view.documents if entry.services or entry.slowed),
        data=credit(episode.service_signals, view.about.translation),
    )


def _not_secure(view: EpisodeView) -> Iterator[str]:
    """On which networks somebody else's certificate was shown: that is not only blocked, somebody reads along."""
    translation = view.about.translation
    found: dict[str, list[str]] = {}
    for row in view.episode.blocked:
        if INTERCEPTED in row.methods:
            found.setdefault(row.network, []).append(service_name(row.service))
    for network, hosts in found.items():
        template = message(
            "Encrypted connections on {network} were not secure: somebody could read along at {services}."
        )
        yield translation.gettext(template, network=network or clock.NOTHING, services=some(list(dict.fromkeys(hosts))))


def lead(view: EpisodeView) -> tuple[str, ...]:
    """Each phase of single services or networks as a sentence."""
    return tuple(_sentence(phase, view) for phase in view.episode.phases if not phase.is_of_everything)


def about(phase: Phase) -> str:
    """The services and networks of a phase, a few by name; empty where it is about everything."""
    parts = [some([service_name(one) for one in phase.services]), some(phase.networks)]
    return " · ".join(part for part in parts if part)


_SINCE = {
    PhaseKind.BLOCKING: message("Blocked on {networks}: {services}, from {start}, still so when the data end."),
    PhaseKind.THROTTLING: message("Slowed down on {networks}: {services}, from {start}, still so when the data end."),
}
_SINCE_BY_THE_CLOCK = message(
    "Slowed down on {networks}: {services}, at one time of day only, from {start}, still so when the data end."
)
_BETWEEN_BY_THE_CLOCK = message(
    "Slowed down on {networks}: {services}, at one time of day only, from {start} to {end}."
)
_ALREADY = message("Blocked on {networks}: {services}, already on {start}, when first measured, and when the data end.")
_ALREADY_UNTIL = message("Blocked on {networks}: {services}, already on {start}, when first measured, until {end}.")
_BETWEEN = {
    PhaseKind.BLOCKING: message("Blocked on {networks}: {services}, from {start} to {end}."),
    PhaseKind.THROTTLING: message("Slowed down on {networks}: {services}, from {start} to {end}."),
    PhaseKind.WHITELIST: message("Only permitted services worked on {networks} from {start} to {end}: {services}."),
}


def _sentence(phase: Phase, view: EpisodeView) -> str:
    translation, zone = view.about.translation, view.about.zone
    facts = {
        "networks": some(phase.networks) or translation.gettext(_no_networks(phase)),
        "services": names(phase.services) or _everything(phase, translation),
        "start": clock.both(phase.start, zone, translation),
    }
    hours = _is_of_hours(phase, view.episode.slowed)
    already = view.episode.began_unseen(phase)
    if phase.end is None:
        template = _SINCE_BY_THE_CLOCK if hours else _ALREADY if already else _SINCE[phase.kind]
        return translation.gettext(template, **facts)
    template = _BETWEEN_BY_THE_CLOCK if hours else _ALREADY_UNTIL if already else _BETWEEN[phase.kind]
    return translation.gettext(template, end=clock.both(phase.end, zone, translation), **facts)


def _no_networks(phase: Phase) -> str:
    if phase.kind is PhaseKind.THROTTLING:  # of speeds and of traffic that is the whole place
        return message("all networks together")
    return message("networks that are not known")


def _is_of_hours(phase: Phase, slowed: Sequence[Slowing]) -> bool:
    """Whether all that was slow while a phase of slowness lasted was slow at one time of day only."""
    behind = slow_behind(phase, slowed)
    return bool(behind) and all(one.windows is not None for one in behind)


def slow_behind(phase: Phase, slowed: Sequence[Slowing]) -> list[Slowing]:
    """What was slow when a phase of slowness began; nothing where the phase is of something else."""
    return [
        one
        for one in slowed
        if phase.kind is PhaseKind.THROTTLING
        and one.service in (phase.services or ("",))
        and one.network in (phase.networks or ("",))
        and one.start.best <= phase.start
        and (one.end is None or one.end.best > phase.start)
    ]


def _everything(phase: Phase, translation: Translation) -> str:
    if phase.kind is PhaseKind.WHITELIST:
        return translation.gettext(message("measured too seldom to be named"))
    return translation.gettext(message("connections as a whole"))


def _blocked(one: Blocking, view: EpisodeView) -> BlockedRow:
    translation = view.about.translation
    last = message("not over on {day}, when it was last measured")
    return BlockedRow(
        service=service_name(one.service),
        group=group_name(one.group, translation),
        network=one.network or clock.NOTHING,
        source=translation.gettext(SOURCES[one.source].name),
        first=_first(one, translation),
        last=clock.interval(one.last_seen, translation)
        if one.last_seen is not None
        else translation.gettext(last, day=clock.short_utc(one.last_measured, translation.locale)),
        share=translation.gettext(
            message("{share} ({low} to {high})"),
            share=translation.share(one.share),
            low=translation.share(one.share_low),
            high=translation.share(one.share_high),
        ),
        base=translation.share(one.base),
        how=_how(one, translation),
        measured=translation.gettext(
            message("{blocked} of {all} on {days} days"),
            blocked=translation.number(one.blocked),
            all=translation.number(one.measurements),
            days=translation.number(one.days_measured),
        ),
        without=translation.ngettext("{n} day not observable", "{n} days not observable", one.days_without),
    )


def _first(one: Blocking, translation: Translation) -> str:
    if one.already:
        template = message("not known; already so on {day}, when it was first measured")
        return translation.gettext(template, day=clock.short_utc(one.first_seen.best, translation.locale))
    return clock.interval(one.first_seen, translation)


def _how(one: Blocking, translation: Translation) -> str:
    """At which step, in plain words, and in which ways that showed."""
    step = translation.gettext(_METHODS.get(one.layer, _METHODS[""]))
    ways = dict.fromkeys(method.rpartition(".")[2] for method in one.methods)
    told = [translation.gettext(_WAYS[way]) for way in ways if way in _WAYS]
    if not told:
        return step
    return translation.gettext(message("{step}: {ways}"), step=step, ways=", ".join(told))


def _listed(view: EpisodeView) -> Iterable[str]:
    translation = view.about.translation
    for one in view.episode.whitelisted:
        yield translation.gettext(
            message(
                "{network}, {days}: {blocked} of {measured} services that were measured were blocked, {worked} worked "
                "on every day on which they were measured ({named})."
            ),
            network=one.network,
            days=clock.days(one.start.date(), one.end.date(), translation.locale),
            blocked=translation.number(one.blocked),
            measured=translation.number(one.measured),
            worked=translation.number(one.worked),
            named=names(one.working) or translation.gettext(message("measured too seldom to be named")),
        )
