"""RIS Live in both generations of its messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import ris_live
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError
from kuager.model.tables import UPDATES

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "ris"
LIVE = (RECORDED / "live.jsonl").read_bytes()
OLD = (RECORDED / "live-2018.jsonl").read_bytes()


def rows(decoded: Decoded) -> list[tuple[Any, ...]]:
    names = ("collector", "peer", "action", "prefix", "path", "origin")
    return [tuple(row[name] for name in names) for row in decoded.tables["updates"].to_pylist()]


def told(decoded: Decoded) -> list[str]:
    return [note.template.format(**note.facts) for note in decoded.remarks]


def one(**more: object) -> bytes:
    data = {"timestamp": 1641376800.25, "peer": "192.0.2.91", "peer_asn": "64500", "host": "rrc21", "type": "UPDATE"}
    return json.dumps({"type": "ris_message", "data": data | more}).encode()


def announced(path: object) -> bytes:
    return one(path=path, announcements=[{"next_hop": "192.0.2.91", "prefixes": ["198.51.100.0/24"]}])


def test_messages_of_today() -> None:
    decoded = ris_live.decode(LIVE)
    assert decoded.tables["updates"].schema == UPDATES
    assert rows(decoded) == [
        ("rrc00", "AS64502", "withdraw", "2001:db8:2::/48", "", ""),
        ("rrc00", "AS64502", "announce", "2001:db8:1::/48", "64502 9198", "AS9198"),
        ("rrc21", "AS64500", "announce", "198.51.100.0/24", "64500 64501 {9198,29355}", ""),
        ("rrc21", "AS64500", "announce", "203.0.113.0/24", "64500 64501 {9198,29355}", ""),
        ("rrc21", "AS64500", "down", "", "", ""),
    ]
    assert decoded.tables["updates"]["time"].cast("int64").to_pylist()[0] == 1641376790500
    assert told(decoded) == [
        "Messages and prefixes that only repeated another one and were dropped: 1.",
        "Messages of the type KEEPALIVE, which say nothing of routes and were passed over: 1.",
        "Messages of the type pong, which say nothing of routes and were passed over: 1.",
    ]


def test_messages_of_2018() -> None:
    decoded = ris_live.decode(OLD)
    assert rows(decoded) == [
        ("rrc13", "AS64500", "announce", "198.51.100.0/24", "64500 9198", "AS9198"),
        ("rrc21", "AS64501", "withdraw", "203.0.113.0/24", "", ""),
        ("rrc21", "AS64503", "up", "", "", ""),
        ("rrc21", "AS64503", "down", "", "", ""),
    ]
    assert told(decoded) == [
        "Lines that are not whole messages of RIS Live and were passed over: 1.",
        "Messages of the type O, which say nothing of routes and were passed over: 1.",
        "Messages of the type N, which say nothing of routes and were passed over: 1.",
    ]


def test_addresses_of_peers_are_left_out() -> None:
    for data in (LIVE, OLD):
        decoded = ris_live.decode(data)
        assert not any(part in str((rows(decoded), told(decoded))) for part in ("192.0.2", "db8::9", "fe80"))


def test_a_message_that_comes_twice_counts_once() -> None:
    decoded = ris_live.decode(LIVE + LIVE)
    assert rows(decoded) == rows(ris_live.decode(LIVE))
    assert told(decoded)[0].endswith("dropped: 4.")


@pytest.mark.parametrize(
    "data", [LIVE.splitlines()[0], json.dumps(json.loads(LIVE.splitlines()[0]), indent=2).encode()]
)
def test_one_message_on_any_number_of_lines(data: bytes) -> None:
    assert len(rows(ris_live.decode(data))) == 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([64500, 9198], ("64500 9198", "AS9198")),
        ([64500, [9198]], ("64500 {9198}", "AS9198")),
        ([64500, [9198, 29355]], ("64500 {9198,29355}", "")),
        ([], ("", "")),
        (None, ("", "")),
        ([0], ("0", "")),
    ],
)
def test_paths(path: object, expected: tuple[str, str]) -> None:
    assert rows(ris_live.decode(announced(path)))[0][4:] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2a01:6e00:0:0:0:0:0:0/48", "2a01:6e00::/48"),
        ("198.51.100.7/24", "198.51.100.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_prefixes_have_one_spelling(written: str, expected: str) -> None:
    assert rows(ris_live.decode(one(withdrawals=[written])))[0][3] == expected


@pytest.mark.parametrize("written", ["198.51.100.0", "198.51.100.0/33", "x/8", "", "1" * 5000 + "/8"])
def test_prefixes_that_are_none_are_passed_over_and_counted(written: str) -> None:
    decoded = ris_live.decode(one(withdrawals=[written, "198.51.100.0/24"]))
    assert len(rows(decoded)) == 1
    assert told(decoded) == ["Prefixes that could not be read and were passed over: 1."]


@pytest.mark.parametrize(
    "changed",
    [
        {"timestamp": -1},
        {"timestamp": 1641376800250},
        {"timestamp": None},
        {"host": ""},
        {"host": "../rrc00"},
        {"peer_asn": ""},
        {"peer_asn": "0"},
        {"peer_asn": "4294967296"},
        {"peer_asn": "9" * 5000},
        {"peer_asn": None},
    ],
)
def test_messages_without_time_collector_or_peer_are_passed_over_and_counted(changed: dict[str, object]) -> None:
    decoded = ris_live.decode(LIVE + one(**({"withdrawals": ["198.51.100.0/24"]} | changed)))
    assert len(rows(decoded)) == 5
    assert "Messages without a usable time, collector or peer, which were passed over: 1." in told(decoded)


def test_other_states_are_counted() -> None:
    decoded = ris_live.decode(
        one(type="RIS_PEER_STATE", state="confused") + b"\n" + one(type="RIS_PEER_STATE", state="connected")
    )
    assert [row[2] for row in rows(decoded)] == ["up"]
    assert "RIS_PEER_STATE (confused)" in told(decoded)[0]


def test_an_error_alone_is_told_in_its_words_and_otherwise_a_remark() -> None:
    error = b'{"type":"ris_error","data":{"message":"unknown host rrc99"}}'
    with pytest.raises(CodecError, match="“unknown host rrc99”"):
        ris_live.decode(error)
    assert (
        told(ris_live.decode(LIVE + error))[-1]
        == "RIS Live sent an error together with messages: “unknown host rrc99”."
    )


def test_an_answer_without_changes_is_empty_and_says_so() -> None:
    decoded = ris_live.decode(b'{"type":"ris_subscribe_ok","data":{"subscription":{"host":"rrc21"}}}')
    assert decoded.tables["updates"].num_rows == 0
    assert told(decoded)[-1] == "RIS Live answered, but sent no change of a route."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"<html>", "A web page"),
        (b"{}", "Nothing in this file"),
        (b"[]", "Nothing in this file"),
        (b'{"type":"FeatureCollection"}', "Nothing in this file"),
        (b'{"data":{"prefixes":[]}}', "Nothing in this file"),
        (LIVE[:60], "Nothing in this file"),
        (b"[" * 100_000, "Nothing in this file"),
        (b'{"data":' * 20_000, "Nothing in this file"),
        (one(path=[10**400]), "Nothing in this file"),
        (one().replace(b"1641376800.25", b"NaN"), "Nothing in this file"),
    ],
)
def test_other_content_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        ris_live.decode(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    answering.decoded(ris_live.decode, data)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([LIVE, OLD]), st.data())
def test_damaged_files(good: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 12)))
    filling = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"null", b"1e999", b"[]", b'"', b"{}"])))
    found = answering.decoded(ris_live.decode, good[:start] + filling + good[end:])
    assert found is None or set(found.tables) == {"updates"}
