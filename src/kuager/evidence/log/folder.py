"""Reading a log that lies in files. No lock is needed: nothing that was acknowledged ever changes.

state                 JSON: the log's name, how many entries it has, and the root over them
signed                JSON: the largest tree that a signature was ever made for
checkpoint            the newest signed head; checkpoints/<size> every signed head
tile/…                tiles and bundles of entries (C2SP tlog-tiles)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from kuager.errors import LogDamaged, ProofRefused, message
from kuager.evidence import base64_text
from kuager.evidence.checkpoint import Checkpoint
from kuager.evidence.merkle import (
    EMPTY_ROOT,
    Subtrees,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    root_of_range,
)
from kuager.evidence.note import SignedNote
from kuager.evidence.proof import LogProof
from kuager.evidence.tiles import (
    LARGEST_BUNDLE,
    WIDTH,
    decode_entries,
    entries_path,
    split,
    subtrees_of,
    tile_path,
    width_of,
)

STATE, SIGNED, CHECKPOINT, CHECKPOINTS = "state", "signed", "checkpoint", "checkpoints"


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tree of the log: its name, number of entries, and root in base 64."""

    origin: str
    size: int
    root: str

    @property
    def checkpoint(self) -> Checkpoint:
        """The same, to be signed."""
        return Checkpoint(self.origin, self.size, base64_text.decode(self.root))


class LogFolder:
    """A log below a folder.

    Raises:
        LogDamaged: by every member, when a file is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def head(self) -> Checkpoint:
        """The tree of all that was acknowledged."""
        found = self.read_head(STATE)
        if found is None:
            raise damaged(STATE)
        return found

    @property
    def checkpoint(self) -> SignedNote | None:
        """The newest signed head; None when nothing was signed yet."""
        path = self.path / CHECKPOINT
        return _note(path) if path.exists() else None

    @property
    def checkpoints(self) -> dict[int, SignedNote]:
        """Every signed head by its size."""
        found = ((int(path.name), path) for path in (self.path / CHECKPOINTS).glob("*") if path.name.isdecimal())
        return {size: _note(path) for size, path in sorted(found)}

    @property
    def signed_size(self) -> int:
        """How many entries the newest signed head has; 0 when nothing was signed yet."""
        note = self.checkpoint
        return _parsed(note, CHECKPOINT).size if note is not None else 0

    @property
    def unsigned(self) -> int:
        """How many entries no signed head has yet."""
        return self.head.size - self.signed_size

    def leaves(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Entries from ``start`` to ``end``, not included; all that there are without one."""
        size = self.head.size
        end = size if end is None else min(end, size)
        for number in range(start // WIDTH, -(-end // WIDTH)):
            first = number * WIDTH
            entries = self.bundle(number, size)
            yield from entries[max(start - first, 0) : end - first]

    def bundle(self, number: int, size: int) -> list[bytes]:
        """The entries of a bundle in a tree."""
        width = width_of(0, number, size)
        path = entries_path(number, width)
        try:
            entries = decode_entries(self._read(path, entries_path(number), LARGEST_BUNDLE))
        except ProofRefused as error:
            raise damaged(path) from error
        if len(entries) < width:
            raise damaged(path)
        return entries[:width]

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The hashes of a tile, joined; those of a full one cut where its beginning is asked for."""
        path = tile_path(level, number, width)
        data = self._read(path, tile_path(level, number), WIDTH * 32)[: width * 32]
        if len(data) != width * 32:
            raise damaged(path)
        return data

    def subtrees(self, size: int) -> Subtrees:
        """The hashes of complete subtrees of the tree of that size."""
        return subtrees_of(size, self.tile)

    def root_at(self, size: int) -> bytes:
        """The root that the tree had at a size, from its tiles."""
        return root_of_range(0, size, self.subtrees(size)) if size else EMPTY_ROOT

    def proof(self, index: int) -> LogProof:
        """That an entry is in the newest signed head.

        Raises:
            ProofRefused: it is not.
        """
        note = self.checkpoint
        size = self.signed_size
        if note is None or index >= size:
            raise ProofRefused(
                message("Entry {index} is not signed yet."),
                remedy=message("Run: kuager stamp CASE."),
                index=index,
            )
        return LogProof(index, inclusion_proof(index, size, self.subtrees(size)), note)

    def consistency(self, size: int, larger: int) -> tuple[bytes, ...]:
        """That the tree only grew from one size to another."""
        return consistency_proof(size, larger, self.subtrees(larger))

    def check(self) -> None:
        """Compute every hash of the log again from its entries.

        Raises:
            LogDamaged: something does not agree; the error names the first thing that does not.
        """
        head = self.head
        subtrees = self.subtrees(head.size)
        for number in range(-(-head.size // WIDTH)):
            width = width_of(0, number, head.size)
            if [leaf_hash(entry) for entry in self.bundle(number, head.size)] != split(self.tile(0, number, width)):
                raise damaged(entries_path(number, width))
        level = 1
        while head.size >> 8 * level:
            for number in range(head.size >> 8 * level):
                if subtrees(8 * level, number) != root(split(self.tile(level - 1, number, WIDTH))):
                    raise damaged(tile_path(level - 1, number))
            level += 1
        for name, checkpoint in self._heads():
            if checkpoint.size > head.size or self.root_at(checkpoint.size) != checkpoint.root:
                raise damaged(name)

    def read_head(self, name: str) -> Checkpoint | None:
        """What ``state`` or ``signed`` says; None when there is no such file."""
        try:
            return msgspec.json.decode((self.path / name).read_bytes(), type=Head).checkpoint
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, ProofRefused) as error:
            raise damaged(name) from error

    def _heads(self) -> Iterator[tuple[str, Checkpoint]]:
        yield STATE, self.head
        signed = self.read_head(SIGNED)
        if signed is not None:
            yield SIGNED, signed
        for size, note in self.checkpoints.items():
            yield f"{CHECKPOINTS}/{size}", _parsed(note, f"{CHECKPOINTS}/{size}")

    def _read(self, path: str, whole: str, most: int) -> bytes:
        """A file, or the full one that took its place."""
        for name in (path, whole):
            try:
                with (self.path / name).open("rb") as file:
                    return file.read(most + 1)
            except FileNotFoundError:
                continue
        raise damaged(path)


def damaged(name: str) -> LogDamaged:
    """What to say of a file of the log that is missing or not what was written."""
    return LogDamaged(
        message("The file {file} of the log is missing or not what was written."),
        meaning=message("The log was changed or damaged. Nothing is signed or added until it is whole again."),
        remedy=message("Bring the folder evidence/log back from a copy of the case."),
        file=name,
    )


def _note(path: Path) -> SignedNote:
    try:
        return SignedNote.parse(path.read_bytes())
    except (OSError, ProofRefused) as error:
        raise damaged(path.name) from error


def _parsed(note: SignedNote, name: str) -> Checkpoint:
    try:
        return Checkpoint.parse(note.text)
    except ProofRefused as error:
        raise damaged(name) from error
