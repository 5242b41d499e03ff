"""Notes, checkpoints, cosignatures, proofs and policies: the standards' own examples, and what must be refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import ProofRefused
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.cosignature import cosign, cosigned
from kuager.evidence.merkle import leaf_hash, root
from kuager.evidence.note import COSIGNATURE, ED25519, SignedNote, VerifierKey, sign, verified
from kuager.evidence.policy import Policy
from kuager.evidence.proof import LogProof
from kuager.evidence.tiles import decode_entries, encode_entries, entries_path, split, tile_path, width_of

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(1, 6)]
ORIGIN = "kuager.example/kz-2022-01"
LOG = VerifierKey.of(ORIGIN, ED25519, KEYS[0])
WITNESSES = [VerifierKey.of(f"w{number}.example", COSIGNATURE, KEYS[number]) for number in range(1, 4)]
LEAF = b'{"a":1}'
HEAD = Checkpoint(ORIGIN, 1, leaf_hash(LEAF))


def _signed(witnesses: int = 0) -> SignedNote:
    note = SignedNote(HEAD.text(), (sign(HEAD.text(), ORIGIN, KEYS[0]),))
    return note.with_lines(
        cosign(HEAD.text(), key.name, KEYS[number], 1_700_000_000 + number)
        for number, key in enumerate(WITNESSES[:witnesses], start=1)
    )


def _policy(quorum: str) -> Policy:
    names = " ".join(key.name for key in WITNESSES)
    lines = [
        f"log {LOG.text}",
        *(f"witness {key.name} {key.text}" for key in WITNESSES),
        f"group all-of-them 2 {names}",
    ]
    return Policy.parse("\n".join([*lines, f"quorum {quorum}", ""]).encode())


def test_the_standards_own_note(shared_data: Path) -> None:
    folder = shared_data / "evidence-vectors" / "c2sp-spec-examples"
    note = SignedNote.parse((folder / "signed-note-example.txt").read_bytes())
    key = VerifierKey.parse((folder / "signed-note-example.vkey").read_text().strip())
    assert verified(note, [key]) == (key,)
    assert note.encode() == (folder / "signed-note-example.txt").read_bytes()


def test_the_standards_own_checkpoint_and_cosignature_are_read(shared_data: Path) -> None:
    text = (shared_data / "evidence-vectors" / "c2sp-spec-examples" / "tlog-cosignature.md").read_text()
    block = re.search(r"```\n(example\.com/behind-the-sofa\n.*?)```", text, re.DOTALL)
    assert block
    note = SignedNote.parse(block[1].encode())
    assert Checkpoint.parse(note.text).size == 20852163
    assert [line.name for line in note.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]


def test_every_checkpoint_of_a_real_log(shared_data: Path) -> None:
    folder = shared_data / "evidence-vectors" / "tessera-log"
    key = VerifierKey.parse((folder / "log.vkey").read_text().strip())
    log = folder / "testdata" / "log"
    entries = decode_entries((log / entries_path(0, 15)).read_bytes())
    for size in range(16):
        note = SignedNote.parse((log / f"checkpoint.{size}").read_bytes())
        assert verified(note, [key]) == (key,)
        checkpoint = Checkpoint.parse(note.text)
        hashes = [leaf_hash(entry) for entry in entries[:size]]
        assert (checkpoint.size, checkpoint.root) == (size, root(hashes))
        if size:
            assert split((log / tile_path(0, 0, size)).read_bytes()) == hashes


def test_a_signature_counts_for_its_own_key_and_text_only() -> None:
    note = _signed()
    assert verified(note, [LOG]) == (LOG,)
    for other in (
        SignedNote(note.text + b"\n", note.signatures),
        SignedNote(note.text, (sign(note.text, "another.example", KEYS[0]),)),
        SignedNote(note.text, (sign(note.text, ORIGIN, KEYS[1]),)),
    ):
        with pytest.raises(ProofRefused):
            verified(other, [LOG])


def test_an_unknown_signature_is_passed_over_and_a_false_one_of_a_known_key_spoils_the_note() -> None:
    note = _signed().with_lines([sign(HEAD.text(), "unknown.example", KEYS[4])])
    assert verified(note, [LOG]) == (LOG,)
    false = sign(b"another text\n", ORIGIN, KEYS[0])
    with pytest.raises(ProofRefused):
        verified(SignedNote(note.text, (*note.signatures, false)), [LOG])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + b"trailing",
        lambda data: data + b"\n",
        lambda data: data.replace("—".encode(), b"-"),
        lambda data: data.replace(b"=\n", b"\n"),
        lambda data: data.replace(b"\n\n", b"\n"),
        lambda data: b"\0" + data,
        lambda data: data.replace(b"kuager.example/kz-2022-01 ", b"kuager.example/kz 2022-01 "),
        lambda data: b"\xff" + data,
        lambda data: b"a" * 300_000 + b"\n" + data,
    ],
)
def test_a_note_that_is_not_as_the_standard_says_is_refused(spoil: object) -> None:
    data = spoil(_signed().encode())  # type: ignore[operator]
    with pytest.raises(ProofRefused):
        verified(SignedNote.parse(data), [LOG])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_that_comes_back_or_refused(data: bytes) -> None:
    try:
        note = SignedNote.parse(data)
    except ProofRefused:
        return
    assert note.encode() == data


@pytest.mark.parametrize(
    "text",
    [
        "0", f"{ORIGIN}\n01\nAAAA\n", f"{ORIGIN}\n-1\nAAAA\n", f"{ORIGIN}\n1\nAAAA\n", "", "\n1\n" + "A" * 43 + "=\n",
        HEAD.text().decode() + "extension\n", HEAD.text().decode().replace("\n1\n", "\n١\n"),
        HEAD.text().decode().replace("\n1\n", "\n9223372036854775808\n"),
        HEAD.text().decode().replace("\n1\n", "\n0\n"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ProofRefused):
        Checkpoint.parse(text.encode())


def test_cosignatures_are_of_their_witness_and_moment() -> None:
    note = _signed(2)
    assert cosigned(note, WITNESSES) == {WITNESSES[0]: 1_700_000_001, WITNESSES[1]: 1_700_000_002}
    line = note.signatures[1]
    later = (1_700_000_009).to_bytes(8) + line.signature[8:]
    moved = SignedNote(note.text, (type(line)(line.name, line.id, later),))
    with pytest.raises(ProofRefused):
        cosigned(moved, WITNESSES)


def test_a_logs_own_signature_is_no_cosignature() -> None:
    as_witness = VerifierKey.of(ORIGIN, COSIGNATURE, KEYS[0])
    assert cosigned(_signed(), [as_witness]) == {}


@pytest.mark.parametrize(("witnesses", "enough"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_proof_holds_when_enough_witnesses_saw_it(witnesses: int, enough: bool) -> None:
    proof = LogProof.parse(LogProof(0, (), _signed(witnesses)).encode())
    if enough:
        assert len(proof.verify(LEAF, _policy("all-of-them")).witnesses) == witnesses
    else:
        with pytest.raises(ProofRefused):
            proof.verify(LEAF, _policy("all-of-them"))
    assert proof.verify(LEAF, _policy("none")).signers == (LOG,)
    with pytest.raises(ProofRefused):
        proof.verify(LEAF + b" ", _policy("none"))


def test_a_log_under_another_name_is_not_trusted() -> None:
    head = Checkpoint("another.example", 1, leaf_hash(LEAF))
    proof = LogProof(0, (), SignedNote(head.text(), (sign(head.text(), "another.example", KEYS[0]),)))
    with pytest.raises(ProofRefused):
        proof.verify(LEAF, _policy("none"))


VKEY, OTHER = WITNESSES[0].text, WITNESSES[1].text


@pytest.mark.parametrize(
    "lines",
    [
        "", "quorum nobody", "quorum none\nquorum none", f"witness none {VKEY}\nquorum none",
        f"witness a {VKEY}\nwitness a {OTHER}\nquorum a", f"witness a {VKEY}\nwitness b {VKEY}\nquorum a",
        f"log {VKEY}\nquorum none", f"witness a {LOG.text}\nquorum a", f"witness a {VKEY}\ngroup g 2 a\nquorum g",
        f"witness a {VKEY}\ngroup g 0 a\nquorum g", f"witness a {VKEY}\ngroup g any a a\nquorum g",
        f"witness a {VKEY}\ngroup g any a\ngroup h any a\nquorum g", f"group g any a\nwitness a {VKEY}\nquorum g",
        f"witness a {VKEY}\nquorum a\r", f"quorum none\n{'#' * 70_000}", f"witness a {VKEY} url more\nquorum a",
        f"witness a {VKEY[:-2]}\nquorum a", "group g all\nquorum g",
    ],
)  # fmt: skip
def test_a_policy_that_says_nothing_clear_is_refused(lines: str) -> None:
    with pytest.raises(ProofRefused):
        Policy.parse(lines.encode())


def test_groups_of_groups_count_as_the_standard_says() -> None:
    a, b, c = (key.text for key in WITNESSES)
    policy = Policy.parse(
        f"# ours\n\twitness a {a}\nwitness b {b} https://b.example/\nwitness c {c}\n"
        "group one any a b\ngroup both all one c\nquorum both\n".encode()
    )
    assert policy.satisfied([WITNESSES[0], WITNESSES[2]])
    assert policy.satisfied([WITNESSES[1], WITNESSES[2]])
    assert not policy.satisfied(WITNESSES[:2])
    assert policy.addresses == {"b": "https://b.example/"}


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_entries_come_back(entries: list[bytes]) -> None:
    assert decode_entries(encode_entries(entries)) == entries


@given(st.binary(max_size=2000))
def test_any_bytes_are_entries_that_come_back_or_refused(data: bytes) -> None:
    try:
        entries = decode_entries(data)
    except ProofRefused:
        return
    assert encode_entries(entries) == data


def test_tiles_lie_where_the_standard_says() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(2, 0, 1) == "tile/2/000.p/1"
    assert entries_path(999_999, 5) == "tile/entries/x999/999.p/5"
    assert [width_of(level, number, 70_000) for level, number in ((0, 273), (1, 0), (1, 1), (2, 0))] == [
        112,
        256,
        17,
        1,
    ]


def test_a_proof_among_a_million_entries_with_three_witnesses_is_small() -> None:
    head = Checkpoint(ORIGIN, 2**20, b"\1" * 32)
    lines = [
        sign(head.text(), ORIGIN, KEYS[0]),
        *(cosign(head.text(), k.name, KEYS[1], 1_700_000_000) for k in WITNESSES),
    ]
    assert len(LogProof(2**19, (b"\2" * 32,) * 20, SignedNote(head.text(), tuple(lines))).encode()) <= 1500
