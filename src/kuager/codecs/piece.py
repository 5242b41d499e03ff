"""The lines of a stream of bytes, plain or compressed with gzip (RFC 1952), never all of them in memory.

Compressed data may be several members one after the other (RFC 1952, section 2.2); their checksums are checked. What
limits memory is the longest line, not the length of the stream: an honest day of measurements unpacks to gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, cast

from isal import igzip_lib

from kuager.codecs.text import FETCH_AGAIN, LOOKS_CUT_OFF, refusal
from kuager.errors import CodecError, message

GZIP = b"\x1f\x8b"
LONGEST_LINE = 32 * 2**20
MOST_STRANGE = 10_000
"""After so many lines of which none was understood a file is of another kind, and is read no further."""
_UNPACKED_AT_ONCE = 1 << 20
"""Large enough that few lines are cut in two and have to be put together; measured."""

_UNPACKED_UNASKED = 64 * 2**20
_UNPACKED_PER_BYTE = 250
"""Text of measurements unpacks to some ten times its size, never to hundreds: that is a file made to harm."""

_BLANKS = re.compile(rb"\s+")
_BROKEN = (cast("type[Exception]", igzip_lib.error), EOFError)
"""The library comes with types for some of its names only."""


class Lines:
    """The lines of a stream that are not blank, without line breaks and indentation; read once from beginning to end.

    Lines are views of what was read, so that none is copied; ``bytes(line)`` makes one that lasts by itself.

    Attributes:
        count: lines begun so far, blank ones too: the number of the line given last.
        ends_open: whether the line given last lacks its line break, as the last one of a file that was cut off does.
        too_long: lines that were passed over because they are longer than ``LONGEST_LINE``.
    """

    def __init__(self, pieces: Iterable[bytes], *, pass_over_long: bool = False) -> None:
        """Read from pieces; with ``pass_over_long`` a line that is too long is left out and is no error."""
        self._pieces = pieces
        self._pass_over_long = pass_over_long
        self.count = 0
        self.too_long = 0
        self.ends_open = False

    def __iter__(self) -> Iterator[memoryview]:
        """Every line.

        Raises:
            CodecError: the compressed data are damaged or end too early, or a line is longer than ``LONGEST_LINE``.
        """
        begun: list[memoryview] = []
        length = 0
        passing_over = False
        for piece in _plain(self._pieces):
            over = piece.find(b"\n") + 1 if passing_over else 0
            if passing_over and not over:
                continue
            passing_over = False
            view, start = memoryview(piece), over if begun else self._after_blanks(piece, over)
            while (end := piece.find(b"\n", start)) >= 0:
                line = view[start:end]
                if begun:
                    line, begun, length = memoryview(b"".join((*begun, line))), [], 0
                self.count += 1
                yield line
                start = self._after_blanks(piece, end + 1)
            if start < len(piece):
                begun.append(view[start:])
                length += len(piece) - start
                if length > LONGEST_LINE and self._pass_over_long:
                    begun, length, passing_over = [], 0, True
                    self.count += 1
                    self.too_long += 1
                elif length > LONGEST_LINE:
                    raise refusal(message("A line of {file} is longer than any measurement is."), remedy=FETCH_AGAIN)
        if begun:
            self.count += 1
            self.ends_open = True
            yield memoryview(b"".join(begun))

    def _after_blanks(self, piece: bytes, start: int) -> int:
        """Where the next line begins that is not blank; those passed over are counted, at once and not one by one."""
        blanks = _BLANKS.match(piece, start)
        if blanks is None:
            return start
        self.count += piece.count(b"\n", *blanks.span())
        return blanks.end()


def lines(data: bytes) -> Iterator[bytes]:
    """Every line of bytes in hand that is not blank, without its line break.

    Raises:
        CodecError: the compressed data are damaged or end too early, or a line is longer than ``LONGEST_LINE``.
    """
    return map(bytes, Lines((data,)))


def _plain(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, unpacked if the first two bytes say that they are compressed."""
    waiting = iter(pieces)
    head = b""
    while len(head) < len(GZIP) and (piece := next(waiting, None)) is not None:
        head += piece
    whole = chain((head,), waiting)
    return _unpacked(whole) if head.startswith(GZIP) else whole


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What the pieces unpack to, member after member, as far as they are whole; zeros after a member are padding."""
    member: Any = None
    taken = unpacked = 0
    for piece in pieces:
        taken += len(piece)
        rest = piece
        while rest or (member is not None and not member.needs_input):
            if member is None:
                rest = rest.lstrip(b"\0") if unpacked else rest
                if not rest:
                    break
                member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
            try:
                plain = member.decompress(rest, _UNPACKED_AT_ONCE)
            except _BROKEN as error:
                raise _damaged() from error
            unpacked += len(plain)
            if unpacked > _UNPACKED_UNASKED + _UNPACKED_PER_BYTE * taken:
                raise _too_much()
            if plain:
                yield plain
            rest = b""
            if member.eof:
                rest, member = member.unused_data, None
    if member is not None:
        raise _damaged()


def _too_much() -> CodecError:
    return refusal(
        message("What is compressed in {file} unpacks to hundreds of times its size, which no data do."),
        meaning=message("Such files are made to fill the memory of whoever opens them."),
        remedy=FETCH_AGAIN,
    )


def _damaged() -> CodecError:
    return refusal(
        message("The compressed data in {file} are damaged or not whole."), meaning=LOOKS_CUT_OFF, remedy=FETCH_AGAIN
    )
