"""What a pack is made from: the views of what a bundle holds, and where everything in the bundle lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuager.publications.view import CaseView, EpisodeView


@dataclass(frozen=True, slots=True)
class SealedObject:
    """Bytes as they were received.

    Attributes:
        digest: SHA-256, 64 hexadecimal digits.
        size: in bytes.
        kind: what they were taken for, such as ``ioda-export``.
        source: the id of the source that was asked; empty for what a person added.
        received: when, RFC 3339.
        entry: of the log.
        path: in the bundle; empty where the bytes are held back.
        withheld: why they are, in one word; empty where they are not.
    """

    digest: str
    size: int
    kind: str
    source: str
    received: str
    entry: int
    path: str
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """What was derived: its SHA-256 and path, its entry of the log, and the statement that says from what and how."""

    digest: str
    size: int
    path: str
    entry: int
    known: datetime
    statement: str
    statement_size: int
    statement_path: str
    code: str
    parameters: Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that the bundle itself brings, such as the head of the log or the settings."""

    digest: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class LogHead:
    """The signed head of the log: how many entries, when the newest was made, and who vouches for it in numbers."""

    file: OwnFile
    entries: int
    known: datetime
    stamps: int
    cosignatures: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which our own collector was not running; ``entry`` of the log."""

    start: str
    end: str
    entry: int


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """All of it.

    Attributes:
        case: what may be shown of the case, in the language of the pack.
        view: the episode of the pack.
        derived: the version of the episode.
        head: of the log.
        settings: what the case is about; with ``operators`` where it has its own.
        objects: what was received, in the order of the log.
        told_in: by the id of each row of a register or of the record the digest of the object that it stands in.
        pauses: of the collector.
        confidential: whether nothing is held back.
    """

    case: CaseView
    view: EpisodeView
    derived: DerivedFile
    head: LogHead
    settings: OwnFile
    operators: OwnFile | None
    objects: tuple[SealedObject, ...]
    told_in: Mapping[str, str]
    pauses: tuple[Pause, ...]
    confidential: bool
