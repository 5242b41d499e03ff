"""Verdicts on messengers and tools: what OONI discards is discarded, and what fails often is weak."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.detection.verdicts.records import Score, connect, read, request

from kuager.codecs.ooni.records import Records
from kuager.detection.verdicts.judged import Judged
from kuager.detection.verdicts.ooni import judge
from kuager.model.verdicts import Flags, Layer, VerdictKind

OK, BLOCKED, FAILED = VerdictKind.OK, VerdictKind.BLOCKED, VerdictKind.FAILED
NO_SCORE = Score()
DISCARDED = Score(accuracy=0.0, flags=Flags(anomaly=False, confirmed=False, failed=True))
WEB_TELEGRAM = "https://web.telegram.org/"


def verdict_on(test: str, score: Score = NO_SCORE, /, **results: Any) -> Judged:
    row = {"test_name": test, "probe_cc": "KZ", "probe_asn": "AS9198", "test_keys": results}
    return judge(Records().read(msgspec.json.encode(row)), score)


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("signal_022", OK),
        ("whatsapp", OK),  # the page for browsers answered with another status
        ("telegram_nourl", OK),
        ("tor", OK),
        ("tor_list", FAILED),
        ("torsf_1", FAILED),
        ("torsf_2", OK),
        ("vanilla_tor", BLOCKED),
        ("vanilla_tor_ok", OK),
        ("openvpn", FAILED),  # it connected, from a network of rented servers
        ("riseupvpn", FAILED),
        ("meek2", OK),
        ("meek3", OK),
        ("browser_web", OK),
        ("browser_web_error", FAILED),
        ("mbx-1", OK),
        ("mbx-2", OK),
        ("http_header_field_manipulation_1", FAILED),
        ("http_header_field_manipulation_2", FAILED),
        ("http_requests_1", FAILED),
    ],
)
def test_record_of_the_backends_tests(shared_data: Path, case: str, kind: VerdictKind) -> None:
    found = judge(read(shared_data / "ooni" / "fastpath_unit" / f"{case}.json"), Score())
    assert found.verdict.kind is kind, found.verdict.reasons


@pytest.mark.parametrize("case", ["signal_2627", "signal_679"])
def test_what_ooni_discards_is_discarded(shared_data: Path, case: str) -> None:
    """Signal changed its certificates thrice, and old tests then saw a block everywhere."""
    record = read(shared_data / "ooni" / "fastpath_unit" / f"{case}.json")
    assert judge(record, DISCARDED).verdict.kind is FAILED
    assert judge(record, DISCARDED).flags.failed


def test_an_unknown_certificate_of_signal_is_weak_by_itself() -> None:
    found = verdict_on("signal", signal_backend_status="blocked", signal_backend_failure="ssl_unknown_authority")
    assert found.verdict.masses.blocked <= 0.5
    silent = verdict_on("signal", signal_backend_status="blocked", signal_backend_failure="generic_timeout_error")
    assert (silent.verdict.kind, silent.method) == (BLOCKED, "tls.timeout")


def test_telegrams_servers() -> None:
    silent = [connect("generic_timeout_error", f"149.154.167.{number}", 443) for number in range(4)]
    app = [request("http://149.154.167.99:80/", 0, "generic_timeout_error")]
    found = verdict_on("telegram", tcp_connect=silent, requests=app, telegram_web_status="ok")
    assert (found.verdict.kind, found.method) == (BLOCKED, "tcp.timeout")
    assert any("its link worked" in note.template for note in found.verdict.reasons)
    some = verdict_on("telegram", tcp_connect=[silent[0], connect()], telegram_web_status="ok")
    assert some.verdict.kind is OK


@pytest.mark.parametrize("code", [411, 501])
def test_any_answer_of_telegrams_servers_will_do(code: int) -> None:
    app = [request("http://149.154.167.99:80/", code)]
    found = verdict_on("telegram", tcp_connect=[connect()], requests=app, telegram_web_status="ok")
    assert found.verdict.kind is OK


def test_telegrams_page_for_browsers_alone() -> None:
    page: dict[str, Any] = {"telegram_web_status": "blocked", "telegram_web_failure": "connection_reset"}
    found = verdict_on(
        "telegram", tcp_connect=[connect()], requests=[request(WEB_TELEGRAM, 0, "connection_reset")], **page
    )
    assert (found.verdict.kind, found.verdict.layer, found.method) == (BLOCKED, Layer.TLS, "tls.reset")
    page["telegram_web_failure"] = "telegram_missing_title_error"
    assert verdict_on("telegram", tcp_connect=[connect()], requests=[], **page).verdict.kind is OK


def test_whatsapp() -> None:
    pages = [request("https://web.whatsapp.com/"), request("https://v.whatsapp.net/v2/register", 0, "connection_reset")]
    found = verdict_on("whatsapp", tcp_connect=[connect()], requests=pages)
    assert (found.verdict.kind, found.method) == (BLOCKED, "tls.reset")
    plain = [request("http://web.whatsapp.com/", 0, "eof_error"), request("https://web.whatsapp.com/")]
    assert verdict_on("whatsapp", tcp_connect=[connect()], requests=plain).verdict.kind is OK


def test_messenger_is_weak_where_only_names_differ() -> None:
    fine: dict[str, Any] = {f"facebook_{name}_reachable": True for name in ("b_api", "b_graph", "edge", "star")}
    odd = verdict_on("facebook_messenger", facebook_dns_blocking=True, facebook_star_dns_consistent=False, **fine)
    assert odd.verdict.kind is OK
    none = verdict_on("facebook_messenger", **dict.fromkeys(fine, False))
    assert none.verdict.kind is BLOCKED
    assert none.verdict.masses.blocked < 0.7


def test_tor_by_the_share_of_relays() -> None:
    def targets(failed: int) -> dict[str, Any]:
        return {str(number): {"failure": "eof_error" if number < failed else None} for number in range(10)}

    blocked = [verdict_on("tor", targets=targets(failed)).verdict.masses.blocked for failed in range(11)]
    assert blocked == sorted(blocked)
    assert verdict_on("tor", targets=targets(10)).verdict.kind is BLOCKED
    assert verdict_on("tor", targets=targets(5)).verdict.kind is OK
    assert verdict_on("tor", targets={"a": {"failure": False}}).verdict.kind is FAILED


@pytest.mark.parametrize("test", ["ndt", "dash"])
def test_speed_is_never_a_block(test: str) -> None:
    assert verdict_on(test, failure=None, simple={"median_bitrate": 3}).verdict.kind is OK
    assert verdict_on(test, failure="generic_timeout_error").verdict.kind is FAILED


def test_a_changed_header_keeps_nothing_away() -> None:
    echoed = {"request": {"headers": {"aCCept": "x"}}, "response": {"code": 200, "body": "{}"}}
    flagged = Score(flags=Flags(anomaly=True, confirmed=False, failed=False))
    changed = verdict_on("http_header_field_manipulation", flagged, requests=[echoed])
    assert changed.verdict.kind is OK
    assert "changed plain requests" in changed.verdict.reasons[0].template
    assert changed.flags.anomaly


@pytest.mark.parametrize("test", ["dnscheck", "urlgetter", "something_new"])
def test_other_tests_are_not_judged(test: str) -> None:
    assert verdict_on(test, failure=None).verdict.kind is FAILED
