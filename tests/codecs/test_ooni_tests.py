"""What is kept of each of OONI's tests, and how long handshakes took."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.codecs import ooni
from kuager.codecs.ooni.tests import TESTS


def kept(test: str, keys: object) -> tuple[dict[str, Any], list[str]]:
    """The details of one measurement and the remarks on it."""
    record = {"test_name": test, "test_keys": keys, "probe_cc": "KZ", "measurement_start_time": "2022-01-05 10:30:00"}
    reading = ooni.read([json.dumps(record).encode()])
    ((details,),) = [batch["details"].to_pylist() for batch in reading]
    return json.loads(details), [note.template.format(**note.facts) for note in reading.remarks]


NDT = {"download": 29266.86, "upload": 12117.6, "ping": 38.5, "min_rtt": 38.5, "mss": 1428, "retransmit_rate": 0}
DASH = {"connect_latency": 0.05, "median_bitrate": 43000, "min_playout_delay": 0.2}
SAID: dict[str, dict[str, Any]] = {
    "web_connectivity": {"blocking": "tcp_ip", "accessible": False, "x_blocking_flags": 2, "title_match": None},
    "telegram": {"telegram_tcp_blocking": True, "telegram_web_status": "blocked", "telegram_web_failure": "eof_error"},
    "whatsapp": {
        "registration_server_status": "ok",
        "registration_server_failure": None,
        "whatsapp_endpoints_status": "blocked",
        "whatsapp_endpoints_blocked": ["e1.whatsapp.net:5222"],
    },
    "facebook_messenger": {"facebook_b_api_dns_consistent": True, "facebook_b_api_reachable": None},
    "signal": {"signal_backend_status": "blocked", "signal_backend_failure": "connection_reset"},
    "tor": {"or_port_total": 10, "or_port_accessible": 3},
    "psiphon": {"failure": None, "bootstrap_time": 7.25},
    "ndt": {"failure": None, "protocol": 7, "summary": NDT},
    "dash": {"failure": None, "simple": DASH},
    "http_header_field_manipulation": {"tampering": {"header_field_name": False, "total": True}},
    "http_invalid_request_line": {
        "tampering": True,
        "tampering_list": [True, False],
        "failure_list": [None, "eof_error"],
    },
}
"""Per test, results that are kept as they are."""

NOT_KEPT = {
    "client_resolver": "203.0.113.77",
    "queries": [{"answers": [{"ipv4": "203.0.113.77"}]}],
    "received": ["203.0.113.77"],
    "sent": ["203.0.113.77"],
    "agent": "203.0.113.77",
    "download": [{"TCPInfo": {"BytesAcked": 203_0_113_77}}],
}


@pytest.mark.parametrize("test", sorted(TESTS))
def test_results_are_kept_under_ooni_s_names_and_nothing_else(test: str) -> None:
    assert kept(test, {**NOT_KEPT, **SAID[test]}) == (SAID[test], [])


@pytest.mark.parametrize("test", sorted(TESTS))
@pytest.mark.parametrize("nothing", [None, {}, [], "text", 5])
def test_results_may_be_missing(test: str, nothing: object) -> None:
    details, remarks = kept(test, nothing)
    assert details == {}
    assert "Measurements that came without results: 1." in remarks


@pytest.mark.parametrize("test", sorted(TESTS))
@pytest.mark.parametrize("odd", [None, 5, -1, "203.0.113.77", [], [None], {}, {"a": []}, [[]], True, 10**30, 1e-3])
def test_a_result_of_another_type_is_left_out_and_the_others_stay(test: str, odd: object) -> None:
    for name in TESTS[test].__struct_fields__:
        others = {one: value for one, value in SAID[test].items() if one != name}
        details, remarks = kept(test, {**others, name: odd})
        assert others.items() <= {**details, **others}.items()
        assert {one: details[one] for one in others} == others
        assert "203.0.113.77" not in str((details, remarks))


def test_other_tests_keep_their_row_without_results() -> None:
    details, remarks = kept("stunreachability", {"failure": "generic_timeout_error"})
    assert details == {}
    assert remarks == [
        "Measurements of tests whose results Kuager does not read, so that only the fact of them is kept: 1."
    ]


def test_files_may_hold_measurements_of_several_tests() -> None:
    lines = [json.dumps({"test_name": test, "test_keys": SAID.get(test, {})}) for test in (*SAID, "torsf", *SAID)]
    (batch,) = ooni.read(["\n".join(lines).encode()])
    assert batch["test"].to_pylist() == [*SAID, "torsf", *SAID]
    assert [json.loads(one) for one in batch["details"].to_pylist()] == [*SAID.values(), {}, *SAID.values()]


@pytest.mark.parametrize(
    ("failure", "shown"),
    [
        ("dns_nxdomain_error", "dns_nxdomain_error"),
        ("unknown_failure: read udp 192.168.1.7:53412->203.0.113.77:53: refused", "<address>-><address>: refused"),
        ("unknown_failure: dial tcp [2001:db8::77]:443", "unknown_failure: dial tcp <address>"),
        ("x" * 5000, "x" * 64),
    ],
)
def test_failures_hold_no_address_and_are_short(failure: str, shown: str) -> None:
    details, _ = kept("web_connectivity", {"http_experiment_failure": failure})
    told = details["http_experiment_failure"]
    assert shown in told
    assert len(told) <= 121


@pytest.mark.parametrize(
    ("requests", "status"),
    [
        ([{"response": {"code": 403, "body": "x"}}, {"response": {"code": 301}}], 403),
        ([{"response": {"code": 200, "body": {"format": "base64", "data": "AAAA"}}}], 200),
        ([{"response": {"code": 0}}, {"response": {"code": 301}}], None),
        ([{"response": None}], None),
        ([{"response": {"code": None}}], None),
        ([{"response": {"code": 10**30}}], None),
        ([], None),
        (None, None),
        ("none", None),
    ],
)
def test_the_first_request_is_the_last_hop(requests: object, status: int | None) -> None:
    details, _ = kept("web_connectivity", {"requests": requests})
    assert details == ({} if status is None else {"last_status_code": status})


@pytest.mark.parametrize(
    ("targets", "counts"),
    [
        ({"a": {"failure": None}, "b": {"failure": "eof_error"}, "c": {"failure": False}, "d": {"x": 1}}, (1, 1)),
        ({"203.0.113.77:443": {"failure": None, "target_address": "203.0.113.77:443"}}, (1, 0)),
    ],
)
def test_targets_of_tor_are_counted(targets: object, counts: tuple[int, int]) -> None:
    assert kept("tor", {"targets": targets})[0] == {"targets_ok": counts[0], "targets_failed": counts[1]}


@pytest.mark.parametrize("targets", [None, {}, [{"target_address": "203.0.113.77:443"}]])
def test_without_targets_none_is_counted(targets: object) -> None:
    assert kept("tor", {"targets": targets})[0] == {}


def start(t: float | None) -> dict[str, object]:
    return {"operation": "tls_handshake_start", "t": t}


def done(t: float | None) -> dict[str, object]:
    return {"operation": "tls_handshake_done", "t": t, "failure": None}


def shake(t: float | None, name: str | None = "a.example", **more: object) -> dict[str, object]:
    return {"server_name": name, "failure": None, "t": t, "peer_certificates": [{"data": "AAAA"}], **more}


@pytest.mark.parametrize(
    ("handshakes", "events", "seconds"),
    [
        ([shake(0.75, t0=0.5), shake(5.5, t0=0.5)], None, {"a.example": [0.25, 5.0]}),
        ([shake(0.75, t0=0.5), shake(2.0, "b.example", t0=0.5)], None, {"a.example": [0.25], "b.example": [1.5]}),
        ([shake(0.75)], [start(0.5), done(0.75)], {"a.example": [0.25]}),
        ([shake(0.75), shake(3.0)], [start(0.5), done(0.75), start(1.0), done(3.0)], {"a.example": [0.25, 2.0]}),
        ([shake(3.0), shake(0.75)], [start(0.5), done(0.75), start(1.0), done(3.0)], {"a.example": [2.0, 0.25]}),
        ([shake(0.75), shake(3.0)], [start(0.5), start(0.6), done(0.75), done(3.0)], None),
        ([shake(3.0)], [start(0.5), start(0.6), done(0.75), start(1.0), done(3.0), done(4.0)], None),
        ([shake(5.0)], [start(1), start(2), done(3), done(4), start(4.5), done(5.0)], {"a.example": [0.5]}),
        ([shake(0.75)], [done(0.75)], None),
        ([shake(0.75)], [start(0.5), done(0.75), start(0.6), done(0.75)], None),
        ([shake(0.75)], [start(None), done(0.75)], None),
        ([shake(0.75)], "text", None),
        ([shake(0.75)], None, None),
        ([shake(0)], None, None),
        ([shake(None, t0=0.5)], None, None),
        ([shake(0.25, t0=0.5)], None, None),
        ([shake(5000, t0=0.5)], None, None),
        ([shake(0.75, None, t0=0.5)], None, {"": [0.25]}),
        ([shake(1.0 + one, t0=0.5) for one in range(100)], None, {"a.example": [0.5 + one for one in range(64)]}),
        ("text", None, None),
    ],
)
def test_how_long_handshakes_took(handshakes: object, events: object, seconds: object) -> None:
    details, _ = kept("web_connectivity", {"tls_handshakes": handshakes, "network_events": events})
    assert details == ({} if seconds is None else {"tls_handshake_s": seconds})


def test_handshakes_that_failed_are_counted_by_failure() -> None:
    failed = [shake(1, t0=0.5, failure=one) for one in ("eof_error", "eof_error", "dial 203.0.113.77:443")]
    details, _ = kept("signal", {"tls_handshakes": [*failed, shake(0.75, t0=0.5)]})
    assert details["tls_handshake_s"] == {"a.example": [0.25]}
    assert details["tls_failures"] == {"a.example": {"eof_error": 2, "dial <address>": 1}}


def test_what_follows_is_never_taken_from_the_record() -> None:
    forged = {"tls_handshake_s": {"a": [9]}, "tls_failures": {"a": {"b": 9}}, "last_status_code": 200}
    assert kept("web_connectivity", {**forged, "blocking": False})[0] == {"blocking": False}
    assert kept("tor", {"targets_ok": 9, "targets_failed": 9})[0] == {}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["failure", "t", "t0", "code", "response", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_values(data: st.DataObject) -> None:
    test = data.draw(st.sampled_from(sorted(TESTS)))
    names = st.sampled_from(TESTS[test].__struct_fields__)
    details, _ = kept(test, data.draw(st.dictionaries(names, VALUES, max_size=6)))
    assert set(details) <= set(TESTS[test].__struct_fields__)
    assert not {"requests", "tls_handshakes", "network_events", "targets"} & set(details)
