"""NDT results: figures, shapes, and that nothing of an address ever comes out again."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import mlab
from kuager.errors import CodecError

RECORDED = Path(__file__).parents[1] / "sources" / "recorded" / "mlab"
DOWNLOAD = (RECORDED / "ndt7-download.json").read_bytes()
ROWS = (RECORDED / "rows.jsonl").read_bytes()
GROUPS = ("198.51", "51.100", "100.239", "239", "203.0", "113", "117", "54771", "DEADBEEF", "zzzz")
"""What addresses, ports and names of connections in the recorded answers are made of, and no figure is."""


def rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mlab.decode(data).tables["measurements"].to_pylist()
    return found


def download(*snapshots: dict[str, object], **more: object) -> bytes:
    measured = [{"TCPInfo": snapshot} for snapshot in snapshots]
    result = {"ClientIP": "198.51.100.239", "StartTime": "2022-01-04T09:15:30Z"}
    return json.dumps(result | {"Download": {"ServerMeasurements": measured}} | more).encode()


def test_the_speed_is_what_was_acknowledged_between_two_snapshots() -> None:
    (row,) = rows(DOWNLOAD)
    assert json.loads(row["details"]) == {"download_mbps": 4.0, "loss_rate": 0.02, "min_rtt_ms": 60.5}
    assert (row["test"], row["software"], row["place"], row["access"]) == ("ndt7", "ndt-server v0.20.6", "", "unknown")
    assert row["start"] == datetime(2022, 1, 4, 9, 15, 30, 123_000, tzinfo=UTC)
    assert (row["uid"], row["anomaly"], row["failed"]) == ("", None, None)


def test_rows_of_tables_uploads_and_ndt5() -> None:
    exported, five, failed = rows(ROWS)
    assert (exported["test"], exported["place"], exported["network"]) == ("ndt7", "KZ", "AS9198")
    assert json.loads(exported["details"]) == {"upload_mbps": 2.0, "min_rtt_ms": 88.0}
    assert (five["test"], five["failed"]) == ("ndt5", False)
    assert json.loads(five["details"]) == {"download_mbps": 12.5, "upload_mbps": 1.25, "min_rtt_ms": 83.0}
    assert (failed["failed"], failed["details"]) == (True, "{}")


@pytest.mark.parametrize(
    "data", [DOWNLOAD, gzip.compress(DOWNLOAD), json.dumps(json.loads(DOWNLOAD), indent=2).encode()]
)
def test_one_result_a_file_on_any_number_of_lines_or_compressed(data: bytes) -> None:
    assert rows(data) == rows(DOWNLOAD)


def test_a_list_of_results_over_many_lines() -> None:
    data = json.dumps([json.loads(DOWNLOAD), json.loads(DOWNLOAD)], indent=1).encode()
    assert rows(data) == rows(DOWNLOAD) * 2


@pytest.mark.parametrize(
    "snapshots",
    [
        [],
        [{"ElapsedTime": 5, "BytesAcked": 5}],
        [{"ElapsedTime": 5, "BytesAcked": 5}, {"ElapsedTime": 5, "BytesAcked": 9}],
        [{"ElapsedTime": 5, "BytesAcked": 9}, {"ElapsedTime": 6, "BytesAcked": 5}],
        [{"ElapsedTime": 5}, {"ElapsedTime": 6}],
        [{"ElapsedTime": None, "BytesAcked": 9}, {"ElapsedTime": 6, "BytesAcked": 5}],
        [{"ElapsedTime": 0, "BytesAcked": 0}, {"ElapsedTime": 1e-300, "BytesAcked": 1e300}],
    ],
)
def test_a_speed_that_cannot_be_computed_is_left_out_and_told(snapshots: list[dict[str, object]]) -> None:
    decoded = mlab.decode(download(*snapshots))
    assert json.loads(decoded.tables["measurements"]["details"][0].as_py()) == {}
    assert "no speed" in decoded.remarks[0].template


def test_snapshots_out_of_order_are_ordered() -> None:
    snapshots: list[dict[str, object]] = [
        {"ElapsedTime": 9_000_000, "BytesAcked": 5_000_000},
        {"ElapsedTime": 1_000_000, "BytesAcked": 1_000_000},
    ]
    (row,) = rows(download(*snapshots))
    assert json.loads(row["details"]) == {"download_mbps": 4.0}


def test_times_that_cannot_be_are_missing_and_told() -> None:
    decoded = mlab.decode(download(StartTime="0001-01-01T00:00:00Z"))
    assert decoded.tables["measurements"]["start"].to_pylist() == [None]
    assert "without a time" in decoded.remarks[0].template


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>198.51.100.239",
        b"{}",
        b'{"ClientIP": "198.51.100.239"}',
        b'{"ClientIP": "198.51.100.239", "Download": "198.51.100.239"}',
        b'{"error": "198.51.100.239 is refused"}',
        b"{\n" + b'"a":' * 50_000,
        b"[\n" * 50_000,
        DOWNLOAD[:-40],
    ],
)
def test_other_content_is_refused_without_quoting_it(data: bytes) -> None:
    with pytest.raises(CodecError) as refused:
        mlab.decode(data)
    assert not any(group in str((refused.value, refused.value.diagnostics(), refused.value.facts)) for group in GROUPS)


def test_nothing_of_an_address_is_kept() -> None:
    for data in (DOWNLOAD, ROWS):
        decoded = mlab.decode(data)
        assert not any(group in str((decoded.tables["measurements"].to_pylist(), decoded.remarks)) for group in GROUPS)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_of_an_address_comes_out_of_damaged_files(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([DOWNLOAD, ROWS]))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 30)))
    kept = data.draw(st.sampled_from([b'"198.51.100.239"', b"null", b"1e999", b"\n", b"", b"[]", b'"Error":', b"\xff"]))
    try:
        decoded = mlab.decode(good[:start] + kept + good[end:])
        told = str((decoded.tables["measurements"].to_pylist(), decoded.remarks))
    except CodecError as error:
        told = str((error, error.diagnostics(), error.facts))
    assert not any(group in told for group in ("198.51", "51.100", "100.239", "203.0.113", "54771", "DEADBEEF"))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="v0123456789.", max_size=20), st.text(max_size=12), st.integers())
def test_fields_that_are_kept_hold_no_address(version: str, country: str, number: int) -> None:
    client = {"Geo": {"CountryCode": country}, "Network": {"ASNumber": number}}
    try:
        (row,) = rows(download(Version=version, client=client))
    except CodecError:
        return
    assert row["software"].count(".") <= 2
    assert len(row["place"]) in {0, 2}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    answering.decoded(mlab.decode, data)
