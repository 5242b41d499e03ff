"""Tables keep what was decoded: gaps as gaps, windows apart, revisions counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from kuager.model.schemas import COVERAGE, OBSERVATIONS
from kuager.model.series import Series
from kuager.model.words import Access, Scale
from kuager.observations import coverage
from kuager.observations.store import ObservationStore

HOUR = 3600


def series(values: list[float], start: int = 0, window: str = "", place: str = "KZ") -> Series:
    scale = Scale.RELATIVE if window else Scale.ABSOLUTE
    times = start + HOUR * np.arange(len(values), dtype=np.int64)
    return Series("ioda.bgp", place, Access.MIXED, scale, window, HOUR, times, np.array(values), "visible /24s")


def test_missing_stays_missing_and_zero_stays_zero(tmp_path: Path) -> None:
    store = ObservationStore(tmp_path)
    store.rebuild([("aa", series([1.0, np.nan, 0.0]))])
    table = pq.read_table(tmp_path / "ioda.bgp.parquet")
    assert table.schema.equals(OBSERVATIONS)
    assert table["value"].to_pylist() == [1.0, None, 0.0]
    ((back, objects),) = store.series()
    assert objects == ("aa",)
    assert np.array_equal(back.values, [1.0, np.nan, 0.0], equal_nan=True)
    assert back.times.tolist() == [0, HOUR, 2 * HOUR]


def test_a_later_file_completes_and_corrects_an_earlier_one(tmp_path: Path) -> None:
    store = ObservationStore(tmp_path)
    merged = store.rebuild([("old", series([5.0, 6.0, np.nan])), ("new", series([7.0, np.nan, 8.0], start=HOUR))])
    ((back, objects),) = store.series()
    assert np.array_equal(back.values, [5.0, 7.0, np.nan, 8.0], equal_nan=True)
    assert objects == ("new", "old")
    assert (merged.values, merged.revised) == (4, 1)


def test_two_windows_of_a_relative_signal_are_two_series(tmp_path: Path) -> None:
    store = ObservationStore(tmp_path)
    store.rebuild([("a", series([100.0, 50.0], window="one")), ("b", series([80.0, 100.0], window="two"))])
    assert [back.window for back, _ in store.series()] == ["one", "two"]


def test_the_identity_of_a_table_is_its_rows(tmp_path: Path) -> None:
    one, other = ObservationStore(tmp_path / "1"), ObservationStore(tmp_path / "2")
    pair = [("a", series([1.0, 2.0])), ("b", series([3.0, 4.0], place="AS9198"))]
    one.rebuild(pair)
    other.rebuild(reversed(pair))
    assert one.table_hash("ioda.bgp") == other.table_hash("ioda.bgp")
    other.rebuild([pair[0]])
    assert one.table_hash("ioda.bgp") != other.table_hash("ioda.bgp")


def test_a_signal_that_is_no_longer_there_loses_its_table(tmp_path: Path) -> None:
    store = ObservationStore(tmp_path)
    store.rebuild([("a", series([1.0]))])
    store.rebuild([])
    assert store.signals() == []


def test_coverage_knows_gaps_in_values_and_gaps_between_samples(tmp_path: Path) -> None:
    values = series([1.0, 2.0, np.nan, np.nan, 3.0])
    pieces = [(one.start // HOUR, one.end // HOUR, one.measuring) for one in coverage.intervals(values)]
    assert pieces == [(0, 2, True), (2, 4, False), (4, 5, True)]
    times = np.array([0, HOUR, 5 * HOUR], dtype=np.int64)
    holes = Series("s", "KZ", Access.MIXED, Scale.ABSOLUTE, "", HOUR, times, np.ones(3), "")
    pieces = [(one.start // HOUR, one.end // HOUR, one.measuring) for one in coverage.intervals(holes)]
    assert pieces == [(0, 2, True), (2, 5, False), (5, 6, True)]
    coverage.write(tmp_path / "coverage.parquet", [values, holes])
    table = pq.read_table(tmp_path / "coverage.parquet")
    assert table.schema.equals(COVERAGE)
    assert table["status"].to_pylist().count("not-measuring") == 2
