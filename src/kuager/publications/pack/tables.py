"""The tables of a pack for programs, and what their columns mean (Frictionless Data Package, v1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from kuager.publications.pack import chronology
from kuager.publications.pack.context import Context
from kuager.publications.pack.custody import exhibit_rows
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.fields import table_schema

EXHIBITS, CHRONOLOGY, PACKAGE = "exhibits.csv", "chronology.csv", "datapackage.json"
_COLUMNS = {
    EXHIBITS: ("exhibit", "kind", "what", "sha256", "size", "received", "entry", "path", "not_here", "links"),
    CHRONOLOGY: ("time", "utc", "local", "precision", "what", "says", "exhibits"),
}


def table_files(context: Context) -> dict[str, bytes]:
    """The tables and their description, by name."""
    return {
        EXHIBITS: _csv(_COLUMNS[EXHIBITS], _exhibits(context)),
        CHRONOLOGY: _csv(_COLUMNS[CHRONOLOGY], _chronology(context)),
        PACKAGE: _package(context),
    }


def _exhibits(context: Context) -> Iterable[Sequence[str]]:
    for one in exhibit_rows(context):
        links = " ".join(one.links)
        yield (
            f"E{one.number}",
            one.kind,
            one.what,
            one.digest,
            one.size,
            one.received,
            one.entry,
            one.path,
            one.why,
            links,
        )


def _chronology(context: Context) -> Iterable[Sequence[str]]:
    for one in chronology.chronology(context):
        exhibits = " ".join(f"E{number}" for number in one.exhibits)
        yield one.written, one.utc, one.local, one.precision, one.what.text, one.by, exhibits


def _package(context: Context) -> bytes:
    package: dict[str, Any] = {"profile": "data-package", "name": context.view.episode.id}
    if context.held.case.holds_simulated:
        package["notice"] = SIMULATED
    package["resources"] = [
        {"name": path.partition(".")[0], "path": path, "format": "csv", "schema": table_schema(path, columns)}
        for path, columns in _COLUMNS.items()
    ]
    return msgspec.json.format(msgspec.json.encode(package), indent=2) + b"\n"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell.replace("\u00a0", " ") for cell in row])
    return text.getvalue().encode()
