"""The page of a country: how it is, what happened there, its regions by name, the networks that reach its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kuager.errors import message
from kuager.model import places
from kuager.model.places import Region
from kuager.model.words import PartsKind
from kuager.publications import clock
from kuager.publications.language import Translation
from kuager.publications.pictures import MapFigure
from kuager.publications.site import addresses
from kuager.publications.site.listing import listed
from kuager.publications.site.places import inside, pages_of_places
from kuager.publications.site.rendering import render
from kuager.publications.view import CaseView
from kuager.publications.wording.networks import NetworkRow, footer, holder, network_rows, states
from kuager.publications.wording.parts import REACHED

MOST_NETWORKS = 25


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region: its name, what it was called before and is called in the other languages, its codes, its clocks."""

    name: str
    formerly: str
    elsewhere: tuple[tuple[str, str], ...]
    codes: str
    zone: str
    part_of: str


@dataclass(frozen=True, slots=True)
class CountryNetwork:
    """A network of a country; ``address`` is that of its page, empty where it has none."""

    code: str
    address: str
    holder: str
    operator: str
    access: str
    share: str
    states: str


def render_country(view: CaseView, code: str, maps: tuple[MapFigure, ...] = ()) -> str:
    """The page of one country of a case."""
    about, translation = view.about, view.about.translation
    on = about.window[0].date()
    shown = inside(view, code)
    whole, parts = listed(shown)
    return render(
        "country.html",
        about,
        addresses.country(about.language, code),
        title=places.name(places.find(code), about.language, on),
        simulated=view.holds_simulated,
        state=_state(view, code),
        maps=maps,
        whole=whole,
        parts=parts,
        regions=[_region(one, on, translation) for one in places.regions(code, on)]
        if PartsKind.REGIONS not in view.withheld_kinds
        else [],
        regions_left_out=PartsKind.REGIONS in view.withheld_kinds,
        networks=_networks(view, code, on),
        networks_left_out=PartsKind.NETWORKS in view.withheld_kinds,
        more_networks=max(0, len(_rows(view, code, on)) - MOST_NETWORKS),
        sources=footer(on, translation),
        day=clock.day(on, translation.locale),
        zones=", ".join(
            dict.fromkeys(clock.city(zone, translation.locale) for zone in places.zones(places.find(code), on))
        )
        if PartsKind.REGIONS not in view.withheld_kinds
        else "",
    )


def _state(view: CaseView, code: str) -> str:
    """How a country was when the data end, in one sentence."""
    translation = view.about.translation
    found = inside(view, code)
    shown = [one for one in found if one.episode.place == code] or found
    until = clock.utc(view.about.window[1], translation.locale)
    going_on = sum(one.episode.ongoing for one in shown)
    if going_on:
        return translation.ngettext(
            "{n} episode was going on when the data of this case end.",
            "{n} episodes were going on when the data of this case end.",
            going_on,
        )
    if shown:
        return translation.ngettext(
            "{n} episode was found up to {until}, and none was going on then.",
            "{n} episodes were found up to {until}, and none was going on then.",
            len(shown),
            until=until,
        )
    return translation.gettext(message("No episode was found up to {until}."), until=until)


def _region(region: Region, on: date, translation: Translation) -> RegionRow:
    """The other languages are those of the pages, so that a reader of one finds the name on a map in another."""
    before = [one for one in region.names if one.since is None or one.since <= on][:-1]
    return RegionRow(
        name=places.name(region, translation.code, on),
        formerly=", ".join(dict.fromkeys(str(getattr(one, translation.code)) for one in reversed(before))),
        elsewhere=tuple((code, places.name(region, code, on)) for code in places.LANGUAGES if code != translation.code),
        codes=", ".join(dict.fromkeys(one.code for one in reversed(region.codes))),
        zone=clock.city(region.zone, translation.locale),
        part_of=places.name(places.find(region.parent), translation.code, on) if region.parent else "",
    )


def _networks(view: CaseView, code: str, on: date) -> list[CountryNetwork]:
    translation, pages = view.about.translation, pages_of_places(view)
    rows = _rows(view, code, on)
    known = [row for row in rows if row.operator is not None]
    rest = [row for row in rows if row.operator is None]
    return [
        CountryNetwork(
            code=row.facts.code,
            address=pages.get(row.facts.code, ""),
            holder=holder(row),
            operator=row.operator.called(translation.code) if row.operator else "",
            access=translation.gettext(REACHED[row.access]),
            share=translation.share(row.facts.share) if row.facts.share is not None else clock.NOTHING,
            states=states(row, on, translation),
        )
        for row in [*known, *rest][:MOST_NETWORKS]
    ]


def _rows(view: CaseView, code: str, on: date) -> tuple[NetworkRow, ...]:
    """The networks of a country; none where one of them is withheld, for the register would give it away."""
    if PartsKind.NETWORKS in view.withheld_kinds:
        return ()
    return network_rows(places.find(code), on, view.operators)
