"""OONI's archive: where its files lie, and listings of the bucket, hostile ones too."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codecs import answering

from kuager.codecs.ooni.archive import decode, listing_of, prefixes_by_hour, prefixes_by_test
from kuager.codecs.registry import decode as decode_kind
from kuager.errors import CodecError
from kuager.model.tables import FILES

LISTING = (Path(__file__).parents[1] / "sources" / "recorded" / "ooni" / "archive-listing.xml").read_bytes()
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k")))
    + b"]><ListBucketResult><Prefix>&j;</Prefix></ListBucketResult>"
)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def listing(*keys: str) -> bytes:
    contents = "".join(f"<Contents><Key>{key}</Key><Size>5</Size></Contents>" for key in keys)
    return f"<ListBucketResult><Prefix>raw/</Prefix>{contents}</ListBucketResult>".encode()


def test_the_hours_of_january_2022_in_kazakhstan() -> None:
    found = list(prefixes_by_hour("KZ", day("2022-01-02"), day("2022-01-16")))
    assert len(found) == 14 * 24
    assert found[0] == (day("2022-01-02"), "raw/20220102/00/KZ/")
    assert found[3 * 24 + 10] == (day("2022-01-05T10:00"), "raw/20220105/10/KZ/")
    assert found[-1] == (day("2022-01-15T23:00"), "raw/20220115/23/KZ/")
    assert list(prefixes_by_test("KZ", "web_connectivity", day("2022-01-02"), day("2022-01-16"))) == []


def test_both_layouts_hold_the_day_between_them_and_no_day_is_in_neither() -> None:
    window = (day("2020-10-18"), day("2020-10-23"))
    hours = [prefix for _, prefix in prefixes_by_hour("KZ", *window)]
    days = [prefix for _, prefix in prefixes_by_test("KZ", "facebook_messenger", *window)]
    assert days == [f"jsonl/facebookmessenger/KZ/202010{number}/00/" for number in (18, 19, 20)]
    assert hours[0] == "raw/20201020/00/KZ/"
    assert len(hours) == 3 * 24


def test_a_listing_names_tests_hours_and_exact_sizes() -> None:
    decoded = decode_kind("ooni-archive", LISTING, "")
    files = decoded.tables["files"]
    assert files.schema == FILES
    rows = {row["content"]: row for row in files.to_pylist()}
    assert rows.keys() == {"web_connectivity", "facebook_messenger", "urlgetter"}
    web = rows["web_connectivity"]
    assert (web["source"], web["place"], web["size"]) == ("ooni", "KZ", 734_003)
    assert web["time"] == day("2022-01-05T10:00")
    assert web["name"] == "raw/20220105/10/KZ/webconnectivity/2022010510_KZ_webconnectivity.n0.0.jsonl.gz"
    assert decoded.remarks[0].facts == {"count": "1", "name": "raw/20220105/10/KZ/readme&more.txt"}


def test_the_token_leads_on_only_while_there_is_more() -> None:
    assert listing_of(LISTING).more == "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="
    last = LISTING.replace(b"<IsTruncated>true", b"<IsTruncated>false")
    assert listing_of(last).more == ""
    assert len(listing_of(last).files) == 3


def test_the_earlier_layout() -> None:
    key = "jsonl/webconnectivity/KZ/20200105/00/20200105_KZ_webconnectivity.l.0.jsonl.gz"
    (row,) = decode(listing(key, key)).tables["files"].to_pylist()
    assert (row["content"], row["time"], row["size"]) == ("web_connectivity", day("2020-01-05"), 5)


@pytest.mark.parametrize(
    "key",
    [
        "raw/20220105/10/KZ/tor/2022010511_KZ_tor.n0.0.jsonl.gz",
        "raw/20220105/10/KZ/tor/2022010510_RU_tor.n0.0.jsonl.gz",
        "raw/20220105/24/KZ/tor/2022010524_KZ_tor.n0.0.jsonl.gz",
        "raw/20220230/10/KZ/tor/2022023010_KZ_tor.n0.0.jsonl.gz",
        "raw/20220105/10/KZ/tor/../../x/2022010510_KZ_tor.n0.0.jsonl.gz",
        "https://example.org/2022010510_KZ_tor.n0.0.jsonl.gz",
        "",
    ],
)
def test_names_of_another_shape_are_passed_over_and_told(key: str) -> None:
    decoded = decode(listing(key))
    assert decoded.tables["files"].num_rows == 0
    assert decoded.remarks[0].facts["count"] == "1"


def test_an_hour_without_measurements_is_listed_and_empty() -> None:
    decoded = decode(listing())
    assert decoded.tables["files"].num_rows == 0
    assert decoded.remarks[0].facts == {"prefix": "raw/"}


@pytest.mark.parametrize(
    ("data", "clue"),
    [
        (b"", "There is nothing"),
        (b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "AccessDenied Access Denied"),
        (b"<feed/>", "not a listing"),
        (b"no xml", "not a listing"),
        (LISTING[:700], "not whole"),
        (LISTING[: LISTING.rindex(b"</List")], "not whole"),
        (LISTING.replace(b"</Size>", b"</Sise>"), "not a listing"),
        (listing("x" * 3_000), "not a listing"),
        (b"<ListBucketResult>" + b"<a>" * 100_000, "not a listing"),
        (b"<!DOCTYPE html><ListBucketResult/>", "A web page"),
        (b'<?xml version="1.0"?><!DOCTYPE l SYSTEM "file:///etc/passwd"><ListBucketResult/>', "not a listing"),
        (LISTING.decode().encode("utf-16"), "UTF-16"),
    ],
)
def test_other_content_is_refused(data: bytes, clue: str) -> None:
    with pytest.raises(CodecError, match=clue):
        decode(data)


def test_entities_that_grow_are_refused_before_they_do() -> None:
    begun = time.monotonic()
    with pytest.raises(CodecError) as refused:
        decode(BOMB)
    assert time.monotonic() - begun < 1.0
    assert "document type" in refused.value.diagnostics().meaning


def test_an_encoding_that_the_document_claims_for_itself_hides_nothing() -> None:
    claimed = b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE l><ListBucketResult/>'
    with pytest.raises(CodecError):
        decode(claimed)
    assert len(listing_of(LISTING.replace(b"UTF-8", b"ISO-8859-1")).files) == 3


def test_a_whole_page_is_read_and_an_endless_one_is_refused() -> None:
    hours = [day("2022-01-01") + timedelta(hours=number) for number in range(1_000)]
    keys = [f"raw/{hour:%Y%m%d/%H}/KZ/tor/{hour:%Y%m%d%H}_KZ_tor.n0.0.jsonl.gz" for hour in hours]
    assert len(listing_of(listing(*keys)).files) == 1_000
    with pytest.raises(CodecError, match="not a listing"):
        decode(listing(*(f"{number}" for number in range(100_001))))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    for beginning in (b"", b"<ListBucketResult>"):
        answering.decoded(decode, beginning + data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_listings(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(LISTING)))
    end = data.draw(st.integers(start, min(len(LISTING), start + 12)))
    odd = [b"<", b">", b"&", b"&a;", b"]]>", b"<!--", b"<![CDATA[", b"<!DOCTYPE a>", b"\x00", b"\xff", b"-1", b""]
    answering.decoded(decode, LISTING[:start] + data.draw(st.sampled_from(odd)) + LISTING[end:])
