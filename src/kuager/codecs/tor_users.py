"""Tor Metrics: estimated users of Tor per country and day, in each of the forms in which they were published.

* ``userstats-relay-country.csv`` (``date,country,users,lower,upper,frac``): users who connect directly.
* ``userstats-bridge-country.csv`` (``date,country,users,frac``, no range): users who connect through bridges.
* ``stats/clients.csv`` (``date,node,country,transport,version,lower,upper,clients,frac``): both; its rows by transport
  or by version of the protocol are parts of others and are passed over.
* The old wide file (``date,??,a1,…,zw,all``, ``NA`` where nothing is known): direct users by another estimate, a signal
  of its own.
* ``userstats-bridge-combined.csv`` gives a range (``low``, ``high``) per country and transport and no value; a middle
  would be an invention, so it is read and nothing is made of it but a remark.

Lines that begin with ``#`` are comments; columns are read by name. Dates are UTC days. A blank country, or ``all``, is
the world, ``??`` is unknown; ``lower`` and ``upper`` are the bounds of Tor's own detector of censorship, not of the
value; ``frac`` is the per cent of relays or bridges that reported. On a day on which the world together falls under a
tenth of the days around it, the counting failed and not 200 countries: every country's value of that day becomes
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from kuager.codecs.cells import not_a_time, numbers, zoned_times
from kuager.codecs.codes import place_code
from kuager.codecs.decoded import Decoded
from kuager.codecs.samples import in_order, remarks_on_order
from kuager.codecs.text import Lines, Strings, Table, excerpt, read_table, refusal, text_of
from kuager.errors import UsageError, message
from kuager.model.notes import Note
from kuager.model.series import Series, Times, Values
from kuager.model.time import format_utc, from_epoch
from kuager.model.words import Access, Scale

RELAY, BRIDGE, DIRECT = "tor.relay-users", "tor.bridge-users", "tor.direct-users"
UNIT = "users"

_DAY_S = 86_400
_COMMENT = re.compile(rb"(?m)^#[^\r\n]*")
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NO_COUNTRIES = frozenset({"AP", "EU", "ZZ"})
"""Codes of the old table of addresses that mean a continent or nothing; ``A1`` and ``A2`` look like no country."""

_LONGEST_HEADER = 20_000

_NODES = {"relay": RELAY, "bridge": BRIDGE}
_LOW_SHARE = 50.0
_NEIGHBOURS = 3
_INSTRUMENT_FAILS = 0.1
_MOST_DAYS_TOLD = 10


@dataclass(frozen=True, slots=True)
class _Column:
    """Values of one signal at one place: dates in seconds, users, and where they stand, each [n]."""

    signal: str
    place: str
    times: Times
    values: Values
    lines: Lines


def decode(data: bytes, place: str = "") -> Decoded:
    """The series of one file.

    Args:
        data: the file, as published.
        place: the code of a country to take alone; empty for all of them.

    Raises:
        UsageError: the place is not a country.
        CodecError: the bytes are no such file.
    """
    wanted = place_code(place) if place else ""
    if wanted is None or len(wanted) not in {0, 2}:
        raise UsageError(
            message("“{place}” is not the code of a country, and Tor counts its users by country."),
            remedy=message("Give a country such as KZ, or no place for every country of the file."),
            place=excerpt(place),
        )
    text_of(data)
    bare = _COMMENT.sub(b"", data.removeprefix(b"\xef\xbb\xbf"))
    if len(bare) < _LONGEST_HEADER and len(bare.split(None, 1)) == 1 and _form(_header(bare)):
        return Decoded(remarks=(Note(message("Tor Metrics answered, but had no row for this request."), {}),))
    table = read_table(bare)
    form = _form(list(table.columns))
    if form == "combined":
        return Decoded(
            remarks=(Note(message("The file gives ranges of users and no values; nothing was made of its rows."), {}),)
        )
    if form == "":
        raise refusal(
            message("The columns of {file} ({columns}) are not those of Tor's user statistics."),
            meaning=message("It needs date, country and users, or those of clients.csv, or a column per country."),
            remedy=message("Fetch userstats-relay-country.csv from metrics.torproject.org."),
            columns=excerpt(", ".join(table.columns), 120),
        )
    remarks: list[Note] = []
    times = _days(table.columns["date"], table.lines)
    columns = _wide(table, times, remarks) if form == "wide" else _long(table, times, form, remarks)
    return _finished(list(columns), wanted, remarks)


def _header(bare: bytes) -> list[str]:
    lines = bare.split(None, 1)
    return [name.strip() for name in lines[0].decode("utf-8", "replace").split(",")] if lines else []


def _form(names: list[str]) -> str:
    """Which of the published files has these columns; empty for none."""
    there = set(names)
    if there >= {"date", "country", "users"}:
        return "relay" if "lower" in there or "upper" in there else "bridge"
    if there >= {"date", "node", "country", "clients"}:
        return "clients"
    if there >= {"date", "country", "low", "high"}:
        return "combined"
    return "wide" if "date" in there and there & {"all", "??"} else ""


def _days(cells: Strings, lines: Lines) -> Times:
    """int64 [n], the midnights of dates."""
    trimmed = pc.utf8_trim_whitespace(cells)
    odd = pc.invert(pc.match_substring_regex(trimmed, _DATE)).to_numpy(zero_copy_only=False)
    if odd.any():
        first = int(np.argmax(odd))
        raise not_a_time(cells[first].as_py(), int(lines[first]))
    return zoned_times(pc.binary_join_element_wise(trimmed, "T00:00:00Z", ""), lines).times


def _numbers(cells: Strings, lines: Lines) -> Values:
    return numbers(pc.if_else(pc.equal(pc.utf8_trim_whitespace(cells), "NA"), "", cells), lines)


def _place(written: str) -> str:
    """The country; ``*`` for the world, empty for what is no country."""
    if written.strip().lower() in {"", "all"}:
        return "*"
    code = place_code(written)
    return code if code is not None and len(code) == 2 and code not in _NO_COUNTRIES else ""


def _wide(table: Table, times: Times, remarks: list[Note]) -> Iterator[_Column]:
    skipped: list[str] = []
    for name, cells in table.columns.items():
        place = _place(name)
        if name == "date":
            continue
        if not place:
            skipped.append(name)
            continue
        yield _Column(DIRECT, place, times, _numbers(cells, table.lines), table.lines)
    if skipped:
        remarks.append(
            Note(
                message("Columns that are not of a country and were skipped: {columns}."),
                {"columns": excerpt(", ".join(skipped), 120)},
            )
        )


def _long(table: Table, times: Times, form: str, remarks: list[Note]) -> Iterator[_Column]:
    """A column per signal and country of a file with a row per day and country."""
    whole = np.ones(times.size, dtype=np.bool_)
    if form == "clients":
        for part in ("transport", "version"):
            if part in table.columns:
                whole &= _equal(pc.utf8_trim_whitespace(table.columns[part]), "")
        if not whole.all():
            remarks.append(_count(message("Rows by transport or version, passed over: {count}."), ~whole))
    values = _numbers(table.columns["clients" if form == "clients" else "users"], table.lines)
    countries = table.columns["country"].dictionary_encode()
    places = [_place(written) for written in countries.dictionary.to_pylist()]
    codes = countries.indices.to_numpy(zero_copy_only=False)
    known = np.array([bool(place) for place in places], dtype=np.bool_)[codes]
    if (whole & ~known).any():
        remarks.append(_count(message("Rows that are not of a known country, skipped: {count}."), whole & ~known))
    _remark_on_quality(table, whole & known, remarks)
    numbered = {place: index for index, place in enumerate(dict.fromkeys(places))}
    groups = np.array([numbered[place] for place in places], dtype=np.int64)[codes]
    for signal, rows in _by_node(table, form, whole & known, remarks):
        order = rows[np.argsort(groups[rows], kind="stable")]
        found, begins = np.unique(groups[order], return_index=True)
        for group, chosen in zip(found, np.split(order, begins[1:]), strict=True):
            place = list(numbered)[group]
            yield _Column(signal, place, times[chosen], values[chosen], table.lines[chosen])


def _by_node(
    table: Table, form: str, kept: npt.NDArray[np.bool_], remarks: list[Note]
) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    if form != "clients":
        rows = np.flatnonzero(kept)
        if rows.size:
            yield _NODES[form], rows
        return
    nodes = pc.utf8_trim_whitespace(table.columns["node"])
    known = np.zeros(kept.size, dtype=np.bool_)
    for node, signal in _NODES.items():
        of_node = _equal(nodes, node)
        known |= of_node
        rows = np.flatnonzero(kept & of_node)
        if rows.size:
            yield signal, rows
    if (kept & ~known).any():
        remarks.append(
            _count(message("Rows that are neither of relays nor of bridges, skipped: {count}."), kept & ~known)
        )


def _remark_on_quality(table: Table, kept: npt.NDArray[np.bool_], remarks: list[Note]) -> None:
    if "lower" in table.columns and "upper" in table.columns:
        lower, upper = (_numbers(table.columns[name], table.lines) for name in ("lower", "upper"))
        inverted = kept & (lower > upper)
        if inverted.any():
            remarks.append(
                _count(message("Rows whose bounds by Tor's detector are the wrong way round: {count}."), inverted)
            )
    if "frac" in table.columns:
        few = kept & (_numbers(table.columns["frac"], table.lines) < _LOW_SHARE)
        if few.any():
            remarks.append(
                _count(message("Rows for which less than half of the relays or bridges reported, kept: {count}."), few)
            )


def _equal(cells: Strings, text: str) -> npt.NDArray[np.bool_]:
    flags: npt.NDArray[np.bool_] = pc.equal(cells, text).to_numpy(zero_copy_only=False)
    return flags


def _count(template: str, rows: npt.NDArray[np.bool_]) -> Note:
    return Note(template, {"count": str(int(np.count_nonzero(rows)))})


def _finished(columns: list[_Column], wanted: str, remarks: list[Note]) -> Decoded:
    """The series of the countries wanted, without the days on which the counting itself failed."""
    failed: dict[str, Times] = {}
    for column in columns:
        if column.place == "*":
            world = in_order(column.times, column.values, column.lines, column.signal)
            failed[column.signal] = _failed_days(world.times, world.values)
    series: list[Series] = []
    moved = repeated = 0
    for column in columns:
        if column.place == "*" or (wanted and column.place != wanted):
            continue
        ordered = in_order(column.times, column.values, column.lines, f"{column.signal} ({column.place})")
        moved, repeated = moved + ordered.moved, repeated + ordered.repeated
        days = failed.get(column.signal, np.empty(0, dtype=np.int64))
        values = np.where(np.isin(ordered.times, days), np.nan, ordered.values)
        series.append(
            Series(column.signal, column.place, Access.MIXED, Scale.ABSOLUTE, "", _DAY_S, ordered.times, values, UNIT)
        )
    remarks.extend(remarks_on_order(moved, repeated))
    remarks.extend(_on_failed_days(failed))
    if not series:
        remarks.append(_nothing(wanted))
    return Decoded(tuple(series), tuple(remarks))


def _nothing(wanted: str) -> Note:
    if wanted:
        return Note(message("The file has no row of {place}."), {"place": wanted})
    return Note(message("The file has no row of a country."), {})


def _failed_days(times: Times, world: Values) -> Times:
    """Days on which the whole world is under a tenth of the median of the days around them."""
    present = ~np.isnan(world)
    times, world = times[present], world[present]
    if times.size <= 2 * _NEIGHBOURS:
        return np.empty(0, dtype=np.int64)
    padded = np.pad(world, _NEIGHBOURS, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1).copy()
    around[:, _NEIGHBOURS] = np.nan
    return times[world < _INSTRUMENT_FAILS * np.nanmedian(around, axis=1)]


def _on_failed_days(failed: dict[str, Times]) -> Iterator[Note]:
    for signal, days in failed.items():
        if days.size:
            told = ", ".join(format_utc(from_epoch(int(day)))[:10] for day in days[:_MOST_DAYS_TOLD])
            yield Note(
                message(
                    "On some days {signal} of the whole world fell under a tenth of the days around: the counting "
                    "failed. The values of these days were made missing for every country ({count}): {days}."
                ),
                {
                    "signal": signal,
                    "count": str(days.size),
                    "days": told + (", …" if days.size > _MOST_DAYS_TOLD else ""),
                },
            )
