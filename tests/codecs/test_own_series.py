"""Own series: every spelling of the columns that Parquet has, any order of rows, and one clear error for all else."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.codecs.own_series import ROWS_AT_ONCE, SeriesOfTable, decode
from kuager.errors import CodecError
from kuager.model.words import SignalKind

START = 1_640_995_200
NAMES = ["b", "a", "b", "b"]
TIMES = [START, START + 60, START + 120, START + 60]


def columns(**other: Any) -> dict[str, Any]:
    """Four rows of two series; a column given as None is left out."""
    given = {
        "series": pa.array(NAMES),
        "kind": pa.array(["traffic", "bgp", "traffic", "traffic"]),
        "time": pa.array(TIMES, pa.timestamp("s", "UTC")),
        "value": pa.array([1.0, None, 3.0, 2.0]),
        **other,
    }
    return {name: column for name, column in given.items() if column is not None}


def written(table: Any, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), sink, **options)
    return sink.getvalue()


def read(data: bytes) -> SeriesOfTable:
    return decode(pa.BufferReader(data))


def rows(data: bytes) -> list[tuple[Any, ...]]:
    """What was read, as plain values; missing is None."""
    return [
        (
            one.name,
            one.kind,
            one.times.tolist(),
            [None if np.isnan(value) else value for value in one.values.tolist()],
            one.controls,
        )
        for one in read(data)
    ]


EXPECTED = [
    ("b", SignalKind.TRAFFIC, [START, START + 60, START + 120], [1.0, 2.0, 3.0], ()),
    ("a", SignalKind.BGP, [START + 60], [None], ()),
]
TEXTS = [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.dictionary(pa.int8(), pa.string())]


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_text_may_be_of_any_type(kind: Any) -> None:
    texts = {name: columns()[name].cast(kind) for name in ("series", "kind")}
    assert rows(written(columns(**texts))) == EXPECTED


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Almaty"])
def test_a_time_may_have_any_unit_and_zone(unit: str, zone: str | None) -> None:
    times = pa.array(TIMES, pa.timestamp("s", zone)).cast(pa.timestamp(unit, zone))
    assert rows(written(columns(time=times))) == EXPECTED


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.int64(), pa.uint32(), pa.float16(), pa.float32(), pa.float64()], ids=str
)
def test_a_value_may_be_any_number(kind: Any) -> None:
    assert rows(written(columns(value=columns()["value"].cast(kind)))) == EXPECTED


def test_a_column_of_nulls_is_missing_and_so_is_nan() -> None:
    for value in (pa.nulls(4), pa.array([np.nan] * 4), pa.nulls(4, pa.float32())):
        assert [values for _, _, _, values, _ in rows(written(columns(value=value)))] == [[None] * 3, [None]]


def test_controls_may_stand_in_any_row() -> None:
    controls = pa.array([None, "", "a, c,,b ", None])
    for kind in TEXTS:
        told = rows(written(columns(controls=controls.cast(kind))))
        assert [names for *_, names in told] == [("a", "c", "b"), ()]
    assert [names for *_, names in rows(written(columns(controls=pa.nulls(4))))] == [(), ()]


def test_other_columns_and_words_of_no_row_are_left_alone() -> None:
    names = pa.DictionaryArray.from_arrays(pa.array([2, 1, 2, 2]), ["nobody", "a", "b", "nobody else"])
    kinds = pa.DictionaryArray.from_arrays(pa.array([1, 2, 1, 1]), ["no kind", "traffic", "bgp"])
    assert rows(written(columns(series=names, kind=kinds, remark=pa.array([1, 2, 3, 4])))) == EXPECTED


def test_a_row_that_comes_twice_is_one_and_a_time_of_two_values_is_missing() -> None:
    times = [0, 60, 60, 60, 120, 120, 180, 180, 0, 0]
    values = [1.0, 2.0, 2.0, None, 3.0, 4.0, None, None, 9.0, 9.0]
    names = ["a"] * 8 + ["b", "b"]
    given = {
        "series": pa.array(names),
        "kind": pa.array(["users"] * 10),
        "time": pa.array([START + one for one in times], pa.timestamp("s")),
        "value": pa.array(values),
    }
    for order in (np.arange(10), np.random.default_rng(1).permutation(10)):
        found = {one.name: one for one in read(written(pa.table(given).take(pa.array(order))))}
        assert found["a"].times.tolist() == [START, START + 60, START + 120, START + 180]
        assert np.array_equal(found["a"].values, [1.0, 2.0, np.nan, np.nan], equal_nan=True)
        assert [note.facts["count"] for note in found["a"].remarks] == ["3", "1"]
        assert (found["b"].times.tolist(), found["b"].values.tolist()) == ([START], [9.0])
        assert [note.template.format(**note.facts) for note in found["b"].remarks] == [
            "Rows left out that only repeat another: 1."
        ]


@pytest.mark.parametrize(("zone", "remarks"), [(None, 1), ("UTC", 0), ("Asia/Almaty", 0)])
def test_times_without_a_zone_are_told(zone: str | None, remarks: int) -> None:
    found = read(written(columns(time=pa.array(TIMES, pa.timestamp("s", zone)))))
    assert len(found.remarks) == remarks
    assert all("UTC" in note.template for note in found.remarks)


def test_no_rows_are_no_series() -> None:
    assert len(read(written(pa.table(columns()).slice(0, 0)))) == 0


def test_batches_and_row_groups_part_no_series() -> None:
    size = ROWS_AT_ONCE + 1_000
    generator = np.random.default_rng(1)
    place, time = generator.integers(0, 50, size), generator.permutation(size) * 60
    names = [f"series {one}" for one in place.tolist()]
    table = columns(
        series=pa.array(names),
        kind=pa.array(["index"]).take(pa.array(np.zeros(size, dtype=np.int64))),
        time=pa.array(time, pa.timestamp("s")),
        value=pa.array(time.astype(np.float64)),
    )
    found = read(written(table, row_group_size=100_000))
    assert [one.name for one in found] == list(dict.fromkeys(names))
    assert sum(one.times.size for one in found) == size
    for one in found:
        mine = np.sort(time[place == int(one.name.split()[1])])
        assert np.array_equal(one.times, mine)
        assert np.array_equal(one.values, mine)


@pytest.mark.parametrize(
    ("changed", "clue"),
    [
        ({"series": None}, "“series” is missing"),
        ({"kind": None}, "“kind” is missing"),
        ({"time": None}, "“time” is missing"),
        ({"value": None}, "“value” is missing"),
        ({"series": pa.array([1, 2, 3, 4])}, "“series” in this file holds no text"),
        ({"series": pa.array(["a", None, None, "b"])}, "2 rows of this file have nothing in the column “series”"),
        ({"kind": pa.array(["bgp", None, "bgp", "bgp"])}, "1 rows of this file have nothing in the column “kind”"),
        ({"kind": pa.array(["bgp", "pings", "bgp", "bgp"])}, "“pings” of the series “a” in this file is no kind"),
        ({"kind": pa.array(["bgp", "bgp", "bgp", "rtt"])}, "“b” in this file has two kinds: bgp and rtt"),
        ({"time": pa.array(TIMES)}, "“time” in this file holds no timestamps"),
        ({"time": pa.array(["2022-01-01"] * 4)}, "“time” in this file holds no timestamps"),
        ({"time": pa.array([None, *TIMES[1:]], pa.timestamp("s"))}, "nothing in the column “time”"),
        ({"value": pa.array(["1", "2", "3", "4"])}, "“value” in this file holds no numbers"),
        ({"value": pa.array([True] * 4)}, "“value” in this file holds no numbers"),
        ({"value": pa.array([[1.0]] * 4)}, "“value” in this file holds no numbers"),
        ({"value": pa.array([{"x": 1.0}] * 4)}, "“value” in this file holds no numbers"),
        ({"controls": pa.array([1, 2, 3, 4])}, "“controls” in this file holds no text"),
    ],
)
def test_what_is_no_such_table_is_refused(changed: dict[str, Any], clue: str) -> None:
    with pytest.raises(CodecError) as told:
        read(written(columns(**changed)))
    assert clue in str(told.value)


def test_an_unknown_kind_names_the_known_ones_and_cleans_what_it_repeats() -> None:
    with pytest.raises(CodecError) as told:
        read(written(columns(kind=pa.array(["\x1b[31m" + "x" * 500] * 4))))
    said = told.value.diagnostics()
    assert "\x1b" not in said.happened
    assert len(said.happened) < 200
    assert all(kind in said.remedy for kind in SignalKind)


def test_a_column_that_comes_twice_is_refused() -> None:
    table = pa.table([*columns().values(), pa.array([9.0] * 4)], names=[*columns(), "value"])
    with pytest.raises(CodecError, match="more than one column “value”"):
        read(written(table))


def test_text_that_is_no_utf8_is_refused() -> None:
    bounds = pa.py_buffer(np.array([0, 1, 2, 3, 4], dtype=np.int32))
    broken = pa.Array.from_buffers(pa.string(), 4, [None, bounds, pa.py_buffer(b"\xff\xfe\xff\xff")])
    with pytest.raises(CodecError):
        read(written(columns(series=broken)))


GOOD = written(columns(controls=pa.array(["a", None, None, None])))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda some: b"PAR1" + some + b"PAR1")))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="no whole Parquet file"):
        read(data)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0))
def test_a_damaged_file_gives_rows_or_an_error(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(GOOD)
    for place, byte in changes:
        data[place] = byte
    damaged = bytes(data[: len(data) - cut % 3 * (cut % 50)])
    try:
        found = list(read(damaged))
    except CodecError:
        return
    assert all(one.times.size == one.values.size for one in found)
