"""Beacons: real rounds of drand's chains, relays on the loopback, and everything that is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.stamping import Answer, answering
from tests.evidence.test_opentimestamps import BLOCK_358391

from kuager.errors import ProofRefused
from kuager.evidence.leaves import Beacon, CustodyEvent, Method, encode_leaf, read_leaf
from kuager.evidence.stamps.beacon import (
    LEAGUE,
    QUICKNET,
    Chain,
    bitcoin_block,
    check,
    drand_round,
    latest_round,
    not_before,
)
from kuager.evidence.stamps.finding import Unchecked

RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
ROUND = {"round": 1000, "randomness": RANDOMNESS, "signature": SIGNATURE}
ANSWER = json.dumps(ROUND).encode()
OF_QUICKNET = {
    "public_key": "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    "period": 3,
    "genesis_time": 1692803367,
    "hash": QUICKNET.hash,
    "groupHash": "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    "schemeID": "bls-unchained-g1-rfc9380",
    "metadata": {"beaconID": "quicknet"},
}
OF_THE_LEAGUE = {
    "public_key": "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
    "period": 30,
    "genesis_time": 1595431050,
    "hash": LEAGUE.hash,
    "groupHash": "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
    "schemeID": "pedersen-bls-chained",
    "metadata": {"beaconID": "default"},
}


def test_the_names_of_the_chains_cover_their_times() -> None:
    assert Chain.parse(json.dumps(OF_QUICKNET).encode()) == QUICKNET
    assert Chain.parse(json.dumps(OF_THE_LEAGUE).encode()) == LEAGUE
    for change in ({"period": 4}, {"genesis_time": 1}, {"metadata": {"beaconID": "default"}}, {"period": -1}):
        with pytest.raises(ProofRefused):
            Chain.parse(json.dumps(OF_QUICKNET | change).encode())


def test_a_real_round() -> None:
    drawn = drand_round(ANSWER, QUICKNET)
    assert drawn.beacon == Beacon("drand", QUICKNET.hash, 1000, RANDOMNESS)
    assert drawn.time == datetime(2023, 8, 23, 15, 59, 24, tzinfo=UTC)
    assert not_before(drawn.beacon) == drawn.time == check(drawn.beacon, drawn.source)


def test_an_entry_carries_it() -> None:
    beacon = drand_round(ANSWER, QUICKNET).beacon
    leaf = CustodyEvent("collected", "2026-01-01T00:00:00Z", Method("kuager", "1"), beacon=beacon)
    again = read_leaf(encode_leaf(leaf))
    assert isinstance(again, CustodyEvent)
    assert again.beacon == beacon


@pytest.mark.parametrize(
    "change",
    [
        {"round": 0}, {"round": -1}, {"round": 2**60}, {"round": "1000"}, {"randomness": "0" * 64}, {"signature": ""},
        {"signature": SIGNATURE[:-2]}, {"signature": "zz"}, {"randomness": RANDOMNESS.upper()},
        {"round": 2**53},
    ],
)  # fmt: skip
def test_what_is_no_round(change: dict[str, object]) -> None:
    with pytest.raises(ProofRefused):
        drand_round(json.dumps(ROUND | change).encode(), QUICKNET)


def test_what_was_kept_must_be_what_the_entry_says() -> None:
    beacon = drand_round(ANSWER, QUICKNET).beacon
    for other in (
        Beacon("drand", QUICKNET.hash, 1001, beacon.randomness),
        Beacon("drand", LEAGUE.hash, 1000, beacon.randomness),
        Beacon("drand", QUICKNET.hash, 1000, "0" * 64),
    ):
        with pytest.raises(ProofRefused):
            check(other, ANSWER)


def test_a_block_of_bitcoin() -> None:
    drawn = bitcoin_block(BLOCK_358391, 358391)
    assert drawn.beacon.randomness == "000000000000000003e892881a8cdcdc117c06d444057c98b6f04a9ee75a2319"
    assert check(drawn.beacon, BLOCK_358391) == datetime(2015, 5, 28, 15, 41, 18, tzinfo=UTC)
    assert isinstance(not_before(drawn.beacon), Unchecked)


def test_a_chain_that_is_not_known_is_not_guessed_at() -> None:
    assert isinstance(not_before(Beacon("drand", "0" * 64, 1000, "0" * 64)), Unchecked)
    for beacon in (Beacon("drand", QUICKNET.hash, 1000, "zz"), Beacon("drand", QUICKNET.hash, 0, "0" * 64)):
        with pytest.raises(ProofRefused):
            not_before(beacon)


def test_a_relay_answers() -> None:
    with answering(lambda _path, _body: Answer(ANSWER)) as server:
        drawn = latest_round(server.address + "/")
        assert drawn == drand_round(ANSWER, QUICKNET)
        assert [path for path, _, _ in server.asked] == [f"/{QUICKNET.hash}/public/latest"]


@pytest.mark.parametrize(
    "answer",
    [Answer(b""), Answer(b"<html>"), Answer(b"[" * 9000), Answer(ANSWER + b" " * 20_000), Answer(ANSWER, 404),
     Answer(ANSWER, 302, {"Location": "/"}), Answer(ANSWER.replace(b"1000", b"NaN"))],
)  # fmt: skip
def test_a_relay_that_answers_something_else(answer: Answer) -> None:
    with answering(lambda _path, _body: answer) as server:
        assert latest_round(server.address) is None


@pytest.mark.parametrize("relay", ["http://127.0.0.1:9", "no address", "http://[", ""])
def test_offline_there_is_none(relay: str) -> None:
    assert latest_round(relay) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        drand_round(data, QUICKNET)
    with pytest.raises(ProofRefused):
        Chain.parse(data)
