"""The records of what a case received: one file each, in order, never changed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import rfc8785

from kuager.errors import CaseDamaged, message
from kuager.evidence.durable import write_new

RECORD_KIND = "record"
"""The kind of a documentary record."""

REGISTER_KIND = "register"
"""The kind of a file of rows: what was ordered, said, owed and done."""

OWN_WORDS_KIND = "own-words"
"""The kind of rows by which an operator speaks itself: notices and canaries. No episode follows from them."""

OWN_TEXT_KIND = "own-text"
"""The kind of a text that an operator signed; the row by which it speaks says what it is."""

OWN_KINDS = frozenset({OWN_WORDS_KIND, OWN_TEXT_KIND})
"""What an operator says itself, of which no episode is derived."""

DOCUMENT_KIND = "document"
"""The kind of a document as it was published; its row in a register says what it is."""

DOCUMENTARY = frozenset({RECORD_KIND, REGISTER_KIND, *OWN_KINDS, DOCUMENT_KIND})
"""The kinds that hold no measurement."""

UNREAD = "unread"
"""The kind of what a source sent and no codec could read: sealed and recorded all the same."""


class Received(msgspec.Struct, frozen=True):
    """The record of one sealed object: what it was taken for and when it came.

    ``signal`` empty means all of it. ``source`` and ``url`` say where it was collected; both are empty for a file that
    a person added.
    """

    type: str
    object: str
    size: int
    kind: str
    place: str
    signal: str
    name: str
    received: str
    source: str = ""
    url: str = ""

    @property
    def digest(self) -> str:
        """The object's name in the store."""
        return self.object.removeprefix("sha256:")

    @property
    def reading(self) -> tuple[str, str, str, str]:
        """What is read, and as what: the same bytes read the same way twice are one thing."""
        return self.object, self.kind, self.place, self.signal


class ReceivedRecords:
    """The records below one folder. One writer at a time, which the lock of the case makes sure of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Received]:
        """Every record in order.

        Raises:
            CaseDamaged: one of them cannot be read.
        """
        records = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                records.append(msgspec.json.decode(path.read_bytes(), type=Received))
            except msgspec.DecodeError as error:
                raise CaseDamaged(
                    message("The record {file} cannot be read."),
                    remedy=message("Bring it back from a copy of the case."),
                    file=f"evidence/received/{path.name}",
                ) from error
        return records

    def keep(self, record: Received) -> None:
        """Number the record after the last one."""
        last = max((int(path.stem) for path in self._folder.glob("*.json")), default=0)
        write_new(self._folder / f"{last + 1:06d}.json", rfc8785.dumps(msgspec.to_builtins(record)))

    def forget(self, record: Received) -> None:
        """Take back a record that was kept a moment ago."""
        for path in self._folder.glob("*.json"):
            if msgspec.json.decode(path.read_bytes(), type=Received) == record:
                path.unlink()
