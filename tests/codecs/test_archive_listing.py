"""Index pages of RIS and RouteViews."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs import archive_listing
from kuager.errors import CodecError
from kuager.model.tables import FILES

RECORDED = Path(__file__).parents[1] / "sources" / "recorded"
RIS = (RECORDED / "ris" / "rrc00-2022.01.html").read_bytes()
ROUTEVIEWS = (RECORDED / "routeviews" / "route-views2-2011.06-updates.html").read_bytes()


def page(folder: str, *names: str) -> bytes:
    links = "".join(f'<a href="{name}">{name}</a> 05-Jan-2022 12:10 1234\n' for name in names)
    return f"<html><title>Index of {folder}</title><pre>{links}</pre></html>".encode()


def test_a_month_of_ris_in_order_of_time() -> None:
    decoded = archive_listing.decode(RIS)
    files = decoded.tables["files"]
    assert files.schema == FILES
    assert [(row["content"], row["time"], row["size"]) for row in files.to_pylist()] == [
        ("ribs", datetime(2022, 1, 5, 8, tzinfo=UTC), None),
        ("updates", datetime(2022, 1, 5, 12, tzinfo=UTC), None),
        ("updates", datetime(2022, 1, 5, 12, 5, tzinfo=UTC), 383),
    ]
    assert set(files["collector"].to_pylist()) == {"rrc00"}
    assert files["name"][0].as_py() == "rrc00/2022.01/bview.20220105.0800.gz"
    assert decoded.remarks[0].facts == {"count": "1", "name": "view.20220105.1205.gz"}


def test_the_first_collector_of_routeviews_and_odd_minutes() -> None:
    decoded = archive_listing.decode(ROUTEVIEWS)
    assert [(row["collector"], row["time"].minute, row["size"]) for row in decoded.tables["files"].to_pylist()] == [
        ("route-views2", 50, 881_234),
        ("route-views2", 5, None),
    ]
    assert decoded.tables["files"]["name"][0].as_py() == "bgpdata/2011.06/UPDATES/updates.20110608.2050.bz2"
    assert decoded.remarks == ()


@pytest.mark.parametrize(
    ("folder", "source", "collector"),
    [
        ("/rrc21/2022.01/", "ris", "rrc21"),
        ("/route-views.linx/bgpdata/2022.01/RIBS", "routeviews", "route-views.linx"),
        ("/bgpdata/2022.01/RIBS/", "routeviews", "route-views2"),
    ],
)
def test_the_collector_stands_in_the_title(folder: str, source: str, collector: str) -> None:
    name = "rib.20220105.0800.bz2" if source == "routeviews" else "bview.20220105.0800.gz"
    (row,) = archive_listing.decode(page(folder, name, name)).tables["files"].to_pylist()
    assert (row["source"], row["collector"], row["content"], row["size"]) == (source, collector, "ribs", 1234)
    assert row["name"] == f"{folder.strip('/')}/{name}"


def test_a_folder_without_files_of_routes_is_empty_and_says_so() -> None:
    decoded = archive_listing.decode(page("/rrc00/2022.01", "../", "?C=N;O=D", "md5sums.txt", "latest-bview.gz"))
    assert decoded.tables["files"].num_rows == 0
    assert decoded.remarks[0].facts == {"folder": "rrc00/2022.01"}


@pytest.mark.parametrize("name", ["updates.20220230.1200.gz", "updates.20220105.2460.gz", "updates.00010105.1200.gz"])
def test_a_name_with_an_impossible_time_is_passed_over(name: str) -> None:
    decoded = archive_listing.decode(page("/rrc00/2022.01", name))
    assert decoded.tables["files"].num_rows == 0
    assert decoded.remarks[0].facts["name"] == name


def test_names_are_taken_from_links_however_they_are_written() -> None:
    data = page("/rrc00/2022.01", "/rrc00/2022.01/updates.20220105.1200.gz", "./updates%2E20220105.1205.gz?x=1")
    times = archive_listing.decode(data.replace(b"\n", b"")).tables["files"]["time"].to_pylist()
    assert [time.minute for time in times] == [0, 5]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is nothing"),
        (b"<html><title>404 Not Found</title>", "The page in this file is “404 Not Found”"),
        (page("/rrc00"), "Index of /rrc00"),
        (page("/other/2022.01"), "Index of /other"),
        (page("/rrc00/../etc"), "Index of"),
        (b'{"error": 1}', "not the index page"),
        (gzip.compress(RIS), "not the index page"),
        (b"<title>" * 20_000, "not the index page"),
    ],
)
def test_other_pages_are_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CodecError, match=sentence):
        archive_listing.decode(data)


def test_a_month_of_nine_thousand_files_and_a_hostile_page_are_read_at_once() -> None:
    names = [
        f"updates.202201{day:02}.{hour:02}{minute:02}.gz"
        for day in range(1, 32)
        for hour in range(24)
        for minute in range(0, 60, 5)
    ]
    assert archive_listing.decode(page("/rrc00/2022.01", *names)).tables["files"].num_rows == 31 * 288
    hostile = b"<title>Index of /rrc00/2022.01</title>" + b"<a href=" * 50_000 + b"'" * 50_000
    assert archive_listing.decode(hostile).tables["files"].num_rows == 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    answering.decoded(archive_listing.decode, data)
    answering.decoded(archive_listing.decode, b"<title>Index of /rrc00/2022.01</title>" + data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([RIS, ROUTEVIEWS]), st.data())
def test_damaged_pages(good: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 12)))
    answering.decoded(archive_listing.decode, good[:start] + data.draw(st.binary(max_size=8)) + good[end:])
