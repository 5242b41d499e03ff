"""What IODA is asked for: every request in its windows, regions after their list, findings page by page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.playing.ioda import answer as played
from tests.serving import Asked

from kuager.codecs.ioda import api as ioda_api
from kuager.sources.ioda import OFFER
from kuager.sources.offer import DAY_S, Absence, Question, Request

RECORDED = Path(__file__).parent / "recorded" / "ioda"
START, END = 1_641_081_600, 1_642_032_000  # 2 to 12 January 2022
LATER = 1_700_000_000


def question(place: str, **more: Any) -> Question:
    window = {"start": START, "end": END, "lead_days": 28, "now": LATER, "final_before": LATER // DAY_S * DAY_S}
    return Question(place=place, **{**window, **more})


def asked(question: Question) -> list[Request | Absence]:
    """Everything that a question leads to, with answers as the test server gives them."""
    waiting, done = list(OFFER.plan(question)), []
    while waiting:
        one = waiting.pop(0)
        done.append(one)
        if isinstance(one, Request):
            waiting.extend(OFFER.follow(one, body(one)))
    return done


def body(request: Request) -> bytes:
    reply = played(Asked(f"/v2/{request.path}", dict(request.parameters), {}, 0.0))
    assert reply.status == 200, reply.body
    return reply.body


def first_pages(every: Iterable[Request | Absence]) -> list[Request]:
    """The requests without the further pages of findings, which are asked for until one is empty."""
    return [one for one in every if isinstance(one, Request) and dict(one.parameters).get("page", "0") == "0"]


def findings(count: int) -> bytes:
    answer = json.loads((RECORDED / "alerts.json").read_text())
    return json.dumps(answer | {"data": answer["data"][:1] * count}).encode()


def test_a_country_is_asked_for_its_signals_its_findings_and_its_regions() -> None:
    every = asked(question("KZ", networks=("AS9198", "AS29355")))
    requests = first_pages(every)
    assert len(requests) == 17
    further = [one.path for one in every if isinstance(one, Request) and one not in requests]
    assert further == ["outages/alerts", "outages/events"]
    assert len(every) == len(requests) + len(further)
    paths = [one.path for one in requests]
    assert paths[:8] == ["signals/raw/country/KZ"] * 8
    assert paths[8:11] == ["signals/raw/asn/9198,29355"] * 3
    assert paths[11:14] == ["outages/alerts", "outages/events", "entities/query"]
    assert paths[14:] == ["signals/raw/region/2071,2072,2073,2074,2075,2076,2077"] * 3
    assert [dict(one.parameters)["datasource"] for one in requests[14:]] == ["bgp", "ping-slash24", "merit-nt"]
    assert {one.topic for one in requests[14:]} == {
        f"{name} of the regions of KZ" for name in ("bgp", "ping-slash24", "merit-nt")
    }
    assert [one.counts for one in requests] == [True] * 13 + [False] + [True] * 3


def test_every_answer_is_read_whole() -> None:
    places = set()
    for one in first_pages(asked(question("KZ", networks=("AS9198",)))):
        decoded = ioda_api.decode(body(one), one.place)
        assert decoded.series or decoded.tables
        places |= {series.place for series in decoded.series}
    assert places == {"KZ", "AS9198", "KZ-11", "KZ-15", "KZ-19", "KZ-23", "KZ-35", "KZ-47", "KZ-75"}


def test_findings_are_asked_without_the_days_before_and_signals_with_them() -> None:
    for one in asked(question("KZ")):
        assert isinstance(one, Request)
        parameters = dict(one.parameters)
        if one.path.startswith("outages/"):
            assert (parameters["from"], parameters["until"]) == (str(START), str(END - 1))
            assert (parameters["entityType"], parameters["entityCode"], parameters["limit"]) == ("country", "KZ", "500")
            assert one.empty_is_an_answer
        elif one.path.startswith("signals/"):
            assert (parameters["from"], parameters["until"]) == (str(START - 28 * DAY_S), str(END))
            assert not one.empty_is_an_answer


@pytest.mark.parametrize("place", ["KZ", "KZ-75", "AS9198"])
def test_no_window_is_longer_than_a_hundred_days_and_none_is_left_out(place: str) -> None:
    long = question(place, end=START + 250 * DAY_S)
    days: dict[str, set[int]] = {}
    for one in asked(long):
        if isinstance(one, Absence):  # relative values of several requests cannot be joined
            assert (one.topic, one.start) == ("gtr-norm of country KZ before the last 100 days", START)
            continue
        if one.counts and not one.whole_window:
            assert one.end - one.start <= 100 * DAY_S
            days.setdefault(one.topic, set()).update(range(one.start, one.end, DAY_S))
    assert days
    for topic, covered in days.items():
        first = START if topic.startswith(("alerts", "events")) else START - 28 * DAY_S
        assert covered == set(range(first, START + 250 * DAY_S, DAY_S))


def test_a_region_is_asked_for_by_iodas_number() -> None:
    first, *signals = asked(question("KZ-75"))
    assert isinstance(first, Request)
    assert (first.path, dict(first.parameters)["relatedTo"]) == ("entities/query", "country/KZ")
    assert [one.path for one in signals if isinstance(one, Request)] == ["signals/raw/region/2072"] * 3
    for one in signals:
        assert isinstance(one, Request)
        assert [series.place for series in ioda_api.decode(body(one), one.place).series] == ["KZ-75"]


def test_a_region_that_ioda_does_not_list_is_absent_with_the_reason() -> None:
    every = asked(question("KZ-55"))
    assert len(every) == 2
    assert isinstance(every[1], Absence)
    assert (every[1].topic, every[1].start, every[1].end) == ("signals of KZ-55", START - 28 * DAY_S, END)
    assert every[1].reason.template == "IODA lists no region of that name."


def test_a_network_is_asked_for_its_signals_and_findings() -> None:
    requests = first_pages(asked(question("AS9198")))
    assert [one.path for one in requests] == [*["signals/raw/asn/9198"] * 3, "outages/alerts", "outages/events"]
    assert dict(requests[3].parameters)["entityType"] == "asn"
    tables = [ioda_api.decode(body(one), one.place).tables for one in requests[3:]]
    assert [table["opinions"]["place"].to_pylist() for table in tables] == [["AS9198"], ["AS9198"]]


def test_a_page_leads_to_the_next_until_one_is_empty_and_the_pages_have_an_end() -> None:
    request = next(one for one in OFFER.plan(question("KZ")) if isinstance(one, Request) and "alerts" in one.path)
    assert list(OFFER.follow(request, findings(0))) == []
    assert list(OFFER.follow(request, b"<html>")) == []
    small, pages = findings(7), [request]  # smaller than was asked for
    while True:
        (more,) = OFFER.follow(pages[-1], small)
        if isinstance(more, Absence):
            break
        pages.append(more)
    assert [dict(one.parameters)["page"] for one in pages] == [str(page) for page in range(20)]
    assert {(one.path, one.start, one.end) for one in pages} == {(request.path, START, END)}
    assert len({one.topic for one in pages}) == 20  # one that fails is not hidden by another
    assert (more.topic, more.start, more.end) == ("further alerts of country KZ", START, END)
    assert more.reason.facts == {"count": "20"}


def test_what_follows_is_the_same_whatever_is_settled() -> None:
    whole = frozenset(range(START - 28 * DAY_S, END, DAY_S))
    again = asked(question("KZ", settled=lambda _topic: whole))
    kept = [one for one in asked(question("KZ")) if isinstance(one, Request) and "/country/" not in one.path]
    assert [one for one in again if isinstance(one, Request) and not one.whole_window] == kept
