"""What makes a verdict doubtful: a missing control, signs from elsewhere, the probe's network, clock and own errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.detection.verdicts.records import (
    ADDRESS,
    HOST,
    HTTP,
    Known,
    Score,
    connect,
    failed_fetch,
    handshake,
    judged,
    keys,
    plain_page,
    query,
    read,
    request,
)

from kuager.detection.verdicts.doubts import PAGE_MARKS, PageKind
from kuager.detection.verdicts.ooni import judge
from kuager.model.rented import rented_networks
from kuager.model.state_roots import state_roots
from kuager.model.verdicts import Layer, VerdictKind

OK, BLOCKED, DOWN, FAILED = VerdictKind.OK, VerdictKind.BLOCKED, VerdictKind.DOWN, VerdictKind.FAILED
RESET = failed_fetch("connection_reset", tls_handshakes=[handshake("connection_reset")])


def test_a_control_that_failed_is_no_block() -> None:
    nothing = {"control": None, "control_failure": "generic_timeout_error", "blocking": None, "accessible": None}
    refused = [query((), "dns_nxdomain_error")]
    for results in (
        RESET,
        failed_fetch("generic_timeout_error", tcp_connect=[connect("generic_timeout_error")], tls_handshakes=[]),
        failed_fetch("dns_nxdomain_error", queries=refused, tls_handshakes=[]),
        plain_page(requests=[request(HTTP, 0, "connection_reset")]),
    ):
        found = judged(results | nothing)
        assert found.verdict.kind is FAILED, results
        assert any("control failed" in note.template for note in found.verdict.reasons)


def test_a_page_over_tls_needs_no_control() -> None:
    results = keys(control=None, control_failure="connection_reset", dns_consistency=None)
    assert judged(results).verdict.kind is OK


@pytest.mark.parametrize(
    ("scope", "countries", "kind", "least"),
    [
        ("nat", ("KZ",), BLOCKED, 0.99),
        ("isp", ("KZ", "RU"), BLOCKED, 0.97),
        ("nat", ("IR",), FAILED, 0.5),
        ("isp", ("IR",), FAILED, 0.5),
        ("prod", (), BLOCKED, 0.65),
    ],
)
def test_signs_by_scope(scope: str, countries: tuple[str, ...], kind: VerdictKind, least: float) -> None:
    unmatched = {"status_code_match": None, "body_length_match": None, "headers_match": None, "title_match": None}
    results = plain_page(control=None, blocking=None, **unmatched)
    found = judged(results, Score([Known(scope, "body", countries)]))
    assert found.verdict.kind is kind, found
    assert found.verdict.masses.blocked >= least
    assert (found.method == "http.blockpage") is (kind is BLOCKED)


@pytest.mark.parametrize("scope", ["inst", "vbw"])
def test_signs_that_are_weak_by_themselves(scope: str) -> None:
    results = keys(requests=[request(HTTP)], blocking=None, control=None)
    assert judged(results, Score([Known(scope, "body")])).verdict.kind is not BLOCKED


def test_a_weak_sign_changes_nothing_where_the_control_found_the_same(shared_data: Path) -> None:
    record = read(shared_data / "ooni" / "web_connectivity_qa" / "localhostWithHTTP.json")
    for scope in ("vbw", "inst", "prod"):
        found = judge(record, Score([Known(scope, "dns")]))
        assert found.verdict.kind is DOWN


def test_a_page_mistaken_for_a_block_page() -> None:
    assert judged(plain_page(), Score([Known("fp", "body")])).verdict.kind is OK


def test_a_page_of_the_site_itself_that_quotes_a_block_page() -> None:
    found = judged(keys(), Score([Known("nat", "body", ("KZ",))]))
    assert found.verdict.kind is OK
    assert found.verdict.masses.blocked < 0.5


@pytest.mark.parametrize("network", ["AS44477", "AS9009", "AS212238"])
@pytest.mark.parametrize("results", [keys(), RESET], ids=["ok", "blocked"])
def test_rented_networks_do_not_speak_for_a_place(network: str, results: dict[str, object]) -> None:
    found = judged(results, probe_asn=network)
    assert (found.verdict.kind, found.method) == (FAILED, "")
    assert "servers or tunnels" in found.verdict.reasons[0].template


def test_unless_a_sign_of_the_place_shows_where_the_probe_was() -> None:
    found = judged(plain_page(), Score([Known("nat", "body", ("KZ",))]), probe_asn="AS9009")
    assert found.verdict.kind is BLOCKED


@pytest.mark.parametrize("place", ["ZZ", None])
def test_a_probe_that_does_not_know_its_country_is_in_none(place: str | None) -> None:
    assert judged(RESET, probe_cc=place).verdict.kind is BLOCKED
    national = Score([Known("nat", "body", ("KZ",))])
    assert judged(plain_page(), national, probe_cc=place).method != "http.blockpage"


@pytest.mark.parametrize("started", ["2022-01-05 12:00:00", "2020-12-01 10:30:00", "2030-01-01 00:00:00"])
def test_a_clock_that_is_wrong(started: str) -> None:
    assert judged(keys(), measurement_start_time=started).verdict.kind is FAILED


@pytest.mark.parametrize("started", ["2022-01-05 11:15:00", "2021-12-20 10:30:00", "2021-02-30 00:00:00", "x", None])
def test_what_came_in_late_or_at_an_odd_time_is_no_doubt(started: str | None) -> None:
    assert judged(keys(), measurement_start_time=started).verdict.kind is OK


def test_the_probes_own_errors_say_nothing() -> None:
    failed = failed_fetch("unknown_failure: codec can't decode", tls_handshakes=None, tcp_connect=None)
    assert judged(failed).verdict.kind is FAILED


@pytest.mark.parametrize(("said", "kind"), [("dns", BLOCKED), ("tcp_ip", BLOCKED), ("http-diff", OK), (None, FAILED)])
def test_the_probes_own_conclusion_where_there_is_nothing_else(said: str | None, kind: VerdictKind) -> None:
    assert judged({"blocking": said, "accessible": None}).verdict.kind is kind


def test_the_flags_of_version_0_5_name_the_step() -> None:
    assert judged({"x_blocking_flags": 2}).verdict.layer is Layer.TCP
    assert judged({"x_dns_flags": 1}).verdict.layer is Layer.DNS
    assert judged({"x_null_null_flags": 1}).verdict.kind is DOWN


def test_a_probe_that_concluded_otherwise_is_named() -> None:
    six = [connect("network_unreachable", "2606:2800:220:1::1"), connect()]
    found = judged(keys(blocking="tcp_ip", accessible=False, tcp_connect=six, x_blocking_flags=2))
    assert found.verdict.kind is OK
    assert "another conclusion" in found.verdict.reasons[-1].template


def test_reasons_name_no_host() -> None:
    assert all(HOST not in str(note) and ADDRESS not in str(note) for note in judged(RESET).verdict.reasons)


def test_registers_name_what_they_should() -> None:
    assert {9009, 44477} <= set(rented_networks())
    assert all(number == one.asn and one.holder and one.notes for number, one in rented_networks().items())
    assert {root.place for root in state_roots()} == {"KZ"}
    assert all(len(root.sha256) in (0, 64) and root.source for root in state_roots())
    assert set(PAGE_MARKS.values()) == set(PageKind)
    assert all(len(mark) >= 8 for mark in PAGE_MARKS)


@pytest.mark.parametrize(("countries", "kind"), [(("IR",), FAILED), (("KZ",), BLOCKED), ((), BLOCKED)])
def test_an_address_that_another_countrys_filter_gives_is_no_block_of_this_one(
    countries: tuple[str, ...], kind: VerdictKind
) -> None:
    """By itself it is an impossible address, and blocked; but then the probe may have been in that country."""
    results = failed_fetch("generic_timeout_error", queries=[query(("10.10.34.36",))], tls_handshakes=[])
    assert judged(results).method == "dns.bogon"
    found = judged(results, Score([Known("nat", "dns", countries)]))
    assert found.verdict.kind is kind
    assert any("another country" in note.template for note in found.verdict.reasons) is (kind is FAILED)
