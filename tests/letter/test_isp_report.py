"""L45: regular reports of transparency, made from the log and checked."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

from kuager.accountability.demands import Decision, Demand, DemandKind, Gag
from kuager.accountability.questions import ELEMENTS
from kuager.accountability.transparency.checking import findings, read
from kuager.accountability.transparency.report import Report, report
from kuager.accountability.transparency.totals import NUMBERS, Period
from kuager.model.operators import package_operators
from kuager.publications.transparency.record import report_csv, report_json

LAW = "Law on Communications, article 41-1"
FIRST = Demand(
    id="d-1",
    authority="Prosecutor General",
    legal_basis=LAW,
    kind=DemandKind.CUT,
    received="2022-01-04",
    executed="2022-01-05",
    decision=Decision.COMPLIED,
)
LOG = (
    FIRST,
    Demand(id="d-2", authority="Ministry", kind=DemandKind.BLOCK, received="2022-01-04", decision=Decision.REFUSED),
    Demand(
        id="d-3", authority="-", kind=DemandKind.CUT, received="2022-01-05", gag=Gag.CONTENT, gag_basis="Law on secrets"
    ),
)


def made(*log: Demand) -> Report:
    (kcell,) = [one for one in package_operators() if one.id == "kcell"]
    year = Period(date(2022, 1, 1), date(2022, 12, 31), "Asia/Almaty")
    return report(kcell, year, datetime(2023, 1, 2, tzinfo=UTC), log, {}, [], (), [], lambda *_: False)


def test_l45_totals_equal_the_log() -> None:
    record = json.loads(report_json(made(*LOG)))
    assert {name: one["value"] for name, one in record["totals"].items() if one["value"]} == {
        "received": 3,
        "complied": 1,
        "refused": 1,
        "gagged": 1,
        "executed": 1,
    }
    rows = list(csv.DictReader(io.StringIO(report_csv(made(*LOG)).decode())))
    for name in NUMBERS:
        assert sum(int(row[name] or 0) for row in rows[:-1]) == int(rows[-1][name])


def test_l45_the_elements_of_f10_map_to_fields(shared_data: Path) -> None:
    record = json.loads(report_json(made(*LOG)))
    with (shared_data / "facts" / "rdr_f10.csv").open(newline="", encoding="utf-8") as file:
        labels = [row["label"] for row in csv.DictReader(file)]
    assert [one["element"] for one in record["f10"]] == list(ELEMENTS) == labels
    assert all(one["field"].split(".")[0] in {"policies", "totals", "rows"} for one in record["f10"])


def test_l45_a_report_is_checked_by_its_own_rows() -> None:
    data = report_json(made(*LOG))
    assert [one for one in findings(read(data)) if one.holds is False] == []
    wrong = data.replace(b'"complied": {\n   "value": 1', b'"complied": {\n   "value": 0', 1)
    assert [one for one in findings(read(wrong)) if one.holds is False] != []
