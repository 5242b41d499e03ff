"""IODA's dashboard export: a CSV of one place, a row per time in UTC, a column per signal, empty where missing.

The export is usually "normalised": every column is per cent of its own maximum in the window on the screen. Another
window gives the same instant another value, so such a series is relative and carries the name of its window, which is
the first and the last time of the file. The file does not say that it is normalised; what its columns hold must:

* A column that exceeds 100 cannot be per cent of a maximum. It is absolute, in the signal's own unit.
* A column whose maximum is 100 is normalised.
* A column that stays below 100 is read as normalised too, because that claims less: relative values are compared only
  with themselves. The dashboard averages neighbouring samples when it merges steps, and the mean around the window's
  maximum is lower than the maximum; a column of small counts looks the same. Where the maximum is below 99 a remark
  says so.

Rows have the step of the finest column. A slower column, such as Mozilla's hourly one, is empty in the rows between;
those are not missing samples (``samples.on_own_grid``).

A file that stopped inside its very last number cannot be told from a whole one: the real export ends without a line
break.
"""

from __future__ import annotations

import numpy as np

from kuager.codecs.cells import numbers, utc_times
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.ioda.signals import RELATIVE_UNIT, UNITS, window_name
from kuager.codecs.samples import in_order, on_own_grid, remarks_on_order
from kuager.codecs.text import Table, excerpt, read_table, refusal
from kuager.errors import UsageError, message
from kuager.model.notes import Note
from kuager.model.series import Series, Times, Values
from kuager.model.words import Access, Scale

_TIME = "Time (UTC)"
_SIGNALS = {
    "Google (Search)": "ioda.gtr-norm",
    "Telescope (# Unique Source IPs)": "ioda.merit-nt",
    "BGP (#Visible /24s)": "ioda.bgp",
    "Active Probing (#/24s Up)": "ioda.ping-slash24",
    "Mozilla (City Count)": "ioda.mozilla",
}
"""Columns by their exact names. "Telescope" was UCSD's in old exports and is Merit's now; the file does not tell."""

_FULL = 100.0
_ROUNDING = 1e-6
_NEARLY_FULL = 99.0


def decode(data: bytes, place: str) -> Decoded:
    """The series of one dashboard export.

    Args:
        data: the file, as exported.
        place: the code of the place on the screen when it was exported; the file does not name it.

    Raises:
        UsageError: the place is not a code.
        CodecError: the bytes are not such an export.
    """
    code = place_code(place)
    if code is None:
        raise UsageError(
            message("“{place}” is not the code of a place, and IODA's export does not name its own."),
            remedy=message("Give a country such as KZ, a region such as KZ-75 or a network such as AS9198."),
            place=excerpt(place),
        )
    table = read_table(data)
    _check_columns(table)
    times = utc_times(table.columns[_TIME], table.lines)
    window = window_name(int(times.min()), int(times.max()))
    series: list[Series] = []
    remarks: list[Note] = []
    moved = repeated = 0
    for column, cells in table.columns.items():
        if column == _TIME:
            continue
        if column not in _SIGNALS:
            remarks.append(
                Note(message("The column “{column}” is not known and was skipped."), {"column": excerpt(column)})
            )
            continue
        ordered = in_order(times, numbers(cells, table.lines), table.lines, column)
        moved, repeated = ordered.moved, ordered.repeated
        series.append(_series(_SIGNALS[column], code, window, ordered.times, ordered.values))
        remarks.extend(_remarks_on_values(column, ordered.values))
    return Decoded(tuple(series), (*remarks, *remarks_on_order(moved, repeated)))


def _check_columns(table: Table) -> None:
    known = [column for column in table.columns if column in _SIGNALS]
    if _TIME in table.columns and known:
        return
    raise refusal(
        message("The columns of {file} ({columns}) are not those of IODA's dashboard export."),
        meaning=message("It needs the column “Time (UTC)” and at least one signal, such as “BGP (#Visible /24s)”."),
        remedy=message("Add our own series with --as series and answers of IODA's API with --as ioda-api."),
        columns=excerpt(", ".join(table.columns), 120),
    )


def _series(signal: str, place: str, window: str, times: Times, values: Values) -> Series:
    times, values, step_s = on_own_grid(times, values)
    relative = _largest(values) <= _FULL + _ROUNDING
    return Series(
        signal=signal,
        place=place,
        access=Access.MIXED,
        scale=Scale.RELATIVE if relative else Scale.ABSOLUTE,
        window=window if relative else "",
        step_s=step_s,
        times=times,
        values=values,
        unit=RELATIVE_UNIT if relative else UNITS.get(signal, ""),
    )


def _remarks_on_values(column: str, values: Values) -> list[Note]:
    if np.isnan(values).all():
        return [Note(message("The column “{column}” is empty from beginning to end."), {"column": column})]
    largest = _largest(values)
    if largest >= _NEARLY_FULL:
        return []
    return [
        Note(
            message(
                "The largest value of “{column}” is {largest}, not 100. Its values are read as per cent of the "
                "window's maximum; they may be counts. Either way they are compared only with each other."
            ),
            {"column": column, "largest": f"{largest:g}"},
        )
    ]


def _largest(values: Values) -> float:
    present = values[~np.isnan(values)]
    return float(present.max()) if present.size else 0.0
