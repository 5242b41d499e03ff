"""Counts of measurements that OONI's aggregation API gives: per day or hour, and per country, network or test.

``{"v": 0, "dimension_count": 1, "result": [{"measurement_start_day": "2022-03-01", "anomaly_count": …, "ok_count": …,
"confirmed_count": …, "failure_count": …, "measurement_count": …}]}``, or the same columns as CSV. Days are UTC, by the
clock of whoever measured; an hour is ``2022-03-01T05:00:00Z``. ``anomaly_count`` leaves out what was confirmed or
failed, so the four add up to ``measurement_count``. A day without measurements has no row, and none is made here: when
nobody could measure, that is no zero and no quiet day. Source: the API's own code (ooni/backend, ``aggregation.py``).

What was asked for is not in the answer unless it was an axis: the place is given beside it, the test by the kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import numpy as np

from kuager.codecs.cells import EARLIEST_S, LATEST_S
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.ooni.answer import not_an_answer, read_if, read_part
from kuager.codecs.ooni.names import COUNTS, NOT_SAID, SOURCE_ID, TESTS
from kuager.codecs.samples import in_order, remarks_on_order
from kuager.codecs.text import cut_off, excerpt, read_table, refusal
from kuager.errors import CodecError, UsageError, message
from kuager.model.notes import Note
from kuager.model.series import Series
from kuager.model.words import Access, Scale

UNIT = "measurements"
DAY_COLUMN = "measurement_start_day"
_HOUR_S, _DAY_S, _WEEK_S = 3600, 86_400, 604_800
_LARGEST_COUNT = 2**53
_FEWEST_DAYS_THAT_SHOW_A_GRAIN = 4
_NO_COUNTRY, _NO_NETWORK = "ZZ", "AS0"
_OTHER_AXES = ("domain", "input", "category_code", "blocking_type")

_UNREADABLE = message("Rows that are no counts of a day and were passed over: {count}.")
_NO_PLACE = message("Rows whose country or network OONI does not know, which were passed over: {count}.")
_NO_TEST = message("Rows of tests that Kuager makes no series of, which were passed over: {count}.")
_UNEVEN = message("Rows whose parts do not add up to the whole, which are kept as they are: {count}.")
_WITHOUT_DAYS = message("OONI counted {count} measurements, but not day by day: there is no series in that.")
_NOTHING = message("OONI answered, and has no measurement for this request.")
_TEST_NOT_SAID = message("The answer does not say which tests it counts; they are kept as ooni.measurements.")


class _Row(msgspec.Struct, frozen=True):
    """One row; the names of the API."""

    measurement_count: int | None = None
    anomaly_count: int | None = None
    confirmed_count: int | None = None
    failure_count: int | None = None
    ok_count: int | None = None
    measurement_start_day: str | None = None
    probe_cc: str | None = None
    probe_asn: int | str | None = None
    test_name: str | None = None
    domain: str | None = None
    input: str | None = None
    category_code: str | None = None
    blocking_type: str | None = None


@dataclass(slots=True)
class _Samples:
    """The samples of one signal at one place, as they come, with the number of the row of each."""

    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    place: str
    test: str
    samples: dict[tuple[str, str], _Samples] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    steps: set[int] = field(default_factory=set)
    without_days: int = 0


def decode_result(result: bytes | msgspec.Raw, place: str, test: str) -> Decoded:
    """The series of an aggregation's ``result``.

    Args:
        result: a list of rows, or one object when no axis was asked for.
        place: code of the place for rows that name none.
        test: the test that was asked for, as it is spelt in ``TESTS``; empty when the rows name it or nobody knows.

    Raises:
        UsageError: the place is needed and is not a code.
        CodecError: another shape, an axis that is no series, sums of weeks, or contradicting rows.
    """
    alone = bytes(result).lstrip().startswith(b"{")
    parts = [msgspec.Raw(bytes(result))] if alone else read_part(result, list[msgspec.Raw])
    rows = [read_if(part, _Row) for part in parts]
    if rows and not any(_has_counts(row) for row in rows):
        raise not_an_answer("the rows hold no counts")
    return _decoded(rows, place, test)


def decode_table(data: bytes, place: str, test: str) -> Decoded:
    """The series of an aggregation in CSV, as with ``format=CSV``; columns of other names are passed over.

    Raises:
        UsageError: the place is needed and is not a code.
        CodecError: as ``decode_result``, or the table is no such table.
    """
    table = read_table(data)
    wanted = {"measurement_count", *(f"{name}_count" for name in COUNTS)}
    if not wanted <= table.columns.keys():
        raise refusal(
            message("The columns of {file} ({columns}) are not those of OONI's counts."),
            meaning=message("They are named measurement_count, anomaly_count, ok_count and so on."),
            remedy=message("Ask OONI's aggregation again with format=CSV and add the answer unchanged."),
            columns=excerpt(", ".join(table.columns), 120),
        )
    if table.ends_open:
        raise cut_off(int(table.lines[-1]))
    numbers = {name: [_whole(cell) for cell in table.columns[name].to_pylist()] for name in sorted(wanted)}
    names = [name for name in (DAY_COLUMN, "probe_cc", "probe_asn", "test_name", *_OTHER_AXES) if name in table.columns]
    texts = {name: [cell.strip() or None for cell in table.columns[name].to_pylist()] for name in names}
    cells = {**numbers, **texts}
    rows = [msgspec.convert(dict(zip(cells, row, strict=True)), _Row) for row in zip(*cells.values(), strict=True)]
    return _decoded(rows, place, test)


def _decoded(rows: Iterable[_Row | None], place: str, test: str) -> Decoded:
    reading = _Reading(place, test)
    some = False
    for number, row in enumerate(rows, 1):
        some = True
        if row is None or not _has_counts(row):
            reading.counts[_UNREADABLE] += 1
        else:
            _take(reading, row, number)
    _refuse_weeks(reading)
    remarks = [Note(_NOTHING, {})] if not some else []
    if reading.without_days:
        remarks.append(Note(_WITHOUT_DAYS, {"count": str(reading.without_days)}))
    if any(signal == f"{SOURCE_ID}.{NOT_SAID}" for signal, _ in reading.samples):
        remarks.append(Note(_TEST_NOT_SAID, {}))
    told = (_UNREADABLE, _NO_PLACE, _NO_TEST, _UNEVEN)
    remarks.extend(Note(one, {"count": str(reading.counts[one])}) for one in told if reading.counts[one])
    series, order = [], Counter[str]()
    for (signal, where), samples in reading.samples.items():
        ordered = in_order(
            np.array(samples.times, np.int64), np.array(samples.values), np.array(samples.rows, np.int64), signal
        )
        order.update(moved=ordered.moved, repeated=ordered.repeated)
        step_s = max(reading.steps)
        series.append(
            Series(signal, where, Access.MIXED, Scale.ABSOLUTE, "", step_s, ordered.times, ordered.values, UNIT)
        )
    remarks.extend(remarks_on_order(order["moved"], order["repeated"]))
    return Decoded(tuple(series), tuple(remarks))


def _take(reading: _Reading, row: _Row, number: int) -> None:
    """Add one row to its five series; one that cannot be kept is counted."""
    axis = next((name for name in _OTHER_AXES if getattr(row, name) is not None), None)
    if axis is not None or (row.probe_cc is not None and row.probe_asn is not None):
        raise _not_a_series(axis or "probe_cc, probe_asn")
    if row.measurement_start_day is None:
        reading.without_days += row.measurement_count or 0
        return
    time = _time(row.measurement_start_day, reading)
    if time is None:
        reading.counts[_UNREADABLE] += 1
        return
    place = _place(row, reading.place)
    if place is None:
        reading.counts[_NO_PLACE] += 1
        return
    test = row.test_name if row.test_name is not None else reading.test or NOT_SAID
    if test not in TESTS and test != NOT_SAID:
        reading.counts[_NO_TEST] += 1
        return
    parts = {name: getattr(row, f"{name}_count") for name in COUNTS}
    if None not in parts.values() and sum(parts.values()) != row.measurement_count:
        reading.counts[_UNEVEN] += 1
    for name, count in {"": row.measurement_count, **parts}.items():
        if count is not None:
            signal = f"{SOURCE_ID}.{test}" + (f".{name}" if name else "")
            samples = reading.samples.setdefault((signal, place), _Samples())
            samples.times.append(time)
            samples.values.append(float(count))
            samples.rows.append(number)


def _has_counts(row: _Row | None) -> bool:
    """Whether a row holds a count of all measurements, and no count that cannot be one."""
    if row is None or row.measurement_count is None:
        return False
    counts = (row.measurement_count, *(getattr(row, f"{name}_count") for name in COUNTS))
    return all(count is None or 0 <= count < _LARGEST_COUNT for count in counts)


def _place(row: _Row, given: str) -> str | None:
    """The place of a row; None for a country or network that is not known.

    Raises:
        UsageError: the row names no place, and none that is one was given.
    """
    if row.probe_cc is not None:
        code = place_code(row.probe_cc)
        return code if code is not None and len(code) == 2 and code != _NO_COUNTRY else None
    if row.probe_asn is not None:
        code = place_code(f"AS{str(row.probe_asn).upper().removeprefix('AS')}")
        return code if code != _NO_NETWORK else None
    code = place_code(given)
    if code is None:
        raise UsageError(
            message("“{place}” is not the code of a place, and the answer of OONI does not name its own."),
            remedy=message("Give a country such as KZ or a network such as AS9198."),
            place=excerpt(given),
        )
    return code


def _time(text: str, reading: _Reading) -> int | None:
    """Seconds since the epoch of the row's first moment; None if it is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    step_s = _DAY_S if len(text) == len("2022-03-01") else _HOUR_S
    try:
        seconds = int(moment.timestamp())
    except OverflowError:
        return None
    if not EARLIEST_S <= seconds < LATEST_S or seconds % step_s:
        return None
    reading.steps.add(step_s)
    return seconds


def _refuse_weeks(reading: _Reading) -> None:
    """Refuse sums of weeks or longer, which look like days and are seven times as high.

    Kuager asks for days itself, so only an answer that somebody brings, and whose test the kind does not say, is held
    for such sums: when it has four days or more that all lie whole weeks apart, or all are the first of a month.
    """
    days = np.unique(np.array([time for one in reading.samples.values() for time in one.times], np.int64))
    if len(reading.steps) > 1:
        raise not_an_answer("days and hours in one answer")
    if reading.test or days.size < _FEWEST_DAYS_THAT_SHOW_A_GRAIN or reading.steps == {_HOUR_S}:
        return
    weeks = not (np.diff(days) % _WEEK_S).any()
    months = all(datetime.fromtimestamp(int(day), UTC).day == 1 for day in days)
    if weeks or months:
        raise refusal(
            message("The counts in {file} are of whole weeks, months or years, not of days."),
            meaning=message("Read as days they would be many times too high, with gaps between them."),
            remedy=message("Ask OONI again with time_grain=day."),
        )


def _not_a_series(axis: str) -> CodecError:
    return refusal(
        message("The counts in {file} are divided by {axis}, which is no place and no test."),
        meaning=message("Kuager keeps counts over time of a place and a test."),
        remedy=message("Ask OONI by measurement_start_day, together with probe_cc, probe_asn or test_name."),
        axis=axis,
    )


def _whole(cell: str) -> int | None:
    trimmed = cell.strip()
    return int(trimmed) if trimmed.isascii() and trimmed.isdecimal() and len(trimmed) < 16 else None
