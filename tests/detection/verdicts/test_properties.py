"""What holds for any record: no error, masses that sum to 1, no block without a control, signs that never weaken."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.detection.verdicts.records import HTTP, HTTPS, NO_PAGE, Known, Score, judged

from kuager.codecs.ooni.record_tests import KINDS
from kuager.codecs.ooni.records import Records
from kuager.detection.verdicts.doubts import PageKind
from kuager.detection.verdicts.ooni import judge
from kuager.model.verdicts import VerdictKind

FAILURES = st.sampled_from(
    [
        None,
        "",
        "generic_timeout_error",
        "connection_reset",
        "connection_refused",
        "eof_error",
        "host_unreachable",
        "ssl_unknown_authority",
        "ssl_invalid_hostname",
        "ssl_invalid_certificate",
        "dns_nxdomain_error",
        "android_dns_cache_no_data",
        "unknown_failure: odd",
        "http_invalid_redirect_location_host",
        "\0",
    ]
)
ADDRESSES = st.sampled_from(["93.184.216.34", "23.1.2.3", "10.10.34.36", "2606:2800:220:1::1", "", "no address", "1:2"])
HOSTS = st.sampled_from(["www.example.com", "other.example.net", "", None])
TAGS = st.sampled_from(
    [None, [], ["depth=0", "fetch_body=true"], ["depth=0", "fetch_body=false"], ["depth=1"], ["depth=x"], ["classic"]]
)
FLAGS = st.sampled_from([None, True, False, "dns", 7])
COUNTS = st.sampled_from([None, 0, 1, 2, 4, 16, 32, 33, -1, 2**40])


def of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def few(element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(element, max_size=3)


ANSWERS = of(answer_type=st.just("A"), ipv4=ADDRESSES, hostname=HOSTS, asn=st.sampled_from([None, 0, 13335]))
QUERIES = of(
    engine=st.sampled_from([None, "system", "udp", "doh"]),
    failure=FAILURES,
    hostname=HOSTS,
    query_type=st.sampled_from([None, "A", "AAAA", "ANY"]),
    answers=few(ANSWERS),
    tags=TAGS,
)
CONNECTS = of(
    ip=ADDRESSES, port=st.sampled_from([None, 80, 443]), tags=TAGS, status=of(success=FLAGS, failure=FAILURES)
)
HANDSHAKES = of(
    address=st.sampled_from([None, "93.184.216.34:443", "[2606:2800:220:1::1]:443", ":", "x"]),
    server_name=HOSTS,
    failure=FAILURES,
    no_tls_verify=FLAGS,
    peer_certificates=st.sampled_from([None, [], {}, [{"data": "!"}], [{"data": "AAAA"}], [[[]]], "x"]),
    tags=TAGS,
)
REQUESTS = of(
    failure=FAILURES,
    request=of(url=st.sampled_from([None, "", HTTP, HTTPS, "https://other.example.net/", "ftp://x"])),
    response=of(
        code=st.sampled_from([None, 0, 200, 302, 403, 451, 503, 511, -7]),
        headers=st.sampled_from([None, {}, {"Location": "http://10.0.0.1/"}, {"cf-ray": "x"}, {"Location": "://"}]),
    ),
    tags=TAGS,
)
CONTROLS = of(
    tcp_connect=st.sampled_from([None, {}, {"93.184.216.34:443": {"status": True}}, {"23.1.2.3:443": {}}]),
    tls_handshake=st.sampled_from([None, {}, {"93.184.216.34:443": {"status": False, "failure": "eof_error"}}]),
    http_request=st.sampled_from([None, {}, NO_PAGE, {"status_code": 200, "failure": None}, {"status_code": 403}]),
    dns=st.sampled_from(
        [None, {}, {"addrs": ["93.184.216.34"]}, {"failure": "dns_name_error"}, {"addrs": ["10.10.34.36"]}]
    ),
    ip_info=st.sampled_from([None, {}, {"93.184.216.34": {"asn": 13335, "flags": 10}}, {"23.1.2.3": {"flags": 8}}]),
)
RESULTS = of(
    accessible=FLAGS,
    blocking=FLAGS | st.sampled_from(["tcp_ip", "http-diff", "http-failure"]),
    title_match=FLAGS,
    body_length_match=FLAGS,
    headers_match=FLAGS,
    status_code_match=FLAGS,
    dns_consistency=st.sampled_from([None, "consistent", "inconsistent", "reverse_match", ""]),
    http_experiment_failure=FAILURES,
    control_failure=st.sampled_from([None, "connection_reset"]),
    x_blocking_flags=COUNTS,
    x_dns_flags=COUNTS,
    x_null_null_flags=COUNTS,
    control=st.none() | CONTROLS,
    queries=few(QUERIES),
    requests=few(REQUESTS),
    tcp_connect=few(CONNECTS),
    tls_handshakes=few(HANDSHAKES),
)
SIGNS = st.lists(
    st.builds(
        Known,
        st.sampled_from(["nat", "isp", "prod", "inst", "vbw", "fp", "", "new"]),
        st.sampled_from(["dns", "body", "header.location"]),
        st.sampled_from([(), ("KZ",), ("IR",)]),
    ),
    max_size=3,
)
PAGES = st.frozensets(st.sampled_from([*PageKind]), max_size=2)


@settings(max_examples=500, deadline=None)
@given(RESULTS, SIGNS, PAGES)
def test_any_record_has_a_verdict(results: dict[str, Any], signs: list[Known], pages: frozenset[str]) -> None:
    found = judged(results, Score(signs), pages)
    masses = found.verdict.masses
    assert masses.blocked + masses.down + masses.ok == 1.0
    assert all(0.0 <= mass <= 1.0 for mass in (masses.blocked, masses.down, masses.ok))
    assert (found.verdict.layer is not None) is (found.verdict.kind is VerdictKind.BLOCKED)
    assert bool(found.method) is (found.verdict.kind is VerdictKind.BLOCKED)
    assert found.verdict.reasons
    assert all(note.template.format(**note.facts) for note in found.verdict.reasons)


@settings(max_examples=200, deadline=None)
@given(RESULTS)
def test_losing_the_control_never_makes_a_block(results: dict[str, Any]) -> None:
    """Of what follows from the lists; the probe's own word for a block is another matter."""
    own = {"blocking": None, "x_blocking_flags": None, "x_dns_flags": None}
    before = judged(results | own)
    lost = own | {"control": None, "control_failure": "generic_timeout_error", "dns_consistency": None}
    after = judged(
        results | lost | dict.fromkeys(("status_code_match", "body_length_match", "headers_match", "title_match"))
    )
    if before.verdict.kind is not VerdictKind.BLOCKED and after.verdict.kind is VerdictKind.BLOCKED:
        # another resolver of the same record answered what the device's own did not
        assert "while another answered" in after.verdict.reasons[0].template


@settings(max_examples=200, deadline=None)
@given(RESULTS, SIGNS, PAGES, st.sampled_from(["dns", "body"]))
def test_a_national_sign_in_its_country_never_weakens(
    results: dict[str, Any], signs: list[Known], pages: frozenset[str], place: str
) -> None:
    before = judged(results, Score(signs), pages).verdict.masses.blocked
    after = judged(results, Score([*signs, Known("nat", place, ("KZ",))]), pages).verdict.masses.blocked
    assert after >= before


@pytest.mark.parametrize("test", sorted(KINDS))
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_results_of_any_test(test: str, data: st.DataObject) -> None:
    values = FLAGS | COUNTS | FAILURES | few(CONNECTS) | few(REQUESTS) | st.sampled_from(["ok", "blocked", {}, []])
    fields = {field.encode_name: values for field in msgspec.structs.fields(KINDS[test])}
    results = data.draw(of(**fields))
    record = Records().read(msgspec.json.encode({"test_name": test, "probe_cc": "KZ", "test_keys": results}))
    masses = judge(record, Score()).verdict.masses
    assert masses.blocked + masses.down + masses.ok == 1.0
