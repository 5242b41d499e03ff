"""The Merkle tree of RFC 6962, section 2.1: hashes, proofs, and what checks them. Pure; hashes are 32 bytes of SHA-256.

Proofs are checked by the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2. They are made from hashes of complete
subtrees, named by their height (0 for leaves) and their number among those of that height, as tiles hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from kuager.errors import ProofRefused, message

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
MOST_HASHES = 63
"""A tree of 2**63 leaves has proofs of so many hashes; sizes beyond that are refused."""

Subtrees = Callable[[int, int], bytes]
"""From height and number to the hash of a complete subtree."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes.

    A node without a sibling moves up as it is, which gives the tree of RFC 6962 for every size.
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def root_of_range(start: int, end: int, subtrees: Subtrees) -> bytes:
    """The hash over leaves ``start`` to ``end``, not included, as a subtree of its own.

    Args:
        start: a multiple of the largest power of two that fits into the range.
        end: beyond the last leaf.
        subtrees: gives hashes of complete subtrees.
    """
    if start == end:
        return EMPTY_ROOT
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(subtrees(height, start >> height))
        start += 1 << height
    whole = parts.pop()
    while parts:
        whole = node_hash(parts.pop(), whole)
    return whole


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> tuple[bytes, ...]:
    """What proves that a leaf is in a tree: the siblings from the leaf up (RFC 6962, section 2.1.1).

    Raises:
        ProofRefused: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise _no_such_leaf(index, size)
    start, end = 0, size
    path = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(root_of_range(middle, end, subtrees))
            end = middle
        else:
            path.append(root_of_range(start, middle, subtrees))
            start = middle
    return tuple(reversed(path))


def consistency_proof(size: int, larger: int, subtrees: Subtrees) -> tuple[bytes, ...]:
    """What proves that a tree is the beginning of a larger one (RFC 6962, section 2.1.2).

    Raises:
        ProofRefused: the first is empty or not the smaller.
    """
    if not 0 < size <= larger:
        raise _no_proof_between(size, larger)
    start, end = 0, larger
    path = []
    while size != end:
        middle = start + _split(end - start)
        if size <= middle:
            path.append(root_of_range(middle, end, subtrees))
            end = middle
        else:
            path.append(root_of_range(start, middle, subtrees))
            start = middle
    if start:
        path.append(root_of_range(start, end, subtrees))
    return tuple(reversed(path))


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf is in a tree.

    Args:
        index: the number of the leaf, from 0.
        size: of the tree.
        leaf: the hash of the leaf.
        proof: as :func:`inclusion_proof`.
        root: of the tree.

    Raises:
        ProofRefused: it does not prove that.
    """
    if not 0 <= index < size:
        raise _no_such_leaf(index, size)
    _check_hashes((leaf, *proof))
    number, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _proves_nothing()
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        number, last = number >> 1, last >> 1
    if last != 0 or found != root:
        raise _proves_nothing()


def verify_consistency(size: int, larger: int, proof: Sequence[bytes], root: bytes, larger_root: bytes) -> None:
    """Check that a tree is the beginning of a larger one. An empty tree is the beginning of all: nothing to prove.

    Raises:
        ProofRefused: it does not prove that, or the smaller tree is empty.
    """
    if not 0 < size <= larger:
        raise _no_proof_between(size, larger)
    _check_hashes(proof)
    if size == larger:
        if proof or root != larger_root:
            raise _proves_nothing()
        return
    hashes = list(proof) if size & (size - 1) else [root, *proof]
    if not hashes:
        raise _proves_nothing()
    number, last = size - 1, larger - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    small = large = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise _proves_nothing()
        if number & 1 or number == last:
            small, large = node_hash(sibling, small), node_hash(sibling, large)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            large = node_hash(large, sibling)
        number, last = number >> 1, last >> 1
    if last != 0 or small != root or large != larger_root:
        raise _proves_nothing()


def _split(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > MOST_HASHES + 1 or any(len(one) != HASH_BYTES for one in hashes):
        raise ProofRefused(
            message("A proof holds something that is no SHA-256, or too many of them."),
            meaning=message("Nothing is proved by it."),
        )


def _no_such_leaf(index: int, size: int) -> ProofRefused:
    return ProofRefused(
        message("A log of {size} entries has no entry {index}."),
        meaning=message("Nothing is proved about it."),
        index=index,
        size=size,
    )


def _no_proof_between(size: int, larger: int) -> ProofRefused:
    return ProofRefused(
        message("There is no proof that a log of {larger} entries continues one of {size}."),
        meaning=message("Nothing is proved about them."),
        size=size,
        larger=larger,
    )


def _proves_nothing() -> ProofRefused:
    return ProofRefused(
        message("The hashes of a proof do not lead to the root."),
        meaning=message("What it speaks of is not in the log that was signed, or the proof was changed."),
    )
