"""Pages of countries and networks, and the section of an episode that says where it was felt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from tests.publications.conftest import BACK, CUT, in_language, reading_of

from kuager.model.operators import HeldNetwork, Operator, OperatorName, package_operators
from kuager.model.scope import Division, Moment, Part, Scope, Share
from kuager.model.words import Access, PartsKind, PartState, State, Weighting
from kuager.publications.site.country import render_country
from kuager.publications.site.episode import render_episode
from kuager.publications.site.home import render_home
from kuager.publications.site.network import render_network
from kuager.publications.site.places import countries, networks, pages_of_places
from kuager.publications.view import CaseView, EpisodeView
from kuager.publications.wording.parts import parts_tables

SHARE = Share(down=0.7, up=0.1, unknown=0.2, low=0.65, high=0.9, chance=1.0, verdict=State.DOWN)


def part(place: str, state: PartState, access: Access = Access.UNKNOWN) -> Part:
    hit = state is PartState.HIT
    return Part(
        place=place,
        weight=0.25,
        access=access,
        state=state,
        since=CUT if hit else None,
        since_earliest=CUT if hit else None,
        since_latest=CUT if hit else None,
        until=BACK if hit else None,
        depth=0.95 if hit else None,
        probability=0.99 if hit else None,
    )


def division(kind: PartsKind, *parts: Part) -> Division:
    return Division(
        kind=kind,
        weighting=Weighting.ADDRESSES if kind is PartsKind.NETWORKS else Weighting.EQUAL,
        whole=True,
        covered=0.8,
        worst=Moment(CUT, BACK, SHARE),
        mobile=None,
        fixed=None,
        mobile_only=False,
        operators=(),
        onsets=None,
        course=(),
        parts=parts,
    )


@pytest.fixture(scope="module")
def divided(simulated_view: EpisodeView) -> EpisodeView:
    scope = Scope(
        rolled_up=True,
        correlation=0.2,
        depth_error=0.1,
        divisions=(
            division(
                PartsKind.NETWORKS,
                part("AS9198", PartState.HIT, Access.FIXED),
                part("AS29355", PartState.UNKNOWN, Access.MOBILE),
            ),
            division(
                PartsKind.REGIONS,
                part("KZ-75", PartState.HIT),
                part("KZ-19", PartState.SPARED),
                part("KZ-79", PartState.UNKNOWN),
            ),
        ),
    )
    measured = msgspec.structs.replace(reading_of("sim.probing", 0.15), place="AS9198")
    episode = msgspec.structs.replace(
        simulated_view.episode, scope=scope, signals=(*simulated_view.episode.signals, measured)
    )
    return replace(simulated_view, episode=episode)


@pytest.fixture(scope="module")
def case(divided: EpisodeView) -> CaseView:
    return CaseView(divided.about, (divided,), places=("KZ",), operators=package_operators())


def test_regions_come_first_and_what_was_not_measured_is_not_called_spared(divided: EpisodeView) -> None:
    regions, nets = parts_tables(divided)
    assert (regions.kind, nets.kind) == (PartsKind.REGIONS, PartsKind.NETWORKS)
    assert [(row.name, row.state) for row in regions.rows] == [
        ("Almaty city", "hit"),
        ("Almaty Region", "not hit"),
        ("Shymkent city", "not measuring"),
    ]
    assert nets.rows[0].name == "Kazakhtelecom (AS9198)"
    page = render_episode(divided)
    assert "Where it was felt" in page
    assert "Of 20\u00a0% nothing is known: they were not measured." in page


def test_a_restoration_is_told_of_a_part_only_where_its_own_series_shows_it(divided: EpisodeView) -> None:
    regions, nets = parts_tables(divided)
    kinds = [phase.kind.value for phase in divided.episode.phases]
    of_region = dict(zip(kinds, [shape for shape, _ in regions.rows[0].strip], strict=True))
    assert of_region == {"blackout": "■", "restoration": "~"}
    assert {shape for shape, _ in regions.rows[2].strip} == {"▒"}
    own = [shape for shape, _ in nets.rows[0].strip]
    assert own[0] == "■"
    assert "~" not in own


def test_a_country_has_a_page_with_former_names_and_those_in_other_languages(case: CaseView) -> None:
    assert countries(case) == ("KZ",)
    page = render_country(case, "KZ")
    assert "Nur-Sultan city" in page
    assert "formerly Astana city" in page
    assert '<span lang="kk">Нұр-Сұлтан қаласы</span>' in page
    assert "Abai" not in page
    assert "1 episode was found up to" in page
    assert 'href="../../network/as9198/index.html"' in page


def test_after_june_2022_the_new_regions_stand_there_and_say_of_what_they_were_a_part(case: CaseView) -> None:
    first, last = case.about.window
    later = replace(case, about=replace(case.about, window=(first + timedelta(days=365), last + timedelta(days=365))))
    page = render_country(later, "KZ")
    assert "Abai Region" in page
    assert "part of East Kazakhstan Region before" in page


def test_a_network_page_says_what_its_episodes_say_and_what_silence_does_not_mean(case: CaseView) -> None:
    assert {"AS9198", "AS29355", "AS21299"} <= set(networks(case))
    told = render_network(case, "AS9198").replace("\u00a0", " ")
    assert "AS9198 is a network of Kazakhtelecom." in told
    assert "It lost 95 % of what was expected, from 5 Jan 2022, 10:30 UTC to 11 Jan 2022, 02:15 UTC." in told
    assert "As a part of this episode: not measuring." in render_network(case, "AS29355")
    silent = render_network(case, "AS21299")
    assert "None names it. That does not mean that it worked" in silent


def test_an_operator_of_the_case_gives_its_networks_pages(case: CaseView) -> None:
    own = Operator("own", OperatorName("Own"), "KZ", (HeldNetwork(64500),), "a test")
    mine = replace(case, operators=(own,))
    assert "AS64500" in networks(mine)
    assert "AS64500 is a network of Own." in render_network(mine, "AS64500")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_first_page_lists_before_it_maps_and_leads_to_every_place(case: CaseView, language: str) -> None:
    (episode,) = case.episodes
    view = replace(case, about=replace(case.about, language=language), episodes=(in_language(episode, language),))
    page = render_home(view)
    assert page.index("episode/kz-2022-01-05-a/index.html") < page.index("country/kz/index.html")
    for path in pages_of_places(view).values():
        assert f'href="{path.partition("/")[2]}"' in page


def test_the_first_page_says_until_when_it_knows(case: CaseView, ongoing_view: EpisodeView) -> None:
    assert "None was going on then." in render_home(case)
    going_on = CaseView(ongoing_view.about, (ongoing_view,), places=("KZ",))
    assert "1 disruption was going on when the data end." in render_home(going_on)
    assert "The newest data end on" in render_home(case)
