"""The coalition's register of shutdowns (STOP), as CSV or as a workbook, in each of its three generations of columns.

Every event is a row of ``shutdowns``, and of ``opinions`` one row per country that it names: what people wrote down
about a shutdown is a finding of theirs, of days and not of minutes. Days are those of the place; here they begin at
midnight UTC. ``duration`` is recomputed from the dates, both included, for the sheets count in days, in differences
and in words. Sheets of single years repeat shutdowns that went on: identical rows are kept once. Source: the published
sheets and the codebook of the newest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from kuager.codecs.decoded import Decoded
from kuager.codecs.stop import columns as stop_columns
from kuager.codecs.stop import workbook as stop_workbook
from kuager.codecs.text import FETCH_AGAIN, excerpt, read_table, refusal
from kuager.errors import message
from kuager.model.notes import Note
from kuager.model.tables import OPINIONS, SHUTDOWNS
from kuager.model.words import OpinionKind

SOURCE_ID = "stop"

_NEEDED = ("start_date", "country")
_YEAR = "count_year"
_LINK = re.compile(r"https?://[^\s;,\"'<>]{1,2000}")
_HEADER_WITHIN = 10
_ROWS_AT_ONCE = 4096

_START_UNREADABLE = message("Rows whose start date could not be read, which were passed over: {count}.")
_END_UNREADABLE = message("Rows whose end date could not be read, which are kept as if it were not known: {count}.")
_ENDS_BEFORE = message("Rows that end before they begin, which are kept without a duration: {count}.")
_OWN_DAYS = message(
    "Rows whose duration is not the number of days from the first to the last, which was counted anew: {count}."
)
_REPEATED = message("Rows that only repeated another one and were dropped: {count}.")
_NO_PLACE = message("Rows that name a country without a code of a place, kept without one: {count} ({names}).")
_SEVERAL = message("Rows that name several countries, which have no one place: {count}.")
_NO_HEADER = message("The sheet “{name}” has no columns start_date and country and was passed over.")
_OTHER_SHEETS = message("The sheet “{name}” holds all years; the other sheets were passed over.")


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and how often each thing that a reader should be told about happened."""

    shutdowns: list[dict[str, Any]] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    nameless: dict[str, None] = field(default_factory=dict)
    rows: set[bytes] = field(default_factory=set)
    findings: set[bytes] = field(default_factory=set)
    ids: Counter[str] = field(default_factory=Counter)

    def remarks(self) -> Iterator[Note]:
        for template in (_START_UNREADABLE, _END_UNREADABLE, _ENDS_BEFORE, _OWN_DAYS, _REPEATED, _SEVERAL, _NO_PLACE):
            if count := self.counts[template]:
                facts = {"names": ", ".join(self.nameless)} if template is _NO_PLACE else {}
                yield Note(template, {"count": str(count), **facts})

    def flush(self) -> None:
        """Turn the rows held as Python values into Arrow, which takes a fraction of the memory."""
        self.parts.append(pa.Table.from_pylist(self.shutdowns, schema=SHUTDOWNS))
        self.shutdowns.clear()


def decode(data: bytes) -> Decoded:
    """The shutdowns of one file, and each of them as an opinion.

    Raises:
        CodecError: neither a table nor a workbook, none of its sheets has a start date and a country, or no rows.
    """
    remarks: list[Note] = []
    events = _of_workbook(data, remarks) if data.startswith(stop_workbook.BEGINNING) else _of_table(data)
    reading, row = _Reading(), 0
    for row, fields in enumerate(events, start=1):
        _read(reading, row, fields)
        if len(reading.shutdowns) == _ROWS_AT_ONCE:
            reading.flush()
    if row == 0:
        raise refusal(message("There is a header in {file} but no row under it."), remedy=FETCH_AGAIN)
    reading.flush()
    remarks += reading.remarks()
    return Decoded(
        remarks=tuple(remarks),
        tables={
            "shutdowns": pa.concat_tables(reading.parts),
            "opinions": pa.Table.from_pylist(reading.opinions, schema=OPINIONS),
        },
    )


def _of_table(data: bytes) -> Iterator[Mapping[str, str]]:
    table = read_table(data)
    names = stop_columns.newest_names(list(table.columns))
    if any(needed not in names for needed in _NEEDED):
        raise refusal(
            message("The table in {file} has no columns start_date and country, as every register of shutdowns has."),
            meaning=message("Its columns are: {columns}."),
            remedy=message("Export the sheet with the shutdowns themselves."),
            columns=excerpt(", ".join(table.columns), 200),
        )
    rows = pa.table(list(table.columns.values()), names=names)
    for batch in rows.to_batches(_ROWS_AT_ONCE):
        for row in batch.to_pylist():
            yield {name: text.strip() for name, text in row.items()}


def _of_workbook(data: bytes, remarks: list[Note]) -> Iterable[Mapping[str, str]]:
    found = stop_workbook.sheets(data)
    combined = [sheet for sheet in found if "combined" in sheet.name.casefold() and _header(sheet) is not None]
    if combined and len(found) > 1:
        remarks.append(Note(_OTHER_SHEETS, {"name": excerpt(combined[0].name)}))
        found = combined[:1]
    readable = [sheet for sheet in found if _header(sheet) is not None]
    if not readable:
        raise refusal(
            message("No sheet of {file} has the columns start_date and country, as every register of shutdowns has."),
            remedy=FETCH_AGAIN,
        )
    remarks += (Note(_NO_HEADER, {"name": excerpt(sheet.name)}) for sheet in found if sheet not in readable)
    return (fields for sheet in readable for fields in _of_sheet(sheet))


def _header(sheet: stop_workbook.Sheet) -> int | None:
    for index, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        names = stop_columns.newest_names([stop_columns.cell_text(cell) for cell in row])
        if all(needed in names for needed in _NEEDED):
            return index
    return None


def _of_sheet(sheet: stop_workbook.Sheet) -> Iterator[Mapping[str, str]]:
    header = _header(sheet) or 0
    names = stop_columns.newest_names([stop_columns.cell_text(cell) for cell in sheet.rows[header]])
    for row in sheet.rows[header + 1 :]:
        cells = [stop_columns.cell_text(cell) for cell in row]
        if any(cells):
            yield dict(zip(names, cells, strict=False))


def _read(reading: _Reading, row: int, fields: Mapping[str, str]) -> None:
    if _seen(reading.rows, fields):
        reading.counts[_REPEATED] += 1
        return
    start = stop_columns.day(fields["start_date"])
    if start is None:
        reading.counts[_START_UNREADABLE] += 1
        return
    written_end = fields.get("end_date", "")
    end = stop_columns.day(written_end)
    if end is None and not stop_columns.says_no_end(written_end):
        reading.counts[_END_UNREADABLE] += 1
    days = (end - start).days + 1 if end is not None and end >= start else None
    if end is not None and days is None:
        reading.counts[_ENDS_BEFORE] += 1
    own = stop_columns.own_days(fields.get("duration", ""))
    if days is not None and own is not None and own != days:
        reading.counts[_OWN_DAYS] += 1
    places = _places(reading, fields["country"])
    reading.shutdowns.append(
        {
            "source": SOURCE_ID,
            "place": places[0] if len(places) == 1 else "",
            "country": fields["country"],
            "start": start,
            "end": end,
            "days": days,
            "row": row,
            "fields": json.dumps(fields, ensure_ascii=False),
        }
    )
    finding = {name: text for name, text in fields.items() if name != _YEAR}
    if not _seen(reading.findings, finding):  # a shutdown that is counted in several years was still found once
        reading.opinions += (_opinion(reading, place, start, end if days else None, fields) for place in places)


def _seen(known: set[bytes], fields: Mapping[str, str]) -> bool:
    digest = hashlib.sha256(json.dumps(sorted((name, text) for name, text in fields.items() if text)).encode()).digest()
    if digest in known:
        return True
    known.add(digest)
    return False


def _places(reading: _Reading, country: str) -> list[str]:
    """Codes of the countries named, empty for one without a code; at least one."""
    codes = stop_columns.countries(country) or [None]
    if None in codes:
        reading.counts[_NO_PLACE] += 1
        if len(reading.nameless) < 10:
            reading.nameless[excerpt(country)] = None
    if len(codes) > 1:
        reading.counts[_SEVERAL] += 1
    return list(dict.fromkeys(code or "" for code in codes))


def _opinion(reading: _Reading, place: str, start: date, end: date | None, fields: Mapping[str, str]) -> dict[str, Any]:
    said = [fields.get("shutdown_type", ""), stop_columns.short_scope(fields.get("geo_scope", ""))]
    if end is None:  # whether it went on, or nobody wrote down its end, stands in the status alone
        said.append(fields.get("shutdown_status", ""))
    return {
        "source": SOURCE_ID,
        "kind": OpinionKind.RECORD.value,
        "id": _id(reading, place, start, fields),
        "place": place,
        "signal": "",
        "start": _midnight(start),
        "end": _midnight(end + timedelta(days=1)) if end is not None else None,
        "statement": "; ".join(part for part in said if part)[:200],
        "cause": fields.get("actual_cause", "")[:200],
        "score": None,
        "link": _link(fields.get("an_link", "")) or _link(fields.get("info_source_link", "")),
    }


def _id(reading: _Reading, place: str, start: date, fields: Mapping[str, str]) -> str:
    """A name made of what seldom changes from one edition to the next; the sheets of today have none of their own."""
    area = " ".join(fields.get("area_name", "").casefold().split())
    text = "\n".join((place, start.isoformat(), area, fields.get("shutdown_type", "")))
    name = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    reading.ids[name] += 1
    return name if reading.ids[name] == 1 else f"{name}-{reading.ids[name]}"


def _link(text: str) -> str:
    found = _LINK.search(text)
    return found[0].rstrip(".)") if found else ""


def _midnight(of: date) -> datetime:
    return datetime.combine(of, time(), UTC)
