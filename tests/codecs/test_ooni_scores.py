"""OONI's own scores and flags: equal to what OONI's tests expect and to what it recorded, and its rules one by one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.codecs import fingerprints
from kuager.codecs.fingerprints import Fingerprints
from kuager.codecs.ooni.records import Records
from kuager.codecs.ooni.scoring import Scored, blocking_of_flags, score
from kuager.codecs.ooni.scoring.recorded import recorded
from kuager.model.verdicts import Flags

NONE_KNOWN = Fingerprints([])
ZEROS = {f"blocking_{place}": 0.0 for place in ("general", "global", "country", "isp", "local")}
FAILED = ZEROS | {"accuracy": 0.0}


@pytest.fixture(scope="module")
def known(shared_data: Path) -> Fingerprints:
    """OONI's lists."""
    folder = shared_data / "ooni" / "fingerprints"
    return fingerprints.read((folder / f"fingerprints_{kind}.csv").read_bytes() for kind in ("dns", "http"))


def scored(measurement: dict[str, Any], known: Fingerprints = NONE_KNOWN) -> Scored:
    return score(Records().read(json.dumps(measurement).encode()), known)


def as_json(of: Scored) -> dict[str, Any]:
    return dict(msgspec.json.decode(msgspec.json.encode(of.scores)))


def scores(test: str, keys: object, **others: object) -> dict[str, Any]:
    return as_json(scored({"test_name": test, "probe_cc": "KZ", "test_keys": keys, **others}))


def test_every_expectation_of_the_source_holds(shared_data: Path, known: Fingerprints) -> None:
    folder = shared_data / "ooni"
    rows = [json.loads(line) for line in (folder / "fastpath_unit.jsonl").read_text().splitlines()]
    compared = 0
    for row in rows:
        if row["kind"] == "x_blocking_flags":
            assert blocking_of_flags(row["expected"]["x_blocking_flags"]) == row["verdict"]["blocking"]
            continue
        file = row.get("measurement_file")
        measurement = row["measurement"] if file is None else json.loads((folder / file).read_bytes())
        found = scored({"test_name": "web_connectivity", **measurement}, known)
        if row["kind"] == "matches":
            assert len(found.fingerprints) == len(row["expected"])
            for one, expected in zip(msgspec.to_builtins(found.fingerprints), row["expected"], strict=True):
                assert {name: one[name] for name in expected} == expected | {
                    "expected_countries": tuple(expected["expected_countries"])
                }
        else:
            flags = found.flags
            assert as_json(found) == row["expected"], row["source"]
            assert row["verdict"] == {
                "anomaly": flags.anomaly,
                "confirmed": flags.confirmed,
                "failure": flags.failed,
            }, row["source"]
        compared += 1
    assert compared == 43


def test_flags_of_every_recorded_row_follow_from_its_scores(shared_data: Path) -> None:
    with gzip.open(shared_data / "ooni" / "fastpath_rows_2024-01.jsonl.gz") as file:
        rows = [json.loads(line) for line in file]
    assert len(rows) == 1_081
    for row in rows:
        found = recorded(json.dumps(row["scores"]).encode())
        assert found is not None
        assert found.flags == Flags(row["anomaly"], row["confirmed"], row["msm_failure"])


def test_the_probes_flags_give_the_probes_conclusion(shared_data: Path) -> None:
    compared = 0
    for path in sorted((shared_data / "ooni").glob("manual_v05/*/measurement.json")):
        keys = json.loads(path.read_bytes())["test_keys"]
        if keys["blocking"] is not None and keys["x_null_null_flags"] == 0:
            assert blocking_of_flags(keys["x_blocking_flags"]) == keys["blocking"], path.parent.name
            compared += 1
    assert compared >= 3
    assert blocking_of_flags(4) == "http-failure"
    assert blocking_of_flags(32 | 16 | 1) == "dns"
    assert blocking_of_flags(0) is None


def web(**keys: object) -> dict[str, Any]:
    return scores("web_connectivity", {"accessible": True, "blocking": False, **keys})


def test_what_a_web_probe_concluded() -> None:
    assert web() == ZEROS
    for said in ("dns", "tcp_ip", "http-failure", "http-diff"):
        assert web(blocking=said) == ZEROS | {"blocking_general": 1.0, "analysis": {"blocking_type": said}}
    assert web(blocking=None) == FAILED
    assert web(accessible=None) == FAILED
    assert web(title_match="yes") == FAILED
    assert web(blocking=0) == ZEROS
    assert web(blocking="tls") == FAILED | {"analysis": {"msg": "Unsupported blocking type"}}
    assert web(control_failure="unknown_failure: read udp") == FAILED
    assert scores("web_connectivity", None) == scores("web_connectivity", {}) == FAILED
    assert scores("web_connectivity", []) == scores("web_connectivity", "text") == FAILED


def signal(test: str, engine: str, day: str, **others: object) -> dict[str, Any]:
    keys = {"failure": None, "failed_operation": None, "signal_backend_status": "blocked", **others}
    return scores(
        "signal",
        keys,
        test_version=test,
        measurement_start_time=f"{day} 00:00:00",
        annotations={"engine_version": engine},
    )


@pytest.mark.parametrize(
    ("test", "engine", "day", "counts"),
    [
        ("0.2.0", "3.17.2", "2022-10-18", True),
        ("0.2.1", "3.17.2", "2022-10-19", False),
        ("0.2.2", "3.17.1", "2023-05-01", True),
        ("0.2.2", "3.17.2-alpha", "2023-05-02", False),
        ("0.2.2", "3.17.2", "2023-05-02", True),
        ("0.2.3", "3.18.1", "2023-11-06", True),
        ("0.2.3", "3.18.1", "2023-11-07", False),
        ("0.2.4", "3.20.0", "2021-01-01", False),
        ("0.2.5", "3.20.0", "2024-01-01", True),
        ("none", "3.20.0", "2024-01-01", False),
    ],
)
def test_signal_counts_only_from_programs_that_trust_whom_it_trusts(
    test: str, engine: str, day: str, counts: bool
) -> None:
    expected = ZEROS | {"blocking_general": 1.0, "analysis": {"signal_backend_failure": None}}
    assert signal(test, engine, day) == (expected if counts else FAILED)


def test_signal_without_its_fields() -> None:
    assert signal("0.2.5", "3.20.0", "2024-01-01", signal_backend_status="ok") == ZEROS
    assert signal("0.2.5", "3.20.0", "2024-01-01", signal_backend_status=None) == FAILED
    assert scores("signal", {"signal_backend_status": "ok"}, measurement_start_time="2024-01-01 00:00:00") == FAILED


def fetched(url: str, failure: str | None = None) -> dict[str, Any]:
    return {"request": {"url": url}, "failure": failure}


def connected(*success: bool) -> list[dict[str, Any]]:
    return [{"status": {"success": one}} for one in success]


def test_telegram_adds_up_shares_and_ignores_what_the_probe_concluded() -> None:
    keys = {
        "tcp_connect": connected(True, False, False, False),
        "requests": [
            fetched("http://192.0.2.1/"),
            fetched("http://192.0.2.2/", "eof_error"),
            fetched("https://web.telegram.org/", "generic_timeout_error"),
        ],
        "telegram_tcp_blocking": True,
    }
    found = scores("telegram", keys)
    assert found["blocking_general"] == 0.75 + 0.5
    assert (found["accessible_endpoints"], found["unreachable_endpoints"]) == (1, 3)
    assert found["msg"] == "failure: generic_timeout_error"
    assert scores("telegram", keys | {"telegram_web_status": "blocked"})["blocking_general"] == 2.25
    assert scores("telegram", {})["blocking_general"] == 1.0
    assert scores("telegram", {"requests": [{"request": {}}]}) == FAILED


def test_whatsapp_needs_both_sites_and_an_endpoint() -> None:
    both = [fetched("https://web.whatsapp.com/"), fetched("https://v.whatsapp.net/v2/register")]
    fine = scores("whatsapp", {"requests": both, "tcp_connect": connected(True, False)})
    assert fine["blocking_general"] == 0.0
    assert fine["analysis"]["whatsapp_endpoints_accessible"] is True
    assert scores("whatsapp", {"requests": both, "tcp_connect": connected(False)})["blocking_general"] == 1.0
    assert scores("whatsapp", {"requests": both})["accuracy"] == 0.0
    assert scores("whatsapp", {"requests": both[:1]}) == FAILED
    assert scores("whatsapp", {"requests": [*both[:1], fetched(both[1]["request"]["url"], "eof_error")]}) == (
        ZEROS | {"blocking_general": 1.0}
    )


def test_messenger_counts_halves_but_not_the_fault_of_the_probe() -> None:
    servers = ("b_api", "b_graph", "edge", "star")
    fine = {f"facebook_{one}_{what}": True for one in servers for what in ("dns_consistent", "reachable")}
    fault = fine | {
        "facebook_stun_dns_consistent": True,
        "facebook_dns_blocking": True,
        "facebook_tcp_blocking": False,
    }
    assert scores("facebook_messenger", fault) == ZEROS
    worse = scores("facebook_messenger", fault | {"facebook_edge_reachable": False})
    assert worse == ZEROS | {
        "blocking_general": 1.0,
        "facebook_edge_reachable": False,
        "facebook_dns_blocking": True,
    }


def test_tools_against_blocks() -> None:
    reached: dict[str, Any] = {"failure": None, "network_events": []}
    tor = scores("tor", {"targets": {"a": reached, "b": reached | {"failure": "eof_error"}, "c": {"failure": False}}})
    assert tor == FAILED
    targets = {"a": reached, "b": reached | {"failure": "eof_error"}, "c": reached | {"failure": False}}
    assert scores("tor", {"targets": targets})["blocking_general"] == 0.5
    assert scores("vanilla_tor", {"tor_logs": ["…"], "tor_progress": 80})["blocking_general"] == pytest.approx(0.68)
    assert scores("vanilla_tor", {"tor_log": "[notice] Bootstrapped 100%: Done"}) == ZEROS
    assert scores("vanilla_tor", {}) == FAILED
    assert (
        scores("torsf", {"failure": "timeout"}, software_name="ooniprobe-android", software_version="3.8.3") == FAILED
    )
    assert scores("psiphon", {"failure": None, "bootstrap_time": 0}, resolver_ip="192.0.2.1")["accuracy"] == 0.0
    assert scores("psiphon", {"failure": "x"}, resolver_ip="192.0.2.1")["blocking_general"] == 1.0
    assert scores("psiphon", {"failure": None, "bootstrap_time": 2.5})["accuracy"] == 0.0
    assert scores("openvpn", {"success": False})["blocking_general"] == 1.0


def test_machines_on_the_way() -> None:
    def header(body: object, **sent: str) -> dict[str, Any]:
        request = {"request": {"headers": sent}, "response": {"body": body}}
        return scores("http_header_field_manipulation", {"requests": [request]})

    arrived = json.dumps({"headers_dict": {"acCept": ["*/*"], "Connection": ["close"]}})
    assert header(arrived, acCept="*/*") == ZEROS
    assert header(arrived, Accept="*/*") == ZEROS | {"blocking_general": 1.1, "msg": "2 unexpected header change"}
    assert header("<html>")["blocking_general"] == 1.0
    assert header(None)["total_tampering"] is True
    assert scores("http_invalid_request_line", {"sent": ["a", "b"], "received": ["a", "B"]})["blocking_general"] == 1.0
    assert scores("http_invalid_request_line", {"sent": ["a"], "received": ["a"]}) == ZEROS


def test_tests_that_get_no_ordinary_scores() -> None:
    assert scores("ndt", {"failure": "x"}) == scores("riseupvpn", {"api_failure": "x"}) == {}
    assert scores("dnscheck", {"x": 1}) == scores("a_test_of_tomorrow", {}) == FAILED
    assert scores("dns_consistency", {}) == ZEROS
    assert scores("dash", {"failure": "eof_error"}) == FAILED | {"blocking_general": 0.1}
    assert scores("dash", {"failure": None, "simple": {}}) == ZEROS
    assert scores("tcp_connect", {"connection": "connect_error"}, input="a:1")["blocking_general"] == 0.8


@pytest.mark.parametrize(
    ("start", "failed"),
    [
        ("2024-01-01 11:59:00", False),
        ("2024-01-01 12:59:59", False),
        ("2024-01-01 13:00:02", True),
        ("2023-01-01 12:00:01", False),
        ("2022-12-31 11:00:00", True),
        ("yesterday", False),
        ("", False),
    ],
)
def test_wrong_clocks(start: str, failed: bool) -> None:
    measurement = {
        "test_name": "web_connectivity",
        "measurement_uid": "20240101120000.000000_KZ_webconnectivity_0123456789abcdef",
        "measurement_start_time": start,
        "test_keys": {"accessible": True, "blocking": False},
    }
    assert scored(measurement).flags.failed is failed


def test_a_page_that_is_not_the_base64_it_says_it_is(known: Fingerprints) -> None:
    body = {"format": "base64", "data": "R2RGIFN0b3AgUGFnZQ"}
    measurement = {
        "test_name": "web_connectivity",
        "probe_cc": "IT",
        "test_keys": {"blocking": "dns", "accessible": False, "requests": [{"response": {"body": body}}]},
    }
    assert as_json(scored(measurement, known)) == FAILED | {
        "blocking_general": 1.0,
        "analysis": {"blocking_type": "dns"},
    }
    body["data"] += "=="
    assert scored(measurement, known).flags == Flags(True, True, False)


NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        "requests",
        "failure",
        "blocking",
        "accessible",
        "queries",
        "tcp_connect",
        "targets",
        "tor_logs",
        "tor_progress",
        "sent",
        "received",
        "bootstrap_time",
        "success",
        "result",
        "title_match",
        "telegram_web_status",
        "signal_backend_status",
    ]
)
TESTS = st.sampled_from(
    [
        "web_connectivity",
        "telegram",
        "whatsapp",
        "facebook_messenger",
        "signal",
        "tor",
        "vanilla_tor",
        "torsf",
        "psiphon",
        "openvpn",
        "ndt",
        "dash",
        "http_header_field_manipulation",
        "http_invalid_request_line",
        "meek_fronted_requests_test",
        "http_requests",
        "tcp_connect",
        "stunreachability",
        "browser_web",
        "riseupvpn",
        "other",
    ]
)
REQUESTS = st.lists(
    st.dictionaries(
        st.sampled_from(["request", "response", "failure"]),
        JSON | st.dictionaries(st.sampled_from(["url", "headers", "body", "code"]), JSON, max_size=3),
        max_size=3,
    ),
    max_size=2,
)


@given(TESTS, st.dictionaries(NAMES, JSON | REQUESTS, max_size=6) | JSON)
@settings(max_examples=60)
def test_any_results_have_scores(test: str, keys: object) -> None:
    found = scored({"test_name": test, "test_keys": keys, "probe_cc": "KZ"})
    assert set(as_json(found)) >= (set() if test in ("ndt", "riseupvpn") else set(ZEROS))
