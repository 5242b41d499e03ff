"""What other observers found about the places and the window of a case, each finding once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kuager.case.folder import Case
from kuager.case.places import belongs
from kuager.model.opinions import Opinion
from kuager.model.words import OpinionKind


def opinions_of(case: Case) -> tuple[Opinion, ...]:
    """Findings that touch the window, by their beginning; the newest wording of one that was published several times.

    A finding without an identifier is known by its source, kind, place, signal and beginning.
    """
    received = {record.digest: number for number, record in enumerate(case.records.all())}
    rows = sorted(case.tables.read("opinions").to_pylist(), key=lambda row: received.get(row["object"], -1))
    found: dict[tuple[Any, ...], Opinion] = {}
    for row in rows:
        if row["place"] and belongs(case, row["place"]) and _touches(case, row["start"], row["end"]):
            row.pop("object")
            found[_identity(row)] = Opinion(**{**row, "kind": OpinionKind(row["kind"])})
    return tuple(sorted(found.values(), key=lambda one: (one.start, one.source, one.kind.value, one.id)))


def listed_of(case: Case) -> tuple[Opinion, ...]:
    """What people list in registers such as STOP of the countries of a case, whenever it was; the newest wording."""
    received = {record.digest: number for number, record in enumerate(case.records.all())}
    countries = {place.partition("-")[0] for place in case.settings.places}
    rows = sorted(case.tables.read("opinions").to_pylist(), key=lambda row: received.get(row["object"], -1))
    found: dict[tuple[Any, ...], Opinion] = {}
    for row in rows:
        if row["kind"] == OpinionKind.RECORD and row["place"].partition("-")[0] in countries:
            row.pop("object")
            found[_identity(row)] = Opinion(**{**row, "kind": OpinionKind.RECORD})
    return tuple(sorted(found.values(), key=lambda one: (one.start, one.source, one.id)))


def _touches(case: Case, start: datetime, end: datetime | None) -> bool:
    return start < case.settings.end and (end is None or end >= case.settings.start)


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    if row["id"]:
        return row["source"], row["kind"], row["id"], row["place"]
    return row["source"], row["kind"], row["place"], row["signal"], row["start"], row["statement"]
