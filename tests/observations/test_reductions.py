"""Classified measurements made small: counted here by hand, exactly, in whatever order they come."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engine.questions import drawn

from kuager.engine.local import LocalEngine
from kuager.observations.reductions import base_rates, verdicts_by_day


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return drawn(tmp_path_factory.mktemp("classified"), 300, 3)


def ask(files: list[Path], question: Any) -> Any:
    return LocalEngine().query({"classified": files}, lambda tables: question(tables["classified"]))


def rows(files: list[Path]) -> list[dict[str, Any]]:
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def test_days_are_counted_as_by_hand(files: list[Path]) -> None:
    counts: Counter[tuple[Any, ...]] = Counter()
    sums: dict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
    for row in rows(files):
        day = row["start"].date() if row["start"] is not None else None
        key = (row["place"], row["network"], row["test"], day)
        counts[*key, row["verdict"]] += 1
        if row["verdict"] != "failed":
            sums[key] += Fraction(row["blocked"])
    table = ask(files, verdicts_by_day)
    assert table.schema.field("day").type == pa.timestamp("us", "UTC")
    found = table.to_pylist()
    assert sum(row["measurements"] for row in found) == 900
    assert any(row["day"] is None for row in found)
    for row in found:
        key = (row["place"], row["network"], row["test"], row["day"].date() if row["day"] is not None else None)
        for kind in ("ok", "blocked", "throttled", "down", "failed"):
            assert row[f"count_{kind}"] == counts[*key, kind]
        assert row["sum_blocked"] == pytest.approx(float(sums[key]), abs=1e-9 * row["measurements"])
    keys = [(row["place"], row["network"], row["test"]) for row in found]
    assert keys == sorted(keys)


def test_sums_do_not_depend_on_the_order_of_files(files: list[Path]) -> None:
    assert ask(files, verdicts_by_day).equals(ask(files[::-1], verdicts_by_day))
    assert ask(files, base_rates).equals(ask(files[::-1], base_rates))


def test_base_rates_leave_failed_measurements_out(files: list[Path], tmp_path: Path) -> None:
    for row in ask(files, base_rates).to_pylist():
        own = [one for one in rows(files) if (one["place"], one["test"]) == (row["place"], row["test"])]
        judged = [one for one in own if one["verdict"] != "failed"]
        assert (row["measurements"], row["judged"]) == (len(own), len(judged))
        assert row["networks"] == len({one["network"] for one in own})
        assert row["rate_blocked"] == sum(one["verdict"] == "blocked" for one in judged) / len(judged)
        assert math.isclose(row["mean_down"], math.fsum(one["down"] for one in judged) / len(judged), abs_tol=1e-9)
    failed = pq.ParquetFile(files[0]).read()
    index = failed.schema.get_field_index("verdict")
    failed = failed.set_column(index, failed.schema.field(index), pa.array(["failed"] * failed.num_rows))
    pq.write_table(failed, tmp_path / "failed.parquet")
    for row in ask([tmp_path / "failed.parquet"], base_rates).to_pylist():
        assert row["judged"] == 0
        assert (row["rate_blocked"], row["mean_blocked"]) == (None, None)  # not observable, which is not zero
