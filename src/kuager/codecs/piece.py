"""The lines of one piece of bytes, plain or compressed with gzip (RFC 1952), never all of them unpacked at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from kuager.codecs.text import FETCH_AGAIN, LOOKS_CUT_OFF, refusal
from kuager.errors import CodecError, message

GZIP = b"\x1f\x8b"
LONGEST_LINE = 32 * 2**20
_CHUNK = 1 << 16
_LARGEST_UNPACKED = 4 * 2**30
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def lines(data: bytes) -> Iterator[bytes]:
    """Every line that is not blank, without its line break.

    Raises:
        CodecError: the compressed data are damaged or end too early, or a line is longer than ``LONGEST_LINE``.
    """
    rest = b""
    for piece in _unpacked(data) if data.startswith(GZIP) else (data,):
        *whole, rest = (rest + piece).split(b"\n") if rest else piece.split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(rest) > LONGEST_LINE:
            raise refusal(message("A line of {file} is longer than any measurement is."), remedy=FETCH_AGAIN)
    if rest.strip():
        yield rest


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The unpacked bytes in pieces; several members one after the other are one stream."""
    unpacked, waiting = 0, memoryview(data)
    while waiting:
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            while waiting and not member.eof:
                taken, waiting = bytes(waiting[:_CHUNK]), waiting[_CHUNK:]
                while taken and not member.eof:
                    piece = member.decompress(taken, _CHUNK)
                    taken = member.unconsumed_tail
                    unpacked += len(piece)
                    if unpacked > _LARGEST_UNPACKED:
                        raise _damaged()
                    yield piece
        except zlib.error as error:
            raise _damaged() from error
        if not member.eof:
            raise _damaged()
        waiting = memoryview(bytes(member.unused_data) + bytes(waiting)) if member.unused_data else waiting


def _damaged() -> CodecError:
    return refusal(
        message("The compressed data in {file} are damaged or not whole."), meaning=LOOKS_CUT_OFF, remedy=FETCH_AGAIN
    )
