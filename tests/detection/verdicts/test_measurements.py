"""Files of raw measurements classified as a stream: every kind of file, and everything that can be wrong with one."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.codecs import fingerprints
from kuager.codecs.fingerprints import Fingerprints
from kuager.detection.verdicts.doubts import PAGE_MARKS
from kuager.detection.verdicts.measurements import classified
from kuager.errors import CodecError
from kuager.model.verdicts import CLASSIFIED

NONE_KNOWN = Fingerprints([], {mark: str(kind) for mark, kind in PAGE_MARKS.items()})
UID = "20240101120000.000000_KZ_webconnectivity_0123456789abcdef"


def measurement(**others: object) -> dict[str, Any]:
    """An ordinary measurement of a page that came."""
    request = {"failure": None, "request": {"url": "https://example.org/"}, "response": {"code": 200, "body": "page"}}
    return {
        "test_name": "web_connectivity",
        "measurement_uid": UID,
        "measurement_start_time": "2024-01-01 11:59:00",
        "probe_cc": "KZ",
        "probe_asn": "AS9198",
        "input": "https://example.org/",
        "annotations": {"network_type": "mobile"},
        "test_keys": {"accessible": True, "blocking": False, "requests": [request]},
        **others,
    }


def lines(*measurements: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in measurements)


def rows(data: bytes, known: Fingerprints = NONE_KNOWN, *, few: bool = False) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a file, and its remarks as they are told."""
    reading = classified([data], known, few=few)
    table = pa.Table.from_batches(list(reading), schema=CLASSIFIED)
    return table.to_pylist(), [note.template.format(**note.facts) for note in reading.remarks]


def test_a_row_says_who_measured_what_when_and_why() -> None:
    found, remarks = rows(lines(measurement()))
    (row,) = found
    assert remarks == []
    reasons = row.pop("reasons")
    assert reasons
    assert all(one.endswith(".") and "{" not in one for one in reasons)
    assert row["blocked"] + row["down"] + row["ok"] == 1.0
    expected = {
        "source": "ooni",
        "uid": UID,
        "test": "web_connectivity",
        "input": "https://example.org/",
        "domain": "example.org",
        "place": "KZ",
        "network": "AS9198",
        "access": "mobile",
        "start": datetime(2024, 1, 1, 11, 59, tzinfo=UTC),
        "received": datetime(2024, 1, 1, 12, tzinfo=UTC),
        "verdict": "ok",
        "layer": None,
        "anomaly": False,
        "confirmed": False,
        "failed": False,
        "method": "",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_known_page_is_confirmed_and_few_fingerprints_are_said_to_be_few() -> None:
    row = "name,scope,other_names,location_found,pattern_type,pattern,confidence_no_fp,expected_countries\n"
    known = fingerprints.read([f"{row}x.kz,nat,,body,contains,blocked by order,5,KZ\n".encode()])
    keys = {"accessible": False, "blocking": "http-diff", "requests": [{"response": {"body": "… blocked by order …"}}]}
    found, remarks = rows(lines(measurement(test_keys=keys)), known, few=True)
    assert (found[0]["verdict"], found[0]["confirmed"], found[0]["anomaly"]) == ("blocked", True, True)
    assert len(remarks) == 1
    assert "1 fingerprints only" in remarks[0]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_any_cut_of_the_pieces_gives_the_same(pack: Any, size: int) -> None:
    data = pack(lines(measurement(), measurement(input="http://example.com/")))
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    batches = list(classified(pieces, NONE_KNOWN))
    assert pa.Table.from_batches(batches)["domain"].to_pylist() == ["example.org", "example.com"]


def test_one_measurement_over_many_lines_and_answers_of_the_api() -> None:
    whole = measurement()
    (row,), _ = rows(json.dumps(whole, indent=2).encode())
    assert row["uid"] == UID
    meta = {
        "test_name": "web_connectivity",
        "measurement_uid": UID,
        "probe_cc": "KZ",
        "probe_asn": 9198,
        "scores": "{}",
    }
    inner = {name: value for name, value in whole.items() if name != "measurement_uid"}
    (within,), remarks = rows(json.dumps({**meta, "raw_measurement": json.dumps(inner)}).encode())
    assert within == row
    assert remarks == []
    found, remarks = rows(json.dumps({"metadata": {}, "results": [meta, {**meta, "raw_measurement": "{}"}]}).encode())
    assert [one["verdict"] for one in found] == ["ok", "ok"]
    assert remarks == ["Rows with OONI's scores but without the measurement, judged by the scores alone: 2."]


def test_rows_that_are_scored_already(shared_data: Path) -> None:
    packed = (shared_data / "ooni" / "fastpath_rows_2024-01.jsonl.gz").read_bytes()
    given_rows = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    found, remarks = rows(packed, few=True)
    assert [(one["anomaly"], one["confirmed"], one["failed"]) for one in found] == [
        (one["anomaly"], one["confirmed"], one["msm_failure"]) for one in given_rows
    ]
    assert all(one["verdict"] == "blocked" and one["blocked"] > 0.9 for one in found if one["confirmed"])
    assert all("only" in one["reasons"][-1].lower() for one in found)
    assert not any("fingerprints" in remark for remark in remarks)
    layers = Counter(one["layer"] for one in found if one["verdict"] == "blocked")
    assert layers["dns"] > 10 < layers["http"]


def test_what_a_scored_row_concludes() -> None:
    def verdict(test: str = "web_connectivity", **scores: object) -> tuple[str, str | None]:
        row = {"test_name": test, "probe_cc": "KZ", "probe_asn": 9198, "scores": scores}
        (found,), _ = rows(lines(row))
        return found["verdict"], found["layer"]

    assert verdict(blocking_general=0.0) == ("ok", None)
    assert verdict(blocking_general=1.0, accuracy=0.0) == ("failed", None)
    assert verdict(blocking_general=1.0, analysis={"blocking_type": "tcp_ip"}) == ("blocked", "tcp")
    assert verdict(blocking_general=1.0, analysis={"blocking_type": "http-diff"}) == ("ok", None)
    assert verdict("telegram", blocking_general=1.5) == ("blocked", None)
    assert verdict("torsf", blocking_general=1.0) == ("failed", None)
    assert verdict("http_invalid_request_line", blocking_general=1.0) == ("ok", None)
    dns = [{"name": "x.a", "scope": "nat", "location_found": "dns"}]
    assert verdict(blocking_general=2.0, confirmed=True, fingerprints=dns) == ("blocked", "dns")
    (row,), _ = rows(
        lines({"test_name": "signal", "probe_cc": "KZ", "scores": [], "anomaly": True, "confirmed": False})
    )
    assert row["anomaly"] is True


def test_results_of_censored_planet(shared_data: Path) -> None:
    folder = shared_data / "censoredplanet" / "e2e_test_data"
    found, _ = rows((folder / "Quack-echo_v1" / "echo_results_v1.json").read_bytes())
    assert {one["source"] for one in found} == {"censoredplanet"}
    assert len(found) == 4


def test_what_is_wrong_is_counted_named_and_passed_over() -> None:
    data = lines(
        measurement(),
        measurement(probe_asn="AS0"),
        measurement(probe_cc="ZZ"),
        measurement(test_keys=None),
        measurement(test_keys=[1]),
        measurement(test_name="test_of_tomorrow"),
        measurement(measurement_start_time="2031-01-01 00:00:00"),
        measurement(test_keys={"requests": {}, "queries": 1, "blocking": "dns", "accessible": False}),
        {"test_name": "Not A Test"},
        [],
    )
    found, remarks = rows(data + b"{broken\n" + lines(measurement()))
    assert [one["verdict"] for one in found].count("ok") == 2
    assert len(found) == 8 - 1
    assert sum(one["failed"] for one in found) == 4
    told = " ".join(remarks)
    for part in (
        "not whole measurements and were passed over: 3.",
        "OONI discards and so are passed over: 2.",
        "without results, which are failed: 2.",
        "does not score, which are failed: 1.",
        "which are failed: 1.",
        "were left out: 2.",
    ):
        assert part in told


def test_marks_of_byte_order_between_joined_files_cost_no_line() -> None:
    one, mark = lines(measurement()), b"\xef\xbb\xbf"
    for data in (mark + one + one + one, one + mark + one + one, mark + b"\n" + one + one + mark + one):
        found, remarks = rows(data)
        assert (len(found), remarks) == (3, [])


@pytest.mark.parametrize(
    ("tested", "kept"),
    [
        ("https://user:pw@example.org/?token=abc", "https://example.org/?token=abc"),
        ("HTTP://a@b@example.org", "HTTP://example.org"),
        ("user:pw@example.org:80/x", "example.org:80/x"),
        ("https://example.org/@user?to=a@b.org", "https://example.org/@user?to=a@b.org"),
        ("https://example.org?a@b.org#c@d", "https://example.org?a@b.org#c@d"),
    ],
)
def test_a_user_in_an_address_is_not_kept_and_what_was_asked_for_is(tested: str, kept: str) -> None:
    (found,), _ = rows(lines(measurement(input=tested)))
    assert (found["input"], found["domain"]) == (kept, "example.org")


def test_pages_that_are_no_base64_and_lines_of_fifty_megabytes() -> None:
    keys = {
        "blocking": "dns",
        "accessible": False,
        "requests": [{"response": {"body": {"format": "base64", "data": "x"}}}],
    }
    huge = b'{"test_name": "web_connectivity", "test_keys": {"x": "' + b"a" * 50_000_000 + b'"}}\n'
    pieces = [lines(measurement(test_keys=keys)), *(huge[at : at + 2**20] for at in range(0, len(huge), 2**20))]
    reading = classified([*pieces, lines(measurement())], NONE_KNOWN)
    table = pa.Table.from_batches(list(reading))
    assert table["failed"].to_pylist() == [True, False]
    assert [note.facts for note in reading.remarks] == [{"count": "1"}]


def test_a_file_that_is_cut_off_gives_what_came_before() -> None:
    several = lines(*(measurement(input=f"http://{number}.example/") for number in range(200)))
    found, remarks = rows(several[:-30])
    assert len(found) == 199
    assert "cut off at line 200" in remarks[-1]
    packed = gzip.compress(several)
    found, remarks = rows(packed[: len(packed) // 2])
    assert 0 < len(found) < 200
    assert "cut off" in remarks[-1]
    with pytest.raises(CodecError, match="damaged or not whole"):
        rows(packed[:-8] + b"\0" * 8)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"{}", b"[]", b"text", b"\x89PNG", gzip.compress(b""), b"{" * 200_000, b"a,b\n1,2\n", b"\0\0\0"],
)
def test_files_of_another_kind_are_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        rows(data)


def test_no_address_of_a_probe_or_report_is_kept(shared_data: Path) -> None:
    private = {"probe_ip": "203.0.113.77", "report_id": "20240101T000000Z_webconnectivity_KZ_9198_n1_secretsecret"}
    keys = {
        "blocking": "dns",
        "accessible": False,
        "client_resolver": "203.0.113.78",
        "dns_experiment_failure": "unknown_failure: read udp 203.0.113.77:53",
        "queries": [{"engine": "system", "failure": "unknown_failure: read udp 203.0.113.77", "answers": None}],
    }
    found, remarks = rows(lines(measurement(**private, test_keys=keys)))
    written = json.dumps([found, remarks], default=str)
    assert "203.0.113" not in written
    assert "secret" not in written


def test_every_real_measurement_is_classified(shared_data: Path) -> None:
    def every() -> Iterator[bytes]:
        for kind in ("fastpath_unit/*.json", "web_connectivity_qa/*.json", "manual_v05/*/measurement.json"):
            for path in sorted((shared_data / "ooni").glob(kind)):
                yield json.dumps(json.loads(path.read_bytes())).encode() + b"\n"

    lists = shared_data / "ooni" / "fingerprints"
    known = fingerprints.read(path.read_bytes() for path in sorted(lists.glob("*.csv")))
    data = list(every())
    reading = classified(data, known)
    table = pa.Table.from_batches(list(reading))
    assert table.num_rows == len(data)
    assert set(table["verdict"].to_pylist()) == {"ok", "blocked", "down", "failed"}


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ENVELOPES = st.dictionaries(st.sampled_from(sorted([*measurement(), "scores", "raw_measurement", "results"])), PARTS)


@given(
    st.lists(ENVELOPES, max_size=3),
    st.dictionaries(st.sampled_from(["requests", "queries", "blocking", "tcp_connect"]), PARTS),
)
def test_any_records_give_rows_or_are_refused(envelopes: list[dict[str, Any]], keys: dict[str, Any]) -> None:
    data = lines(*({**measurement(), **one} for one in envelopes), measurement(test_keys=keys), measurement())
    found, _ = rows(data)
    assert found[-1]["uid"] == UID
    assert all(one["blocked"] + one["down"] + one["ok"] == 1.0 for one in found)


@given(st.binary(max_size=80) | st.binary(max_size=80).map(gzip.compress))
def test_any_bytes_give_rows_or_are_refused(data: bytes) -> None:
    try:
        rows(data)
    except CodecError:
        return
