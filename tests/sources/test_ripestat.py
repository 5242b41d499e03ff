"""How RIPEstat is asked: what, in which spans, and what it is known not to have."""

from __future__ import annotations

from dataclasses import replace

from tests.playing.ripestat import answer
from tests.serving import Asked
from tests.sources.asked import day

from kuager.codecs.registry import decode
from kuager.sources.offer import DAY_S, Absence, Question, Request
from kuager.sources.registry import OFFERS
from kuager.sources.ripestat import OFFER, SIGNALS

NETWORKS = ("AS9198", "AS21299", "AS29355", "AS29555", "AS48503", "AS50482")


def question(place: str, start: str, end: str, lead_days: int = 28) -> Question:
    networks = () if place.startswith("AS") else NETWORKS
    return Question(place, day(start), day(end), lead_days, day("2026-06-01"), day("2026-05-30"), networks)


def plan(asked: Question) -> tuple[list[Request], list[Absence]]:
    every = list(OFFER.plan(asked))
    return [one for one in every if isinstance(one, Request)], [one for one in every if isinstance(one, Absence)]


def of(requests: list[Request], call: str) -> list[Request]:
    return [one for one in requests if one.path == f"{call}/data.json"]


def test_a_country_of_2022_is_asked_whole_and_its_changes_are_known_to_be_absent() -> None:
    requests, absences = plan(question("KZ", "2022-01-02", "2022-01-13"))
    counts = of(requests, "country-resource-stats")
    assert [(one.end - one.start) // DAY_S for one in counts] == [7, 7, 7, 7, 7, 4]
    assert (counts[0].start, counts[-1].end) == (day("2021-12-05"), day("2022-01-13"))
    assert {one.topic for one in counts} == {"country-resource-stats of KZ"}
    assert counts[0].parameters == (
        ("resource", "kz"),
        ("starttime", "2021-12-05T00:00:00"),
        ("endtime", "2021-12-11T23:55:00"),
        ("resolution", "5m"),
        ("sourceapp", "kuager"),
    )
    (members,) = of(requests, "country-asns")
    assert dict(members.parameters) == {
        "resource": "kz",
        "query_time": "2022-01-02T00:00:00",
        "lod": "1",
        "sourceapp": "kuager",
    }
    assert not members.counts
    routes = of(requests, "routing-history")
    assert [dict(one.parameters)["resource"] for one in routes] == list(NETWORKS[:5])
    assert {(one.start, one.end) for one in routes} == {(day("2022-01-02"), day("2022-01-13"))}
    assert of(requests, "bgp-updates") == []
    assert [one.topic for one in absences] == [f"bgp-updates of {network}" for network in NETWORKS[:3]]
    assert {(one.start, one.end) for one in absences} == {(day("2022-01-02"), day("2022-01-13"))}
    assert {one.reason.template for one in absences} == {
        "RIPEstat has single changes of routes since February 2024 only."
    }


def test_changes_are_asked_by_day_since_february_2024() -> None:
    requests, absences = plan(question("AS9198", "2024-01-30", "2024-02-03"))
    changes = of(requests, "bgp-updates")
    assert [(one.start, one.end) for one in changes] == [
        (day("2024-02-01"), day("2024-02-02")),
        (day("2024-02-02"), day("2024-02-03")),
    ]
    assert dict(changes[0].parameters) == {
        "resource": "AS9198",
        "starttime": "2024-02-01T00:00:00",
        "endtime": "2024-02-01T23:59:59",
        "rrcs": "0,13,20,21",
        "sourceapp": "kuager",
    }
    assert {one.largest for one in changes} == {64 * 2**20}
    assert [(one.start, one.end) for one in absences] == [(day("2024-01-30"), day("2024-02-01"))]
    assert {one.topic for one in changes} == {one.topic for one in absences} == {"bgp-updates of AS9198"}
    assert len(of(requests, "routing-history")) == 1
    assert not of(requests, "country-resource-stats")


def test_what_is_settled_is_not_asked_again_and_topics_stay() -> None:
    asked = question("KZ", "2024-03-01", "2024-03-09")
    first, _ = plan(asked)
    topics = {one.topic for one in first}
    settled = frozenset(range(day("2024-01-01"), day("2024-03-05"), DAY_S))
    later, _ = plan(replace(asked, settled=lambda topic: settled if topic in topics else frozenset()))
    assert {one.topic for one in later} == topics
    assert {one.start for one in later if one.counts} == {day(f"2024-03-0{number}") for number in range(5, 9)}
    assert plan(asked)[0] == first


def test_a_region_and_days_that_have_not_come_are_not_asked() -> None:
    requests, (absence,) = plan(question("KZ-75", "2024-03-01", "2024-03-09"))
    assert requests == []
    assert (absence.start, absence.end) == (day("2024-03-01"), day("2024-03-09"))
    assert "not by region" in absence.reason.template
    requests, absences = plan(question("KZ", "2027-01-01", "2027-01-09", lead_days=0))
    assert (requests, absences) == ([], [])


def test_every_planned_request_has_an_answer_that_is_read_and_whole() -> None:
    requests, _ = plan(question("KZ", "2024-03-01", "2024-03-09"))
    assert {one.kind for one in requests} == {"ripestat"}
    for one in requests:
        played = answer(Asked(f"/ripestat/{one.path}", dict(one.parameters), {}, 0.0))
        decoded = decode(one.kind, played.body, one.place)
        assert decoded.remarks == ()
        assert decoded.series or decoded.tables
        for series in decoded.series:
            assert (series.step_s, series.times[0], series.times[-1]) == (300, one.start, one.end - 300)
            assert series.times.size == (one.end - one.start) // 300


def test_it_is_one_witness_and_asks_gently() -> None:
    assert OFFERS["ripestat"] is OFFER
    assert {one.independence for one in SIGNALS} == {"routing"}
    assert {one.native_step_s for one in SIGNALS} == {300}
    assert OFFER.pause_s >= 0.5
    assert OFFER.source.non_commercial
