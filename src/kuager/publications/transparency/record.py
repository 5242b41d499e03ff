"""A report for programs: JSON that anyone can check again, and a table of its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kuager.accountability.transparency.checking import FORMAT
from kuager.accountability.transparency.report import Report
from kuager.accountability.transparency.totals import NUMBERS
from kuager.accountability.transparency.withholding import Number
from kuager.model.time import Instant, format_utc
from kuager.publications.records.episode import SIMULATED
from kuager.publications.records.table import listed, table

_NAMES = ("authority", "legal_basis", "kind", "places", "services")
HEAD = ("operator", "from", "to", *_NAMES, *NUMBERS, "withheld")


_NOT_COUNTED = "Demands whose existence may not be told would not be counted; whether there are any is not told."


def report_json(report: Report) -> bytes:
    """Everything that is told; an empty cell of the table is here a number with the law that withholds it."""
    record: dict[str, Any] = {
        "format": FORMAT,
        "operator": report.operator.id,
        "name": report.operator.name.en,
        "period": {"from": str(report.period.first), "to": str(report.period.last), "zone": report.period.zone},
        "known": format_utc(report.known),
        **({"notice": SIMULATED} if report.simulated else {}),
        "totals": _numbers(report.told.totals),
        "carried_over": report.told.carried_over,
        "not_counted": _NOT_COUNTED,
        "rows": [
            {
                "authority": one.row.authority,
                "legal_basis": one.row.legal_basis,
                "kind": one.row.kind.value if one.row.kind is not None else "",
                "places": list(one.row.places),
                "services": list(one.row.services),
                "withheld": one.row.gag_basis or "",
                "numbers": _numbers(one.numbers),
            }
            for one in report.told.rows
        ],
        "f10": [
            {
                "element": one.id,
                "field": one.field,
                "serves": one.serves.value,
                "withheld": one.basis,
                "policies": [row.id for row in one.policies],
                "notices": list(one.notices),
            }
            for one in report.elements
        ],
        "compared": _compared(report),
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def report_csv(report: Report) -> bytes:
    """A row for each authority, legal basis and kind; ``withheld`` names the law where no more may be told."""
    head = (report.operator.id, str(report.period.first), str(report.period.last))
    rows = [
        (
            *head,
            one.row.authority,
            one.row.legal_basis,
            one.row.kind.value if one.row.kind is not None else "",
            listed(one.row.places),
            "; ".join(one.row.services),
            *(one.numbers[name].value for name in NUMBERS),
            one.row.gag_basis or "",
        )
        for one in report.told.rows
    ]
    withheld = "; ".join(dict.fromkeys(one.basis for one in report.told.totals.values() if one.basis))
    total = (*head, "total", "", "", "", "", *(report.told.totals[name].value for name in NUMBERS), withheld)
    return table(HEAD, [*rows, total])


def _numbers(numbers: Mapping[str, Number]) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": one.value}
        if one.value is not None
        else {"withheld": one.basis, **({"follows": True} if one.follows else {})}
        for name, one in numbers.items()
    }


def _compared(report: Report) -> dict[str, Any]:
    found = report.compared
    return {
        "demands": [
            {
                "demand": number,
                "kind": one.demand.kind.value,
                "executed": one.demand.executed or None,
                "ended": one.demand.ended or None,
                "effect": one.effect.value,
                "episodes": list(one.episodes),
                "notices": list(one.notices),
            }
            for number, one in enumerate(found.demands, start=1)
        ],
        "effects_without_a_demand_told_here": [
            {"episode": one.episode, "start": _instant(one.start), "notices": list(one.notices)}
            for one in found.unexplained
        ],
        "notices": [
            {
                "notice": one.notice,
                "minutes_after_start": None
                if one.after is None
                else [int(part.total_seconds() // 60) for part in one.after],
            }
            for one in found.notices
        ],
    }


def _instant(when: Instant) -> list[str]:
    return [format_utc(one) for one in (when.earliest, when.best, when.latest)]
