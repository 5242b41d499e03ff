"""How Radar is asked, page by page, and that its token is sent to it and kept nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.playing import settings
from tests.playing.radar import answer
from tests.serving import Answering, Asked, Reply, Serving, serving
from tests.sources.asked import day

from kuager.sources.offer import DAY_S, Absence, Question, Request
from kuager.sources.radar import OFFER, SOURCE

TOKEN = "v4q-not-to-be-kept-anywhere-8Zr2"  # noqa: S105 - nobody's
NETWORKS = tuple(f"AS{number}" for number in (9198, 29355, 21299, 48503, 50482, 39824, 35104))


def question(place: str, start: str, end: str, now: str = "2022-06-01T10:20:30") -> Question:
    moment = day(now)
    return Question(place, day(start), day(end), 28, moment, moment // DAY_S * DAY_S - 2 * DAY_S, NETWORKS)


def plan(asked: Question) -> list[Request]:
    return [one for one in OFFER.plan(asked) if isinstance(one, Request)]


def test_a_country_and_its_five_largest_networks_are_asked_as_whole_windows() -> None:
    requests = plan(question("KZ", "2022-01-02", "2022-01-13"))
    traffic = [one for one in requests if one.path.endswith("timeseries")]
    assert [one.topic for one in traffic] == [
        f"{endpoint} of {place}" for place in ("KZ", *NETWORKS[:5]) for endpoint in ("netflows", "http")
    ]
    assert {one.whole_window for one in traffic} == {True}
    assert traffic[0].parameters == (
        ("name", "KZ"),
        ("location", "KZ"),
        ("dateStart", "2021-12-05T00:00:00Z"),
        ("dateEnd", "2022-01-13T00:00:00Z"),
        ("aggInterval", "1h"),
        ("normalization", "MIN0_MAX"),
        ("format", "json"),
    )
    assert ("asn", "9198") in traffic[2].parameters
    assert (traffic[0].kind, traffic[1].kind) == ("radar:netflows", "radar:http")


def test_findings_are_asked_without_the_days_before() -> None:
    findings = [one for one in plan(question("KZ", "2022-01-02", "2022-01-13")) if one.kind == "radar"]
    assert [one.path for one in findings] == ["annotations/outages", "traffic_anomalies"]
    for one in findings:
        assert dict(one.parameters)["dateStart"] == "2022-01-02T00:00:00Z"
        assert dict(one.parameters)["dateEnd"] == "2022-01-12T23:59:59Z"  # the last moment counts in
        assert one.empty_is_an_answer


def test_long_windows_are_asked_by_day_and_middling_ones_with_fewer_days_before() -> None:
    long = plan(question("KZ", "2021-11-01", "2022-01-13"))[0]
    assert dict(long.parameters)["aggInterval"] == "1d"
    assert long.start == day("2021-11-01") - 28 * DAY_S
    middling = plan(question("KZ", "2021-12-20", "2022-01-13"))[0]
    assert dict(middling.parameters)["aggInterval"] == "1h"
    assert middling.end - middling.start == 40 * DAY_S


def test_hours_that_are_not_over_are_not_asked_for() -> None:
    requests = plan(question("KZ", "2022-01-02", "2022-01-13", now="2022-01-10T10:20:30"))
    assert dict(requests[0].parameters)["dateEnd"] == "2022-01-10T10:00:00Z"
    assert requests[0].end == day("2022-01-11")
    assert not plan(question("KZ", "2023-01-02", "2023-01-13"))


def test_a_network_is_asked_alone_and_a_region_not_at_all() -> None:
    network = plan(question("AS9198", "2022-01-02", "2022-01-13"))
    assert {dict(one.parameters)["asn"] for one in network} == {"9198"}
    assert len(network) == 4
    (absence,) = OFFER.plan(question("KZ-75", "2022-01-02", "2022-01-13"))
    assert isinstance(absence, Absence)
    assert (absence.start, absence.end) == (day("2022-01-02"), day("2022-01-13"))


def _full_page(count: int) -> bytes:
    return json.dumps({"success": True, "result": {"annotations": [{"startDate": ""}] * count}}).encode()


def test_a_page_leads_to_the_next_one_until_one_is_empty_and_not_without_end() -> None:
    first = next(one for one in plan(question("KZ", "2022-01-02", "2022-01-13")) if one.kind == "radar")
    (second,) = OFFER.follow(first, _full_page(100))
    assert isinstance(second, Request)
    assert dict(second.parameters) == dict(first.parameters) | {"offset": "100"}
    assert replace(second, parameters=first.parameters, topic=first.topic) == first
    assert second.topic == "annotations/outages of KZ after 100"
    (third,) = OFFER.follow(second, _full_page(30))  # a page smaller than was asked for
    assert isinstance(third, Request)
    assert dict(third.parameters)["offset"] == "130"
    assert not tuple(OFFER.follow(third, _full_page(0)))
    assert not tuple(OFFER.follow(plan(question("AS9198", "2022-01-02", "2022-01-13"))[0], _full_page(100)))
    pages, last = 1, first
    while further := tuple(OFFER.follow(last, _full_page(100))):
        (last,) = (one for one in further if isinstance(one, Request))
        pages += 1
    assert pages == 50


def _run(folder: Path, *words: str, token: str = TOKEN, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "en.UTF-8", SOURCE.key: token}
    done = subprocess.run(
        [sys.executable, "-m", "kuager", *words],
        cwd=folder,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done


def _collect(
    folder: Path, answering: Answering, token: str = TOKEN, times: int = 1, code: int = 0
) -> tuple[Serving, list[dict[str, tuple[str, str]]]]:
    """Collect from Radar in a new case: what the server saw, and the coverage by day after each time."""
    file = folder / ".config" / "kuager" / "settings.toml"
    file.parent.mkdir(parents=True)
    found = []
    with serving(answering) as server:
        file.write_text(settings(server.address))
        _run(folder, "new", "case", "--place", "KZ", "--from", "2022-01-02", "--to", "2022-01-12")
        for _ in range(times):
            done = _run(folder, "collect", "case", "--source", "radar", "--json", token=token, code=code)
            rows = [row for row in json.loads(done.stdout)["coverage"] if row["source"] == "radar"]
            found.append({row["day"]: (row["status"], row["reason"]) for row in rows})
    return server, found


def test_every_day_is_complete_and_the_token_is_in_no_file(tmp_path: Path) -> None:
    server, (coverage,) = _collect(tmp_path, answer)
    assert set(coverage) == {f"2022-01-{number:02d}" for number in range(2, 13)}
    assert set(coverage.values()) == {("complete", "")}
    assert {one.headers["Authorization"] for one in server.asked} == {f"Bearer {TOKEN}"}
    assert not any(TOKEN in one.path + str(one.query) for one in server.asked)
    _run(tmp_path, "detect", "case")
    _run(tmp_path, "publish", "case")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if TOKEN in path.name or TOKEN.encode() in path.read_bytes()]
    opinions = pq.read_table(tmp_path / "case" / "observations" / "_opinions.parquet").to_pylist()
    assert {(row["kind"], row["cause"]) for row in opinions} == {
        ("annotation", "GOVERNMENT_DIRECTED"),
        ("anomaly", ""),
    }


def test_all_pages_of_findings_are_fetched_even_when_one_fails_at_first(tmp_path: Path) -> None:
    offsets: list[str] = []

    def many(asked: Asked) -> Reply:
        if "annotations" not in asked.path:
            return answer(asked)
        offsets.append(asked.query["offset"])
        if offsets == ["0", "90"]:
            return Reply(b"", 404)
        first, count = int(asked.query["offset"]), min(90, int(asked.query["limit"]))  # pages of another size
        item = {"startDate": "2022-01-05T10:30:00Z", "locations": ["KZ"]}
        every = [item | {"id": str(number)} for number in range(230)]
        return Reply(json.dumps({"success": True, "result": {"annotations": every[first : first + count]}}).encode())

    _, (once, again) = _collect(tmp_path, many, times=2)
    assert {status for status, _ in once.values()} == {"partial"}
    assert all("404" in reason for _, reason in once.values())
    assert offsets == ["0", "90", "90", "180", "230"]
    assert set(again.values()) == {("complete", "")}
    rows = pq.read_table(tmp_path / "case" / "observations" / "_opinions.parquet").to_pylist()
    assert len({row["id"] for row in rows if row["kind"] == "annotation"}) == 230


def test_without_a_token_nothing_is_asked_and_it_is_said(tmp_path: Path) -> None:
    server, (coverage,) = _collect(tmp_path, answer, token="", code=1)
    assert not server.asked
    reason = "It needs a token, which the environment variable CLOUDFLARE_API_TOKEN does not hold."
    assert set(coverage.values()) == {("absent", reason)}


@pytest.mark.parametrize("status", [200, 403])
def test_a_refusal_is_told_whatever_its_status(tmp_path: Path, status: int) -> None:
    said = json.dumps({"success": False, "errors": [{"code": 10000, "message": f"Authentication error: {TOKEN}"}]})
    _, (coverage,) = _collect(tmp_path, lambda _asked: Reply(said.encode(), status), code=1)
    ((state, reason),) = set(coverage.values())
    assert state == "absent"
    assert ("Authentication error: …" in reason) is (status == 200)
    assert TOKEN not in reason
    tables = (tmp_path / "case" / "evidence" / "requests", tmp_path / "case" / "observations")
    assert not [path for folder in tables for path in folder.rglob("*.*") if TOKEN.encode() in path.read_bytes()]
