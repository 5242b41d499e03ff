"""Verdicts on pages, step by step: each known way of keeping a page away, and each known false alarm."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.detection.verdicts.records import (
    ADDRESS,
    HTTP,
    HTTPS,
    NO_PAGE,
    connect,
    control,
    failed_fetch,
    handshake,
    judged,
    keys,
    plain_page,
    query,
    request,
)

from kuager.detection.verdicts.doubts import PageKind
from kuager.model.verdicts import Layer, VerdictKind

OK, BLOCKED, DOWN, FAILED = VerdictKind.OK, VerdictKind.BLOCKED, VerdictKind.DOWN, VerdictKind.FAILED


def certificate(der: bytes) -> dict[str, Any]:
    """Bytes in the place of a certificate."""
    return {"peer_certificates": [{"format": "base64", "data": base64.b64encode(der).decode()}]}


def issued_by(name: str) -> dict[str, Any]:
    """Not a certificate but enough of one: the issuer's name in its bytes."""
    return certificate(b"\x30\x82" + name.encode() + b"\x00")


def valid(first: str, last: str) -> dict[str, Any]:
    """The part of a certificate that says from when to when it is valid."""
    return certificate(b"\x30\x82\x01\x00\x30\x1e\x17\x0d" + first.encode() + b"Z\x17\x0d" + last.encode() + b"Z")


class TestTls:
    def test_silence_after_the_name_is_the_usual_way_in_kazakhstan(self) -> None:
        found = judged(failed_fetch("generic_timeout_error", tls_handshakes=[handshake("generic_timeout_error")]))
        assert (found.verdict.kind, found.verdict.layer, found.method) == (BLOCKED, Layer.TLS, "tls.timeout")

    def test_it_is_seen_without_the_controls_handshakes_too(self) -> None:
        results = failed_fetch("generic_timeout_error", tls_handshakes=[handshake("generic_timeout_error")])
        del results["control"]["tls_handshake"]  # version 0.4
        assert judged(results).method == "tls.timeout"

    def test_and_without_any_list_of_handshakes(self) -> None:
        found = judged(failed_fetch("connection_reset", tls_handshakes=None))
        assert (found.verdict.layer, found.method) == (Layer.TLS, "tls.reset")
        assert any("does not say at which step" in note.template for note in found.verdict.reasons)

    @pytest.mark.parametrize(
        ("failure", "method"),
        [
            ("connection_reset", "tls.reset"),
            ("eof_error", "tls.closed"),
            ("ssl_unknown_authority", "tls.interception"),
            ("ssl_invalid_hostname", "tls.hostname"),
        ],
    )
    def test_ways(self, failure: str, method: str) -> None:
        found = judged(failed_fetch(failure, tls_handshakes=[handshake(failure)]))
        assert (found.verdict.kind, found.method) == (BLOCKED, method)

    @pytest.mark.parametrize(
        "name",
        ["Qaznet Trust Network", "Information Security Certification Authority CA", "НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ"],
    )
    def test_a_root_of_the_state_settles_it_even_without_a_control(self, name: str) -> None:
        shown = [handshake("ssl_unknown_authority", **issued_by(name))]
        results = failed_fetch("ssl_unknown_authority", tls_handshakes=shown, control=None, control_failure="eof_error")
        found = judged(results)
        assert found.method == "tls.interception"
        assert found.verdict.masses.blocked > 0.95

    @pytest.mark.parametrize("name", ["Kaspersky Anti-Virus Personal Root Certificate", "ESET SSL Filter CA"])
    def test_an_antivirus_that_reads_along(self, name: str) -> None:
        shown = [handshake("ssl_unknown_authority", **issued_by(name))]
        assert judged(failed_fetch("ssl_unknown_authority", tls_handshakes=shown)).verdict.kind is FAILED

    def test_an_unknown_root_is_the_sites_own_when_the_control_refuses_it_too(self) -> None:
        refused = {f"{ADDRESS}:443": {"status": False, "failure": "ssl_unknown_authority"}}
        elsewhere = control(tls_handshake=refused, http_request=NO_PAGE)
        shown = [handshake("ssl_unknown_authority")]
        found = judged(failed_fetch("ssl_unknown_authority", tls_handshakes=shown, control=elsewhere))
        assert found.verdict.kind is DOWN

    def test_by_a_clock_that_is_wrong_certificates_are_invalid(self) -> None:
        shown = [handshake("ssl_invalid_certificate", **valid("211201000000", "220301000000"))]
        results = failed_fetch("ssl_invalid_certificate", tls_handshakes=shown)
        assert judged(results, measurement_start_time="2021-06-05 10:30:00").verdict.kind is FAILED
        assert judged(results).method == "tls.certificate"

    def test_an_expired_certificate_is_the_sites_fault(self) -> None:
        shown = [handshake("ssl_invalid_certificate", **valid("200101000000", "210101000000"))]
        assert judged(failed_fetch("ssl_invalid_certificate", tls_handshakes=shown)).verdict.kind is DOWN

    def test_one_handshake_that_works_is_enough(self) -> None:
        results = keys(tls_handshakes=[handshake("connection_reset"), handshake()], x_blocking_flags=36)
        assert judged(results).verdict.kind is OK

    def test_a_redirect_of_version_0_4_to_a_name_that_is_kept_away(self) -> None:
        led = [request("https://other.example.net/", 0, "connection_reset"), request(HTTPS, 302)]
        tried = [handshake(), handshake("connection_reset", server_name="other.example.net")]
        found = judged(failed_fetch("connection_reset", tls_handshakes=tried, requests=led, queries=[]))
        assert (found.verdict.kind, found.method) == (BLOCKED, "tls.reset")


class TestDns:
    @pytest.mark.parametrize(
        ("failure", "method"),
        [
            ("dns_nxdomain_error", "dns.nxdomain"),
            ("android_dns_cache_no_data", "dns.nxdomain"),
            ("dns_no_answer", "dns.no-answer"),
            ("dns_refused_error", "dns.refused"),
            ("dns_servfail_error", "dns.servfail"),
            ("generic_timeout_error", "dns.timeout"),
        ],
    )
    def test_no_answer(self, failure: str, method: str) -> None:
        results = failed_fetch(failure, queries=[query((), failure)], tcp_connect=[], tls_handshakes=[])
        found = judged(results | {"dns_consistency": "inconsistent"})
        assert (found.verdict.kind, found.verdict.layer, found.method) == (BLOCKED, Layer.DNS, method)

    def test_nobody_knows_the_name(self) -> None:
        elsewhere = control(dns={"addrs": [], "failure": "dns_name_error"}, http_request=NO_PAGE, tcp_connect={})
        failed = failed_fetch("dns_nxdomain_error", queries=[query((), "dns_nxdomain_error")], control=elsewhere)
        assert judged(failed | {"tcp_connect": [], "tls_handshakes": []}).verdict.kind is DOWN

    @pytest.mark.parametrize("bogon", ["127.0.0.1", "10.10.34.36", "0.0.0.0", "100.64.0.1", "::1", "fd00::1"])  # noqa: S104
    def test_an_address_of_no_use(self, bogon: str) -> None:
        results = failed_fetch(
            "generic_timeout_error",
            queries=[query((bogon,))],
            tcp_connect=[connect("generic_timeout_error", bogon)],
            tls_handshakes=[],
            dns_consistency="inconsistent",
        )
        assert judged(results).method == "dns.bogon"
        everywhere = control(dns={"addrs": [bogon], "failure": None}, http_request=NO_PAGE)
        assert judged(results | {"control": everywhere}).verdict.kind is DOWN

    def test_delivery_networks_answer_otherwise(self) -> None:
        other = {"queries": [query(("23.1.2.3",))], "dns_consistency": "inconsistent", "blocking": "dns"}
        assert judged(plain_page(body_length_match=True, **other)).verdict.kind is OK
        assert judged(keys(accessible=False, **other)).verdict.kind is OK

    def test_an_address_of_the_same_network_is_no_wrong_one(self) -> None:
        answer = query(("23.1.2.3",))
        answer["answers"][0]["asn"] = 20940
        results = failed_fetch(
            "connection_reset",
            queries=[answer],
            dns_consistency="inconsistent",
            tls_handshakes=[handshake("connection_reset")],
            control=control(ip_info={ADDRESS: {"asn": 20940, "flags": 10}}),
        )
        assert judged(results).verdict.layer is Layer.TLS

    def test_other_addresses_with_a_server_that_cannot_prove_the_name(self) -> None:
        results = failed_fetch(
            "ssl_invalid_hostname",
            queries=[query(("23.1.2.3",))],
            dns_consistency="inconsistent",
            tcp_connect=[connect(ip="23.1.2.3")],
            tls_handshakes=[handshake("ssl_invalid_hostname", address="23.1.2.3:443")],
        )
        found = judged(results)
        assert (found.verdict.layer, found.method) == (Layer.DNS, "dns.answer")

    def test_other_addresses_with_another_page(self) -> None:
        results = plain_page(queries=[query(("23.1.2.3",))], dns_consistency="inconsistent", blocking="dns")
        assert judged(results).verdict.layer is Layer.DNS

    def test_a_search_page_for_a_name_that_does_not_exist(self) -> None:
        elsewhere = control(dns={"addrs": [], "failure": "dns_name_error"}, http_request=NO_PAGE)
        led = request(HTTP, 302, headers={"Location": "http://search.example.net/"})
        results = plain_page(queries=[query(("23.1.2.3",))], dns_consistency="inconsistent", blocking="dns")
        assert judged(results | {"control": elsewhere, "requests": [led]}).verdict.kind is DOWN


class TestTcp:
    def failing(self, how: str, **changed: Any) -> dict[str, Any]:
        return failed_fetch(how, tcp_connect=[connect(how)], tls_handshakes=[], blocking="tcp_ip", **changed)

    @pytest.mark.parametrize(
        ("failure", "method"),
        [
            ("generic_timeout_error", "tcp.timeout"),
            ("connection_refused", "tcp.refused"),
            ("connection_reset", "tcp.reset"),
            ("host_unreachable", "tcp.unreachable"),
        ],
    )
    def test_ways(self, failure: str, method: str) -> None:
        found = judged(self.failing(failure))
        assert (found.verdict.kind, found.verdict.layer, found.method) == (BLOCKED, Layer.TCP, method)

    def test_down_for_the_control_too(self) -> None:
        tried = {f"{ADDRESS}:443": {"status": False, "failure": "generic_timeout_error"}}
        elsewhere = control(tcp_connect=tried, tls_handshake={}, http_request=NO_PAGE)
        assert judged(self.failing("generic_timeout_error", control=elsewhere)).verdict.kind is DOWN

    def test_dead_addresses_of_a_site_that_has_others(self) -> None:
        tried = {f"{ADDRESS}:443": {"status": False, "failure": "generic_timeout_error"}}
        elsewhere = control(tcp_connect=tried, tls_handshake={})
        assert judged(self.failing("generic_timeout_error", control=elsewhere)).verdict.kind is FAILED

    def test_ipv6_that_does_not_work_hides_nothing(self) -> None:
        six = [connect("network_unreachable", f"2606:2800:220:1::{number}") for number in range(4)]
        assert judged(keys(tcp_connect=[*six, connect()], x_blocking_flags=34)).verdict.kind is OK
        assert judged(failed_fetch("network_unreachable", tcp_connect=six, tls_handshakes=[])).verdict.kind is FAILED
        both = [*six, connect("generic_timeout_error")]
        found = judged(failed_fetch("generic_timeout_error", tcp_connect=both, tls_handshakes=[]))
        assert found.method == "tcp.timeout"


class TestHttp:
    def test_reset_after_the_request(self) -> None:
        found = judged(plain_page(requests=[request(HTTP, 0, "connection_reset")], blocking="http-failure"))
        assert (found.verdict.layer, found.method) == (Layer.HTTP, "http.reset")

    def test_a_page_that_differs_in_everything(self) -> None:
        found = judged(plain_page())
        assert (found.verdict.kind, found.method) == (BLOCKED, "http.page")

    def test_length_alone_is_weak(self) -> None:
        found = judged(plain_page(headers_match=None, title_match=None))
        assert found.verdict.kind is OK
        assert found.verdict.masses.blocked < 0.5
        assert judged(plain_page(headers_match=True)).verdict.kind is OK

    def test_a_challenge_of_a_delivery_network(self) -> None:
        asked = [request(HTTP, 503, headers={"CF-RAY": "1", "Server": "cloudflare"})]
        assert judged(plain_page(requests=asked, status_code_match=False)).verdict.kind is OK
        assert judged(plain_page(), pages=frozenset({PageKind.CHALLENGE})).verdict.kind is OK

    @pytest.mark.parametrize(("url", "most"), [(HTTPS, 0.06), (HTTP, 0.4)])
    def test_a_page_that_is_not_served_here(self, url: str, most: float) -> None:
        found = judged(plain_page(requests=[request(url, 451)], status_code_match=False))
        assert found.verdict.kind is OK
        assert found.verdict.masses.blocked <= most

    def test_a_network_that_wants_a_login(self) -> None:
        assert judged(plain_page(requests=[request(HTTP, 511)])).verdict.kind is FAILED
        led = request(HTTP, 302, headers={"Location": "http://192.168.1.1/login"})
        assert judged(plain_page(requests=[led], status_code_match=False)).verdict.kind is FAILED

    def test_a_server_that_turns_the_probe_away(self) -> None:
        assert judged(plain_page(requests=[request(HTTP, 403)], status_code_match=False)).verdict.kind is FAILED
        away = control(http_request={"status_code": 403, "failure": None, "body_length": 10})
        assert judged(plain_page(control=away, status_code_match=False)).verdict.kind is OK

    def test_down_everywhere(self) -> None:
        failed = plain_page(requests=[request(HTTP, 0, "eof_error")], control=control(http_request=NO_PAGE))
        assert judged(failed).verdict.kind is DOWN
        said = {"blocking": False, "accessible": False, "control": control(http_request=NO_PAGE)}
        assert judged(said).verdict.kind is DOWN

    def test_a_plain_page_led_on_to_another_one(self) -> None:
        led = [request("https://block.example.net/"), request(HTTP, 302)]
        assert judged(plain_page(requests=led)).verdict.masses.blocked > 0.3


def test_a_redirect_of_version_0_4_to_a_name_that_is_not_answered() -> None:
    looked_up = [query(), query((), "dns_nxdomain_error", hostname="other.example.net")]
    led = [request("https://other.example.net/", 0, "dns_nxdomain_error"), request(HTTPS, 302)]
    results = failed_fetch("dns_nxdomain_error", queries=looked_up, requests=led, blocking="dns")
    for unmarked in ({}, {"tags": None}, {"tags": ["classic"]}):
        found = judged(results | {"queries": [{**one, **unmarked} for one in looked_up]})
        assert (found.verdict.layer, found.method) == (Layer.DNS, "dns.nxdomain")
        assert "leads on" in found.verdict.reasons[0].template
