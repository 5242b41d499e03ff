"""Sheets of a workbook (Office Open XML, ISO/IEC 29500) given as bytes, with its sizes checked before it is opened.

A workbook is a ZIP archive of XML: a few kilobytes can claim to be a sheet of a thousand million cells, and its reader
would make room for all of them. Every part is therefore unpacked once, in small pieces and against its checksum, and
the farthest cell and the longest text are counted on the way.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from kuager.codecs.text import FETCH_AGAIN, refusal
from kuager.errors import CodecError, message

BEGINNING = b"PK\x03\x04"

_LARGEST_UNPACKED = 128 * 2**20
_MOST_PARTS = 2_000
_MOST_CELLS = 4_000_000
_MOST_TEXT = 8 * 2**30
"""If every cell shared the longest text: far more than any real register comes to, and still not without end."""
_CHUNK = 1 << 18
_LONGEST_REFERENCE = 32
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_TEXT_END = b"</si>"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name and its rows, each a list of texts, numbers, truth values and dates; empty cells are ''."""

    name: str
    rows: list[list[object]]


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a workbook, in its order.

    Raises:
        CodecError: it is damaged, no workbook, or larger than a register of shutdowns can be.
    """
    _check(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [Sheet(name, _rows(book, name)) for name in book.sheet_names]
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise _damaged() from error


def _rows(book: CalamineWorkbook, name: str) -> list[list[object]]:
    return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=True)]


def _check(data: bytes) -> None:
    cells, texts = 0, 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise refusal(
                    message("A ZIP archive was given as {file}, and there is no workbook in it."),
                    remedy=message("Unpack it and add the file inside, or export the sheet as CSV."),
                )
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
                raise _too_large()
            for part in parts:
                with archive.open(part) as file:  # a sheet may lie anywhere, so every part may be one
                    farthest, longest = _measure(_pieces(file))
                cells += farthest
                texts = max(texts, longest)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _damaged() from error
    if cells > _MOST_CELLS or cells * texts > _MOST_TEXT:
        raise _too_large()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece


def _measure(pieces: Iterator[bytes]) -> tuple[int, int]:
    """How many cells a part has up to its farthest one, and the length of its longest shared text with its markup."""
    columns, rows, before = 1, 1, b""
    longest, begun = 0, 0
    for piece in pieces:
        for letters, number in _REFERENCE.findall(before + piece):
            column = 0
            for letter in letters:
                column = 26 * column + letter - 64
            columns, rows = max(columns, column), max(rows, int(number))
        before = piece[-_LONGEST_REFERENCE:]
        *ended, rest = piece.split(_TEXT_END)
        for text in ended:
            longest, begun = max(longest, begun + len(text)), 0
        begun += len(rest)
    return columns * rows, longest


def _damaged() -> CodecError:
    return refusal(
        message("The workbook in {file} is damaged: not all of its parts can be read."),
        meaning=message("It looks cut off: a download or a copy may have stopped half-way."),
        remedy=FETCH_AGAIN,
    )


def _too_large() -> CodecError:
    return refusal(
        message("The workbook in {file} claims more cells or more text than any register of shutdowns has."),
        remedy=message("Export the sheet that you need as CSV and add that file."),
    )
