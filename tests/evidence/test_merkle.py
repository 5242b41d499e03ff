"""The tree against the vectors of transparency-dev/merkle, against its definition, and against itself."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.errors import ProofRefused
from kuager.evidence import merkle
from kuager.evidence.merkle import Subtrees, leaf_hash, root


def _vectors(folder: Path) -> list[tuple[str, dict[str, object]]]:
    files = sorted(folder.rglob("*.json"))
    assert files
    return [(str(path.relative_to(folder)), json.loads(path.read_text())) for path in files]


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value)) if value else b""


def _hashes(value: object) -> list[bytes]:
    return [_bytes(one) for one in value] if isinstance(value, list) else []


def _refuses(check: object) -> bool:
    try:
        check()  # type: ignore[operator]
    except ProofRefused:
        return True
    return False


def test_every_vector_of_inclusion(shared_data: Path) -> None:
    vectors = _vectors(shared_data / "evidence-vectors" / "rfc6962-merkle" / "testdata" / "inclusion")
    wrong = [
        name
        for name, one in vectors
        if one["wantErr"]
        != _refuses(
            lambda one=one: merkle.verify_inclusion(
                one["leafIdx"], one["treeSize"], _bytes(one["leafHash"]), _hashes(one["proof"]), _bytes(one["root"])
            )
        )
    ]
    assert len(vectors) == 98
    assert wrong == []


def test_every_vector_of_consistency(shared_data: Path) -> None:
    vectors = _vectors(shared_data / "evidence-vectors" / "rfc6962-merkle" / "testdata" / "consistency")
    wrong = [
        name
        for name, one in vectors
        if one["wantErr"]
        != _refuses(
            lambda one=one: merkle.verify_consistency(
                one["size1"], one["size2"], _hashes(one["proof"]), _bytes(one["root1"]), _bytes(one["root2"])
            )
        )
    ]
    assert len(vectors) == 98
    assert wrong == []


def _defined(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962, section 2.1, defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + _defined(leaves[:split]) + _defined(leaves[split:])).digest()


def _subtrees(leaves: list[bytes]) -> Subtrees:
    return lambda height, number: _defined(leaves[number << height : (number + 1) << height])


LEAVES = [str(number).encode() for number in range(70)]


@pytest.mark.parametrize("size", range(70))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]) == _defined(LEAVES[:size])


@given(st.data())
def test_proofs_prove_what_is_so_and_nothing_else(data: st.DataObject) -> None:
    larger = data.draw(st.integers(1, len(LEAVES)))
    size = data.draw(st.integers(1, larger))
    index = data.draw(st.integers(0, larger - 1))
    whole, part = _defined(LEAVES[:larger]), _defined(LEAVES[:size])
    subtrees = _subtrees(LEAVES[:larger])
    inclusion = merkle.inclusion_proof(index, larger, subtrees)
    merkle.verify_inclusion(index, larger, leaf_hash(LEAVES[index]), inclusion, whole)
    consistency = merkle.consistency_proof(size, larger, subtrees)
    merkle.verify_consistency(size, larger, consistency, part, whole)
    other = data.draw(st.integers(0, larger - 1).filter(lambda one: one != index or larger == 1))
    if other != index:
        with pytest.raises(ProofRefused):
            merkle.verify_inclusion(other, larger, leaf_hash(LEAVES[index]), inclusion, whole)
    if size < larger:
        with pytest.raises(ProofRefused):
            merkle.verify_consistency(size, larger, consistency, whole, whole)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (2**70, 2**71)])
def test_no_proof_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ProofRefused):
        merkle.verify_inclusion(index, size, b"\0" * 32, [], b"\0" * 32)
