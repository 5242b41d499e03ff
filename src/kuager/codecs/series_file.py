"""Our own exchange format for series: ``time, place, signal, value`` and optionally ``access``, as CSV or Parquet.

One row per sample, in any order; the columns are those of ``model.schemas.SERIES_FILE``. A time is RFC 3339 with its
zone. A value is a number in the signal's own unit, empty, ``null`` or ``NaN`` where nothing was measured. An empty
access means mixed. Values are absolute, but for signals that are relative to their window wherever they are written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from kuager.codecs import series_columns
from kuager.codecs.codes import place_code, signal_name
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.signals import RELATIVE_UNIT, always_relative, window_name
from kuager.codecs.samples import Ordered, common_step, in_order, remarks_on_order
from kuager.codecs.text import Lines, Strings, excerpt, refusal
from kuager.errors import CodecError, UsageError, message
from kuager.model.schemas import SERIES_FILE
from kuager.model.series import Series
from kuager.model.words import Access, Scale

Codes = npt.NDArray[np.int64]


def decode(data: bytes) -> Decoded:
    """The series of one file, CSV or Parquet, ordered by signal, place and access.

    Raises:
        CodecError: the bytes are neither, or a row cannot be read, or two rows contradict each other.
    """
    columns = series_columns.read(data)
    signals, signal_of = _labels(columns.signal, columns.lines, signal_name, _wrong_signal)
    places, place_of = _labels(columns.place, columns.lines, place_code, _wrong_place)
    accesses, access_of = _labels(columns.access, columns.lines, _access_word, _wrong_access)
    group_of = (signal_of * len(places) + place_of) * len(accesses) + access_of
    series: list[Series] = []
    moved = repeated = 0
    for rows in _rows_per_group(group_of):
        first = rows[0]
        signal, place = signals[signal_of[first]], places[place_of[first]]
        ordered = in_order(columns.times[rows], columns.values[rows], columns.lines[rows], f"{signal} ({place})")
        moved, repeated = moved + ordered.moved, repeated + ordered.repeated
        series.append(_series(signal, place, Access(accesses[access_of[first]]), ordered))
    series.sort(key=lambda one: one.key)
    return Decoded(tuple(series), (*columns.remarks, *remarks_on_order(moved, repeated)))


def encode_csv(series: Sequence[Series]) -> bytes:
    """The series as CSV in UTF-8; ``decode`` gives them back, without their units.

    Raises:
        UsageError: a series is relative to a window, which this format cannot say.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SERIES_FILE.names)
    for one in series:
        if one.scale is Scale.RELATIVE:
            raise UsageError(
                message("The series {signal} of {place} is in per cent of its window's maximum."),
                meaning=message("A series file has no place for the window, so its values would be taken as absolute."),
                remedy=message("Pass on the file from which the series was read."),
                signal=one.signal,
                place=one.place,
            )
        times = np.datetime_as_string(one.times.astype("datetime64[s]"), timezone="UTC")
        for time, value in zip(times.tolist(), one.values.tolist(), strict=True):
            # repr is the shortest text that reads back as the same number
            writer.writerow((time, one.place, one.signal, "" if np.isnan(value) else repr(value), one.access.value))
    return text.getvalue().encode()


def _series(signal: str, place: str, access: Access, samples: Ordered) -> Series:
    relative = always_relative(signal)
    return Series(
        signal=signal,
        place=place,
        access=access,
        scale=Scale.RELATIVE if relative else Scale.ABSOLUTE,
        window=window_name(int(samples.times[0]), int(samples.times[-1])) if relative else "",
        step_s=common_step(samples.times),
        times=samples.times,
        values=samples.values,
        unit=RELATIVE_UNIT if relative else "",
    )


def _rows_per_group(group_of: Codes) -> list[Codes]:
    """Indices of the rows of each group, within a group in the order of the file."""
    order = np.argsort(group_of, kind="stable")
    borders = np.flatnonzero(np.diff(group_of[order])) + 1
    return np.split(order, borders)


def _labels(
    cells: Strings, lines: Lines, read: Callable[[str], str | None], wrong: Callable[[str, int], CodecError]
) -> tuple[list[str], Codes]:
    """The different labels of a column as ``read`` spells them, and per row the index of its label.

    Raises:
        CodecError: ``read`` gives None for a label; ``wrong`` makes the error of its text and its first line.
    """
    encoded = cells.dictionary_encode()
    written_of: Codes = encoded.indices.to_numpy().astype(np.int64)
    index_of_label: dict[str, int] = {}
    index_of_written: list[int] = []
    for number, written in enumerate(encoded.dictionary.to_pylist()):
        label = read(written)
        if label is None:
            raise wrong(excerpt(written), int(lines[np.argmax(written_of == number)]))
        index_of_written.append(index_of_label.setdefault(label, len(index_of_label)))
    return list(index_of_label), np.array(index_of_written, dtype=np.int64)[written_of]


def _access_word(text: str) -> str | None:
    word = text.strip().lower() or Access.MIXED.value
    return word if word in set(Access) else None


def _wrong_signal(text: str, line: int) -> CodecError:
    return refusal(
        message("“{text}” in line {line} of {file} is not the name of a signal."),
        remedy=message("Join letters and digits by dots, dashes or underscores, such as ioda.bgp."),
        text=text,
        line=line,
    )


def _wrong_place(text: str, line: int) -> CodecError:
    return refusal(
        message("“{text}” in line {line} of {file} is not the code of a place."),
        remedy=message("Write a country such as KZ, a region such as KZ-75 or a network such as AS9198."),
        text=text,
        line=line,
    )


def _wrong_access(text: str, line: int) -> CodecError:
    return refusal(
        message("“{text}” in line {line} of {file} is not a kind of access."),
        remedy=message("Write mobile, fixed or mixed, or leave the cell empty."),
        text=text,
        line=line,
    )
