"""OONI's emulated networks, real measurements and test cases: each verdict is what the network really did.

The expectations were derived from what each case emulates (the names of the files say it), not from OONI's verdicts.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.detection.verdicts.records import Known, Score, read

from kuager.detection.verdicts.ooni import judge
from kuager.model.verdicts import Layer, VerdictKind

OK, BLOCKED, DOWN, FAILED = VerdictKind.OK, VerdictKind.BLOCKED, VerdictKind.DOWN, VerdictKind.FAILED

EMULATED: dict[str, tuple[VerdictKind, Layer | None]] = {
    "badSSLWithUnknownAuthorityWithConsistentDNS": (DOWN, None),  # the site's own certificate, for the control alike
    "badSSLWithWrongServerName": (DOWN, None),
    "cloudflareCAPTCHAWithHTTP": (OK, None),  # the site's delivery network asks whether a person is there
    "cloudflareCAPTCHAWithHTTPS": (OK, None),
    "controlFailureWithSuccessfulHTTPSWebsite": (OK, None),
    "controlFailureWithSuccessfulHTTPWebsite": (OK, None),
    "dnsBlockingAndroidDNSCacheNoData": (BLOCKED, Layer.DNS),
    "dnsBlockingBOGON": (BLOCKED, Layer.DNS),
    "dnsBlockingNXDOMAIN": (BLOCKED, Layer.DNS),
    "dnsHijackingToLocalhostWithHTTP": (BLOCKED, Layer.DNS),
    "dnsHijackingToProxyWithHTTPURL": (OK, None),  # the proxy passes the site through, and its certificate is valid
    "ghostDNSBlockingWithHTTP": (BLOCKED, Layer.DNS),  # a name that is gone, and still answered with a page of denial
    "httpBlockingConnectionReset": (BLOCKED, Layer.HTTP),
    "httpDiffWithConsistentDNS": (BLOCKED, Layer.HTTP),
    "idnaWithoutCensorshipWithFirstLetterUppercase": (OK, None),
    "localhostWithHTTP": (DOWN, None),  # the site's own name leads to localhost, everywhere
    "localhostWithHTTPS": (DOWN, None),
    "redirectWithBrokenLocationForHTTPS": (OK, None),  # over TLS the site itself names an address that is none
    "redirectWithConsistentDNSAndThenConnectionRefusedForHTTPS": (BLOCKED, Layer.TCP),
    "redirectWithConsistentDNSAndThenConnectionResetForHTTPS": (BLOCKED, Layer.TLS),
    "redirectWithConsistentDNSAndThenNXDOMAIN": (BLOCKED, Layer.DNS),
    "redirectWithConsistentDNSAndThenTimeoutForHTTP": (BLOCKED, Layer.HTTP),
    "redirectWithConsistentDNSAndThenTimeoutForHTTPS": (BLOCKED, Layer.TLS),
    "redirectWithMoreThanTenRedirectsAndHTTP": (DOWN, None),  # the site leads in circles, the control alike
    "successWithHTTP": (OK, None),
    "successWithHTTPS": (OK, None),
    "tcpBlockingConnectTimeout": (BLOCKED, Layer.TCP),
    "throttlingWithHTTPS": (BLOCKED, Layer.HTTP),  # one measurement cannot tell slowness from a block
    "tlsBlockingConnectionResetWithConsistentDNS": (BLOCKED, Layer.TLS),
    "websiteDownNoAddrs": (DOWN, None),
}
MEASURED = {
    "8844": OK,
    "dnsgoogle80": DOWN,  # port 80 answers neither the probe nor the control
    "firefoxcom": OK,
    "issue-2456": OK,  # all addresses of IPv6 fail on a link without IPv6
    "noipv6": OK,
    "youtube": OK,
}
RECORDED: dict[str, tuple[VerdictKind, str]] = {
    "web_connectivity_ir_fp": (BLOCKED, "dns.bogon"),
    "bug_352": (BLOCKED, "dns.bogon"),
    "web_connectivity_odd_hdr": (DOWN, ""),  # a name that does not exist, and a provider's search page
    "requests_none": (DOWN, ""),  # the control finds no address either
    "web_connectivity_null2": (DOWN, ""),  # the certificate is not valid, and the control gets no page
    "web_connectivity_no_body": (DOWN, ""),
    "web_connectivity_null": (FAILED, ""),  # no control
    "bug_351": (FAILED, ""),  # the probe's own error
    "test_keys_none": (FAILED, ""),
}


def test_every_emulated_network_is_in_the_table(shared_data: Path) -> None:
    folder = shared_data / "ooni" / "web_connectivity_qa"
    assert {path.stem for path in folder.glob("*.json")} == set(EMULATED)


@pytest.mark.parametrize("case", EMULATED)
def test_emulated_network(shared_data: Path, case: str) -> None:
    record = read(shared_data / "ooni" / "web_connectivity_qa" / f"{case}.json")
    verdict = judge(record, Score()).verdict
    assert (verdict.kind, verdict.layer) == EMULATED[case], verdict.reasons


def test_slowness_is_named_where_it_may_be_that(shared_data: Path) -> None:
    found = judge(read(shared_data / "ooni" / "web_connectivity_qa" / "throttlingWithHTTPS.json"), Score())
    assert "slowness" in found.verdict.reasons[0].template
    assert found.verdict.masses.blocked < 0.7


@pytest.mark.parametrize("case", MEASURED)
def test_real_measurement_of_version_0_5(shared_data: Path, case: str) -> None:
    record = read(shared_data / "ooni" / "manual_v05" / case / "measurement.json")
    assert judge(record, Score()).verdict.kind is MEASURED[case]


@pytest.mark.parametrize("case", RECORDED)
def test_record_of_the_backends_tests(shared_data: Path, case: str) -> None:
    found = judge(read(shared_data / "ooni" / "fastpath_unit" / f"{case}.json"), Score())
    assert (found.verdict.kind, found.method) == RECORDED[case], found.verdict.reasons


def test_a_known_address_of_iran_settles_it(shared_data: Path) -> None:
    record = read(shared_data / "ooni" / "fastpath_unit" / "web_connectivity_ir_fp.json")
    found = judge(record, Score([Known("nat", "dns", ("IR",))]))
    assert found.verdict.masses.blocked == pytest.approx(0.99)
    assert (found.verdict.layer, found.method) == (Layer.DNS, "dns.bogon")


def test_reasons_hold_no_more_than_counts(shared_data: Path) -> None:
    folder = shared_data / "ooni"
    paths = [*folder.glob("web_connectivity_qa/*.json"), *folder.glob("fastpath_unit/*.json")]
    assert len(paths) > 60
    for path in paths:
        for note in judge(read(path), Score()).verdict.reasons:
            assert set(note.facts) <= {"count", "failed"}, path
            assert all(fact.isdigit() for fact in note.facts.values()), path
