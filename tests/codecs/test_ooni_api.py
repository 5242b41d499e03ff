"""Answers of OONI's API: counts that stay what they are, measurements without what leads to a person."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs.ooni import api as ooni_api
from kuager.codecs.registry import KINDS, NAMED, decode
from kuager.errors import CodecError, KuagerError, UsageError
from kuager.model.series import Series
from kuager.model.tables import MEASUREMENTS

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "ooni"
BY_COUNTRY = (RECORDED / "aggregation-day-probe_cc.json").read_bytes()
BY_NETWORK = (RECORDED / "aggregation-hour-probe_asn.json").read_bytes()
LIST = (RECORDED / "measurements.json").read_bytes()
META = (RECORDED / "measurement_meta.json").read_bytes()
LINES = b"\n".join(json.dumps(one).encode() for one in json.loads(LIST)["results"])
WEB = "ooni-aggregation:web_connectivity"
PERSONAL = ("ReportOfSomebody", "198.51", "192.168", "_AS12353_", "report_id")
"""What the recorded answers hold of reports and addresses."""


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def by_key(data: bytes, kind: str = WEB, place: str = "") -> dict[tuple[str, str], Series]:
    return {(one.signal, one.place): one for one in decode(kind, data, place).series}


def rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ooni_api.decode(data).tables["measurements"].to_pylist()
    return found


def counts(*days: str, **more: object) -> bytes:
    row = {"measurement_count": 7, "anomaly_count": 0, "confirmed_count": 0, "failure_count": 0, "ok_count": 7}
    return json.dumps({"v": 0, "result": [row | {"measurement_start_day": day} | more for day in days]}).encode()


def test_counts_of_days_by_country_and_absent_days_stay_absent() -> None:
    found = by_key(BY_COUNTRY)
    web = found["ooni.web_connectivity", "KZ"]
    assert web.times.tolist() == [second("2022-01-04"), second("2022-01-05"), second("2022-01-11")]
    assert web.values.tolist() == [600.0, 40.0, 400.0]
    assert (web.step_s, web.unit, web.window) == (86_400, "measurements", "")
    parts = {name: found[f"ooni.web_connectivity.{name}", "KZ"].values.tolist() for name in ("anomaly", "confirmed")}
    assert parts == {"anomaly": [31.0, 3.0, 44.0], "confirmed": [2.0, 0.0, 1.0]}
    assert found["ooni.web_connectivity.failure", "KZ"].values.tolist() == [7.0, 9.0, 11.0]
    assert found["ooni.web_connectivity.ok", "KG"].values.tolist() == [95.0]
    assert {place for _, place in found} == {"KZ", "KG"}


def test_counts_of_hours_by_network_and_parts_that_do_not_add_up() -> None:
    decoded = decode(WEB, BY_NETWORK, "")
    found = {(one.signal, one.place): one for one in decoded.series}
    assert found["ooni.web_connectivity", "AS9198"].times.tolist() == [second("2022-01-05T09"), second("2022-01-05T10")]
    assert found["ooni.web_connectivity", "AS9198"].step_s == 3_600
    assert found["ooni.web_connectivity", "AS29355"].values.tolist() == [4.0]
    told = {one.template: one.facts["count"] for one in decoded.remarks}
    assert told["Rows whose parts do not add up to the whole, which are kept as they are: {count}."] == "1"
    assert [count for text, count in told.items() if "does not know" in text] == ["1"]


def test_the_place_and_the_test_that_were_asked_for() -> None:
    data = counts("2022-01-05")
    assert ("ooni.telegram", "AS9198") in by_key(data, "ooni-aggregation:telegram", "AS9198")
    assert ("ooni.measurements", "KZ") in by_key(data, "ooni-api", "KZ")
    assert "does not say which tests" in decode("ooni-api", data, "KZ").remarks[0].template
    assert ("ooni.tor", "KZ") in by_key(counts("2022-01-05", test_name="tor"), "ooni-api", "KZ")
    with pytest.raises(UsageError, match="not the code of a place"):
        decode("ooni-api", data, "")


def test_kinds_of_requests_are_not_offered_to_people() -> None:
    assert WEB in KINDS
    assert [kind for kind in NAMED if kind.startswith("ooni-a")] == ["ooni-api", "ooni-archive"]


def test_a_test_that_is_not_known_and_rows_that_are_none_are_counted() -> None:
    good = json.loads(counts("2022-01-05", test_name="tor"))["result"][0]
    odd = [
        {**good, "test_name": "tea_leaves"},
        {**good, "measurement_start_day": "2022-01-32"},
        {**good, "ok_count": -1},
    ]
    decoded = decode("ooni-api", json.dumps({"result": [good, *odd, 5, {}]}).encode(), "KZ")
    parts = ("", ".anomaly", ".confirmed", ".failure", ".ok")
    assert {one.signal for one in decoded.series} == {f"ooni.tor{part}" for part in parts}
    assert sorted(one.facts["count"] for one in decoded.remarks) == ["1", "4"]


@pytest.mark.parametrize(
    "result", [{"measurement_count": 5, "ok_count": 5}, [{"measurement_count": 5, "probe_cc": "KZ"}]]
)
def test_sums_without_days_are_told_and_are_no_series(result: object) -> None:
    decoded = decode(WEB, json.dumps({"dimension_count": 0, "result": result}).encode(), "KZ")
    assert decoded.series == ()
    assert decoded.remarks[0].facts == {"count": "5"}


def test_no_measurement_at_all_is_no_zero() -> None:
    decoded = decode(WEB, b'{"v": 0, "dimension_count": 1, "result": []}', "KZ")
    assert decoded.series == ()
    assert "no measurement" in decoded.remarks[0].template


@pytest.mark.parametrize("days", [("03", "10", "17", "24"), ("03", "10", "17", "31")])
def test_sums_of_weeks_are_not_taken_for_days(days: tuple[str, ...]) -> None:
    data = counts(*(f"2022-01-{day}" for day in days))
    with pytest.raises(CodecError, match="whole weeks"):
        decode("ooni-api", data, "KZ")
    assert decode(WEB, data, "KZ").series  # asked for by day: so few tests that they happen to lie a week apart
    assert decode("ooni-api", counts("2022-01-03", "2022-01-10", "2022-01-17", "2022-01-25"), "KZ").series
    with pytest.raises(CodecError, match="months"):
        decode("ooni-api", counts("2022-01-01", "2022-02-01", "2022-03-01", "2022-04-01"), "KZ")


@pytest.mark.parametrize("axis", ["domain", "input", "category_code", "blocking_type"])
def test_counts_by_something_else_are_refused(axis: str) -> None:
    with pytest.raises(CodecError, match=f"divided by {axis}"):
        decode(WEB, counts("2022-01-05", **{axis: "x"}), "KZ")


def test_contradicting_rows_are_refused() -> None:
    twice = json.loads(counts("2022-01-05", "2022-01-05"))
    assert len(decode(WEB, json.dumps(twice).encode(), "KZ").series[0].times) == 1
    twice["result"][1]["measurement_count"] = 8
    with pytest.raises(CodecError, match="different values for the same time"):
        decode(WEB, json.dumps(twice).encode(), "KZ")


@pytest.mark.parametrize(
    ("data", "clue"),
    [
        (b'{"v": 0, "error": "Allowed time_grain values: day, week"}', "Allowed time_grain values: day, week"),
        (b'{"msg": "Axis X and Axis Y cannot be the same", "v": 0}', "cannot be the same"),
        (b'{"detail": [{"msg": "invalid order_by"}]}', "invalid order_by"),
        (b'{"error": "quota exceeded", "result": null}', "quota exceeded"),
    ],
)
def test_an_error_with_http_200_is_refused_in_oonis_own_words(data: bytes, clue: str) -> None:
    with pytest.raises(CodecError, match="OONI answered with an error") as refused:
        decode(WEB, data, "KZ")
    assert clue in str(refused.value)


def test_errors_do_not_repeat_reports_or_addresses() -> None:
    said = b'{"error": "no 20220105T100000Z_web_KZ_9198_n1_ReportOfSomebody1 for 198.51.100.239 fe80::1:2:3 k3y"}'
    with pytest.raises(CodecError) as refused:
        ooni_api.decode(said)
    assert not any(part in str(refused.value) for part in (*PERSONAL, "fe80"))
    assert "k3y" in str(refused.value)


def test_a_list_with_flags_scores_and_nothing_personal() -> None:
    decoded = ooni_api.decode(LIST)
    table = decoded.tables["measurements"]
    assert table.schema == MEASUREMENTS
    first, second_row, third = table.to_pylist()
    assert (first["anomaly"], first["confirmed"], first["failed"]) == (True, False, False)
    assert (first["place"], first["network"], first["access"]) == ("KZ", "AS9198", "unknown")
    assert (first["input"], first["domain"]) == ("https://www.example.org/news", "www.example.org")
    assert first["start"] == datetime(2022, 1, 5, 10, 3, 7, tzinfo=UTC)
    assert first["received"] == datetime(2022, 1, 6, 3, 15, tzinfo=UTC)
    assert first["uid"] == "20220106031500.123456_KZ_webconnectivity_0123456789abcdef"
    details = json.loads(first["details"])
    assert details["analysis"] == {"blocking_type": "http-failure"}
    assert details["blocking_general"] == 1.0
    assert (second_row["confirmed"], second_row["uid"], second_row["network"]) == (True, "", "")
    assert json.loads(second_row["details"])["fingerprints"] == [
        {"name": "ooni.kz_0", "scope": "nat", "location_found": "body"}
    ]
    assert (third["anomaly"], third["start"], third["received"], third["input"]) == (None, None, None, "")
    assert third["uid"] == "0120190411b1d2f3a4c5e6071829304a5b6c7d8e9f"
    assert [one.facts["count"] for one in decoded.remarks] == ["1", "1", "1"]
    assert not any(part in str((table.to_pylist(), decoded.remarks)) for part in PERSONAL)


def test_one_measurement_and_what_it_says_of_the_link() -> None:
    (row,) = rows(META)
    assert (row["network"], row["access"], row["software"]) == ("AS9198", "mobile", "ooniprobe-android 3.3.1")
    assert (row["test_version"], row["anomaly"]) == ("0.4.0", True)
    assert json.loads(row["details"])["analysis"] == {"blocking_type": "tcp_ip"}
    assert not any(part in str(row) for part in PERSONAL)


@pytest.mark.parametrize("data", [b"{}", b'{"raw_measurement": ""}', b'{"raw_measurement": {}}'])
def test_a_measurement_that_ooni_does_not_know(data: bytes) -> None:
    decoded = ooni_api.decode(data)
    assert (decoded.series, decoded.tables) == ((), {})
    assert "does not know this measurement" in decoded.remarks[0].template


def test_an_empty_list_is_an_answer() -> None:
    decoded = ooni_api.decode(b'{"metadata": {"next_url": null}, "results": []}')
    assert decoded.tables == {}
    assert len(decoded.remarks) == 1


def test_a_measurement_itself_belongs_to_another_kind() -> None:
    with pytest.raises(CodecError, match="A measurement itself") as refused:
        ooni_api.decode(b'{"test_keys": {}, "test_name": "tor", "report_id": "x"}')
    assert "--as ooni" in refused.value.diagnostics().remedy


def test_where_a_page_leads() -> None:
    page = ooni_api.page_of(LIST)
    assert page.next_url.endswith("offset=1000")
    assert (page.rows, page.last) == (4, None)
    assert ooni_api.page_of(b'{"metadata": {"next_url": null}, "results": []}').next_url == ""
    with pytest.raises(CodecError):
        ooni_api.page_of(BY_COUNTRY)


@pytest.mark.parametrize(
    ("data", "clue"),
    [
        (b"", "There is nothing"),
        (b"<html><body>Bad gateway", "A web page"),
        (LIST[:-60], "cut|not whole"),
        (b'{"results": 5}', "not an answer of OONI"),
        (b'{"results": [5, null]}', "not an answer of OONI"),
        (b'{"result": [{"count": 5}]}', "not an answer of OONI"),
        (b'{"result": "198.51.100.239"}', "not an answer of OONI"),
        (b'{"something": "else"}', "not an answer of OONI"),
        (b"[" * 100_000, "whole|nested|not an answer"),
        (b'{"result": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not an answer"),
        (b"time,value\n1,2\n", "not those of OONI's counts"),
        (gzip.compress(b"nothing\n", mtime=0), "not an answer of OONI"),
        (gzip.compress(LIST)[:-20], "damaged|not whole"),
    ],
)
def test_other_content_is_refused(data: bytes, clue: str) -> None:
    with pytest.raises(CodecError, match=clue):
        decode(WEB, data, "KZ")


def test_counts_as_csv() -> None:
    header = "anomaly_count,confirmed_count,failure_count,measurement_count,measurement_start_day,ok_count,probe_cc"
    decoded = decode(WEB, f"{header}\r\n1,2,3,10,2022-01-05,4,KZ\r\nx,0,0,,2022-01-06,5,KZ\r\n".encode(), "")
    assert {one.signal: one.values.tolist() for one in decoded.series} == {
        "ooni.web_connectivity": [10.0],
        "ooni.web_connectivity.anomaly": [1.0],
        "ooni.web_connectivity.confirmed": [2.0],
        "ooni.web_connectivity.failure": [3.0],
        "ooni.web_connectivity.ok": [4.0],
    }
    with pytest.raises(CodecError, match="not whole"):
        decode(WEB, f"{header}\n1,2,3,10,2022-01-05,4,K".encode(), "")


def test_real_counts(shared_data: Path) -> None:
    (file,) = (shared_data / "ooni" / "api").glob("aggregation-*.json")
    found = by_key(file.read_bytes(), WEB, "KZ")
    assert found["ooni.web_connectivity", "KZ"].values.tolist() == [1_113_357.0, 1_212_215.0, 1_161_898.0]
    assert found["ooni.web_connectivity.confirmed", "KZ"].values.tolist() == [6_739.0, 8_782.0, 7_051.0]
    assert found["ooni.web_connectivity", "KZ"].times[0] == second("2022-03-01")


def test_real_lists(shared_data: Path) -> None:
    files = sorted((shared_data / "ooni" / "api").glob("measurements-*.json"))
    assert len(files) == 3
    for file in files:
        found = rows(file.read_bytes())
        given_rows = json.loads(file.read_bytes())["results"]
        assert [one["uid"] for one in found] == [one["measurement_uid"] for one in given_rows]
        assert [one["network"] for one in found] == [one["probe_asn"] for one in given_rows]
        assert sum(one["anomaly"] for one in found) == 1
        told = str(found)
        assert not any(one["report_id"] in told for one in given_rows)
        assert f"offset={100 if 'offset-50' in file.name else 50}" in ooni_api.page_of(file.read_bytes()).next_url


def test_a_real_single_measurement(shared_data: Path) -> None:
    recorded = json.loads((shared_data / "ooni" / "api" / "measurement_meta-example.json").read_bytes())
    (row,) = rows(recorded["body"].encode())
    assert (row["test"], row["place"], row["network"]) == ("ndt", "DE", "AS3209")
    assert (row["software"], row["test_version"]) == ("iThena-ooniprobe 1.0.0", "0.8.0")
    assert row["received"] == datetime(2022, 11, 10, 10, 50, 49, tzinfo=UTC)
    assert "9eyIJwUdcD6u3WgC" not in str(row)


def test_real_scored_rows(shared_data: Path) -> None:
    packed = (shared_data / "ooni" / "fastpath_rows_2024-01.jsonl.gz").read_bytes()
    found = rows(packed)
    assert len(found) == 1_081
    assert rows(gzip.decompress(packed)) == found
    assert sum(one["failed"] for one in found) == 195
    assert sum(one["anomaly"] for one in found) == 93
    assert sum(one["confirmed"] for one in found) == 18
    assert sum(one["test"] == "web_connectivity" for one in found) == 772
    assert all(one["anomaly"] == (json.loads(one["details"]).get("blocking_general", 0) > 0.5) for one in found)
    reports = [json.loads(line)["report_id"] for line in gzip.decompress(packed).splitlines()]
    told = str(found)
    assert not any(report in told for report in reports)


def test_real_daily_counts(shared_data: Path) -> None:
    decoded = ooni_api.decode((shared_data / "ooni" / "app_tests_daily_2023-07_2024-06.csv").read_bytes())
    whole = [one for one in decoded.series if one.signal.count(".") == 1]
    assert sum(one.times.size for one in whole) == 26_201
    assert sum(one.times.size for one in decoded.series) == 5 * 26_201
    assert (len(whole), len({one.place for one in whole}), len({one.signal for one in whole})) == (72, 9, 8)
    assert {one.step_s for one in decoded.series} == {86_400}
    burma = next(one for one in decoded.series if (one.signal, one.place) == ("ooni.facebook_messenger.anomaly", "MM"))
    assert (burma.values[0], burma.times[0]) == (15.0, second("2023-07-01"))
    assert decoded.remarks == ()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    for beginning in (b"", b'{"result": [', b'{"results": ['):
        answering.decoded(decode, "ooni-api", beginning + data, "KZ")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_answers_raise_nothing_else_and_tell_nothing_personal(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([BY_COUNTRY, BY_NETWORK, LIST, META, LINES]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 20)))
    odd = [b"-1", b"1e999", b"null", b'"', b"[]", b"NaN", b"9" * 400, b'"\\u0000"', b"\xff", b"{}", b"\n", b""]
    try:
        decoded = decode("ooni-api", good[:start] + data.draw(st.sampled_from(odd)) + good[end:], "KZ")
    except KuagerError as error:
        told = str((error, error.diagnostics(), error.facts))
    else:
        told = str((decoded.remarks, [table.to_pylist() for table in decoded.tables.values()]))
        answering.sound(decoded)
    assert not any(part in told for part in ("ReportOfSomebody", "198.51.100", "192.168.1"))
