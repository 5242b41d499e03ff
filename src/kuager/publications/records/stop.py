"""A row for the coalition's register of shutdowns (STOP) per episode, which needs no editing: ``data/stop.csv``.

Who ordered it, why and with which excuse, and whom it hurt are no measurements: those columns hold what the sheet has
where something is not known, and are for people to fill. Days are those of the place; ``duration`` counts both ends.
Nothing is ever said not to be affected: that nobody saw it blocked is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kuager.errors import UsageError
from kuager.model import places
from kuager.model.episodes import Episode, Phase
from kuager.model.operators import Operator
from kuager.model.places import Country, Network, Place, Region, RegionKind
from kuager.model.scope import Part
from kuager.model.time import local
from kuager.model.words import Access, CauseValue, EpisodeKind, PartsKind, PartState, PhaseKind, State
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.links import measurement_links
from kuager.publications.records.stop_sheet import listed_country, sheet_columns
from kuager.publications.records.table import table
from kuager.publications.service_names import service_name
from kuager.publications.site import addresses
from kuager.publications.site.places import country_of
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording.parts import place_name
from kuager.publications.wording.sentence import lasts_already, sentence
from kuager.publications.words import CAUSE

_ONE_CITY = "It only affected one city, county, or village"
_ONE_REGION = "It affected more than one city in the same state, province, or region"
_SEVERAL_REGIONS = "It affected locations in more than one state, province, or region"
_NATIONWIDE = "Nationwide"
_CUT_OFF, _SLOWED = "Shutdown", "Throttle"
_WHOLE, _SERVICES = "Full network", "Service-based"
_YES = "Yes"

_NEARLY_ALL = 0.9
"""Of the service of a country: more is lost only where both mobile and fixed access are."""
_STILL_NEWS = timedelta(days=2)
"""Data that end longer ago do not tell whether what they show goes on."""

_NAMED_SERVICES = {
    "facebook_affected": ("facebook.com", "fb.com", "fbcdn.net"),
    "twitter_affected": ("twitter.com", "x.com", "t.co", "twimg.com"),
    "whatsapp_affected": ("whatsapp", "whatsapp.com", "whatsapp.net"),
    "instagram_affected": ("instagram.com", "cdninstagram.com"),
    "telegram_affected": ("telegram", "telegram.org", "t.me", "telegram.me"),
}
"""Hosts and tests of the services that have a column of their own; other hosts of theirs end in one of these."""


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """An episode, and all operators that are known to its case."""

    view: EpisodeView
    operators: tuple[Operator, ...]

    @property
    def episode(self) -> Episode:
        return self.view.episode

    @property
    def place(self) -> Place | None:
        """The place as the register has it; None of a region that it does not have."""
        try:
            return places.find(self.episode.place)
        except UsageError:
            return None

    @property
    def losses(self) -> tuple[Phase, ...]:
        """The phases in which something was lost."""
        return tuple(one for one in self.episode.phases if one.kind is not PhaseKind.RESTORATION)

    @property
    def dark(self) -> bool:
        """Whether the whole place was ever in a blackout."""
        return any(
            one.kind is PhaseKind.BLACKOUT and one.is_of_everything and self.episode.place in one.places
            for one in self.losses
        )

    @property
    def named_services(self) -> tuple[str, ...]:
        """The services that were blocked or slowed down by name, each once."""
        blocked = [one.service for one in self.episode.blocked]
        slowed = [one.service for one in self.episode.slowed if one.service]
        return tuple(dict.fromkeys((*blocked, *slowed)))

    @property
    def start(self) -> date:
        return self.day(self.episode.start)

    @property
    def end(self) -> date | None:
        """The last day; a night that ends at midnight does not touch the day after."""
        return None if self.episode.end is None else self.day(self.episode.end - timedelta(seconds=1))

    def day(self, moment: datetime) -> date:
        return local(moment, self.view.about.zone).date()

    def hit(self, kind: PartsKind) -> tuple[Part, ...]:
        """The parts of one kind that were hit."""
        return tuple(one for one in self.parts(kind) if one.state is PartState.HIT)

    def parts(self, kind: PartsKind) -> tuple[Part, ...]:
        divisions = self.episode.scope.divisions if self.episode.scope is not None else ()
        found = {part.place: part for one in divisions if one.kind is kind for part in one.parts}
        return tuple(found.values())


def stop_csv(view: CaseView) -> bytes:
    """The rows of all episodes of a case under the sheet's own header; the view must be the English one."""
    rows = (stop_row(one, view.operators).values() for one in view.episodes)
    return table([one.name for one in sheet_columns()], (tuple(row) for row in rows))


def stop_row(view: EpisodeView, operators: Iterable[Operator] = ()) -> dict[str, str]:
    """One episode by the names of the columns, in their order."""
    told = _Told(view, tuple(operators))
    return {one.name: (_TOLD[one.name](told) if one.name in _TOLD else "") or one.unknown for one in sheet_columns()}


def _start_date_type(told: _Told) -> str:
    # a start whose interval spans midnight, or that nobody saw, is of a day that was estimated
    one = told.episode
    certain = told.day(one.start_earliest) == told.day(one.start_latest) and not lasts_already(one)
    return "Actual" if certain else "Estimated"


def _geo_scope(told: _Told) -> str:
    match told.place:
        case Region(kind=RegionKind.CITY):
            return _ONE_CITY
        case Region():
            return _ONE_REGION if told.dark else ""  # a loss of a part may be that of one city
        case Country():
            regions = told.hit(PartsKind.REGIONS)
            if len(regions) > 1 or told.dark:  # a country that went dark went dark in more than one region
                return _SEVERAL_REGIONS
            others = all(one.state is PartState.SPARED for one in told.parts(PartsKind.REGIONS) if one not in regions)
            only = places.find(regions[0].place) if regions and others else None
            return _ONE_CITY if isinstance(only, Region) and only.kind is RegionKind.CITY else ""
        case _:
            return ""  # networks reach across regions


def _area_name(told: _Told) -> str:
    if isinstance(told.place, Network):
        return ""
    if not isinstance(told.place, Country):
        return told.view.about.place_name
    hit, parts = told.hit(PartsKind.REGIONS), told.parts(PartsKind.REGIONS)
    if hit and len(hit) < len(parts):
        return ", ".join(place_name(one.place, told.start, told.view.about.translation) for one in hit)
    return _NATIONWIDE if told.dark else ""


def _shutdown_type(told: _Told) -> str:
    # the register calls blocking of services a shutdown, too, of that extent
    slowed = {one.kind is PhaseKind.THROTTLING for one in told.losses}
    return ", ".join(word for word, found in ((_CUT_OFF, False in slowed), (_SLOWED, True in slowed)) if found)


def _affected_network(told: _Told) -> str:
    reached = {one.access for one in told.losses}
    for division in told.episode.scope.divisions if told.episode.scope is not None else ():
        for access, share in ((Access.MOBILE, division.mobile), (Access.FIXED, division.fixed)):
            if share is not None and share.verdict in {State.DOWN, State.DEGRADED}:
                reached.add(access)
    # "mixed" means not told apart, unless so much was lost that neither can have been left
    lost = max((one.depth or 0.0 for one in told.episode.signals if one.place == told.episode.place), default=0.0)
    if isinstance(told.place, Country) and told.dark and lost >= _NEARLY_ALL:
        reached |= {Access.MOBILE, Access.FIXED}
    words = (("Broadband", Access.FIXED), ("Mobile", Access.MOBILE))
    return ", ".join(word for word, access in words if access in reached)


def _shutdown_extent(told: _Told) -> str:
    # on a network where only permitted services worked, all access was affected and not some services
    whole = any(not one.services or one.kind is PhaseKind.WHITELIST for one in told.losses)
    single = any(one.services and one.kind is not PhaseKind.WHITELIST for one in told.losses)
    if not told.losses:
        single = told.episode.kind is EpisodeKind.BLOCKING
        whole = not single
    return ", ".join(word for word, found in ((_WHOLE, whole), (_SERVICES, single)) if found)


def _actual_cause(told: _Told) -> str:
    # the register asks for what it was about, which no measurement tells; accidents have no word of their own
    accidents = {CauseValue.POWER, CauseValue.CABLE, CauseValue.WEATHER}
    return "Other" if told.episode.cause.value in accidents else ""


def _actual_cause_details(told: _Told) -> str:
    cause = told.episode.cause
    if cause.value is CauseValue.UNKNOWN:
        return ""
    return f"{told.view.about.translation.gettext(CAUSE[cause.value])} (level of this claim: {cause.level.value})"


def _info_source_link(told: _Told) -> str:
    about = told.view.about
    page = [about.address + addresses.episode(about.language, told.episode.id)] if about.address else []
    return "; ".join((*page, *(one.address for one in measurement_links(told.view))))


def _shutdown_status(told: _Told) -> str:
    if told.episode.end is not None:
        return "Ended"
    return "Ongoing" if told.view.about.known - told.view.horizon <= _STILL_NEWS else ""


def _end_date(told: _Told) -> str:
    return told.end.isoformat() if told.end is not None else ""


def _duration(told: _Told) -> str:
    return str((told.end - told.start).days + 1) if told.end is not None else ""


def _affected(column: str) -> Callable[[_Told], str]:
    """Whether a service with a column of its own was seen blocked or slowed down by name."""

    def told_of(told: _Told) -> str:
        return _YES if any(_column_of(one) == column for one in told.named_services) else ""

    return told_of


def _column_of(service: str) -> str:
    """The column of a service, empty for all that have none."""
    for column, names in _NAMED_SERVICES.items():
        if any(service == name or service.endswith(f".{name}") for name in names):
            return column
    return ""


def _other_affected(told: _Told) -> str:
    return ", ".join(dict.fromkeys(service_name(one) for one in told.named_services if not _column_of(one)))


def _telcos_involved(told: _Told) -> str:
    # operators whose networks were seen to lose access, or on which services were; not that they were told to
    networks = [one.place for one in told.hit(PartsKind.NETWORKS)]
    networks += [code for phase in told.losses for code in phase.networks]
    networks += [told.episode.place] if isinstance(told.place, Network) else []
    numbers = {int(code.removeprefix("AS")) for code in networks if code.startswith("AS")}
    named = (
        f"{place_name(one.country, told.start, told.view.about.translation)}: {one.called('en')}"
        for one in told.operators
        if any(held.asn in numbers and held.held(told.start) for held in one.networks)
    )
    return ", ".join(sorted(set(named)))


def _event(told: _Told) -> str:
    said = sentence(told.view)
    return f"{SIMULATED}: {said}" if told.episode.simulated else said


_TOLD: Mapping[str, Callable[[_Told], str]] = {
    "start_date_type": _start_date_type,
    "start_date": lambda told: told.start.isoformat(),
    "country": lambda told: listed_country(country_of(told.episode.place)).name,
    "geo_scope": _geo_scope,
    "area_name": _area_name,
    "shutdown_type": _shutdown_type,
    "affected_network": _affected_network,
    "shutdown_extent": _shutdown_extent,
    "actual_cause": _actual_cause,
    "actual_cause_details": _actual_cause_details,
    "info_source": lambda _: "Other",  # measurements: neither a partner of the coalition nor the press
    "info_source_link": _info_source_link,
    "shutdown_status": _shutdown_status,
    "end_date": _end_date,
    "duration": _duration,
    **{name: _affected(name) for name in _NAMED_SERVICES},
    "other_affected": _other_affected,
    "telcos_involved": _telcos_involved,
    "event": _event,
    "region": lambda told: listed_country(country_of(told.episode.place)).region,
    "count_year": lambda told: str(told.start.year),  # of what goes on, later years are the register's to add
}
"""What the record tells by column. All other columns are for people: who, why, on which ground, with what effect."""
