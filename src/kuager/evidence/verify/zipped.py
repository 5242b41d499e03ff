"""A bundle as one zip, read where it lies: nothing is unpacked, and nothing in it is packed."""

from __future__ import annotations

import os
import re
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from kuager.errors import ProofRefused
from kuager.evidence.verify.reading import CHUNK, changed, check_total, objection, unreadable
from kuager.evidence.verify.zip_records import END_BYTES, LARGEST, Member, directory_of, members, not_as_ours

_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/")


class ZipFiles:
    """The members of a zip; to be used as a context.

    Raises:
        ProofRefused: it is not packed as Kuager packs bundles.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._members: dict[str, Member] = {}
        self._sizes: dict[str, int] = {}
        self._refused: dict[str, ProofRefused] = {}
        self._descriptor = os.open(path, _FILE)
        try:
            self._list()
            check_total(self._sizes)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> Self:
        """The files."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the zip."""
        os.close(self._descriptor)

    @property
    def sizes(self) -> Mapping[str, int]:
        """Of the files that can be read."""
        return self._sizes

    @property
    def refused(self) -> Mapping[str, ProofRefused]:
        """What cannot be read, and why."""
        return self._refused

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file in pieces.

        Raises:
            ProofRefused: the zip changed, or its records are not those that Kuager writes.
        """
        member = self._members[path]
        if self._read(member.offset, len(member.header)) != member.header:
            raise not_as_ours()
        at, crc = member.start, 0
        while at < member.end:
            piece = self._read(at, min(CHUNK, member.end - at))
            at, crc = at + len(piece), zlib.crc32(piece, crc)
            yield piece
        if crc != member.crc:
            raise not_as_ours()

    def _list(self) -> None:
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode) or not END_BYTES < status.st_size <= LARGEST:
            raise not_as_ours()
        count, start, end = directory_of(self._read(status.st_size - END_BYTES, END_BYTES), status.st_size)
        top = b""
        last = b""
        for member in members(self._read(start, end - start), count, start):
            top = top or member.name[: member.name.find(b"/") + 1]
            if not _NAME.fullmatch(top) or not member.name.startswith(top) or member.name <= last:
                raise not_as_ours()
            last = member.name
            self._take(member, member.name[len(top) :].decode("ascii", "replace"))

    def _take(self, member: Member, path: str) -> None:
        refused = objection(path, member.size)
        if refused is not None:
            self._refused[path] = refused
        else:
            self._members[path] = member
            self._sizes[path] = member.size

    def _read(self, offset: int, size: int) -> bytes:
        try:
            data = os.pread(self._descriptor, size, offset)
        except OSError as error:
            raise unreadable(error) from error
        if len(data) != size:
            raise changed()
        return data
