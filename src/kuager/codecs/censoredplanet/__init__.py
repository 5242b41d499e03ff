"""Files of Censored Planet: results of Hyperquack and Satellite, one JSON object a line, as ``measurements``.

The published archives hold one protocol a file. Beside the results of Satellite lie files about its resolvers, controls
and pages; they are told apart by their fields and refused, for they measure nothing. Fields and generations are
described in ``hyperquack`` and ``satellite`` beside this file. Source: the raw data and their documentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec
import pyarrow as pa

from kuager.codecs import piece
from kuager.codecs.censoredplanet import hyperquack as hyperquack
from kuager.codecs.censoredplanet import satellite as satellite
from kuager.codecs.decoded import Decoded
from kuager.codecs.measured import in_batches
from kuager.codecs.text import FETCH_AGAIN, refusal, text_of
from kuager.errors import CodecError, message
from kuager.model.notes import Note
from kuager.model.tables import MEASUREMENTS

_ROWS_AT_ONCE = 2_000
_LINES_AHEAD = 1_000
"""How many lines of the first generation are looked at to learn the protocol of a file, which they do not name."""

_UNREADABLE = message("Lines that are not whole results of Censored Planet and were passed over: {count}.")
_SIDE_DATA = message("Lines that describe resolvers, controls or pages and are no results, passed over: {count}.")
_NO_PROTOCOL = message("Results of Hyperquack that do not show which protocol they used: {count}.")
_NO_TIME = message("Results without a time that could be read: {count}.")

Line = hyperquack.FirstLine | hyperquack.SecondLine | satellite.FirstLine | satellite.SecondLine
"""A line of any generation."""

RowOf = Callable[[Line, str], dict[str, Any]]
"""Makes a row of a line and the protocol of its file, which is empty where nobody knows it."""


class _Fields(msgspec.Struct, frozen=True):
    """Which generation a line is of, by the fields that only that one has; their values are read later."""

    server: msgspec.Raw | msgspec.UnsetType = msgspec.field(name="Server", default=msgspec.UNSET)
    service: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    confidence: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    passed: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    asname: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    resolver: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    vp: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    ip: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Reading:
    """The results of one file, read once from its beginning to its end; remarks are complete after that."""

    def __init__(
        self, lines: Iterable[bytes | memoryview], row_of: Callable[[Line, str], dict[str, Any]], schema: Any
    ) -> None:
        """Read lines as rows.

        Args:
            lines: every line of a file, without its line break.
            row_of: what is made of each.
            schema: of the rows, an Arrow schema with ``test`` and ``start``.
        """
        self._lines = lines
        self._row_of = row_of
        self._schema = schema
        self._counts: Counter[str] = Counter()
        self._understood = 0

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What a reader should be told about how the file was read."""
        told = (_UNREADABLE, _SIDE_DATA, _NO_PROTOCOL, _NO_TIME)
        return tuple(Note(one, {"count": str(self._counts[one])}) for one in told if self._counts[one])

    def __iter__(self) -> Iterator[Any]:
        """Arrow record batches.

        Raises:
            CodecError: when the last line was read and none was a result.
        """
        yield from in_batches(self._rows(), _ROWS_AT_ONCE, self._schema)
        if not self._understood:
            raise self._nothing()

    def _rows(self) -> Iterator[dict[str, Any]]:
        lines = self._read()
        ahead: list[Line] = []
        protocol = ""
        for line in lines:
            ahead.append(line)
            protocol = hyperquack.protocol_of(line) if isinstance(line, hyperquack.FirstLine) else ""
            if protocol or len(ahead) == _LINES_AHEAD or not isinstance(line, hyperquack.FirstLine):
                break
        for line in chain(ahead, lines):
            shown = hyperquack.protocol_of(line) if isinstance(line, hyperquack.FirstLine) else ""
            try:
                row = self._row_of(line, shown or protocol)
            except (msgspec.DecodeError, ValueError, RecursionError):
                self._counts[_UNREADABLE] += 1
                continue
            self._understood += 1
            self._counts[_NO_PROTOCOL] += row["test"] == "hyperquack"
            self._counts[_NO_TIME] += row["start"] is None
            yield row

    def _read(self) -> Iterator[Line]:
        for line in self._lines:
            try:
                kind = _kind(msgspec.json.decode(line, type=_Fields))
                if kind is None:
                    self._counts[_SIDE_DATA] += 1
                else:
                    yield msgspec.json.decode(line, type=kind)
            except (msgspec.DecodeError, ValueError, RecursionError):
                self._counts[_UNREADABLE] += 1
                if not self._understood and self._counts[_UNREADABLE] >= piece.MOST_STRANGE:
                    return

    def _nothing(self) -> CodecError:
        if self._counts[_SIDE_DATA]:
            return refusal(
                message("The lines of {file} describe resolvers, controls or pages of Satellite: nothing is measured."),
                remedy=message("Add the file of the results beside it, such as results.json or interference.json."),
            )
        return refusal(message("No line of {file} is a result of Hyperquack or Satellite."), remedy=FETCH_AGAIN)


def batches(lines: Iterable[bytes | memoryview]) -> Reading:
    """The measurements in these lines; to be read once.

    Args:
        lines: every line of a file, without its line break.
    """
    return Reading(lines, _row, MEASUREMENTS)


def decode(data: bytes) -> Decoded:
    """The measurements of a file held in one piece, plain or compressed with gzip.

    Raises:
        CodecError: none of its lines is a result.
    """
    if not data.startswith(piece.GZIP):
        text_of(data)
    reading = batches(piece.lines(data))
    rows = pa.Table.from_batches(list(reading), schema=MEASUREMENTS)
    return Decoded(remarks=reading.remarks, tables={"measurements": rows})


def _kind(fields: _Fields) -> type[Line] | None:
    """The generation of a line; None if it is data about resolvers, controls or pages.

    Raises:
        ValueError: it is nothing of Censored Planet's.
    """
    here = {name for name in fields.__struct_fields__ if getattr(fields, name) is not msgspec.UNSET}
    if "server" in here:
        return hyperquack.FirstLine
    if "service" in here:
        return hyperquack.SecondLine
    if "confidence" in here:
        return satellite.SecondLine
    if "passed" in here:
        return satellite.FirstLine
    if here:
        return None
    raise ValueError("an object of somebody else's")


def _row(line: Line, protocol: str) -> dict[str, Any]:
    match line:
        case hyperquack.FirstLine():
            return hyperquack.first_row(line, protocol)
        case hyperquack.SecondLine():
            return hyperquack.second_row(line)
        case satellite.FirstLine():
            return satellite.first_row(line)
        case satellite.SecondLine():
            return satellite.second_row(line)
