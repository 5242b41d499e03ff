"""Verdicts on Hyperquack's lines: the source's own examples, every rule, damaged lines, and addresses that stay out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering
from tests.detection.verdicts.told import (
    BLOCKPAGE,
    HARMLESS,
    expected_end_to_end,
    row,
    rows,
    shared_signatures,
)

from kuager.codecs import piece
from kuager.codecs.censoredplanet import hyperquack
from kuager.detection.verdicts.censoredplanet import classified
from kuager.errors import CodecError

RESET = "read tcp 192.0.2.1:29221->192.0.2.9:9: read: connection reset by peer"
TIMEOUT = "read tcp 192.0.2.1:29221->192.0.2.9:9: i/o timeout"
REFUSED = "dial tcp 0.0.0.0:0->192.0.2.9:7: connect: connection refused"
IN_USE = "dial tcp 0.0.0.0:0->192.0.2.9:7: bind: address already in use"
STATUS = "Status lines does not match"
WHEN = "2022-01-05T17:00:00.25+06:00"


def tried(error: str = "", response: object = "", **more: object) -> dict[str, object]:
    return {"matches_template": False, "response": response, "error": error, "start_time": WHEN} | more


def fine(**more: object) -> dict[str, object]:
    return {"matches_template": True, "start_time": WHEN} | more


def page(body: str, status: str = "403 Forbidden", **headers: str) -> dict[str, object]:
    return {"status_line": status, "headers": {name: [one] for name, one in headers.items()}, "body": body}


CONTROL = fine(control_url="control-1.example")


def line(*tries: dict[str, object], service: str = "http", **more: object) -> dict[str, Any]:
    return {
        "vp": "192.0.2.9",
        "location": {"country_name": "Kazakhstan", "country_code": "KZ"},
        "service": service,
        "test_url": "www.example.org/path",
        "response": list(tries),
        "anomaly": not any(one["matches_template"] for one in tries if "control_url" not in one),
        "controls_failed": False,
        "stateful_block": False,
    } | more


def controlled(*tries: dict[str, object], **more: Any) -> dict[str, Any]:
    return row(line(CONTROL, *tries, CONTROL, **more))


def test_every_field_of_the_sources_own_examples(shared_data: Path) -> None:
    signatures = shared_signatures(shared_data)
    counted = 0
    for name, cases in expected_end_to_end(shared_data, "Quack").items():
        data = (shared_data / "censoredplanet" / name).read_bytes()
        for case, raw, found in zip(cases, data.splitlines(), rows(data, signatures), strict=True):
            assert (found["domain"], found["place"]) == (case["domain"], case.get("country", ""))
            assert (found["anomaly"], found["failed"]) == (case["anomaly"], case["controls_failed"])
            assert case["vantage"] not in str(found)
            if found["verdict"] == "blocked":
                assert case["anomaly"]
            if case["controls_failed"]:
                assert found["verdict"] == "failed"
            if "n_responses" in case:
                second = msgspec.json.decode(raw, type=hyperquack.SecondLine)
                errors = [one.error for one in second.response or () if one.error]
                assert (len(second.response or ()), second.vp) == (case["n_responses"], case["vantage"])
                assert second.stateful_block == case["stateful_block"]
            else:
                first = msgspec.json.decode(raw, type=hyperquack.FirstLine)
                errors = [one.error for one in first.results or () if one.error]
                assert (first.server, first.stateful_block) == (case["vantage"], case["stateful_block"])
            assert errors == case["errors"]
            counted += 1
    assert counted == 32


@pytest.mark.parametrize(
    ("service", "error", "layer", "method"),
    [
        ("echo", RESET, "http", "http.reset"),
        ("discard", TIMEOUT, "http", "http.timeout"),
        ("http", RESET, "http", "http.reset"),
        ("https", RESET, "tls", "tls.reset"),
        ("https", TIMEOUT, "tls", "tls.timeout"),
        ("https", "remote error: handshake failure", "tls", "tls.failed"),
        ("http", "Get http://192.0.2.9: EOF", "http", "http.closed"),
        ("http", REFUSED, "tcp", "tcp.refused"),
        ("http", "context deadline exceeded", "tcp", "tcp.timeout"),
    ],
)
def test_the_same_interference_in_every_try_is_blocked(service: str, error: str, layer: str, method: str) -> None:
    found = controlled(*[tried(error)] * 4, service=service)
    assert (found["verdict"], found["layer"], found["method"]) == ("blocked", layer, method)
    assert "Harmless names sent to the same server got the ordinary answer." in found["reasons"]
    assert "192.0.2" not in str(found)


def test_a_known_block_page_is_nearly_certain_even_once() -> None:
    found = controlled(tried(STATUS, page(BLOCKPAGE)))
    assert (found["verdict"], found["layer"], found["method"]) == ("blocked", "http", "http.blockpage")
    assert found["blocked"] > 0.95
    assert found["confirmed"] is True
    assert "b_nat_xx" in found["reasons"][0]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (page(HARMLESS), "x_busy"),
        (page("", "301 Moved", Server="AkamaiGHost"), "Akamai"),
        (page("", "409 Conflict", Server="cloudflare"), "Cloudflare"),
        (page("hello"), "Another answer"),
    ],
)
def test_what_is_ordinary_stays_below_half_and_says_why(answer: dict[str, object], word: str) -> None:
    found = controlled(*[tried(STATUS, answer)] * 4)
    assert (found["verdict"], found["anomaly"]) == ("ok", True)
    assert found["blocked"] < 0.5
    assert word in found["reasons"][0]


@pytest.mark.parametrize("error", ["Bodies do not match", "header field missing", "Certificates do not match"])
def test_a_mere_mismatch_stays_below_half(error: str) -> None:
    assert controlled(*[tried(error, page("hello"))] * 4, service="https")["blocked"] < 0.5


def test_without_signatures_a_page_is_compared_with_nothing_and_the_reasons_say_so() -> None:
    found = row(line(CONTROL, tried(STATUS, page(BLOCKPAGE))), None)
    assert found["blocked"] < 0.5
    assert found["confirmed"] is None
    assert "No list of known block pages" in found["reasons"][-1]


def test_a_web_page_from_an_echo_server_was_put_there() -> None:
    found = controlled(*[tried("", "HTTP/1.1 403 Forbidden\r\n\r\nhello")] * 4, service="echo")
    assert (found["verdict"], found["method"]) == ("blocked", "http.injected")
    assert controlled(*[tried("", "GET / HTTP/1.1 hos")] * 4, service="echo")["verdict"] == "ok"


def test_the_more_tries_go_well_the_less_is_blocked() -> None:
    shares = [controlled(*[tried(RESET)] * (5 - good), *[fine()] * good)["blocked"] for good in range(6)]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == 6
    assert shares[0] > 0.8
    assert shares[5] < 0.05
    assert 0.1 < shares[2] < 0.5


def test_one_try_and_unknown_controls_weigh_less() -> None:
    often = controlled(*[tried(RESET)] * 4)["blocked"]
    once = controlled(tried(RESET))
    assert once["blocked"] < often
    assert "There was a single try, which may have failed by accident." in once["reasons"]
    unknown = row(line(*[tried(RESET)] * 4, controls_failed=None))
    assert unknown["blocked"] < often
    assert any(reason.startswith("Nothing is recorded of harmless names") for reason in unknown["reasons"])


def test_a_server_that_is_out_of_order_shows_nothing() -> None:
    bad_control = tried(RESET, control_url="control-1.example")
    for broken in (
        line(CONTROL, *[tried(RESET)] * 4, controls_failed=True),
        line(CONTROL, tried(STATUS, page(BLOCKPAGE)), controls_failed=True),
        line(bad_control, *[tried(RESET)] * 4, bad_control),
        line(*[tried(REFUSED)] * 4, tried(REFUSED, control_url="control-1.example"), controls_failed=None),
        line(*[tried(REFUSED)] * 4, controls_failed=None),
        line(CONTROL),
        line(CONTROL, *[tried(IN_USE)] * 4),
    ):
        found = row(broken)
        assert (found["verdict"], found["layer"], found["method"]) == ("failed", None, "")


def test_the_measuring_machines_own_trouble_is_no_try() -> None:
    assert controlled(*[tried(RESET)] * 3, tried(IN_USE))["blocked"] == controlled(*[tried(RESET)] * 3)["blocked"]


def test_a_punishment_that_passes_adds_to_it_unless_the_measuring_machine_was_in_trouble() -> None:
    def judged(error: str, *, stateful: bool) -> float:
        bad = tried(error, control_url="control-2.example")
        found = row(line(CONTROL, *[tried(RESET)] * 4, bad, CONTROL, stateful_block=stateful))
        return float(found["blocked"])

    assert judged(TIMEOUT, stateful=True) > judged(TIMEOUT, stateful=False)
    assert judged(IN_USE, stateful=True) == judged(IN_USE, stateful=False)


def test_controls_of_the_first_generation_come_last_and_are_told_by_their_name_or_place() -> None:
    sent = {"Sent": "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n", "Success": False, "Error": RESET}
    unsaid = sent | {"Sent": ""}
    control = {"Sent": "GET / HTTP/1.1\r\nHost: example5718349450314.com\r\n\r\n", "Success": True}
    first = {"Server": "192.0.2.9", "Keyword": "www.example.org", "Retries": 2, "Blocked": True}
    good = row(first | {"Results": [sent, unsaid, unsaid, control]})
    assert (good["verdict"], good["test"]) == ("blocked", "hyperquack-discard")
    assert "(tries: 3 of 3)" in good["reasons"][0]
    bad = row(first | {"Results": [sent, unsaid, unsaid, unsaid]})
    assert bad["verdict"] == "failed"


def test_damaged_lines_are_counted_and_the_rest_is_judged() -> None:
    good = json.dumps(line(CONTROL, *[tried(RESET)] * 4)).encode()
    data = b"\n".join(
        (
            good[:-30],
            json.dumps(line() | {"vp": 5}).encode(),
            b"[1]",
            b'{"vp":"192.0.2.9","name":"x"}',
            json.dumps(line() | {"response": None}).encode(),
            json.dumps(line(CONTROL, tried("", 5), tried("", {"body": ["x"], "headers": 7}))).encode(),
            json.dumps(line(CONTROL, fine() | {"start_time": "9999-01-01T00:00:00Z"})).encode(),
            json.dumps(line(fine() | {"start_time": "9999-01-01T00:00:00Z"})).encode(),
            good,
        )
    )
    reading = classified(piece.Lines((data,)))
    found = [one for batch in reading for one in batch.to_pylist()]
    assert [one["verdict"] for one in found] == ["failed", "ok", "ok", "ok", "blocked"]
    assert [note.template.format(**note.facts) for note in reading.remarks] == [
        "Lines that are not whole results of Censored Planet and were passed over: 3.",
        "Lines that describe resolvers, controls or pages and are no results, passed over: 1.",
        "Results without a time that could be read: 2.",
    ]


def test_a_page_of_fifty_million_signs_is_judged_by_its_beginning() -> None:
    huge = json.dumps(line(CONTROL, tried(STATUS, page("<html>" + "x" * 50_000_000 + BLOCKPAGE)))).encode()
    (found,) = [one for batch in classified([huge]) for one in batch.to_pylist()]
    assert found["verdict"] == "ok"


def test_a_file_without_a_result_is_refused() -> None:
    with pytest.raises(CodecError, match="No line"):
        rows(b'{"Server":')


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just(RESET)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(line())), ANYTHING, max_size=3), ANYTHING, ANYTHING)
def test_any_values(changed: dict[str, object], error: object, response: object) -> None:
    odd = line(CONTROL, {"matches_template": False, "error": error, "response": response}) | changed
    answering.answered(rows, json.dumps(odd).encode())
