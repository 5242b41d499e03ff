"""Satellite's lines: all three shapes, without what the resolvers answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kuager.codecs import censoredplanet

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "censoredplanet"


def rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = censoredplanet.decode(data).tables["measurements"].to_pylist()
    return found


def test_version_one_has_neither_time_nor_country() -> None:
    line = {"resolver": "192.0.2.7", "query": "Example.org", "passed": False, "answers": {"192.0.2.7": ["no_tags"]}}
    decoded = censoredplanet.decode(json.dumps(line).encode())
    (row,) = decoded.tables["measurements"].to_pylist()
    assert (row["test"], row["test_version"], row["start"], row["place"]) == ("satellite", "1", None, "")
    assert (row["anomaly"], row["failed"], row["domain"]) == (True, None, "example.org")
    assert json.loads(row["details"]) == {"passed": False, "answers": 1, "answers_matched": 0}
    assert "192.0.2.7" not in str(row)
    assert [note.facts for note in decoded.remarks] == [{"count": "1"}]


def test_answers_of_2_0_are_counted_and_not_kept() -> None:
    line = {
        "vp": "192.0.2.7",
        "location": {"country_name": "Afghanistan", "country_code": "AF"},
        "test_url": "www.example.org",
        "response": {
            "192.0.2.7": ["asnum"],
            "198.51.100.7": ["no_tags"],
            "rcode": ["-1", "0"],
            "error": ["read udp 192.0.2.1:5->192.0.2.7:53: i/o timeout"],
        },
        "passed_control": False,
        "connect_error": False,
        "in_control_group": True,
        "anomaly": None,
        "confidence": {"average": 50, "matches": [100, 0], "untagged_controls": False, "untagged_response": True},
        "start_time": "2021-04-25 15:37:16.850234875 -0400 EDT m=+13035.1",
    }
    (row,) = rows(json.dumps(line).encode())
    details = json.loads(row["details"])
    assert (row["test_version"], row["place"], row["anomaly"], row["failed"]) == ("2.0", "AF", None, True)
    assert (details["answers"], details["answers_matched"], details["rcodes"]) == (2, 1, [-1, 0])
    assert details["error"] == "read udp <address>-><address>: i/o timeout"
    assert details["confidence"] == 50
    assert not any(address in str(row) for address in ("192.0.2", "198.51.100"))


def test_questions_of_2_2() -> None:
    (row,) = rows((RECORDED / "satellite-v2.2.jsonl").read_bytes())
    assert (row["test_version"], row["place"], row["anomaly"], row["failed"]) == ("2.2", "KZ", True, False)
    assert row["start"] == datetime(2022, 1, 5, 11, 0, 0, 500_000, tzinfo=UTC)
    details = json.loads(row["details"])
    assert (details["rcodes"], details["answers"], details["answers_matched"]) == ([0], 1, 0)
    assert "192.0.2.4" not in str(row)
