"""The records of a zip as Kuager writes it, stored, in one way only (PKWARE APPNOTE, sections 4.3.7, 4.3.12, 4.3.16).

Members are rebuilt from what the directory says of them, and must be the very bytes that are there: so a zip can be
read in one way only, by every program, and no bit of it goes unchecked.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from kuager.errors import ProofRefused, message

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
END_BYTES = _END.size
_VERSION, _UNIX, _STORED = 20, 3, 0
_FIRST_DAY = 0x21
"""1 January 1980, in the way of MS-DOS."""

_FILE, _PROGRAM = 0o644, 0o755
MOST_MEMBERS = 0xFFFF - 1
_LARGEST_DIRECTORY = MOST_MEMBERS * (_CENTRAL.size + 300)
LARGEST = 2**31 - 1
"""Bytes of the largest zip whose records have fields of 32 bits; beyond, a bundle is handed over as a folder."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip: its name, the CRC-32 and number of its bytes, and where its local header begins."""

    name: bytes
    crc: int
    size: int
    offset: int

    @property
    def header(self) -> bytes:
        """The record before its bytes."""
        fixed = (b"PK\x03\x04", _VERSION, 0, _STORED, 0, _FIRST_DAY, self.crc, self.size, self.size)
        return _LOCAL.pack(*fixed, len(self.name), 0) + self.name

    @property
    def start(self) -> int:
        """Where its bytes begin."""
        return self.offset + _LOCAL.size + len(self.name)

    @property
    def end(self) -> int:
        """Where its bytes end."""
        return self.start + self.size

    @property
    def entry(self) -> bytes:
        """Its record in the directory."""
        mode = _PROGRAM if self.name.endswith(b"/verify.sh") else _FILE
        made = _VERSION | _UNIX << 8
        fixed = (b"PK\x01\x02", made, _VERSION, 0, _STORED, 0, _FIRST_DAY, self.crc, self.size, self.size)
        attributes = (stat.S_IFREG | mode) << 16
        return _CENTRAL.pack(*fixed, len(self.name), 0, 0, 0, 0, attributes, self.offset) + self.name


def directory_of(end: bytes, total: int) -> tuple[int, int, int]:
    """Where the directory lies, from the record at the end.

    Args:
        end: the last :data:`END_BYTES` bytes.
        total: bytes of the zip.

    Returns:
        The number of members, and from where to where the directory goes.

    Raises:
        ProofRefused: it is not where it should be.
    """
    if total > LARGEST or len(end) != END_BYTES:
        raise not_as_ours()
    _, _, _, _, count, size, offset, _ = _END.unpack(end)
    again = _END.pack(b"PK\x05\x06", 0, 0, count, count, size, offset, 0)
    if again != end or offset + size + END_BYTES != total or count > MOST_MEMBERS or size > _LARGEST_DIRECTORY:
        raise not_as_ours()
    return count, offset, offset + size


def members(directory: bytes, count: int, start: int) -> Iterator[Member]:
    """The members that a directory lists, which lie one behind the other up to the directory.

    Raises:
        ProofRefused: the directory is not one that Kuager writes.
    """
    at = expected = 0
    for _ in range(count):
        if len(directory) - at < _CENTRAL.size:
            raise not_as_ours()
        fields = _CENTRAL.unpack_from(directory, at)
        length = fields[10]
        name = directory[at + _CENTRAL.size : at + _CENTRAL.size + length]
        member = Member(name, fields[7], fields[9], expected)
        if directory[at : at + _CENTRAL.size + length] != member.entry:
            raise not_as_ours()
        yield member
        at += _CENTRAL.size + length
        expected = member.end
    if at != len(directory) or expected != start:
        raise not_as_ours()


def not_as_ours() -> ProofRefused:
    """For a zip of another making, which may hold a bundle all the same."""
    return ProofRefused(
        message("The file is no zip, or not packed in the one way in which Kuager packs bundles."),
        meaning=message("It was packed again by another program, is damaged or cut off, or is larger than 2 GiB."),
        remedy=message("Unpack it and verify the folder."),
    )
