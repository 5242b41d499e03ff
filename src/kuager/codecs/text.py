"""Text tables, read strictly: bytes to columns of text, every row with the number of its line.

Tables are CSV after RFC 4180 with commas, in UTF-8 with or without a byte order mark, with LF or CRLF. Whatever else
a person hands over by mistake (a picture, a spreadsheet, a download that stopped half-way) is named for what it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kuager.errors import CodecError, message

Lines = npt.NDArray[np.int64]
Strings = Any
"""A ``pyarrow.StringArray``; the library comes without types."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PICTURES = ((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"))
_OTHER_FORMATS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xd0\xcf\x11\xe0", "Excel"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
)
_WEB_PAGE_BEGINNINGS = (b"<!doctype html", b"<html")
_OTHER_DELIMITERS = {
    ";": message("The columns of {file} are separated by semicolons (;), not by commas."),
    "\t": message("The columns of {file} are separated by tabs, not by commas."),
    "|": message("The columns of {file} are separated by vertical bars (|), not by commas."),
}
_QUOTED = re.compile(r'"[^"]*"')
_ROWS_AT_ONCE = 8192
"""Rows held as Python lists before they become Arrow columns; keeps a million rows in little memory."""

_MOST_COLUMNS, _LONGEST_HEADER = 10_000, 2**20

LOOKS_CUT_OFF = message("It looks cut off: a download or a copy may have stopped half-way.")
FETCH_AGAIN = message("Fetch or export the file again and compare its size.")


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells are still text.

    Attributes:
        columns: per name, in the order of the header, an Arrow array of strings [n].
        lines: int64 [n], the number of the line on which each row ends, the header being line 1.
        ends_open: whether the last line lacks its line break, so that its last cell may have been cut.
    """

    columns: dict[str, Strings]
    lines: Lines
    ends_open: bool


def refusal(happened: str, *, meaning: str = "", remedy: str = "", **facts: object) -> CodecError:
    """An error of which only the file's name is not known yet; the case sets it with ``in_file``."""
    return CodecError(happened, meaning=meaning, remedy=remedy, **{"file": "this file", **facts})


def excerpt(text: str, limit: int = 60) -> str:
    """Text from a file as it may be shown in a message: short, and without control characters."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:limit])
    return shown + "…" if len(text) > limit else shown


def cut_off(line: int) -> CodecError:
    """The error for a file whose last line is not whole."""
    return refusal(
        message("Line {line} is the last one of {file} and it is not whole."),
        meaning=LOOKS_CUT_OFF,
        remedy=FETCH_AGAIN,
        line=line,
    )


def text_of(data: bytes) -> str:
    """The bytes as text, without a byte order mark.

    Raises:
        CodecError: the bytes are empty, are another format, or are not UTF-8.
    """
    body = data.removeprefix(_BYTE_ORDER_MARK)
    if not body.strip():
        raise refusal(message("There is nothing in {file}."), remedy=FETCH_AGAIN)
    _refuse_other_formats(body)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal(
            message("Line {line} of {file} is not text in UTF-8."),
            remedy=message("Save the file as UTF-8 and try again."),
            line=_line_at(body, error.start),
        ) from error


def _refuse_other_formats(body: bytes) -> None:
    for beginning, name in _PICTURES:
        if body.startswith(beginning):
            raise refusal(
                message("A picture ({format}) was given as {file}, not a table of numbers."),
                remedy=message("Export the numbers behind the picture, as CSV, and add that file."),
                format=name,
            )
    for beginning, name in _OTHER_FORMATS:
        if body.startswith(beginning):
            raise refusal(
                message("A file in the format {format} was given as {file}, not plain text."),
                remedy=message("Unpack it, or export its table as CSV, and add that file."),
                format=name,
            )
    if body.startswith(_UTF16_MARKS):
        raise refusal(
            message("The text in {file} is written in UTF-16, not in UTF-8."),
            remedy=message("Save the file as UTF-8 and try again."),
        )
    if body[:200].lstrip().lower().startswith(_WEB_PAGE_BEGINNINGS):
        raise refusal(
            message("A web page was given as {file}, not data."),
            remedy=message("The download may have given an error page: open the file in a browser to see it."),
        )
    if b"\x00" in body:
        raise refusal(
            message("Line {line} of {file} holds a zero byte, which no text has."),
            meaning=message("It is a binary file, or text in UTF-16."),
            remedy=message("Export it as plain text in UTF-8 and add that file."),
            line=_line_at(body, body.index(b"\x00")),
        )


def _line_at(body: bytes, position: int) -> int:
    return body.count(b"\n", 0, position) + 1


def read_table(data: bytes) -> Table:
    """The table of a CSV file; blank lines are passed over.

    Raises:
        CodecError: not text, another delimiter, no rows, rows of unequal length, broken quotation marks, cut off.
    """
    text = text_of(data)
    _check_delimiter(text)
    _check_width(text)
    records = _records(text)
    header_line, header = next(records)
    names = [name.strip() for name in header]
    _check_header(names, header_line)
    lines: list[int] = []
    chunks: list[list[Strings]] = []
    while rows := list(islice(records, _ROWS_AT_ONCE)):
        for line, record in rows:
            if len(record) != len(names):
                last = rows[-1][0] == line and next(records, None) is None
                raise _uneven(line, len(record), len(names), last=last)
            lines.append(line)
        chunks.append([pa.array(cells, pa.string()) for cells in zip(*(record for _, record in rows), strict=True)])
    if not chunks:
        raise refusal(message("There is a header in {file} but no row under it."), remedy=FETCH_AGAIN)
    columns = [pa.concat_arrays(list(parts)) for parts in zip(*chunks, strict=True)]
    return Table(
        columns=dict(zip(names, columns, strict=True)),
        lines=np.array(lines, dtype=np.int64),
        ends_open=not text.endswith(("\n", "\r")),
    )


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the number of the line on which it ends."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 0
    try:
        for record in reader:
            line = reader.line_num
            if record:
                yield line, record
    except csv.Error as error:
        opened = line + 1
        if opened > text.rstrip("\r\n").count("\n"):
            raise cut_off(opened) from error
        raise refusal(
            message("In line {line} of {file} a quotation mark does not stand where CSV allows one."),
            meaning=message("A cell is opened by a quotation mark and not closed, or closed too early."),
            remedy=message("Close the cell, or write a quotation mark inside a cell twice."),
            line=opened,
        ) from error


def _check_delimiter(text: str) -> None:
    header = _QUOTED.sub("", text.lstrip().partition("\n")[0])
    for delimiter, happened in _OTHER_DELIMITERS.items():
        if delimiter in header and "," not in header:
            raise refusal(happened, remedy=message("Export the table again with commas between the columns."))


def _check_width(text: str) -> None:
    """Refuse a header of millions of columns before it is taken apart, which would take a hundred times its size."""
    beginning = text.lstrip()[:_LONGEST_HEADER].partition("\n")[0]
    columns = beginning.count(",") + 1
    if columns > _MOST_COLUMNS or len(beginning) == _LONGEST_HEADER:
        raise refusal(
            message("The header of {file} names {count} columns or more: no table of measurements has so many."),
            remedy=FETCH_AGAIN,
            count=columns,
        )


def _check_header(names: list[str], line: int) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise refusal(
                message("Line {line} of {file}, the header, names the column “{column}” twice."),
                remedy=message("Rename or remove one of the two columns."),
                line=line,
                column=excerpt(name),
            )
        seen.add(name)


def _uneven(line: int, found: int, expected: int, *, last: bool) -> CodecError:
    if last and found < expected:
        return cut_off(line)
    return refusal(
        message("Line {line} of {file} has {found} cells where the header has {expected}."),
        meaning=message("Its values cannot be told apart."),
        remedy=message("Write numbers with a decimal point instead of a comma, and every cell, even an empty one."),
        line=line,
        found=found,
        expected=expected,
    )
