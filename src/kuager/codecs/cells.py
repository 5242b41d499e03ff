"""Cells of a text table to numbers and times, a whole column at once, with the line of whatever cannot be read.

Times are RFC 3339 (section 5.6) with a zone, or the ``YYYY-MM-DD HH:MM:SS`` of a column whose header says UTC. All
come out as int64 seconds since 1970-01-01T00:00:00Z. Numbers are decimal; an empty cell, ``null`` and ``NaN`` are
missing and come out as NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kuager.codecs.text import Lines, Strings, excerpt, refusal
from kuager.errors import CodecError, message
from kuager.model.series import Times, Values

_NUMBER = r"^[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)(e[+-]?[0-9]+)?$"
_INFINITY = r"^[+-]?inf(inity)?$"
_MISSING = pa.array(["", "null", "nan"])

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
_OFFSET = r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
_LOCAL_TIME = rf"^{_DATE}[T ]{_CLOCK}$"
_ZONED_TIME = rf"^{_DATE}[T ]{_CLOCK}(Z|{_OFFSET})$"
_UTC_TIME = rf"^{_DATE} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}$"
_ZERO_FRACTION = r"\.0+([Z+-])"

EARLIEST_S, LATEST_S = 0, 4_102_444_800
"""1970-01-01 and 2100-01-01: a time outside is a mistake of the file, such as milliseconds read as seconds."""

NEVER_NEGATIVE = message("A count or a share cannot be less than zero.")
LEAVE_EMPTY = message(
    "Where nothing was measured, leave the cell empty. RIPEstat writes -1 for “not available”: empty those cells."
)


@dataclass(frozen=True, slots=True)
class ZonedTimes:
    """Seconds since the epoch [n], and how many different zones they were written in."""

    times: Times
    zones: int


def numbers(cells: Strings, lines: Lines) -> Values:
    """float64 [n] of a column of text, NaN where it is empty, ``null`` or ``NaN``.

    Raises:
        CodecError: a cell is not a number, is infinite, or is less than zero (``-0`` included).
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    small = pc.utf8_lower(trimmed)
    missing = pc.is_in(small, _MISSING)
    odd = _first(pc.invert(pc.or_(missing, pc.match_substring_regex(small, _NUMBER))))
    if odd is not None:
        text, line = cells[odd].as_py(), int(lines[odd])
        if pc.match_substring_regex(small[odd], _INFINITY).as_py():
            raise _infinite(text, line)
        raise refusal(
            message("“{text}” in line {line} of {file} is not a number."),
            remedy=message("Write a number such as 1250 or 0.75; leave the cell empty where nothing was measured."),
            text=excerpt(text),
            line=line,
        )
    values: Values = pc.if_else(missing, None, trimmed).cast(pa.float64()).to_numpy(zero_copy_only=False)
    refuse_impossible(values, lines)
    return values


def refuse_impossible(values: Values, lines: Lines) -> None:
    """Refuse a column with an infinite value or one less than zero.

    Raises:
        CodecError: naming the line of the first.
    """
    index = first_impossible(values)
    if index is None:
        return
    if np.isinf(values[index]):
        raise _infinite(str(values[index]), int(lines[index]))
    raise refusal(
        message("The value {value} in line {line} of {file} is less than zero."),
        meaning=NEVER_NEGATIVE,
        remedy=LEAVE_EMPTY,
        value=f"{values[index]:g}",
        line=int(lines[index]),
    )


def first_impossible(values: Values) -> int | None:
    """Index of the first value that no count can have: infinite or negative; a negative zero is zero."""
    impossible = np.isinf(values) | (values < 0)
    return int(np.argmax(impossible)) if impossible.any() else None


def _infinite(text: str, line: int) -> CodecError:
    return refusal(
        message("The value “{text}” in line {line} of {file} is infinite or too large to be a measurement."),
        remedy=message("Find out what the source meant; where nothing was measured, leave the cell empty."),
        text=excerpt(text),
        line=line,
    )


def zoned_times(cells: Strings, lines: Lines) -> ZonedTimes:
    """Times that each name their zone, such as ``2022-01-05T10:30:00Z`` or ``2022-01-05 16:30+06:00``.

    Raises:
        CodecError: a time has no zone, is no time, is between two seconds, or lies outside 1970 to 2100.
    """
    capitals = pc.utf8_upper(pc.utf8_trim_whitespace(cells))
    odd = _first(pc.invert(pc.match_substring_regex(capitals, _ZONED_TIME)))
    if odd is not None:
        text, line = cells[odd].as_py(), int(lines[odd])
        if pc.match_substring_regex(capitals[odd], _LOCAL_TIME).as_py():
            raise refusal(
                message("The time “{text}” in line {line} of {file} does not say its zone."),
                meaning=message("Read as another zone's clock it would be wrong by hours."),
                remedy=message("Write times with their zone, such as 2022-01-05T10:30:00Z for UTC or …+06:00."),
                text=excerpt(text),
                line=line,
            )
        raise not_a_time(text, line)
    whole = pc.replace_substring_regex(capitals, _ZERO_FRACTION, r"\1")
    between = _first(pc.match_substring(whole, "."))
    if between is not None:
        raise between_seconds(cells[between].as_py(), int(lines[between]))
    offsets = pc.utf8_slice_codeunits(pc.replace_substring_regex(whole, "(Z|-00:00)$", "+00:00"), -6)
    times = _seconds(whole, cells, lines, pa.timestamp("s", "UTC"))
    return ZonedTimes(times, len(pc.unique(offsets)))


def utc_times(cells: Strings, lines: Lines) -> Times:
    """Times of a column whose header says UTC: ``2025-12-01 00:30:00`` and no other form.

    Raises:
        CodecError: a time has another form, such as a zone of its own, or lies outside 1970 to 2100.
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    odd = _first(pc.invert(pc.match_substring_regex(trimmed, _UTC_TIME)))
    if odd is not None:
        text, line = cells[odd].as_py(), int(lines[odd])
        if pc.match_substring_regex(pc.utf8_upper(trimmed[odd]), _ZONED_TIME).as_py():
            raise refusal(
                message("The time “{text}” in line {line} of {file} names a zone, although its column is in UTC."),
                meaning=message("Somebody may have edited the file; its other times can no longer be trusted."),
                remedy=message("Export the file again from the dashboard and add it unchanged."),
                text=excerpt(text),
                line=line,
            )
        raise not_a_time(text, line)
    return _seconds(trimmed, cells, lines, pa.timestamp("s"))


def refuse_implausible(times: Times, lines: Lines) -> None:
    """Refuse times before 1970 or after 2099.

    Raises:
        CodecError: naming the line of the first.
    """
    outside = (times < EARLIEST_S) | (times >= LATEST_S)
    if outside.any():
        raise refusal(
            message("The time in line {line} of {file} lies before 1970 or after 2099."),
            meaning=message("Milliseconds may have been taken for seconds."),
            remedy=message("Correct the time and try again."),
            line=int(lines[np.argmax(outside)]),
        )


def not_a_time(text: str, line: int) -> CodecError:
    """The error for a cell that should be a time and is none."""
    return refusal(
        message("“{text}” in line {line} of {file} is not a time."),
        remedy=message("Write times such as 2022-01-05T10:30:00Z; IODA's export has the form 2022-01-05 10:30:00."),
        text=excerpt(text),
        line=line,
    )


def between_seconds(text: str, line: int) -> CodecError:
    """The error for a time with a fraction of a second."""
    return refusal(
        message("The time “{text}” in line {line} of {file} lies between two seconds."),
        meaning=message("Kuager's series have whole seconds."),
        remedy=message("Round the times and try again."),
        text=excerpt(text),
        line=line,
    )


def _seconds(texts: Strings, cells: Strings, lines: Lines, kind: Any) -> Times:
    try:
        parsed = texts.cast(kind)
    except pa.ArrowInvalid as error:
        index = _first_unreadable(texts, kind)
        raise not_a_time(cells[index].as_py(), int(lines[index])) from error
    times: Times = parsed.cast(pa.int64()).to_numpy(zero_copy_only=False)
    refuse_implausible(times, lines)
    return times


def _first_unreadable(texts: Strings, kind: Any) -> int:
    """Index of the first text that does not become ``kind``, by halving: the 30 February among a million times."""
    low, high = 0, len(texts)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            texts.slice(low, middle - low).cast(kind)
            low = middle
        except pa.ArrowInvalid:
            high = middle
    return low


def _first(flags: Any) -> int | None:
    """Index of the first true in an Arrow array of booleans."""
    raised: npt.NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return int(np.argmax(raised)) if raised.any() else None
