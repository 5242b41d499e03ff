"""Stamps by OpenTimestamps, with the real client: its own examples, headers of Bitcoin, a calendar on the loopback."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.evidence.stamping import calendar, in_block, promise

from kuager.errors import EvidenceError, ProofRefused
from kuager.evidence.stamps.bitcoin import BlockHeader
from kuager.evidence.stamps.finding import Unchecked
from kuager.evidence.stamps.opentimestamps import (
    Attested,
    BlockNamed,
    Pending,
    UnknownNotary,
    check,
    stamp,
    upgrade,
)

DATA = b"kuager.example/kz-2022-01\n3\nAAAA\n"
NOWHERE = "no-such-program"
BLOCK_358391 = bytes.fromhex(
    "02000000b96394585a281b7e5f438fd1c9ed492645a1fd61cb3802040000000000000000"
    "007ee445d23ad061af4a36b809501fab1ac4f2d7e7a739817dd0cbb7ec661b8a1e376755f58616186272def6"
)
GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3"
    "888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)
FIRST_TRANSACTION = bytes.fromhex(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f7220"
    "62616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f"
    "4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01"


def _detached(data: bytes, rest: bytes) -> bytes:
    """A stamp of ``data``: the format's beginning, the hash of the file, and what follows from it."""
    return MAGIC + b"\x08" + hashlib.sha256(data).digest() + rest


@pytest.fixture
def examples(shared_data: Path) -> Path:
    return shared_data / "evidence-vectors" / "opentimestamps" / "examples"


def _example(examples: Path, name: str) -> tuple[bytes, bytes]:
    return (examples / name).read_bytes(), (examples / f"{name}.ots").read_bytes()


def test_a_block_attests(examples: Path) -> None:
    data, proof = _example(examples, "hello-world.txt")
    told = check(data, proof, {358391: BLOCK_358391})
    assert isinstance(told, Attested)
    assert told.note.template.format(**told.note.facts) == (
        "Bitcoin block 358391 of 2015-05-28T15:41:18Z commits to these bytes, if it is in the chain: compare its hash "
        "000000000000000003e892881a8cdcdc117c06d444057c98b6f04a9ee75a2319 with sources of your own. About 2^67 hashes "
        "were spent on it."
    )
    assert f"{told.latest:%H:%M}" == "17:41"


def test_the_first_block_attests_its_first_transaction() -> None:
    proof = _detached(FIRST_TRANSACTION, b"\x08" + in_block(0))
    told = check(FIRST_TRANSACTION, proof, {0: GENESIS})
    assert isinstance(told, Attested)
    assert (told.height, f"{told.block.time:%Y-%m-%d}", told.block.work_bits) == (0, "2009-01-03", 32)


@pytest.mark.parametrize(
    ("name", "height", "root"),
    [
        ("different-blockchains.txt", 455605, "2a19192cf00fb1baeea516b69b3a62195849589b4caafeb6ad6ebba58b9ae69a"),
        ("empty", 129405, "db29fdc2c27a1531ae08a9dff2d9e4dfedd9c902d16de542d8666a27367e5b71"),
    ],
)
def test_without_the_header_the_root_is_told(examples: Path, name: str, height: int, root: str) -> None:
    told = check(*_example(examples, name), {})
    assert told == BlockNamed(height, root)
    assert root in told.note.facts.values()


@pytest.mark.parametrize(
    ("name", "calendars"),
    [("merkle3.txt", ["alice", "bob"]), ("known-and-unknown-notary.txt", ["bob"])],
)
def test_a_promise_is_no_proof(examples: Path, name: str, calendars: list[str]) -> None:
    told = check(*_example(examples, name), {})
    assert told == Pending(tuple(f"https://{one}.btc.calendar.opentimestamps.org" for one in calendars))
    assert "Nothing is proved yet" in told.note.template


def test_an_unknown_notary(examples: Path) -> None:
    assert check(*_example(examples, "unknown-notary.txt"), {}) == UnknownNotary()


def test_a_header_that_contradicts(examples: Path) -> None:
    with pytest.raises(ProofRefused):
        check(*_example(examples, "bad-stamp.txt"), {358391: BLOCK_358391})


@pytest.mark.parametrize("name", ["bad-major-version", "exceeds-max-msg-length", "invalid-file-digest-type"])
def test_malformed_ones(examples: Path, name: str) -> None:
    with pytest.raises(ProofRefused):
        check(DATA, (examples / "invalid" / f"{name}.ots").read_bytes(), {})


def test_one_stamp_of_two_files_is_none(examples: Path) -> None:
    with pytest.raises(ProofRefused):
        check((examples / "sha1" / "a").read_bytes(), (examples / "sha1" / "a-or-b.ots").read_bytes(), {})


def test_other_bytes_and_no_bytes(examples: Path) -> None:
    data, proof = _example(examples, "hello-world.txt")
    deep = _detached(DATA, b"\x08" * 1000 + in_block(0))
    for told, bad in (
        (data + b".", proof),
        (data, proof + b"\0"),
        (data, proof + b"\0" * 70_000),
        (DATA, deep),
        (DATA, _detached(DATA, b"\x08" * 200_000)),
    ):
        with pytest.raises(ProofRefused):
            check(told, bad, {})


def test_without_the_program() -> None:
    told = check(DATA, b"", {}, program=NOWHERE)
    assert isinstance(told, Unchecked)
    for ask in (stamp, upgrade):
        with pytest.raises(EvidenceError):
            ask(DATA, program=NOWHERE)


def test_a_calendar_promises_and_later_tells_the_block() -> None:
    with calendar(upgraded=b"\x08" + in_block(0)) as server:
        pending = stamp(DATA, [server.address])
        assert check(DATA, pending, {}) == Pending((server.address,))
        path, _, sent = server.asked[0]
        assert (path, len(sent)) == ("/digest", 32)
        assert sent != hashlib.sha256(DATA).digest()
        grown = upgrade(pending, [server.address])
    assert check(DATA, grown, {}) == BlockNamed(0, hashlib.sha256(sent).digest()[::-1].hex())


@pytest.mark.parametrize("upgraded", [None, b"\xff" * 9000])
def test_a_calendar_that_knows_nothing_yet_and_one_that_lies(upgraded: bytes | None) -> None:
    with calendar(upgraded) as server:
        pending = _detached(DATA, promise(server.address))
        assert upgrade(pending, [server.address]) == pending
        assert [path for path, _, _ in server.asked] == [f"/timestamp/{hashlib.sha256(DATA).hexdigest()}"]


def test_one_calendar_that_answers_is_enough() -> None:
    with calendar() as server:
        assert stamp(DATA, [server.address, "http://127.0.0.1:9"]).startswith(MAGIC)


def test_no_calendar_answers() -> None:
    with pytest.raises(EvidenceError):
        stamp(DATA, ["http://127.0.0.1:9"])


def test_an_address_in_a_stamp_is_not_asked() -> None:
    with calendar(upgraded=b"\x08" + in_block(0)) as server:
        proof = _detached(DATA, promise(server.address))
        assert upgrade(proof, ["http://127.0.0.1:9"]) == proof
        assert upgrade(proof) == proof
        assert server.asked == []


def test_headers_as_bitcoin_has_them() -> None:
    block = BlockHeader.parse(GENESIS)
    assert block.hash == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    assert block.merkle_root == hashlib.sha256(hashlib.sha256(FIRST_TRANSACTION).digest()).digest()[::-1].hex()
    assert BlockHeader.parse(BLOCK_358391).work > 2**67


@pytest.mark.parametrize(
    "header",
    [
        b"", GENESIS[:-1], GENESIS + b"\0",
        *(GENESIS[:place] + bytes([GENESIS[place] ^ 1]) + GENESIS[place + 1 :] for place in (0, 40, 68, 79)),
        GENESIS[:72] + bytes.fromhex("ffff7f20") + GENESIS[76:],  # work that anyone has
        GENESIS[:72] + bytes.fromhex("ffff8020") + GENESIS[76:],  # a negative target
        GENESIS[:72] + bytes(4) + GENESIS[76:], GENESIS[:72] + b"\xff\xff\x7f\xff" + GENESIS[76:],
    ],
)  # fmt: skip
def test_headers_without_their_work(header: bytes) -> None:
    with pytest.raises(ProofRefused):
        BlockHeader.parse(header)
