"""How OONI's API and archive are asked: plans, pages, limits; and the real program against a server that plays both."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.cli.conftest import Run, program
from tests.playing import everything, settings
from tests.playing.ooni import LISTED
from tests.serving import Asked, Reply, Serving, serving

from kuager.codecs.registry import KINDS
from kuager.model.words import Direction, SignalKind
from kuager.sources import ooni, ooni_archive
from kuager.sources.offer import DAY_S, Absence, Offer, Question, Request
from kuager.sources.registry import OFFERS, SIGNALS, signal

START, END = (int(datetime(2022, 1, day, tzinfo=UTC).timestamp()) for day in (2, 13))
LATER = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def question(
    place: str = "KZ",
    start: int = START,
    end: int = END,
    *,
    now: int = LATER,
    networks: tuple[str, ...] = (),
    sites: tuple[str, ...] = (),
) -> Question:
    return Question(place, start, end, 28, now, final_before=min(end, now), networks=networks, sites=sites)


def planned(offer: Offer, asked: Question) -> tuple[list[Request], list[Absence]]:
    every = list(offer.plan(asked))
    return [one for one in every if isinstance(one, Request)], [one for one in every if isinstance(one, Absence)]


def parameters(request: Request) -> dict[str, str]:
    return dict(request.parameters)


def flagged() -> Request:
    return next(one for one in planned(ooni.OFFER, question())[0] if "anomaly" in parameters(one))


def page(next_url: object, rows: int = 1) -> bytes:
    row = {"test_name": "web_connectivity", "measurement_start_time": "2022-01-05T10:00:00Z"}
    return json.dumps({"metadata": {"next_url": next_url}, "results": [row] * rows}).encode()


def listing(*sized: tuple[str, int], more: str = "") -> bytes:
    contents = "".join(
        f"<Contents><Key>raw/20220105/10/KZ/{test}/2022010510_KZ_{test}.n0.0.jsonl.gz</Key><Size>{size}</Size></Contents>"
        for test, size in sized
    )
    token = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    return f"<ListBucketResult>{token}{contents}</ListBucketResult>".encode()


def an_hour() -> Request:
    found = planned(ooni_archive.OFFER, question())[0]
    return next(one for one in found if parameters(one)["prefix"] == "raw/20220105/10/KZ/")


def test_both_say_how_they_may_be_used_and_keep_the_strictest_pace() -> None:
    assert OFFERS["ooni"].pause_s == 6.0
    assert OFFERS["ooni"].quota_header == "X-RateLimit-Remaining"
    for offer in (OFFERS["ooni"], OFFERS["ooni-archive"]):
        assert (offer.source.licence, offer.source.non_commercial) == ("CC-BY-NC-SA-4.0", True)


def test_counts_are_shown_and_make_no_events() -> None:
    for test in ("web_connectivity", "signal", "openvpn", "measurements"):
        whole = signal(f"ooni.{test}")
        assert (whole.kind, whole.native_step_s, whole.independence) == (SignalKind.COUNT, DAY_S, "ooni")
        assert whole.direction is Direction.NONE
        for part in ("anomaly", "confirmed", "failure", "ok"):
            assert SIGNALS[f"ooni.{test}.{part}"].direction is Direction.NONE


def test_a_country_is_asked_by_test_with_the_days_before_and_by_network() -> None:
    networks = ("AS9198", "AS29355", "AS21299", "AS48503", "AS35104", "AS50482")
    found, absences = planned(ooni.OFFER, question(networks=networks))
    counts = [one for one in found if one.path == "api/v1/aggregation"]
    assert not absences
    assert Counter(parameters(one)["test_name"] for one in counts if "probe_cc" in parameters(one)) == Counter(
        ("web_connectivity", "telegram", "whatsapp", "facebook_messenger", "signal", "tor", "psiphon", "ndt", "dash")
    )
    assert [parameters(one)["probe_asn"] for one in counts if "probe_asn" in parameters(one)] == list(networks[:5])
    assert parameters(counts[0]) == {
        "probe_cc": "KZ",
        "test_name": "web_connectivity",
        "since": "2021-12-05",
        "until": "2022-01-13",
        "time_grain": "day",
        "axis_x": "measurement_start_day",
    }
    assert not any(one.empty_is_an_answer for one in counts)
    assert {one.kind for one in found} <= KINDS.keys()


def test_flagged_measurements_are_listed_for_the_window_alone_and_none_is_an_answer() -> None:
    asked = parameters(flagged())
    assert (asked["since"], asked["until"]) == ("2022-01-01T23:59:59Z", "2022-01-12T23:59:59Z")
    assert (asked["anomaly"], asked["limit"], asked["order"]) == ("true", "1000", "asc")
    assert flagged().empty_is_an_answer


def test_sites_of_the_case_are_listed_whole_and_a_day_without_them_is_absent() -> None:
    sites = tuple(f"site{number}.example.org" for number in range(12))
    found = [one for one in planned(ooni.OFFER, question(sites=sites))[0] if "domain" in parameters(one)]
    assert [parameters(one)["domain"].split(",") for one in found] == [list(sites[:10]), list(sites[10:])]
    assert not any("anomaly" in parameters(one) or one.empty_is_an_answer for one in found)


def test_a_network_is_asked_by_its_number_alone_and_a_region_is_absent_with_the_reason() -> None:
    found, absences = planned(ooni.OFFER, question("AS9198"))
    assert {parameters(one)["probe_asn"] for one in found} == {"AS9198"}
    assert not any("probe_cc" in parameters(one) for one in found)
    assert not absences
    found, absences = planned(ooni.OFFER, question("KZ-75"))
    assert not found
    assert [(one.start, one.end) for one in absences] == [(START, END)]
    assert "regions" in absences[0].reason.template
    for place in ("KZ-75", "AS9198"):
        found, absences = planned(ooni_archive.OFFER, question(place))
        assert not found
        assert "country" in absences[0].reason.template


def test_no_question_is_longer_than_half_a_year() -> None:
    asked = question(start=END - 400 * DAY_S)
    found = planned(ooni.OFFER, asked)[0]
    assert all(one.end - one.start <= 180 * DAY_S for one in found)
    for topic in {one.topic for one in found}:
        spans = sorted((one.start, one.end) for one in found if one.topic == topic)
        assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(spans))
        assert spans[-1][1] == END


def test_the_next_page_is_the_same_question_further_on_and_goes_to_the_same_host() -> None:
    first = flagged()
    further = urlencode({**parameters(first), "probe_cc": "RU", "offset": "1000"})
    for url in (f"https://api.ooni.io/api/v1/measurements?{further}", f"/api/v1/measurements?{further}"):
        (second,) = ooni.OFFER.follow(first, page(url))
        assert isinstance(second, Request)
        assert second.path == first.path
        assert parameters(second) == {**parameters(first), "offset": "1000"}
    assert list(ooni.OFFER.follow(first, page(None))) == []
    assert list(ooni.OFFER.follow(first, page(f"/api/v1/measurements?{further}", rows=0))) == []


def test_pages_may_have_another_size_and_must_lead_on_by_it() -> None:
    url = "https://api.ooni.io/api/v1/measurements?offset=100"
    (second,) = ooni.OFFER.follow(flagged(), page(url, rows=100))
    assert isinstance(second, Request)
    assert parameters(second)["offset"] == "100"
    (astray,) = ooni.OFFER.follow(flagged(), page(url, rows=101))
    assert isinstance(astray, Absence)


@pytest.mark.parametrize(
    ("url", "clue"),
    [
        ("https://elsewhere.example.org/api/v1/measurements?offset=1000", "not its own"),
        ("https://api.ooni.io@elsewhere.example.org/api/v1/measurements?offset=1000", "not its own"),
        ("http://api.ooni.io/api/v1/measurements?offset=1000", "not its own"),
        ("https://api.ooni.io/api/v1/other?offset=1000", "not its own"),
        ("http://[broken", "not its own"),
        ("https://api.ooni.io/api/v1/measurements", "leads back"),
        ("https://api.ooni.io/api/v1/measurements?offset=0", "leads back"),
        ("https://api.ooni.io/api/v1/measurements?offset=" + "9" * 5_000, "leads back"),
        ("https://api.ooni.io/api/v1/measurements?offset=20000", "more than"),
    ],
)
def test_a_page_that_leads_astray_is_not_asked_for_and_its_days_are_told(url: str, clue: str) -> None:
    (absence,) = ooni.OFFER.follow(flagged(), page(url))
    assert isinstance(absence, Absence)
    assert clue in absence.reason.template
    assert (absence.start, absence.end) == (START + 3 * DAY_S, END)
    assert absence.topic != flagged().topic


def test_pages_without_end_end() -> None:
    request, asked = flagged(), 0
    while True:
        offset = int(parameters(request).get("offset", "0")) + 1000
        (following,) = ooni.OFFER.follow(request, page(f"/api/v1/measurements?offset={offset}"))
        if isinstance(following, Absence):
            break
        request, asked = following, asked + 1
    assert asked == 19


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"error": "quota exceeded"}', b"<html>", b'{"result": []}'])
def test_answers_of_another_shape_lead_nowhere(answer: bytes) -> None:
    for request in planned(ooni.OFFER, question())[0]:
        assert list(ooni.OFFER.follow(request, answer)) == []
    assert list(ooni_archive.OFFER.follow(an_hour(), answer)) == []


def test_the_archive_is_listed_by_the_hour_two_days_longer_than_the_window() -> None:
    found, absences = planned(ooni_archive.OFFER, question())
    prefixes = [parameters(one)["prefix"] for one in found]
    assert not absences
    assert len(prefixes) == len(set(prefixes)) == 13 * 24
    assert (prefixes[0], prefixes[-1]) == ("raw/20220102/00/KZ/", "raw/20220114/23/KZ/")
    assert all(one.end - one.start == DAY_S and one.start % DAY_S == 0 for one in found)
    assert len({(one.topic, one.start) for one in found}) == len(found)


def test_hours_that_have_not_passed_are_not_asked_for() -> None:
    now = START + 3 * DAY_S + 5 * 3600 + 30
    found = planned(ooni_archive.OFFER, question(now=now))[0]
    assert parameters(found[-1])["prefix"] == "raw/20220105/04/KZ/"


def test_the_day_between_the_layouts_is_asked_for_in_both() -> None:
    start, end = (int(datetime(2020, 10, day, tzinfo=UTC).timestamp()) for day in (18, 21))
    found = [parameters(one)["prefix"] for one in planned(ooni_archive.OFFER, question(start=start, end=end))[0]]
    assert sum(prefix.startswith("raw/20201020/") for prefix in found) == 24
    assert sum(prefix.startswith("jsonl/") for prefix in found) == 9 * 3
    assert "jsonl/facebookmessenger/KZ/20201020/00/" in found


def test_a_long_window_is_not_fetched_whole_and_that_is_told() -> None:
    found, absences = planned(ooni_archive.OFFER, question(end=START + 60 * DAY_S))
    assert len(found) == (31 + 2) * 24
    assert [(one.start, one.end) for one in absences] == [(START + 31 * DAY_S, START + 60 * DAY_S)]


def test_files_are_fetched_the_small_ones_first_and_the_rest_is_told() -> None:
    mebibyte = 2**20
    answer = listing(("webconnectivity", 9 * mebibyte), ("telegram", 5 * mebibyte), ("tor", 100), ("urlgetter", 1))
    *fetched, absence = ooni_archive.OFFER.follow(an_hour(), answer)
    assert [one.path.split("/")[4] for one in fetched if isinstance(one, Request)] == ["tor", "telegram"]
    assert {one.kind for one in fetched if isinstance(one, Request)} == {"ooni"}
    assert [one.largest for one in fetched if isinstance(one, Request)] == [100 + mebibyte, 6 * mebibyte]
    assert isinstance(absence, Absence)
    assert absence.reason.facts == {"count": "1", "tests": "web_connectivity", "size": "9"}
    assert (absence.start, absence.end) == (an_hour().start, an_hour().end)
    assert isinstance(fetched[0], Request)
    assert list(ooni_archive.OFFER.follow(fetched[0], answer)) == []


def test_files_of_another_prefix_are_not_fetched() -> None:
    answer = (
        listing(("tor", 100)).replace(b"raw/20220105/10/", b"raw/20220105/11/").replace(b"2022010510", b"2022010511")
    )
    assert list(ooni_archive.OFFER.follow(an_hour(), answer)) == []


def test_a_listing_without_end_ends() -> None:
    request = an_hour()
    tokens: list[str] = []
    while True:
        (following,) = ooni_archive.OFFER.follow(request, listing(more=f"token-{len(tokens)}"))
        if isinstance(following, Absence):
            break
        request = following
        tokens.append(parameters(request)["continuation-token"])
        assert parameters(request)["prefix"] == "raw/20220105/10/KZ/"
    assert tokens == [f"token-{number}" for number in range(19)]


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(everything) as state:
        yield state


@pytest.fixture
def collecting(server: Serving, tmp_path: Path) -> Run:
    """The program in a folder with a case of two days and settings that lead every request to the server."""
    file = tmp_path / ".config" / "kuager" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text(settings(server.address))
    run = program(tmp_path)
    assert run("new", "case", "--place", "KZ", "--from", "2022-01-05", "--to", "2022-01-06").returncode == 0
    return run


def coverage(answer: str, source: str) -> dict[str, tuple[str, str]]:
    rows = json.loads(answer)["coverage"]
    return {row["day"]: (row["status"], row["reason"]) for row in rows if row["source"] == source}


def test_everything_is_asked_by_pages_and_nothing_leads_to_a_report(
    collecting: Run, server: Serving, tmp_path: Path
) -> None:
    done = collecting("collect", "case", "--source", "ooni", "--json")
    assert done.returncode == 0, done.stderr
    assert coverage(done.stdout, "ooni") == {"2022-01-05": ("complete", ""), "2022-01-06": ("complete", "")}
    lists = [one for one in server.asked if one.path == "/ooni/api/v1/measurements"]
    assert {one.query.get("offset", "0") for one in lists} == {"0", "1000"}
    assert max(server.paths().values()) == 1
    assert not any(one.headers["User-Agent"].startswith("okhttp") for one in server.asked)
    kept = [one for one in (tmp_path / "case").rglob("*") if one.is_file() and "objects" not in one.parts]
    assert not any(b"ReportOfSomebody" in one.read_bytes() for one in kept)
    shown = {one.stem for one in kept if one.name.startswith("ooni.")}
    assert {"ooni.web_connectivity", "ooni.telegram.anomaly", "ooni.dash.ok"} <= shown
    assert LISTED > 1000


def test_days_without_measurements_never_look_quiet(collecting: Run, server: Serving) -> None:
    def silent(asked: Asked) -> Reply:
        answer = json.loads(everything(asked).body)
        answer["result"] = [row for row in answer["result"] if row["measurement_start_day"] != "2022-01-06"]
        return Reply(json.dumps(answer).encode())

    query = {"since": "2021-12-08", "until": "2022-01-07"}
    one = silent(Asked("/ooni/api/v1/aggregation", query, {}, 0.0))
    server.faults["/ooni/api/v1/aggregation"] = [one] * 50
    nothing = Reply(b'{"metadata": {"next_url": null}, "results": []}')
    server.faults["/ooni/api/v1/measurements"] = [nothing] * 50
    found = coverage(collecting("collect", "case", "--source", "ooni", "--json").stdout, "ooni")
    assert found["2022-01-06"][0] in {"partial", "absent"}
    assert "had nothing for that day" in found["2022-01-06"][1]


def test_a_used_up_quota_is_told(collecting: Run, server: Serving) -> None:
    server.faults["/ooni/api/v1/aggregation"] = [Reply(b'{"error": "quota exceeded"}', 429)] * 500
    server.faults["/ooni/api/v1/measurements"] = [Reply(b'{"error": "quota exceeded"}', 429)] * 500
    found = coverage(collecting("collect", "case", "--source", "ooni", "--json").stdout, "ooni")
    assert {status for status, _ in found.values()} == {"absent"}
    assert all("429" in reason for _, reason in found.values())


def test_the_archive_is_listed_and_fetched_and_goes_on_where_it_stopped(collecting: Run, server: Serving) -> None:
    key = "/ooni-archive/raw/20220105/10/KZ/webconnectivity/2022010510_KZ_webconnectivity.n0.0.jsonl.gz"
    server.faults[key] = [Reply(b"", 404)]
    done = collecting("collect", "case", "--source", "ooni-archive", "--json")
    assert done.returncode == 0, done.stderr
    found = coverage(done.stdout, "ooni-archive")
    assert found["2022-01-05"][0] == "partial"
    assert "404" in found["2022-01-05"][1]
    assert found["2022-01-06"] == ("complete", "")
    assert sum("list-type" in one.query for one in server.asked) == 4 * (24 + 1)
    asked = len(server.asked)
    again = collecting("collect", "case", "--source", "ooni-archive", "--json")
    assert [one.path for one in server.asked[asked:]] == [key]
    assert set(coverage(again.stdout, "ooni-archive").values()) == {("complete", "")}
