"""Reading a log that lies in files. No lock is needed: nothing that was acknowledged ever changes.

state                 the head of all that was acknowledged: name, number of entries and root, as it would be signed
signed                the same of the largest tree that a signature was ever made for
checkpoint            the newest signed head; checkpoints/<size> every signed head
tile/…                tiles and bundles of entries (C2SP tlog-tiles)

A writer takes away tiles that are not full once larger ones are there; a reader that comes too late takes those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kuager.errors import LogDamaged, ProofRefused, message
from kuager.evidence.checkpoint import Checkpoint, decimal
from kuager.evidence.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    Subtrees,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    root_of_range,
)
from kuager.evidence.note import LARGEST_NOTE, SignedNote
from kuager.evidence.proof import LogProof
from kuager.evidence.tiles import (
    HEIGHT,
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
        return self._note(CHECKPOINT)

    @property
    def checkpoints(self) -> dict[int, SignedNote]:
        """Every signed head by its size."""
        found = {size: self.checkpoint_at(size) for size in sorted(self._signed_sizes())}
        return {size: note for size, note in found.items() if note is not None}

    def checkpoint_at(self, size: int) -> SignedNote | None:
        """The signed head of a size; None when none of that size was signed."""
        name = f"{CHECKPOINTS}/{size}"
        note = self._note(name)
        if note is not None and _parsed(note, name).size != size:
            raise damaged(name)
        return note

    @property
    def signed_size(self) -> int:
        """How many entries the newest signed head has; 0 when nothing was signed yet."""
        newest = self.signed_head
        return newest.size if newest is not None else 0

    @property
    def signed_head(self) -> Checkpoint | None:
        """What the newest signed head says; None when nothing was signed yet."""
        note = self.checkpoint
        return _parsed(note, CHECKPOINT) if note is not None else None

    @property
    def largest_signed_head(self) -> Checkpoint | None:
        """What the largest of all signed heads that are kept says, whatever the newest one is."""
        size = max(self._signed_sizes(), default=None)
        note = self.checkpoint_at(size) if size is not None else None
        return _parsed(note, f"{CHECKPOINTS}/{size}") if note is not None else None

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

    def leaf(self, index: int) -> bytes:
        """One entry.

        Raises:
            ProofRefused: there is no such entry.
        """
        size = self.head.size
        if not 0 <= index < size:
            raise ProofRefused(message("The log has no entry {index}."), index=index)
        return self.bundle(index // WIDTH, size)[index % WIDTH]

    def bundle(self, number: int, size: int) -> list[bytes]:
        """The entries of a bundle in a tree."""
        width = width_of(0, number, size)
        path, data = self._read(lambda wide: entries_path(number, wide), 0, number, width, LARGEST_BUNDLE)
        try:
            entries = decode_entries(data)
        except ProofRefused as error:
            raise damaged(path) from error
        if path != entries_path(number, len(entries)):
            raise damaged(path)
        return entries[:width]

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The hashes of a tile, joined; those of a wider one cut where its beginning is asked for."""
        path, data = self._read(lambda wide: tile_path(level, number, wide), level, number, width, WIDTH * HASH_BYTES)
        if not data or path != tile_path(level, number, len(data) // HASH_BYTES) or len(data) % HASH_BYTES:
            raise damaged(path)
        return data[: width * HASH_BYTES]

    def subtrees(self, size: int) -> Subtrees:
        """The hashes of complete subtrees of the tree of that size."""
        return subtrees_of(size, self.tile)

    def root_at(self, size: int) -> bytes:
        """The root that the tree had at a size, from its tiles."""
        return root_of_range(0, size, self.subtrees(size)) if size else EMPTY_ROOT

    def proof(self, index: int, size: int | None = None) -> LogProof:
        """That an entry is in the newest signed head, or in that of a size.

        Raises:
            ProofRefused: it is not, or no head of that size was signed.
        """
        note = self.checkpoint if size is None else self.checkpoint_at(size)
        signed = _parsed(note, CHECKPOINT).size if note is not None else 0
        if note is None or not 0 <= index < signed:
            raise ProofRefused(
                message("Entry {index} is not signed yet."),
                remedy=message("Run: kuager stamp CASE."),
                index=index,
            )
        return LogProof(index, inclusion_proof(index, signed, self.subtrees(signed)), note)

    def consistency(self, size: int, larger: int) -> tuple[bytes, ...]:
        """That the tree only grew from one size to another.

        Raises:
            ProofRefused: the first is empty or not the smaller, or the log has not come to the second.
        """
        if larger > self.head.size:
            raise ProofRefused(message("The log has no {size} entries yet."), size=larger)
        return consistency_proof(size, larger, self.subtrees(larger))

    def check(self) -> None:
        """Compute every hash of the log again from its entries.

        Raises:
            LogDamaged: something does not agree; the error names the first thing that does not.
        """
        head = self.head
        self._check_tiles(head.size)
        for name, checkpoint in self._heads():
            if checkpoint.origin != head.origin:
                raise damaged(name)
            if checkpoint.size > head.size or self.root_at(checkpoint.size) != checkpoint.root:
                raise damaged(name)
        for size in self.checkpoints:
            self._check_kept(size, head.size)

    def check_continues(self, earlier: Iterable[Checkpoint]) -> None:
        """Check that heads which somebody saw or signed are beginnings of this log.

        Raises:
            LogDamaged: one is not: this log is an older copy of itself, or another history.
        """
        head = self.head
        for one in earlier:
            if one.origin != head.origin or one.size > head.size or self.root_at(one.size) != one.root:
                raise LogDamaged(
                    message("The log does not continue what was signed before: {signed} entries, now {size}."),
                    meaning=message("It is an older copy, or it was changed. To sign it would show two histories."),
                    remedy=message("Bring back the newest copy of the case, and go on with that one."),
                    signed=one.size,
                    size=head.size,
                )

    def read_head(self, name: str) -> Checkpoint | None:
        """What ``state`` or ``signed`` says; None when there is no such file."""
        text = self._small(name)
        if text is None:
            return None
        try:
            return Checkpoint.parse(text)
        except ProofRefused as error:
            raise damaged(name) from error

    def _check_tiles(self, size: int) -> None:
        for number in range(-(-size // WIDTH)):
            width = width_of(0, number, size)
            if [leaf_hash(entry) for entry in self.bundle(number, size)] != split(self.tile(0, number, width)):
                raise damaged(entries_path(number, width))
        level, subtrees = 1, self.subtrees(size)
        while size >> HEIGHT * level:
            for number in range(size >> HEIGHT * level):
                if subtrees(HEIGHT * level, number) != root(split(self.tile(level - 1, number, WIDTH))):
                    raise damaged(tile_path(level - 1, number))
            level += 1

    def _check_kept(self, signed: int, size: int) -> None:
        """The tiles that were not full when a head was signed: there until they are full, and their own beginnings."""
        for level, number, width in edge(signed):
            whole = width_of(level, number, size)
            paths = [tile_path(level, number, width)] + [entries_path(number, width)] * (level == 0)
            for path in paths:
                if whole < WIDTH and not (self.path / path).exists():
                    raise damaged(path)
            if not self.tile(level, number, whole).startswith(self.tile(level, number, width)):
                raise damaged(paths[0])
            if level == 0 and self.bundle(number, size)[:width] != self.bundle(number, signed):
                raise damaged(paths[1])

    def _heads(self) -> Iterator[tuple[str, Checkpoint]]:
        yield STATE, self.head
        for name, found in ((SIGNED, self.read_head(SIGNED)), (CHECKPOINT, self.signed_head)):
            if found is not None:
                yield name, found
        for size, note in self.checkpoints.items():
            yield f"{CHECKPOINTS}/{size}", _parsed(note, f"{CHECKPOINTS}/{size}")

    def _signed_sizes(self) -> Iterator[int]:
        """The names of signed heads; other files, such as those of a writer that was killed, are none."""
        for path in (self.path / CHECKPOINTS).glob("*"):
            try:
                yield decimal(path.name)
            except ProofRefused:
                continue

    def _note(self, name: str) -> SignedNote | None:
        data = self._small(name)
        if data is None:
            return None
        try:
            return SignedNote.parse(data)
        except ProofRefused as error:
            raise damaged(name) from error

    def _small(self, name: str) -> bytes | None:
        """A file that is no longer than a note; None when there is none."""
        try:
            with (self.path / name).open("rb") as file:
                data = file.read(LARGEST_NOTE + 1)
        except FileNotFoundError:
            return None
        if len(data) > LARGEST_NOTE:
            raise damaged(name)
        return data

    def _read(self, path: Callable[[int], str], level: int, number: int, width: int, most: int) -> tuple[str, bytes]:
        """A tile or bundle at least so wide, and its name: the one that is asked for, or what has taken its place."""
        while True:
            name = path(width)
            try:
                with (self.path / name).open("rb") as file:
                    return name, file.read(most + 1)
            except FileNotFoundError as error:
                grown = width_of(level, number, self.head.size)
                if grown <= width:
                    raise damaged(name) from error
                width = grown


def edge(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of each tile of a tree that is not full."""
    level = 0
    while count := size >> HEIGHT * level:
        number, width = divmod(count, WIDTH)
        if width:
            yield level, number, width
        level += 1


def damaged(name: str) -> LogDamaged:
    """What to say of a file of the log that is missing or not what was written."""
    return LogDamaged(
        message("The file {file} of the log is missing or not what was written."),
        meaning=message("The log was changed or damaged. Nothing is signed or added until it is whole again."),
        remedy=message("Bring the folder evidence/log back from a copy of the case."),
        file=name,
    )


def _parsed(note: SignedNote, name: str) -> Checkpoint:
    try:
        return Checkpoint.parse(note.text)
    except ProofRefused as error:
        raise damaged(name) from error
