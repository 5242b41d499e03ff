"""The gate before everything that is published, on views that are drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from kuager.episodes.measurements import ALL, DOWN, UNSTABLE
from kuager.errors import message
from kuager.model.episodes import Alternative, Recurrence
from kuager.model.notes import Note
from kuager.model.operators import HeldNetwork, Operator, OperatorName
from kuager.model.opinions import Opinion
from kuager.model.services import Blocking, GroupBlocking, Slowing
from kuager.model.time import Instant
from kuager.model.words import AlternativeStatus, Explanation, OpinionKind, PhaseKind
from kuager.publications.language import translator
from kuager.publications.safety.gate import made_safe
from kuager.publications.safety.rules import Rules
from kuager.publications.safety.withheld import Withheld
from kuager.publications.view import CaseView, DocumentaryEntry, EpisodeView, HeldBack
from kuager.publications.wording.held_back import held_back_lines

CUT = datetime(2022, 1, 5, 10, 30, tzinfo=UTC)
SEEN = Instant(CUT, CUT, CUT)
OWN = Operator(
    "mine", OperatorName("Qazmobile", "Казмобайл"), "KZ", (HeldNetwork(64500), HeldNetwork(64501)), "a source"
)
WITHHELD = Rules(withheld=frozenset({"KZ-39", "AS64500"}))


def blocked(service: str, network: str = "AS64501", source: str = "ooni", measurements: int = 50) -> Blocking:
    return Blocking(
        source=source,
        service=service,
        group="NEWS",
        network=network,
        layer="tls",
        methods=("timeout",),
        first_seen=SEEN,
        last_seen=None,
        last_measured=CUT + timedelta(days=4),
        already=False,
        share=1.0,
        share_low=0.9,
        share_high=1.0,
        base=0.0,
        probability=0.99,
        measurements=measurements,
        blocked=measurements,
        days_measured=4,
        days_without=0,
    )


def slowed(sign: str, source: str, runs: int) -> Slowing:
    return Slowing(
        source=source,
        service="",
        network="AS64501",
        sign=sign,
        start=SEEN,
        end=None,
        slower=5.0,
        slower_low=4.0,
        slower_high=6.0,
        runs=runs,
        baseline_runs=50,
        days_measured=3,
        probability=0.9,
        plateau=None,
        otherwise=(),
        unlikely=(),
    )


def case_of(view: EpisodeView, **changed: object) -> CaseView:
    """The case of one episode; changes are those of the episode."""
    shown = replace(view, episode=msgspec.structs.replace(view.episode, **changed))
    return CaseView(view.about, (shown,), places=("KZ",), operators=(OWN,))


def phase_of(view: EpisodeView, *services: str) -> object:
    first = view.episode.phases[0]
    return msgspec.structs.replace(first, kind=PhaseKind.BLOCKING, networks=("AS64501",), services=services)


def test_without_a_rule_everything_is_shown(simulated_view: EpisodeView) -> None:
    case = case_of(simulated_view)
    safe = made_safe(case, Rules())
    assert safe.episodes[0].episode == case.episodes[0].episode
    assert safe.held_back == HeldBack(least=5)
    assert held_back_lines(safe.held_back, translator("en")) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("In Kostanay mobile internet was off.", True),
        ("В Костанае не было связи.", True),
        ("жители Костанайской области", True),
        ("Қостанайда интернет жоқ", True),
        ("region KZ-39", True),
        ("AS64500 withdrew its routes", True),
        ("as 64500", True),
        ("64500 people", True),
        ("Almaty, Алматы, AS64501, 164500, 2.64500", False),
        ("Qazmobile has another network, too", False),
    ],
)
def test_a_withheld_place_is_found_under_any_name_and_ending(text: str, named: bool) -> None:
    assert Withheld(WITHHELD, (OWN,)).named_in(text) is named


def test_an_operator_is_named_until_all_of_its_networks_are_withheld() -> None:
    both = Withheld(Rules(withheld=frozenset({"AS64500", "AS64501"})), (OWN,))
    assert both.named_in("Казмобайл молчит")
    assert both.known_operators() == ()
    (left,) = Withheld(WITHHELD, (OWN,)).known_operators()
    assert [held.asn for held in left.networks] == [64501]


def test_sentences_documents_and_findings_of_others_that_name_it_go_and_others_stay(
    simulated_view: EpisodeView,
) -> None:
    lists = message("Hit: {places}.")
    notes = (
        Note(lists, {"places": "KZ-39, KZ-71"}),
        Note(lists, {"places": "KZ-39"}),
        Note(lists, {"places": "KZ-71"}),
    )
    weighed = Alternative(Explanation.POWER, next(iter(AlternativeStatus)), notes, (), notes[1:2], (1, 2, 2), ())
    entries = (
        DocumentaryEntry("5 January", "Off in Kostanay.", "a", "https://example.org/"),
        DocumentaryEntry("5 January", "Off.", "b", "https://example.org/", places=("KZ-39", "KZ-71")),
        DocumentaryEntry("5 January", "Off.", "c", "https://example.org/", places=("KZ",)),
    )
    opinions = (opinion("KZ", "AS64500 is down"), opinion("KZ-39", "An outage"), opinion("KZ", "An outage"))
    case = case_of(simulated_view, reasons=notes, alternatives=(weighed,))
    case = replace(case, episodes=(replace(case.episodes[0], documents=entries),), opinions=opinions)
    safe = made_safe(case, WITHHELD)
    episode = safe.episodes[0].episode
    assert [note.facts["places"] for note in episode.reasons] == ["KZ-71", "KZ-71"]
    assert episode.alternatives[0].weights_for == (1, 2)
    assert episode.alternatives[0].not_measured == ()
    assert [entry.source for entry in safe.episodes[0].documents] == ["c"]
    assert [one.statement for one in safe.opinions] == ["An outage"]
    assert safe.opinions[0].place == "KZ"
    assert safe.held_back.places == 2


def opinion(place: str, statement: str, source: str = "ioda") -> Opinion:
    return Opinion(source, OpinionKind.EVENT, "1", place, "", CUT, CUT + timedelta(days=6), statement, "", None, "")


def test_findings_of_people_need_enough_measurements_and_those_of_instruments_do_not(
    simulated_view: EpisodeView,
) -> None:
    rows = (blocked("a.kz", measurements=9), blocked("b.kz", measurements=10), blocked("c.kz", measurements=10))
    slow = (slowed("throughput", "mlab", 9), slowed("share", "radar", 3))
    group = GroupBlocking(
        source="ooni",
        group="NEWS",
        network="AS64501",
        networks=("AS64501",),
        services=("a.kz", "b.kz", "c.kz"),
        measured=("a.kz", "b.kz", "c.kz", "d.kz"),
        not_observable=(),
        first_seen=SEEN,
        last_seen=None,
        chance=0.01,
        days=(),
    )
    phases = (
        *simulated_view.episode.phases,
        phase_of(simulated_view, "a.kz", "b.kz"),
        phase_of(simulated_view, "a.kz"),
    )
    case = case_of(simulated_view, blocked=rows, slowed=slow, groups=(group,), phases=phases)
    safe = made_safe(case, Rules(least_measurements=10))
    episode = safe.episodes[0].episode
    assert [row.service for row in episode.blocked] == ["b.kz", "c.kz"]
    assert [row.source for row in episode.slowed] == ["radar"]
    assert [phase.services for phase in episode.phases if not phase.is_of_everything] == [("b.kz",)]
    assert (episode.groups[0].services, episode.groups[0].measured) == (("b.kz", "c.kz"), ("b.kz", "c.kz", "d.kz"))
    assert safe.held_back.rows == 2
    alone = made_safe(case_of(simulated_view, blocked=rows[:1], phases=phases[-1:]), Rules(least_measurements=10))
    assert alone.episodes == ()
    assert alone.held_back.episodes == 1


def test_counts_of_few_measurements_are_not_told(simulated_view: EpisodeView) -> None:
    notes = (
        Note(ALL, {"all": "40", "count": "12"}),
        Note(DOWN, {"count": "4"}),
        Note(UNSTABLE, {"service": "a.kz", "down": "5", "all": "9"}),
    )
    case = replace(case_of(simulated_view, unknowns=notes), not_judged={"Kazakhstan": notes}, site_measurements=4)
    safe = made_safe(case, Rules())
    assert safe.not_judged == {"Kazakhstan": (notes[0], notes[2])}
    assert safe.episodes[0].episode.unknowns == (notes[0], notes[2])
    assert safe.site_measurements == 0


def test_a_delay_ends_everything_at_one_moment(simulated_view: EpisodeView) -> None:
    until = datetime(2022, 1, 7, 3, 10, tzinfo=UTC)
    back = Recurrence(
        of=PhaseKind.RESTORATION,
        zone="Asia/Almaty",
        start_clock="09:00",
        start_spread_s=0,
        end_clock=None,
        end_spread_s=None,
        tolerance_s=300,
        step_s=300,
        hit=(date(2022, 1, 7), date(2022, 1, 8)),
        not_hit=(),
        not_observable=(),
        weekdays=(),
        windows=2,
        chance=0.01,
    )
    case = case_of(simulated_view, recurrence=back, blocked=(blocked("a.kz"),))
    safe = made_safe(replace(case, opinions=(opinion("KZ", "An outage"),)), Rules(delay_hours=24), until)
    view = safe.episodes[0]
    assert [phase.kind.value for phase in view.episode.phases] == ["blackout", "restoration"]
    assert view.episode.phases[-1].end is None
    assert view.episode.recurrence is None
    assert view.episode.unknowns == ()  # its one sentence names a later moment
    assert view.episode.blocked[0].last_measured == until
    assert all(trace.end_of_data == datetime(2022, 1, 7, 3, 10, tzinfo=UTC) for trace in view.traces)
    assert all(trace.expected is None or trace.expected.size == trace.series.times.size for trace in view.traces)
    assert view.horizon == until
    assert safe.opinions[0].end is None
    lines = [line.replace("\xa0", " ") for line in held_back_lines(safe.held_back, translator("en"))]
    assert lines == [
        "Nothing later than 7 January 2022, 03:10 UTC is told, for the safety of people who are online now."
    ]


def test_values_that_may_not_be_used_commercially_are_left_out_and_words_stay(simulated_view: EpisodeView) -> None:
    rows = (blocked("a.kz"), blocked("b.kz", source="censoredplanet"))
    phases = (*simulated_view.episode.phases, phase_of(simulated_view, "a.kz", "b.kz"))
    case = case_of(simulated_view, blocked=rows, phases=phases)
    series = simulated_view.traces[0]
    radar = replace(series, series=replace(series.series, signal="radar.netflows"))
    case = replace(
        case,
        episodes=(replace(case.episodes[0], traces=(*case.episodes[0].traces, radar)),),
        opinions=(opinion("KZ", "Down", "radar"), opinion("KZ", "An outage")),
    )
    safe = made_safe(case, Rules(leave_out_non_commercial=True))
    view = safe.episodes[0]
    assert "radar.netflows" not in [trace.series.signal for trace in view.traces]
    assert [row.service for row in view.episode.blocked] == ["b.kz"]
    assert view.episode.phases == phases
    assert [one.source for one in safe.opinions] == ["ioda"]
    (line,) = held_back_lines(safe.held_back, translator("en"))
    assert "OONI" in line
    assert "Cloudflare" in line
    assert len(made_safe(case, Rules()).episodes[0].traces) == len(view.traces) + 1
