"""Our own series as CSV and Parquet."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuager.codecs import series_file
from kuager.codecs.decoded import Decoded
from kuager.errors import CodecError, UsageError
from kuager.model.schemas import SERIES_FILE
from kuager.model.series import Series
from kuager.model.time import parse_utc, to_epoch
from kuager.model.words import Access, Scale

HEADER = "time,place,signal,value\n"


def csv(*rows: str, header: str = HEADER) -> bytes:
    return (header + "".join(f"{row}\n" for row in rows)).encode()


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def moments(*hours: int) -> pa.Array:
    return pa.array([datetime(2022, 1, 5, hour, tzinfo=UTC) for hour in hours], pa.timestamp("us", "UTC"))


def remarks(decoded: Decoded) -> str:
    return " ".join(note.template.format(**note.facts) for note in decoded.remarks)


def test_rows_become_series_by_signal_place_and_access() -> None:
    decoded = series_file.decode(
        csv(
            "2022-01-05T10:00:00Z,kz,own.users,5,mobile",
            "2022-01-05T10:00:00Z,KZ,own.users,7,fixed",
            "2022-01-05T11:00:00Z,KZ,own.users,,Mobile",
            "2022-01-05T12:00:00Z,KZ,own.users,6,mobile",
            "2022-01-05T10:00:00Z,as9198,own.users,1,",
            header="time,place,signal,value,access\n",
        )
    )
    assert [one.key for one in decoded.series] == [
        ("own.users", "AS9198", "mixed", ""),
        ("own.users", "KZ", "fixed", ""),
        ("own.users", "KZ", "mobile", ""),
    ]
    mobile = decoded.series[2]
    np.testing.assert_array_equal(mobile.values, [5, np.nan, 6])
    assert mobile.times[0] == to_epoch(parse_utc("2022-01-05T10:00Z"))
    assert (mobile.step_s, mobile.scale, mobile.unit) == (3600, Scale.ABSOLUTE, "")
    assert decoded.remarks == ()


@pytest.mark.parametrize("missing", ["", "null", "NaN", "nan", " NULL "])
def test_missing_is_missing(missing: str) -> None:
    (series,) = series_file.decode(csv(f"2022-01-05T10:00:00Z,KZ,a,{missing}")).series
    assert np.isnan(series.values).all()


def test_zones_are_converted_and_more_than_one_is_remarked() -> None:
    decoded = series_file.decode(csv("2022-01-05T16:30:00+06:00,KZ,a,1", "2022-01-05 11:00Z,KZ,a,2"))
    (series,) = decoded.series
    np.testing.assert_array_equal(series.times, [to_epoch(parse_utc(f"2022-01-05T{t}Z")) for t in ("10:30", "11:00")])
    assert "2 different zones" in remarks(decoded)


def test_one_zone_in_three_spellings_is_one() -> None:
    rows = ("2022-01-05T10:00:00Z,KZ,a,1", "2022-01-05T11:00:00+00:00,KZ,a,2", "2022-01-05t12:00:00.000z,KZ,a,3")
    assert series_file.decode(csv(*rows)).remarks == ()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2022-01-05T10:00:00,KZ,a,1", "“2022-01-05T10:00:00” in line 3 of this file does not say its zone"),
        ("2022-01-05,KZ,a,1", "“2022-01-05” in line 3 of this file is not a time"),
        ("1641376800,KZ,a,1", "“1641376800” in line 3 of this file is not a time"),
        ("2022-02-30T10:00:00Z,KZ,a,1", "“2022-02-30T10:00:00Z” in line 3 of this file is not a time"),
        ("2022-01-05T10:00:00.5Z,KZ,a,1", "in line 3 of this file lies between two seconds"),
        ("1022-01-05T10:00:00Z,KZ,a,1", "line 3 of this file lies before 1970"),
        ("2022-01-05T10:00:00Z,Kazakhstan,a,1", "“Kazakhstan” in line 3 of this file is not the code of a place"),
        ("2022-01-05T10:00:00Z,AS4294967296,a,1", "“AS4294967296” in line 3"),
        ("2022-01-05T10:00:00Z,KZ,../../a,1", "“../../a” in line 3 of this file is not the name of a signal"),
        ("2022-01-05T10:00:00Z,KZ,,1", "“” in line 3 of this file is not the name of a signal"),
        ("2022-01-05T10:00:00Z,KZ,a,many", "“many” in line 3 of this file is not a number"),
        ("2022-01-05T10:00:00Z,KZ,a,12.", "“12.” in line 3 of this file is not a number"),
        ("2022-01-05T10:00:00Z,KZ,a,1_000", "“1_000” in line 3 of this file is not a number"),
        ("2022-01-05T10:00:00Z,KZ,a,-1", "The value -1 in line 3 of this file is less than zero"),
        ("2022-01-05T10:00:00Z,KZ,a,-0.5", "The value -0.5 in line 3 of this file is less than zero"),
        ("2022-01-05T10:00:00Z,KZ,a,inf", "“inf” in line 3 of this file is infinite"),
        ("2022-01-05T10:00:00Z,KZ,a,-Infinity", "“-Infinity” in line 3 of this file is infinite"),
        ("2022-01-05T10:00:00Z,KZ,a,1e999", "“inf” in line 3 of this file is infinite"),
        ('2022-01-05T10:00:00Z,KZ,a,"1,5"', "“1,5” in line 3 of this file is not a number"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row: str, sentence: str) -> None:
    with pytest.raises(CodecError) as refused:
        series_file.decode(csv("2022-01-05T09:00:00Z,KZ,a,1", row, "2022-01-05T11:00:00Z,KZ,a,1"))
    assert sentence in str(refused.value)
    assert refused.value.diagnostics().remedy


def test_a_negative_value_points_to_ripestats_sentinel() -> None:
    with pytest.raises(CodecError) as refused:
        series_file.decode(csv("2022-01-05T10:00:00Z,KZ,a,-1"))
    assert "RIPEstat writes -1" in refused.value.diagnostics().remedy


def test_an_access_that_does_not_exist_is_named() -> None:
    with pytest.raises(CodecError, match="“wifi” in line 2"):
        series_file.decode(csv("2022-01-05T10:00:00Z,KZ,a,1,wifi", header="time,place,signal,value,access\n"))


def test_rows_out_of_order_are_sorted_and_counted() -> None:
    rows = [f"2022-01-05T{hour}:00:00Z,KZ,a,{hour}" for hour in (10, 12, 11, 13)]
    decoded = series_file.decode(csv(*rows))
    np.testing.assert_array_equal(decoded.series[0].values, [10, 11, 12, 13])
    assert "put in order of time: 1." in remarks(decoded)


def test_one_time_twice_with_one_value_is_dropped_with_a_remark() -> None:
    row = "2022-01-05T10:00:00Z,KZ,a,1"
    decoded = series_file.decode(csv(row, row, "2022-01-05T10:00:00Z,KZ,b,2"))
    assert [one.times.size for one in decoded.series] == [1, 1]
    assert "repeated another one and were dropped: 1." in remarks(decoded)


@pytest.mark.parametrize("value", ["2", ""])
def test_one_time_with_two_values_is_refused(value: str) -> None:
    with pytest.raises(CodecError, match=r"Lines 2 and 4 of this file give a \(KZ\) different values"):
        series_file.decode(
            csv("2022-01-05T10:00:00Z,KZ,a,1", "2022-01-05T10:00:00Z,US,a,9", f"2022-01-05T10:00:00Z,KZ,a,{value}")
        )


def test_the_step_is_the_most_common_difference() -> None:
    rows = [f"2022-01-05T10:{minute:02d}:00Z,KZ,a,1" for minute in (0, 5, 10, 25, 30)]
    assert series_file.decode(csv(*rows)).series[0].step_s == 300


def test_unknown_columns_are_skipped_with_a_remark() -> None:
    decoded = series_file.decode(csv("x,2022-01-05T10:00:00Z,KZ,a,1", header="note,time,place,signal,value\n"))
    assert len(decoded.series) == 1
    assert "“note” is not known" in remarks(decoded)


def test_a_file_without_a_last_line_break_is_read_with_a_warning() -> None:
    assert "may be too" in remarks(series_file.decode(csv("2022-01-05T10:00:00Z,KZ,a,12")[:-1]))


def test_per_cent_of_a_window_is_never_stored_as_absolute() -> None:
    (series,) = series_file.decode(
        csv("2022-01-05T10:00:00Z,KZ,ioda.gtr-norm,50", "2022-01-05T11:00:00Z,KZ,ioda.gtr-norm,100")
    ).series
    assert (series.scale, series.window) == (Scale.RELATIVE, "2022-01-05T10:00:00Z/2022-01-05T11:00:00Z")
    with pytest.raises(UsageError, match=r"ioda\.gtr-norm of KZ"):
        series_file.encode_csv([series])


# --- Parquet ---------------------------------------------------------------------------------------------------


def test_parquet_says_the_same_as_csv() -> None:
    table = pa.table([moments(10, 11, 12), ["KZ"] * 3, ["a"] * 3, [1.0, None, 3.5], ["mobile"] * 3], schema=SERIES_FILE)
    (series,) = series_file.decode(parquet(table)).series
    assert series.key == ("a", "KZ", "mobile", "")
    assert series.step_s == 3600
    np.testing.assert_array_equal(series.values, [1, np.nan, 3.5])
    assert series.times[0] == to_epoch(parse_utc("2022-01-05T10:00Z"))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_of_any_unit_and_zone(unit: str) -> None:
    times = moments(10).cast(pa.timestamp(unit, "Asia/Almaty"))
    table = pa.table({"time": times, "place": pa.array(["KZ"]).dictionary_encode(), "signal": ["a"], "value": [1]})
    (series,) = series_file.decode(parquet(table)).series
    assert series.times[0] == to_epoch(parse_utc("2022-01-05T10:00Z"))


def test_parquet_with_times_as_text() -> None:
    table = pa.table({"time": ["2022-01-05T16:00:00+06:00"], "place": ["KZ"], "signal": ["a"], "value": ["1.5"]})
    (series,) = series_file.decode(parquet(table)).series
    assert series.times[0] == to_epoch(parse_utc("2022-01-05T10:00Z"))
    assert series.values[0] == 1.5


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"time": moments(10).cast(pa.timestamp("us"))}, "has the type timestamp[us], not a time with a zone"),
        ({"time": [1_641_376_800]}, "has the type int64, not a time with a zone"),
        ({"time": pa.array([None], pa.timestamp("us", "UTC"))}, "in line 1 of this file is not a time"),
        ({"time": pa.array([1], pa.timestamp("us", "UTC"))}, "in line 1 of this file lies between two seconds"),
        ({"time": pa.array([-1_000_000], pa.timestamp("us", "UTC"))}, "line 1 of this file lies before 1970"),
        ({"place": pa.array([None], pa.string())}, "“” in line 1 of this file is not the code of a place"),
        ({"place": [7]}, "“place” of this file has the type int64"),
        ({"value": [-1.0]}, "The value -1 in line 1 of this file is less than zero"),
        ({"value": [float("inf")]}, "“inf” in line 1 of this file is infinite"),
        ({"value": [[1.0]]}, "“value” of this file has the type list"),
        ({"value": [True]}, "“value” of this file has the type bool"),
    ],
)
def test_parquet_that_cannot_be_read_is_named(changed: dict[str, Any], sentence: str) -> None:
    table = pa.table({"time": moments(10), "place": ["KZ"], "signal": ["a"], "value": [1.0]} | changed)
    with pytest.raises(CodecError) as refused:
        series_file.decode(parquet(table))
    assert sentence in str(refused.value)


def test_parquet_without_rows_or_a_column_or_its_end_is_refused() -> None:
    table = pa.table({"time": moments(10), "place": ["KZ"], "signal": ["a"], "value": [1.0]})
    with pytest.raises(CodecError, match="no row"):
        series_file.decode(parquet(table.slice(0, 0)))
    with pytest.raises(CodecError, match="time, place, signal; a series file has time, place, signal, value"):
        series_file.decode(parquet(table.drop_columns(["value"])))
    with pytest.raises(CodecError, match="does not end as Parquet ends") as refused:
        series_file.decode(parquet(table)[:-30])
    assert "cut off" in refused.value.diagnostics().meaning
    with pytest.raises(CodecError, match="is damaged"):
        series_file.decode(b"PAR1" + bytes(60) + b"PAR1")


# --- Round trip --------------------------------------------------------------------------------------------------

instants = st.lists(st.integers(0, 4_102_444_799), min_size=1, max_size=30, unique=True).map(sorted)
numbers = st.one_of(st.just(float("nan")), st.floats(0, allow_infinity=False).map(abs))


@st.composite
def series_of(draw: st.DrawFn, signal: str) -> Series:
    times = np.array(draw(instants), dtype=np.int64)
    values = np.array(draw(st.lists(numbers, min_size=times.size, max_size=times.size)), dtype=np.float64)
    place = draw(st.sampled_from(["KZ", "KZ-75", "AS9198", "AS"]))
    access = draw(st.sampled_from(list(Access)))
    return Series(signal, place, access, Scale.ABSOLUTE, "", 300, times, values, "")


@given(series_of("own.a"), series_of("own.b"))
def test_what_is_written_reads_back_the_same(first: Series, second: Series) -> None:
    decoded = series_file.decode(series_file.encode_csv([second, first]))
    assert decoded.remarks == ()
    for written, read in zip((first, second), decoded.series, strict=True):
        assert read.key == written.key
        np.testing.assert_array_equal(read.times, written.times)
        np.testing.assert_array_equal(read.values, written.values)


@pytest.mark.slow
def test_a_million_rows_take_a_few_seconds() -> None:
    count = 1_000_000
    times = np.datetime_as_string((1_641_340_800 + 60 * np.arange(count)).astype("datetime64[s]"), timezone="UTC")
    data = csv(*(f"{moment},KZ,own.users,{index * 0.37:.3f}" for index, moment in enumerate(times.tolist())))
    began = time.process_time()
    (series,) = series_file.decode(data).series
    assert time.process_time() - began < 20  # about 2.5 seconds on a laptop; slow and busy machines are no failure
    assert (series.times.size, series.step_s) == (count, 60)
