"""Raw measurements of OONI as ``measurements``, as a stream: one JSON object a line or one in all, plain or packed.

Files of OONI's archive hold one country's measurements of one test in one hour, one a line, compressed with gzip; a
busy day unpacks to gigabytes, so what is read is forgotten as soon as its batch of rows is given. The API's
``raw_measurement`` answers with one object, people keep them written over many lines, and both are read as well. What a
measurement says is described in ``ooni.measurement`` and ``ooni.tests``. Source: OONI's data format df-000-base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import msgspec

from kuager.codecs.ooni.measurement import Envelope, Reader
from kuager.codecs.ooni.remarks import REMARKS, remarkable
from kuager.codecs.ooni.row import Row, batch, row
from kuager.codecs.ooni.tests import TESTS
from kuager.codecs.ooni.text import test_name
from kuager.codecs.piece import LONGEST_LINE, MOST_STRANGE, Lines
from kuager.codecs.text import cut_off, refusal, text_of
from kuager.errors import CodecError, message
from kuager.model.notes import Note

_ROWS_AT_ONCE = 2_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_EMPTY = 100

_UNREADABLE = message("Lines that are not whole measurements of OONI and were passed over: {count}.")
_ODD = message("Measurements with fields of another type than OONI's, which were left out: {count}.")


class Reading:
    """The measurements of one file, read once from its beginning to its end; remarks are complete after that."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._lines = Lines(pieces)
        self._reader = Reader()
        self._counts: Counter[str] = Counter()
        self._understood = 0
        self._empty = 0
        self._beginning = b""
        self._broken = False

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What a reader should be told about how the file was read."""
        counts = {**self._counts, _ODD: self._reader.odd}
        told = (_UNREADABLE, _ODD, *REMARKS)
        return tuple(Note(one, {"count": str(counts[one])}) for one in told if counts.get(one))

    def __iter__(self) -> Iterator[Any]:
        """Arrow record batches of ``model.tables.MEASUREMENTS``.

        Raises:
            CodecError: the file is cut off or damaged, or all was read and more lines were something else than
                measurements.
        """
        rows: list[Row] = []
        for measurement in self._measurements():
            rows.append(row(measurement))
            if len(rows) == _ROWS_AT_ONCE:
                yield self._batch(rows)
                rows.clear()
        if self._broken and self._lines.ends_open:
            raise self._cut_off()
        if not self._understood or self._counts[_UNREADABLE] > self._understood:
            raise self._of_another_kind()
        if rows:
            yield self._batch(rows)

    def _batch(self, rows: list[Row]) -> Any:
        made = batch(rows)
        self._counts.update(remarkable(made))
        return made

    def _measurements(self) -> Iterator[Envelope]:
        """One measurement a line; when neither of the first two lines is JSON, all lines together may be one."""
        lines = self._unmarked()
        ahead = list(islice(lines, 2))
        if not ahead:
            return
        self._beginning = b"{" if bytes(ahead[0][:1]) == b"{" else bytes(ahead[0])
        first: Iterable[memoryview] = ahead
        if self._beginning == b"{" and not any(_is_json(line) for line in ahead):
            first = self._together(ahead, lines)
        for line in chain(first, lines):
            measurement = self._read(line)
            if measurement is not None:
                self._understood += 1
                yield measurement

    def _unmarked(self) -> Iterator[memoryview]:
        """The lines without marks of byte order, which files that were joined have in their midst."""
        for line in self._lines:
            own = line[len(_BYTE_ORDER_MARK) :] if line[: len(_BYTE_ORDER_MARK)] == _BYTE_ORDER_MARK else line
            if own:
                yield own

    def _read(self, line: memoryview) -> Envelope | None:
        try:
            found = self._reader.read(line)
            self._broken = False
        except (ValueError, RecursionError):
            found = None
            self._broken = True
        if found is None or (found.test_name not in TESTS and test_name(found.test_name or "") is None):
            self._counts[_UNREADABLE] += 1
            self._empty += bytes(line[:_LONGEST_EMPTY]).split() in ([b"{}"], [b"{", b"}"])
            if self._counts[_UNREADABLE] >= self._understood + MOST_STRANGE:
                raise self._of_another_kind()
            return None
        return found

    def _together(self, ahead: list[memoryview], lines: Iterator[memoryview]) -> Iterable[memoryview]:
        """All lines as one, if that is JSON; else the lines as they are, as many as have been read by then."""
        document = bytearray(b"\n".join(ahead))
        for line in lines:
            document += b"\n"
            document += line
            if len(document) > LONGEST_LINE:
                return Lines((bytes(document),))
        if _is_json(document):
            return (memoryview(document),)
        apart = Lines((bytes(document),))
        if not document.rstrip().endswith(b"}") and not any(
            line[0] == ord("{") and _is_json(line) for line in islice(apart, MOST_STRANGE)
        ):
            raise self._cut_off()
        return apart

    def _cut_off(self) -> CodecError:
        if self._understood or self._beginning == b"{":
            return cut_off(self._lines.count)
        return self._of_another_kind()

    def _of_another_kind(self) -> CodecError:
        if self._empty and not self._understood and self._empty == self._counts[_UNREADABLE]:
            return refusal(
                message("OONI answered with an empty measurement in {file}."),
                meaning=message("That is its way of saying that it has no measurement of that name."),
                remedy=message("Check the name, and that the measurement is not so new that it is not public yet."),
            )
        if not self._understood:
            text_of(self._beginning)
        return refusal(
            message("Of {count} lines of {file}, {bad} are not measurements of OONI."),
            meaning=message("A measurement is a JSON object with a test_name, and stands on a line of its own."),
            remedy=message("Lists and counts that OONI's API gives are another kind: add them with --as ooni-api."),
            count=self._understood + self._counts[_UNREADABLE],
            bad=self._counts[_UNREADABLE],
        )


def read(pieces: Iterable[bytes]) -> Reading:
    """The measurements of a file, to be read once.

    Args:
        pieces: the bytes of the file in order, cut anywhere, plain or compressed with gzip.
    """
    return Reading(pieces)


def _is_json(data: memoryview | bytearray) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
