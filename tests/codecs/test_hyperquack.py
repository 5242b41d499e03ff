"""Hyperquack's lines: both generations, the words for what went wrong, and addresses that must not get out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kuager.codecs import censoredplanet
from kuager.codecs.censoredplanet import hyperquack
from kuager.codecs.censoredplanet.row import host, moment, without_addresses

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "censoredplanet"


def rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = censoredplanet.decode(data).tables["measurements"].to_pylist()
    return found


def first(server: str = "192.0.2.9", error: str = "", received: object = "", **more: object) -> dict[str, object]:
    tried = {"Sent": "x", "Received": received, "Success": not error, "StartTime": "2020-11-14T07:54:49.2-05:00"}
    return {
        "Server": server,
        "Keyword": "example.com",
        "Results": [tried | ({"Error": error} if error else {})],
        "Blocked": bool(error),
        "FailSanity": False,
        "StatefulBlock": False,
    } | more


def lines(*objects: object) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in objects)


def test_the_first_generation_learns_its_protocol_from_a_later_line() -> None:
    one, two = rows((RECORDED / "hyperquack-v1.jsonl").read_bytes())
    assert [one["test"], two["test"]] == ["hyperquack-echo", "hyperquack-echo"]
    assert (one["anomaly"], one["failed"], one["place"], one["confirmed"]) == (False, False, "", None)
    assert two["start"] == datetime(2020, 11, 14, 12, 54, 50, tzinfo=UTC)
    details = json.loads(two["details"])
    assert details["outcomes"] == {"dial/timeout": 1}
    assert details["error"] == "dial tcp <address>-><address>: connect: connection timed out"
    assert "192.0.2" not in str((one, two))


def test_the_second_generation_says_country_and_protocol_itself() -> None:
    (row,) = rows((RECORDED / "hyperquack-v2.jsonl").read_bytes())
    assert (row["test"], row["test_version"], row["place"]) == ("hyperquack-https", "2", "KZ")
    assert (row["input"], row["domain"]) == ("www.example.org/path", "www.example.org")
    assert row["start"] == datetime(2022, 1, 5, 11, 0, 0, 250_000, tzinfo=UTC)
    details = json.loads(row["details"])
    assert details["controls_match"] == [True]
    assert details["outcomes"] == {"content/status_mismatch:403": 1}
    assert "body" not in row["details"]


@pytest.mark.parametrize(
    ("line", "protocol"),
    [
        (first(error="Received response", received="HTTP/1.1 503"), "discard"),
        (first(error="Incorrect echo response"), "echo"),
        (first(error="read tcp 192.0.2.8:4000->192.0.2.9:9: i/o timeout"), "discard"),
        (first(error="x", received={"status_line": "200 OK", "body": ""}), "http"),
        (first(error="x", received={"status_line": "200 OK", "tls": {"version": 771}}), "https"),
    ],
)
def test_what_shows_a_protocol(line: dict[str, object], protocol: str) -> None:
    assert [row["test"] for row in rows(lines(first(), line, first()))] == [f"hyperquack-{protocol}"] * 3


def test_a_protocol_that_no_line_shows_is_not_guessed() -> None:
    decoded = censoredplanet.decode(lines(first(), first()))
    assert set(decoded.tables["measurements"]["test"].to_pylist()) == {"hyperquack"}
    assert decoded.remarks[0].facts == {"count": "2"}


def test_the_words_for_what_went_wrong_are_those_of_the_sources_own_tests(shared_data: Path) -> None:
    text = (shared_data / "censoredplanet" / "hyperquack_outcomes.jsonl").read_text("utf-8")
    cases = [json.loads(line) for line in text.splitlines()]
    for case in cases:
        if "error" in case:
            found = hyperquack.outcome(case["error"], case["protocol"])
        else:
            arguments = case["args_error_protocol_status_templatematch_blocked_page_headers"]
            error, protocol, status, matches, blocked, page, headers = arguments
            found = hyperquack.outcome(
                error,
                protocol,
                status or "",
                matches=matches,
                blockpage=page if blocked else "",
                headers=tuple(headers),
            )
        assert found == case["expected_outcome"], case
    assert len(cases) == 124


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("read tcp [2001:db8::1]:443->[fe80::1%eth0]:80: i/o timeout", "read tcp <address>-><address>: i/o timeout"),
        ("Get http://192.0.2.1: EOF", "Get http://<address>: EOF"),
        ("dial tcp ::1: refused", "dial tcp <address> refused"),
        ("remote error: handshake failure", "remote error: handshake failure"),
        ("router.example said no", "<address> said no"),
    ],
)
def test_every_address_is_hidden(text: str, expected: str) -> None:
    assert without_addresses(text, "router.example") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-05-31T12:43:22.910941658-04:00", datetime(2021, 5, 31, 16, 43, 22, 910_000, tzinfo=UTC)),
        ("2021-04-25 15:37:16.850234875 -0400 EDT m=+13035.1", datetime(2021, 4, 25, 19, 37, 16, 850_000, tzinfo=UTC)),
        ("2021-04-25T15:37:16Z", datetime(2021, 4, 25, 15, 37, 16, tzinfo=UTC)),
        ("2021-04-25T15:37:16", None),
        ("2021-02-30T15:37:16Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("", None),
        (None, None),
    ],
)
def test_times_of_go(text: str | None, expected: datetime | None) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example.COM", "example.com"),
        ("https://user@www.example.com:8443/a?b#c", "www.example.com"),
        ("example.com./x", "example.com"),
        ("", ""),
    ],
)
def test_the_host_of_a_name(name: str, expected: str) -> None:
    assert host(name) == expected
