"""One key for one contribution, and receipts that tell nothing of who has them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import ProofRefused
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.merkle import leaf_hash, root
from kuager.evidence.note import ED25519, SignedNote, VerifierKey, sign
from kuager.evidence.policy import Policy
from kuager.evidence.private.contributors import Contribution, contribute, read_contribution, read_receipt, receipt_of
from kuager.evidence.proof import LogProof

DAY, ORIGIN = 1_641_340_800, "log.example/shutdowns"
CURATOR = Ed25519PrivateKey.generate()
CURATOR_KEY = VerifierKey.of("curator.example", ED25519, CURATOR)


def test_a_leaf_says_the_batch_the_root_and_nothing_else() -> None:
    record, contribution = contribute({"name": "Aru"})
    leaf = contribution.leaf(DAY)
    assert read_contribution(leaf) == (contribution, DAY)
    assert contribution.root == record.root
    assert b'"batch":"2022-01-05T00:00:00Z"' in leaf
    assert sorted(leaf.decode().split('"')[1::4]) == ["batch", "commit", "key", "signature", "type"]


def test_openssl_checks_the_signature(tmp_path: Path) -> None:
    contribution = contribute({"name": "Aru"})[1]
    public = Ed25519PublicKey.from_public_bytes(contribution.key)
    (tmp_path / "key.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "signature").write_bytes(contribution.signature)
    (tmp_path / "text").write_text(f"contribution/v1\nsha256:{contribution.root.hex()}\n")
    arguments = ["-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "signature"]
    subprocess.run(["openssl", "pkeyutl", "-verify", *arguments], cwd=tmp_path, check=True, capture_output=True)


def test_no_key_signs_twice() -> None:
    made = [contribute({"name": "Aru"})[1] for _ in range(50)]
    assert len({one.key for one in made}) == 50


def test_leaves_with_and_without_fields_are_equally_long() -> None:
    many = {f"field-{number}": "x" * 300 for number in range(60)}
    assert len({len(contribute(fields)[1].leaf(DAY)) for fields in ({}, {"name": "A"}, many)}) == 1


def test_a_leaf_that_was_changed_anywhere_is_refused() -> None:
    leaf = contribute({"name": "Aru"})[1].leaf(DAY)
    batch = range(leaf.index(b"2022"), leaf.index(b"2022") + 20)
    for at in range(len(leaf)):
        changed = bytearray(leaf)
        changed[at] ^= 1
        if at in batch and changed[at] in b"0123456789":
            continue  # the log vouches for the batch, not the contributor, who does not know it
        with pytest.raises(ProofRefused):
            read_contribution(bytes(changed))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_neither_leaf_nor_receipt(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        read_contribution(data)
    with pytest.raises(ProofRefused):
        read_receipt(data, [CURATOR_KEY])


def test_with_receipt_and_proof_a_contributor_shows_that_the_leaf_was_logged() -> None:
    leaf = contribute({"name": "Aru"})[1].leaf(DAY)
    kept = receipt_of(leaf, ORIGIN).issue("curator.example", CURATOR)

    log = Ed25519PrivateKey.generate()
    other = leaf_hash(b"other")
    text = Checkpoint(ORIGIN, 2, root([leaf_hash(leaf), other])).text()
    proof = LogProof(0, (other,), SignedNote(text, (sign(text, ORIGIN, log),)))
    policy = Policy.parse(f"log {VerifierKey.of(ORIGIN, ED25519, log).text}\nquorum none\n".encode())

    receipt = read_receipt(kept, [CURATOR_KEY])
    receipt.covers(leaf)
    assert proof.verify(leaf, policy).checkpoint.origin == receipt.origin == ORIGIN
    with pytest.raises(ProofRefused, match="another leaf"):
        receipt.covers(contribute({"name": "Aru"})[1].leaf(DAY))


def test_a_receipt_holds_the_log_the_batch_and_the_hash_and_is_the_same_each_time() -> None:
    leaf = contribute({"name": "Aru"})[1].leaf(DAY)
    receipt = receipt_of(leaf, ORIGIN)
    data = receipt.issue("curator.example", CURATOR)
    assert data == receipt.issue("curator.example", CURATOR)
    hash_text = base64_text.encode(leaf_hash(leaf))
    assert data.decode().split("\n")[:5] == ["kuager.receipt/v1", ORIGIN, "2022-01-05T00:00:00Z", hash_text, ""]
    assert len(data) == len(receipt_of(contribute({})[1].leaf(DAY), ORIGIN).issue("curator.example", CURATOR))


def test_a_receipt_that_was_changed_or_is_by_somebody_else_is_refused() -> None:
    data = receipt_of(contribute({})[1].leaf(DAY), ORIGIN).issue("curator.example", CURATOR)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(ProofRefused):
            read_receipt(bytes(changed), [CURATOR_KEY])
    with pytest.raises(ProofRefused):
        read_receipt(data, [VerifierKey.of("curator.example", ED25519, Ed25519PrivateKey.generate())])


@pytest.mark.parametrize(
    "text",
    [
        "kuager.receipt/v2\nlog\n2022-01-05T00:00:00Z\n{hash}\n",
        "kuager.receipt/v1\nlog\n2022-01-05T00:00:00Z\n{hash}\nmore\n",
        "kuager.receipt/v1\nlog\n2022-1-5T00:00:00Z\n{hash}\n",
        "kuager.receipt/v1\nlog\n2022-01-05T00:00:00+00:00\n{hash}\n",
        "kuager.receipt/v1\nlog\n2022-01-05T00:00:00Z\nAAAA\n",
        "kuager.receipt/v1\nlog\n2022-01-05T00:00:00Z\n{hash}=\n",
        "log\n1\n{hash}\n",
    ],
)
def test_another_note_of_the_curator_is_no_receipt(text: str) -> None:
    data = text.format(hash=base64_text.encode(bytes(32))).encode()
    note = SignedNote(data, (sign(data, "curator.example", CURATOR),)).encode()
    with pytest.raises(ProofRefused):
        read_receipt(note, [CURATOR_KEY])


def test_a_contribution_that_another_key_signed_is_refused() -> None:
    one, two = contribute({})[1], contribute({})[1]
    with pytest.raises(ProofRefused, match="not signed by the key"):
        read_contribution(Contribution(one.root, two.key, one.signature).leaf(DAY))
