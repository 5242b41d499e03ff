"""Verdicts on Satellite's lines: the source's own examples, every rule, damaged lines, and addresses that stay out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering
from tests.detection.verdicts.told import expected_end_to_end, row, rows

from kuager.codecs import piece
from kuager.codecs.censoredplanet import satellite
from kuager.detection.verdicts.censoredplanet import classified

ELSEWHERE = "93.184.216.34"
RESOLVER = "8.20.247.20"
TIMEOUT = f"read udp 198.51.100.3:5->{RESOLVER}:53: i/o timeout"
CLOSED = f"read udp 198.51.100.3:5->{RESOLVER}:53: read: connection refused"


def answer(matched: list[str] | None = None, owner: str = "EXAMPLE-AS") -> dict[str, object]:
    return {"http": "", "cert": "ab", "asnum": 64500, "asname": owner, "matched": matched}


def asked(answers: dict[str, object] | None = None, rcode: int = 0, error: str = "null") -> dict[str, object]:
    return {"url": "www.example.org", "has_type_a": bool(answers), "response": answers or {}} | {
        "error": error,
        "rcode": rcode,
    }


def line(*questions: dict[str, object], **more: object) -> dict[str, Any]:
    """A line of version 2.2."""
    return {
        "vp": RESOLVER,
        "location": {"country_name": "Kazakhstan", "country_code": "KZ"},
        "test_url": "www.example.org",
        "response": list(questions),
        "passed_liveness": True,
        "connect_error": False,
        "in_control_group": True,
        "anomaly": True,
        "excluded": False,
        "exclude_reason": [],
        "confidence": {"average": 0, "matches": [0], "untagged_controls": False, "untagged_response": False},
        "start_time": "2021-10-20 14:51:41.221546144 -0400 EDT",
    } | more


def older(response: dict[str, Any], **more: object) -> dict[str, Any]:
    """A line of version 2.0."""
    return line(response=response, passed_control=True, **more)


def test_every_field_of_the_sources_own_examples(shared_data: Path) -> None:
    counted = 0
    for name, cases in expected_end_to_end(shared_data, "Satellite").items():
        data = (shared_data / "censoredplanet" / name).read_bytes()
        for case, raw, found in zip(cases, data.splitlines(), rows(data), strict=True):
            assert (found["domain"], found["place"]) == (case["domain"], case.get("country", ""))
            assert found["anomaly"] == case["anomaly"]
            assert case["vantage"] not in str(found)
            if found["verdict"] == "blocked":
                assert case["anomaly"]
            if "confidence" in case:
                second = msgspec.json.decode(raw, type=satellite.SecondLine)
                assert second.confidence is not None
                assert second.confidence.average == case["confidence"]
                assert (second.excluded, second.exclude_reason) == (case["excluded"], case["exclude_reason"])
                assert second.vp == case["vantage"]
            else:
                first = msgspec.json.decode(raw, type=satellite.FirstLine)
                assert (first.resolver, first.passed) == (case["vantage"], not case["anomaly"])
            counted += 1
    assert counted == 20


@pytest.mark.parametrize("tag", ["ip", "cert", "http", "asnum", "asname"])
def test_an_answer_that_matches_in_anything_is_right(tag: str) -> None:
    for one in (
        line(asked({ELSEWHERE: answer([tag]), "198.35.26.96": answer()})),
        older({ELSEWHERE: [tag], "198.35.26.96": ["no_tags"], "rcode": ["-1", "0"], "error": [TIMEOUT]}),
        {"resolver": RESOLVER, "query": "www.example.org", "passed": True, "answers": {ELSEWHERE: [tag]}},
    ):
        found = row(one)
        assert found["verdict"] == "ok"
        assert found["blocked"] < 0.1


def test_the_same_network_alone_is_a_weaker_match() -> None:
    assert (
        row(line(asked({ELSEWHERE: answer(["asnum"])})))["ok"] < row(line(asked({ELSEWHERE: answer(["cert"])})))["ok"]
    )


@pytest.mark.parametrize(
    ("rcode", "method", "least"), [(3, "dns.nxdomain", 0.8), (2, "dns.servfail", 0.5), (5, "dns.refused", 0.5)]
)
def test_refusals_against_good_controls_are_blocked(rcode: int, method: str, least: float) -> None:
    for one in (
        line(asked(rcode=rcode)),
        line(asked(rcode=-1, error=TIMEOUT), asked(rcode=rcode)),
        older({"rcode": ["-1", str(rcode)], "error": [TIMEOUT]}),
    ):
        found = row(one)
        assert (found["verdict"], found["layer"], found["method"]) == ("blocked", "dns", method)
        assert found["blocked"] >= least


@pytest.mark.parametrize(
    ("questions", "method"),
    [
        ((asked({"10.10.34.35": answer(owner="")}),), "dns.bogon"),
        ((asked({"100.64.0.1": answer(), "127.0.0.1": answer()}),), "dns.bogon"),
        ((asked({ELSEWHERE: answer()}),), "dns.mismatch"),
        ((asked({"31.13.92.35": answer(owner="FACEBOOK")}),), "dns.mismatch"),
        ((asked(),), "dns.empty"),
        ((asked(rcode=-1, error=TIMEOUT),) * 4, "dns.timeout"),
    ],
)
def test_what_else_is_blocked(questions: tuple[dict[str, object], ...], method: str) -> None:
    found = row(line(*questions))
    assert (found["verdict"], found["layer"], found["method"]) == ("blocked", "dns", method)
    assert not any(address in str(found) for address in (RESOLVER, ELSEWHERE, "198.51.100", "10.10.34", "127.0.0"))


def test_an_address_nobody_can_have_is_telling_though_nothing_is_known_of_it() -> None:
    untagged = {"average": 0, "matches": [0], "untagged_controls": True, "untagged_response": True}
    assert row(line(asked({"10.10.34.35": answer(owner="")}), confidence=untagged))["blocked"] > 0.9


@pytest.mark.parametrize(
    ("weak", "word"),
    [
        (line(asked({ELSEWHERE: answer(owner="AMAZON-02")})), "Amazon"),
        (
            line(asked({ELSEWHERE: answer(owner="AKAMAI-AS"), "1.1.1.1": answer(owner="FASTLY")})),
            "Akamai",
        ),
        (line(asked({ELSEWHERE: answer()}), excluded=True, exclude_reason=["is_CDN"]), "sets this result aside"),
        (
            line(asked({ELSEWHERE: answer(owner="")}), confidence={"average": 0, "untagged_response": True}),
            "nobody knows",
        ),
        (
            {"resolver": RESOLVER, "query": "x.org", "passed": False, "answers": {ELSEWHERE: ["no_tags"]}},
            "nobody knows",
        ),
    ],
)
def test_what_is_weak_stays_below_half_and_says_why(weak: dict[str, Any], word: str) -> None:
    found = row(weak)
    assert (found["verdict"], found["anomaly"]) == ("ok", True)
    assert 0.1 < found["blocked"] < 0.5
    assert any(word in reason for reason in found["reasons"])


def test_one_address_outside_a_delivery_network_is_enough() -> None:
    found = row(line(asked({ELSEWHERE: answer(owner="AMAZON-02"), "31.13.92.35": answer(owner="FACEBOOK")})))
    assert found["verdict"] == "blocked"


@pytest.mark.parametrize(
    "broken",
    [
        line(asked(rcode=3), passed_liveness=False),
        older({"rcode": ["3"]}) | {"passed_control": False},
        line(asked({ELSEWHERE: answer()}), in_control_group=False),
        line(asked({ELSEWHERE: answer()}), confidence={"average": 0, "untagged_controls": True}),
        line(*[asked(rcode=-1, error=CLOSED)] * 4, connect_error=True),
        line(asked(rcode=-1)),
        line(),
        older({}),
        {"resolver": RESOLVER, "query": "x.org", "passed": False, "answers": {}},
    ],
)
def test_what_shows_nothing_failed(broken: dict[str, Any]) -> None:
    found = row(broken)
    assert (found["verdict"], found["layer"], found["method"]) == ("failed", None, "")


def test_a_resolver_that_nobody_tested_weighs_less() -> None:
    tested, untested = row(line(asked(rcode=3))), row(line(asked(rcode=3), passed_liveness=None))
    assert untested["blocked"] < tested["blocked"]
    assert untested["failed"] is None
    assert "Nothing is recorded of harmless names" in untested["reasons"][-1]


def test_damaged_lines_are_counted_and_the_rest_is_judged() -> None:
    good = json.dumps(line(asked(rcode=3))).encode()
    odd = (
        good[:-9],
        json.dumps(line(response=5)).encode(),
        json.dumps(line({"url": "www.example.org", "rcode": "3"})).encode(),
        json.dumps(older({"rcode": ["9" * 5_000]})).encode(),
        json.dumps(older({"rcode": [3]})).encode(),
    )
    fine = (json.dumps(line(confidence=None, response=None)).encode(), good)
    reading = classified(piece.Lines((b"\n".join((*odd, *fine)),)))
    found = [one for batch in reading for one in batch.to_pylist()]
    assert [one["verdict"] for one in found] == ["failed", "blocked"]
    assert [note.template.format(**note.facts) for note in reading.remarks] == [
        "Lines that are not whole results of Censored Planet and were passed over: 5."
    ]


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just(ELSEWHERE)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(line())), ANYTHING, max_size=3), ANYTHING, ANYTHING)
def test_any_values(changed: dict[str, object], response: object, rcode: object) -> None:
    odd = line({"url": "www.example.org", "response": response, "rcode": rcode}) | changed
    answering.answered(rows, json.dumps(odd).encode())
