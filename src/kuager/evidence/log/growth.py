"""How a tree grows: entries in, tiles and bundles out as they fill, and the right edge that is left. Pure.

Memory is that of one bundle and of one tile a level, whatever the number of entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from struct import Struct

from kuager.errors import ProofRefused, message
from kuager.evidence.merkle import EMPTY_ROOT, HASH_BYTES, root
from kuager.evidence.tiles import HEIGHT, LARGEST_ENTRY, WIDTH, entries_path, tile_path

File = tuple[str, bytes]
"""A path below the log's folder, and what belongs there."""

_PAIRS = [Struct("64s" * (WIDTH >> height)) for height in range(1, HEIGHT + 1)]
"""How the hashes of a full tile, and of each height above it up to its root, are taken apart into pairs."""


@dataclass(slots=True)
class Growth:
    """The right edge of a tree: what is needed to go on, and nothing else.

    Attributes:
        size: how many entries the tree has.
        entries: those of the bundle that is not full.
        levels: for each level the hashes of the tile that is not full, joined.
    """

    size: int = 0
    entries: list[bytes] = field(default_factory=list)
    levels: list[bytes] = field(default_factory=list)

    def add(self, entries: Iterable[bytes]) -> Iterator[File]:
        """Take entries in, and give each tile and bundle that they fill. The tree has grown when all are taken.

        Raises:
            ProofRefused: an entry is longer than a log takes.
        """
        waiting = iter(entries)
        while piece := list(islice(waiting, WIDTH - len(self.entries))):
            longest = max(map(len, piece))
            if longest > LARGEST_ENTRY:
                raise _too_long(longest)
            self.entries += piece
            self._push(0, b"".join([sha256(b"\x00" + entry).digest() for entry in piece]))
            self.size += len(piece)
            if len(self.entries) == WIDTH:
                yield entries_path(self.size // WIDTH - 1), bundle(self.entries)
                self.entries = []
                yield from self._full()

    def edge(self) -> list[File]:
        """The tiles and the bundle at the right edge, which are not full."""
        if self.size == 0:
            return []
        number = self.size // WIDTH
        files = [(entries_path(number, len(self.entries)), bundle(self.entries))] if self.entries else []
        for level, hashes in enumerate(self.levels):
            if hashes:
                number = (self.size >> 8 * level) // WIDTH
                files.append((tile_path(level, number, len(hashes) // HASH_BYTES), hashes))
        return files

    def root(self) -> bytes:
        """The root over all entries: at each level the edge below is one more subtree, smaller than the others."""
        below: list[bytes] = []
        for hashes in self.levels:
            parts = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)] + below
            below = [root(parts)] if parts else []
        return below[0] if below else EMPTY_ROOT

    def _push(self, level: int, hashes: bytes) -> None:
        if level == len(self.levels):
            self.levels.append(b"")
        self.levels[level] += hashes

    def _full(self) -> Iterator[File]:
        """The tiles that are full now, each of which is one hash of the level above."""
        level = 0
        while level < len(self.levels) and len(self.levels[level]) == WIDTH * HASH_BYTES:
            tile = self.levels[level]
            number = (self.size >> 8 * (level + 1)) - 1
            yield tile_path(level, number), tile
            self.levels[level] = b""
            self._push(level + 1, _top(tile))
            level += 1


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, each after its length in two bytes."""
    return b"".join([len(entry).to_bytes(2) + entry for entry in entries])


def _top(hashes: bytes) -> bytes:
    """The hash over a full tile."""
    for pairs in _PAIRS:
        hashes = b"".join([sha256(b"\x01" + pair).digest() for pair in pairs.unpack(hashes)])
    return hashes


def _too_long(size: int) -> ProofRefused:
    return ProofRefused(
        message("An entry of {size} bytes is longer than a log takes."),
        remedy=message("Entries have at most 65,535 bytes: name what is longer by its hash."),
        size=size,
    )
