"""How a log lies in files (C2SP tlog-tiles v0.1.0): tiles of up to 256 hashes, and bundles of the same entries.

``tile/<level>/<number>`` holds hashes, ``tile/entries/<number>`` entries. A number is written in groups of three
digits, ``x001/x234/067``; a tile that is not full yet has ``.p/<width>`` behind it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from functools import lru_cache

from kuager.errors import ProofRefused, message
from kuager.evidence.merkle import HASH_BYTES, Subtrees, root

WIDTH = 256
HEIGHT = 8
LARGEST_ENTRY = 65_535
LARGEST_BUNDLE = WIDTH * (LARGEST_ENTRY + 2)
_LENGTH = struct.Struct(">H")
_KEPT = 64
"""Tiles that a reader of proofs keeps: a path through the largest tree needs eight."""

ReadTile = Callable[[int, int, int], bytes]
"""From level, number and width to the bytes of a tile."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where a tile lies below the log's folder."""
    return f"tile/{level}/{_numbered(number, width)}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """Where a bundle of entries lies below the log's folder."""
    return f"tile/entries/{_numbered(number, width)}"


def width_of(level: int, number: int, size: int) -> int:
    """How many hashes a tile has in a tree; 0 when there is no such tile."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes.

    Raises:
        ProofRefused: an entry is too long for that.
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise ProofRefused(
                message("An entry of {size} bytes is longer than a log takes."),
                remedy=message("Entries have at most 65,535 bytes: name what is longer by its hash."),
                size=len(entry),
            )
        parts += (_LENGTH.pack(len(entry)), entry)
    return b"".join(parts)


def decode_entries(data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        ProofRefused: it is cut off, or holds more than a bundle does.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < WIDTH:
        end = at + 2 + int.from_bytes(data[at : at + 2])
        entry = data[at + 2 : end]
        if end > len(data) or at + 2 > len(data):
            raise _torn()
        entries.append(entry)
        at = end
    if at != len(data):
        raise _torn()
    return entries


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile.

    Raises:
        ProofRefused: it is no whole number of hashes, or too many.
    """
    if len(tile) % HASH_BYTES or not 0 < len(tile) <= WIDTH * HASH_BYTES:
        raise _torn()
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def subtrees_of(size: int, read: ReadTile) -> Subtrees:
    """The hashes of complete subtrees of a tree that lies in tiles, for proofs. Tiles are trusted as they are read.

    Args:
        size: of the tree.
        read: gives the bytes of a tile.
    """

    @lru_cache(maxsize=_KEPT)
    def hashes(level: int, number: int) -> list[bytes]:
        width = width_of(level, number, size)
        found = split(read(level, number, width))
        if len(found) != width:
            raise _torn()
        return found

    def subtree(height: int, number: int) -> bytes:
        level, within = divmod(height, HEIGHT)
        first = number << within
        tile = hashes(level, first // WIDTH)
        start = first % WIDTH
        part = tile[start : start + (1 << within)]
        if len(part) != 1 << within:
            raise _torn()
        return root(part)

    return subtree


def _numbered(number: int, width: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = re.findall("...", digits)
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def _torn() -> ProofRefused:
    return ProofRefused(
        message("A tile of the log is cut off or holds too much."),
        meaning=message("It was changed or damaged after it was written."),
        remedy=message("Bring it back from a copy of the log."),
    )
